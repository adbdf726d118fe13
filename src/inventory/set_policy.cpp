// inventory.set_policy(): how much of a stock is never promised, or promised without being
// there, and when it is low.
//
// What is available lies in cells above the floor (safety stock less oversell limit).  So a
// higher floor takes units out of the cells, as a reservation does, and a lower one gives:
// the account "floor" of the journal has them.  Where they are not there, the policy stays.
#include "inventory/audit.h"
#include "inventory/journal.h"
#include "inventory/low_stock.h"
#include "inventory/stock.h"
#include "inventory/units.h"

#include "core/policy.h"
#include "fence/fence.h"

namespace mezzanine::inventory
{

namespace
{

struct Setting {
	text *sku;
	text *location;
	text *lot;
	Optional safety_stock;
	Optional oversell_limit;
	Optional low_water;
	Optional cells_max;
	TimestampTz deadline;
};

// A stock in its latest version, locked.
struct LockedStock {
	int64 number;
	core::Policy policy;
	ItemPointerData place;
};

core::Policy ReadPolicy(TupleTableSlot *slot)
{
	slot_getallattrs(slot);
	core::Policy policy;
	policy.safety_stock = DatumGetInt64(slot->tts_values[stock::kSafetyStock - 1]);
	policy.oversell_limit = DatumGetInt64(slot->tts_values[stock::kOversellLimit - 1]);
	policy.low_water = slot->tts_isnull[stock::kLowWater - 1]
						   ? core::kNoLowWater
						   : DatumGetInt64(slot->tts_values[stock::kLowWater - 1]);
	policy.cells_max = DatumGetInt32(slot->tts_values[stock::kCellsMax - 1]);
	return policy;
}

// Locks the stock's row, so that two changes of its policy follow each other.  Nobody else
// waits for it.
LockedStock LockStock(pg::Store *store, int64 number, TimestampTz deadline)
{
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(number));
	for (;;) {
		CHECK_FOR_INTERRUPTS();
		LockedStock stock = {number, {}, {}};
		pg::Search search = pg::BeginSearch(store, &key, 1);
		(void)pg::NextMatch(&search, store->slot); /* stocks are not removed */
		stock.policy = ReadPolicy(store->slot);
		stock.place = store->slot->tts_tid;
		const TransactionId holder = pg::RowHolder(store->slot);
		pg::EndSearch(&search);
		if (pg::LockRow(store, &stock.place, deadline == DT_NOEND, store->slot) ==
			pg::Written::kDone)
			return stock;
		if (deadline != DT_NOEND && TransactionIdIsValid(holder))
			fence::AwaitBefore(holder, deadline);
	}
}

core::Policy Changed(const core::Policy &before, const Setting &call)
{
	core::Policy after = before;
	if (call.safety_stock.given)
		after.safety_stock = DatumGetInt64(call.safety_stock.value);
	if (call.oversell_limit.given)
		after.oversell_limit = DatumGetInt64(call.oversell_limit.value);
	if (call.low_water.given)
		after.low_water = DatumGetInt64(call.low_water.value);
	if (call.cells_max.given)
		after.cells_max = DatumGetInt32(call.cells_max.value);
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { core::CheckPolicy(after); }))
		MEZZANINE_RAISE(failure);
	return after;
}

[[noreturn]] void RaisePolicyLimit(const Setting &call, int64 needed, int64 missing)
{
	ereport(ERROR,
			(errcode(pg::ERRCODE_MEZZANINE_POLICY_LIMIT),
			 errmsg("item \"%s\" at location \"%s\" has too few units available for this policy",
					text_to_cstring(call.sku), text_to_cstring(call.location)),
			 errdetail("It would take " INT64_FORMAT
					   " of the units that are available; there are " INT64_FORMAT ".",
					   needed, needed - missing),
			 errhint("Raise the floor by no more than that, or again when holds have ended or "
					 "goods have arrived.")));
	pg_unreachable();
}

// Takes or gives the units by which the floor rises or falls.
void MoveFloor(const Setting &call, int64 stock, int64 rise)
{
	if (rise == 0)
		return;
	Movement movement{};
	movement.stock = stock;
	movement.from = rise > 0 ? "available" : "floor";
	movement.to = rise > 0 ? "floor" : "available";
	movement.quantity = rise > 0 ? rise : -rise;
	movement.reason = "policy";
	if (rise > 0) {
		const core::Demand demand = {stock, rise, 1};
		int64 missing = 0;
		if (!TakeUnits(&demand, 1, call.deadline, &missing))
			RaisePolicyLimit(call, rise, missing);
	} else {
		pg::Store cells = OpenCells();
		EnterUnits(&cells, {stock, movement.quantity, false}, call.deadline);
		pg::CloseStore(&cells);
	}
	pg::Store journal = OpenJournal();
	(void)Record(&journal, movement);
	pg::CloseStore(&journal);
}

