// C++ objects and containers in PostgreSQL's memory contexts.
//
//   auto *delta = pg::MakeInContext<core::Delta>(TopTransactionContext);
//
// The context's reset runs the destructor, on ERROR as on success; the shell holds
// a raw pointer and no pending destructor.
#pragma once

#include "pg/door.h"

#include <cstddef>
#include <memory_resource>

namespace mezzanine::pg
{

// A memory resource over one context.  Throws std::bad_alloc where PostgreSQL would
// raise, so that it may be used by core.  Frees one by one, and all with the context.
class ContextResource final : public std::pmr::memory_resource
{
public:
	explicit ContextResource(MemoryContext context) noexcept : context_(context) {}

private:
	void *do_allocate(std::size_t bytes, std::size_t alignment) override;
	void do_deallocate(void *pointer, std::size_t bytes, std::size_t alignment) override;
	bool do_is_equal(const std::pmr::memory_resource &other) const noexcept override
	{
		return this == &other;
	}

	MemoryContext context_;
};

// A resource over `context` that lives as long as the context.  It holds nothing, so
// nobody destroys it.
ContextResource *MakeResource(MemoryContext context);

// What MakeInContext puts into the context it makes: plain but for T, which is built and
// destroyed by hand, so that no destructor is ever pending in the shell.
template <typename T> struct InContext {
	ContextResource *resource;
	MemoryContextCallback callback;
	alignas(T) std::byte object[sizeof(T)];
};

// Builds a T in `parent` that takes a `std::pmr::memory_resource *` as its first and only
// constructor argument.  T lives in a child context of its own, with its memory in the
// same child: the child's reset callback runs ~T before anything of it is freed, and a
// child of the child never exists.  `name` is the child's, and must be a literal.
//
// Raises whatever the constructor throws.  The object dies with `parent`.
template <typename T> T *MakeInContext(MemoryContext parent, const char *name)
{
	using Holder = InContext<T>;
	MemoryContext context = AllocSetContextCreateInternal(parent, name, ALLOCSET_DEFAULT_SIZES);
	void *space = MemoryContextAllocZero(context, sizeof(Holder) + alignof(Holder));
	auto *holder =
		reinterpret_cast<Holder *>(TYPEALIGN(alignof(Holder), reinterpret_cast<uintptr_t>(space)));
	holder->resource = MakeResource(context);

	T *object = nullptr;
	Failure failure;
	if (!CallCore(&failure, [&] { object = new (holder->object) T(holder->resource); })) {
		MemoryContextDelete(context);
		MEZZANINE_RAISE(failure);
	}
	holder->callback.func = [](void *built) { static_cast<T *>(built)->~T(); };
	holder->callback.arg = object;
	MemoryContextRegisterResetCallback(context, &holder->callback);
	return object;
}

} // namespace mezzanine::pg
