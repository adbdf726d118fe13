#include "views/analysis.h"

#include "views/keys.h"

namespace mezzanine::views
{

namespace
{

// Everything the steps of the analysis share.
struct Analysis {
	Query *query;
	int varno;   // of the base table
	List *names; // for deparsing
	QueryPlan *plan;
};

bool Refuse(Analysis *analysis, const char *what, const char *hint)
{
	analysis->plan->refusal = {psprintf("%s not supported yet in a mezzanine view", what), nullptr,
							   hint};
	return false;
}

bool RefuseWithDetail(Analysis *analysis, const char *message, const char *detail, const char *hint)
{
	analysis->plan->refusal = {message, detail, hint};
	return false;
}

// The query's clauses.
bool CheckClauses(Analysis *analysis)
{
	const Query *query = analysis->query;
	static const char *const kTableHint =
		"Name one table, with WHERE and GROUP BY; join where you read the view.";
	static const char *const kReadHint = "Leave it out, and write it where you read the view.";

	if (query->cteList != NIL)
		return Refuse(analysis, "WITH is", kTableHint);
	if (query->setOperations != nullptr)
		return Refuse(analysis, "UNION, INTERSECT and EXCEPT are", kTableHint);
	if (query->hasSubLinks)
		return Refuse(analysis, "a subquery in an expression is", kTableHint);
	if (query->groupingSets != NIL)
		return Refuse(analysis, "GROUPING SETS, ROLLUP and CUBE are",
					  "Create one view for each grouping.");
	if (query->hasWindowFuncs)
		return Refuse(analysis, "a window function is", kReadHint);
	if (query->hasTargetSRFs)
		return Refuse(analysis, "a set-returning function in the select list is", kReadHint);
	if (query->distinctClause != NIL)
		return Refuse(analysis, query->hasDistinctOn ? "DISTINCT ON is" : "DISTINCT is",
					  "Write GROUP BY instead.");
	if (query->havingQual != nullptr)
		return Refuse(analysis, "HAVING is", "Filter with WHERE where you read the view.");
	if (query->limitCount != nullptr || query->limitOffset != nullptr)
		return Refuse(analysis, "LIMIT and OFFSET are", kReadHint);
	if (query->sortClause != NIL)
		return Refuse(analysis, "ORDER BY is", kReadHint);
	if (query->rowMarks != NIL)
		return Refuse(analysis, "FOR UPDATE or FOR SHARE is", "Leave it out.");
	if (query->groupClause == NIL)
		return Refuse(analysis, "a query without GROUP BY is", "Group by at least one column.");
	return true;
}

// The base: exactly one plain table.
bool CheckBase(Analysis *analysis)
{
	const List *from = analysis->query->jointree->fromlist;
	static const char *const kHint = "Name one plain table in FROM.";
	if (from == NIL)
		return Refuse(analysis, "a query without FROM is", kHint);
	if (list_length(from) != 1 || !IsA(linitial(from), RangeTblRef))
		return Refuse(analysis, "a join is", kHint);

	analysis->varno = linitial_node(RangeTblRef, from)->rtindex;
	RangeTblEntry *entry = rt_fetch(analysis->varno, analysis->query->rtable);
	switch (entry->rtekind) {
	case RTE_RELATION:
		break;
	case RTE_SUBQUERY:
		return Refuse(analysis, "a subquery in FROM is", kHint);
	case RTE_FUNCTION:
	case RTE_TABLEFUNC:
		return Refuse(analysis, "a function in FROM is", kHint);
	case RTE_VALUES:
		return Refuse(analysis, "VALUES in FROM is", kHint);
	default:
		return Refuse(analysis, "this kind of FROM is", kHint);
	}
	if (entry->tablesample != nullptr)
		return Refuse(analysis, "TABLESAMPLE is", "Leave it out: a sample has no one answer.");

	analysis->plan->base = entry->relid;
	analysis->plan->alias = entry->eref->aliasname;
	analysis->names = deparse_context_for(entry->eref->aliasname, entry->relid);
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
	case RELKIND_PARTITIONED_TABLE:
		return "a partitioned table as the source is";
	default:
		return "this kind of relation as the source is";
	}
}

// What the base table must be, for its changes to be seen and its rows to survive a crash.
bool CheckRelation(Analysis *analysis)
{
	Relation base = relation_open(analysis->plan->base, AccessShareLock);
	const Form_pg_class form = base->rd_rel;
	const char *name = RelationGetRelationName(base);
	bool good = false;

	if (form->relkind != RELKIND_RELATION)
		Refuse(analysis, KindOfRelation(form->relkind), "Name a plain table in FROM.");
	else if (IsCatalogRelation(base))
		Refuse(analysis, "a system catalog as the source is", "Catalogs cannot have triggers.");
	else if (form->relpersistence == RELPERSISTENCE_TEMP)
		Refuse(analysis, "a temporary table as the source is", "Name a permanent table.");
	else if (form->relpersistence == RELPERSISTENCE_UNLOGGED)
		Refuse(
			analysis, "an unlogged table as the source is",
			psprintf("Make it permanent with ALTER TABLE %s SET LOGGED.", quote_identifier(name)));
	else if (form->relispartition)
		Refuse(analysis, "a partition as the source is", "Name a table that is no partition.");
	else if (has_subclass(RelationGetRelid(base)) || has_superclass(RelationGetRelid(base)))
		Refuse(analysis, "a table with inheritance as the source is",
			   "Name a table that neither inherits nor is inherited from.");
	else if (form->relrowsecurity)
		Refuse(analysis, "a table with row-level security as the source is",
			   "A view would show to one user what policies hide from another.");
	else if (get_namespace_oid(kStateSchema, false) == RelationGetNamespace(base))
		Refuse(analysis, "the state of another mezzanine view as the source is",
			   "Name the table that the other view is computed from.");
	else
		good = true;
	relation_close(base, NoLock);
	return good;
}

struct Culprit {
	const char *name;
};

bool IsMutableFunction(Oid function, void *context)
{
	if (func_volatile(function) == PROVOLATILE_IMMUTABLE)
		return false;
	static_cast<Culprit *>(context)->name = psprintf("function %s", format_procedure(function));
	return true;
}

const char *NameOfValueFunction(SQLValueFunctionOp op)
{
	switch (op) {
	case SVFOP_CURRENT_DATE:
		return "CURRENT_DATE";
	case SVFOP_CURRENT_TIME:
	case SVFOP_CURRENT_TIME_N:
		return "CURRENT_TIME";
	case SVFOP_CURRENT_TIMESTAMP:
	case SVFOP_CURRENT_TIMESTAMP_N:
		return "CURRENT_TIMESTAMP";
	case SVFOP_LOCALTIME:
	case SVFOP_LOCALTIME_N:
		return "LOCALTIME";
	case SVFOP_LOCALTIMESTAMP:
	case SVFOP_LOCALTIMESTAMP_N:
		return "LOCALTIMESTAMP";
	case SVFOP_CURRENT_ROLE:
	case SVFOP_CURRENT_USER:
	case SVFOP_USER:
	case SVFOP_SESSION_USER:
		return "CURRENT_USER";
	case SVFOP_CURRENT_CATALOG:
		return "CURRENT_CATALOG";
	case SVFOP_CURRENT_SCHEMA:
		return "CURRENT_SCHEMA";
	}
	return "a value function";
}

// Finds what makes an expression depend on more than the row.
bool FindCulprit(Node *node, void *context)
{
	auto *culprit = static_cast<Culprit *>(context);
	if (node == nullptr)
		return false;
	if (IsA(node, SQLValueFunction)) {
		culprit->name = NameOfValueFunction(castNode(SQLValueFunction, node)->op);
		return true;
	}
	if (IsA(node, NextValueExpr)) {
		culprit->name = "function nextval(regclass)";
		return true;
	}
	if (IsA(node, Var)) {
		const Var *var = castNode(Var, node);
		if (var->varattno == 0)
			culprit->name = "a whole row";
		else if (var->varattno < 0)
			culprit->name = "a system column";
		return var->varattno <= 0;
	}
	if (check_functions_in_node(node, IsMutableFunction, context))
		return true;
	return pg::WalkExpression(node, FindCulprit, context);
}

// An expression must give the same value for the same row, whoever asks and whenever.
bool CheckExpression(Analysis *analysis, Node *expression)
{
	Culprit culprit = {nullptr};
	if (!FindCulprit(expression, &culprit))
		return true;
	return RefuseWithDetail(
		analysis, psprintf("%s is not supported in a mezzanine view", culprit.name),
		"Its value may differ between the time a row is added to a group and the time it is "
		"taken out again.",
		"Use columns and immutable functions only; for a time zone, name it: "
		"date_trunc('day', t AT TIME ZONE 'UTC').");
}

const char *Deparse(Analysis *analysis, Node *expression)
{
	return deparse_expression(expression, analysis->names, false, false);
}

// Whether a key called `name` would share a column of the home table.
bool KeyIsTaken(const QueryPlan *plan, const char *name)
{
	ListCell *cell;
	if (strcmp(name, "hash") == 0 || strcmp(name, "count") == 0)
		return true;
	foreach (cell, plan->keys)
		if (strcmp(static_cast<PlannedKey *>(lfirst(cell))->name, name) == 0)
			return true;
	return false;
}

// Whether an argument called `name` would; its columns are count_<name> and so on.
bool ArgumentIsTaken(const QueryPlan *plan, const char *name)
{
	static const char *const kPrefixes[] = {"count_", "sum_", "irregular_"};
	ListCell *cell;
	for (const char *prefix : kPrefixes)
		if (KeyIsTaken(plan, psprintf("%s%s", prefix, name)))
			return true;
	foreach (cell, plan->arguments)
		if (strcmp(static_cast<PlannedArgument *>(lfirst(cell))->name, name) == 0)
			return true;
	return false;
}

using IsTaken = bool (*)(const QueryPlan *plan, const char *name);

// `wanted`, cut short and numbered until it is free in the home table.
const char *FreeName(const QueryPlan *plan, const char *wanted, IsTaken is_taken)
{
	constexpr int kLongest = NAMEDATALEN - 1 - 15; // room for a prefix and a number
	const int length = pg_mbcliplen(wanted, static_cast<int>(strlen(wanted)), kLongest);
	char *stem = pnstrdup(wanted, length);
	const char *name = stem;
	for (int i = 2; is_taken(plan, name); i++)
		name = psprintf("%s_%d", stem, i);
	return name;
}

// What an expression is called: its column's name, or the output's.
const char *NameFor(Analysis *analysis, Node *expression, const char *output)
{
	if (IsA(expression, Var))
		return get_attname(analysis->plan->base, castNode(Var, expression)->varattno, false);
	return output != nullptr ? output : "key";
}

// Adds the key column of `target`.
bool AddKey(Analysis *analysis, TargetEntry *target)
{
	Node *expression = reinterpret_cast<Node *>(target->expr);
	const Oid type = exprType(expression);
	const Oid collation = exprCollation(expression);

	if (!CheckExpression(analysis, expression))
		return false;
	if (!CanBeKey(type))
		return RefuseWithDetail(analysis,
								psprintf("grouping by type %s is not supported in a mezzanine view",
										 format_type_be(type)),
								"The type has no default hash operator class.",
								"Group by a type that can be hashed.");
	if (OidIsValid(collation) && !get_collation_isdeterministic(collation))
		return Refuse(analysis, "grouping by a nondeterministic collation is",
					  "Name a deterministic one with COLLATE.");

	auto *key = static_cast<PlannedKey *>(palloc(sizeof(PlannedKey)));
	key->expression = Deparse(analysis, expression);
	key->name =
		FreeName(analysis->plan, NameFor(analysis, expression, target->resname), KeyIsTaken);
	key->type = type;
	key->typmod = exprTypmod(expression);
	analysis->plan->keys = lappend(analysis->plan->keys, key);
	return true;
}

bool AddKeys(Analysis *analysis)
{
	ListCell *cell;
	foreach (cell, analysis->query->groupClause) {
		auto *clause = lfirst_node(SortGroupClause, cell);
		TargetEntry *target = get_sortgroupclause_tle(clause, analysis->query->targetList);
		if (!AddKey(analysis, target))
			return false;
	}
	return true;
}

// Which aggregate, over what kind of argument; false where it is not maintained.
bool KindOfAggregate(Oid function, OutputKind *output, core::ArgumentKind *kind)
{
	switch (function) {
	case F_COUNT_:
		*output = OutputKind::kCountRows;
		return true;
	case F_COUNT_ANY:
		*output = OutputKind::kCount;
		*kind = core::ArgumentKind::kCount;
		return true;
	case F_SUM_INT2:
	case F_SUM_INT4:
	case F_AVG_INT2:
	case F_AVG_INT4:
		*output = function == F_SUM_INT2 || function == F_SUM_INT4 ? OutputKind::kSum
																   : OutputKind::kAverage;
		*kind = core::ArgumentKind::kInteger;
		return true;
	case F_SUM_INT8:
	case F_AVG_INT8:
		*output = function == F_SUM_INT8 ? OutputKind::kSum : OutputKind::kAverage;
		*kind = core::ArgumentKind::kBigInteger;
		return true;
	case F_SUM_NUMERIC:
	case F_AVG_NUMERIC:
		*output = function == F_SUM_NUMERIC ? OutputKind::kSum : OutputKind::kAverage;
		*kind = core::ArgumentKind::kDecimal;
		return true;
	default:
		return false;
	}
}

// The aggregate without DISTINCT, ORDER BY, FILTER and the like.
bool CheckAggregate(Analysis *analysis, const Aggref *aggregate)
{
	const char *name = get_func_name(aggregate->aggfnoid);
	if (aggregate->aggdistinct != NIL)
		return Refuse(analysis, psprintf("DISTINCT inside %s is", name),
					  "Group by that column as well, and aggregate where you read the view.");
	if (aggregate->aggorder != NIL)
		return Refuse(analysis, psprintf("ORDER BY inside %s is", name), "Leave it out.");
	if (aggregate->aggfilter != nullptr)
		return Refuse(analysis, psprintf("FILTER on %s is", name),
					  "Write WHERE, or aggregate a CASE expression.");
	return true;
}

// The argument equal to `expression`, made if need be; a sum widens a count's.
int ArgumentFor(Analysis *analysis, Node *expression, core::ArgumentKind kind, const char *output)
{
	const char *text = Deparse(analysis, expression);
	ListCell *cell;
	foreach (cell, analysis->plan->arguments) {
		auto *argument = static_cast<PlannedArgument *>(lfirst(cell));
		if (strcmp(argument->expression, text) != 0)
			continue;
		if (argument->kind == core::ArgumentKind::kCount)
			argument->kind = kind;
		return foreach_current_index(cell);
	}
	auto *argument = static_cast<PlannedArgument *>(palloc(sizeof(PlannedArgument)));
	argument->expression = text;
	argument->name =
		FreeName(analysis->plan, NameFor(analysis, expression, output), ArgumentIsTaken);
	argument->kind = kind;
	analysis->plan->arguments = lappend(analysis->plan->arguments, argument);
	return list_length(analysis->plan->arguments) - 1;
}

bool AddAggregate(Analysis *analysis, const Aggref *aggregate, PlannedOutput *output)
{
	core::ArgumentKind kind{};
	if (!KindOfAggregate(aggregate->aggfnoid, &output->kind, &kind))
		return Refuse(
			analysis, psprintf("aggregate %s is", format_procedure(aggregate->aggfnoid)),
			"Supported are count, sum and avg over smallint, integer, bigint and numeric.");
	if (!CheckAggregate(analysis, aggregate))
		return false;
	if (output->kind == OutputKind::kCountRows)
		return true;

	Node *expression = reinterpret_cast<Node *>(linitial_node(TargetEntry, aggregate->args)->expr);
	if (!CheckExpression(analysis, expression))
		return false;
	output->index = ArgumentFor(analysis, expression, kind, output->name);
	return true;
}

// The key that a select-list entry repeats.
int KeyIndexOf(Analysis *analysis, const TargetEntry *target)
{
	ListCell *cell;
	foreach (cell, analysis->query->groupClause)
		if (lfirst_node(SortGroupClause, cell)->tleSortGroupRef == target->ressortgroupref)
			return foreach_current_index(cell);
	foreach (cell, analysis->query->groupClause) {
		auto *clause = lfirst_node(SortGroupClause, cell);
		if (equal(get_sortgroupclause_expr(clause, analysis->query->targetList), target->expr))
			return foreach_current_index(cell);
	}
	return -1;
}

bool AddOutput(Analysis *analysis, const TargetEntry *target)
{
	auto *output = static_cast<PlannedOutput *>(palloc0(sizeof(PlannedOutput)));
	output->name = target->resname;
	output->index = KeyIndexOf(analysis, target);
	if (output->index >= 0)
		output->kind = OutputKind::kKey;
	else if (!IsA(target->expr, Aggref))
		return Refuse(analysis,
					  psprintf("the expression \"%s\" over keys and aggregates is",
							   Deparse(analysis, reinterpret_cast<Node *>(target->expr))),
					  "Publish the keys and aggregates themselves, and compute where you read "
					  "the view.");
	else if (!AddAggregate(analysis, castNode(Aggref, target->expr), output))
		return false;
	analysis->plan->outputs = lappend(analysis->plan->outputs, output);
	return true;
}

bool AddOutputs(Analysis *analysis)
{
	ListCell *cell;
	foreach (cell, analysis->query->targetList) {
		auto *target = lfirst_node(TargetEntry, cell);
		if (!target->resjunk && !AddOutput(analysis, target))
			return false;
	}
	return true;
}

bool AddFilter(Analysis *analysis)
{
	Node *filter = analysis->query->jointree->quals;
	if (filter == nullptr)
		return true;
	if (!CheckExpression(analysis, filter))
		return false;
	analysis->plan->filter = Deparse(analysis, filter);
	return true;
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
	Analysis analysis = {};
	analysis.query = ParseOneSelect(query);
	analysis.plan = static_cast<QueryPlan *>(palloc0(sizeof(QueryPlan)));

	const int nest_level = PinTextSettings();
	(void)(CheckClauses(&analysis) && CheckBase(&analysis) && CheckRelation(&analysis) &&
		   AddFilter(&analysis) && AddKeys(&analysis) && AddOutputs(&analysis));
	AtEOXact_GUC(true, nest_level);
	return analysis.plan;
}

int PinTextSettings()
{
	static const char *const kSettings[][2] = {
		{"search_path", "pg_catalog, pg_temp"},
		{"extra_float_digits", "1"},
		{"DateStyle", "ISO, MDY"},
		{"IntervalStyle", "postgres"},
		{"array_nulls", "on"},
	};
	const int nest_level = NewGUCNestLevel();
	for (const auto &setting : kSettings)
		(void)set_config_option(setting[0], setting[1], PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
								true, 0, false);
	return nest_level;
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
