// Random numbers for tests, from a seed that is printed and can be given again:
// MEZZANINE_SEED=<seed> repeats a run.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>

namespace mezzanine::test
{

inline std::uint64_t SeedOfThisRun()
{
	static const std::uint64_t seed = [] {
		const char *given = std::getenv("MEZZANINE_SEED");
		const std::uint64_t chosen =
			given ? std::strtoull(given, nullptr, 10) : std::uint64_t{std::random_device{}()};
		std::cout << "MEZZANINE_SEED=" << chosen << std::endl;
		return chosen;
	}();
	return seed;
}

class Random
{
public:
	// `stream` sets apart the tests of one run.
	explicit Random(std::uint64_t stream) : engine_(SeedOfThisRun() * 1000003 + stream) {}

	std::int64_t Between(std::int64_t low, std::int64_t high)
	{
		return std::uniform_int_distribution<std::int64_t>(low, high)(engine_);
	}
	bool OneIn(int n) { return Between(1, n) == 1; }
	std::uint64_t Bits() { return engine_(); }

private:
	std::mt19937_64 engine_;
};

} // namespace mezzanine::test
