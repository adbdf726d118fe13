#include "views/expression.h"

#include "views/base.h"
#include "views/run.h"
#include "views/timezones.h"
#include "views/computed.h"

namespace mezzanine::views
{

namespace
{

Node *ParameterAt(ParseState *state, ParamRef *reference)
{
	auto *parameters = static_cast<List *>(state->p_ref_hook_state);
	return static_cast<Node *>(copyObjectImpl(list_nth(parameters, reference->number - 1)));
}

struct Culprit {
	const char *name;
	const char *hint; // NULL: the usual one
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
	if (IsA(node, SubLink)) {
		culprit->name = "a subquery in such an expression";
		culprit->hint =
			"EXISTS, IN, ANY, ALL and aggregates of subqueries may stand in any expression of "
			"rows; any other subquery in the select list and in HAVING, and in WHERE where it "
			"depends on grouping columns alone.";
		return true;
	}
	if (IsA(node, Param)) {
		culprit->name = "a column of an outer query in such an expression";
		culprit->hint = "Compare it by = with a column of the subquery, or outside of aggregates.";
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
	if (IsA(node, RangeTblFunction) && IsSettledRecord(castNode(RangeTblFunction, node)))
		return FindCulprit(
			reinterpret_cast<Node *>(
				castNode(FuncExpr, castNode(RangeTblFunction, node)->funcexpr)->args),
			context);
	if (!IsSettled(node) && check_functions_in_node(node, IsMutableFunction, context))
		return true;
	return pg::WalkExpression(node, FindCulprit, context);
}

bool IsTakenIn(const List *columns, const char *name)
{
	ListCell *cell;
	foreach (cell, columns)
		if (strcmp(static_cast<PlannedColumn *>(lfirst(cell))->name, name) == 0)
			return true;
	return false;
}

bool IsTaken(const QueryPlan *plan, const List *states, const char *name)
{
	return strcmp(name, "hash") == 0 || strcmp(name, "count") == 0 || IsTakenIn(plan->keys, name) ||
		   IsTakenIn(states, name);
}

} // namespace

int PinTextSettings()
{
	static const char *const kSettings[][2] = {
		{"search_path", "pg_catalog, pg_temp"},
		{"extra_float_digits", "1"},
		{"DateStyle", "ISO, MDY"},
		{"IntervalStyle", "postgres"},
		{"array_nulls", "on"},
		{"row_security", "off"}, // a policy is an error, not a silent filter
	};
	const int nest_level = NewGUCNestLevel();
	for (const auto &setting : kSettings)
		(void)set_config_option(setting[0], setting[1], PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
								true, 0, false);
	return nest_level;
}

Node *BuildExpression(const char *sql, List *parameters)
{
	List *statements = raw_parser(psprintf("SELECT %s", sql), RAW_PARSE_DEFAULT);
	auto *select = castNode(SelectStmt, linitial_node(RawStmt, statements)->stmt);
	ParseState *state = make_parsestate(nullptr);
	state->p_paramref_hook = ParameterAt;
	state->p_ref_hook_state = parameters;
	Node *expression = transformExpr(state, linitial_node(ResTarget, select->targetList)->val,
									 EXPR_KIND_SELECT_TARGET);
	assign_expr_collations(state, expression);
	free_parsestate(state);
	return expression;
}

const char *CulpritOf(Node *expression)
{
	Culprit culprit = {nullptr, nullptr};
	return FindCulprit(expression, &culprit) ? culprit.name : nullptr;
}

bool CheckExpression(QueryPlan *plan, Node *expression)
{
	Culprit culprit = {nullptr, nullptr};
	if (!FindCulprit(expression, &culprit))
		return true;
	const char *hint = culprit.hint != nullptr
						   ? culprit.hint
						   : "Use columns and immutable functions only; for a time zone, name it: "
							 "date_trunc('day', t AT TIME ZONE 'UTC').";
	return RefuseWithDetail(
		plan, psprintf("%s is not supported in a mezzanine view", culprit.name),
		"Its value may differ between the time a row is added to a group and the time it is "
		"taken out again.",
		hint);
}

const char *DeparseOver(const List *entries, Node *expression, bool with_names)
{
	auto *statement = makeNode(PlannedStmt);
	Bitmapset *all = bms_add_range(nullptr, 1, list_length(entries));
	statement->rtable = const_cast<List *>(entries);
	return deparse_expression(
		expression,
		deparse_context_for_plan_tree(statement,
									  select_rtable_names_for_explain(statement->rtable, all)),
		with_names, false);
}

const char *Deparse(const QueryPlan *plan, Node *expression)
{
	if (plan->rows != nullptr)
		return DeparseOver(plan->rows->entries, OverEntries(plan->rows, expression), true);
	if (plan->source != nullptr)
		return DeparseOver(plan->query->rtable, expression, false);
	const RangeTblEntry *entry = rt_fetch(plan->varno, plan->query->rtable);
	auto *copy = static_cast<Node *>(copyObjectImpl(expression));
	ChangeVarNodes(copy, plan->varno, 1, 0);
	return deparse_expression(copy, deparse_context_for(entry->eref->aliasname, entry->relid),
							  false, false);
}

const char *TableNames(const QueryPlan *plan)
{
	StringInfoData names;
	ListCell *cell;
	initStringInfo(&names);
	foreach (cell, plan->tables)
		appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "",
						 QualifiedName(lfirst_oid(cell)));
	return names.data;
}

void AddNotice(QueryPlan *plan, char *notice)
{
	ListCell *cell;
	foreach (cell, plan->notices)
		if (strcmp(static_cast<char *>(lfirst(cell)), notice) == 0)
			return;
	plan->notices = lappend(plan->notices, notice);
}

void AddZoneNotice(QueryPlan *plan, const char *given, const char *named)
{
	plan->is_rewritten = true;
	AddNotice(plan,
			  psprintf("%s depends on the session's TimeZone; the view keeps %s", given, named));
}

const char *FreeColumnName(const QueryPlan *plan, const List *states, const char *wanted)
{
	constexpr int kLongest = NAMEDATALEN - 1 - 5; // room for a number
	const int length = pg_mbcliplen(wanted, static_cast<int>(strlen(wanted)), kLongest);
	char *stem = pnstrdup(wanted, length);
	const char *name = stem;
	for (int i = 2; IsTaken(plan, states, name); i++)
		name = psprintf("%s_%d", stem, i);
	return name;
}

const char *NameFor(const QueryPlan *plan, Node *expression, const char *otherwise)
{
	if (!IsA(expression, Var) || castNode(Var, expression)->varattno <= 0)
		return otherwise != nullptr ? otherwise : "key";
	const AttrNumber attribute = castNode(Var, expression)->varattno;
	const auto *base = linitial_node(RangeTblEntry, plan->query->rtable);
	if (base->rtekind == RTE_RELATION)
		return get_attname(base->relid, attribute, false); // whatever the query calls it
	return strVal(list_nth(base->eref->colnames, attribute - 1));
}

bool ComparesAlike(const OpExpr *equality, Oid collation)
{
	return collation == equality->inputcollid || !OidIsValid(collation) ||
		   (get_collation_isdeterministic(collation) &&
			get_collation_isdeterministic(equality->inputcollid));
}

bool Refuse(QueryPlan *plan, const char *what, const char *hint)
{
	plan->refusal = {psprintf("%s not supported yet in a mezzanine view", what), nullptr, hint};
	return false;
}

bool RefuseWithDetail(QueryPlan *plan, const char *message, const char *detail, const char *hint)
{
	plan->refusal = {message, detail, hint};
	return false;
}

} // namespace mezzanine::views
