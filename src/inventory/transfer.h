// Transfers, as rows: what was sent, and what has become of it.
#pragma once

#include "inventory/desk.h"
#include "inventory/tables.h"

#include "core/transfer.h"

namespace mezzanine::inventory
{

struct TransferHead {
	int64 number;
	text *from_location;
	text *to_location;
	Optional eta; // timestamptz
};

struct TransferLine {
	int32 line;
	int64 stock; // that the units were taken from
	core::Carried carried;
	int64 arriving; // units that the call at work receives
	Serials named;  // those of them that it names
};

struct Transfer {
	TransferHead head;
	TransferLine *line;
	int count;
};

// Units of a line that have arrived, or are given up.
struct TransferReceipt {
	int32 line;
	int64 sequence;
	int64 quantity;
	bool lost;
};

void WriteTransfer(const TransferHead &head);
void WriteTransferLine(pg::Store *lines, int64 transfer, const TransferLine &line);
void WriteReceipt(pg::Store *receipts, int64 transfer, const TransferReceipt &receipt);

pg::Store OpenTransferLines();
pg::Store OpenReceipts();

// A transfer in its latest state, under its fence; `to_come` more fences may follow.
//
// Raises MZ007 where there is none.
Transfer RequireTransfer(int64 number, int to_come);

// {"transfer": number}, for the journal.
Optional ReferenceTo(int64 transfer);

} // namespace mezzanine::inventory
