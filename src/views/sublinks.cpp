#include "views/sublinks.h"

#include "views/expression.h"
#include "views/scalar.h"

namespace mezzanine::views
{

namespace
{

// Of a subquery or a parameter: only being different from all others matters.
int last_number = 0;

// The way down through a subquery.
struct Taking {
	List *outer;      // of Node: what it takes from outside
	List *parameters; // of Param: in whose places these are
	int depth;        // of queries entered
};

Node *ParameterFor(Taking *taking, const Node *expression)
{
	ListCell *cell;
	auto *outer = static_cast<Node *>(copyObjectImpl(expression));
	IncrementVarSublevelsUp(outer, -taking->depth, 0);
	foreach (cell, taking->outer)
		if (equal(lfirst(cell), outer))
			return static_cast<Node *>(
				copyObjectImpl(list_nth(taking->parameters, foreach_current_index(cell))));
	auto *parameter = makeNode(Param);
	parameter->paramkind = PARAM_EXEC;
	parameter->paramid = ++last_number;
	parameter->paramtype = exprType(outer);
	parameter->paramtypmod = exprTypmod(outer);
	parameter->paramcollid = exprCollation(outer);
	parameter->location = -1;
	taking->outer = lappend(taking->outer, outer);
	taking->parameters = lappend(taking->parameters, parameter);
	return static_cast<Node *>(copyObjectImpl(parameter));
}

bool IsFromOutside(const Node *node, int depth)
{
	const auto levels = static_cast<Index>(depth);
	if (IsA(node, Var))
		return castNode(Var, node)->varlevelsup >= levels;
	if (IsA(node, Aggref))
		return castNode(Aggref, node)->agglevelsup >= levels;
	return IsA(node, GroupingFunc) && castNode(GroupingFunc, node)->agglevelsup >= levels;
}

// Replaces what comes from outside by parameters; the context is the Taking.
Node *TakeOuter(Node *node, void *context)
{
	auto *taking = static_cast<Taking *>(context);
	if (node == nullptr)
		return nullptr;
	if (IsFromOutside(node, taking->depth))
		return ParameterFor(taking, node);
	if (!IsA(node, Query))
		return pg::MutateExpression(node, TakeOuter, context);
	taking->depth++;
	Query *taken = pg::MutateQuery(castNode(Query, node), TakeOuter, context);
	taking->depth--;
	return reinterpret_cast<Node *>(taken);
}

bool HasTest(const SubLink *sublink)
{
	return sublink->subLinkType == ANY_SUBLINK || sublink->subLinkType == ALL_SUBLINK ||
		   sublink->subLinkType == ROWCOMPARE_SUBLINK;
}

// A query that is only good for the type of its first column.
Query *TypeOf(const Query *query)
{
	auto *type = makeNode(Query);
	type->commandType = CMD_SELECT;
	type->jointree = makeFromExpr(NIL, nullptr);
	if (query->targetList == NIL)
		return type;
	auto *first = reinterpret_cast<Node *>(linitial_node(TargetEntry, query->targetList)->expr);
	auto *null = makeNullConst(exprType(first), exprTypmod(first), exprCollation(first));
	type->targetList =
		list_make1(makeTargetEntry(reinterpret_cast<Expr *>(null), 1, nullptr, false));
	return type;
}

// EXISTS asks for rows, whatever they hold and in which order.
void LeaveRowsAlone(Query *query)
{
	if (query->hasAggs || query->groupClause != NIL || query->groupingSets != NIL ||
		query->havingQual != nullptr || query->hasTargetSRFs || query->limitCount != nullptr ||
		query->limitOffset != nullptr || query->setOperations != nullptr)
		return;
	Const *one = makeConst(INT4OID, -1, InvalidOid, sizeof(int32), Int32GetDatum(1), false, true);
	query->targetList =
		list_make1(makeTargetEntry(reinterpret_cast<Expr *>(one), 1, pstrdup("one"), false));
	query->sortClause = NIL;
	query->distinctClause = NIL;
	query->hasDistinctOn = false;
	query->windowClause = NIL;
	query->hasWindowFuncs = false;
}

// What putting back what was taken from outside takes along.
struct Putting {
	const List *parameters; // of Param
	const List *outer;      // of Node
	int depth;
};

// Replaces parameters by what they stand for; the context is the Putting.
Node *PutOuter(Node *node, void *context)
{
	auto *putting = static_cast<Putting *>(context);
	ListCell *cell;
	if (node == nullptr)
		return nullptr;
	if (IsA(node, Param))
		foreach (cell, putting->parameters)
			if (equal(lfirst(cell), node)) {
				auto *outer = static_cast<Node *>(
					copyObjectImpl(list_nth(putting->outer, foreach_current_index(cell))));
				IncrementVarSublevelsUp(outer, putting->depth, 0);
				return outer;
			}
	if (!IsA(node, Query))
		return pg::MutateExpression(node, PutOuter, context);
	putting->depth++;
	Query *query = pg::MutateQuery(castNode(Query, node), PutOuter, context);
	putting->depth--;
	return reinterpret_cast<Node *>(query);
}

Node *FillHusk(const PlannedSublink *sublink, SubLink *husk, FillSublink fill, void *context)
{
	List *outer = castNode(List, husk->testexpr);
	husk->subLinkId = 0;
	husk->testexpr = nullptr;
	if (HasTest(husk)) {
		husk->testexpr = static_cast<Node *>(linitial(outer));
		outer = list_delete_first(outer);
	}
	Putting putting = {sublink->parameters, outer, 0};
	return PutOuter(fill(sublink, husk, context), &putting);
}

struct Filling {
	const QueryPlan *plan;
	FillSublink fill;
	void *context;
};

const PlannedSublink *SublinkOf(const QueryPlan *plan, const SubLink *husk)
{
	ListCell *cell;
	foreach (cell, plan->sublinks) {
		const auto *sublink = static_cast<PlannedSublink *>(lfirst(cell));
		if (sublink->number == husk->subLinkId)
			return sublink;
	}
	return nullptr;
}

// Replaces husks; the context is the Filling.
Node *Fill(Node *node, void *context)
{
	auto *filling = static_cast<Filling *>(context);
	if (node == nullptr)
		return nullptr;
	const PlannedSublink *sublink =
		IsA(node, SubLink) ? SublinkOf(filling->plan, castNode(SubLink, node)) : nullptr;
	if (sublink == nullptr)
		return pg::MutateExpression(node, Fill, context);
	auto *husk = castNode(SubLink, pg::MutateExpression(node, Fill, context));
	return FillHusk(sublink, husk, filling->fill, filling->context);
}

// The same as it was given, with time zones named; the context is not used.
Node *Define(const PlannedSublink *sublink, SubLink *husk, void *)
{
	husk->subselect = static_cast<Node *>(copyObjectImpl(sublink->plan->definition));
	return reinterpret_cast<Node *>(husk);
}

// Whether groups that differ in the key differ for the equality.
bool TellsGroupsApart(const OpExpr *equality, Node *key)
{
	const TypeCacheEntry *type = lookup_type_cache(exprType(key), TYPECACHE_HASH_OPFAMILY);
	if (!OidIsValid(type->hash_opf) || !op_in_opfamily(equality->opno, type->hash_opf))
		return false;
	return ComparesAlike(equality, exprCollation(key));
}

// The context is the level.
Node *ToHusk(Node *node, void *context)
{
	auto *level = static_cast<Level *>(context);
	if (node == nullptr)
		return nullptr;
	if (!IsA(node, SubLink))
		return pg::MutateExpression(node, ToHusk, context);
	Node *flat = flatten_join_alias_vars(const_cast<Query *>(level->given), node);
	if (ScalarValue(level, castNode(SubLink, flat)) != nullptr)
		return node;
	SubLink *husk;
	(void)TakeSublink(level, castNode(SubLink, flat), &husk);
	return reinterpret_cast<Node *>(husk);
}

// Nothing has a value where there are no rows; the context is not used.
Node *OfNoRow(Node *node, void *context)
{
	if (node == nullptr)
		return nullptr;
	if (IsA(node, Var))
		return reinterpret_cast<Node *>(
			makeNullConst(exprType(node), exprTypmod(node), exprCollation(node)));
	return pg::MutateExpression(node, OfNoRow, context);
}

} // namespace

PlannedSublink *TakeSublink(Level *level, const SubLink *given, SubLink **husk)
{
	QueryPlan *plan = level->plan;
	Taking taking = {NIL, NIL, 0};
	ListCell *cell;
	auto *query = castNode(Query, TakeOuter(given->subselect, &taking));
	*husk = static_cast<SubLink *>(palloc(sizeof(SubLink)));
	**husk = *given;
	List *outer = HasTest(given) ? lcons(given->testexpr, taking.outer) : taking.outer;
	(*husk)->testexpr = reinterpret_cast<Node *>(outer);
	(*husk)->subselect = reinterpret_cast<Node *>(TypeOf(query));
	foreach (cell, plan->sublinks) {
		auto *known = static_cast<PlannedSublink *>(lfirst(cell));
		if (known->level != level || known->type != given->subLinkType ||
			!equal(known->given, given->subselect))
			continue;
		(*husk)->subLinkId = known->number;
		return known;
	}
	if (given->subLinkType == EXISTS_SUBLINK)
		LeaveRowsAlone(query);
	auto *sublink = static_cast<PlannedSublink *>(palloc0(sizeof(PlannedSublink)));
	sublink->number = (*husk)->subLinkId = ++last_number;
	sublink->level = level;
	sublink->given = given->subselect;
	sublink->type = given->subLinkType;
	sublink->parameters = taking.parameters;
	sublink->plan = static_cast<QueryPlan *>(palloc0(sizeof(QueryPlan)));
	sublink->plan->query = query;
	sublink->plan->is_sublink = true;
	sublink->plan->is_scalar = given->subLinkType == EXPR_SUBLINK;
	plan->sublinks = lappend(plan->sublinks, sublink);
	return sublink;
}

Node *WithHusks(Level *level, Node *expression)
{
	return ToHusk(expression, level);
}

Node *DefinitionOf(Level *level, const SubLink *given)
{
	SubLink *husk;
	auto *flat = castNode(
		SubLink, flatten_join_alias_vars(const_cast<Query *>(level->given),
										 reinterpret_cast<Node *>(const_cast<SubLink *>(given))));
	if (ScalarValue(level, flat) != nullptr)
		return static_cast<Node *>(copyObjectImpl(given)); // it is one of rows
	const PlannedSublink *sublink = TakeSublink(level, flat, &husk);
	return FillHusk(sublink, husk, Define, nullptr);
}

Node *FillSublinks(const QueryPlan *plan, Node *expression, FillSublink fill, void *context)
{
	if (plan->sublinks == NIL)
		return expression;
	Filling filling = {plan, fill, context};
	return Fill(expression, &filling);
}

Node *KeyOfCorrelation(Node *condition)
{
	if (!IsA(condition, OpExpr) || list_length(castNode(OpExpr, condition)->args) != 2)
		return nullptr;
	const OpExpr *equality = castNode(OpExpr, condition);
	for (int i = 0; i < 2; i++) {
		auto *key = static_cast<Node *>(list_nth(equality->args, i));
		auto *value = static_cast<Node *>(list_nth(equality->args, 1 - i));
		if (contain_var_clause(key) && !contain_var_clause(value) && CulpritOf(key) == nullptr &&
			TellsGroupsApart(equality, key))
			return key;
	}
	return nullptr;
}

Query *QueryOfNoRows(const QueryPlan *plan)
{
	const Query *given = plan->query;
	auto *query = makeNode(Query);
	ListCell *cell;
	query->commandType = CMD_SELECT;
	query->hasAggs = true;
	query->jointree = makeFromExpr(NIL, makeBoolConst(false, false));
	foreach (cell, given->targetList)
		if (!lfirst_node(TargetEntry, cell)->resjunk)
			query->targetList =
				lappend(query->targetList, OfNoRow(static_cast<Node *>(lfirst(cell)), nullptr));
	query->havingQual = OfNoRow(given->havingQual, nullptr);
	return query;
}

} // namespace mezzanine::views
