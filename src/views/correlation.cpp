#include "views/correlation.h"

#include "views/expression.h"
#include "views/nesting.h"
#include "views/outer.h"
#include "views/sum.h"
#include "views/timezones.h"

namespace mezzanine::views
{

namespace
{

bool LooksOut(const void *node)
{
	return contain_vars_of_level(static_cast<Node *>(const_cast<void *>(node)), 1);
}

bool LooksIn(const void *node)
{
	return contain_vars_of_level(static_cast<Node *>(const_cast<void *>(node)), 0);
}

// The expression one level further out.
Node *Outside(const void *node)
{
	auto *copy = static_cast<Node *>(copyObjectImpl(node));
	IncrementVarSublevelsUp(copy, -1, 1);
	return copy;
}

// Whether a conjunct of WHERE is an equality with the query outside that finds one key.
bool IsKey(Node *conjunct, CorrelationKey *key)
{
	if (!IsA(conjunct, OpExpr) || list_length(castNode(OpExpr, conjunct)->args) != 2)
		return false;
	key->equality = castNode(OpExpr, copyObjectImpl(conjunct));
	for (key->inner = 0; key->inner < 2; key->inner++) {
		auto *mine = static_cast<Node *>(list_nth(key->equality->args, key->inner));
		auto *other = static_cast<Node *>(list_nth(key->equality->args, 1 - key->inner));
		if (!LooksIn(mine) || LooksOut(mine) || LooksIn(other) || !LooksOut(other))
			continue;
		lfirst(list_nth_cell(key->equality->args, 1 - key->inner)) = Outside(other);
		return FindsOne(key->equality, mine);
	}
	return false;
}

void AddKey(Correlation *correlation, const CorrelationKey *key)
{
	auto *copy = static_cast<CorrelationKey *>(palloc(sizeof(CorrelationKey)));
	*copy = *key;
	correlation->keys = lappend(correlation->keys, copy);
}

void SeparateWhere(Correlation *correlation)
{
	ListCell *cell;
	List *conjuncts =
		make_ands_implicit(reinterpret_cast<Expr *>(correlation->query->jointree->quals));
	correlation->query->jointree->quals = nullptr;
	foreach (cell, conjuncts) {
		auto *conjunct = static_cast<Node *>(lfirst(cell));
		CorrelationKey key;
		if (!LooksOut(conjunct)) {
			correlation->conditions = lappend(correlation->conditions, conjunct);
			continue;
		}
		correlation->ties = lappend(correlation->ties, copyObjectImpl(conjunct));
		if (!LooksIn(conjunct) && !checkExprHasSubLink(conjunct))
			correlation->outside = lappend(correlation->outside, Outside(conjunct));
		else if (IsKey(conjunct, &key))
			AddKey(correlation, &key);
		else
			correlation->others = lappend(correlation->others, conjunct);
	}
}

} // namespace

bool Separate(Level *level, const SubLink *sublink, Correlation *correlation)
{
	*correlation = {};
	auto *query = castNode(Query, copyObjectImpl(sublink->subselect));
	if (query->setOperations != nullptr)
		query = SelectFromQuery(query, "subquery");
	correlation->query = query;
	if (query->commandType != CMD_SELECT || query->jointree->fromlist == NIL)
		return Refuse(level->plan, "a subquery in an expression that is no plain SELECT is",
					  "Select from tables in it.");
	query->jointree->quals = flatten_join_alias_vars(query, query->jointree->quals);
	SeparateWhere(correlation);
	if (!LooksOut(query))
		return true;
	return Refuse(level->plan, "a subquery that looks out anywhere but in its WHERE is",
				  "Tie it to the query outside by equalities in its WHERE.");
}

Node *InnerSide(const CorrelationKey *key)
{
	return static_cast<Node *>(list_nth(key->equality->args, key->inner));
}

List *InnerSides(const List *keys)
{
	List *sides = NIL;
	ListCell *cell;
	foreach (cell, keys)
		sides = list_append_unique(sides, InnerSide(static_cast<CorrelationKey *>(lfirst(cell))));
	return sides;
}

List *InnerKeys(const Correlation *correlation)
{
	return InnerSides(correlation->keys);
}

void AddEqualities(Level *level, const List *keys, const List *outputs, List *sum)
{
	const List *sides = InnerSides(keys);
	ListCell *cell;
	foreach (cell, keys) {
		const auto *key = static_cast<CorrelationKey *>(lfirst(cell));
		auto *equality = castNode(OpExpr, copyObjectImpl(key->equality));
		ListCell *argument = list_nth_cell(equality->args, 1 - key->inner);
		lfirst(argument) = InNumbers(level, lfirst(argument));
		ListCell *other;
		foreach (other, sides)
			if (equal(lfirst(other), InnerSide(key)))
				lfirst(list_nth_cell(equality->args, key->inner)) =
					copyObjectImpl(list_nth(outputs, foreach_current_index(other)));
		AddCondition(sum, reinterpret_cast<Node *>(equality));
	}
}

bool AddCorrelation(Level *level, const Correlation *correlation, const List *outputs, List *sum)
{
	ListCell *cell;
	AddEqualities(level, correlation->keys, outputs, sum);
	foreach (cell, correlation->outside) {
		Node *condition = InNumbers(level, lfirst(cell));
		if (!CheckExpression(level->plan, NameZones(condition)))
			return false;
		AddCondition(sum, condition);
	}
	return true;
}

const char *NameInSubquery(const Query *query)
{
	ListCell *cell;
	foreach (cell, query->rtable)
		if (lfirst_node(RangeTblEntry, cell)->inFromCl)
			return lfirst_node(RangeTblEntry, cell)->eref->aliasname;
	return "subquery";
}

QueryPlan *PlanSubquery(Level *level, const Query *query)
{
	QueryPlan *inner = PlanInner(level, query, level);
	if (inner == nullptr || !inner->is_rewritten)
		return inner;
	if (inner->read_views != NIL)
		Refuse(level->plan, "a mezzanine view in a subquery in an expression is",
			   "Select from it in FROM.");
	else if (inner->notices == NIL)
		Refuse(level->plan, "DISTINCT ON in a subquery in an expression is",
			   "Leave it out, or use an aggregate.");
	else
		Refuse(level->plan, "the session's TimeZone in a subquery in an expression is",
			   "Name the zone: date_trunc('day', t AT TIME ZONE 'UTC').");
	return nullptr;
}

} // namespace mezzanine::views
