// Runs: groups of one view that went to a file in their order, and their merging.
//
// The core reads no files.  Whoever owns the file asks what is to be read, and where to:
//
//   RunMerge merge(resource, runs);
//   for (Reading reading = merge.Load(); reading.size > 0; reading = merge.Load())
//       read reading.size bytes at reading.offset into reading.space;
//   ... merge.groups() is the next batch; none: the end
#pragma once

#include "core/group.h"

#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <vector>

namespace mezzanine::core
{

// Where a run lies in the file, in bytes.
struct Run {
	std::uint64_t offset;
	std::uint64_t size;
};

// What is to be read next; of size 0 when nothing is.
struct Reading {
	std::uint64_t offset = 0;
	std::size_t size = 0;
	char *space = nullptr;
};

// Appends the group as a run has it.
void WriteGroup(const Group &group, std::pmr::string *out);

// Hashes have the order of the signed numbers as which home tables are indexed by them: so many
// new rows go to the index's right end, one after the other.
inline bool HashComesBefore(std::uint64_t a, std::uint64_t b)
{
	return static_cast<std::int64_t>(a) < static_cast<std::int64_t>(b);
}

// The order of groups: by hash, then by key.
inline bool ComesBefore(const GroupTable::Slot &a, const GroupTable::Slot &b)
{
	return a.hash != b.hash ? HashComesBefore(a.hash, b.hash) : a.group->key < b.group->key;
}

class RunMerge
{
public:
	RunMerge(std::pmr::memory_resource *resource, std::span<const Run> runs);
	RunMerge(RunMerge &&) noexcept = default;

	// Goes on with the next batch, once all of the one before has been seen.  What is to be
	// read is taken as read at the next call.
	//
	// Throws: kInternal when the file is not what was written; bad_alloc.
	Reading Load();

	// The batch: groups that are not zero, in their order, all that share a hash together.
	const std::pmr::vector<GroupTable::Slot> &groups() const noexcept { return groups_; }

private:
	struct Source {
		Source(std::pmr::memory_resource *resource, Run where) : rest(where), buffer(resource) {}

		Run rest; // in the file
		std::pmr::vector<char> buffer;
		std::size_t begin = 0, end = 0; // of what was read and not yet used
		// The next group's record.
		std::size_t record = 0; // its size, 0: not known
		std::uint64_t hash = 0;
		std::string_view key;
	};

	bool FindRecord(Source *source);
	Reading Refill(Source *source);
	bool EndsBatch(std::uint64_t hash) const;
	void TakeGroup(Source *source);
	void BeginBatch();
	void FinishBatch();
	void Push(std::size_t source);
	std::size_t Pop();
	bool IsAfter(std::size_t a, std::size_t b) const;

	std::pmr::memory_resource *resource_;
	std::pmr::vector<Source> sources_;
	std::pmr::vector<std::size_t> ready_;   // a heap: those whose record is known
	std::pmr::vector<std::size_t> waiting_; // those that must be read for first
	bool complete_ = false;                 // the batch
	std::size_t batch_bytes_ = 0;
	GroupTable table_; // owns the batch's groups
	std::pmr::vector<GroupTable::Slot> groups_;
};

} // namespace mezzanine::core
