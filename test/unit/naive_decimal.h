// A decimal number as a child would add it: digit by digit, on paper.  What the core's
// sums are compared with; it shares no idea with them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

namespace mezzanine::test
{

// sign and digits, the last `scale` of them after the point.
class NaiveDecimal
{
public:
	NaiveDecimal() = default;

	// From text such as "-12.340"; its scale is the number of places after the point.
	explicit NaiveDecimal(const std::string &text)
	{
		negative_ = text[0] == '-';
		for (const char c : text.substr(negative_ ? 1 : 0)) {
			if (c == '.')
				after_point_ = true;
			else
				digits_ += c;
			if (after_point_ && c != '.')
				++scale_;
		}
		Tidy();
	}

	int scale() const { return scale_; }
	bool zero() const { return digits_.find_first_not_of('0') == std::string::npos; }
	void Negate() { negative_ = !negative_ && !zero(); }

	// The sum has the larger of both scales.
	void Add(NaiveDecimal other)
	{
		Rescale(std::max(scale_, other.scale_));
		other.Rescale(scale_);
		const std::size_t length = std::max(digits_.size(), other.digits_.size()) + 1;
		digits_.insert(0, length - digits_.size(), '0');
		other.digits_.insert(0, length - other.digits_.size(), '0');

		if (negative_ == other.negative_) {
			Plus(&digits_, other.digits_);
		} else if (digits_ >= other.digits_) {
			Minus(&digits_, other.digits_);
		} else {
			Minus(&other.digits_, digits_);
			digits_ = other.digits_;
			negative_ = other.negative_;
		}
		Tidy();
	}

	// Widens the scale; places that it would cut off must be 0.
	void Rescale(int scale)
	{
		if (scale >= scale_)
			digits_.append(static_cast<std::size_t>(scale - scale_), '0');
		else
			digits_.resize(digits_.size() - static_cast<std::size_t>(scale_ - scale));
		scale_ = scale;
	}

	// The bytes that numeric_send gives for it.
	std::string Wire() const
	{
		std::string whole = digits_.substr(0, digits_.size() - scale_);
		std::string fraction = digits_.substr(digits_.size() - scale_);
		whole.insert(0, (4 - whole.size() % 4) % 4, '0');
		fraction.append((4 - fraction.size() % 4) % 4, '0');
		std::string all = whole + fraction;
		int weight = static_cast<int>(whole.size() / 4) - 1;
		while (all.starts_with("0000")) {
			all.erase(0, 4);
			--weight;
		}
		while (all.ends_with("0000"))
			all.resize(all.size() - 4);

		std::string wire;
		Append(&wire, static_cast<int>(all.size() / 4));
		Append(&wire, all.empty() ? 0 : weight);
		Append(&wire, negative_ ? 0x4000 : 0);
		Append(&wire, scale_);
		for (std::size_t i = 0; i < all.size(); i += 4)
			Append(&wire, std::stoi(all.substr(i, 4)));
		return wire;
	}

private:
	static void Append(std::string *wire, int value)
	{
		*wire += static_cast<char>(value >> 8 & 0xFF);
		*wire += static_cast<char>(value & 0xFF);
	}

	static void Plus(std::string *a, const std::string &b)
	{
		int carry = 0;
		for (std::size_t i = a->size(); i-- > 0;) {
			const int sum = ((*a)[i] - '0') + (b[i] - '0') + carry;
			(*a)[i] = static_cast<char>('0' + sum % 10);
			carry = sum / 10;
		}
	}

	static void Minus(std::string *a, const std::string &b)
	{
		int borrow = 0;
		for (std::size_t i = a->size(); i-- > 0;) {
			const int difference = ((*a)[i] - '0') - (b[i] - '0') - borrow;
			borrow = difference < 0 ? 1 : 0;
			(*a)[i] = static_cast<char>('0' + difference + 10 * borrow);
		}
	}

	// No needless zero in front, and no negative zero.
	void Tidy()
	{
		const std::size_t spare =
			digits_.size() - std::min(digits_.size(), static_cast<std::size_t>(scale_));
		digits_.erase(0, std::min(spare, digits_.find_first_not_of('0')));
		if (zero())
			negative_ = false;
	}

	bool negative_ = false;
	bool after_point_ = false;
	std::string digits_;
	int scale_ = 0;
};

} // namespace mezzanine::test
