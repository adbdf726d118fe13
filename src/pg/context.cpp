#include "pg/context.h"

namespace mezzanine::pg
{

namespace
{

// palloc aligns to this; what asks for more is aligned by hand, with the address
// that palloc gave kept just before the block.
constexpr std::size_t kPallocAlignment = MAXIMUM_ALIGNOF;

} // namespace

ContextResource *MakeResource(MemoryContext context)
{
	return new (MemoryContextAlloc(context, sizeof(ContextResource))) ContextResource(context);
}

void *ContextResource::do_allocate(std::size_t bytes, std::size_t alignment)
{
	const std::size_t extra =
		alignment > kPallocAlignment ? alignment + sizeof(void *) : std::size_t{0};
	if (bytes > MaxAllocHugeSize - extra)
		throw std::bad_alloc();

	void *block =
		MemoryContextAllocExtended(context_, bytes + extra, MCXT_ALLOC_NO_OOM | MCXT_ALLOC_HUGE);
	if (block == nullptr)
		throw std::bad_alloc();
	if (extra == 0)
		return block;

	auto *aligned = reinterpret_cast<void **>(
		TYPEALIGN(alignment, reinterpret_cast<uintptr_t>(block) + sizeof(void *)));
	aligned[-1] = block;
	return aligned;
}

void ContextResource::do_deallocate(void *pointer, std::size_t, std::size_t alignment)
{
	pfree(alignment > kPallocAlignment ? static_cast<void **>(pointer)[-1] : pointer);
}

} // namespace mezzanine::pg
