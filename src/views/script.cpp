#include "views/script.h"

namespace mezzanine::views
{

namespace
{

const char *Qualified(const char *schema, const char *name)
{
	return quote_qualified_identifier(schema, name);
}

Oid StateSchema()
{
	return get_namespace_oid(kStateSchema, false);
}

const char *FreeName(const char *first, const char *second, const char *label)
{
	return Qualified(kStateSchema, ChooseRelationName(first, second, label, StateSchema(), false));
}

const char *FreeNumberedName(const char *bare_name, int number, const char *label)
{
	return FreeName(bare_name, number == 1 ? nullptr : psprintf("%d", number), label);
}

// The most bytes that the column takes in a btree's entry; more than any entry's where there
// is no such limit, or no order.
int WidestInBtree(const PlannedColumn *column)
{
	constexpr int kUnlimited = BLCKSZ;
	constexpr int kOverhead = 8; // header and alignment
	const Oid type = exprType(column->expression);
	const int32 typmod = exprTypmod(column->expression);
	const int16 length = get_typlen(type);
	const bool is_text = type == VARCHAROID || type == BPCHAROID;
	if (!OidIsValid(GetDefaultOpClass(type, BTREE_AM_OID)))
		return kUnlimited;
	if (length > 0)
		return length + kOverhead;
	if (!is_text || typmod <= VARHDRSZ || typmod > kUnlimited)
		return kUnlimited;
	return (typmod - VARHDRSZ) * pg_database_encoding_max_length() + kOverhead;
}

} // namespace

const char *PublishedName(const char *bare_name)
{
	return Qualified(kPublishedSchema, bare_name);
}

const char *FreeDefinitionName(const char *bare_name)
{
	return FreeName(bare_name, nullptr, "definition");
}

const char *FreeRowsName(const char *bare_name, int number)
{
	return FreeNumberedName(bare_name, number, "rows");
}

const char *FreeArmName(const char *bare_name, int number)
{
	return FreeNumberedName(bare_name, number, "arm");
}

const char *FreeHomeName(const char *bare_name, int number)
{
	if (number == 1 && !OidIsValid(get_relname_relid(bare_name, StateSchema())))
		return Qualified(kStateSchema, bare_name);
	return FreeName(bare_name, nullptr, number == 1 ? "home" : psprintf("%d", number));
}

const char *FreeTruthName(const char *bare_name, int number)
{
	return FreeNumberedName(bare_name, number, "truth");
}

const char *FreeCellsName(const char *bare_name, int number)
{
	return FreeNumberedName(bare_name, number, "cells");
}

const char *FreeTotalName(const char *bare_name, int number)
{
	return FreeNumberedName(bare_name, number, "total");
}

const char *KeyIndexCommand(const QueryPlan *plan, const PlannedCore *core, const char *home)
{
	constexpr int kRoom = 2600; // a third of a page, less its headers: what a btree takes
	StringInfoData columns;
	ListCell *cell;
	int count = 0;
	int width = 0;
	// The rows of a bag are looked up by what they carry.
	const List *candidates = plan->shape == Shape::kRows ? plan->states : core->keys;
	if (candidates == NIL)
		return nullptr;
	initStringInfo(&columns);
	foreach (cell, candidates) {
		auto *column = static_cast<PlannedColumn *>(lfirst(cell));
		const int widest = WidestInBtree(column);
		if (width + widest > kRoom || count == INDEX_MAX_KEYS)
			continue;
		appendStringInfo(&columns, "%s%s", count > 0 ? ", " : "", quote_identifier(column->name));
		width += widest;
		count++;
	}
	if (count > 0)
		return psprintf("CREATE INDEX ON %s (%s)", home, columns.data);
	if (plan->shape == Shape::kRows)
		return nullptr;
	// A long text does not fit a btree; a hash index takes it.
	auto *first = static_cast<PlannedColumn *>(linitial(core->keys));
	return psprintf("CREATE INDEX ON %s USING hash (%s)", home, quote_identifier(first->name));
}

} // namespace mezzanine::views