void WritePolicy(pg::Store *store, const LockedStock &stock, const core::Policy &policy)
{
	ItemPointerData place = stock.place;
	TupleTableSlot *slot = store->slot;
	if (!table_tuple_fetch_row_version(store->table, &place, SnapshotAny, slot))
		elog(ERROR, "stock " INT64_FORMAT " vanished under its lock", stock.number);

	Datum values[stock::kColumns] = {};
	bool nulls[stock::kColumns] = {};
	bool replace[stock::kColumns] = {};
	values[stock::kSafetyStock - 1] = Int64GetDatum(policy.safety_stock);
	replace[stock::kSafetyStock - 1] = true;
	values[stock::kOversellLimit - 1] = Int64GetDatum(policy.oversell_limit);
	replace[stock::kOversellLimit - 1] = true;
	values[stock::kLowWater - 1] = Int64GetDatum(policy.low_water);
	nulls[stock::kLowWater - 1] = policy.low_water == core::kNoLowWater;
	replace[stock::kLowWater - 1] = true;
	values[stock::kCellsMax - 1] = Int32GetDatum(policy.cells_max);
	replace[stock::kCellsMax - 1] = true;

	bool copied;
	HeapTuple written = heap_modify_tuple(ExecFetchSlotHeapTuple(slot, false, &copied),
										  RelationGetDescr(store->table), values, nulls, replace);
	ExecForceStoreHeapTuple(written, slot, false);
	if (pg::UpdateRow(store, &place, slot) != pg::Written::kDone)
		elog(ERROR, "stock " INT64_FORMAT " changed under its lock", stock.number);
	heap_freetuple(written);
}

const char *PolicyJson(const core::Policy &policy)
{
	return psprintf("{\"safety_stock\": " INT64_FORMAT ", \"oversell_limit\": " INT64_FORMAT
					", \"low_water\": " INT64_FORMAT ", \"cells_max\": %d}",
					policy.safety_stock, policy.oversell_limit, policy.low_water, policy.cells_max);
}

core::Policy SetPolicy(const Setting &call)
{
	const int64 number = RequireStock(call.sku, call.location, call.lot).stock;
	pg::Store store = OpenTable("stock", "stock_pkey", RowExclusiveLock);
	const LockedStock stock = LockStock(&store, number, call.deadline);
	const core::Policy after = Changed(stock.policy, call);
	int64 rise = 0;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { rise = core::FloorRise(stock.policy, after); }))
		MEZZANINE_RAISE(failure);

	MoveFloor(call, number, rise);
	WritePolicy(&store, stock, after);
	ForgetMarks(store.table);
	WatchMark(number);
	pg::CloseStore(&store);

	AuditEntry entry{};
	entry.verb = "set_policy";
	entry.stock = number;
	entry.before = PolicyJson(stock.policy);
	entry.after = PolicyJson(after);
	WriteAudit(entry);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	return after;
}

// Columns of the type inventory.policy, counted from 0.
enum Column { kSku, kLocation, kLot, kSafetyStock, kOversellLimit, kLowWater, kCellsMax, kColumns };

Datum PolicyDatum(FunctionCallInfo fcinfo, const Setting &call, const core::Policy &policy)
{
	TupleDesc descriptor;
	if (get_call_result_type(fcinfo, nullptr, &descriptor) != TYPEFUNC_COMPOSITE ||
		descriptor->natts != kColumns)
		elog(ERROR, "function does not return inventory.policy");
	Datum values[kColumns] = {};
	bool nulls[kColumns] = {};
	values[kSku] = PointerGetDatum(call.sku);
	values[kLocation] = PointerGetDatum(call.location);
	values[kLot] = PointerGetDatum(call.lot);
	nulls[kLot] = call.lot == nullptr;
	values[kSafetyStock] = Int64GetDatum(policy.safety_stock);
	values[kOversellLimit] = Int64GetDatum(policy.oversell_limit);
	values[kLowWater] = Int64GetDatum(policy.low_water);
	nulls[kLowWater] = policy.low_water == core::kNoLowWater;
	values[kCellsMax] = Int32GetDatum(policy.cells_max);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls));
}

} // namespace

// set_policy(sku, location, safety_stock, oversell_limit, low_water, cells_max, lot, wait)
MEZZANINE_FUNCTION(mezzanine_set_policy)
{
	PreventCommandIfReadOnly("inventory.set_policy()");
	Setting call{};
	call.sku = RequireText(fcinfo, 0, "sku");
	call.location = RequireText(fcinfo, 1, "location");
	call.safety_stock = OptionalValue(fcinfo, 2);
	call.oversell_limit = OptionalValue(fcinfo, 3);
	call.low_water = OptionalValue(fcinfo, 4);
	call.cells_max = OptionalValue(fcinfo, 5);
	call.lot = OptionalLot(fcinfo, 6);
	call.deadline = OptionalDeadline(fcinfo, 7);
	return PolicyDatum(fcinfo, call, SetPolicy(call));
}

} // namespace mezzanine::inventory
