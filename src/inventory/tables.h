// Inventory's tables: their columns, and how they are opened.
//
// All are read and written through pg/store.h, in the latest version and without
// predicate locks.  Column numbers follow the sql/extension parts that make them.
#pragma once

#include "pg/store.h"

namespace mezzanine::inventory
{

namespace stock
{
enum Column : AttrNumber {
	kStock = 1,
	kSku,
	kLocation,
	kLot,
	kExpiresOn,
	kSerialised,
	kSafetyStock,
	kOversellLimit,
	kLowWater,
	kCellsMax,
	kCreatedAt,
	kColumns = kCreatedAt
};
}

namespace location
{
enum Column : AttrNumber { kLocation = 1, kPriority, kCoordinates, kColumns = kCoordinates };
}

namespace channel
{
enum Column : AttrNumber { kSku = 1, kLocation, kChannel, kSafetyStock, kColumns = kSafetyStock };
}

namespace reservation
{
enum Column : AttrNumber {
	kReservation = 1,
	kStatus,
	kFence,
	kExpiresAt,
	kCreatedAt,
	kSettledAt,
	kReference,
	kColumns = kReference
};
}

namespace reservation_line
{
enum Column : AttrNumber {
	kReservation = 1,
	kLine,
	kStock,
	kQuantity,
	kConfirmed,
	kReleased,
	kExpired,
	kExpiresAt,
	kColumns = kExpiresAt
};
}

namespace journal
{
enum Column : AttrNumber {
	kSequence = 1,
	kAt,
	kTransaction,
	kStock,
	kFromAccount,
	kToAccount,
	kQuantity,
	kReservation,
	kReason,
	kReference,
	kColumns = kReference
};
}

namespace idempotency
{
enum Column : AttrNumber {
	kKey = 1,
	kVerb,
	kPayload,
	kAt,
	kReservation,
	kStatus,
	kFence,
	kExpiresAt,
	kLines,
	kShortfall,
	kMovement,
	kColumns = kMovement
};
}

namespace audit_entry
{
enum Column : AttrNumber {
	kEntry = 1,
	kAt,
	kTransaction,
	kRole,
	kVerb,
	kStock,
	kReservation,
	kReason,
	kBefore,
	kAfter,
	kColumns = kAfter
};
}

namespace serial
{
enum Column : AttrNumber {
	kSku = 1,
	kSerial,
	kStock,
	kState,
	kReservation,
	kTransfer,
	kSequence,
	kColumns = kSequence
};
}

namespace serial_history
{
enum Column : AttrNumber {
	kSku = 1,
	kSerial,
	kSequence,
	kAt,
	kStock,
	kState,
	kReservation,
	kTransfer,
	kReason,
	kColumns = kReason
};
}

namespace low_stock_event
{
enum Column : AttrNumber {
	kEvent = 1,
	kStock,
	kAt,
	kTransaction,
	kAvailable,
	kLowWater,
	kRecoveredAt,
	kColumns = kRecoveredAt
};
}

// Opens a table of the schema inventory with one of its indexes.
pg::Store OpenTable(const char *table, const char *index, LOCKMODE mode);

// The type of the rows of a table, or the composite type itself, of the schema inventory.
Oid RowType(const char *relation);

// The next number of a sequence of the schema inventory.
int64 NextNumber(const char *sequence);

// The last number that a sequence has given out, to whomever; 0 before the first.
int64 LastNumber(const char *sequence);

// Empties a store's slot for a new row: every column NULL, values to be filled in before
// ExecStoreVirtualTuple.
TupleTableSlot *BlankRow(pg::Store *store);

// Sets a column of a row that is being filled.
inline void SetColumn(TupleTableSlot *slot, AttrNumber column, Datum value)
{
	slot->tts_values[column - 1] = value;
	slot->tts_isnull[column - 1] = false;
}

} // namespace mezzanine::inventory
