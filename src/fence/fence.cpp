#include "fence/fence.h"

#include "pg/waits.h"

namespace mezzanine::fence
{

namespace
{

constexpr long kPauseUs = 500;

LOCKTAG TagOf(Fence fence)
{
	LOCKTAG tag;
	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, fence.high, fence.low,
						 static_cast<uint16>(fence.realm));
	return tag;
}

[[noreturn]] void RaiseContended()
{
	ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_CONTENDED),
					errmsg("no answer could be given in the time allowed"),
					errdetail("Another transaction in flight holds what this call needs."),
					errhint("Try again, or allow more time with the argument \"wait\".")));
	pg_unreachable();
}

// Error context: at our deadline the lock manager raises 55P03; it becomes MZ002
// here, on its way out, so that no subtransaction is needed to catch it.
void TurnTimeoutIntoContended(void *deadline)
{
	if (geterrcode() != ERRCODE_LOCK_NOT_AVAILABLE ||
		GetCurrentTimestamp() < *static_cast<TimestampTz *>(deadline))
		return;
	errcode(pg::ERRCODE_MEZZANINE_CONTENDED);
	errmsg("no answer could be given in the time allowed");
	errdetail("Another transaction in flight holds what this call needs.");
	errhint("Try again, or allow more time with the argument \"wait\".");
}

// Sets lock_timeout, in milliseconds, until AtEOXact_GUC(…, nest level).
void SetLockTimeout(long milliseconds)
{
	char value[32];
	snprintf(value, sizeof(value), "%ld", milliseconds);
	(void)set_config_option("lock_timeout", value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							true, 0, false);
}

// Runs `wait`, which waits for a lock, until `deadline`.
template <typename Wait> void WaitBefore(TimestampTz deadline, Wait &&wait)
{
	const TimestampTz now = GetCurrentTimestamp();
	if (deadline <= now)
		RaiseContended();
	// lock_timeout is an int of milliseconds; who waits longer waits without limit.
	if (deadline - now > int64{PG_INT32_MAX} * 1000) {
		wait();
		return;
	}
	const long wait_ms = TimestampDifferenceMilliseconds(now, deadline);

	ErrorContextCallback context;
	context.callback = TurnTimeoutIntoContended;
	context.arg = &deadline;
	context.previous = error_context_stack;

	const int nest_level = NewGUCNestLevel();
	if (LockTimeout == 0 || wait_ms < LockTimeout)
		SetLockTimeout(wait_ms);
	error_context_stack = &context;
	wait();
	error_context_stack = context.previous;
	AtEOXact_GUC(true, nest_level);
}

} // namespace

void Acquire(Fence fence, LOCKMODE mode)
{
	if (TryAcquire(fence, mode))
		return;
	LOCKTAG tag = TagOf(fence);
	pg::BeginWait();
	(void)LockAcquire(&tag, mode, false, false);
	pg::EndWait();
}

bool TryAcquire(Fence fence, LOCKMODE mode)
{
	LOCKTAG tag = TagOf(fence);
	return LockAcquire(&tag, mode, false, true) != LOCKACQUIRE_NOT_AVAIL;
}

void AcquireBefore(Fence fence, LOCKMODE mode, TimestampTz deadline)
{
	if (TryAcquire(fence, mode))
		return;
	WaitBefore(deadline, [&] { Acquire(fence, mode); });
}

bool AcquireSoon(Fence fence, LOCKMODE mode)
{
	constexpr int kTries = 4; // together about as long as a commit takes
	for (int i = 0; i < kTries; ++i) {
		if (TryAcquire(fence, mode))
			return true;
		CHECK_FOR_INTERRUPTS();
		pg_usleep(kPauseUs);
	}
	return TryAcquire(fence, mode);
}

void PauseBefore(TimestampTz deadline)
{
	if (deadline <= GetCurrentTimestamp())
		RaiseContended();
	CHECK_FOR_INTERRUPTS();
	pg_usleep(kPauseUs);
}

void AwaitHoldersBefore(Fence fence, LOCKMODE mode, TimestampTz deadline)
{
	LOCKTAG tag = TagOf(fence);
	const VirtualTransactionId *holder = GetLockConflicts(&tag, mode, nullptr);
	for (; VirtualTransactionIdIsValid(*holder); ++holder)
		WaitBefore(deadline, [&] { (void)VirtualXactLock(*holder, true); });
}

void AwaitBefore(TransactionId holder, TimestampTz deadline)
{
	WaitBefore(deadline, [&] { XactLockTableWait(holder, nullptr, nullptr, XLTW_None); });
}

void Release(Fence fence, LOCKMODE mode)
{
	LOCKTAG tag = TagOf(fence);
	(void)LockRelease(&tag, mode, false);
}

} // namespace mezzanine::fence
