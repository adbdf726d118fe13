#include "views/nulls.h"

namespace mezzanine::views
{

namespace
{

struct Walk {
	bool is_condition;
	VisitSublink visit;
	void *context;
};

bool Step(Node *node, void *context);

bool StepInto(Node *node, const Walk *walk, bool is_condition)
{
	Walk below = {is_condition, walk->visit, walk->context};
	return Step(node, &below);
}

bool StepIntoCase(const CaseExpr *given, const Walk *walk)
{
	ListCell *cell;
	if (StepInto(reinterpret_cast<Node *>(given->arg), walk, false))
		return true;
	foreach (cell, given->args) {
		const auto *when = lfirst_node(CaseWhen, cell);
		if (StepInto(reinterpret_cast<Node *>(when->expr), walk, given->arg == nullptr) ||
			StepInto(reinterpret_cast<Node *>(when->result), walk, walk->is_condition))
			return true;
	}
	return StepInto(reinterpret_cast<Node *>(given->defresult), walk, walk->is_condition);
}

bool StepIntoAggregate(const Aggref *given, const Walk *walk)
{
	return StepInto(reinterpret_cast<Node *>(given->aggdirectargs), walk, false) ||
		   StepInto(reinterpret_cast<Node *>(given->args), walk, false) ||
		   StepInto(reinterpret_cast<Node *>(given->aggfilter), walk, true);
}

// The context is the Walk.
bool Step(Node *node, void *context)
{
	const auto *walk = static_cast<Walk *>(context);
	if (node == nullptr)
		return false;
	switch (nodeTag(node)) {
	case T_SubLink:
		return walk->visit(castNode(SubLink, node), walk->is_condition, walk->context);
	case T_CaseExpr:
		return StepIntoCase(castNode(CaseExpr, node), walk);
	case T_Aggref:
		return StepIntoAggregate(castNode(Aggref, node), walk);
	case T_BooleanTest: {
		const auto *test = castNode(BooleanTest, node);
		const bool is_of_truth = test->booltesttype == IS_TRUE || test->booltesttype == IS_NOT_TRUE;
		return StepInto(reinterpret_cast<Node *>(test->arg), walk, is_of_truth);
	}
	case T_FromExpr:
		return pg::WalkExpression(reinterpret_cast<Node *>(castNode(FromExpr, node)->fromlist),
								  Step, context) ||
			   StepInto(castNode(FromExpr, node)->quals, walk, true);
	case T_JoinExpr:
		return Step(castNode(JoinExpr, node)->larg, context) ||
			   Step(castNode(JoinExpr, node)->rarg, context) ||
			   StepInto(castNode(JoinExpr, node)->quals, walk, true);
	case T_BoolExpr:
		if (castNode(BoolExpr, node)->boolop != NOT_EXPR)
			return pg::WalkExpression(node, Step, context);
		break;
	case T_List:
		return pg::WalkExpression(node, Step, context);
	default:
		break;
	}
	Walk below = {false, walk->visit, walk->context};
	return pg::WalkExpression(node, Step, &below);
}

bool IsWhereNullMatters(const SubLink *sublink, bool is_condition, void *context)
{
	return !is_condition && equal(sublink, context);
}

bool IsIn(const Query *query, Node *part, bool is_condition, const SubLink *sublink)
{
	return WalkSublinks(flatten_join_alias_vars(const_cast<Query *>(query), part), is_condition,
						IsWhereNullMatters, const_cast<SubLink *>(sublink));
}

} // namespace

bool WalkSublinks(Node *node, bool is_condition, VisitSublink visit, void *context)
{
	Walk walk = {is_condition, visit, context};
	return Step(node, &walk);
}

bool AsksForNull(const Query *query, const SubLink *sublink)
{
	return IsIn(query, reinterpret_cast<Node *>(query->jointree), true, sublink) ||
		   IsIn(query, reinterpret_cast<Node *>(query->targetList), false, sublink) ||
		   IsIn(query, query->havingQual, true, sublink);
}

} // namespace mezzanine::views
