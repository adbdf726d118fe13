#include "core/decimal.h"

#include "core/error.h"

#include <algorithm>

namespace mezzanine::core
{

namespace
{

constexpr std::int64_t kBase = 10000;
constexpr int kDigitsPerLimb = 4;
constexpr int kWeightMax = 32767; // numeric keeps the weight in 16 bits

// Each of two sums that meet may be loaded so far: 2 * 2^48 * 9999 < 2^63.
constexpr std::int64_t kLoadMax = std::int64_t{1} << 48;

// A limb of 2^49 * 9999 carries less than 10000^4, so this many hold what overflows.
constexpr std::size_t kCarryLimbs = 5;

// The base-10000 digits of 2^127.
constexpr int kInteger128Limbs = 10;

int ReadUint16(const unsigned char *at)
{
	return at[0] << 8 | at[1];
}

unsigned char *WriteUint16(unsigned char *at, int value)
{
	at[0] = static_cast<unsigned char>(value >> 8);
	at[1] = static_cast<unsigned char>(value);
	return at + 2;
}

Error MalformedNumeric(const char *detail)
{
	return Error(Code::kInternal, "malformed numeric", detail);
}

// Leaves every limb in 0 .. 9999; what does not fit is returned: 0, or -1 when the sum
// is below zero, given enough limbs.
std::int64_t CarryFloor(std::pmr::vector<std::int64_t> *limbs) noexcept
{
	std::int64_t carry = 0;
	for (std::int64_t &limb : *limbs) {
		limb += carry;
		carry = limb / kBase;
		limb %= kBase;
		if (limb < 0) {
			limb += kBase;
			--carry;
		}
	}
	return carry;
}

void Negate(std::pmr::vector<std::int64_t> *limbs) noexcept
{
	for (std::int64_t &limb : *limbs)
		limb = -limb;
}

// How many decimal places of the limb at `weight`, if it has any, lie beyond `scale`.
std::int64_t PlacesBeyond(int scale, int weight)
{
	return -static_cast<std::int64_t>(weight) * kDigitsPerLimb - scale;
}

// Whether the lowest limb has a digit beyond `scale` decimal places; it is not 0.
bool HasDigitsBeyond(int scale, int weight, std::int64_t limb)
{
	constexpr std::int64_t kPowers[kDigitsPerLimb] = {1, 10, 100, 1000};

	const std::int64_t beyond = PlacesBeyond(scale, weight);
	if (weight >= 0 || beyond <= 0)
		return false;
	return beyond >= kDigitsPerLimb || limb % kPowers[beyond] != 0;
}

} // namespace

NumericWire ParseNumeric(std::string_view bytes)
{
	if (bytes.size() < NumericWire::kHeaderBytes)
		throw MalformedNumeric("It is shorter than its header.");

	const auto *at = reinterpret_cast<const unsigned char *>(bytes.data());
	NumericWire wire{};
	wire.digit_count = ReadUint16(at);
	wire.weight = static_cast<std::int16_t>(ReadUint16(at + 2));
	wire.sign = static_cast<std::uint16_t>(ReadUint16(at + 4));
	wire.scale = ReadUint16(at + 6);
	wire.digits = at + NumericWire::kHeaderBytes;

	if (bytes.size() != NumericWire::kHeaderBytes + 2 * static_cast<std::size_t>(wire.digit_count))
		throw MalformedNumeric("Its length is not that of its digits.");
	if (wire.finite()
			? wire.scale > NumericWire::kScaleMax
			: wire.sign != NumericWire::kNan && wire.sign != NumericWire::kPositiveInfinity &&
				  wire.sign != NumericWire::kNegativeInfinity)
		throw MalformedNumeric("Its sign or its scale is none.");
	for (int i = 0; i < wire.digit_count; ++i) {
		if (wire.digit(i) >= kBase)
			throw MalformedNumeric("It has a digit above 9999.");
	}
	return wire;
}

bool AsInteger(const NumericWire &numeric, int fraction_digits, __int128 *value)
{
	constexpr int kDigitsMax = 8;
	const int lowest = numeric.weight - numeric.digit_count + 1;
	*value = 0;
	if (numeric.digit_count == 0)
		return true;
	if (numeric.weight + fraction_digits >= kDigitsMax || lowest < -fraction_digits)
		return false;
	for (int i = 0; i < numeric.digit_count; ++i)
		*value = *value * kBase + numeric.digit(i);
	for (int i = lowest; i > -fraction_digits; --i)
		*value *= kBase;
	if (numeric.sign == NumericWire::kNegative)
		*value = -*value;
	return true;
}

void Decimal::AddParsed(const NumericWire &wire, int sign)
{
	if (!wire.finite())
		throw MalformedNumeric("It is not finite.");
	if (wire.digit_count == 0)
		return;

	MakeRoomFor(1);
	Cover(wire.weight - wire.digit_count + 1, wire.weight);
	const int direction = wire.sign == NumericWire::kNegative ? -sign : sign;
	std::int64_t *limb = limbs_.data() + (wire.weight - low_);
	for (int i = 0; i < wire.digit_count; ++i)
		limb[-i] += direction * wire.digit(i);
	++load_;
}

void Decimal::AddInteger(__int128 value, int weight)
{
	const int direction = value < 0 ? -1 : +1;
	unsigned __int128 rest = static_cast<unsigned __int128>(value);
	if (value < 0)
		rest = -rest; /* right for the least __int128 too */

	int digits[kInteger128Limbs];
	int count = 0;
	for (; rest > 0; rest /= kBase)
		digits[count++] = static_cast<int>(rest % kBase);
	if (count == 0)
		return;

	MakeRoomFor(1);
	Cover(weight, weight + count - 1);
	for (int i = 0; i < count; ++i)
		limbs_[static_cast<std::size_t>(weight + i - low_)] += direction * digits[i];
	++load_;
}

void Decimal::Add(const Decimal &other)
{
	PrepareMerge(other);
	Merge(other);
}

void Decimal::PrepareMerge(const Decimal &other)
{
	if (other.limbs_.empty())
		return;
	MakeRoomFor(other.load_);
	Cover(other.low_, other.HighestWeight());
}

void Decimal::Merge(const Decimal &other) noexcept
{
	if (other.limbs_.empty())
		return;
	std::int64_t *limb = limbs_.data() + (other.low_ - low_);
	for (std::size_t i = 0; i < other.limbs_.size(); ++i)
		limb[i] += other.limbs_[i];
	load_ += other.load_;
}

void Decimal::Clear() noexcept
{
	limbs_.clear();
	low_ = 0;
	load_ = 0;
}

bool Decimal::IsZero() const noexcept
{
	std::int64_t carry = 0;
	for (const std::int64_t limb : limbs_) {
		const std::int64_t sum = limb + carry;
		if (sum % kBase != 0)
			return false;
		carry = sum / kBase;
	}
	return carry == 0;
}

void Decimal::WriteWire(int scale, std::pmr::string *out)
{
	if (scale < 0 || scale > NumericWire::kScaleMax)
		throw Error(Code::kInvariant, "display scale out of range",
					"The scale is " + std::to_string(scale) + ".");
	Carry();
	if (!limbs_.empty()) {
		if (HighestWeight() > kWeightMax)
			throw Error(Code::kOverflow, "value overflows numeric format");
		if (HasDigitsBeyond(scale, low_, limbs_.front()))
			throw Error(Code::kInvariant, "sum has digits beyond its display scale",
						"The scale is " + std::to_string(scale) + ".");
	}

	const bool negative = !limbs_.empty() && limbs_.back() < 0;
	out->resize(NumericWire::kHeaderBytes + 2 * limbs_.size());
	auto *at = reinterpret_cast<unsigned char *>(out->data());
	at = WriteUint16(at, static_cast<int>(limbs_.size()));
	at = WriteUint16(at, limbs_.empty() ? 0 : HighestWeight());
	at = WriteUint16(at, negative ? NumericWire::kNegative : NumericWire::kPositive);
	at = WriteUint16(at, scale);
	for (std::size_t i = limbs_.size(); i-- > 0;)
		at = WriteUint16(at, static_cast<int>(negative ? -limbs_[i] : limbs_[i]));
}

void Decimal::WriteTrimmed(std::pmr::string *out)
{
	Carry();
	WriteWire(LeastScale(), out);
}

// Requires: carried.
int Decimal::LeastScale() const noexcept
{
	if (limbs_.empty() || low_ >= 0)
		return 0;
	int scale = -low_ * kDigitsPerLimb;
	for (std::int64_t limb = limbs_.front(); limb % 10 == 0; limb /= 10)
		--scale;
	return scale;
}

// Makes the limbs reach from weight `lowest` to `highest`, at least.
void Decimal::Cover(int lowest, int highest)
{
	if (limbs_.empty()) {
		limbs_.resize(static_cast<std::size_t>(highest - lowest + 1));
		low_ = lowest;
		return;
	}
	if (lowest < low_) {
		limbs_.insert(limbs_.begin(), static_cast<std::size_t>(low_ - lowest), 0);
		low_ = lowest;
	}
	if (highest > HighestWeight())
		limbs_.resize(static_cast<std::size_t>(highest - low_ + 1));
}

// Carries, should the limbs be too full for `load` more.
void Decimal::MakeRoomFor(std::int64_t load)
{
	if (load_ > kLoadMax - load)
		Carry();
}

// Brings every limb below 10000 in size and all to one sign, with none 0 at either end.
void Decimal::Carry()
{
	if (limbs_.empty())
		return;
	limbs_.resize(limbs_.size() + kCarryLimbs);
	if (CarryFloor(&limbs_) < 0) {
		/* The limbs are 10000^n too large, so their negative is the size of the sum. */
		Negate(&limbs_);
		CarryFloor(&limbs_);
		Negate(&limbs_);
	}
	load_ = 1;
	Trim();
}

void Decimal::Trim() noexcept
{
	while (!limbs_.empty() && limbs_.back() == 0)
		limbs_.pop_back();
	const auto first =
		std::find_if(limbs_.begin(), limbs_.end(), [](std::int64_t limb) { return limb != 0; });
	low_ += static_cast<int>(first - limbs_.begin());
	limbs_.erase(limbs_.begin(), first);
	if (limbs_.empty())
		Clear();
}

} // namespace mezzanine::core
