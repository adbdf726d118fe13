#include "core/pairs.h"

#include <algorithm>
#include <tuple>

namespace mezzanine::core
{

namespace
{

// All that are alike into the first of them.
void Cancel(std::span<ChangedRow> rows)
{
	std::size_t first = 0;
	for (std::size_t i = 1; i < rows.size(); i++)
		if (rows[i].tied == rows[first].tied && rows[i].rest == rows[first].rest) {
			rows[first].count += rows[i].count;
			rows[i].count = 0;
		} else {
			first = i;
		}
}

// The next row from `i` on that came, or left.
std::size_t Next(std::span<const ChangedRow> rows, std::size_t i, bool came)
{
	while (i < rows.size() && (came ? rows[i].count <= 0 : rows[i].count >= 0))
		i++;
	return i;
}

// Pairs up rows that are tied alike.
std::size_t PairTied(std::span<ChangedRow> rows, std::span<RowPair> pairs)
{
	std::size_t count = 0;
	std::size_t left = Next(rows, 0, false);
	std::size_t came = Next(rows, 0, true);
	while (left < rows.size() && came < rows.size()) {
		const std::int64_t both = std::min(-rows[left].count, rows[came].count);
		pairs[count++] = {rows[left].number, rows[came].number, both};
		rows[left].count += both;
		rows[came].count -= both;
		left = Next(rows, left, false);
		came = Next(rows, came, true);
	}
	return count;
}

} // namespace

std::size_t PairUp(std::span<ChangedRow> rows, std::span<RowPair> pairs)
{
	std::size_t count = 0;
	std::sort(rows.begin(), rows.end(), [](const ChangedRow &a, const ChangedRow &b) {
		return std::tie(a.tied, a.rest) < std::tie(b.tied, b.rest);
	});
	Cancel(rows);
	for (std::size_t from = 0, to = 0; from < rows.size(); from = to) {
		while (to < rows.size() && rows[to].tied == rows[from].tied)
			to++;
		count += PairTied(rows.subspan(from, to - from), pairs.subspan(count));
	}
	return count;
}

} // namespace mezzanine::core
