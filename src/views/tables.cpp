#include "views/tables.h"

#include "views/expression.h"
#include "views/partitions.h"

namespace mezzanine::views
{

namespace
{

const char *KindOfRelation(char relkind)
{
	switch (relkind) {
	case RELKIND_MATVIEW:
		return "a materialized view as the source is";
	case RELKIND_FOREIGN_TABLE:
		return "a foreign table as the source is";
	default:
		return "this kind of relation as the source is";
	}
}

// The one table that the module writes while a transaction commits, after the views had their
// turn.
bool IsWrittenAtCommit(Relation base)
{
	const Oid inventory = get_namespace_oid("inventory", true);
	return OidIsValid(inventory) && RelationGetNamespace(base) == inventory &&
		   strcmp(RelationGetRelationName(base), "low_stock_event") == 0;
}

// What a base table must be, for its changes to be seen and its rows to survive a crash.
bool CheckRelation(QueryPlan *plan, Oid table)
{
	Relation base = relation_open(table, AccessShareLock);
	const Form_pg_class form = base->rd_rel;
	const char *name = RelationGetRelationName(base);
	bool good = false;

	const char *unfit = form->relkind == RELKIND_PARTITIONED_TABLE
							? UnfitPartition(RelationGetRelid(base))
							: nullptr;
	if (form->relkind != RELKIND_RELATION && form->relkind != RELKIND_PARTITIONED_TABLE)
		Refuse(plan, KindOfRelation(form->relkind), "Name a plain table in FROM.");
	else if (IsCatalogRelation(base))
		Refuse(plan, "a system catalog as the source is", "Catalogs cannot have triggers.");
	else if (form->relpersistence == RELPERSISTENCE_TEMP)
		Refuse(plan, "a temporary table as the source is", "Name a permanent table.");
	else if (form->relpersistence == RELPERSISTENCE_UNLOGGED)
		Refuse(
			plan, "an unlogged table as the source is",
			psprintf("Make it permanent with ALTER TABLE %s SET LOGGED.", quote_identifier(name)));
	else if (form->relispartition)
		Refuse(plan, "a partition as the source is", "Name a table that is no partition.");
	else if (unfit != nullptr)
		Refuse(plan, unfit, "Detach it, or make it an ordinary partition.");
	else if (form->relkind == RELKIND_RELATION &&
			 (has_subclass(RelationGetRelid(base)) || has_superclass(RelationGetRelid(base))))
		Refuse(plan, "a table with inheritance as the source is",
			   "Name a table that neither inherits nor is inherited from.");
	else if (form->relrowsecurity)
		Refuse(plan, "a table with row-level security as the source is",
			   "A view would show to one user what policies hide from another.");
	else if (get_namespace_oid(kStateSchema, false) == RelationGetNamespace(base))
		Refuse(plan, "the state of another mezzanine view as the source is",
			   "Name the table that the other view is computed from.");
	else if (IsWrittenAtCommit(base))
		Refuse(plan, "a table that is written while transactions commit as the source is",
			   "Read inventory.low_stock itself.");
	else
		good = true;
	relation_close(base, NoLock);
	return good;
}

} // namespace

bool CheckTable(QueryPlan *plan, const RangeTblEntry *entry)
{
	if (entry->tablesample != nullptr)
		return Refuse(plan, "TABLESAMPLE is", "Leave it out: a sample has no one answer.");
	return CheckRelation(plan, entry->relid);
}

} // namespace mezzanine::views
