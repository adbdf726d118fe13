#include "views/script.h"

namespace mezzanine::views
{

namespace
{

const char *Qualified(const char *schema, const char *name)
{
	return quote_qualified_identifier(schema, name);
}

const PlannedKey *KeyAt(const QueryPlan *plan, int index)
{
	return static_cast<const PlannedKey *>(list_nth(plan->keys, index));
}

const PlannedArgument *ArgumentAt(const QueryPlan *plan, int index)
{
	return static_cast<const PlannedArgument *>(list_nth(plan->arguments, index));
}

// A state column of an argument: count_amount, sum_amount, ...
const char *StateColumn(const char *prefix, const PlannedArgument *argument)
{
	return quote_identifier(psprintf("%s_%s", prefix, argument->name));
}

void AppendTruthArgument(StringInfo sql, const PlannedArgument *argument)
{
	const char *expression = argument->expression;
	appendStringInfo(sql, ", count(%s) AS %s", expression, StateColumn("count", argument));
	switch (argument->kind) {
	case core::ArgumentKind::kCount:
		break;
	case core::ArgumentKind::kInteger:
	case core::ArgumentKind::kBigInteger:
		appendStringInfo(sql, ", sum(%s) AS %s", expression, StateColumn("sum", argument));
		break;
	case core::ArgumentKind::kDecimal:
		appendStringInfo(sql, ", sum(%s) FILTER (WHERE %s.is_finite(%s)) AS %s", expression,
						 kStateSchema, expression, StateColumn("sum", argument));
		appendStringInfo(sql, ", %s.irregular(%s) AS %s", kStateSchema, expression,
						 StateColumn("irregular", argument));
		break;
	}
}

// The sum, with what NaN and the infinities make of it.
const char *PublishedSum(const PlannedArgument *argument)
{
	const char *sum = StateColumn("sum", argument);
	if (argument->kind != core::ArgumentKind::kDecimal)
		return sum;
	const char *irregular = StateColumn("irregular", argument);
	return psprintf("CASE WHEN %1$s[1] > 0 OR %1$s[2] > 0 AND %1$s[3] > 0 THEN 'NaN'::numeric "
					"WHEN %1$s[2] > 0 THEN 'Infinity'::numeric "
					"WHEN %1$s[3] > 0 THEN '-Infinity'::numeric ELSE %2$s END",
					irregular, sum);
}

const char *PublishedExpression(const QueryPlan *plan, const PlannedOutput *output)
{
	switch (output->kind) {
	case OutputKind::kKey:
		return quote_identifier(KeyAt(plan, output->index)->name);
	case OutputKind::kCountRows:
		return "count";
	case OutputKind::kCount:
		return StateColumn("count", ArgumentAt(plan, output->index));
	case OutputKind::kSum:
		return PublishedSum(ArgumentAt(plan, output->index));
	case OutputKind::kAverage:
		// As PostgreSQL's avg: one division of numerics.  The sum is NULL where the count
		// is 0, and the division strict.
		return psprintf("(%s)::numeric / %s::numeric",
						PublishedSum(ArgumentAt(plan, output->index)),
						StateColumn("count", ArgumentAt(plan, output->index)));
	}
	pg_unreachable();
}

// The most bytes that the key takes in a btree's entry; more than any entry's where there
// is no such limit, or no order.
int WidestInBtree(const PlannedKey *key)
{
	constexpr int kUnlimited = BLCKSZ;
	constexpr int kOverhead = 8; // header and alignment
	const int16 length = get_typlen(key->type);
	const bool is_text = key->type == VARCHAROID || key->type == BPCHAROID;
	if (!OidIsValid(GetDefaultOpClass(key->type, BTREE_AM_OID)))
		return kUnlimited;
	if (length > 0)
		return length + kOverhead;
	if (!is_text || key->typmod <= VARHDRSZ || key->typmod > kUnlimited)
		return kUnlimited;
	return (key->typmod - VARHDRSZ) * pg_database_encoding_max_length() + kOverhead;
}

} // namespace

const char *PublishedName(const char *bare_name)
{
	return Qualified(kPublishedSchema, bare_name);
}

ViewNames FreeNames(const char *bare_name)
{
	const Oid schema = get_namespace_oid(kStateSchema, false);
	const bool home_is_free = !OidIsValid(get_relname_relid(bare_name, schema));
	ViewNames names;
	names.bare = bare_name;
	names.view = PublishedName(bare_name);
	names.home = Qualified(
		kStateSchema,
		home_is_free ? bare_name : ChooseRelationName(bare_name, nullptr, "home", schema, false));
	names.truth =
		Qualified(kStateSchema, ChooseRelationName(bare_name, nullptr, "truth", schema, false));
	names.definition = Qualified(
		kStateSchema, ChooseRelationName(bare_name, nullptr, "definition", schema, false));
	return names;
}

const char *TruthQuery(const QueryPlan *plan)
{
	StringInfoData sql;
	ListCell *cell;
	const char *separator = "";

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT %s.group_hash(", kStateSchema);
	foreach (cell, plan->keys) {
		appendStringInfo(&sql, "%s%s", separator,
						 static_cast<PlannedKey *>(lfirst(cell))->expression);
		separator = ", ";
	}
	appendStringInfoString(&sql, ") AS hash");
	foreach (cell, plan->keys) {
		auto *key = static_cast<PlannedKey *>(lfirst(cell));
		appendStringInfo(&sql, ", %s AS %s", key->expression, quote_identifier(key->name));
	}
	appendStringInfoString(&sql, ", count(*) AS count");
	foreach (cell, plan->arguments)
		AppendTruthArgument(&sql, static_cast<PlannedArgument *>(lfirst(cell)));

	appendStringInfo(
		&sql, " FROM %s AS %s",
		Qualified(get_namespace_name(get_rel_namespace(plan->base)), get_rel_name(plan->base)),
		quote_identifier(plan->alias));
	if (plan->filter != nullptr)
		appendStringInfo(&sql, " WHERE %s", plan->filter);
	// By position: a key may be a constant, which GROUP BY would take for one.
	separator = " GROUP BY ";
	for (int i = 0; i < list_length(plan->keys); i++) {
		appendStringInfo(&sql, "%s%d", separator, i + 2);
		separator = ", ";
	}
	return sql.data;
}

const char *PublishedQuery(const QueryPlan *plan, const char *home)
{
	StringInfoData sql;
	ListCell *cell;
	const char *separator = "SELECT ";

	initStringInfo(&sql);
	foreach (cell, plan->outputs) {
		auto *output = static_cast<PlannedOutput *>(lfirst(cell));
		appendStringInfo(&sql, "%s%s AS %s", separator, PublishedExpression(plan, output),
						 quote_identifier(output->name));
		separator = ", ";
	}
	// Folded away by the planner, which loads the library to call it: from then on the hooks
	// see to it that a transaction older than the view, or one that writes, reads it right.
	appendStringInfo(&sql, " FROM %s WHERE %s.is_loaded()", home, kStateSchema);
	return sql.data;
}

const char *KeyIndexCommand(const QueryPlan *plan, const char *home)
{
	constexpr int kRoom = 2600; // a third of a page, less its headers: what a btree takes
	StringInfoData columns;
	ListCell *cell;
	int count = 0;
	int width = 0;
	initStringInfo(&columns);
	foreach (cell, plan->keys) {
		auto *key = static_cast<PlannedKey *>(lfirst(cell));
		const int widest = WidestInBtree(key);
		if (width + widest > kRoom || count == INDEX_MAX_KEYS)
			continue;
		appendStringInfo(&columns, "%s%s", count > 0 ? ", " : "", quote_identifier(key->name));
		width += widest;
		count++;
	}
	if (count > 0)
		return psprintf("CREATE INDEX ON %s (%s)", home, columns.data);
	// A long text does not fit a btree; a hash index takes it.
	return psprintf("CREATE INDEX ON %s USING hash (%s)", home,
					quote_identifier(KeyAt(plan, 0)->name));
}

List *PublishedKeyNames(const QueryPlan *plan)
{
	List *names = NIL;
	ListCell *cell;
	foreach (cell, plan->outputs) {
		auto *output = static_cast<PlannedOutput *>(lfirst(cell));
		if (output->kind == OutputKind::kKey)
			names = lappend(names, const_cast<char *>(output->name));
	}
	return names;
}

} // namespace mezzanine::views
