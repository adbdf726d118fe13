// Exact decimal sums over the digits of PostgreSQL's numeric.
//
//   Decimal sum(resource);
//   sum.AddWire(numeric_send's bytes, +1);
//   sum.WriteWire(scale, &bytes); // what numeric_recv reads
//
// A numeric is base-10000 digits at weights: the digit at weight w counts 10000^w.  The
// sum keeps one signed 64-bit limb per weight and carries only when it must, so adding a
// row costs one addition per digit, and taking a row away is adding it with the other
// sign.  Nothing is ever rounded.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

namespace mezzanine::core
{

// A numeric's bytes on the wire (numeric_send, numeric_recv), big-endian:
// uint16 digits, int16 weight of the first, uint16 sign, uint16 display scale, the digits.
struct NumericWire {
	static constexpr std::size_t kHeaderBytes = 8;
	static constexpr int kScaleMax = 16383;
	static constexpr std::uint16_t kPositive = 0x0000;
	static constexpr std::uint16_t kNegative = 0x4000;
	static constexpr std::uint16_t kNan = 0xC000;
	static constexpr std::uint16_t kPositiveInfinity = 0xD000;
	static constexpr std::uint16_t kNegativeInfinity = 0xF000;

	int digit_count;
	int weight;
	std::uint16_t sign;
	int scale;
	const unsigned char *digits; // two bytes each

	bool finite() const noexcept { return sign == kPositive || sign == kNegative; }

	int digit(int i) const noexcept { return digits[2 * i] << 8 | digits[2 * i + 1]; }
};

// Takes `bytes` apart; the result points into them.
//
// Throws: kInternal when they are no numeric's.
NumericWire ParseNumeric(std::string_view bytes);

// Base-10000 digits that hold `scale` decimal places.
constexpr int FractionDigits(int scale)
{
	return (scale + 3) / 4;
}

// The finite numeric as an integer, in units of 10000^-fraction_digits; false where it does
// not fit.  What fits is below 10^32, so that a million of them can be added.
bool AsInteger(const NumericWire &numeric, int fraction_digits, __int128 *value);

// A finite signed sum.  Movable, not copyable: a copy would leave its memory resource.
//
// When a call throws bad_alloc, the sum is what it was before the call.
class Decimal
{
public:
	explicit Decimal(std::pmr::memory_resource *resource) : limbs_(resource) {}
	Decimal(Decimal &&) noexcept = default;

	// Adds the numeric (sign +1) or takes it away (-1).
	//
	// Throws: kInternal when it is not a finite numeric.
	void AddWire(std::string_view wire, int sign) { AddParsed(ParseNumeric(wire), sign); }
	void AddParsed(const NumericWire &wire, int sign);

	// Adds value * 10000^weight.
	void AddInteger(__int128 value, int weight = 0);
	void Add(const Decimal &other);

	// Makes room, so that the next call, if it is Merge(other), allocates nothing.
	void PrepareMerge(const Decimal &other);
	// Add without allocating.  Requires: PrepareMerge(other) was the last call on this.
	void Merge(const Decimal &other) noexcept;

	void Clear() noexcept;
	bool IsZero() const noexcept;

	// Writes the sum with `scale` decimal places as numeric_send would: no zero digit at
	// either end.
	//
	// Throws: kOverflow beyond numeric's range, kInvariant when the sum has digits
	//         beyond `scale` or `scale` is none.
	void WriteWire(int scale, std::pmr::string *out);

	// Appends all of it to *out, for Read in this very process.
	void Write(std::pmr::string *out) const;
	void Read(std::string_view *in);
	// With as few decimal places as the sum has.
	void WriteTrimmed(std::pmr::string *out);

private:
	int HighestWeight() const noexcept { return low_ + static_cast<int>(limbs_.size()) - 1; }
	void Cover(int lowest, int highest);
	void MakeRoomFor(std::int64_t load);
	void Carry();
	void Trim() noexcept;
	int LeastScale() const noexcept;

	std::pmr::vector<std::int64_t> limbs_; // limbs_[i] counts 10000^(low_ + i)
	int low_ = 0;
	// No limb is beyond 9999 * load_ in size: how much was added since the last carry.
	std::int64_t load_ = 0;
};

} // namespace mezzanine::core
