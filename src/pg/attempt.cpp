#include "pg/attempt.h"

namespace mezzanine::pg
{

namespace
{

bool EndsTransaction(int sqlstate)
{
	const int category = ERRCODE_TO_CATEGORY(sqlstate);
	return category == ERRCODE_TO_CATEGORY(ERRCODE_TRANSACTION_ROLLBACK) ||
		   category == ERRCODE_TO_CATEGORY(ERRCODE_OPERATOR_INTERVENTION);
}

void Describe(const ErrorData *error, Trouble *trouble)
{
	trouble->sqlstate = error->sqlerrcode;
	trouble->message = pstrdup(error->message != nullptr ? error->message : "unknown error");
	trouble->detail = error->detail != nullptr ? pstrdup(error->detail) : nullptr;
}

} // namespace

bool Attempt(Step step, void *argument, Trouble *trouble)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile bool succeeded = true;

	BeginInternalSubTransaction(nullptr);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		step(argument);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		ErrorData *error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		if (EndsTransaction(error->sqlerrcode))
			ReThrowError(error);
		Describe(error, trouble);
		FreeErrorData(error);
		succeeded = false;
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return succeeded;
}

} // namespace mezzanine::pg
