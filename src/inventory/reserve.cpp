// inventory.reserve(): holds units until a time, or answers that there are not enough.
//
// Which stocks may serve the cart comes first (candidates.h), then the units (units.h), then
// the rows of the hold: all of the cart or nothing, or in mode "partial" what there is.
// "rejected" is answered only where no transaction in flight could have changed the answer.
#include "inventory/candidates.h"
#include "inventory/hold.h"
#include "inventory/idempotency.h"
#include "inventory/journal.h"
#include "inventory/units.h"

namespace mezzanine::inventory
{

namespace
{

struct Reserving {
	Key key;
	Lines lines;
	Terms terms;
	TimestampTz deadline;
	Preference preference;
	bool partial;
};

Outcome Accept(const Reserving &call, const Cart &cart)
{
	pg::Store reservations = OpenReservations();
	pg::Store lines = OpenLines();
	pg::Store journal = OpenJournal();
	const Outcome outcome = WriteHold({&reservations, &lines, &journal}, cart, call.terms);
	pg::CloseStore(&lines);
	pg::CloseStore(&journal);
	pg::CloseStore(&reservations);
	return outcome;
}

Outcome Reserve(const Reserving &call)
{
	Outcome outcome;
	if (Recall(call.key, call.lines.count, call.deadline, &outcome))
		return outcome;
	const Cart cart = FindCandidates(call.lines, call.preference);
	Order order = {
		cart.pools,   cart.pool_count, cart.wants, cart.want_count, call.preference.strategy,
		call.partial, call.deadline,   nullptr};
	outcome = TakeOrder(&order) ? Accept(call, cart) : RejectCart(cart);
	Remember(call.key, outcome);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	return outcome;
}

// What one line of a cart adds to the payload of a key.
void AddLine(StringInfo payload, const Line &line)
{
	AddText(payload, line.sku);
	AddText(payload, line.location);
	AddBytes(payload, &line.quantity, sizeof(line.quantity));
}

// What the choice among stocks adds to it.
void AddChoice(StringInfo payload, const Reserving &call)
{
	const Preference &preference = call.preference;
	AddBytes(payload, &call.partial, sizeof(call.partial));
	AddBytes(payload, &preference.strategy, sizeof(preference.strategy));
	AddText(payload, preference.channel);
	if (preference.nearest)
		AddBytes(payload, preference.near, sizeof(*preference.near));
}

// strategy, channel, near; arguments 4 to 6
Preference RequirePreference(FunctionCallInfo fcinfo)
{
	const int strategy = RequireChoice(fcinfo, 4, core::kStrategy);
	Preference preference{};
	preference.nearest = strategy == 1;
	preference.strategy = strategy == 2 ? core::Strategy::kFewestSplits : core::Strategy::kInOrder;
	preference.channel = OptionalText(fcinfo, 5, "channel");
	preference.near = PG_ARGISNULL(6) ? nullptr : PG_GETARG_POINT_P(6);
	if (preference.nearest != (preference.near != nullptr))
		ereport(ERROR,
				(errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
				 errmsg("the argument \"near\" and the strategy \"nearest\" belong together"),
				 errdetail("One is given without the other."), errhint("Give both, or neither.")));
	return preference;
}

} // namespace

// reserve(sku, quantity, location, ttl, key, wait, reference)
MEZZANINE_FUNCTION(mezzanine_reserve)
{
	PreventCommandIfReadOnly("inventory.reserve()");
	Line line{};
	line.sku = RequireText(fcinfo, 0, "sku");
	line.quantity = RequireQuantity(fcinfo, 1);
	line.location = OptionalText(fcinfo, 2, "location");

	Reserving call{};
	call.lines = {&line, 1};
	call.terms.ttl = RequireTtl(fcinfo, 3);
	call.deadline = RequireDeadline(fcinfo, 5);
	call.terms.reference = OptionalValue(fcinfo, 6);

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 4, "reserve", &payload);
	AddLine(&payload, line);
	AddBytes(&payload, call.terms.ttl, sizeof(*call.terms.ttl));
	AddOptional(&payload, call.terms.reference);
	FinishKey(&call.key, &payload);
	return OutcomeDatum(fcinfo, Reserve(call));
}

// reserve(lines, ttl, key, mode, strategy, channel, near, wait, reference)
MEZZANINE_FUNCTION(mezzanine_reserve_cart)
{
	PreventCommandIfReadOnly("inventory.reserve()");
	Reserving call{};
	call.lines = RequireLines(fcinfo, 0);
	call.terms.ttl = RequireTtl(fcinfo, 1);
	call.partial = RequireChoice(fcinfo, 3, core::kMode) == 1;
	call.preference = RequirePreference(fcinfo);
	call.deadline = RequireDeadline(fcinfo, 7);
	call.terms.reference = OptionalValue(fcinfo, 8);

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 2, "reserve", &payload);
	for (int i = 0; i < call.lines.count; ++i)
		AddLine(&payload, call.lines.line[i]);
	AddBytes(&payload, call.terms.ttl, sizeof(*call.terms.ttl));
	AddOptional(&payload, call.terms.reference);
	AddChoice(&payload, call);
	FinishKey(&call.key, &payload);
	return OutcomeDatum(fcinfo, Reserve(call));
}

} // namespace mezzanine::inventory
