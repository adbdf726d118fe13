// A transaction's delta: per view, a map from group to its signed state, nested by
// savepoint.
//
//   delta.Add(depth, view, {kinds, hash, key, +1, values});  // for each changed row
//   delta.CommitLevel(depth); delta.AbortLevel(depth);       // as subtransactions end
//   delta.Seal();                                            // at pre-commit
//   for each view: until group_count() is 0 after Load():
//     for each group: delta.Combine(group, kinds, stored)
//
// Every subtransaction that writes has a level of its own; an abort drops it, a commit
// hands it to the level below.  One that writes nothing has none.  Within a level a
// group's rows cancel as they come, so the memory needed is that of the groups touched.
//
// What outgrows memory is spilled: all groups at hand go to a file, in their order, as a run
// for each level and view, which is dropped and handed on as the groups would be.  After
// Seal, a view's runs are merged batch by batch (core/run.h); of others there is one batch.
// The core touches no file: it says what is to be written and read.
//
// A group is known by (hash, key), where the key is an image: the core compares bytes.
// Keys that are equal but differ in their images (1.0 and 1.00) come as neighbours of
// one hash, and the shell, which knows the type, joins them by MergeGroups.
#pragma once

#include "core/run.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace mezzanine::core
{

using ViewId = std::uint32_t;

// Counts what is taken of another resource.
class CountingResource final : public std::pmr::memory_resource
{
public:
	explicit CountingResource(std::pmr::memory_resource *upstream) noexcept : upstream_(upstream) {}
	std::size_t held() const noexcept { return held_; }

private:
	void *do_allocate(std::size_t bytes, std::size_t alignment) override
	{
		void *block = upstream_->allocate(bytes, alignment);
		held_ += bytes;
		return block;
	}
	void do_deallocate(void *block, std::size_t bytes, std::size_t alignment) override
	{
		held_ -= bytes;
		upstream_->deallocate(block, bytes, alignment);
	}
	bool do_is_equal(const std::pmr::memory_resource &other) const noexcept override
	{
		return this == &other;
	}

	std::pmr::memory_resource *upstream_;
	std::size_t held_ = 0;
};

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

	// A row of a group leaves and another one of it comes.  As adding both; requires: their hashes,
	// keys and kinds are the same.
	void Replace(int depth, ViewId view, const Row &left, const Row &came);

	// Adds to a group that Add has given, of this generation and depth.  Throws as Add.
	static void AddTo(Group *group, std::span<const ArgumentKind> kinds,
					  std::span<const Value> values, int sign);

	// Another number, of all that there are in the process, whenever groups that Add has given
	// may have gone or moved to another depth.
	std::uint64_t generation() const noexcept { return generation_; }

	// The view's source became empty: what came before in this transaction no longer
	// counts, nor does what is stored.  Throws as Add.
	void Truncate(int depth, ViewId view);

	// The subtransaction at `depth` committed: its part joins depth - 1.  After a throw
	// (bad_alloc) both levels are as they were.
	void CommitLevel(int depth);

	// It aborted: everything at `depth` and deeper is dropped.
	void AbortLevel(int depth) noexcept;

	// Bytes of memory held.
	std::size_t held() const noexcept { return counting_.held(); }

	// Spills all groups at hand, to a file that is written from `offset` on: begins, then
	// gives the next bytes to be written, none at the end.  Only then are the groups gone from
	// memory; whoever stops before, for an error, leaves them as they were.
	//
	// Throws: bad_alloc.
	void BeginSpill(std::uint64_t offset);
	std::string_view NextSpilled();

	// Some view has runs.
	bool has_spilled() const noexcept;

	// Ends the collecting and orders what is there: views ascending, groups by
	// (hash, key).  Groups that net to nothing are left out, and so are views without
	// groups that were not truncated.  The readers below count by this order.
	//
	// Requires: where something has spilled, all has.
	void Seal();

	// Goes on with the view's next batch, the first at first; group() and its like are about
	// it.  As RunMerge::Load: call until nothing is to be read; no groups: the end.
	Reading Load(std::size_t view_index);
	// Whether there may be more groups in all batches.
	bool has_over(std::size_t view_index, std::size_t count) const noexcept
	{
		return sealed_[view_index].merge || sealed_[view_index].groups.size() > count;
	}

	std::size_t view_count() const noexcept { return sealed_.size(); }
	ViewId view(std::size_t view_index) const noexcept { return sealed_[view_index].view; }
	bool truncated(std::size_t view_index) const noexcept { return sealed_[view_index].truncated; }
	std::size_t group_count(std::size_t view_index) const noexcept
	{
		return batch(view_index).size();
	}
	std::uint64_t hash(std::size_t view_index, std::size_t i) const noexcept
	{
		return batch(view_index)[i].hash;
	}
	Group &group(std::size_t view_index, std::size_t i) noexcept
	{
		return *batch(view_index)[i].group;
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
		explicit ViewDelta(std::pmr::memory_resource *resource) : groups(resource), runs(resource)
		{
		}

		bool truncated = false;
		GroupTable groups;
		std::pmr::vector<Run> runs;
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
		std::optional<RunMerge> merge;             // in their place, where there are runs
		bool seen = false;                         // the batch of `groups` was loaded before
	};

	// What goes to one run.
	struct Spilling {
		ViewDelta *view;
		std::pmr::vector<GroupTable::Slot> groups;
		Run run;
	};

	const std::pmr::vector<GroupTable::Slot> &batch(std::size_t view_index) const noexcept
	{
		const SealedView &view = sealed_[view_index];
		return view.merge ? view.merge->groups() : view.groups;
	}

	ViewDelta &At(int depth, ViewId view);
	Group &GroupOf(int depth, ViewId view, const Row &row);
	static void PrepareMerge(ViewMap *parent, ViewMap *child);
	static void MergePrepared(ViewMap *parent, ViewMap *child) noexcept;
	std::pmr::vector<GroupTable::Slot> InOrder(const GroupTable &groups);
	void SealView(ViewId view, const ViewDelta &delta);
	void FinishSpill() noexcept;

	CountingResource counting_;
	std::pmr::memory_resource *resource_; // counting_
	std::uint64_t generation_;
	std::pmr::vector<Level> levels_; // ascending depth
	bool is_sealed_ = false;
	std::pmr::vector<SealedView> sealed_;

	// A spill under way.
	std::pmr::vector<Spilling> spilling_;
	std::size_t spilling_view_ = 0;
	std::size_t spilling_group_ = 0; // the next of that view
	std::uint64_t spill_end_ = 0;
	std::pmr::string spilled_; // the bytes given out

	// Combine's result and where its bytes are.
	Stored combined_{};
	Argument sum_; // the argument at work
	std::pmr::vector<StoredArgument> combined_arguments_;
	std::pmr::vector<EncodedArgument> encoded_;
};

} // namespace mezzanine::core
