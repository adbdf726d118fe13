#include "pg/waits.h"

namespace mezzanine::pg
{

namespace
{

Waits waits = {};
bool is_waiting = false;
instr_time began;

} // namespace

Waits WaitsSoFar()
{
	return waits;
}

void BeginWait()
{
	waits.count++;
	is_waiting = true;
	INSTR_TIME_SET_CURRENT(began);
}

void EndWait()
{
	if (!is_waiting)
		return;
	instr_time ended;
	INSTR_TIME_SET_CURRENT(ended);
	INSTR_TIME_SUBTRACT(ended, began);
	waits.microseconds += INSTR_TIME_GET_MICROSEC(ended);
	is_waiting = false;
}

} // namespace mezzanine::pg
