#include "pg/door.h"

namespace mezzanine::pg
{

namespace
{

// Copies as much of `text` as fits, without cutting a character in two.
void CopyText(char *to, const char *text) noexcept
{
	std::size_t length = strnlen(text, Failure::kTextBytes);
	if (length == Failure::kTextBytes)
		length = static_cast<std::size_t>(
			pg_mbcliplen(text, Failure::kTextBytes, Failure::kTextBytes - 1));
	memcpy(to, text, length);
	to[length] = '\0';
}

} // namespace

void Describe(Failure *failure, core::Code code, const char *message, const char *detail,
			  const char *hint) noexcept
{
	failure->code = code;
	CopyText(failure->message, message);
	CopyText(failure->detail, detail);
	CopyText(failure->hint, hint);
}

int PackedSqlState(core::Code code) noexcept
{
	const char *state = core::SqlState(code);
	return MEZZANINE_SQLSTATE(state);
}

} // namespace mezzanine::pg
