#include "inventory/pick.h"

#include "inventory/array.h"

#include "core/part.h"

namespace mezzanine::inventory
{

namespace
{

std::string_view View(const text *value)
{
	if (value == nullptr)
		return {};
	return {VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
}

core::Part *PartsOf(const Lines &named, const int64 *units)
{
	auto *parts = AllocateArray<core::Part>(named.count);
	for (int i = 0; i < named.count; ++i)
		parts[i] = {View(named.line[i].sku), View(named.line[i].location), units[i], 0};
	return parts;
}

core::Wanted *WantedOf(const Lines &asked)
{
	auto *wanted = AllocateArray<core::Wanted>(asked.count);
	for (int i = 0; i < asked.count; ++i) {
		const Line &line = asked.line[i];
		wanted[i] = {View(line.sku), View(line.location), line.location == nullptr, line.quantity};
	}
	return wanted;
}

} // namespace

int64 *PickUnits(const Lines &asked, const Lines &named, const int64 *units)
{
	auto *picked = AllocateArray<int64>(named.count);
	memcpy(picked, units, static_cast<size_t>(named.count) * sizeof(int64));
	if (asked.count == 0)
		return picked;

	core::Part *parts = PartsOf(named, units);
	const core::Wanted *wanted = WantedOf(asked);
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			core::PickParts({wanted, static_cast<size_t>(asked.count)},
							{parts, static_cast<size_t>(named.count)});
		}))
		MEZZANINE_RAISE(failure);
	for (int i = 0; i < named.count; ++i)
		picked[i] = parts[i].asked;
	return picked;
}

bool AsksForAll(const Lines &asked, const Lines &named, const int64 *units)
{
	if (asked.count == 0)
		return true;
	core::Part *parts = PartsOf(named, units);
	const core::Wanted *wanted = WantedOf(asked);
	bool all = false;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			all = core::WantsAll({wanted, static_cast<size_t>(asked.count)},
								 {parts, static_cast<size_t>(named.count)});
		}))
		MEZZANINE_RAISE(failure);
	return all;
}

Lines WithQuantities(const Lines &named, const int64 *units)
{
	Lines lines = {AllocateArray<Line>(named.count), named.count};
	for (int i = 0; i < named.count; ++i) {
		lines.line[i] = named.line[i];
		lines.line[i].quantity = units[i];
	}
	return lines;
}

} // namespace mezzanine::inventory
