#include "core/rare.h"

#include <algorithm>
#include <cmath>

namespace mezzanine::core
{

namespace
{

using Images = std::pmr::vector<std::pmr::string>;

void PrepareMerge(Images *into, const Images &from)
{
	into->reserve(into->size() + from.size());
}

// Copies cannot be made without memory, so images are moved; `from` is done with.
void MergePrepared(Images *into, Images *from, bool counts) noexcept
{
	for (std::pmr::string &image : *from) {
		if (counts || into->empty() || into->back() != image)
			into->push_back(std::move(image));
	}
	from->clear();
}

} // namespace

// The count of values of `scale`; the values of one column tend to share theirs.
std::int64_t &Argument::Rare::CountAt(int scale)
{
	if (scales.size() == 1 && scales.front().scale == scale)
		return scales.front().count;
	auto at =
		std::lower_bound(scales.begin(), scales.end(), scale,
						 [](const ScaleCount &entry, int wanted) { return entry.scale < wanted; });
	if (at == scales.end() || at->scale != scale)
		at = scales.insert(at, ScaleCount{scale, 0});
	return at->count;
}

bool Argument::Rare::IsZero() const noexcept
{
	return nan == 0 && positive_infinity == 0 && negative_infinity == 0 && days == 0 &&
		   months == 0 && !has_real && candidates[0].empty() && candidates[1].empty() &&
		   std::all_of(scales.begin(), scales.end(),
					   [](const ScaleCount &entry) { return entry.count == 0; }) &&
		   std::all_of(bits.begin(), bits.end(), [](std::int64_t count) { return count == 0; }) &&
		   decimal.IsZero();
}

bool Argument::Rare::IsRegular(std::int64_t count) const noexcept
{
	const auto used = std::count_if(scales.begin(), scales.end(),
									[](const ScaleCount &entry) { return entry.count != 0; });
	return Specials() == 0 && used <= 1 && count >= 0;
}

int Argument::Rare::LargestScale() const noexcept
{
	const auto largest = std::find_if(scales.rbegin(), scales.rend(),
									  [](const ScaleCount &entry) { return entry.count != 0; });
	return largest == scales.rend() ? 0 : largest->scale;
}

Argument::Argument(Argument &&other) noexcept
	: resource_(other.resource_), count_(other.count_), integer_(other.integer_),
	  rare_(other.rare_), scale_(other.scale_), form_(other.form_), tainted_(other.tainted_)
{
	other.rare_ = nullptr;
}

Argument::Rare &Argument::MakeRare()
{
	if (rare_ == nullptr)
		rare_ = std::pmr::polymorphic_allocator<>(resource_).new_object<Rare>(resource_);
	return *rare_;
}

void Argument::Clear() noexcept
{
	if (rare_ != nullptr)
		std::pmr::polymorphic_allocator<>(resource_).delete_object(rare_);
	rare_ = nullptr;
	count_ = 0;
	integer_ = 0;
	scale_ = 0;
	form_ = Form::kPlain;
	tainted_ = false;
}

bool Argument::IsZero() const noexcept
{
	return count_ == 0 && integer_ == 0 && !tainted_ && (rare_ == nullptr || rare_->IsZero());
}

void Argument::Add(ArgumentKind kind, const Value &value, int sign)
{
	if (value.null)
		return;
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
	case ArgumentKind::kExact:
		BecomeIrregular();
		rare_->decimal.AddWire(value.wire, sign);
		return;
	case ArgumentKind::kInterval:
		MakeRare().days += static_cast<__int128>(value.days) * sign;
		rare_->months += static_cast<__int128>(value.months) * sign;
		integer_ += static_cast<__int128>(value.integer) * sign;
		break;
	case ArgumentKind::kFloat:
		MakeRare().real += value.real;
		rare_->has_real = true;
		tainted_ |= sign < 0 || !std::isfinite(rare_->real);
		return;
	case ArgumentKind::kBits: {
		std::pmr::vector<std::int64_t> &bits = MakeRare().bits;
		bits.resize(kBitCount);
		for (std::size_t bit = 0; bit < kBitCount; ++bit)
			bits[bit] += (static_cast<std::uint64_t>(value.integer) >> bit & 1) != 0 ? sign : 0;
		return;
	}
	case ArgumentKind::kExtreme:
		return;
	case ArgumentKind::kMoving:
		AddImage(value.wire, sign);
		return;
	case ArgumentKind::kAny:
		if (MakeRare().any.empty())
			rare_->any.emplace_back(value.wire);
		return;
	case ArgumentKind::kRecompute:
		tainted_ = true;
		return;
	}
	count_ += sign;
}

std::span<const std::pmr::string> Argument::Candidates(int sign) const noexcept
{
	if (rare_ == nullptr)
		return {};
	return rare_->candidates[sign > 0];
}

void Argument::PutCandidate(int sign, std::string_view image)
{
	Images &candidates = MakeRare().candidates[sign > 0];
	if (candidates.empty())
		candidates.emplace_back(image);
	else
		candidates.back() = image;
}

const std::pmr::string *Argument::any() const noexcept
{
	return rare_ == nullptr || rare_->any.empty() ? nullptr : &rare_->any.front();
}

void Argument::PrepareMerge(Argument *other)
{
	if (!FitsRegular(*other)) {
		BecomeIrregular();
		other->BecomeIrregular();
	}
	if (other->rare_ != nullptr)
		PrepareMergeOfRare(*other->rare_);
}

