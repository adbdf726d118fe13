// Allocation: which stock gives how much of what a cart asks for.
//
//   Pool pools[] = {{lamps_here, 0, 3, 0, 0}, {lamps_there, 1, 9, 0, 0}};
//   Candidate candidates[] = {{0, 0, 0}, {1, 1, 0}};  // here first, then there
//   Want wants[] = {{5, candidates, 0}};
//   Allocate(pools, wants, Strategy::kInOrder);       // 3 from here, 2 from there
//
// Pure.  What a pool has is what the caller could fence, or what is there at most: the
// same allocation answers "can it be had now?" and "could it be had at best?".
#pragma once

#include <cstdint>
#include <span>

namespace mezzanine::core
{

// What there is of one stock.
struct Pool {
	std::int64_t stock;
	std::int32_t group;     // place of the first pool of its group: lots of one location
	std::int64_t available; // units that may be counted on
	std::int64_t kept;      // of the group's units, those that this cart may not have; given
							// with the group's first pool
	std::int64_t planned;   // filled in: units taken
};

// A stock that may serve a want.
struct Candidate {
	std::int32_t pool;  // its place among the pools
	std::int32_t place; // where it is: candidates of one place go into one parcel
	std::int64_t units; // filled in: units taken from it
};

// Units of one item.
struct Want {
	std::int64_t quantity;
	std::span<Candidate> candidates; // in order of preference
	std::int64_t missing;            // filled in: units that no candidate has
};

enum class Strategy : std::uint8_t {
	kInOrder,      // the preferred candidate gives all it has, then the next
	kFewestSplits, // one place gives all, where one can
};

// Plans all wants; true when none lacks a unit.  Where some do, they get what there is.
//
// A want that no other's candidates overlap, or whose candidates are all among another's,
// as those of one location are among those of all, never lacks units for want of a better
// plan: the one with fewer candidates is served first.
//
// Requires: available, kept >= 0; quantity > 0; Candidate::pool and Pool::group are places in
// `pools`.
bool Allocate(std::span<Pool> pools, std::span<Want> wants, Strategy strategy);

// A candidate as its table describes it, to be ranked.
struct Ranked {
	std::int32_t candidate; // whatever the caller knows it by
	double rank;            // of its location: a priority, or a distance
	std::int32_t place;     // its location, in the order of names
	std::int64_t expires;   // of its lot, in days; the greatest for none
	std::int64_t stock;
};

// Sorts candidates: the lowest rank first, locations of one rank by name, and within a
// location the lot that expires first.
void SortByPreference(std::span<Ranked> candidates);

} // namespace mezzanine::core
