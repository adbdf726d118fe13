#include "thrower.h"

#include "core/error.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>

namespace mezzanine::boundary
{

std::int64_t alive = 0;

void ThrowError(int code, const char *message, const char *detail, const char *hint)
{
	throw core::Error(static_cast<core::Code>(code), message, detail, hint);
}

void ThrowOther(std::string_view what)
{
	if (what == "bad_alloc")
		throw std::bad_alloc();
	if (what == "length_error")
		std::vector<int>().reserve(SIZE_MAX);
	if (what == "runtime_error")
		throw std::runtime_error("the message of a runtime_error");
	throw 42;
}

std::size_t Allocate(std::pmr::memory_resource *memory, std::size_t bytes)
{
	auto *block = static_cast<volatile char *>(memory->allocate(bytes, 1));
	block[0] = 'a';
	block[bytes - 1] = 'z';
	memory->deallocate(const_cast<char *>(block), bytes, 1);
	return bytes;
}

bool BlocksAreAligned(std::pmr::memory_resource *memory, std::size_t alignment)
{
	struct Block {
		char *start;
		std::size_t bytes;
	};
	std::vector<Block> blocks;
	bool right = true;
	for (std::size_t i = 0; i < 100; i++) {
		const std::size_t bytes = 1 + i * 37;
		auto *start = static_cast<char *>(memory->allocate(bytes, alignment));
		right = right && reinterpret_cast<std::uintptr_t>(start) % alignment == 0;
		std::memset(start, static_cast<int>(i), bytes);
		blocks.push_back({start, bytes});
	}
	for (std::size_t i = 0; i < blocks.size(); i++) {
		const Block &block = blocks[i];
		right = right && std::all_of(block.start, block.start + block.bytes,
									 [i](char c) { return c == static_cast<char>(i); });
		memory->deallocate(block.start, block.bytes, alignment);
	}
	return right;
}

Probe::Probe(std::pmr::memory_resource *memory) : in_context_(1000, 7, memory), outside_(1000, 7)
{
	alive++;
}

Probe::~Probe()
{
	alive--;
}

ThrowingProbe::ThrowingProbe(std::pmr::memory_resource *memory) : first_(memory)
{
	throw core::Error(core::Code::kInvariant, "the constructor throws");
}

} // namespace mezzanine::boundary
