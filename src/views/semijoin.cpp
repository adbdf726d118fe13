#include "views/semijoin.h"

#include "views/correlation.h"
#include "views/expression.h"
#include "views/extremes.h"
#include "views/outer.h"
#include "views/sum.h"
#include "views/values.h"

namespace mezzanine::views
{

namespace
{

bool IsGrouped(const Query *query)
{
	return query->hasAggs || query->groupClause != NIL || query->groupingSets != NIL ||
		   query->havingQual != nullptr || query->distinctClause != NIL;
}

// Whether the limit leaves at least one row of any.
bool LeavesOne(const Query *query)
{
	if (query->limitOffset != nullptr)
		return false;
	if (query->limitCount == nullptr)
		return true;
	const Node *limit = eval_const_expressions(nullptr, query->limitCount);
	return IsA(limit, Const) && (castNode(Const, limit)->constisnull ||
								 DatumGetInt64(castNode(Const, limit)->constvalue) > 0);
}

// What is asked of whether there are rows: neither which nor in what order.
void Simplify(Query *query)
{
	query->targetList = NIL;
	query->sortClause = NIL;
	query->distinctClause = NIL;
	query->hasDistinctOn = false;
	query->hasWindowFuncs = false;
	query->windowClause = NIL;
	query->limitCount = nullptr;
}

// Replaces the parameters that stand for the subquery's columns; the context is the subquery.
Node *WithColumns(Node *node, void *context)
{
	if (node == nullptr)
		return nullptr;
	if (IsA(node, Param) && castNode(Param, node)->paramkind == PARAM_SUBLINK)
		return static_cast<Node *>(
			copyObjectImpl(list_nth_node(TargetEntry, static_cast<Query *>(context)->targetList,
										 castNode(Param, node)->paramid - 1)
							   ->expr));
	return pg::MutateExpression(node, WithColumns, context);
}

// `x IN (SELECT y …)`: the comparisons are keys.  False: refused.
bool AddComparisons(Level *level, const SubLink *sublink, Correlation *correlation)
{
	ListCell *cell;
	foreach (cell, make_ands_implicit(reinterpret_cast<Expr *>(sublink->testexpr))) {
		auto *comparison = static_cast<Node *>(lfirst(cell));
		auto *key = static_cast<CorrelationKey *>(palloc(sizeof(CorrelationKey)));
		if (!IsA(comparison, OpExpr) || list_length(castNode(OpExpr, comparison)->args) != 2)
			return Refuse(level->plan, "this comparison with a subquery is", "Compare by IN.");
		key->equality = castNode(OpExpr, copyObjectImpl(comparison));
		key->inner = 1;
		ListCell *argument = list_nth_cell(key->equality->args, 1);
		lfirst(argument) = WithColumns(static_cast<Node *>(lfirst(argument)), correlation->query);
		if (!FindsOne(key->equality, static_cast<Node *>(lfirst(argument))))
			return Refuse(level->plan, "a comparison with a subquery that is no equality is",
						  "Compare by IN, or with an aggregate of the subquery.");
		correlation->keys = lappend(correlation->keys, key);
	}
	return true;
}

// SELECT columns FROM (the query): one that does not group.
Query *SelectFromGroups(Query *groups)
{
	auto *query = makeNode(Query);
	auto *entry = makeNode(RangeTblEntry);
	auto *reference = makeNode(RangeTblRef);
	List *names = NIL;
	ListCell *cell;
	foreach (cell, groups->targetList) {
		auto *target = lfirst_node(TargetEntry, cell);
		if (target->resjunk)
			continue;
		auto *expression = reinterpret_cast<Node *>(target->expr);
		target->resname = psprintf("c%d", foreach_current_index(cell) + 1);
		names = lappend(names, makeString(target->resname));
		query->targetList =
			lappend(query->targetList,
					makeTargetEntry(reinterpret_cast<Expr *>(makeVar(
										1, target->resno, exprType(expression),
										exprTypmod(expression), exprCollation(expression), 0)),
									target->resno, target->resname, false));
	}
	// What it names by WITH is one level further out now.
	IncrementVarSublevelsUp(reinterpret_cast<Node *>(groups), 1, 1);
	entry->rtekind = RTE_SUBQUERY;
	entry->subquery = groups;
	entry->alias = makeAlias("groups", NIL);
	entry->eref = makeAlias("groups", names);
	entry->inFromCl = true;
	reference->rtindex = 1;
	query->commandType = CMD_SELECT;
	query->rtable = list_make1(entry);
	query->jointree = makeFromExpr(list_make1(reference), nullptr);
	return query;
}

// A subquery that groups: what it selects are the rows that are looked at.  False: refused.
bool OverGroups(Level *level, Correlation *correlation)
{
	Query *groups = correlation->query;
	if (correlation->ties != NIL)
		return Refuse(level->plan, "a subquery that groups and looks out is",
					  "Group by what it is tied to, and compare that by IN.");
	if (correlation->conditions != NIL)
		groups->jointree->quals =
			reinterpret_cast<Node *>(make_ands_explicit(correlation->conditions));
	correlation->conditions = NIL;
	correlation->query = SelectFromGroups(groups);
	return true;
}

bool Prepare(Level *level, const SubLink *sublink, Correlation *correlation)
{
	if (!Separate(level, sublink, correlation))
		return false;
	if (sublink->subLinkType != EXISTS_SUBLINK && correlation->query->limitCount != nullptr)
		return Refuse(level->plan, "a subquery with LIMIT or OFFSET is",
					  "Leave it out of the subquery.");
	if (!LeavesOne(correlation->query))
		return Refuse(level->plan, "a subquery with LIMIT or OFFSET is",
					  "Leave it out of the subquery.");
	if (correlation->query->hasTargetSRFs) // a row of which they make none is no match
		return Refuse(level->plan, "a subquery with set-returning functions is",
					  "Call them in its FROM.");
	if (IsGrouped(correlation->query) && !OverGroups(level, correlation))
		return false;
	if (sublink->subLinkType != EXISTS_SUBLINK && correlation->others != NIL)
		return Refuse(level->plan, "this condition that ties a subquery to the query outside is",
					  "Tie it by equalities, or write EXISTS.");
	return true;
}

// The rows of a sum that have a match, found by the keys.  NIL: refused.
List *MatchedByKeys(Level *level, const Correlation *correlation, const List *sum)
{
	const Query *distinct = DistinctKeys(correlation->query, correlation->query->jointree->fromlist,
										 InnerKeys(correlation), correlation->conditions);
	QueryPlan *inner = PlanSubquery(level, distinct);
	if (inner == nullptr)
		return NIL;
	List *outputs;
	List *matched =
		Product(sum, JoinInner(level, inner, NameInSubquery(correlation->query), &outputs));
	return AddCorrelation(level, correlation, outputs, matched) ? matched : NIL;
}

// Replaces what looks out by columns of a table of the subquery's own; the context is its number.
Node *LookingIn(Node *node, void *context)
{
	if (node == nullptr)
		return nullptr;
	if (!IsA(node, Var))
		return pg::MutateExpression(node, LookingIn, context);
	auto *var = static_cast<Var *>(copyObjectImpl(node));
	if (var->varlevelsup != 1)
		return reinterpret_cast<Node *>(var);
	var->varlevelsup = 0;
	var->varno = *static_cast<int *>(context);
	var->varnosyn = 0;
	var->varattnosyn = 0;
	return reinterpret_cast<Node *>(var);
}

// The columns of the query outside in the conditions, each once.
List *ColumnsOutside(List *conditions)
{
	List *columns = NIL;
	ListCell *cell;
	foreach (cell, pull_vars_of_level(reinterpret_cast<Node *>(conditions), 1))
		columns = list_append_unique(columns, lfirst(cell));
	return columns;
}

// The rows of a sum that have a match, found by the values that are compared.  NIL: refused.
List *MatchedByValues(Level *level, const Correlation *correlation, const List *sum)
{
	List *columns = ColumnsOutside(correlation->ties);
	auto *ties = reinterpret_cast<Node *>(correlation->ties);
	if (checkExprHasSubLink(ties)) {
		Refuse(level->plan, "this condition that ties a subquery to the query outside is",
			   "Tie it by equalities.");
		return NIL;
	}
	if (!CheckValues(level, columns, correlation->ties))
		return NIL;
	Query *query = correlation->query;
	auto *reference = makeNode(RangeTblRef);
	query->rtable =
		lappend(query->rtable,
				copyObjectImpl(rt_fetch(linitial_node(Var, columns)->varno, level->given->rtable)));
	reference->rtindex = list_length(query->rtable);
	int number = reference->rtindex;
	List *conditions =
		list_concat(list_copy(correlation->conditions), castNode(List, LookingIn(ties, &number)));
	const Query *distinct = DistinctKeys(
		query, lcons(reference, list_copy(query->jointree->fromlist)),
		castNode(List, LookingIn(reinterpret_cast<Node *>(columns), &number)), conditions);
	QueryPlan *inner = PlanSubquery(level, distinct);
	if (inner == nullptr)
		return NIL;
	List *outputs;
	List *matched = Product(sum, JoinInner(level, inner, NameInSubquery(query), &outputs));
	AddValues(level, columns, outputs, matched);
	return matched;
}

// The rows of a sum that have a match.  NIL: refused.
List *Matched(Level *level, const Correlation *correlation, const List *sum)
{
	if (!CheckAlternatives(level, 2 * static_cast<int64>(list_length(sum))))
		return NIL;
	return correlation->others == NIL ? MatchedByKeys(level, correlation, sum)
									  : MatchedByValues(level, correlation, sum);
}

// What makes `x IN (SELECT y …)` something else than false.
enum class Spoiler {
	kMatch,       // x is there: it is true
	kNullThere,   // x is not, but some y is NULL, and might be x
	kNullOutside, // x is NULL, and there is any y
};

Node *NullTestOf(void *expression, NullTestType type)
{
	auto *test = makeNode(NullTest);
	test->arg = static_cast<Expr *>(copyObjectImpl(expression));
	test->nulltesttype = type;
	test->location = -1;
	return reinterpret_cast<Node *>(test);
}

// The rows of a sum that the spoiler is there for.  NIL: refused.
List *Spoiled(Level *level, const SubLink *sublink, Spoiler spoiler, const List *sum)
{
	Correlation correlation;
	if (!Prepare(level, sublink, &correlation) || !AddComparisons(level, sublink, &correlation))
		return NIL;
	Simplify(correlation.query);
	if (spoiler == Spoiler::kMatch)
		return Matched(level, &correlation, sum);
	const auto *comparison = static_cast<CorrelationKey *>(llast(correlation.keys));
	correlation.keys = list_delete_last(correlation.keys);
	void *inside = list_nth(comparison->equality->args, comparison->inner);
	void *outside = list_nth(comparison->equality->args, 1 - comparison->inner);
	if (spoiler == Spoiler::kNullThere)
		correlation.conditions = lappend(correlation.conditions, NullTestOf(inside, IS_NULL));
	correlation.outside =
		lappend(correlation.outside,
				NullTestOf(outside, spoiler == Spoiler::kNullThere ? IS_NOT_NULL : IS_NULL));
	return Matched(level, &correlation, sum);
}

// A sum without some of its rows.
List *Without(const List *sum, const List *some)
{
	return list_concat(Product(sum, SumOf(0)), Negated(some));
}

// The rows of a sum by what a condition is for them; NULL counts as false where `is_unknown` is
// NIL.
struct Truths {
	List *is_true;
	List *is_unknown;
	List *is_false;
};

bool OfExists(Level *level, const SubLink *sublink, const List *sum, Truths *truths)
{
	Correlation correlation;
	if (!Prepare(level, sublink, &correlation))
		return false;
	Simplify(correlation.query);
	truths->is_true = Matched(level, &correlation, sum);
	if (truths->is_true == NIL)
		return false;
	truths->is_false = Without(sum, truths->is_true);
	return true;
}

bool OfIn(Level *level, const SubLink *sublink, bool is_condition, const List *sum, Truths *truths)
{
	truths->is_true = Spoiled(level, sublink, Spoiler::kMatch, sum);
	if (truths->is_true == NIL)
		return false;
	truths->is_false = Without(sum, truths->is_true);
	if (is_condition)
		return true;
	if (!IsA(sublink->testexpr, OpExpr))
		return Refuse(level->plan, "NOT IN of several columns is", "Write NOT EXISTS.");
	List *null_there = Spoiled(level, sublink, Spoiler::kNullThere, truths->is_false);
	List *null_outside =
		null_there == NIL ? NIL : Spoiled(level, sublink, Spoiler::kNullOutside, sum);
	if (null_outside == NIL)
		return false;
	truths->is_unknown = list_concat(null_there, null_outside);
	truths->is_false = Without(truths->is_false, truths->is_unknown);
	return true;
}

// Has a sum be of all these rows.  Returns what stands for the condition.
Node *AddUp(Level *level, const Truths *truths, List **sum)
{
	const int number = AddNumber(level, nullptr, nullptr);
	AddChoice(truths->is_true, number, list_make1(makeBoolConst(true, false)));
	AddChoice(truths->is_unknown, number, list_make1(makeBoolConst(false, true)));
	AddChoice(truths->is_false, number, list_make1(makeBoolConst(false, false)));
	*sum = list_concat(list_concat(truths->is_true, truths->is_unknown), truths->is_false);
	return reinterpret_cast<Node *>(makeVar(number, 1, BOOLOID, -1, InvalidOid, 0));
}

// Whether the comparison is by equality; else by what is more, or less, or different.
bool IsIn(const SubLink *sublink)
{
	if (!IsA(sublink->testexpr, OpExpr))
		return true;
	const OpExpr *comparison = castNode(OpExpr, sublink->testexpr);
	return list_length(comparison->args) == 2 &&
		   op_hashjoinable(comparison->opno,
						   exprType(static_cast<Node *>(linitial(comparison->args))));
}

// `x < ANY (SELECT y …)`.  NULL: refused.
Node *JoinAny(Level *level, const SubLink *sublink, List **sum)
{
	Correlation correlation;
	if (!IsA(sublink->testexpr, OpExpr) || !Prepare(level, sublink, &correlation))
		return nullptr;
	auto *comparison = castNode(OpExpr, copyObjectImpl(sublink->testexpr));
	ListCell *inside = list_nth_cell(comparison->args, 1);
	lfirst(inside) = WithColumns(static_cast<Node *>(lfirst(inside)), correlation.query);
	Simplify(correlation.query);
	return CompareWithExtremes(level, &correlation, comparison, sum);
}

// `x op ALL (…)` as the opposite of `x opposite ANY (…)`; NULL: the operator has none.
const SubLink *OppositeOf(const SubLink *all)
{
	auto *any = static_cast<SubLink *>(copyObjectImpl(all));
	if (!IsA(any->testexpr, OpExpr))
		return nullptr;
	auto *comparison = castNode(OpExpr, any->testexpr);
	comparison->opno = get_negator(comparison->opno);
	comparison->opfuncid = InvalidOid;
	any->subLinkType = ANY_SUBLINK;
	if (!OidIsValid(comparison->opno))
		return nullptr;
	set_opfuncid(comparison);
	return any;
}

Node *JoinAll(Level *level, const SubLink *sublink, List **sum)
{
	const SubLink *opposite = OppositeOf(sublink);
	if (opposite == nullptr) {
		Refuse(level->plan, "this comparison with a subquery is", "Write NOT EXISTS.");
		return nullptr;
	}
	Node *any = JoinTruth(level, opposite, false, sum);
	return any == nullptr ? nullptr
						  : reinterpret_cast<Node *>(makeBoolExpr(NOT_EXPR, list_make1(any), -1));
}

} // namespace

bool IsTruth(const SubLink *sublink)
{
	return sublink->subLinkType == EXISTS_SUBLINK || sublink->subLinkType == ANY_SUBLINK ||
		   sublink->subLinkType == ALL_SUBLINK;
}

Node *JoinTruth(Level *level, const SubLink *sublink, bool is_condition, List **sum)
{
	Truths truths = {NIL, NIL, NIL};
	if (sublink->subLinkType == ALL_SUBLINK)
		return JoinAll(level, sublink, sum);
	if (sublink->subLinkType == ANY_SUBLINK && !IsIn(sublink))
		return JoinAny(level, sublink, sum);
	const bool is_joined = sublink->subLinkType == EXISTS_SUBLINK
							   ? OfExists(level, sublink, *sum, &truths)
							   : OfIn(level, sublink, is_condition, *sum, &truths);
	return is_joined ? AddUp(level, &truths, sum) : nullptr;
}

} // namespace mezzanine::views
