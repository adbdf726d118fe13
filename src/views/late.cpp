#include "views/late.h"

#include "views/cores.h"
#include "views/expression.h"
#include "views/level.h"
#include "views/timezones.h"

namespace mezzanine::views
{

namespace
{

// Finds a column of the base that no column holds.
bool HasUnmatched(Node *node, void *context)
{
	if (node == nullptr || ColumnFor(static_cast<QueryPlan *>(context), node) != nullptr)
		return false;
	if (IsA(node, Var))
		return true;
	return pg::WalkExpression(node, HasUnmatched, context);
}

// Whether a condition on rows is one on groups: those that fail it are not read.
bool MayComeLate(QueryPlan *plan, Node *condition)
{
	if (contain_volatile_functions(condition) || plan->shape == Shape::kDistinctOn)
		return false;
	if (plan->shape == Shape::kRows)
		return true;
	return plan->keys != NIL && plan->query->groupingSets == NIL && !HasUnmatched(condition, plan);
}

bool IsVolatileFunction(Oid function, void *context)
{
	if (func_volatile(function) != PROVOLATILE_VOLATILE)
		return false;
	*static_cast<Oid *>(context) = function;
	return true;
}

struct VolatileSearch {
	QueryPlan *plan;
	Oid function;
};

// Finds what would give each reader another answer in what the finish computes.
bool FindVolatile(Node *node, void *context)
{
	auto *search = static_cast<VolatileSearch *>(context);
	if (node == nullptr || IsA(node, Aggref) || ColumnFor(search->plan, node) != nullptr)
		return false;
	return check_functions_in_node(node, IsVolatileFunction, &search->function) ||
		   pg::WalkExpression(node, FindVolatile, context);
}

} // namespace

bool CheckLateFilter(QueryPlan *plan)
{
	ListCell *cell;
	foreach (cell, plan->late_filter) {
		auto *condition = static_cast<Node *>(lfirst(cell));
		if (MayComeLate(plan, condition))
			continue;
		CheckExpression(plan, NameZones(condition));
		const Refusal *unjoined = &plan->level->gathering->unjoined;
		if (unjoined->message != nullptr && checkExprHasSubLink(condition))
			plan->refusal = *unjoined;
		else if (!checkExprHasSubLink(condition))
			plan->refusal.hint =
				"Use columns and immutable functions only; a condition with now() may stand where "
				"it depends on grouping columns alone.";
		return false;
	}
	return true;
}

bool CheckFinish(QueryPlan *plan)
{
	VolatileSearch search = {plan, InvalidOid};
	if (!FindVolatile(reinterpret_cast<Node *>(plan->query->targetList), &search) &&
		!FindVolatile(plan->query->havingQual, &search))
		return true;
	return RefuseWithDetail(plan,
							psprintf("function %s is not supported in a mezzanine view",
									 format_procedure(search.function)),
							"It is volatile: the query would have another answer each time.",
							"Call it where you read the view.");
}

} // namespace mezzanine::views
