// What one aggregate argument of one group amounts to, as a change and as a whole.
//
// Everything an aggregate needs so that rows can leave as exactly as they came: the
// number of non-null values, their sum, and for numeric, NaN and the infinities counted
// apart (they cannot be subtracted) and a count per display scale (the sum shows the
// largest scale among the values that are there).
#pragma once

#include "core/decimal.h"

#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mezzanine::core
{

enum class ArgumentKind : std::uint8_t {
	kCount,      // count(x): only the number of non-null values
	kInteger,    // int2, int4: the sum is a bigint
	kBigInteger, // int8: the sum is a numeric of scale 0
	kDecimal,    // numeric: the sum is a numeric
};

// One row's value of one argument: `wire` for kDecimal, `integer` for the other sums.
struct Value {
	bool null;
	std::int64_t integer;
	std::string_view wire;
};

// One argument as a group's home row stores it; views only, nothing owned.
struct StoredArgument {
	std::int64_t count;    // of non-null values
	bool sum_null;         // no finite non-null value
	std::int64_t integer;  // the sum, for kInteger
	std::string_view wire; // the sum, for kBigInteger and kDecimal; empty when sum_null
	// kDecimal: empty when every value is finite and all share one scale (then it is the
	// sum's, and `count` counts it).  Otherwise {NaN, +inf, -inf, count at scale 0, at
	// scale 1, ...} without trailing zeros.
	std::span<const std::int64_t> irregular;
};

// Where an encoded argument keeps its bytes.
struct EncodedArgument {
	explicit EncodedArgument(std::pmr::memory_resource *resource)
		: wire(resource), irregular(resource)
	{
	}
	EncodedArgument(EncodedArgument &&) noexcept = default;

	std::pmr::string wire;
	std::pmr::vector<std::int64_t> irregular;
};

// The signed accumulation of one argument's values.  Movable, not copyable.
class Argument
{
public:
	explicit Argument(std::pmr::memory_resource *resource) : decimal_(resource), scales_(resource)
	{
	}
	Argument(Argument &&) noexcept = default;

	// Adds the value (sign +1) or takes it away (-1).
	//
	// Throws: kInternal when a kDecimal value is no numeric; bad_alloc.  After either it
	//         may have been added in part.
	void Add(ArgumentKind kind, const Value &value, int sign);

	void Merge(const Argument &other);
	// Merge in two steps: all that can throw, then all that cannot.  The first leaves the
	// value as it is.
	void PrepareMerge(const Argument &other);
	void MergePrepared(const Argument &other) noexcept;

	// Adds what a home row stores of this argument; `number` (from 1) names it in errors.
	//
	// Throws: kInvariant when its parts contradict each other, kOverflow when a count
	//         leaves the range of bigint.
	void AddStored(ArgumentKind kind, int number, const StoredArgument &stored);

	// The argument as a home row stores it; its bytes are kept in *space.
	//
	// Throws: kInvariant when it is no set of rows: a negative count, counts that do not
	//         add up, a sum of nothing; kOverflow when a bigint or numeric cannot hold it.
	StoredArgument Encode(ArgumentKind kind, int number, EncodedArgument *space);

	void Clear() noexcept;
	bool IsZero() const noexcept;

private:
	// How many finite values of one display scale.
	struct ScaleCount {
		int scale;
		std::int64_t count;
	};

	void AddNumeric(std::string_view wire, int sign);
	std::int64_t &CountAt(int scale);
	void AddStoredSum(ArgumentKind kind, int number, const StoredArgument &stored);
	void AddStoredNumeric(int number, const StoredArgument &stored);
	void EncodeNumeric(int number, EncodedArgument *space, StoredArgument *stored);
	void CheckCounts(int number) const;
	std::int64_t FiniteCount() const noexcept;
	bool IsRegular() const noexcept;
	int LargestScale() const noexcept;
	void EncodeIrregular(std::pmr::vector<std::int64_t> *out) const;

	std::int64_t count_ = 0;
	__int128 integer_ = 0;
	Decimal decimal_;
	std::int64_t nan_ = 0;
	std::int64_t positive_infinity_ = 0;
	std::int64_t negative_infinity_ = 0;
	std::pmr::vector<ScaleCount> scales_; // ascending; a count may be 0
};

} // namespace mezzanine::core
