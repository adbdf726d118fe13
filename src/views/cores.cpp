#include "views/cores.h"

#include "views/chain.h"
#include "views/decompose.h"
#include "views/expression.h"
#include "views/keys.h"
#include "views/late.h"
#include "views/sublinks.h"
#include "views/timezones.h"

namespace mezzanine::views
{

namespace
{

void AddMatch(QueryPlan *plan, Node *given, Index reference, PlannedColumn *column)
{
	auto *match = static_cast<Match *>(palloc(sizeof(Match)));
	*match = {given, reference, column};
	plan->matches = lappend(plan->matches, match);
}

PlannedColumn *FindColumn(List *columns, const Node *expression)
{
	ListCell *cell;
	foreach (cell, columns) {
		auto *column = static_cast<PlannedColumn *>(lfirst(cell));
		if (equal(column->expression, expression))
			return column;
	}
	return nullptr;
}

bool CheckKeyType(QueryPlan *plan, Node *expression)
{
	const Oid type = exprType(expression);
	if (!CanBeKey(type))
		return RefuseWithDetail(plan,
								psprintf("grouping by type %s is not supported in a mezzanine view",
										 format_type_be(type)),
								"The type has no default hash operator class.",
								"Group by a type that can be hashed.");
	return true;
}

// Adds a column to the key, or finds it there; NULL: refused.
PlannedColumn *AddKey(QueryPlan *plan, Node *given, Index reference, const char *output)
{
	Node *expression = NameZones(given);
	if (!CheckExpression(plan, expression) || !CheckKeyType(plan, expression))
		return nullptr;
	if (expression_returns_set(expression)) {
		Refuse(plan, "grouping by a set-returning function is",
			   "Group by an expression that has one value for each row.");
		return nullptr;
	}
	PlannedColumn *key = FindColumn(plan->keys, expression);
	if (key != nullptr && plan->query->groupingSets != NIL) {
		Refuse(plan, "grouping sets over two expressions that are the same are",
			   "Write the expression once.");
		return nullptr;
	}
	if (key == nullptr) {
		key = static_cast<PlannedColumn *>(palloc0(sizeof(PlannedColumn)));
		key->expression = expression;
		key->name = FreeColumnName(plan, plan->states, NameFor(plan, expression, output));
		plan->keys = lappend(plan->keys, key);
	}
	AddMatch(plan, given, reference, key);
	return key;
}

bool AddKeys(QueryPlan *plan, const List *clauses)
{
	ListCell *cell;
	foreach (cell, clauses) {
		auto *clause = lfirst_node(SortGroupClause, cell);
		TargetEntry *target = get_sortgroupclause_tle(clause, plan->query->targetList);
		if (AddKey(plan, reinterpret_cast<Node *>(target->expr), target->ressortgroupref,
				   target->resname) == nullptr)
			return false;
	}
	return true;
}

PlannedCore *AddCore(QueryPlan *plan, List *keys)
{
	auto *core = static_cast<PlannedCore *>(palloc0(sizeof(PlannedCore)));
	core->plan = plan;
	core->keys = keys;
	core->filter = plan->filter;
	core->source = plan->source;
	plan->cores = lappend(plan->cores, core);
	return core;
}

// The keys that a grouping set names.
List *KeysOfSet(const QueryPlan *plan, const List *references)
{
	List *keys = NIL;
	ListCell *cell;
	foreach (cell, plan->matches) {
		const auto *match = static_cast<Match *>(lfirst(cell));
		if (list_member_int(references, static_cast<int>(match->reference)))
			keys = lappend(keys, match->column);
	}
	return keys;
}

// One core for each different grouping set; a set that is named twice is read twice.
void AddGroupingSets(QueryPlan *plan)
{
	const Query *query = plan->query;
	ListCell *cell;
	foreach (cell, expand_grouping_sets(query->groupingSets, query->groupDistinct, -1)) {
		List *keys = KeysOfSet(plan, lfirst_node(List, cell));
		PlannedCore *core = nullptr;
		ListCell *other;
		foreach (other, plan->cores) {
			auto *known = static_cast<PlannedCore *>(lfirst(other));
			if (known->plan == plan && list_difference_ptr(known->keys, keys) == NIL &&
				list_difference_ptr(keys, known->keys) == NIL)
				core = known;
		}
		plan->arms = lappend(plan->arms, core != nullptr ? core : AddCore(plan, keys));
	}
}

// What the walk over the query's outputs takes along.
struct Outputs {
	QueryPlan *plan;
	const char *name; // of the select list's entry
};

// A column that the key determines (a primary key's table): one key more.
bool AddDependent(QueryPlan *plan, Node *column)
{
	PlannedColumn *key = AddKey(plan, column, 0, nullptr);
	ListCell *cell;
	if (key == nullptr)
		return false;
	foreach (cell, plan->cores) {
		auto *core = static_cast<PlannedCore *>(lfirst(cell));
		if (core->plan == plan)
			core->keys = list_append_unique_ptr(core->keys, key);
	}
	return true;
}

// Adds what an output of a grouped query needs; true: refused.
bool AddGroupedOutput(Node *node, void *context)
{
	auto *outputs = static_cast<Outputs *>(context);
	QueryPlan *plan = outputs->plan;
	if (node == nullptr || ColumnFor(plan, node) != nullptr)
		return false;
	if (IsA(node, Aggref))
		return !AddAggregate(plan, castNode(Aggref, node), outputs->name);
	if (IsA(node, GroupingFunc)) {
		if (!list_member(plan->groupings, node))
			plan->groupings = lappend(plan->groupings, node);
		return false;
	}
	if (IsA(node, Var))
		return !AddDependent(plan, node);
	return pg::WalkExpression(node, AddGroupedOutput, context);
}

// The aggregates of a subquery that looks for rows by what comes from outside are kept for each
// value that it may look for.
bool AddCorrelation(QueryPlan *plan)
{
	ListCell *cell;
	if (!plan->is_scalar || plan->query->groupClause != NIL || plan->query->groupingSets != NIL)
		return true;
	foreach (cell, plan->late_filter) {
		Node *key = KeyOfCorrelation(static_cast<Node *>(lfirst(cell)));
		if (key != nullptr && AddKey(plan, key, 0, nullptr) == nullptr)
			return false;
		plan->is_keyed = true;
	}
	return true;
}

bool PlanGroups(QueryPlan *plan)
{
	const Query *query = plan->query;
	plan->shape = Shape::kGroups;
	if (!AddKeys(plan, query->groupClause) || !AddCorrelation(plan))
		return false;
	if (query->groupingSets != NIL)
		AddGroupingSets(plan);
	else
		plan->arms = list_make1(AddCore(plan, list_copy(plan->keys)));

	ListCell *cell;
	foreach (cell, query->targetList) {
		auto *target = lfirst_node(TargetEntry, cell);
		Outputs outputs = {plan, target->resname};
		if (ColumnForTarget(plan, target) == nullptr &&
			AddGroupedOutput(reinterpret_cast<Node *>(target->expr), &outputs))
			return false;
	}
	Outputs outputs = {plan, "having"};
	if (AddGroupedOutput(query->havingQual, &outputs))
		return false;
	CompleteChains(plan);
	return true;
}

bool HasWindowOrSet(Node *node, void *)
{
	if (node == nullptr)
		return false;
	if (IsA(node, WindowFunc) || expression_returns_set(node))
		return true;
	return pg::WalkExpression(node, HasWindowOrSet, nullptr);
}

// Whether the expression can be computed when a row is captured.
bool BelongsToCore(Node *expression)
{
	return !HasWindowOrSet(expression, nullptr) && CulpritOf(NameZones(expression)) == nullptr;
}

bool AllBelongToCore(const List *targets)
{
	ListCell *cell;
	foreach (cell, targets)
		if (!BelongsToCore(reinterpret_cast<Node *>(lfirst_node(TargetEntry, cell)->expr)))
			return false;
	return true;
}

bool PlanDistinct(QueryPlan *plan)
{
	plan->shape = Shape::kDistinct;
	if (!AddKeys(plan, plan->query->distinctClause))
		return false;
	plan->arms = list_make1(AddCore(plan, list_copy(plan->keys)));
	return true;
}

// Adds a column that is the same in all rows of a group.
void AddCarried(QueryPlan *plan, Node *given, const char *output)
{
	Node *expression = NameZones(given);
	Node *state = BuildExpression("mezzanine_state.any_value($1)", list_make1(expression));
	PlannedColumn *column = FindColumn(plan->states, state);
	if (column == nullptr)
		column = AddState(plan, &plan->states, state, NameFor(plan, expression, output), nullptr);
	AddMatch(plan, given, 0, column);
}

// Adds what an output of a query without groups needs: the whole of it, or else the base's
// columns in it.  True: refused.
bool AddRowOutput(Node *node, void *context)
{
	auto *outputs = static_cast<Outputs *>(context);
	QueryPlan *plan = outputs->plan;
	if (node == nullptr || IsA(node, Const) || ColumnFor(plan, node) != nullptr)
		return false;
	if (IsA(node, Var) && !CheckExpression(plan, node))
		return true;
	if (contain_var_clause(node) && !IsA(node, List) && BelongsToCore(node)) {
		AddCarried(plan, node, outputs->name);
		return false;
	}
	return pg::WalkExpression(node, AddRowOutput, context);
}

// The images of the carried columns, as $1, $2, …
const char *ImageForm(int count)
{
	StringInfoData sql;
	initStringInfo(&sql);
	for (int i = 1; i <= count; i++)
		appendStringInfo(&sql, "%s$%d", i > 1 ? ", " : "mezzanine_state.image(", i);
	appendStringInfoChar(&sql, ')');
	return sql.data;
}

bool CheckWidth(QueryPlan *plan, int count)
{
	if (count <= FUNC_MAX_ARGS)
		return true;
	return Refuse(plan, psprintf("a query of %d columns without GROUP BY is", count),
				  psprintf("Name at most %d columns.", FUNC_MAX_ARGS));
}

// The key of a bag is the image of the row.
bool AddImageKey(QueryPlan *plan)
{
	List *columns = NIL;
	ListCell *cell;
	foreach (cell, plan->states) {
		const auto *state = static_cast<PlannedColumn *>(lfirst(cell));
		const auto *aggregate = castNode(Aggref, state->expression);
		columns = lappend(columns, linitial_node(TargetEntry, aggregate->args)->expr);
	}
	if (!CheckWidth(plan, list_length(columns)))
		return false;
	if (columns != NIL) {
		auto *key = static_cast<PlannedColumn *>(palloc0(sizeof(PlannedColumn)));
		key->expression = BuildExpression(ImageForm(list_length(columns)), columns);
		key->name = FreeColumnName(plan, plan->states, "image");
		plan->keys = list_make1(key);
	}
	plan->arms = list_make1(AddCore(plan, list_copy(plan->keys)));
	return true;
}

bool AddOutputs(QueryPlan *plan)
{
	ListCell *cell;
	foreach (cell, plan->query->targetList) {
		auto *target = lfirst_node(TargetEntry, cell);
		Outputs outputs = {plan, target->resname};
		if (AddRowOutput(reinterpret_cast<Node *>(target->expr), &outputs))
			return false;
	}
	return true;
}

bool AddLateColumns(QueryPlan *plan)
{
	Outputs outputs = {plan, nullptr};
	ListCell *cell;
	foreach (cell, plan->late_filter)
		if (AddRowOutput(static_cast<Node *>(lfirst(cell)), &outputs))
			return false;
	return true;
}

bool PlanRows(QueryPlan *plan)
{
	plan->shape = Shape::kRows;
	if (plan->query->targetList == NIL)
		return Refuse(plan, "a query without columns is", "Name at least one.");
	// A subquery's rows are looked for by what its conditions say: these begin the index.
	if (plan->is_sublink ? !AddLateColumns(plan) || !AddOutputs(plan)
						 : !AddOutputs(plan) || !AddLateColumns(plan))
		return false;
	return AddImageKey(plan);
}

// The operator by its whole name.
const char *OperatorName(Oid operation)
{
	HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(operation));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator %u", operation);
	const auto *form = reinterpret_cast<Form_pg_operator>(GETSTRUCT(tuple));
	const char *name =
		psprintf("OPERATOR(%s.%s)", quote_identifier(get_namespace_name(form->oprnamespace)),
				 NameStr(form->oprname));
	ReleaseSysCache(tuple);
	return name;
}

// first($1 ORDER BY the query's order, $2, $3, …)
const char *FirstForm(const QueryPlan *plan)
{
	StringInfoData sql;
	ListCell *cell;
	int number = 1;
	initStringInfo(&sql);
	foreach (cell, plan->query->sortClause) {
		const auto *clause = lfirst_node(SortGroupClause, cell);
		appendStringInfo(&sql, "%s$%d USING %s NULLS %s",
						 number == 1 ? "mezzanine_state.first($1 ORDER BY " : ", ", number + 1,
						 OperatorName(clause->sortop), clause->nulls_first ? "FIRST" : "LAST");
		number++;
	}
	appendStringInfoChar(&sql, ')');
	return sql.data;
}

// DISTINCT ON sorts by its expressions first, whether ORDER BY says so or not.
void CompleteOrder(Query *query)
{
	ListCell *cell;
	foreach (cell, query->distinctClause) {
		auto *clause = lfirst_node(SortGroupClause, cell);
		ListCell *other;
		bool is_there = false;
		foreach (other, query->sortClause)
			is_there |=
				lfirst_node(SortGroupClause, other)->tleSortGroupRef == clause->tleSortGroupRef;
		if (!is_there)
			query->sortClause = lappend(query->sortClause, copyObjectImpl(clause));
	}
}

// An equal end to every order, so that the first row is one row; the definition gets it too.
void AddTieBreaker(QueryPlan *plan)
{
	Query *query = plan->query;
	Node *image = ImageOfOutputs(query);
	CompleteOrder(query);
	TargetEntry *target =
		makeTargetEntry(reinterpret_cast<Expr *>(image),
						static_cast<AttrNumber>(list_length(query->targetList) + 1), nullptr, true);
	query->targetList = lappend(query->targetList, target);
	auto *clause = makeNode(SortGroupClause);
	get_sort_group_operators(BYTEAOID, true, true, false, &clause->sortop, &clause->eqop, nullptr,
							 &clause->hashable);
	clause->tleSortGroupRef = assignSortGroupRef(target, query->targetList);
	query->sortClause = lappend(query->sortClause, clause);
	plan->is_rewritten = true;
}

bool PlanDistinctOn(QueryPlan *plan)
{
	const Query *query = plan->query;
	plan->shape = Shape::kDistinctOn;
	if (!CheckWidth(plan, list_length(query->targetList)) || !AddKeys(plan, query->distinctClause))
		return false;
	AddTieBreaker(plan);
	List *order = NIL;
	ListCell *cell;
	foreach (cell, query->sortClause)
		order = lappend(order, NameZones(get_sortgroupclause_expr(
								   lfirst_node(SortGroupClause, cell), query->targetList)));
	foreach (cell, query->targetList) {
		auto *target = lfirst_node(TargetEntry, cell);
		auto *given = reinterpret_cast<Node *>(target->expr);
		if (target->resjunk || ColumnForTarget(plan, target) != nullptr)
			continue;
		Node *state = BuildExpression(FirstForm(plan), lcons(NameZones(given), list_copy(order)));
		PlannedColumn *column =
			AddState(plan, &plan->states, state, NameFor(plan, given, target->resname), nullptr);
		column->maintenance = Maintenance::kRecompute;
		AddMatch(plan, given, 0, column);
	}
	plan->arms = list_make1(AddCore(plan, list_copy(plan->keys)));
	return true;
}

// WHERE, apart: what a row's own values decide, and what the reader's time decides.
void SplitFilter(QueryPlan *plan)
{
	ListCell *cell;
	foreach (cell, make_ands_implicit(reinterpret_cast<Expr *>(plan->query->jointree->quals))) {
		auto *condition = static_cast<Node *>(lfirst(cell));
		if (CulpritOf(NameZones(condition)) == nullptr)
			plan->filter = lappend(plan->filter, NameZones(condition));
		else
			plan->late_filter = lappend(plan->late_filter, condition);
	}
}

bool PlanShape(QueryPlan *plan)
{
	const Query *query = plan->query;
	if (query->hasAggs || query->groupClause != NIL || query->groupingSets != NIL ||
		query->havingQual != nullptr)
		return PlanGroups(plan);
	const bool is_plain =
		!query->hasWindowFuncs && !query->hasTargetSRFs && AllBelongToCore(query->targetList);
	if (is_plain && query->hasDistinctOn)
		return PlanDistinctOn(plan);
	if (is_plain && query->distinctClause != NIL && !query->hasDistinctOn)
		return PlanDistinct(plan);
	return PlanRows(plan);
}

void NumberColumns(QueryPlan *plan)
{
	AttrNumber attribute = kHashAttribute;
	ListCell *cell;
	foreach (cell, plan->arms)
		static_cast<PlannedCore *>(lfirst(cell))->states = plan->states;
	foreach (cell, plan->keys)
		static_cast<PlannedColumn *>(lfirst(cell))->attribute = ++attribute;
	++attribute; // the number of rows
	foreach (cell, plan->states)
		static_cast<PlannedColumn *>(lfirst(cell))->attribute = ++attribute;
}

} // namespace

