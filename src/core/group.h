// One group's net change, and the table of a view's groups by (hash, key).
//
// A large statement makes a group for each of its rows, so a group is one block of memory,
// arguments and key included, and the table keeps the hashes beside the pointers: looking
// for a group touches no other.
#pragma once

#include "core/state.h"

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

namespace mezzanine::core
{

struct alignas(Argument) Group {
	Group(const Group &) = delete;
	Group &operator=(const Group &) = delete;

	// No row and no trace of one: applying it changes nothing.
	bool IsZero() const noexcept;
	// Some argument's change does not add up: the group must be computed again.
	bool IsTainted() const noexcept;
	// Makes it zero.
	void Clear() noexcept;

	// Adds the other, which may be taken apart.  In two steps: all that can throw, then all
	// that cannot; the first leaves both values as they are.
	//
	// Throws: kInvariant when the arguments differ in number; bad_alloc.
	void PrepareMerge(Group *from);
	void MergePrepared(Group *from) noexcept;

	const std::uint64_t hash;
	std::int64_t rows = 0;
	const std::string_view key;          // its bytes and
	const std::span<Argument> arguments; // these lie behind the group

private:
	friend class GroupTable;

	Group(std::uint64_t key_hash, std::string_view key_image, std::span<Argument> all)
		: hash(key_hash), key(key_image), arguments(all)
	{
	}
};

// Fetches a group that is about to be looked at: groups lie anywhere in memory.
inline void FetchAhead(const Group *group) noexcept
{
	constexpr std::size_t kCacheLine = 64;
	__builtin_prefetch(group);
	__builtin_prefetch(reinterpret_cast<const char *>(group) + kCacheLine);
}

// So many groups ahead of their turn.
inline constexpr std::size_t kFetchedAhead = 12;

// By open addressing.  Movable, not copyable.
class GroupTable
{
public:
	// A group's place, or none.
	struct Slot {
		std::uint64_t hash = 0;
		Group *group = nullptr;
	};

	explicit GroupTable(std::pmr::memory_resource *resource) noexcept : slots_(resource) {}
	GroupTable(GroupTable &&other) noexcept;
	GroupTable &operator=(GroupTable &&) = delete;
	~GroupTable() { Clear(); }

	bool empty() const noexcept { return count_ == 0; }
	std::size_t size() const noexcept { return count_; }
	std::span<const Slot> slots() const noexcept { return slots_; }

	Group *Find(std::uint64_t hash, std::string_view key) const noexcept;

	// The group of this name; a new one is zero.  After a throw all is as it was.
	Group &FindOrMake(std::uint64_t hash, std::string_view key, std::size_t argument_count);

	// Adds the other's groups, in two steps as Group does.
	void PrepareMerge(GroupTable *from);
	void MergePrepared(GroupTable *from) noexcept;

	// Requires: both have the same memory resource.
	void Swap(GroupTable *other) noexcept;
	void Clear() noexcept;

private:
	Group *Make(std::uint64_t hash, std::string_view key, std::size_t argument_count);
	void Free(Group *group) noexcept;
	void Reserve(std::size_t count);
	Slot &SlotFor(std::uint64_t hash) noexcept;

	std::pmr::vector<Slot> slots_; // as many as a power of two, or none
	int shift_ = 64;               // 64 - log2 of their number
	std::size_t count_ = 0;
};

} // namespace mezzanine::core
