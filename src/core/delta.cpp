#include "core/delta.h"

#include "core/error.h"

#include <algorithm>

namespace mezzanine::core
{

namespace
{

// The last that was given to a delta.
std::uint64_t last_generation = 0;

// So many bytes are given out at a time when groups are spilled.
constexpr std::size_t kSpilledAtOnce = 64 * 1024;

Error Misuse(std::string message)
{
	return Error(Code::kInvariant, std::move(message));
}

Error Contradiction(std::string detail)
{
	return Error(Code::kInvariant, "state of a view's group contradicts its changes",
				 std::move(detail), "Compare the view with its query by mezzanine.verify().");
}

void CheckRows(const Delta::Stored &current, std::size_t argument_count, Extent extent)
{
	if (extent == Extent::kWhole && current.rows < 0)
		throw Contradiction("The stored number of rows is " + std::to_string(current.rows) + ".");
	const bool absent = current.rows == 0 && current.arguments.empty();
	if (!absent && current.arguments.size() != argument_count)
		throw Contradiction("The group has " + std::to_string(current.arguments.size()) +
							" stored arguments, its change " + std::to_string(argument_count) +
							".");
}

std::int64_t CombineRows(std::int64_t stored, std::int64_t change, Extent extent)
{
	std::int64_t rows = 0;
	if (__builtin_add_overflow(stored, change, &rows))
		throw Error(Code::kOverflow, "bigint out of range");
	if (extent == Extent::kWhole && rows < 0)
		throw Contradiction("The number of rows would be " + std::to_string(rows) + ".");
	return rows;
}

} // namespace

Delta::Delta(std::pmr::memory_resource *resource)
	: counting_(resource), resource_(&counting_), generation_(++last_generation),
	  levels_(resource_), sealed_(resource_), spilling_(resource_), spilled_(resource_),
	  sum_(resource_), combined_arguments_(resource_), encoded_(resource_)
{
}

Group &Delta::Add(int depth, ViewId view, const Row &row)
{
	Group &group = GroupOf(depth, view, row);
	AddTo(&group, row.kinds, row.values, row.sign);
	return group;
}

void Delta::Replace(int depth, ViewId view, const Row &left, const Row &came)
{
	Group &group = GroupOf(depth, view, left);
	if (left.kinds.size() != came.values.size())
		throw Misuse("a row's values are not those of its view");
	AddTo(&group, left.kinds, left.values, left.sign);
	AddTo(&group, came.kinds, came.values, came.sign);
}

void Delta::AddTo(Group *group, std::span<const ArgumentKind> kinds, std::span<const Value> values,
				  int sign)
{
	group->rows += sign;
	for (std::size_t i = 0; i < values.size(); ++i)
		group->arguments[i].Add(kinds[i], values[i], sign);
}

void Delta::Truncate(int depth, ViewId view)
{
	ViewDelta &delta = At(depth, view);
	generation_ = ++last_generation;
	delta.truncated = true;
	delta.groups.Clear();
	delta.runs.clear();
}

void Delta::CommitLevel(int depth)
{
	if (depth <= 1 || levels_.empty() || levels_.back().depth < depth)
		return;
	generation_ = ++last_generation;
	Level &child = levels_.back();
	if (child.depth > depth)
		throw Misuse("a subtransaction ended before the one within it");

	const bool has_parent = levels_.size() > 1 && levels_[levels_.size() - 2].depth == depth - 1;
	if (!has_parent) {
		child.depth = depth - 1;
		return;
	}
	Level &parent = levels_[levels_.size() - 2];
	PrepareMerge(&parent.views, &child.views);
	MergePrepared(&parent.views, &child.views);
	levels_.pop_back();
}

void Delta::AbortLevel(int depth) noexcept
{
	generation_ = ++last_generation;
	while (!levels_.empty() && levels_.back().depth >= depth)
		levels_.pop_back();
	if (levels_.empty())
		sealed_.clear();
}

void Delta::Seal()
{
	if (is_sealed_)
		return;
	generation_ = ++last_generation;
	while (!levels_.empty() && levels_.back().depth > 1)
		CommitLevel(levels_.back().depth);

	sealed_.clear();
	if (!levels_.empty()) {
		for (const auto &[view, delta] : levels_.front().views)
			SealView(view, delta);
	}
	is_sealed_ = true;
}

Reading Delta::Load(std::size_t view_index)
{
	SealedView &view = sealed_[view_index];
	if (view.merge)
		return view.merge->Load();
	if (view.seen)
		view.groups.clear();
	view.seen = true;
	return {};
}

void Delta::BeginSpill(std::uint64_t offset)
{
	if (is_sealed_)
		throw Misuse("a sealed delta cannot be spilled");
	spilling_.clear();
	spilling_view_ = spilling_group_ = 0;
	spill_end_ = offset;
	for (Level &level : levels_) {
		for (auto &[view, delta] : level.views) {
			if (delta.groups.empty())
				continue;
			delta.runs.reserve(delta.runs.size() + 1);
			spilling_.push_back({&delta, InOrder(delta.groups), {}});
		}
	}
}

std::string_view Delta::NextSpilled()
{
	spilled_.clear();
	while (spilling_view_ < spilling_.size() && spilled_.size() < kSpilledAtOnce) {
		Spilling &spilling = spilling_[spilling_view_];
		if (spilling_group_ == 0)
			spilling.run.offset = spill_end_;
		if (spilling_group_ == spilling.groups.size()) {
			spilling.run.size = spill_end_ - spilling.run.offset;
			++spilling_view_;
			spilling_group_ = 0;
			continue;
		}
		if (spilling_group_ + kFetchedAhead < spilling.groups.size())
			FetchAhead(spilling.groups[spilling_group_ + kFetchedAhead].group);
		const std::size_t before = spilled_.size();
		WriteGroup(*spilling.groups[spilling_group_++].group, &spilled_);
		spill_end_ += spilled_.size() - before;
	}
	if (spilled_.empty())
		FinishSpill();
	return spilled_;
}

void Delta::FinishSpill() noexcept
{
	generation_ = ++last_generation;
	for (Spilling &spilling : spilling_) {
		spilling.view->groups.Clear();
		if (spilling.run.size > 0)
			spilling.view->runs.push_back(spilling.run); /* there is room */
	}
	spilling_.clear();
}

bool Delta::has_spilled() const noexcept
{
	for (const Level &level : levels_) {
		for (const auto &[view, delta] : level.views) {
			if (!delta.runs.empty())
				return true;
		}
	}
	return false;
}

void Delta::MergeGroups(std::size_t view_index, std::size_t into, std::size_t from)
{
	Group &source = group(view_index, from);
	if (into == from)
		throw Misuse("a group cannot be merged into itself");
	group(view_index, into).PrepareMerge(&source);
	group(view_index, into).MergePrepared(&source);
	source.Clear();
}

void Delta::AddPart(Group *group, std::span<const ArgumentKind> kinds, const Stored &part)
{
	CheckRows(part, kinds.size(), Extent::kPart);
	group->rows = CombineRows(part.rows, group->rows, Extent::kPart);
	for (std::size_t i = 0; i < part.arguments.size(); ++i)
		group->arguments[i].AddStored(kinds[i], static_cast<int>(i) + 1, part.arguments[i],
									  Extent::kPart);
}

bool Delta::empty() const noexcept
{
	if (is_sealed_)
		return sealed_.empty();
	for (const Level &level : levels_) {
		for (const auto &[view, delta] : level.views) {
			if (delta.truncated || !delta.groups.empty() || !delta.runs.empty())
				return false;
		}
	}
	return true;
}

// Each argument is decoded before its place is written, so `current` may be the result
// of the call before.
const Delta::Stored &Delta::Combine(const Group &group, std::span<const ArgumentKind> kinds,
									const Stored &current, Extent before, Extent after)
{
	if (group.arguments.size() != kinds.size())
		throw Misuse("a group's arguments are not those of its view");
	CheckRows(current, kinds.size(), before);
	const std::int64_t rows = CombineRows(current.rows, group.rows, after);
	while (encoded_.size() < kinds.size())
		encoded_.emplace_back(resource_);

	const std::span<const StoredArgument> stored = current.arguments;
	combined_arguments_.resize(kinds.size());
	for (std::size_t i = 0; i < kinds.size(); ++i) {
		const int number = static_cast<int>(i) + 1;
		sum_.Clear();
		sum_.AddSum(group.arguments[i]);
		if (!stored.empty())
			sum_.AddStored(kinds[i], number, stored[i], before);
		combined_arguments_[i] = sum_.Encode(kinds[i], number, &encoded_[i], after);
		if (after == Extent::kWhole && combined_arguments_[i].count > rows)
			throw Contradiction("Argument " + std::to_string(number) + ": there would be " +
								std::to_string(combined_arguments_[i].count) +
								" non-null values in " + std::to_string(rows) + " rows.");
	}
	combined_ = Stored{rows, combined_arguments_};
	return combined_;
}

Group &Delta::GroupOf(int depth, ViewId view, const Row &row)
{
	if (row.kinds.size() != row.values.size())
		throw Misuse("a row's values are not those of its view");
	Group &group = At(depth, view).groups.FindOrMake(row.hash, row.key, row.kinds.size());
	if (group.arguments.size() != row.kinds.size())
		throw Misuse("a row's values are not those of its view");
	return group;
}

Delta::ViewDelta &Delta::At(int depth, ViewId view)
{
	if (is_sealed_)
		throw Misuse("a change came after the transaction's delta was sealed");
	if (depth < 1 || (!levels_.empty() && levels_.back().depth > depth))
		throw Misuse("a change came at a depth below an open subtransaction");
	if (levels_.empty() || levels_.back().depth < depth)
		levels_.emplace_back(resource_, depth);
	return levels_.back().views.try_emplace(view, resource_).first->second;
}

// Does all of a merge that allocates, and changes no sum: after a throw here both sides
// are as they were, and MergePrepared cannot throw.
void Delta::PrepareMerge(ViewMap *parent, ViewMap *child)
{
	for (auto &[view, theirs] : *child) {
		const auto ours = parent->find(view);
		if (ours == parent->end() || theirs.truncated)
			continue;
		ours->second.groups.PrepareMerge(&theirs.groups);
		ours->second.runs.reserve(ours->second.runs.size() + theirs.runs.size());
	}
}

void Delta::MergePrepared(ViewMap *parent, ViewMap *child) noexcept
{
	while (!child->empty()) {
		const auto theirs = child->begin();
		const auto ours = parent->find(theirs->first);
		if (ours == parent->end()) {
			parent->insert(child->extract(theirs));
			continue;
		}
		if (theirs->second.truncated) {
			ours->second.truncated = true;
			ours->second.groups.Swap(&theirs->second.groups);
			ours->second.runs.swap(theirs->second.runs);
		} else {
			ours->second.groups.MergePrepared(&theirs->second.groups);
			ours->second.runs.insert(ours->second.runs.end(), theirs->second.runs.begin(),
									 theirs->second.runs.end());
		}
		child->erase(theirs);
	}
}

// The groups that are not zero.
std::pmr::vector<GroupTable::Slot> Delta::InOrder(const GroupTable &groups)
{
	std::pmr::vector<GroupTable::Slot> ordered(resource_);
	ordered.reserve(groups.size());
	const std::span<const GroupTable::Slot> slots = groups.slots();
	for (std::size_t i = 0; i < slots.size(); ++i) {
		if (i + kFetchedAhead < slots.size())
			FetchAhead(slots[i + kFetchedAhead].group);
		if (slots[i].group != nullptr && !slots[i].group->IsZero())
			ordered.push_back(slots[i]);
	}
	std::sort(ordered.begin(), ordered.end(),
			  [](const auto &a, const auto &b) { return ComesBefore(a, b); }); /* inlined */
	return ordered;
}

void Delta::SealView(ViewId view, const ViewDelta &delta)
{
	SealedView sealed{view, delta.truncated, InOrder(delta.groups), std::nullopt, false};
	if (!delta.runs.empty() && !sealed.groups.empty())
		throw Misuse("a delta was sealed while some of its groups were in memory");
	if (!delta.runs.empty())
		sealed.merge.emplace(resource_, delta.runs);
	else if (sealed.groups.empty() && !sealed.truncated)
		return;
	sealed_.push_back(std::move(sealed));
}

} // namespace mezzanine::core
