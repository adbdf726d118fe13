#include "inventory/moves.h"

#include "inventory/journal.h"
#include "inventory/serial.h"
#include "inventory/units.h"

namespace mezzanine::inventory
{

namespace
{

constexpr const char *kHeld = "held";
constexpr const char *kAvailable = "available";

int64 Move(pg::Store *journal, HeldLine *line, int64 units, Movement movement)
{
	movement.stock = line->stock;
	movement.quantity = units;
	movement.reservation = &line->reservation;
	return Record(journal, movement);
}

} // namespace

void SellUnits(pg::Store *journal, HeldLine *line, int64 units)
{
	Movement movement{};
	movement.from = kHeld;
	movement.to = "sold";
	movement.reason = "confirm";
	const int64 sequence = Move(journal, line, units, movement);
	SellSerials(line->stock, units, &line->reservation, sequence);
	line->confirmed += units;
}

void ReturnUnits(pg::Store *journal, HeldLine *line, int64 units, const char *reason)
{
	Movement movement{};
	movement.from = kHeld;
	movement.to = kAvailable;
	movement.reason = reason;
	(void)Move(journal, line, units, movement);
	line->released += units;
}

void ExpireUnits(pg::Store *journal, HeldLine *line, int64 units)
{
	ReturnUnits(journal, line, units, "expire");
	line->expired += units;
}

void ReacquireUnits(pg::Store *journal, HeldLine *line, int64 units)
{
	Movement movement{};
	movement.from = kAvailable;
	movement.to = kHeld;
	movement.reason = "reacquire";
	(void)Move(journal, line, units, movement);
	line->released -= units;
	line->expired -= units;
}

core::Demand *NewDemands(int count)
{
	const Size bytes = static_cast<Size>(count) * sizeof(core::Demand);
	return static_cast<core::Demand *>(MemoryContextAllocHuge(CurrentMemoryContext, bytes));
}

int SumDemands(core::Demand *demands, int count)
{
	size_t summed = 0;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			summed = core::SumDemand({demands, static_cast<size_t>(count)});
		}))
		MEZZANINE_RAISE(failure);
	return static_cast<int>(summed);
}

void GiveDemands(core::Demand *demands, int count, TimestampTz deadline)
{
	if (count == 0)
		return;
	const int stocks = SumDemands(demands, count);
	pg::Store cells = OpenCells();
	for (int i = 0; i < stocks; ++i) {
		CHECK_FOR_INTERRUPTS();
		GiveUnits(&cells, demands[i].stock, demands[i].quantity, deadline);
	}
	pg::CloseStore(&cells);
}

} // namespace mezzanine::inventory
