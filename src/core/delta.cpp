#include "core/delta.h"

#include "core/error.h"

#include <algorithm>

namespace mezzanine::core
{

namespace
{

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

Group::Group(std::pmr::memory_resource *resource, std::uint64_t key_hash,
			 std::string_view key_image, std::size_t argument_count)
	: hash(key_hash), key(key_image, resource), arguments(resource)
{
	arguments.reserve(argument_count);
	for (std::size_t i = 0; i < argument_count; ++i)
		arguments.emplace_back(resource);
}

bool Group::IsZero() const noexcept
{
	return rows == 0 && std::all_of(arguments.begin(), arguments.end(),
									[](const Argument &argument) { return argument.IsZero(); });
}

bool Group::IsTainted() const noexcept
{
	return std::any_of(arguments.begin(), arguments.end(),
					   [](const Argument &argument) { return argument.tainted(); });
}

Delta::Delta(std::pmr::memory_resource *resource)
	: resource_(resource), levels_(resource), sealed_(resource), sum_(resource),
	  combined_arguments_(resource), encoded_(resource)
{
}

Group &Delta::Add(int depth, ViewId view, const Row &row)
{
	if (row.kinds.size() != row.values.size())
		throw Misuse("a row's values are not those of its view");
	Group &group = GroupFor(&At(depth, view).groups, row);
	group.rows += row.sign;
	for (std::size_t i = 0; i < row.values.size(); ++i)
		group.arguments[i].Add(row.kinds[i], row.values[i], row.sign);
	return group;
}

void Delta::Truncate(int depth, ViewId view)
{
	ViewDelta &delta = At(depth, view);
	delta.truncated = true;
	delta.groups.clear();
}

void Delta::CommitLevel(int depth)
{
	if (depth <= 1 || levels_.empty() || levels_.back().depth < depth)
		return;
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
	while (!levels_.empty() && levels_.back().depth >= depth)
		levels_.pop_back();
	if (levels_.empty())
		sealed_.clear();
}

void Delta::Seal()
{
	if (is_sealed_)
		return;
	while (!levels_.empty() && levels_.back().depth > 1)
		CommitLevel(levels_.back().depth);

	sealed_.clear();
	if (!levels_.empty()) {
		for (const auto &[view, delta] : levels_.front().views)
			SealView(view, delta);
	}
	is_sealed_ = true;
}

void Delta::MergeGroups(std::size_t view_index, std::size_t into, std::size_t from)
{
	Group &source = group(view_index, from);
	if (into == from)
		throw Misuse("a group cannot be merged into itself");
	PrepareMerge(&group(view_index, into), &source);
	MergePrepared(&group(view_index, into), &source);
	source.rows = 0;
	for (Argument &argument : source.arguments)
		argument.Clear();
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
			if (delta.truncated || !delta.groups.empty())
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

Group &Delta::GroupFor(GroupSet *groups, const Row &row)
{
	const GroupName name{row.hash, row.key};
	auto at = groups->find(name);
	if (at == groups->end())
		at = groups->emplace(resource_, row.hash, row.key, row.kinds.size()).first;
	if (at->arguments.size() != row.kinds.size())
		throw Misuse("a row's values are not those of its view");
	return Mutable(*at);
}

// A set guards its elements' names by giving them out as const; the sums beside the
// name are free to change.
Group &Delta::Mutable(const Group &group) noexcept
{
	return const_cast<Group &>(group);
}

// Does all of a merge that allocates, and changes no sum: after a throw here both sides
// are as they were, and MergePrepared cannot throw.
void Delta::PrepareMerge(ViewMap *parent, ViewMap *child)
{
	for (auto &[view, theirs] : *child) {
		const auto ours = parent->find(view);
		if (ours != parent->end() && !theirs.truncated)
			PrepareMerge(&ours->second.groups, &theirs.groups);
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
			ours->second.groups.swap(theirs->second.groups);
		} else {
			MergePrepared(&ours->second.groups, &theirs->second.groups);
		}
		child->erase(theirs);
	}
}

void Delta::PrepareMerge(GroupSet *into, GroupSet *from)
{
	if (into->empty())
		return;
	const std::size_t together = into->size() + from->size();
	if (together > into->bucket_count()) /* the load factor is 1 */
		into->reserve(std::max(together, 2 * into->size()));
	for (const Group &theirs : *from) {
		const auto ours = into->find(theirs);
		if (ours != into->end())
			PrepareMerge(&Mutable(*ours), &Mutable(theirs));
	}
}

void Delta::MergePrepared(GroupSet *into, GroupSet *from) noexcept
{
	if (into->empty()) { /* it may have no buckets yet, and taking them allocates */
		into->swap(*from);
		return;
	}
	while (!from->empty()) {
		const auto merged = into->insert(from->extract(from->begin()));
		if (!merged.inserted)
			MergePrepared(&Mutable(*merged.position), &merged.node.value());
	}
}

void Delta::PrepareMerge(Group *into, Group *from)
{
	if (into->arguments.size() != from->arguments.size())
		throw Misuse("two parts of a group differ in their arguments");
	for (std::size_t i = 0; i < from->arguments.size(); ++i)
		into->arguments[i].PrepareMerge(&from->arguments[i]);
}

void Delta::MergePrepared(Group *into, Group *from) noexcept
{
	into->rows += from->rows;
	for (std::size_t i = 0; i < from->arguments.size(); ++i)
		into->arguments[i].MergePrepared(&from->arguments[i]);
}

void Delta::SealView(ViewId view, const ViewDelta &delta)
{
	SealedView sealed{view, delta.truncated, std::pmr::vector<SealedGroup>(resource_)};
	for (const Group &group : delta.groups) {
		if (!group.IsZero())
			sealed.groups.push_back(SealedGroup{group.hash, &Mutable(group)});
	}
	if (sealed.groups.empty() && !sealed.truncated)
		return;
	std::sort(sealed.groups.begin(), sealed.groups.end(),
			  [](const SealedGroup &a, const SealedGroup &b) {
				  return a.hash != b.hash ? a.hash < b.hash : a.group->key < b.group->key;
			  });
	sealed_.push_back(std::move(sealed));
}

} // namespace mezzanine::core
