// Direct capture: rows are counted where PostgreSQL asks whether a trigger is to fire.
//
// An AFTER ROW trigger is queued for each row, and when the statement has ended it is called
// for each, with the row read from the table again.  That costs more than to count the row.
// But before PostgreSQL queues a trigger it asks for its WHEN clause, right after the row was
// written, with both versions of the row at hand.  So in statements that the executor starts
// our triggers get a WHEN clause of our own making: it does what the trigger would do, and
// says that the trigger need not fire.  What the statement trigger would do is done before the
// statement begins.
//
// An UPDATE that sets no column that a view reads is not listened to at all, where nothing else
// can change a row on its way.
//
// COPY, the apply worker of a subscription, rows that are routed to partitions, and the
// statement by which a session comes to load the library do without: there our triggers fire.
#pragma once

namespace mezzanine::views
{

void InitDirectCapture();

} // namespace mezzanine::views
