// What few arguments need; for state.cpp and stored.cpp alone.
#pragma once

#include "core/state.h"

namespace mezzanine::core
{

inline constexpr std::size_t kBitCount = 64;

struct Argument::Rare {
	using Images = std::pmr::vector<std::pmr::string>;

	// How many finite values of one display scale.
	struct ScaleCount {
		int scale;
		std::int64_t count;
	};

	explicit Rare(std::pmr::memory_resource *resource)
		: decimal(resource), scales(resource),
		  bits(resource), candidates{Images(resource), Images(resource)}, any(resource)
	{
	}

	std::int64_t &CountAt(int scale);
	bool IsZero() const noexcept;
	// Whether the count and the sum's scale say it all.
	bool IsRegular(std::int64_t count) const noexcept;
	// Of the values that are there; 0 where none is.
	int LargestScale() const noexcept;
	std::int64_t Specials() const noexcept { return nan + positive_infinity + negative_infinity; }

	// Numerics.
	Decimal decimal;
	std::int64_t nan = 0;
	std::int64_t positive_infinity = 0;
	std::int64_t negative_infinity = 0;
	std::pmr::vector<ScaleCount> scales; // ascending; a count may be 0

	// Intervals.
	__int128 days = 0;
	__int128 months = 0;

	// Floats.
	double real = -0.0; // which adds nothing to anything, not even a sign
	bool has_real = false;

	std::pmr::vector<std::int64_t> bits; // as many as have been set
	Images candidates[2];                // of what left, of what came
	bool counts_candidates = false;      // one that came twice is two
	Images any;                          // at most one
};

} // namespace mezzanine::core
