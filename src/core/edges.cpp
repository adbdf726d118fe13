#include "core/edges.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace mezzanine::core
{

namespace
{

// Which tables the edges so far connect; each is in the group of its least table.
class Groups
{
public:
	Groups()
	{
		for (std::size_t i = 0; i < of_.size(); i++)
			of_[i] = static_cast<int>(i);
	}

	// False when both are in one group already.
	bool Join(int a, int b)
	{
		const int into = std::min(Of(a), Of(b));
		const int from = std::max(Of(a), Of(b));
		std::replace(of_.begin(), of_.end(), from, into);
		return into != from;
	}

private:
	int Of(int table) const { return of_[static_cast<std::size_t>(table)]; }

	std::array<int, kMostTables> of_{};
};

std::uint8_t ColourOf(Side side)
{
	return side == Side::kLeft ? EdgeFence::kEntering : EdgeFence::kExcluding;
}

Side Opposite(Side side)
{
	return side == Side::kLeft ? Side::kRight : Side::kLeft;
}

std::uint8_t BitOf(Side side)
{
	return static_cast<std::uint8_t>(1U << static_cast<unsigned>(side));
}

std::uint32_t ActivityOf(int edge, Side side)
{
	return static_cast<std::uint32_t>(edge) * 2 + static_cast<std::uint32_t>(side);
}

// One number for an edge and a key; a collision costs waiting alone.
std::uint32_t KeyOf(int edge, std::uint32_t key)
{
	constexpr std::uint32_t kGolden = 0x9e3779b9;
	return key ^ (static_cast<std::uint32_t>(edge) * kGolden);
}

} // namespace

void SpanTables(std::span<const Tie> ties, std::span<Edge> edges)
{
	Groups groups;
	std::size_t count = 0;
	const auto add = [&](int a, int b, bool keyed) {
		if (count < edges.size() && groups.Join(a, b))
			edges[count++] = {std::min(a, b), std::max(a, b), keyed};
	};
	for (const bool keyed : {true, false})
		for (const Tie &tie : ties)
			if (tie.keyed == keyed)
				add(tie.left, tie.right, keyed);
	for (std::size_t table = 1; table <= edges.size(); table++)
		add(0, static_cast<int>(table), false);
}

void WalkFrom(int root, std::span<const Edge> edges, std::span<Step> steps)
{
	std::array<Tables, kMostTables> paths{}; // to each table reached so far
	std::array<int, kMostTables> last{};     // step on it
	last[static_cast<std::size_t>(root)] = -1;
	paths[static_cast<std::size_t>(root)] = SetOf(root);
	Tables reached = SetOf(root);
	for (std::size_t count = 0; count < steps.size();)
		for (std::size_t i = 0; i < edges.size(); i++) {
			const bool from_left = (reached & SetOf(edges[i].left)) != 0;
			const bool from_right = (reached & SetOf(edges[i].right)) != 0;
			if (from_left == from_right)
				continue; // crossed already, or not within reach yet
			const int near = from_left ? edges[i].left : edges[i].right;
			const int far = from_left ? edges[i].right : edges[i].left;
			const Tables path = paths[static_cast<std::size_t>(near)];
			last[static_cast<std::size_t>(far)] = static_cast<int>(count);
			steps[count++] = {static_cast<int>(i), from_left ? Side::kLeft : Side::kRight, path,
							  last[static_cast<std::size_t>(near)]};
			paths[static_cast<std::size_t>(far)] = path | SetOf(far);
			reached |= SetOf(far);
		}
}

EdgeFences::EdgeFences(std::pmr::memory_resource *resource)
	: edges_(resource), keys_(resource), settled_(resource)
{
}

EdgeFences::EdgeNeeds &EdgeFences::NeedsOf(int edge)
{
	const auto i = static_cast<std::size_t>(edge);
	if (edges_.size() <= i)
		edges_.resize(i + 1);
	return edges_[i];
}

void EdgeFences::Cross(int edge, Side side, std::uint32_t key)
{
	EdgeNeeds &needs = NeedsOf(edge);
	needs.sides |= BitOf(side);
	if (needs.whole || escalated_)
		return;
	std::uint8_t &colours = keys_[{edge, key}];
	needs.keys += colours == 0 ? 1 : 0;
	colours |= ColourOf(side);
	needs.whole = needs.keys > kMostKeys;
}

void EdgeFences::CrossWhole(int edge, Side side)
{
	EdgeNeeds &needs = NeedsOf(edge);
	needs.sides |= BitOf(side);
	needs.whole = true;
}

bool EdgeFences::Covers(int edge, Side side) const noexcept
{
	const auto i = static_cast<std::size_t>(edge);
	return i < edges_.size() && (edges_[i].whole || escalated_) &&
		   (edges_[i].sides & BitOf(side)) != 0;
}

bool EdgeFences::CrossBeyondWhole(std::span<const Step> steps, const Step &step)
{
	if (step.before < 0)
		return false;
	const Step &before = steps[static_cast<std::size_t>(step.before)];
	if (!Covers(before.edge, before.side))
		return false;
	CrossWhole(step.edge, step.side);
	return true;
}

void EdgeFences::Escalate()
{
	escalated_ = true;
}

void EdgeFences::AddActivities(int edge, const EdgeNeeds &needs,
							   std::pmr::vector<EdgeFence> *fences) const
{
	for (const Side side : {Side::kLeft, Side::kRight}) {
		if ((needs.sides & BitOf(side)) == 0)
			continue;
		fences->push_back({false, ActivityOf(edge, side), EdgeFence::kEntering});
		if (needs.whole || escalated_)
			fences->push_back({false, ActivityOf(edge, Opposite(side)), EdgeFence::kExcluding});
	}
}

// One fence for each number, in the colours of all that have it.
void EdgeFences::Merge(std::pmr::vector<EdgeFence> *fences)
{
	std::sort(fences->begin(), fences->end(), [](const EdgeFence &a, const EdgeFence &b) {
		return std::tie(a.is_key, a.number) < std::tie(b.is_key, b.number);
	});
	std::size_t count = 0;
	for (const EdgeFence &fence : *fences) {
		EdgeFence *last = count == 0 ? nullptr : &(*fences)[count - 1];
		if (last != nullptr && last->is_key == fence.is_key && last->number == fence.number)
			last->colours |= fence.colours;
		else
			(*fences)[count++] = fence;
	}
	fences->resize(count);
}

bool EdgeFences::Settle()
{
	std::pmr::vector<EdgeFence> fences(settled_.get_allocator());
	for (std::size_t i = 0; i < edges_.size(); i++)
		AddActivities(static_cast<int>(i), edges_[i], &fences);
	for (const auto &[name, colours] : keys_)
		if (!escalated_ && !edges_[static_cast<std::size_t>(name.first)].whole)
			fences.push_back({true, KeyOf(name.first, name.second), colours});
	Merge(&fences);
	if (fences == settled_)
		return true;
	settled_.swap(fences);
	return false;
}

} // namespace mezzanine::core