const PlannedColumn *ColumnFor(const QueryPlan *plan, Node *node)
{
	ListCell *cell;
	if (IsA(node, Const))
		return nullptr; // its own value, wherever it stands
	foreach (cell, plan->matches) {
		const auto *match = static_cast<Match *>(lfirst(cell));
		if (equal(match->given, node))
			return match->column;
	}
	return nullptr;
}

const PlannedColumn *ColumnForTarget(const QueryPlan *plan, const TargetEntry *target)
{
	ListCell *cell;
	foreach (cell, plan->matches) {
		const auto *match = static_cast<Match *>(lfirst(cell));
		if (match->reference != 0 && match->reference == target->ressortgroupref)
			return match->column;
	}
	return ColumnFor(plan, reinterpret_cast<Node *>(target->expr));
}

Node *ImageOfOutputs(const Query *query)
{
	List *outputs = NIL;
	ListCell *cell;
	foreach (cell, query->targetList)
		if (!lfirst_node(TargetEntry, cell)->resjunk)
			outputs = lappend(outputs, lfirst_node(TargetEntry, cell)->expr);
	return BuildExpression(ImageForm(list_length(outputs)), outputs);
}

bool PlanCores(QueryPlan *plan)
{
	SplitFilter(plan);
	if (!PlanShape(plan) || !CheckLateFilter(plan) || !CheckFinish(plan))
		return false;
	NumberColumns(plan);
	ListCell *cell;
	foreach (cell, plan->sublinks) {
		const QueryPlan *sublink = static_cast<PlannedSublink *>(lfirst(cell))->plan;
		plan->cores = list_concat(plan->cores, sublink->cores);
		plan->tables = list_concat_unique_oid(plan->tables, sublink->tables);
	}
	list_sort(plan->tables, list_oid_cmp);
	return true;
}

} // namespace mezzanine::views
