// Arguments as home rows store them: reading them, checking them, writing them.
#include "core/error.h"
#include "core/rare.h"

#include <cmath>
#include <limits>

namespace mezzanine::core
{

namespace
{

// The parts of a numeric's StoredArgument::irregular before the counts per scale.
constexpr std::size_t kNan = 0;
constexpr std::size_t kPositiveInfinity = 1;
constexpr std::size_t kNegativeInfinity = 2;
constexpr std::size_t kScales = 3;

Error Contradiction(int number, const std::string &what)
{
	return Error(Code::kInvariant, "state of a view's group contradicts its changes",
				 "Argument " + std::to_string(number) + ": " + what + ".",
				 "Compare the view with its query by mezzanine.verify().");
}

Error BigintOutOfRange()
{
	return Error(Code::kOverflow, "bigint out of range");
}

void AddChecked(std::int64_t *sum, std::int64_t value)
{
	if (__builtin_add_overflow(*sum, value, sum))
		throw BigintOutOfRange();
}

template <typename Integer> bool Holds(__int128 value)
{
	return value >= std::numeric_limits<Integer>::min() &&
		   value <= std::numeric_limits<Integer>::max();
}

std::int64_t AsBigint(__int128 value)
{
	if (!Holds<std::int64_t>(value))
		throw BigintOutOfRange();
	return static_cast<std::int64_t>(value);
}

void CheckCount(int number, const char *what, std::int64_t count)
{
	if (count < 0)
		throw Contradiction(number, std::string("the number of ") + what + " would be " +
										std::to_string(count));
}

std::int64_t PartOr0(std::span<const std::int64_t> irregular, std::size_t part)
{
	return part < irregular.size() ? irregular[part] : 0;
}

Error SumOfNothing(int number)
{
	return Contradiction(number, "the sum of no values would not be 0");
}

// Whether a whole can be what it says.
void CheckStored(ArgumentKind kind, int number, const StoredArgument &stored)
{
	CheckCount(number, "stored non-null values", stored.count);
	if (kind == ArgumentKind::kDecimal) {
		for (const std::int64_t part : stored.irregular)
			CheckCount(number, "stored values of a kind", part);
		const __int128 finite_count = static_cast<__int128>(stored.count) -
									  PartOr0(stored.irregular, kNan) -
									  PartOr0(stored.irregular, kPositiveInfinity) -
									  PartOr0(stored.irregular, kNegativeInfinity);
		if (stored.sum_null != (finite_count == 0))
			throw Contradiction(number,
								"finite values are stored without their sum, or the reverse");
		return;
	}
	const bool has_sum = kind == ArgumentKind::kInteger || kind == ArgumentKind::kBigInteger ||
						 kind == ArgumentKind::kInterval;
	if (has_sum && stored.sum_null != (stored.count == 0))
		throw Contradiction(number,
							"the stored sum is null and its count is not 0, or the reverse");
}

void TrimZeros(std::pmr::vector<std::int64_t> *counts)
{
	while (!counts->empty() && counts->back() == 0)
		counts->pop_back();
}

} // namespace

void Argument::AddStored(ArgumentKind kind, int number, const StoredArgument &stored, Extent extent)
{
	if (extent == Extent::kWhole)
		CheckStored(kind, number, stored);
	switch (kind) {
	case ArgumentKind::kDecimal:
		AddStoredNumeric(stored);
		break;
	case ArgumentKind::kExact:
		BecomeIrregular();
		if (!stored.sum_null)
			rare_->decimal.AddWire(stored.wire, +1);
		break;
	case ArgumentKind::kInteger:
	case ArgumentKind::kBigInteger:
	case ArgumentKind::kInterval:
		AddStoredSum(kind, stored);
		break;
	case ArgumentKind::kFloat:
		if (!stored.sum_null) {
			const bool was_finite = std::isfinite(stored.real);
			MakeRare().real += stored.real;
			rare_->has_real = true;
			tainted_ |= was_finite && !std::isfinite(rare_->real);
		}
		break;
	case ArgumentKind::kBits:
		AddStoredBits(number, stored);
		break;
	case ArgumentKind::kCount:
	case ArgumentKind::kExtreme:
	case ArgumentKind::kMoving:
	case ArgumentKind::kAny:
	case ArgumentKind::kRecompute:
		break;
	}
	AddChecked(&count_, stored.count);
}

StoredArgument Argument::Encode(ArgumentKind kind, int number, EncodedArgument *space,
								Extent extent) const
{
	const bool whole = extent == Extent::kWhole;
	if (whole)
		CheckWhole(kind, number);
	StoredArgument stored;
	stored.count = count_;
	switch (kind) {
	case ArgumentKind::kCount:
	case ArgumentKind::kExtreme:
	case ArgumentKind::kMoving:
	case ArgumentKind::kAny:
	case ArgumentKind::kRecompute:
		return stored;
	case ArgumentKind::kExact:
		SumInto(&space->sum);
		space->sum.WriteTrimmed(&space->wire);
		stored.sum_null = false;
		stored.wire = space->wire;
		return stored;
	case ArgumentKind::kFloat:
		EncodeReal(&stored);
		return stored;
	case ArgumentKind::kBits:
		EncodeBits(space, &stored);
		return stored;
	case ArgumentKind::kDecimal:
		if (whole)
			EncodeNumeric(space, &stored);
		else
			EncodeNumericPart(space, &stored);
		return stored;
	case ArgumentKind::kInteger:
		stored.integer = AsBigint(integer_);
		break;
	case ArgumentKind::kInterval:
		EncodeInterval(&stored);
		break;
	case ArgumentKind::kBigInteger:
		SumInto(&space->sum);
		break;
	}

	const bool zero = kind == ArgumentKind::kBigInteger
						  ? space->sum.IsZero()
						  : stored.integer == 0 && stored.days == 0 && stored.months == 0;
	if (whole && count_ == 0 && !zero)
		throw SumOfNothing(number);
	stored.sum_null = whole && count_ == 0;
	if (kind == ArgumentKind::kBigInteger && !stored.sum_null) {
		space->sum.WriteWire(0, &space->wire);
		stored.wire = space->wire;
	}
	return stored;
}

void Argument::AddStoredSum(ArgumentKind kind, const StoredArgument &stored)
{
	if (stored.sum_null)
		return;
	__int128 value = stored.integer;
	if (kind == ArgumentKind::kInterval) {
		MakeRare().days += stored.days;
		rare_->months += stored.months;
	} else if (kind == ArgumentKind::kBigInteger) {
		const NumericWire sum = ParseNumeric(stored.wire);
		if (!sum.finite() || !AsInteger(sum, 0, &value)) {
			MakeRare().decimal.AddParsed(sum, +1);
			value = 0;
		}
	}
	integer_ += value;
}

void Argument::AddStoredNumeric(const StoredArgument &stored)
{
	if (stored.irregular.empty()) {
		if (stored.sum_null)
			return;
		const NumericWire sum = ParseNumeric(stored.wire);
		if (AddRegular(sum, +1))
			return;
		BecomeIrregular();
		rare_->decimal.AddParsed(sum, +1);
		AddChecked(&rare_->CountAt(sum.scale), stored.count);
		return;
	}

	BecomeIrregular();
	AddChecked(&rare_->nan, PartOr0(stored.irregular, kNan));
	AddChecked(&rare_->positive_infinity, PartOr0(stored.irregular, kPositiveInfinity));
	AddChecked(&rare_->negative_infinity, PartOr0(stored.irregular, kNegativeInfinity));
	for (std::size_t part = kScales; part < stored.irregular.size(); ++part) {
		if (stored.irregular[part] != 0)
			AddChecked(&rare_->CountAt(static_cast<int>(part - kScales)), stored.irregular[part]);
	}
	if (stored.sum_null)
		return;
	const NumericWire sum = ParseNumeric(stored.wire);
	rare_->decimal.AddParsed(sum, +1);
	/* A part's sum may have digits where its values cancel out. */
	(void)rare_->CountAt(sum.scale);
}

void Argument::AddStoredBits(int number, const StoredArgument &stored)
{
	if (stored.irregular.size() > kBitCount)
		throw Contradiction(number, "more bits are stored than a bigint has");
	std::pmr::vector<std::int64_t> &bits = MakeRare().bits;
	bits.resize(kBitCount);
	for (std::size_t bit = 0; bit < stored.irregular.size(); ++bit)
		AddChecked(&bits[bit], stored.irregular[bit]);
}

// The sum as a decimal, whatever its form.
void Argument::SumInto(Decimal *sum) const
{
	sum->Clear();
	sum->AddInteger(integer_, -FractionDigits(form_ == Form::kRegular ? scale_ : 0));
	if (rare_ != nullptr)
		sum->Add(rare_->decimal);
}

void Argument::EncodeInterval(StoredArgument *stored) const
{
	const __int128 days = rare_ == nullptr ? 0 : rare_->days;
	const __int128 months = rare_ == nullptr ? 0 : rare_->months;
	if (!Holds<std::int64_t>(integer_) || !Holds<std::int32_t>(days) ||
		!Holds<std::int32_t>(months))
		throw Error(Code::kOverflow, "interval out of range");
	stored->integer = static_cast<std::int64_t>(integer_);
	stored->days = static_cast<std::int32_t>(days);
	stored->months = static_cast<std::int32_t>(months);
}

void Argument::EncodeReal(StoredArgument *stored) const
{
	stored->recompute = tainted_;
	stored->sum_null = rare_ == nullptr || !rare_->has_real;
	if (!stored->sum_null)
		stored->real = rare_->real;
}

void Argument::EncodeBits(EncodedArgument *space, StoredArgument *stored) const
{
	std::pmr::vector<std::int64_t> &counts = space->irregular;
	counts.clear();
	if (rare_ != nullptr)
		counts.assign(rare_->bits.begin(), rare_->bits.end());
	TrimZeros(&counts);
	stored->sum_null = counts.empty();
	stored->irregular = counts;
}

void Argument::EncodeNumeric(EncodedArgument *space, StoredArgument *stored) const
{
	const bool irregular = form_ == Form::kIrregular;
	const int scale = irregular ? rare_->LargestScale() : scale_;
	stored->sum_null = FiniteCount() == 0;
	if (!stored->sum_null) {
		SumInto(&space->sum);
		space->sum.WriteWire(scale, &space->wire);
		stored->wire = space->wire;
	}
	space->irregular.clear();
	if (irregular && !rare_->IsRegular(count_)) {
		EncodeCounts(scale, &space->irregular);
		TrimZeros(&space->irregular);
	}
	stored->irregular = space->irregular;
}

// With as many places as any of its values had, because their digits may remain.
void Argument::EncodeNumericPart(EncodedArgument *space, StoredArgument *stored) const
{
	int scale = form_ == Form::kRegular ? scale_ : 0;
	if (form_ == Form::kIrregular && !rare_->scales.empty())
		scale = rare_->scales.back().scale;
	SumInto(&space->sum);
	space->sum.WriteWire(scale, &space->wire);
	EncodeCounts(scale, &space->irregular);
	stored->sum_null = false;
	stored->wire = space->wire;
	stored->irregular = space->irregular;
}

// {NaN, +inf, -inf, count at scale 0, ..., count at `scale`}.
void Argument::EncodeCounts(int scale, std::pmr::vector<std::int64_t> *counts) const
{
	counts->assign(kScales + static_cast<std::size_t>(scale) + 1, 0);
	if (form_ != Form::kIrregular) {
		counts->back() = count_;
		return;
	}
	(*counts)[kNan] = rare_->nan;
	(*counts)[kPositiveInfinity] = rare_->positive_infinity;
	(*counts)[kNegativeInfinity] = rare_->negative_infinity;
	for (const Rare::ScaleCount &entry : rare_->scales) {
		if (entry.count != 0)
			(*counts)[kScales + static_cast<std::size_t>(entry.scale)] = entry.count;
	}
}

void Argument::CheckWhole(ArgumentKind kind, int number) const
{
	CheckCount(number, "non-null values", count_);
	if (kind == ArgumentKind::kBits)
		CheckBits(number);
	if (kind != ArgumentKind::kDecimal)
		return;
	CheckCounts(number);
	const bool zero = integer_ == 0 && (rare_ == nullptr || rare_->decimal.IsZero());
	if (FiniteCount() == 0 && !zero)
		throw SumOfNothing(number);
}

void Argument::CheckBits(int number) const
{
	for (std::size_t bit = 0; rare_ != nullptr && bit < rare_->bits.size(); ++bit) {
		if (rare_->bits[bit] < 0)
			throw Contradiction(number, "the number of values with bit " + std::to_string(bit) +
											" set would be " + std::to_string(rare_->bits[bit]));
	}
}

void Argument::CheckCounts(int number) const
{
	if (form_ != Form::kIrregular)
		return;
	CheckCount(number, "NaNs", rare_->nan);
	CheckCount(number, "infinities", rare_->positive_infinity);
	CheckCount(number, "negative infinities", rare_->negative_infinity);
	__int128 parts =
		static_cast<__int128>(rare_->nan) + rare_->positive_infinity + rare_->negative_infinity;
	for (const Rare::ScaleCount &entry : rare_->scales) {
		if (entry.count < 0)
			throw Contradiction(number, "the number of values of scale " +
											std::to_string(entry.scale) + " would be " +
											std::to_string(entry.count));
		parts += entry.count;
	}
	if (parts != count_)
		throw Contradiction(number, "the counts of its kinds of values do not add up to " +
										std::to_string(count_));
}

std::int64_t Argument::FiniteCount() const noexcept
{
	return form_ == Form::kIrregular ? count_ - rare_->Specials() : count_;
}

} // namespace mezzanine::core
