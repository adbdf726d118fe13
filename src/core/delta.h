// A transaction's delta: per view, a map from group to its signed state, nested by
// savepoint.
//
//   delta.Add(depth, view, {kinds, hash, key, +1, values});  // for each changed row
//   delta.CommitLevel(depth); delta.AbortLevel(depth);       // as subtransactions end
//   delta.Seal();                                            // at pre-commit
//   for each view, for each group: delta.Combine(group, kinds, stored)
//
// Every subtransaction that writes has a level of its own; an abort drops it, a commit
// hands it to the level below.  One that writes nothing has none.  Within a level a
// group's rows cancel as they come, so the memory needed is that of the groups touched.
//
// A group is known by (hash, key), where the key is an image: the core compares bytes.
// Keys that are equal but differ in their images (1.0 and 1.00) come as neighbours of
// one hash, and the shell, which knows the type, joins them by MergeGroups.
#pragma once

#include "core/group.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

namespace mezzanine::core
{

using ViewId = std::uint32_t;

class Delta
{
public:
	// One changed row as one view sees it; kinds and values go in pairs.
	struct Row {
		std::span<const ArgumentKind> kinds;
		std::uint64_t hash;
		std::string_view key;
		int sign; // +1: the row came; -1: it left
		std::span<const Value> values;
	};

	// A group's state as a whole.  No home row is {0, {}}.
	struct Stored {
		std::int64_t rows;
		std::span<const StoredArgument> arguments;
	};

	explicit Delta(std::pmr::memory_resource *resource);
	Delta(const Delta &) = delete;
	Delta &operator=(const Delta &) = delete;

	// Adds a row, or takes one away, in the subtransaction at nesting level `depth`
	// (1 = top); what is returned is that group's change, for the shell to put candidates
	// into.  After a throw the level at `depth` is good for AbortLevel alone; the
	// others are as they were.
	//
	// Throws: kInvariant after Seal, at a depth below one that is still open, or when the
	//         number of arguments is another than before; kInternal; bad_alloc.
	Group &Add(int depth, ViewId view, const Row &row);

	// The view's source became empty: what came before in this transaction no longer
	// counts, nor does what is stored.  Throws as Add.
	void Truncate(int depth, ViewId view);

	// The subtransaction at `depth` committed: its part joins depth - 1.  After a throw
	// (bad_alloc) both levels are as they were.
	void CommitLevel(int depth);

	// It aborted: everything at `depth` and deeper is dropped.
	void AbortLevel(int depth) noexcept;

	// Ends the collecting and orders what is there: views ascending, groups by
	// (hash, key).  Groups that net to nothing are left out, and so are views without
	// groups that were not truncated.  The readers below count by this order.
	void Seal();

	std::size_t view_count() const noexcept { return sealed_.size(); }
	ViewId view(std::size_t view_index) const noexcept { return sealed_[view_index].view; }
	bool truncated(std::size_t view_index) const noexcept { return sealed_[view_index].truncated; }
	std::size_t group_count(std::size_t view_index) const noexcept
	{
		return sealed_[view_index].groups.size();
	}
	std::uint64_t hash(std::size_t view_index, std::size_t i) const noexcept
	{
		return sealed_[view_index].groups[i].hash;
	}
	Group &group(std::size_t view_index, std::size_t i) noexcept
	{
		return *sealed_[view_index].groups[i].group;
	}

	// Joins two groups of one view; `from` becomes zero, and `into` may.
	void MergeGroups(std::size_t view_index, std::size_t into, std::size_t from);

	// Adds a stored part to a group's change.  Throws as Combine; then the group is good for
	// nothing more.
	static void AddPart(Group *group, std::span<const ArgumentKind> kinds, const Stored &part);

	// True when there is nothing to apply.  Exact after Seal; before it, false may be
	// said of changes that net to nothing.
	bool empty() const noexcept;

	// Adds a group's change to what is stored, a whole or a part `before` and `after`.  The
	// result is valid until the next call;
	// it may be given as that call's `current`.
	//
	// Throws: kInvariant when a whole is no set of rows (the detail says what is wrong),
	//         kOverflow when a bigint or numeric cannot hold it, kInternal when a stored
	//         sum is no numeric.
	const Stored &Combine(const Group &group, std::span<const ArgumentKind> kinds,
						  const Stored &current, Extent before = Extent::kWhole,
						  Extent after = Extent::kWhole);

private:
	struct ViewDelta {
		explicit ViewDelta(std::pmr::memory_resource *resource) : groups(resource) {}

		bool truncated = false;
		GroupTable groups;
	};
	using ViewMap = std::pmr::map<ViewId, ViewDelta>;

	struct Level {
		Level(std::pmr::memory_resource *resource, int nesting) : depth(nesting), views(resource) {}
		Level(Level &&) noexcept = default;

		int depth;
		ViewMap views;
	};

	struct SealedView {
		ViewId view;
		bool truncated;
		std::pmr::vector<GroupTable::Slot> groups; // in their order
	};

	ViewDelta &At(int depth, ViewId view);
	static void PrepareMerge(ViewMap *parent, ViewMap *child);
	static void MergePrepared(ViewMap *parent, ViewMap *child) noexcept;
	void SealView(ViewId view, const ViewDelta &delta);

	std::pmr::memory_resource *resource_;
	std::pmr::vector<Level> levels_; // ascending depth
	bool is_sealed_ = false;
	std::pmr::vector<SealedView> sealed_;

	// Combine's result and where its bytes are.
	Stored combined_{};
	Argument sum_; // the argument at work
	std::pmr::vector<StoredArgument> combined_arguments_;
	std::pmr::vector<EncodedArgument> encoded_;
};

} // namespace mezzanine::core
