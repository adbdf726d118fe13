// A seeded source of choices for the property tests: the same seed makes the same case.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace mezzanine::test
{

class Random
{
public:
	explicit Random(std::uint64_t seed) : engine_(seed) {}

	// A number below `sides`.
	std::uint64_t Roll(std::uint64_t sides) { return engine_() % sides; }
	bool Chance(unsigned percent) { return Roll(100) < percent; }
	std::int64_t Between(std::int64_t low, std::int64_t high)
	{
		return low + static_cast<std::int64_t>(Roll(static_cast<std::uint64_t>(high - low + 1)));
	}

	template <typename T> const T &Pick(const std::vector<T> &choices)
	{
		return choices[Roll(choices.size())];
	}

	// `count` different choices, or all of them, in random order.
	template <typename T> std::vector<T> Some(std::vector<T> choices, std::size_t count)
	{
		for (std::size_t i = choices.size(); i > 1; --i)
			std::swap(choices[i - 1], choices[Roll(i)]);
		if (choices.size() > count)
			choices.resize(count);
		return choices;
	}

private:
	std::mt19937_64 engine_;
};

inline std::string Joined(const std::vector<std::string> &parts, const std::string &separator)
{
	std::string text;
	for (const std::string &part : parts)
		text += (text.empty() ? "" : separator) + part;
	return text;
}

} // namespace mezzanine::test
