// Memory resources that watch: one counts what is taken, and can be told to fail.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <new>

namespace mezzanine::test
{

class WatchedResource final : public std::pmr::memory_resource
{
public:
	// The next `n` allocations succeed, the one after them throws; once.
	void FailAfter(int n) { left_ = n; }
	void NeverFail() { left_ = -1; }
	int allocations() const { return allocations_; }
	// Bytes taken and not yet given back.
	std::size_t held() const { return held_; }

private:
	void *do_allocate(std::size_t bytes, std::size_t alignment) override
	{
		if (left_ == 0) {
			left_ = -1;
			throw std::bad_alloc();
		}
		if (left_ > 0)
			--left_;
		++allocations_;
		void *block = std::pmr::new_delete_resource()->allocate(bytes, alignment);
		held_ += bytes;
		return block;
	}
	void do_deallocate(void *block, std::size_t bytes, std::size_t alignment) override
	{
		held_ -= bytes;
		std::pmr::new_delete_resource()->deallocate(block, bytes, alignment);
	}
	bool do_is_equal(const std::pmr::memory_resource &other) const noexcept override
	{
		return this == &other;
	}

	int left_ = -1;
	int allocations_ = 0;
	std::size_t held_ = 0;
};

} // namespace mezzanine::test
