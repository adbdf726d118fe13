// The server's side of the boundary's test: SQL functions that do what the shell does,
// on purpose wrongly where the boundary must hold.  boundary_test.cpp calls them.
#include "pg/context.h"
#include "pg/door.h"

#include "thrower.h"

extern "C" {
PG_MODULE_MAGIC;
}

namespace boundary = mezzanine::boundary;
namespace core = mezzanine::core;
namespace pg = mezzanine::pg;

MEZZANINE_FUNCTION(boundary_throw_error)
{
	const int code = PG_GETARG_INT32(0);
	const char *message = text_to_cstring(PG_GETARG_TEXT_PP(1));
	const char *detail = text_to_cstring(PG_GETARG_TEXT_PP(2));
	const char *hint = text_to_cstring(PG_GETARG_TEXT_PP(3));

	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { boundary::ThrowError(code, message, detail, hint); }))
		MEZZANINE_RAISE(failure);
	PG_RETURN_VOID();
}

MEZZANINE_FUNCTION(boundary_states)
{
	constexpr core::Code kCodes[] = {
#define BOUNDARY_CODE(name, macro, sqlstate) core::Code::name,
		MEZZANINE_ERROR_CODES(BOUNDARY_CODE)
#undef BOUNDARY_CODE
	};
	Datum states[lengthof(kCodes)];
	for (std::size_t i = 0; i < lengthof(kCodes); i++)
		states[i] = CStringGetTextDatum(core::SqlState(kCodes[i]));
	PG_RETURN_ARRAYTYPE_P(
		construct_array(states, lengthof(kCodes), TEXTOID, -1, false, TYPALIGN_INT));
}

MEZZANINE_FUNCTION(boundary_throw_other)
{
	const char *what = text_to_cstring(PG_GETARG_TEXT_PP(0));

	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { boundary::ThrowOther(what); }))
		MEZZANINE_RAISE(failure);
	PG_RETURN_VOID();
}

MEZZANINE_FUNCTION(boundary_make)
{
	(void)pg::MakeInContext<boundary::Probe>(CurrentMemoryContext, "boundary probe");
	if (PG_GETARG_BOOL(0))
		ereport(ERROR, (errcode(ERRCODE_RAISE_EXCEPTION), errmsg("raised over a live object")));
	PG_RETURN_VOID();
}

MEZZANINE_FUNCTION(boundary_make_throwing)
{
	(void)pg::MakeInContext<boundary::ThrowingProbe>(CurrentMemoryContext, "boundary probe");
	PG_RETURN_VOID();
}

MEZZANINE_FUNCTION(boundary_alive)
{
	PG_RETURN_INT64(boundary::alive);
}

MEZZANINE_FUNCTION(boundary_aligned)
{
	const auto alignment = static_cast<std::size_t>(PG_GETARG_INT32(0));
	auto *resource = pg::MakeResource(CurrentMemoryContext);
	bool aligned = false;

	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { aligned = boundary::BlocksAreAligned(resource, alignment); }))
		MEZZANINE_RAISE(failure);
	PG_RETURN_BOOL(aligned);
}

MEZZANINE_FUNCTION(boundary_object_aligned)
{
	bool aligned = true;
	for (int i = 0; i < 100; i++) {
		auto *object =
			pg::MakeInContext<boundary::AlignedProbe>(CurrentMemoryContext, "boundary probe");
		aligned = aligned && reinterpret_cast<uintptr_t>(object) % 64 == 0;
	}
	PG_RETURN_BOOL(aligned);
}

MEZZANINE_FUNCTION(boundary_allocate)
{
	const auto bytes = static_cast<std::size_t>(PG_GETARG_INT64(0));
	auto *resource = pg::MakeResource(CurrentMemoryContext);
	std::size_t got = 0;

	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { got = boundary::Allocate(resource, bytes); }))
		MEZZANINE_RAISE(failure);
	PG_RETURN_INT64(static_cast<int64>(got));
}

// /proc/self/statm: size, resident, shared, ... in pages.
MEZZANINE_FUNCTION(boundary_resident)
{
	FILE *file = AllocateFile("/proc/self/statm", "r");
	long size = 0;
	long resident = 0;
	long shared = 0;
	if (file == nullptr || fscanf(file, "%ld %ld %ld", &size, &resident, &shared) != 3)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not read /proc/self/statm: %m")));
	FreeFile(file);
	PG_RETURN_INT64((resident - shared) * sysconf(_SC_PAGESIZE));
}
