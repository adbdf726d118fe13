// What a group's home row should store, worked out anew from the list of its rows.
#pragma once

#include "core/state.h"
#include "naive_decimal.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace mezzanine::test
{

// A value as SQL shows it; nothing is NULL.
using Text = std::optional<std::string>;

inline std::string NumericBytes(const std::string &text)
{
	using namespace std::string_literals;
	if (text == "NaN")
		return "\0\0\0\0\xc0\0\0\0"s;
	if (text == "Infinity")
		return "\0\0\0\0\xd0\0\0\x20"s;
	if (text == "-Infinity")
		return "\0\0\0\0\xf0\0\0\x20"s;
	return NaiveDecimal(text).Wire();
}

// The value as the shell hands it to the core.  What it points to lives on.
inline core::Value AsValue(core::ArgumentKind kind, const Text &text)
{
	static std::map<std::string, std::string> wires;
	if (!text)
		return {true, 0, {}};
	if (kind == core::ArgumentKind::kCount)
		return {false, 0, {}};
	if (kind != core::ArgumentKind::kDecimal)
		return {false, std::stoll(*text), {}};
	return {false, 0, wires.try_emplace(*text, NumericBytes(*text)).first->second};
}

// A core::StoredArgument that owns its bytes.
struct NaiveStored {
	std::int64_t count = 0;
	bool sum_null = true;
	std::int64_t integer = 0;
	std::string wire;
	std::vector<std::int64_t> irregular;

	static NaiveStored Copy(const core::StoredArgument &stored)
	{
		return {stored.count, stored.sum_null, stored.integer, std::string(stored.wire),
				std::vector<std::int64_t>(stored.irregular.begin(), stored.irregular.end())};
	}
	core::StoredArgument View() const { return {count, sum_null, integer, wire, irregular}; }
	bool operator==(const NaiveStored &) const = default;

	friend std::ostream &operator<<(std::ostream &out, const NaiveStored &stored)
	{
		out << "{count " << stored.count << (stored.sum_null ? ", null" : ", sum ")
			<< stored.integer << ", wire";
		for (const char c : stored.wire)
			out << ' ' << static_cast<int>(static_cast<unsigned char>(c));
		out << ", irregular";
		for (const std::int64_t part : stored.irregular)
			out << ' ' << part;
		return out << '}';
	}
};

// The values of one argument, each with how often it is there (which may be negative).
class NaiveArgument
{
public:
	explicit NaiveArgument(core::ArgumentKind kind) : kind_(kind) {}

	void Add(const Text &text, int sign)
	{
		if (!text)
			return;
		count_ += sign;
		if (kind_ == core::ArgumentKind::kCount)
			return;
		if (*text == "NaN" || *text == "Infinity" || *text == "-Infinity") {
			specials_[*text == "NaN" ? 0 : *text == "Infinity" ? 1 : 2] += sign;
			return;
		}
		NaiveDecimal value(*text);
		scales_[value.scale()] += sign;
		if (sign < 0)
			value.Negate();
		sum_.Add(value);
		if (kind_ == core::ArgumentKind::kInteger)
			integer_ += sign * std::stoll(*text);
	}

	bool IsZero() const
	{
		return count_ == 0 && sum_.zero() && specials_[0] == 0 && specials_[1] == 0 &&
			   specials_[2] == 0 &&
			   std::all_of(scales_.begin(), scales_.end(),
						   [](const auto &entry) { return entry.second == 0; });
	}

	// Requires: no value is there less than no times.
	NaiveStored Stored() const
	{
		NaiveStored stored{count_, true, 0, {}, {}};
		std::map<int, std::int64_t> scales;
		for (const auto &[scale, count] : scales_) {
			if (count != 0)
				scales[scale] = count;
		}
		if (scales.empty() && kind_ != core::ArgumentKind::kDecimal)
			return stored;

		stored.sum_null = scales.empty();
		if (kind_ == core::ArgumentKind::kInteger) {
			stored.integer = integer_;
			return stored;
		}
		if (!scales.empty()) {
			NaiveDecimal sum = sum_;
			sum.Rescale(scales.rbegin()->first);
			stored.wire = sum.Wire();
		}
		const bool special = specials_[0] != 0 || specials_[1] != 0 || specials_[2] != 0;
		if (special || scales.size() > 1) {
			stored.irregular.assign(specials_, specials_ + 3);
			for (int scale = 0; !scales.empty() && scale <= scales.rbegin()->first; ++scale)
				stored.irregular.push_back(scales[scale]);
			while (stored.irregular.back() == 0)
				stored.irregular.pop_back();
		}
		return stored;
	}

private:
	core::ArgumentKind kind_;
	std::int64_t count_ = 0;
	std::int64_t integer_ = 0;
	std::int64_t specials_[3] = {};
	std::map<int, std::int64_t> scales_;
	NaiveDecimal sum_;
};

// A group as the list of its rows, each with a sign.
class NaiveGroup
{
public:
	using Row = std::vector<Text>;

	explicit NaiveGroup(std::vector<core::ArgumentKind> kinds) : kinds_(std::move(kinds)) {}

	void Add(const Row &row, int sign) { rows_.emplace_back(row, sign); }
	void Append(const NaiveGroup &other)
	{
		rows_.insert(rows_.end(), other.rows_.begin(), other.rows_.end());
	}

	std::int64_t Count() const
	{
		std::int64_t count = 0;
		for (const auto &[row, sign] : rows_)
			count += sign;
		return count;
	}
	bool IsZero() const
	{
		const std::vector<NaiveArgument> arguments = Arguments();
		return Count() == 0 && std::all_of(arguments.begin(), arguments.end(),
										   [](const auto &argument) { return argument.IsZero(); });
	}
	std::vector<NaiveStored> Stored() const
	{
		std::vector<NaiveStored> stored;
		for (const NaiveArgument &argument : Arguments())
			stored.push_back(argument.Stored());
		return stored;
	}
	// The rows that must have been there before, for these to be able to leave.
	NaiveGroup Needed() const
	{
		std::map<Row, int> net;
		for (const auto &[row, sign] : rows_)
			net[row] += sign;
		NaiveGroup needed(kinds_);
		for (const auto &[row, count] : net) {
			for (int i = count; i < 0; ++i)
				needed.Add(row, +1);
		}
		return needed;
	}
	const std::vector<core::ArgumentKind> &kinds() const { return kinds_; }

private:
	std::vector<NaiveArgument> Arguments() const
	{
		std::vector<NaiveArgument> arguments(kinds_.begin(), kinds_.end());
		for (const auto &[row, sign] : rows_) {
			for (std::size_t i = 0; i < row.size(); ++i)
				arguments[i].Add(row[i], sign);
		}
		return arguments;
	}

	std::vector<core::ArgumentKind> kinds_;
	std::vector<std::pair<Row, int>> rows_;
};

} // namespace mezzanine::test
