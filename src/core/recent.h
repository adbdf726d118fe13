// Groups that rows came to lately, by a number that stands for the whole key: whoever has the
// number finds the group again without making the key's hash and image.
//
//   auto *recent = ...;                                    // zeroed memory will do
//   Group *group = recent->Find(delta.generation(), depth, number);
//   if (group == nullptr) {
//       group = &delta.Add(depth, view, row);
//       recent->Keep(number, group);
//   }
//
// It holds what it has room for, and forgets all when the delta is another, or has let groups
// go: its generation is another then.
#pragma once

#include "core/group.h"

#include <cstddef>
#include <cstdint>

namespace mezzanine::core
{

// Trivial, so that it may be made of zeroed memory.
class RecentGroups
{
public:
	static constexpr std::size_t kPlaces = 4096;

	// NULL where it is not known.
	Group *Find(std::uint64_t generation, int depth, std::uint64_t number) noexcept
	{
		if (generation != generation_ || depth != depth_) {
			generation_ = generation;
			depth_ = depth;
			++epoch_;
		}
		const Place &place = places_[PlaceOf(number)];
		return place.epoch == epoch_ && place.number == number ? place.group : nullptr;
	}

	// Requires: the group is of the delta, depth and number that Find was asked for last.
	void Keep(std::uint64_t number, Group *group) noexcept
	{
		places_[PlaceOf(number)] = {number, epoch_, group};
	}

private:
	struct Place {
		std::uint64_t number;
		std::uint64_t epoch; // of RecentGroups when it was kept
		Group *group;
	};

	// Neighbours get places side by side; multiples of a power of two do not share one.
	static std::size_t PlaceOf(std::uint64_t number) noexcept
	{
		constexpr int kBits = 12;
		static_assert(std::size_t{1} << kBits == kPlaces);
		return (number ^ number >> kBits ^ number >> 2 * kBits) % kPlaces;
	}

	std::uint64_t generation_;
	std::uint64_t epoch_;
	int depth_;
	Place places_[kPlaces];
};

} // namespace mezzanine::core
