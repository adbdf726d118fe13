// Coroutines for the simulator: what a session does, step by step, in turns.
#pragma once

#include <coroutine>
#include <exception>
#include <utility>

namespace mezzanine::history
{

// A coroutine that starts suspended and is resumed from outside, step by step.
class Steps
{
public:
	struct promise_type {
		std::exception_ptr failure;

		Steps get_return_object()
		{
			return Steps(std::coroutine_handle<promise_type>::from_promise(*this));
		}
		std::suspend_always initial_suspend() noexcept { return {}; }
		std::suspend_always final_suspend() noexcept { return {}; }
		void return_void() {}
		void unhandled_exception() { failure = std::current_exception(); }
	};

	Steps(Steps &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
	Steps &operator=(Steps &&) = delete;
	~Steps()
	{
		if (handle_)
			handle_.destroy();
	}

	bool done() const { return handle_.done(); }
	void Resume()
	{
		handle_.resume();
		if (handle_.promise().failure)
			std::rethrow_exception(handle_.promise().failure);
	}

private:
	explicit Steps(std::coroutine_handle<promise_type> handle) : handle_(handle) {}

	std::coroutine_handle<promise_type> handle_;
};

// The next step, when the scheduler gives this session its turn again.
inline constexpr std::suspend_always kNextTurn;

} // namespace mezzanine::history
