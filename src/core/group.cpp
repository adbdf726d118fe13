#include "core/group.h"

#include "core/error.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace mezzanine::core
{

namespace
{

constexpr std::size_t kSlotsMin = 8;

std::size_t BytesOf(std::size_t argument_count, std::size_t key_bytes)
{
	return sizeof(Group) + argument_count * sizeof(Argument) + key_bytes;
}

// Where a hash's slot is looked for first.  Multiplied, because nobody promises that all of
// its bits are good.
std::size_t HomeOf(std::uint64_t hash, int shift)
{
	constexpr std::uint64_t kGoldenRatio = 0x9E3779B97F4A7C15;
	return static_cast<std::size_t>(hash * kGoldenRatio >> shift);
}

} // namespace

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

void Group::Clear() noexcept
{
	rows = 0;
	for (Argument &argument : arguments)
		argument.Clear();
}

void Group::PrepareMerge(Group *from)
{
	if (arguments.size() != from->arguments.size())
		throw Error(Code::kInvariant, "two parts of a group differ in their arguments");
	for (std::size_t i = 0; i < arguments.size(); ++i)
		arguments[i].PrepareMerge(&from->arguments[i]);
}

void Group::MergePrepared(Group *from) noexcept
{
	rows += from->rows;
	for (std::size_t i = 0; i < arguments.size(); ++i)
		arguments[i].MergePrepared(&from->arguments[i]);
}

GroupTable::GroupTable(GroupTable &&other) noexcept
	: slots_(std::move(other.slots_)), shift_(other.shift_), count_(other.count_)
{
	other.slots_.clear();
	other.count_ = 0;
}

Group *GroupTable::Find(std::uint64_t hash, std::string_view key) const noexcept
{
	if (slots_.empty())
		return nullptr;
	const std::size_t mask = slots_.size() - 1;
	for (std::size_t i = HomeOf(hash, shift_); slots_[i].group != nullptr; i = (i + 1) & mask) {
		if (slots_[i].hash == hash && slots_[i].group->key == key)
			return slots_[i].group;
	}
	return nullptr;
}

Group &GroupTable::FindOrMake(std::uint64_t hash, std::string_view key, std::size_t argument_count)
{
	if (Group *group = Find(hash, key))
		return *group;
	Reserve(count_ + 1);
	Group *group = Make(hash, key, argument_count);
	SlotFor(hash) = {hash, group};
	++count_;
	return *group;
}

void GroupTable::PrepareMerge(GroupTable *from)
{
	if (empty())
		return;
	Reserve(count_ + from->count_);
	for (const Slot &theirs : from->slots_) {
		if (theirs.group == nullptr)
			continue;
		if (Group *ours = Find(theirs.hash, theirs.group->key))
			ours->PrepareMerge(theirs.group);
	}
}

void GroupTable::MergePrepared(GroupTable *from) noexcept
{
	if (empty()) { /* there may be no room, and taking it allocates */
		Swap(from);
		return;
	}
	for (Slot &theirs : from->slots_) {
		Group *group = theirs.group;
		if (group == nullptr)
			continue;
		theirs.group = nullptr;
		if (Group *ours = Find(group->hash, group->key)) {
			ours->MergePrepared(group);
			Free(group);
		} else {
			SlotFor(group->hash) = {group->hash, group};
			++count_;
		}
	}
	from->Clear();
}

void GroupTable::Swap(GroupTable *other) noexcept
{
	slots_.swap(other->slots_);
	std::swap(shift_, other->shift_);
	std::swap(count_, other->count_);
}

void GroupTable::Clear() noexcept
{
	for (std::size_t i = 0; i < slots_.size(); ++i) {
		if (i + kFetchedAhead < slots_.size())
			FetchAhead(slots_[i + kFetchedAhead].group);
		if (slots_[i].group != nullptr)
			Free(slots_[i].group);
	}
	slots_.clear();
	slots_.shrink_to_fit(); /* to nothing, which allocates nothing */
	count_ = 0;
}

// One block: the group, its arguments, its key.
Group *GroupTable::Make(std::uint64_t hash, std::string_view key, std::size_t argument_count)
{
	std::pmr::memory_resource *resource = slots_.get_allocator().resource();
	auto *block = static_cast<std::byte *>(
		resource->allocate(BytesOf(argument_count, key.size()), alignof(Group)));
	auto *arguments = reinterpret_cast<Argument *>(block + sizeof(Group));
	for (std::size_t i = 0; i < argument_count; ++i)
		new (arguments + i) Argument(resource);
	auto *image = reinterpret_cast<char *>(arguments + argument_count);
	key.copy(image, key.size());
	return new (block) Group(hash, {image, key.size()}, {arguments, argument_count});
}

void GroupTable::Free(Group *group) noexcept
{
	const std::size_t bytes = BytesOf(group->arguments.size(), group->key.size());
	for (Argument &argument : group->arguments)
		argument.~Argument();
	group->~Group();
	slots_.get_allocator().resource()->deallocate(group, bytes, alignof(Group));
}

// Makes room for `count` groups in all, so that three slots of four are filled at the most.
void GroupTable::Reserve(std::size_t count)
{
	if (count <= slots_.size() / 4 * 3)
		return;
	std::size_t size = std::max(kSlotsMin, slots_.size());
	while (count > size / 4 * 3)
		size *= 2;
	std::pmr::vector<Slot> old(size, slots_.get_allocator());
	old.swap(slots_);
	shift_ = 64 - __builtin_ctzll(size);
	for (const Slot &slot : old) {
		if (slot.group != nullptr)
			SlotFor(slot.hash) = slot;
	}
}

// A free slot for a group that is not there yet.  Requires: there is one.
GroupTable::Slot &GroupTable::SlotFor(std::uint64_t hash) noexcept
{
	const std::size_t mask = slots_.size() - 1;
	std::size_t i = HomeOf(hash, shift_);
	while (slots_[i].group != nullptr)
		i = (i + 1) & mask;
	return slots_[i];
}

} // namespace mezzanine::core
