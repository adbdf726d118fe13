#include "core/state.h"

#include "core/error.h"

#include <algorithm>
#include <limits>

namespace mezzanine::core
{

namespace
{

// The parts of StoredArgument::irregular before the counts per scale.
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

std::int64_t AsBigint(__int128 value)
{
	if (value < std::numeric_limits<std::int64_t>::min() ||
		value > std::numeric_limits<std::int64_t>::max())
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

} // namespace

void Argument::Add(ArgumentKind kind, const Value &value, int sign)
{
	if (value.null)
		return;
	count_ += sign;
	switch (kind) {
	case ArgumentKind::kCount:
		break;
	case ArgumentKind::kInteger:
	case ArgumentKind::kBigInteger:
		integer_ += static_cast<__int128>(value.integer) * sign;
		break;
	case ArgumentKind::kDecimal:
		AddNumeric(value.wire, sign);
		break;
	}
}

void Argument::Merge(const Argument &other)
{
	PrepareMerge(other);
	MergePrepared(other);
}

void Argument::PrepareMerge(const Argument &other)
{
	decimal_.PrepareMerge(other.decimal_);
	for (const ScaleCount &theirs : other.scales_)
		CountAt(theirs.scale);
}

void Argument::MergePrepared(const Argument &other) noexcept
{
	count_ += other.count_;
	integer_ += other.integer_;
	decimal_.Merge(other.decimal_);
	nan_ += other.nan_;
	positive_infinity_ += other.positive_infinity_;
	negative_infinity_ += other.negative_infinity_;

	/* Both are sorted, and every scale of theirs is among ours. */
	auto ours = scales_.begin();
	for (const ScaleCount &theirs : other.scales_) {
		while (ours->scale != theirs.scale)
			++ours;
		ours->count += theirs.count;
	}
}

void Argument::AddStored(ArgumentKind kind, int number, const StoredArgument &stored)
{
	CheckCount(number, "stored non-null values", stored.count);
	AddChecked(&count_, stored.count);
	if (kind == ArgumentKind::kDecimal)
		AddStoredNumeric(number, stored);
	else if (kind != ArgumentKind::kCount)
		AddStoredSum(kind, number, stored);
}

StoredArgument Argument::Encode(ArgumentKind kind, int number, EncodedArgument *space)
{
	CheckCount(number, "non-null values", count_);
	StoredArgument stored{count_, true, 0, {}, {}};
	switch (kind) {
	case ArgumentKind::kCount:
		return stored;
	case ArgumentKind::kInteger:
		stored.integer = AsBigint(integer_);
		break;
	case ArgumentKind::kBigInteger:
		decimal_.AddInteger(integer_);
		integer_ = 0;
		break;
	case ArgumentKind::kDecimal:
		EncodeNumeric(number, space, &stored);
		return stored;
	}

	if (count_ == 0 && (integer_ != 0 || !decimal_.IsZero()))
		throw Contradiction(number, "the sum of no values would not be 0");
	stored.sum_null = count_ == 0;
	if (kind == ArgumentKind::kBigInteger && !stored.sum_null) {
		decimal_.WriteWire(0, &space->wire);
		stored.wire = space->wire;
	}
	return stored;
}

void Argument::Clear() noexcept
{
	count_ = 0;
	integer_ = 0;
	decimal_.Clear();
	nan_ = 0;
	positive_infinity_ = 0;
	negative_infinity_ = 0;
	scales_.clear();
}

bool Argument::IsZero() const noexcept
{
	return count_ == 0 && integer_ == 0 && nan_ == 0 && positive_infinity_ == 0 &&
		   negative_infinity_ == 0 &&
		   std::all_of(scales_.begin(), scales_.end(),
					   [](const ScaleCount &entry) { return entry.count == 0; }) &&
		   decimal_.IsZero();
}

void Argument::AddNumeric(std::string_view wire, int sign)
{
	const NumericWire numeric = ParseNumeric(wire);
	switch (numeric.sign) {
	case NumericWire::kNan:
		nan_ += sign;
		break;
	case NumericWire::kPositiveInfinity:
		positive_infinity_ += sign;
		break;
	case NumericWire::kNegativeInfinity:
		negative_infinity_ += sign;
		break;
	default:
		decimal_.AddParsed(numeric, sign);
		CountAt(numeric.scale) += sign;
		break;
	}
}

// The count of values of `scale`; the values of one column tend to share theirs.
std::int64_t &Argument::CountAt(int scale)
{
	if (scales_.size() == 1 && scales_.front().scale == scale)
		return scales_.front().count;
	auto at =
		std::lower_bound(scales_.begin(), scales_.end(), scale,
						 [](const ScaleCount &entry, int wanted) { return entry.scale < wanted; });
	if (at == scales_.end() || at->scale != scale)
		at = scales_.insert(at, ScaleCount{scale, 0});
	return at->count;
}

void Argument::AddStoredSum(ArgumentKind kind, int number, const StoredArgument &stored)
{
	if (stored.sum_null != (stored.count == 0))
		throw Contradiction(number,
							"the stored sum is null and its count is not 0, or the reverse");
	if (stored.sum_null)
		return;
	if (kind == ArgumentKind::kInteger)
		integer_ += stored.integer;
	else
		decimal_.AddWire(stored.wire, +1);
}

void Argument::AddStoredNumeric(int number, const StoredArgument &stored)
{
	for (const std::int64_t part : stored.irregular)
		CheckCount(number, "stored values of a kind", part);
	AddChecked(&nan_, PartOr0(stored.irregular, kNan));
	AddChecked(&positive_infinity_, PartOr0(stored.irregular, kPositiveInfinity));
	AddChecked(&negative_infinity_, PartOr0(stored.irregular, kNegativeInfinity));
	for (std::size_t part = kScales; part < stored.irregular.size(); ++part) {
		if (stored.irregular[part] != 0)
			AddChecked(&CountAt(static_cast<int>(part - kScales)), stored.irregular[part]);
	}

	const __int128 finite_count =
		static_cast<__int128>(stored.count) - PartOr0(stored.irregular, kNan) -
		PartOr0(stored.irregular, kPositiveInfinity) - PartOr0(stored.irregular, kNegativeInfinity);
	if (stored.sum_null != (finite_count == 0))
		throw Contradiction(number, "finite values are stored without their sum, or the reverse");
	if (stored.sum_null)
		return;
	const NumericWire sum = ParseNumeric(stored.wire);
	decimal_.AddParsed(sum, +1);
	if (stored.irregular.empty())
		AddChecked(&CountAt(sum.scale), stored.count);
}

void Argument::EncodeNumeric(int number, EncodedArgument *space, StoredArgument *stored)
{
	CheckCounts(number);
	const std::int64_t finite_count = FiniteCount();
	if (finite_count == 0 && !decimal_.IsZero())
		throw Contradiction(number, "the sum of no values would not be 0");

	stored->sum_null = finite_count == 0;
	if (!stored->sum_null) {
		decimal_.WriteWire(LargestScale(), &space->wire);
		stored->wire = space->wire;
	}
	space->irregular.clear();
	if (!IsRegular())
		EncodeIrregular(&space->irregular);
	stored->irregular = space->irregular;
}

void Argument::CheckCounts(int number) const
{
	CheckCount(number, "NaNs", nan_);
	CheckCount(number, "infinities", positive_infinity_);
	CheckCount(number, "negative infinities", negative_infinity_);
	__int128 parts = static_cast<__int128>(nan_) + positive_infinity_ + negative_infinity_;
	for (const ScaleCount &entry : scales_) {
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
	return count_ - nan_ - positive_infinity_ - negative_infinity_;
}

// Whether the count and the sum's scale say it all.
bool Argument::IsRegular() const noexcept
{
	const auto used = std::count_if(scales_.begin(), scales_.end(),
									[](const ScaleCount &entry) { return entry.count != 0; });
	return FiniteCount() == count_ && used <= 1;
}

// Of the values that are there; 0 where none is.
int Argument::LargestScale() const noexcept
{
	const auto largest = std::find_if(scales_.rbegin(), scales_.rend(),
									  [](const ScaleCount &entry) { return entry.count != 0; });
	return largest == scales_.rend() ? 0 : largest->scale;
}

void Argument::EncodeIrregular(std::pmr::vector<std::int64_t> *out) const
{
	out->assign(kScales + static_cast<std::size_t>(LargestScale()) + 1, 0);
	(*out)[kNan] = nan_;
	(*out)[kPositiveInfinity] = positive_infinity_;
	(*out)[kNegativeInfinity] = negative_infinity_;
	for (const ScaleCount &entry : scales_) {
		if (entry.count != 0)
			(*out)[kScales + static_cast<std::size_t>(entry.scale)] = entry.count;
	}
	while (!out->empty() && out->back() == 0)
		out->pop_back();
}

} // namespace mezzanine::core
