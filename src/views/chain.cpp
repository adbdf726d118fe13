#include "views/chain.h"

#include "views/expression.h"

namespace mezzanine::views
{

namespace
{

// The value is the first key of the core that keeps it, whatever keys come later.
constexpr AttrNumber kValueAttribute = kHashAttribute + 1;

Node *ColumnOfDistinct(const PlannedColumn *key, AttrNumber attribute)
{
	return reinterpret_cast<Node *>(makeVar(1, attribute, exprType(key->expression),
											exprTypmod(key->expression),
											exprCollation(key->expression), 0));
}

// The keys of the core of the groups, as columns of the core of the distinct values.
void CompleteChain(const QueryPlan *plan, PlannedChain *chain, int number)
{
	AttrNumber attribute = kValueAttribute;
	ListCell *cell;
	foreach (cell, plan->keys) {
		auto *key = static_cast<PlannedColumn *>(lfirst(cell));
		auto *column = static_cast<PlannedColumn *>(palloc0(sizeof(PlannedColumn)));
		column->name = key->name;
		column->shown = key->expression;
		chain->groups->keys = lappend(chain->groups->keys, column);
		if (equal(key->expression, chain->argument)) {
			column->expression = ColumnOfDistinct(key, kValueAttribute);
			continue;
		}
		column->expression = ColumnOfDistinct(key, ++attribute);
		chain->distinct->keys = lappend(chain->distinct->keys, key);
	}
	attribute = CountAttribute(plan);
	foreach (cell, chain->groups->states) {
		auto *state = static_cast<PlannedColumn *>(lfirst(cell));
		state->attribute = ++attribute;
		state->joined = number;
	}
	chain->value->name = FreeColumnName(plan, NIL, NameFor(plan, chain->argument, "value"));
}

} // namespace

PlannedChain *ChainFor(QueryPlan *plan, Node *argument, Expr *filter)
{
	ListCell *cell;
	foreach (cell, plan->chains) {
		auto *chain = static_cast<PlannedChain *>(lfirst(cell));
		if (equal(chain->argument, argument) && equal(chain->filter, filter))
			return chain;
	}
	auto *chain = static_cast<PlannedChain *>(palloc0(sizeof(PlannedChain)));
	chain->argument = argument;
	chain->filter = reinterpret_cast<Node *>(filter);
	chain->value = static_cast<PlannedColumn *>(palloc0(sizeof(PlannedColumn)));
	chain->value->expression = argument;
	chain->distinct = static_cast<PlannedCore *>(palloc0(sizeof(PlannedCore)));
	chain->distinct->plan = plan;
	chain->distinct->keys = list_make1(chain->value);
	chain->distinct->source = plan->source;
	chain->distinct->filter = list_copy(plan->filter);
	if (filter != nullptr)
		chain->distinct->filter = list_concat(chain->distinct->filter, make_ands_implicit(filter));
	chain->groups = static_cast<PlannedCore *>(palloc0(sizeof(PlannedCore)));
	chain->groups->plan = plan;
	chain->groups->source = chain->distinct;
	plan->chains = lappend(plan->chains, chain);
	return chain;
}

Node *ValueOf(const PlannedChain *chain)
{
	return ColumnOfDistinct(chain->value, kValueAttribute);
}

void CompleteChains(QueryPlan *plan)
{
	ListCell *cell;
	foreach (cell, plan->chains) {
		auto *chain = static_cast<PlannedChain *>(lfirst(cell));
		CompleteChain(plan, chain, foreach_current_index(cell) + 1);
		plan->cores = lappend(lappend(plan->cores, chain->distinct), chain->groups);
	}
}

} // namespace mezzanine::views
