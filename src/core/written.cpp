// Arguments as bytes, for groups that are spilled.
#include "core/bytes.h"
#include "core/rare.h"

namespace mezzanine::core
{

namespace
{

void PutImages(std::pmr::string *out, const std::pmr::vector<std::pmr::string> &images)
{
	Put(out, static_cast<std::uint32_t>(images.size()));
	for (const std::pmr::string &image : images)
		PutBytes(out, image);
}

void TakeImages(std::string_view *in, std::pmr::vector<std::pmr::string> *images)
{
	for (auto count = Take<std::uint32_t>(in); count > 0; --count)
		images->emplace_back(TakeBytes(in));
}

} // namespace

void Decimal::Write(std::pmr::string *out) const
{
	PutAll(out, limbs_);
	Put(out, low_);
	Put(out, load_);
}

void Decimal::Read(std::string_view *in)
{
	TakeAll(in, &limbs_);
	low_ = Take<int>(in);
	load_ = Take<std::int64_t>(in);
}

void Argument::Write(std::pmr::string *out) const
{
	Put(out, count_);
	Put(out, static_cast<__int128>(integer_));
	Put(out, scale_);
	Put(out, form_);
	Put(out, tainted_);
	Put(out, rare_ != nullptr);
	if (rare_ == nullptr)
		return;
	rare_->decimal.Write(out);
	Put(out, rare_->nan);
	Put(out, rare_->positive_infinity);
	Put(out, rare_->negative_infinity);
	PutAll(out, rare_->scales);
	Put(out, rare_->days);
	Put(out, rare_->months);
	Put(out, rare_->real);
	Put(out, rare_->has_real);
	PutAll(out, rare_->bits);
	PutImages(out, rare_->candidates[0]);
	PutImages(out, rare_->candidates[1]);
	Put(out, rare_->counts_candidates);
	PutImages(out, rare_->any);
}

void Argument::Read(std::string_view *in)
{
	Clear();
	count_ = Take<std::int64_t>(in);
	integer_ = Take<__int128>(in);
	scale_ = Take<std::int16_t>(in);
	form_ = Take<Form>(in);
	tainted_ = Take<bool>(in);
	if (!Take<bool>(in))
		return;
	Rare &rare = MakeRare();
	rare.decimal.Read(in);
	rare.nan = Take<std::int64_t>(in);
	rare.positive_infinity = Take<std::int64_t>(in);
	rare.negative_infinity = Take<std::int64_t>(in);
	TakeAll(in, &rare.scales);
	rare.days = Take<__int128>(in);
	rare.months = Take<__int128>(in);
	rare.real = Take<double>(in);
	rare.has_real = Take<bool>(in);
	TakeAll(in, &rare.bits);
	TakeImages(in, &rare.candidates[0]);
	TakeImages(in, &rare.candidates[1]);
	rare.counts_candidates = Take<bool>(in);
	TakeImages(in, &rare.any);
}

} // namespace mezzanine::core
