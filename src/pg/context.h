// C++ objects and containers in PostgreSQL's memory contexts.
//
//   auto *delta = pg::MakeInContext<core::Delta>(TopTransactionContext);
//
// The context's reset runs the destructor, on ERROR as on success; the shell holds
// a raw pointer and no pending destructor.
#pragma once

#include "pg/door.h"

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

// Builds a T in `parent` that takes a `std::pmr::memory_resource *` as its first
// constructor argument.  T lives in a child context of its own, with its memory in the
// same child: the child's reset callback runs ~T before anything of it is freed, and a
// child of the child never exists.
//
// Raises whatever the constructor throws.  The object dies with `parent`.
template <typename T> struct InContext {
	explicit InContext(MemoryContext context) : resource(context), object(&resource) {}

	ContextResource resource;
	T object;
	MemoryContextCallback callback{};
};

template <typename T> T *MakeInContext(MemoryContext parent, const char *name)
{
	MemoryContext context = AllocSetContextCreateInternal(parent, name, ALLOCSET_DEFAULT_SIZES);
	void *space = MemoryContextAlloc(context, sizeof(InContext<T>) + alignof(InContext<T>));
	auto aligned = reinterpret_cast<InContext<T> *>(
		TYPEALIGN(alignof(InContext<T>), reinterpret_cast<uintptr_t>(space)));

	Failure failure;
	if (!CallCore(&failure, [&] { new (aligned) InContext<T>(context); })) {
		MemoryContextDelete(context);
		MEZZANINE_RAISE(failure);
	}
	aligned->callback.func = [](void *arg) { static_cast<InContext<T> *>(arg)->~InContext<T>(); };
	aligned->callback.arg = aligned;
	MemoryContextRegisterResetCallback(context, &aligned->callback);
	return &aligned->object;
}

} // namespace mezzanine::pg
