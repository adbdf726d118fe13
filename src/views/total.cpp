#include "views/total.h"

#include "views/expression.h"

namespace mezzanine::views
{

namespace
{

// How the parts of a state column add up.
enum class Sum { kCount, kPlain, kDecimal, kIrregular, kCounts, kExact };

Sum SumOf(const PlannedColumn *column)
{
	const auto *aggregate = castNode(Aggref, column->expression);
	const char *name = get_func_name(aggregate->aggfnoid);
	if (aggregate->aggfnoid == F_COUNT_ || aggregate->aggfnoid == F_COUNT_ANY)
		return Sum::kCount;
	if (strcmp(name, "irregular") == 0)
		return Sum::kIrregular;
	if (strcmp(name, "bit_counts") == 0)
		return Sum::kCounts;
	if (strcmp(name, "exact_sum") == 0)
		return Sum::kExact;
	return aggregate->aggfnoid == F_SUM_NUMERIC ? Sum::kDecimal : Sum::kPlain;
}

const char *NameAt(const List *columns, int i)
{
	return quote_identifier(static_cast<PlannedColumn *>(list_nth(columns, i))->name);
}

// The cells of a group added up: what the home row is to be added to.
const char *PartOf(const PlannedColumn *column)
{
	const char *name = quote_identifier(column->name);
	switch (SumOf(column)) {
	case Sum::kCount:
		return psprintf("sum(%s)::bigint AS %s", name, name);
	case Sum::kIrregular:
	case Sum::kCounts:
		return psprintf("mezzanine_state.sum_counts(%s) AS %s", name, name);
	case Sum::kPlain:
	case Sum::kDecimal:
	case Sum::kExact:
		break;
	}
	if (exprType(column->expression) == INT8OID)
		return psprintf("sum(%s)::bigint AS %s", name, name);
	return psprintf("sum(%s) AS %s", name, name);
}

// The count of non-null values that a sum belongs to: the states of one argument stand
// together, and its count comes first.
const char *CountOf(const List *states, int i)
{
	for (; i > 0; i--) {
		const auto *column = static_cast<PlannedColumn *>(list_nth(states, i));
		if (castNode(Aggref, column->expression)->aggfnoid == F_COUNT_ANY)
			break;
	}
	return NameAt(states, i);
}

// The counts of numerics by their kinds, home row and cells together; their sum is state `i`.
const char *IrregularCounts(const List *states, int i)
{
	return psprintf("mezzanine_state.add_counts(mezzanine_state.scale_counts(h.%1$s, h.%2$s, "
					"h.%3$s), c.%3$s)",
					CountOf(states, i), NameAt(states, i), NameAt(states, i + 1));
}

// State `i` of home row and cells together.  Where there are no cells it is the home row's.
const char *TotalOf(const List *states, int i)
{
	const auto *column = static_cast<PlannedColumn *>(list_nth(states, i));
	const char *name = quote_identifier(column->name);
	const char *both = psprintf("coalesce(h.%1$s + c.%1$s, c.%1$s)", name);
	const char *value = nullptr;
	switch (SumOf(column)) {
	case Sum::kCount:
		return psprintf("h.%1$s + coalesce(c.%1$s, 0) AS %1$s", name);
	case Sum::kPlain:
		value = psprintf("CASE WHEN h.%1$s + c.%1$s <> 0 THEN %2$s END", CountOf(states, i), both);
		break;
	case Sum::kDecimal:
		value = psprintf("mezzanine_state.total_sum(h.%1$s + c.%1$s, %2$s, %3$s)",
						 CountOf(states, i), both, IrregularCounts(states, i));
		break;
	case Sum::kIrregular:
		value = psprintf("mezzanine_state.irregular_finish(%s)", IrregularCounts(states, i - 1));
		break;
	case Sum::kCounts:
		value = psprintf("mezzanine_state.add_counts(h.%1$s, c.%1$s)", name);
		break;
	case Sum::kExact:
		value = psprintf("pg_catalog.trim_scale(h.%1$s + c.%1$s)", name);
		break;
	}
	return psprintf("CASE WHEN c.hash IS NULL THEN h.%1$s ELSE %2$s END AS %1$s", name, value);
}

} // namespace

const char *TotalQuery(const PlannedCore *core, const char *home, const char *cells)
{
	StringInfoData total;
	StringInfoData parts;
	StringInfoData keys;
	StringInfoData match;
	ListCell *cell;
	initStringInfo(&total);
	initStringInfo(&parts);
	initStringInfo(&keys);
	initStringInfo(&match);
	foreach (cell, core->keys) {
		const char *name = quote_identifier(static_cast<PlannedColumn *>(lfirst(cell))->name);
		appendStringInfo(&keys, ", %s", name);
		appendStringInfo(&total, ", h.%s", name);
		appendStringInfo(&match, " AND NOT h.%1$s IS DISTINCT FROM c.%1$s", name);
	}
	appendStringInfoString(&total, ", h.count + coalesce(c.count, 0) AS count");
	foreach (cell, core->states) {
		appendStringInfo(&parts, ", %s", PartOf(static_cast<PlannedColumn *>(lfirst(cell))));
		appendStringInfo(&total, ", %s", TotalOf(core->states, foreach_current_index(cell)));
	}
	return psprintf("SELECT h.hash%s FROM %s AS h LEFT JOIN (SELECT hash%s, sum(count)::bigint AS "
					"count%s FROM %s GROUP BY hash%s) AS c ON c.hash = h.hash%s%s",
					total.data, home, keys.data, parts.data, cells, keys.data, match.data,
					core->keys == NIL ? "" : " WHERE h.count + coalesce(c.count, 0) > 0");
}

bool CheckSpread(QueryPlan *plan)
{
	ListCell *cell;
	if (plan->chains != NIL)
		return RefuseWithDetail(plan,
								"DISTINCT inside an aggregate cannot be kept in several cells",
								"The distinct values are rows that feed the groups.",
								"Leave spread at 1, or keep it in a view of its own.");
	// The cores of inner plans come first.
	if (static_cast<PlannedCore *>(linitial(plan->cores))->plan != plan)
		return RefuseWithDetail(plan, "what joins groups cannot be kept in several cells",
								"The groups of subqueries, and the keys that have a match in an "
								"outer join or EXISTS, are "
								"rows that feed the groups.",
								"Leave spread at 1.");
	foreach (cell, plan->states) {
		const auto *column = static_cast<PlannedColumn *>(lfirst(cell));
		if (column->maintenance == Maintenance::kDelta && plan->shape != Shape::kRows)
			continue;
		return RefuseWithDetail(
			plan, psprintf("%s cannot be kept in several cells", Deparse(plan, column->expression)),
			"In a spread view each cell of a group holds a part, and the parts must add up.",
			"Leave spread at 1, or keep what adds up (counts, sums, averages, variances) in a view "
			"of its own.");
	}
	foreach (cell, plan->branches) {
		auto *branch = static_cast<QueryPlan *>(lfirst(cell));
		if (CheckSpread(branch))
			continue;
		plan->refusal = branch->refusal;
		return false;
	}
	foreach (cell, plan->sublinks) {
		QueryPlan *sublink = static_cast<PlannedSublink *>(lfirst(cell))->plan;
		if (CheckSpread(sublink))
			continue;
		plan->refusal = sublink->refusal;
		return false;
	}
	return true;
}

} // namespace mezzanine::views
