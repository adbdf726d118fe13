// Arrays of counts, bigint[] from 1 without NULLs: what the aggregates of truth views make.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

inline int64 *CountsOf(ArrayType *array)
{
	return reinterpret_cast<int64 *>(ARR_DATA_PTR(array));
}

inline int LengthOf(ArrayType *array)
{
	return ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
}

// An array of at least `length` counts that begins with those of `array`, if any.
ArrayType *Grown(ArrayType *array, int length, MemoryContext context);

// The argument of an SQL function, which anybody may call; NULL where it is.
//
// Raises 22004 where it has NULLs: they take up no room, and reading on would pass its end.
ArrayType *ArrayArgument(FunctionCallInfo fcinfo, int argument);

// The memory context of the aggregate that calls; `name` is the aggregate's, for the error
// where none does.
MemoryContext RequireAggregate(FunctionCallInfo fcinfo, const char *name);

} // namespace mezzanine::views
