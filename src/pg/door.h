// The door between the two error regimes.
//
// Core throws C++ exceptions; PostgreSQL raises errors by longjmp.  Neither may
// cross the other's frames.  A call into the core goes through CallCore, which
// catches everything and fills a plain Failure; when the catch has ended,
// MEZZANINE_RAISE raises it.
//
//   int64 units = 0;
//   pg::Failure failure;
//   if (!pg::CallCore(&failure, [&] { units = core::SumCell(rows); }))
//       MEZZANINE_RAISE(failure);
//
// The body makes exactly one call, to a function compiled in core, and never calls
// PostgreSQL.  test/boundary proves all this in a live server.
#pragma once

#include "pg/pg.h"

#include <exception>
#include <new>
#include <type_traits>
#include <utility>

#include "core/error.h"

namespace mezzanine::pg
{

// An error on its way from core to PostgreSQL.  Plain, so that longjmp may pass it
// by.  Longer texts are cut at a character's boundary.
struct Failure {
	static constexpr int kTextBytes = 2048;

	core::Code code;
	char message[kTextBytes];
	char detail[kTextBytes];
	char hint[kTextBytes];
};

// Fills *failure; see door.cpp.
void Describe(Failure *failure, core::Code code, const char *message, const char *detail,
			  const char *hint) noexcept;

// The SQLSTATE of `code`, packed as ereport wants it.
int PackedSqlState(core::Code code) noexcept;

// Runs `body`; false, with *failure filled, when it threw.
template <typename Body> bool CallCore(Failure *failure, Body &&body) noexcept
{
	static_assert(std::is_trivially_destructible_v<std::remove_reference_t<Body>>);
	try {
		std::forward<Body>(body)();
		return true;
	} catch (const core::Error &error) {
		Describe(failure, error.code(), error.what(), error.detail().c_str(), error.hint().c_str());
	} catch (const std::bad_alloc &) {
		Describe(failure, core::Code::kOutOfMemory, "out of memory",
				 "An allocation in the core failed.", "");
	} catch (const std::exception &error) {
		Describe(failure, core::Code::kInternal, error.what(), "", "");
	} catch (...) {
		Describe(failure, core::Code::kInternal, "unknown exception in the core", "", "");
	}
	return false;
}

} // namespace mezzanine::pg

// Raises `failure`; a macro, so that LOCATION names the caller.
#define MEZZANINE_RAISE(failure)                                                                   \
	ereport(ERROR, (errcode(mezzanine::pg::PackedSqlState((failure).code)),                        \
					errmsg_internal("%s", (failure).message),                                      \
					(failure).detail[0] ? errdetail_internal("%s", (failure).detail) : 0,          \
					(failure).hint[0] ? errhint("%s", (failure).hint) : 0))

// Packed SQLSTATEs for errors that the shell itself raises.
#define MEZZANINE_SQLSTATE(s) MAKE_SQLSTATE((s)[0], (s)[1], (s)[2], (s)[3], (s)[4])
namespace mezzanine::pg
{
#define MEZZANINE_PACKED(name, macro, sqlstate)                                                    \
	inline constexpr int ERRCODE_MEZZANINE_##macro = MEZZANINE_SQLSTATE(sqlstate);
MEZZANINE_ERROR_CODES(MEZZANINE_PACKED)
#undef MEZZANINE_PACKED
} // namespace mezzanine::pg

// Defines the C entry point of an SQL function: MEZZANINE_FUNCTION(mezzanine_reserve) { ... }
#define MEZZANINE_FUNCTION(name)                                                                   \
	extern "C" {                                                                                   \
	PG_FUNCTION_INFO_V1(name);                                                                     \
	PGDLLEXPORT Datum name(PG_FUNCTION_ARGS);                                                      \
	}                                                                                              \
	Datum name([[maybe_unused]] PG_FUNCTION_ARGS)
