#include "views/flatten.h"

#include "views/base.h"
#include "views/catalogue.h"
#include "views/cores.h"
#include "views/definition.h"
#include "views/expression.h"
#include "views/finish.h"
#include "views/lists.h"
#include "views/nesting.h"
#include "views/outer.h"
#include "views/scalar.h"
#include "views/sets.h"
#include "views/sublinks.h"
#include "views/sum.h"
#include "views/tables.h"
#include "views/timezones.h"
#include "views/computed.h"
#include "views/unions.h"

namespace mezzanine::views
{

namespace
{

// What a condition makes impossible goes when all are there (PossibleOnes), so that these may be
// more than the arms of a view: nine outer joins.
constexpr int64 kMostAlternatives = 20000;

const char *const kFromHint = "Name tables, or subqueries that only select and join, in FROM.";

Node *SublinkInNumbers(Level *level, const SubLink *given);

// Replaces the columns of a level's entries by those of the numbers; the context is the level.
Node *Renumber(Node *node, void *context)
{
	auto *level = static_cast<Level *>(context);
	if (node == nullptr)
		return nullptr;
	if (IsA(node, SubLink))
		return SublinkInNumbers(level, castNode(SubLink, node));
	if (!IsA(node, Var))
		return pg::MutateExpression(node, Renumber, context);
	Var *var = castNode(Var, copyObjectImpl(node));
	if (var->varlevelsup > 0) {
		const Level *inner = level;
		for (; var->varlevelsup > 0; var->varlevelsup--)
			level = level->outer;
		if (level->gathering != inner->gathering)
			Refuse(inner->plan, "a subquery that looks out of groups or an outer join is",
				   "Join what it looks out to inside.");
		return InNumbers(level, var);
	}
	const Place *place = &level->places[var->varno];
	if (place->number > 0) {
		var->varno = place->number;
		var->varnosyn = 0;
		var->varattnosyn = 0;
		return reinterpret_cast<Node *>(var);
	}
	if (var->varattno > 0 && var->varattno <= list_length(place->outputs))
		return static_cast<Node *>(copyObjectImpl(list_nth(place->outputs, var->varattno - 1)));
	if (CheckExpression(level->plan, node)) // which refuses a whole row
		Refuse(level->plan, "LATERAL below an outer join is",
			   "Name what it looks out to in the ON condition.");
	return reinterpret_cast<Node *>(makeNullConst(var->vartype, var->vartypmod, var->varcollid));
}

// What of a subquery neither its rows nor its groups make.
bool CheckSubquery(QueryPlan *plan, const Query *query)
{
	static const char *const kHint = "Leave it out of the subquery.";
	if (query->commandType != CMD_SELECT)
		return Refuse(plan, "a subquery that changes tables is", kHint);
	if (query->limitCount != nullptr || query->limitOffset != nullptr)
		return Refuse(plan, "a subquery with LIMIT or OFFSET is", kHint);
	if (query->hasWindowFuncs)
		return Refuse(plan, "a subquery with window functions is", kHint);
	if (query->hasTargetSRFs)
		return Refuse(plan, "a subquery with set-returning functions is", kHint);
	if (query->rowMarks != NIL)
		return Refuse(plan, "FOR UPDATE or FOR SHARE is", "Leave it out.");
	return true;
}

bool FlattenBelow(QueryPlan *plan, Level *outer, bool is_view);

// What a query over groups selects must follow from the groups alone.
bool CheckGroups(QueryPlan *inner)
{
	ListCell *cell;
	if (inner->shape == Shape::kGroups && inner->query->distinctClause != NIL)
		return Refuse(inner, "DISTINCT over the groups of a subquery is",
					  "Select DISTINCT in a subquery of its own.");
	if (inner->shape == Shape::kRows)
		return Refuse(inner, "DISTINCT over such columns in a subquery is",
					  "Use columns and immutable functions only.");
	if (inner->chains != NIL)
		return Refuse(inner, "DISTINCT inside an aggregate of a subquery is",
					  "Select DISTINCT first, in a subquery of its own, and count that.");
	if (inner->late_filter != NIL)
		return CheckExpression(inner, static_cast<Node *>(linitial(inner->late_filter)));
	foreach (cell, OutputsOverHome(inner))
		if (!CheckExpression(inner, static_cast<Node *>(lfirst(cell))))
			return false;
	return CheckExpression(inner, HavingOverHome(inner));
}

// What a subquery selects, where all of it may be NULL: computed columns become those of a number
// of their own.  `before`: the numbers from before the subquery.
List *Optional(Level *level, List *sum, List *outputs, int before)
{
	List *optional = NIL;
	int number = 0;
	ListCell *cell;
	foreach (cell, outputs) {
		auto *output = static_cast<Node *>(lfirst(cell));
		if (IsA(output, Var) && castNode(Var, output)->varno > before) {
			optional = lappend(optional, output);
			continue;
		}
		if (number == 0)
			number = AddNumber(level, nullptr, nullptr);
		optional = lappend(optional,
						   makeVar(number, static_cast<AttrNumber>(foreach_current_index(cell) + 1),
								   exprType(output), exprTypmod(output), exprCollation(output), 0));
	}
	if (number != 0)
		AddChoice(sum, number, outputs);
	return optional;
}

int NumberCount(const Level *level)
{
	return list_length(level->gathering->tables);
}

// pg_dump makes a view whose columns follow from a grouped key twice, and replaces the first when
// all else is there.
bool CheckDependent(const Level *level, QueryPlan *plan, const Query *query)
{
	if (!level->is_view || query->constraintDeps == NIL)
		return true;
	return Refuse(plan, "a view whose columns follow from a grouped primary key is",
				  "Have the view group by all columns that it shows.");
}

// An entry of FROM whose query groups: its groups are among the tables.
List *FlattenGroups(Level *level, int number, const Query *query, Level *outer)
{
	if (!CheckDependent(level, level->plan, query))
		return NIL;
	if (contain_vars_of_level(reinterpret_cast<Node *>(const_cast<Query *>(query)), 1)) {
		Refuse(level->plan, "a LATERAL subquery with grouping is", kFromHint);
		return NIL;
	}
	Place *place = &level->places[number];
	place->inner = PlanInner(level, query, outer);
	if (place->inner == nullptr)
		return NIL;
	const int before = NumberCount(level);
	List *outputs = NIL;
	List *sum = JoinInner(level, place->inner,
						  rt_fetch(number, level->given->rtable)->eref->aliasname, &outputs);
	place->outputs = level->is_optional ? Optional(level, sum, outputs, before) : outputs;
	return sum;
}

// An entry of FROM with grouping sets: one subquery for each, added up.
List *FlattenGroupingSets(Level *level, int number, const Query *query, Level *outer)
{
	const Query *all = UnionOfSets(query);
	if (all != nullptr)
		return FlattenQuery(level, number, all, outer);
	Refuse(level->plan, "a subquery with grouping sets and subqueries in what it selects is",
		   "Select that from it, in the query outside.");
	return NIL;
}

bool IsGrouped(const Query *query)
{
	return query->hasAggs || query->groupClause != NIL || query->havingQual != nullptr ||
		   query->distinctClause != NIL;
}

Query *ViewQuery(Oid view)
{
	Relation relation = relation_open(view, AccessShareLock);
	auto *query = static_cast<Query *>(copyObjectImpl(get_view_query(relation)));
	relation_close(relation, NoLock);
	AcquireRewriteLocks(query, true, false);
	return WithoutLists(query);
}

List *FlattenView(Level *level, int number, Oid view)
{
	Level of_view = *level;
	const Oid definition = DefinitionOf(view);
	of_view.is_view = true;
	if (OidIsValid(definition)) {
		// Its own state is not always live; what it is computed from is there.
		level->plan->is_rewritten = true;
		level->plan->read_views = list_append_unique_oid(level->plan->read_views, view);
		return FlattenQuery(&of_view, number, ViewQuery(definition), nullptr);
	}
	return FlattenQuery(&of_view, number, ViewQuery(view), nullptr);
}

// An entry that names a WITH query, of this level or one further out.
List *FlattenNamed(Level *level, int number, const RangeTblEntry *entry)
{
	Level *definer = level;
	ListCell *cell;
	for (Index i = 0; i < entry->ctelevelsup; i++)
		definer = definer->outer;
	foreach (cell, definer->given->cteList) {
		const auto *named = lfirst_node(CommonTableExpr, cell);
		if (strcmp(named->ctename, entry->ctename) != 0)
			continue;
		if (named->cterecursive) {
			Refuse(level->plan, "WITH RECURSIVE is", kFromHint);
			return NIL;
		}
		return FlattenQuery(level, number, castNode(Query, named->ctequery), definer);
	}
	elog(ERROR, "could not find WITH query \"%s\"", entry->ctename);
	pg_unreachable();
}

List *FlattenTable(Level *level, int number, const RangeTblEntry *entry)
{
	if (!CheckTable(level->plan, entry))
		return NIL;
	level->places[number].number =
		AddNumber(level, static_cast<RangeTblEntry *>(copyObjectImpl(entry)), nullptr);
	return SumOf(level->places[number].number);
}

Node *MutateInNumbers(Node *node, void *context)
{
	return InNumbers(static_cast<Level *>(context), node);
}

// What a function or VALUES gives: a table that changes with those alone that it is computed from.
List *FlattenComputed(Level *level, int number, const RangeTblEntry *entry)
{
	RangeTblEntry *computed = MutateComputed(entry, MutateInNumbers, level);
	if (!CheckExpression(level->plan, ComputedFrom(computed)))
		return NIL;
	computed->lateral = contain_var_clause(ComputedFrom(computed));
	level->places[number].number = AddNumber(level, computed, nullptr);
	return SumOf(level->places[number].number);
}

List *FlattenEntry(Level *level, int number)
{
	const RangeTblEntry *entry = rt_fetch(number, level->given->rtable);
	switch (entry->rtekind) {
	case RTE_RELATION:
		if (entry->relkind == RELKIND_VIEW)
			return FlattenView(level, number, entry->relid);
		return FlattenTable(level, number, entry);
	case RTE_SUBQUERY:
		return FlattenQuery(level, number, entry->subquery, level);
	case RTE_CTE:
		return FlattenNamed(level, number, entry);
	case RTE_FUNCTION:
	case RTE_TABLEFUNC:
	case RTE_VALUES:
		return FlattenComputed(level, number, entry);
	default:
		Refuse(level->plan, "this kind of FROM is", kFromHint);
		return NIL;
	}
}

// What counts rows is computed when a reader asks, who has nothing to put into a subquery there.
bool CheckCounts(QueryPlan *plan)
{
	const Query *query = plan->query;
	ListCell *cell;
	bool has_sublink =
		checkExprHasSubLink(query->limitCount) || checkExprHasSubLink(query->limitOffset);
	foreach (cell, query->windowClause)
		has_sublink |= checkExprHasSubLink(lfirst_node(WindowClause, cell)->startOffset) ||
					   checkExprHasSubLink(lfirst_node(WindowClause, cell)->endOffset);
	return !has_sublink || Refuse(plan, "a subquery in LIMIT, OFFSET or the frame of a window is",
								  "Name a number.");
}

// `outer` is what WITH looks out to; NULL: nothing.
bool FlattenBelow(QueryPlan *plan, Level *outer, bool is_view)
{
	auto *gathering = static_cast<Gathering *>(palloc0(sizeof(Gathering)));
	const Level like = {plan, gathering, nullptr, nullptr, nullptr, true, is_view, false, NIL, NIL};
	auto *given = static_cast<Query *>(copyObjectImpl(plan->query));
	TellApart(given);
	Level *level = LevelBelow(&like, given, outer);
	level->is_top = true;
	if (!CheckCounts(plan))
		return false;
	level->sum = FlattenItems(level);
	plan->level = level;
	if (level->sum == NIL || !JoinGroupedScalars(level, &level->sum) ||
		plan->refusal.message != nullptr)
		return false;
	level->sum = PossibleOnes(level->sum);
	return MakeBase(plan);
}

// Has a plan take over what was planned as part of it: cores, tables and what is told.
void AddPart(QueryPlan *plan, const QueryPlan *part)
{
	ListCell *cell;
	plan->cores = list_concat(plan->cores, part->cores);
	plan->tables = list_concat_unique_oid(plan->tables, part->tables);
	list_sort(plan->tables, list_oid_cmp);
	plan->read_views = list_concat_unique_oid(plan->read_views, part->read_views);
	plan->is_rewritten |= part->is_rewritten;
	foreach (cell, part->notices)
		AddNotice(plan, static_cast<char *>(lfirst(cell)));
}

// What a subquery in an expression cannot be.
bool CheckSublink(const Level *level, QueryPlan *plan)
{
	if (!CheckDependent(level, plan, plan->query))
		return false;
	if (plan->query->rowMarks != NIL)
		return Refuse(plan, "FOR UPDATE or FOR SHARE is", "Leave it out.");
	return true;
}

// Plans a subquery in an expression of a level as a query of its own.
void PlanSublink(Level *level, QueryPlan *plan)
{
	QueryPlan *outer = level->plan;
	ListCell *cell;
	if (plan->query->setOperations != nullptr)
		plan->query = SelectFromQuery(plan->query, "subquery");
	if (!CheckSublink(level, plan) || !FlattenBelow(plan, level, level->is_view) ||
		!PlanCores(plan)) {
		const Refusal *unjoined = &level->gathering->unjoined;
		outer->refusal = unjoined->message != nullptr ? *unjoined : plan->refusal;
		return;
	}
	MakeDefinition(plan);
	outer->read_views = list_concat_unique_oid(outer->read_views, plan->read_views);
	outer->is_rewritten |= plan->is_rewritten;
	foreach (cell, plan->notices)
		AddNotice(outer, static_cast<char *>(lfirst(cell)));
}

// A subquery in an expression of a level, as its husk over the numbers.
Node *SublinkInNumbers(Level *level, const SubLink *given)
{
	SubLink *husk;
	Node *value = ScalarValue(level, given);
	if (value != nullptr)
		return value;
	QueryPlan *plan = TakeSublink(level, given, &husk)->plan;
	if (plan->level == nullptr && level->plan->refusal.message == nullptr)
		PlanSublink(level, plan);
	return pg::MutateExpression(reinterpret_cast<Node *>(husk), Renumber, level);
}

bool PlanWithin(QueryPlan *plan, Level *outer);

// Plans what a set operation combines, each as a query of its own; a reader's query combines it.
bool PlanBranches(QueryPlan *plan, Level *outer)
{
	const Level like = {plan, nullptr, nullptr, nullptr, nullptr, true, false, false, NIL, NIL};
	Level *level = LevelBelow(&like, static_cast<Query *>(copyObjectImpl(plan->query)), outer);
	ListCell *cell;
	foreach (cell, plan->query->rtable) {
		auto *branch = static_cast<QueryPlan *>(palloc0(sizeof(QueryPlan)));
		branch->query =
			static_cast<Query *>(copyObjectImpl(lfirst_node(RangeTblEntry, cell)->subquery));
		if (!PlanWithin(branch, level)) {
			plan->refusal = branch->refusal;
			return false;
		}
		MakeDefinition(branch);
		plan->branches = lappend(plan->branches, branch);
		AddPart(plan, branch);
	}
	plan->query->cteList = NIL;
	return true;
}

bool PlanWithin(QueryPlan *plan, Level *outer)
{
	check_stack_depth();
	if (plan->query->rowMarks != NIL)
		return Refuse(plan, "FOR UPDATE or FOR SHARE is", "Leave it out.");
	if (plan->query->setOperations == nullptr)
		return FlattenBelow(plan, outer, false) && PlanCores(plan);
	return CheckCounts(plan) && PlanBranches(plan, outer);
}

// Joins the subqueries in what a subquery in FROM selects, where a reader's query would not find
// them as they were.
void JoinOutput(Level *level, Node *output, List **sum)
{
	const Refusal none = level->plan->refusal;
	const bool is_needed = IsGrouped(level->plan->query) || level->is_optional;
	if (is_needed && !JoinScalars(level, output, false, sum))
		level->plan->refusal = none; // whether it is one of rows shows later
}

} // namespace

Level *LevelBelow(const Level *like, const Query *given, Level *outer)
{
	auto *level = static_cast<Level *>(palloc(sizeof(Level)));
	*level = *like;
	level->given = given;
	level->outer = outer;
	level->is_top = false;
	level->sum = NIL;
	level->scalars = NIL;
	level->places = static_cast<Place *>(
		palloc0(sizeof(Place) * static_cast<Size>(list_length(given->rtable) + 1)));
	return level;
}

List *FlattenQuery(Level *level, int number, const Query *query, Level *outer)
{
	ListCell *cell;
	check_stack_depth();
	if (!CheckSubquery(level->plan, query))
		return NIL;
	if (query->setOperations != nullptr)
		return FlattenSets(level, number, query, outer);
	const Query *distinct = DistinctOfGroups(query);
	if (distinct != nullptr)
		return FlattenQuery(level, number, distinct, outer);
	if (query->groupingSets != NIL)
		return FlattenGroupingSets(level, number, query, outer);
	if (IsGrouped(query))
		return FlattenGroups(level, number, query, outer);
	Place *place = &level->places[number];
	const int before = NumberCount(level);
	place->level = LevelBelow(level, query, outer);
	List *sum = FlattenItems(place->level);
	if (sum == NIL)
		return NIL;
	List *outputs = NIL;
	foreach (cell, query->targetList) {
		const auto *target = lfirst_node(TargetEntry, cell);
		if (target->resjunk)
			continue;
		JoinOutput(place->level, reinterpret_cast<Node *>(target->expr), &sum);
		outputs = lappend(outputs, InNumbers(place->level, target->expr));
	}
	place->outputs = level->is_optional ? Optional(level, sum, outputs, before) : outputs;
	return sum;
}

Node *InNumbers(Level *level, const void *node)
{
	auto *given = static_cast<Node *>(const_cast<void *>(node));
	return Renumber(flatten_join_alias_vars(const_cast<Query *>(level->given), given), level);
}

int AddNumber(Level *level, RangeTblEntry *entry, QueryPlan *inner)
{
	auto *table = static_cast<PlannedTable *>(palloc(sizeof(PlannedTable)));
	*table = {entry, inner};
	level->gathering->tables = lappend(level->gathering->tables, table);
	return NumberCount(level);
}

// Whether a condition with a subquery that cannot be joined may be left to the reader.  Should it
// not, why it cannot be joined is what the author hears.
bool MayComeLate(Level *level)
{
	if (level->is_optional)
		return false;
	level->gathering->unjoined = level->plan->refusal;
	level->plan->refusal = {};
	return true;
}

bool AddConditions(Level *level, Node *quals, List **sum)
{
	ListCell *cell;
	const bool is_where = level->is_top && quals == level->given->jointree->quals;
	foreach (cell, make_ands_implicit(reinterpret_cast<Expr *>(quals))) {
		auto *given = static_cast<Node *>(lfirst(cell));
		if (!JoinScalars(level, given, true, sum) && !MayComeLate(level))
			return false;
		Node *condition = InNumbers(level, given);
		if (CulpritOf(NameZones(condition)) == nullptr) {
			AddCondition(*sum, condition);
			if (level->scalars != NIL) // of the alternatives some are there for what it leaves out
				*sum = PossibleOnes(*sum);
			continue;
		}
		if (level->is_optional)
			return CheckExpression(level->plan, NameZones(condition));
		auto *late = static_cast<LateCondition *>(palloc(sizeof(LateCondition)));
		*late = {is_where ? given : nullptr, condition};
		level->gathering->late = lappend(level->gathering->late, late);
	}
	return true;
}

bool CheckAlternatives(Level *level, int64 count)
{
	return count <= kMostAlternatives ||
		   Refuse(level->plan,
				  psprintf("a query that takes " INT64_FORMAT " joins to tell is", count),
				  "Join where you read the view.");
}

List *JoinItems(Level *level, const List *left, const List *right)
{
	const int64 count = static_cast<int64>(list_length(left)) * list_length(right);
	return CheckAlternatives(level, count) ? Product(left, right) : NIL;
}

List *FlattenItem(Level *level, Node *item)
{
	if (IsA(item, RangeTblRef))
		return FlattenEntry(level, castNode(RangeTblRef, item)->rtindex);
	const JoinExpr *join = castNode(JoinExpr, item);
	if (join->jointype != JOIN_INNER)
		return FlattenOuter(level, join);
	const List *left = FlattenItem(level, join->larg);
	const List *right = left == NIL ? NIL : FlattenItem(level, join->rarg);
	List *both = JoinItems(level, left, right);
	return both != NIL && AddConditions(level, join->quals, &both) ? both : NIL;
}

List *FlattenItems(Level *level)
{
	List *sum = SumOf(0);
	ListCell *cell;
	foreach (cell, level->given->jointree->fromlist) {
		sum = JoinItems(level, sum, FlattenItem(level, static_cast<Node *>(lfirst(cell))));
		if (sum == NIL)
			return NIL;
	}
	return AddConditions(level, level->given->jointree->quals, &sum) ? sum : NIL;
}

QueryPlan *PlanInner(Level *level, const Query *query, Level *outer)
{
	QueryPlan *plan = level->plan;
	ListCell *cell;
	auto *inner = static_cast<QueryPlan *>(palloc0(sizeof(QueryPlan)));
	inner->query = static_cast<Query *>(copyObjectImpl(query));
	inner->is_inner = true;
	if (!FlattenBelow(inner, outer, level->is_view) || !PlanCores(inner) || !CheckGroups(inner)) {
		plan->refusal = inner->refusal;
		return nullptr;
	}
	MakeDefinition(inner);
	plan->inners = lappend(plan->inners, inner);
	plan->is_rewritten |= inner->is_rewritten;
	plan->read_views = list_concat_unique_oid(plan->read_views, inner->read_views);
	foreach (cell, inner->notices)
		AddNotice(plan, static_cast<char *>(lfirst(cell)));
	return inner;
}

List *JoinInner(Level *level, QueryPlan *inner, const char *alias, List **outputs)
{
	const int number = AddNumber(level, EntryOfHome(ShownCore(inner), alias), inner);
	List *sum = SumOf(number);
	Node *having = HavingOverHome(inner);
	*outputs = OutputsOverHome(inner);
	ChangeVarNodes(reinterpret_cast<Node *>(*outputs), 1, number, 0);
	if (having != nullptr) {
		ChangeVarNodes(having, 1, number, 0);
		AddCondition(sum, having);
	}
	return sum;
}

bool FlattenFrom(QueryPlan *plan)
{
	return FlattenBelow(plan, nullptr, false);
}

bool PlanQuery(QueryPlan *plan)
{
	return PlanWithin(plan, nullptr);
}

} // namespace mezzanine::views
