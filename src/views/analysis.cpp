#include "views/analysis.h"

#include "views/cores.h"
#include "views/expression.h"
#include "views/finish.h"
#include "views/partitions.h"

namespace mezzanine::views
{

namespace
{

// The query's clauses.
bool CheckClauses(QueryPlan *plan)
{
	const Query *query = plan->query;
	static const char *const kTableHint =
		"Name one table, with WHERE and GROUP BY; join where you read the view.";

	if (query->cteList != NIL)
		return Refuse(plan, "WITH is", kTableHint);
	if (query->setOperations != nullptr)
		return Refuse(plan, "UNION, INTERSECT and EXCEPT are", kTableHint);
	if (query->hasSubLinks)
		return Refuse(plan, "a subquery in an expression is", kTableHint);
	if (query->rowMarks != NIL)
		return Refuse(plan, "FOR UPDATE or FOR SHARE is", "Leave it out.");
	return true;
}

// The base: exactly one plain table.
bool CheckBase(QueryPlan *plan)
{
	const List *from = plan->query->jointree->fromlist;
	static const char *const kHint = "Name one plain table in FROM.";
	if (from == NIL)
		return Refuse(plan, "a query without FROM is", kHint);
	if (list_length(from) != 1 || !IsA(linitial(from), RangeTblRef))
		return Refuse(plan, "a join is", kHint);

	plan->varno = linitial_node(RangeTblRef, from)->rtindex;
	RangeTblEntry *entry = rt_fetch(plan->varno, plan->query->rtable);
	switch (entry->rtekind) {
	case RTE_RELATION:
		break;
	case RTE_SUBQUERY:
		return Refuse(plan, "a subquery in FROM is", kHint);
	case RTE_FUNCTION:
	case RTE_TABLEFUNC:
		return Refuse(plan, "a function in FROM is", kHint);
	case RTE_VALUES:
		return Refuse(plan, "VALUES in FROM is", kHint);
	default:
		return Refuse(plan, "this kind of FROM is", kHint);
	}
	if (entry->tablesample != nullptr)
		return Refuse(plan, "TABLESAMPLE is", "Leave it out: a sample has no one answer.");

	plan->base = entry->relid;
	return true;
}

const char *KindOfRelation(char relkind)
{
	switch (relkind) {
	case RELKIND_VIEW:
		return "a view as the source is";
	case RELKIND_MATVIEW:
		return "a materialized view as the source is";
	case RELKIND_FOREIGN_TABLE:
		return "a foreign table as the source is";
	default:
		return "this kind of relation as the source is";
	}
}

// What the base table must be, for its changes to be seen and its rows to survive a crash.
bool CheckRelation(QueryPlan *plan)
{
	Relation base = relation_open(plan->base, AccessShareLock);
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
	else
		good = true;
	relation_close(base, NoLock);
	return good;
}

// Exactly one SELECT, analysed under the caller's search_path.
Query *ParseOneSelect(const char *text)
{
	List *statements = raw_parser(text, RAW_PARSE_DEFAULT);
	if (list_length(statements) != 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the query of a mezzanine view must be one statement"),
						errdetail("The text given has %d statements.", list_length(statements)),
						errhint("Pass one SELECT.")));
	auto *statement = linitial_node(RawStmt, statements);
	if (!IsA(statement->stmt, SelectStmt) ||
		castNode(SelectStmt, statement->stmt)->intoClause != nullptr)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the query of a mezzanine view must be a SELECT"),
						errhint("Pass one SELECT, without INTO.")));
	return parse_analyze_fixedparams(statement, text, nullptr, 0, nullptr);
}

} // namespace

QueryPlan *AnalyzeQuery(const char *query)
{
	auto *plan = static_cast<QueryPlan *>(palloc0(sizeof(QueryPlan)));
	plan->query = ParseOneSelect(query);

	const int nest_level = PinTextSettings();
	if (CheckClauses(plan) && CheckBase(plan) && CheckRelation(plan) && PlanCores(plan))
		MakeDefinition(plan);
	AtEOXact_GUC(true, nest_level);
	return plan;
}

void RaiseRefusal(const Refusal *refusal)
{
	if (refusal->message == nullptr)
		return;
	ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg_internal("%s", refusal->message),
					refusal->detail ? errdetail_internal("%s", refusal->detail) : 0,
					refusal->hint ? errhint("%s", refusal->hint) : 0));
}

} // namespace mezzanine::views
