// Arrays in memory of the current context, of any size, zeroed.
#pragma once

#include "pg/pg.h"

namespace mezzanine::inventory
{

template <typename T> T *AllocateArray(int count)
{
	using One = T[1]; // the size of a pointer, where T is one, reads like a mistake
	return static_cast<T *>(
		palloc_extended(static_cast<Size>(count) * sizeof(One), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO));
}

} // namespace mezzanine::inventory
