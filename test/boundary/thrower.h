// The core's side of the boundary's test: throws, allocates and counts.  Compiled
// without PostgreSQL's headers, as the core is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace mezzanine::boundary
{

// Throws core::Error with the code of this number and these texts.
void ThrowError(int code, const char *message, const char *detail, const char *hint);

// Throws something that is no core::Error.
void ThrowOther(std::string_view what);

// Asks `memory` for `bytes`, and writes the first and the last of them.
std::size_t Allocate(std::pmr::memory_resource *memory, std::size_t bytes);

// Whether a hundred blocks of several sizes are aligned and apart.
bool BlocksAreAligned(std::pmr::memory_resource *memory, std::size_t alignment);

// Objects that exist; what constructors add, destructors take away.
extern std::int64_t alive;

// Owns memory in the context and, which no context would free, memory of malloc.
class Probe
{
public:
	explicit Probe(std::pmr::memory_resource *memory);
	~Probe();
	Probe(const Probe &) = delete;
	Probe &operator=(const Probe &) = delete;

private:
	std::pmr::vector<int> in_context_;
	std::vector<int> outside_;
};

// A Probe whose owner's constructor throws when the Probe is complete.
class ThrowingProbe
{
public:
	explicit ThrowingProbe(std::pmr::memory_resource *memory);

private:
	Probe first_;
};

// Asks for more alignment than any allocator gives unasked.
class alignas(64) AlignedProbe
{
public:
	explicit AlignedProbe(std::pmr::memory_resource *memory) : probe_(memory) {}

private:
	Probe probe_;
};

} // namespace mezzanine::boundary
