// What one aggregate argument of one group amounts to, as a change and as a whole.
//
// What adds up is kept so that rows can leave as exactly as they came: the number of
// non-null values, their sum, and for numeric, NaN and the infinities counted apart (they
// cannot be subtracted) and a count per display scale (the sum shows the largest scale
// among the values that are there).
//
// Of what does not add up, only that is kept which decides: the extremes among the values
// that came and among those that left, as opaque bytes whose order the shell knows; a
// value that all rows share; and whether the group must be computed again.
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
	kExact,      // finite numerics: their sum, whatever their scales; 0 where there are none
	kInterval,   // interval: the sum is an interval, field by field
	kFloat,      // float4, float8: the sum is a float; only finite values that come add up
	kBits,       // how many values have each bit set
	kExtreme,    // min, max: the shell compares
	kMoving,     // the values themselves, which the shell adds and takes away; a count beside it
	kAny,        // a value that all rows of the group share
	kRecompute,  // nothing adds up: the group is computed again
};

// Whether what is stored is the whole of a group, or one of several parts that add up to
// it: a part may be negative.
enum class Extent : std::uint8_t { kWhole, kPart };

// One row's value of one argument.
struct Value {
	bool null = false;
	std::int64_t integer = 0;   // kInteger, kBigInteger, kBits; an interval's microseconds
	std::string_view wire = {}; // kDecimal, kExact; the image, for the kinds the shell knows
	double real = 0;            // kFloat
	std::int32_t days = 0;      // kInterval
	std::int32_t months = 0;

	bool operator==(const Value &) const = default;
};

// One argument as a group's home row stores it; views only, nothing owned.
struct StoredArgument {
	std::int64_t count = 0;   // of non-null values
	bool sum_null = true;     // no finite non-null value
	std::int64_t integer = 0; // the sum, for kInteger and kInterval (microseconds)
	// The sum, for kBigInteger, kDecimal and kExact; empty when sum_null.
	std::string_view wire = {};
	// kDecimal: empty when every value is finite and all share one scale (then it is the
	// sum's, and `count` counts it).  Otherwise {NaN, +inf, -inf, count at scale 0, at
	// scale 1, ...} without trailing zeros.
	// A part always has these numbers, and a sum.
	// kBits: {values with bit 0, with bit 1, ...} without trailing zeros.
	std::span<const std::int64_t> irregular = {};
	double real = 0;       // the sum, for kFloat
	std::int32_t days = 0; // the sum, for kInterval
	std::int32_t months = 0;
	bool recompute = false; // a sum of floats left their range: the group must tell
};

// Where an encoded argument keeps its bytes.
struct EncodedArgument {
	explicit EncodedArgument(std::pmr::memory_resource *resource)
		: sum(resource), wire(resource), irregular(resource)
	{
	}
	EncodedArgument(EncodedArgument &&) noexcept = default;

	Decimal sum; // to work with
	std::pmr::string wire;
	std::pmr::vector<std::int64_t> irregular;
};

// So many values of kMoving are kept on either side; beyond that it is less to read the group.
inline constexpr std::size_t kMovingValuesMax = 1000;

// The signed accumulation of one argument's values.  Movable, not copyable.
//
// There is one for each argument of each group, so it is small: what few need is kept
// aside.
class Argument
{
public:
	explicit Argument(std::pmr::memory_resource *resource) noexcept : resource_(resource) {}
	Argument(Argument &&other) noexcept;
	Argument &operator=(Argument &&) = delete;
	~Argument() { Clear(); }

	// Adds the value (sign +1) or takes it away (-1).
	//
	// Throws: kInternal when a value is no numeric, or for kExact no finite one; bad_alloc.
	//         After either it may have been added in part.
	void Add(ArgumentKind kind, const Value &value, int sign);

	// kExtreme: the candidates for the extreme among the values that came (+1) or left (-1).
	// They are several only where subtransactions have merged.  kMoving: all of the values.
	std::span<const std::pmr::string> Candidates(int sign) const noexcept;
	// Puts `image` in the last candidate's place, or makes it the first.
	void PutCandidate(int sign, std::string_view image);

	// kAny: the image of the value; NULL where none came or left.
	const std::pmr::string *any() const noexcept;

	// The change does not add up.
	bool tainted() const noexcept { return tainted_; }

	// Adds the other, which may be taken apart.  In two steps: all that can throw, then all
	// that cannot; the first leaves both values as they are, if not their form.
	void PrepareMerge(Argument *other);
	void MergePrepared(Argument *other) noexcept;

	// Adds what adds up of the other, and leaves it as it is.
	void AddSum(const Argument &other);

	// Adds what a home row stores of this argument; `number` (from 1) names it in errors.
	//
	// Throws: kInvariant when it is a whole and contradicts itself, kOverflow when a count
	//         leaves the range of bigint.
	void AddStored(ArgumentKind kind, int number, const StoredArgument &stored,
				   Extent extent = Extent::kWhole);

	// The argument as a home row stores it; its bytes are kept in *space.  Of kExtreme,
	// kMoving, kAny and kRecompute nothing is: they are the shell's.
	//
	// Throws: kInvariant when a whole is no set of rows: a negative count, counts that do
	//         not add up, a sum of nothing; kOverflow when the sum's type cannot hold it.
	StoredArgument Encode(ArgumentKind kind, int number, EncodedArgument *space,
						  Extent extent = Extent::kWhole) const;

	// Appends all of it to *out, for Read in this very process, which moves *in past it.
	void Write(std::pmr::string *out) const;
	void Read(std::string_view *in);

	void Clear() noexcept;
	bool IsZero() const noexcept;

private:
	// Where the sum is.
	enum class Form : std::uint8_t {
		kPlain,     // integer_
		kRegular,   // integer_, in units of the last base-10000 digit of a value at scale_
		kIrregular, // rare_: numerics of several scales, or too large, or not finite; kExact
	};
	struct Rare;

	Rare &MakeRare();
	void AddNumeric(std::string_view wire, int sign);
	void AddImage(std::string_view image, int sign);
	bool AddRegular(const NumericWire &numeric, int sign);
	void BecomeIrregular();
	bool FitsRegular(const Argument &other) const noexcept;
	void PrepareMergeOfRare(const Rare &other);
	void MergeSum(const Argument &other) noexcept;
	void MergeRareSums(const Rare &other) noexcept;
	void AddStoredSum(ArgumentKind kind, const StoredArgument &stored);
	void AddStoredNumeric(const StoredArgument &stored);
	void AddStoredBits(int number, const StoredArgument &stored);
	void SumInto(Decimal *sum) const;
	void EncodeInterval(StoredArgument *stored) const;
	void EncodeReal(StoredArgument *stored) const;
	void EncodeBits(EncodedArgument *space, StoredArgument *stored) const;
	void EncodeNumeric(EncodedArgument *space, StoredArgument *stored) const;
	void EncodeNumericPart(EncodedArgument *space, StoredArgument *stored) const;
	void EncodeCounts(int scale, std::pmr::vector<std::int64_t> *counts) const;
	void CheckWhole(ArgumentKind kind, int number) const;
	void CheckCounts(int number) const;
	void CheckBits(int number) const;
	std::int64_t FiniteCount() const noexcept;

	// Where palloc can put it: that aligns to 8 bytes.
	using Wide = __int128 __attribute__((aligned(8)));

	std::pmr::memory_resource *resource_;
	std::int64_t count_ = 0;
	Wide integer_ = 0;
	Rare *rare_ = nullptr;
	std::int16_t scale_ = 0;
	Form form_ = Form::kPlain;
	bool tainted_ = false;
};

} // namespace mezzanine::core