void Argument::MergePrepared(Argument *other) noexcept
{
	MergeSum(*other);
	tainted_ |= other->tainted_;
	if (other->rare_ == nullptr)
		return;
	MergeRareSums(*other->rare_);
	rare_->counts_candidates |= other->rare_->counts_candidates;
	for (const int side : {0, 1})
		core::MergePrepared(&rare_->candidates[side], &other->rare_->candidates[side],
							rare_->counts_candidates);
	if (rare_->any.empty())
		core::MergePrepared(&rare_->any, &other->rare_->any, false);
}

void Argument::AddSum(const Argument &other)
{
	tainted_ |= other.tainted_;
	if (FitsRegular(other)) {
		MergeSum(other);
	} else if (other.form_ == Form::kRegular) {
		BecomeIrregular();
		rare_->decimal.AddInteger(other.integer_, -FractionDigits(other.scale_));
		rare_->CountAt(other.scale_) += other.count_;
		count_ += other.count_;
	} else {
		BecomeIrregular();
		PrepareMergeOfRare(*other.rare_);
		MergeSum(other);
	}
	if (other.rare_ == nullptr)
		return;
	MakeRare();
	if (rare_->bits.size() < other.rare_->bits.size())
		rare_->bits.resize(other.rare_->bits.size());
	MergeRareSums(*other.rare_);
}

void Argument::AddNumeric(std::string_view wire, int sign)
{
	const NumericWire numeric = ParseNumeric(wire);
	if (AddRegular(numeric, sign))
		return;
	BecomeIrregular();
	switch (numeric.sign) {
	case NumericWire::kNan:
		rare_->nan += sign;
		break;
	case NumericWire::kPositiveInfinity:
		rare_->positive_infinity += sign;
		break;
	case NumericWire::kNegativeInfinity:
		rare_->negative_infinity += sign;
		break;
	default:
		rare_->decimal.AddParsed(numeric, sign);
		rare_->CountAt(numeric.scale) += sign;
		break;
	}
}

void Argument::AddImage(std::string_view image, int sign)
{
	Images &images = MakeRare().candidates[sign > 0];
	rare_->counts_candidates = true;
	if (images.size() < kMovingValuesMax)
		images.emplace_back(image);
	else
		tainted_ = true;
}

// Adds to the sum, not to the count; false where the numeric is not like those before.
bool Argument::AddRegular(const NumericWire &numeric, int sign)
{
	const bool first = count_ == 0 && integer_ == 0;
	__int128 value = 0;
	if (form_ == Form::kIrregular || !numeric.finite() || (!first && numeric.scale != scale_) ||
		!AsInteger(numeric, FractionDigits(numeric.scale), &value) ||
		__builtin_add_overflow(integer_, value * sign, &value))
		return false;
	integer_ = value;
	scale_ = static_cast<std::int16_t>(numeric.scale);
	form_ = Form::kRegular;
	return true;
}

void Argument::BecomeIrregular()
{
	if (form_ == Form::kIrregular)
		return;
	MakeRare();
	if (form_ == Form::kRegular) {
		std::int64_t &count = rare_->CountAt(scale_);
		rare_->decimal.AddInteger(integer_, -FractionDigits(scale_));
		count += count_;
		integer_ = 0;
	}
	form_ = Form::kIrregular;
}

// Whether the other's sum can be added to this as it is.
bool Argument::FitsRegular(const Argument &other) const noexcept
{
	__int128 sum = 0;
	if (other.form_ == Form::kPlain)
		return true;
	return other.form_ == Form::kRegular &&
		   (form_ == Form::kPlain || (form_ == Form::kRegular && scale_ == other.scale_ &&
									  !__builtin_add_overflow(integer_, other.integer_, &sum)));
}

void Argument::PrepareMergeOfRare(const Rare &other)
{
	Rare &ours = MakeRare();
	ours.decimal.PrepareMerge(other.decimal);
	for (const Rare::ScaleCount &theirs : other.scales)
		ours.CountAt(theirs.scale);
	if (ours.bits.size() < other.bits.size())
		ours.bits.resize(other.bits.size());
	for (const int side : {0, 1})
		core::PrepareMerge(&ours.candidates[side], other.candidates[side]);
	core::PrepareMerge(&ours.any, other.any);
}

void Argument::MergeSum(const Argument &other) noexcept
{
	count_ += other.count_;
	integer_ += other.integer_;
	if (other.form_ == Form::kRegular) {
		scale_ = other.scale_;
		form_ = Form::kRegular;
	}
	if (other.form_ != Form::kIrregular)
		return;

	rare_->decimal.Merge(other.rare_->decimal);
	rare_->nan += other.rare_->nan;
	rare_->positive_infinity += other.rare_->positive_infinity;
	rare_->negative_infinity += other.rare_->negative_infinity;
	/* Both are sorted, and every scale of theirs is among ours. */
	auto ours = rare_->scales.begin();
	for (const Rare::ScaleCount &theirs : other.rare_->scales) {
		while (ours->scale != theirs.scale)
			++ours;
		ours->count += theirs.count;
	}
}

// Requires: there is room for the other's bits.
void Argument::MergeRareSums(const Rare &other) noexcept
{
	rare_->days += other.days;
	rare_->months += other.months;
	rare_->real += other.real;
	rare_->has_real |= other.has_real;
	tainted_ |= !std::isfinite(rare_->real);
	for (std::size_t bit = 0; bit < other.bits.size(); ++bit)
		rare_->bits[bit] += other.bits[bit];
}

} // namespace mezzanine::core
