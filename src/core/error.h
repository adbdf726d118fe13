// Errors of the core: an exception with a code, and the table that gives each
// code its SQLSTATE.
//
//   throw Error(Code::kInvalidArgument, "quantity must be greater than zero",
//               "The quantity given is 0.", "Pass a positive number of units.");
//
// The core throws; the door (pg/door.h) turns what is thrown into a plain Failure;
// only then does the shell raise it as a PostgreSQL error.
#pragma once

#include <exception>
#include <string>

namespace mezzanine::core
{

// One X per code: name, SQLSTATE, when it is raised.  docs/errors.md lists the same
// codes; test/tidy.sh compares the two.
#define MEZZANINE_ERROR_CODES(X)                                                                   \
	X(kInsufficientStock, INSUFFICIENT_STOCK, "MZ001")                                             \
	X(kContended, CONTENDED, "MZ002")                                                              \
	X(kHoldExpired, HOLD_EXPIRED, "MZ003")                                                         \
	X(kStaleFence, STALE_FENCE, "MZ004")                                                           \
	X(kAlreadyConfirmed, ALREADY_CONFIRMED, "MZ005")                                               \
	X(kAlreadyReleased, ALREADY_RELEASED, "MZ006")                                                 \
	X(kNoSuchReservation, NO_SUCH_RESERVATION, "MZ007")                                            \
	X(kKeyReused, KEY_REUSED, "MZ008")                                                             \
	X(kMoreThanHeld, MORE_THAN_HELD, "MZ009")                                                      \
	X(kNoSuchStock, NO_SUCH_STOCK, "MZ010")                                                        \
	X(kPolicyLimit, POLICY_LIMIT, "MZ011")                                                         \
	X(kNotAvailable, NOT_AVAILABLE, "MZ012")                                                       \
	X(kBookingConflict, BOOKING_CONFLICT, "MZ013")                                                 \
	X(kInvariant, INVARIANT, "MZ014")                                                              \
	X(kCorrectedSince, CORRECTED_SINCE, "MZ015")                                                   \
	X(kStaleView, STALE_VIEW, "MZ020")                                                             \
	X(kInvalidArgument, INVALID_ARGUMENT, "22023")                                                 \
	X(kOverflow, OVERFLOW, "22003")                                                                \
	X(kNotSupported, NOT_SUPPORTED, "0A000")                                                       \
	X(kOutOfMemory, OUT_OF_MEMORY, "53200")                                                        \
	X(kInternal, INTERNAL, "XX000")

enum class Code {
#define MEZZANINE_CODE(name, macro, sqlstate) name,
	MEZZANINE_ERROR_CODES(MEZZANINE_CODE)
#undef MEZZANINE_CODE
};

// The five characters of the SQLSTATE that stands for `code`.
constexpr const char *SqlState(Code code)
{
	constexpr const char *kStates[] = {
#define MEZZANINE_STATE(name, macro, sqlstate) sqlstate,
		MEZZANINE_ERROR_CODES(MEZZANINE_STATE)
#undef MEZZANINE_STATE
	};
	return kStates[static_cast<int>(code)];
}

// What the core throws.  Texts follow PostgreSQL's style: the message lower-case and
// without a period, detail and hint full sentences.
class Error : public std::exception
{
public:
	Error(Code code, std::string message, std::string detail = {}, std::string hint = {})
		: code_(code), message_(std::move(message)), detail_(std::move(detail)),
		  hint_(std::move(hint))
	{
	}

	Code code() const noexcept { return code_; }
	const char *what() const noexcept override { return message_.c_str(); }
	const std::string &detail() const noexcept { return detail_; }
	const std::string &hint() const noexcept { return hint_; }

private:
	Code code_;
	std::string message_;
	std::string detail_;
	std::string hint_;
};

} // namespace mezzanine::core
