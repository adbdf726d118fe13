#include "views/outer.h"

#include "views/computed.h"
#include "views/correlation.h"
#include "views/expression.h"
#include "views/lists.h"
#include "views/sum.h"
#include "views/timezones.h"
#include "views/values.h"

namespace mezzanine::views
{

namespace
{

// What is joined.
struct Side {
	Node *item;         // of FROM, as given
	Bitmapset *entries; // in it
	List *sum;          // what it is
	int after;          // its numbers are above this one
	int last;           // up to this one
};

// The conjuncts of ON, as given, by what they are about.
struct Conjuncts {
	List *keys;        // of CorrelationKey, the nullable side in it
	List *of_kept;     // about the side that keeps its rows alone
	List *of_nullable; // about the other alone, or about none
	List *of_both;     // others
};

Bitmapset *EntriesIn(const Node *item)
{
	if (IsA(item, RangeTblRef))
		return bms_make_singleton(castNode(RangeTblRef, item)->rtindex);
	const JoinExpr *join = castNode(JoinExpr, item);
	return bms_add_member(bms_join(EntriesIn(join->larg), EntriesIn(join->rarg)), join->rtindex);
}

bool FlattenSide(Level *level, Node *item, Side *side)
{
	side->item = item;
	side->entries = EntriesIn(item);
	side->after = list_length(level->gathering->tables);
	side->sum = FlattenItem(level, item);
	side->last = list_length(level->gathering->tables);
	return side->sum != NIL;
}

bool IsAbout(Node *expression, const Side *side)
{
	const Bitmapset *entries = pull_varnos(nullptr, expression);
	return !bms_is_empty(entries) && bms_is_subset(entries, side->entries);
}

// Whether a conjunct is an equality of both sides that finds one of the distinct keys.
bool IsKey(Node *conjunct, const Side *kept, const Side *nullable, CorrelationKey *key)
{
	if (!IsA(conjunct, OpExpr) || list_length(castNode(OpExpr, conjunct)->args) != 2)
		return false;
	key->equality = castNode(OpExpr, conjunct);
	for (key->inner = 0; key->inner < 2; key->inner++) {
		auto *mine = static_cast<Node *>(list_nth(key->equality->args, key->inner));
		if (IsAbout(mine, nullable) &&
			IsAbout(static_cast<Node *>(list_nth(key->equality->args, 1 - key->inner)), kept))
			return FindsOne(key->equality, mine);
	}
	return false;
}

Conjuncts Sort(const List *conjuncts, const Side *kept, const Side *nullable)
{
	Conjuncts sorted = {};
	ListCell *cell;
	foreach (cell, conjuncts) {
		auto *conjunct = static_cast<Node *>(lfirst(cell));
		CorrelationKey key;
		if (IsKey(conjunct, kept, nullable, &key)) {
			auto *copy = static_cast<CorrelationKey *>(palloc(sizeof(CorrelationKey)));
			*copy = key;
			sorted.keys = lappend(sorted.keys, copy);
		} else if (IsAbout(conjunct, kept)) {
			sorted.of_kept = lappend(sorted.of_kept, conjunct);
		} else if (IsAbout(conjunct, nullable) || !contain_var_clause(conjunct)) {
			sorted.of_nullable = lappend(sorted.of_nullable, conjunct);
		} else {
			sorted.of_both = lappend(sorted.of_both, conjunct);
		}
	}
	return sorted;
}

// Adds conditions as given; false: refused.
bool AddGiven(Level *level, List *conditions, List *sum)
{
	ListCell *cell;
	foreach (cell, conditions) {
		Node *condition = InNumbers(level, lfirst(cell));
		if (!CheckExpression(level->plan, NameZones(condition)))
			return false;
		AddCondition(sum, condition);
	}
	return true;
}

// Whether a row of the kept side matches one of the nullable side at most, which is groups.
bool IsUnique(Level *level, const Side *nullable, const Conjuncts *conjuncts)
{
	ListCell *cell;
	if (!IsA(nullable->item, RangeTblRef))
		return false;
	const Place *place = &level->places[castNode(RangeTblRef, nullable->item)->rtindex];
	if (place->inner == nullptr)
		return false;
	const int number = nullable->after + 1;
	foreach (cell, ShownCore(place->inner)->keys) {
		const auto *column = static_cast<PlannedColumn *>(lfirst(cell));
		ListCell *key;
		bool is_given = false;
		foreach (key, conjuncts->keys) {
			Node *mine = InNumbers(level, InnerSide(static_cast<CorrelationKey *>(lfirst(key))));
			is_given |= IsA(mine, Var) && castNode(Var, mine)->varno == number &&
						castNode(Var, mine)->varattno == column->attribute;
		}
		if (!is_given)
			return false;
	}
	return true;
}

const char *NameOf(const Query *given, const Side *side)
{
	return rt_fetch(bms_next_member(side->entries, -1), given->rtable)->eref->aliasname;
}

// The columns of the kept side in the conjuncts, each once.
List *KeptColumns(const List *conjuncts, const Side *kept)
{
	List *columns = NIL;
	ListCell *cell;
	foreach (cell, pull_vars_of_level(reinterpret_cast<Node *>(const_cast<List *>(conjuncts)), 0))
		if (bms_is_member(lfirst_node(Var, cell)->varno, kept->entries))
			columns = list_append_unique(columns, lfirst(cell));
	return columns;
}

// Whether an entry of FROM is computed from a side.
bool IsComputedFrom(const RangeTblEntry *entry, const Side *side)
{
	return IsComputed(entry) &&
		   bms_overlap(pull_varnos(nullptr, ComputedFrom(entry)), side->entries);
}

// Whether the nullable side is computed from the other.
bool LooksAcross(const Level *level, const Side *kept, const Side *nullable)
{
	int number = -1;
	while ((number = bms_next_member(nullable->entries, number)) >= 0)
		if (IsComputedFrom(rt_fetch(number, level->given->rtable), kept))
			return true;
	return false;
}

// A call that has no rows where an argument of it is NULL; NULL: the entry is something else.
Node *StrictCall(const RangeTblEntry *entry)
{
	if (entry->rtekind != RTE_FUNCTION || list_length(entry->functions) != 1)
		return nullptr;
	Node *call = linitial_node(RangeTblFunction, entry->functions)->funcexpr;
	return IsA(call, FuncExpr) && castNode(FuncExpr, call)->funcretset ? call : nullptr;
}

// Adds the calls that are computed from the kept side to conditions: they have rows or not by the
// same columns.  False: refused.
bool AddCalls(Level *level, const Side *kept, const Side *nullable, List **conditions)
{
	int number = -1;
	while ((number = bms_next_member(nullable->entries, number)) >= 0) {
		const RangeTblEntry *entry = rt_fetch(number, level->given->rtable);
		if (!IsComputedFrom(entry, kept))
			continue;
		Node *call = StrictCall(entry);
		if (call == nullptr)
			return Refuse(level->plan,
						  "such a FROM of columns of the other side of an outer join is",
						  "Call one function that makes rows, or use an inner join.");
		*conditions = lappend(*conditions, call);
	}
	return true;
}

// The rows of the kept side that have a match, found by the values that are compared, and that
// functions are computed from.  NIL: refused.
List *MatchedByValues(Level *level, const Side *kept, const Side *nullable, List *conjuncts)
{
	List *conditions = list_copy(conjuncts);
	if (!AddCalls(level, kept, nullable, &conditions))
		return NIL;
	const List *columns = KeptColumns(conditions, kept);
	if (!CheckValues(level, columns, conditions))
		return NIL;
	auto *reference = makeNode(RangeTblRef);
	reference->rtindex = linitial_node(Var, columns)->varno;
	const Query *distinct = DistinctKeys(level->given, list_make2(reference, nullable->item),
										 const_cast<List *>(columns), conjuncts);
	QueryPlan *inner = PlanInner(level, distinct, level->outer);
	if (inner == nullptr)
		return NIL;
	List *outputs;
	List *matched =
		Product(kept->sum, JoinInner(level, inner, NameOf(level->given, nullable), &outputs));
	AddValues(level, columns, outputs, matched);
	return matched;
}

// The same, found by the keys.
List *MatchedByKeys(Level *level, const Side *kept, const Side *nullable,
					const Conjuncts *conjuncts)
{
	const Query *distinct = DistinctKeys(level->given, list_make1(nullable->item),
										 InnerSides(conjuncts->keys), conjuncts->of_nullable);
	QueryPlan *inner = PlanInner(level, distinct, level->outer);
	if (inner == nullptr)
		return NIL;
	List *outputs;
	List *matched =
		Product(kept->sum, JoinInner(level, inner, NameOf(level->given, nullable), &outputs));
	AddEqualities(level, conjuncts->keys, outputs, matched);
	return AddGiven(level, conjuncts->of_kept, matched) ? matched : NIL;
}

// The rows that the side is where they stand in the query; NIL: they do not.
List *ListedRows(const Level *level, const Side *side)
{
	if (!IsA(side->item, RangeTblRef))
		return NIL;
	return RowsListed(rt_fetch(castNode(RangeTblRef, side->item)->rtindex, level->given->rtable));
}

// One of the rows that a side is.
struct ListedRow {
	int entry;
	const List *values;
};

// Replaces a side's columns by one of its rows; the context is the ListedRow.
Node *OfListedRow(Node *node, void *context)
{
	const auto *row = static_cast<ListedRow *>(context);
	if (node == nullptr)
		return nullptr;
	if (!IsA(node, Var) || castNode(Var, node)->varlevelsup > 0 ||
		castNode(Var, node)->varno != row->entry || castNode(Var, node)->varattno <= 0)
		return pg::MutateExpression(node, OfListedRow, context);
	return static_cast<Node *>(
		copyObjectImpl(list_nth(row->values, castNode(Var, node)->varattno - 1)));
}

// The rows of the kept side that match none of these, of which no core is needed.  NIL: refused.
List *UnmatchedByRows(Level *level, const Side *kept, const Side *nullable, const List *conjuncts,
					  const List *rows)
{
	List *unmatched = Product(kept->sum, SumOf(0));
	ListCell *cell;
	foreach (cell, rows) {
		ListedRow row = {castNode(RangeTblRef, nullable->item)->rtindex, lfirst_node(List, cell)};
		auto *test = makeNode(BooleanTest);
		test->arg = make_ands_explicit(castNode(
			List, OfListedRow(reinterpret_cast<Node *>(const_cast<List *>(conjuncts)), &row)));
		test->booltesttype = IS_NOT_TRUE;
		test->location = -1;
		if (!AddGiven(level, list_make1(test), unmatched))
			return NIL;
	}
	return WithNulls(unmatched, nullable->after, nullable->last);
}

// What the join has beside the rows of the inner join, `joined`: those of the kept side that have
// no match, with NULLs.  NIL: refused.
List *Unmatched(Level *level, const Side *kept, const Side *nullable, const List *conjuncts,
				const List *joined)
{
	const List *rows = ListedRows(level, nullable);
	if (rows != NIL)
		return UnmatchedByRows(level, kept, nullable, conjuncts, rows);
	const Conjuncts sorted = Sort(conjuncts, kept, nullable);
	const List *matched = joined;
	if (!IsUnique(level, nullable, &sorted))
		matched = sorted.of_both == NIL && !LooksAcross(level, kept, nullable)
					  ? MatchedByKeys(level, kept, nullable, &sorted)
					  : MatchedByValues(level, kept, nullable, const_cast<List *>(conjuncts));
	if (matched == NIL)
		return NIL;
	return list_concat(WithNulls(kept->sum, nullable->after, nullable->last),
					   WithNulls(Negated(matched), nullable->after, nullable->last));
}

// Both sides, and what their join has.  NIL: refused.
List *JoinSides(Level *level, const JoinExpr *join, Side *left, Side *right)
{
	if (checkExprHasSubLink(join->quals)) {
		Refuse(level->plan, "a subquery in the condition of an outer join is",
			   "Select it before, in a subquery in FROM.");
		return NIL;
	}
	if (!FlattenSide(level, join->larg, left) || !FlattenSide(level, join->rarg, right))
		return NIL;
	List *conjuncts = castNode(
		List, flatten_join_alias_vars(const_cast<Query *>(level->given),
									  reinterpret_cast<Node *>(make_ands_implicit(
										  reinterpret_cast<Expr *>(copyObjectImpl(join->quals))))));
	List *joined = JoinItems(level, left->sum, right->sum);
	if (joined == NIL || !AddGiven(level, conjuncts, joined))
		return NIL;
	List *sum = list_copy(joined);
	const Side *nullable[2] = {join->jointype == JOIN_RIGHT ? nullptr : right,
							   join->jointype == JOIN_LEFT ? nullptr : left};
	for (const Side *side : nullable) {
		if (side == nullptr)
			continue;
		List *unmatched = Unmatched(level, side == right ? left : right, side, conjuncts, joined);
		if (unmatched == NIL)
			return NIL;
		sum = list_concat(sum, unmatched);
	}
	return sum;
}

} // namespace

List *FlattenOuter(Level *level, const JoinExpr *join)
{
	const bool was_optional = level->is_optional;
	Side left;
	Side right;
	level->is_optional = true;
	List *sum = JoinSides(level, join, &left, &right);
	level->is_optional = was_optional;
	return sum;
}

Query *DistinctKeys(const Query *given, List *items, List *keys, List *conditions)
{
	auto *query = makeNode(Query);
	Bitmapset *entries = nullptr;
	List *all = static_cast<List *>(copyObjectImpl(conditions));
	ListCell *cell;
	query->commandType = CMD_SELECT;
	query->cteList = static_cast<List *>(copyObjectImpl(given->cteList));
	query->hasSubLinks = given->hasSubLinks;
	foreach (cell, items)
		entries = bms_join(entries, EntriesIn(static_cast<Node *>(lfirst(cell))));
	foreach (cell, given->rtable) {
		// What is not in FROM is not there to be named.
		auto *none = makeNode(RangeTblEntry);
		none->rtekind = RTE_RESULT;
		none->eref = makeAlias("none", NIL);
		query->rtable =
			lappend(query->rtable, bms_is_member(foreach_current_index(cell) + 1, entries)
									   ? static_cast<RangeTblEntry *>(copyObjectImpl(lfirst(cell)))
									   : none);
	}
	if (keys == NIL)
		keys = list_make1(makeBoolConst(true, false)); // whether there is any
	foreach (cell, keys) {
		auto *key = static_cast<Node *>(copyObjectImpl(lfirst(cell)));
		TargetEntry *target = makeTargetEntry(
			reinterpret_cast<Expr *>(key), static_cast<AttrNumber>(foreach_current_index(cell) + 1),
			psprintf("k%d", foreach_current_index(cell) + 1), false);
		auto *clause = makeNode(SortGroupClause);
		target->ressortgroupref = clause->tleSortGroupRef =
			static_cast<Index>(foreach_current_index(cell) + 1);
		get_sort_group_operators(exprType(key), false, true, false, &clause->sortop, &clause->eqop,
								 nullptr, &clause->hashable);
		query->targetList = lappend(query->targetList, target);
		query->distinctClause = lappend(query->distinctClause, clause);
		if (IsA(key, Const))
			continue;
		auto *test = makeNode(NullTest);
		test->arg = reinterpret_cast<Expr *>(copyObjectImpl(key));
		test->nulltesttype = IS_NOT_NULL;
		test->location = -1;
		all = lappend(all, test);
	}
	query->jointree = makeFromExpr(static_cast<List *>(copyObjectImpl(items)), nullptr);
	if (all != NIL)
		query->jointree->quals = reinterpret_cast<Node *>(make_ands_explicit(all));
	return query;
}

bool FindsOne(const OpExpr *equality, Node *key)
{
	const Oid type = exprType(key);
	if (!op_strict(equality->opno) ||
		!op_hashjoinable(equality->opno, exprType(static_cast<Node *>(linitial(equality->args)))))
		return false;
	const TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_EQ_OPR);
	if (!OidIsValid(entry->eq_opr) || !equality_ops_are_compatible(equality->opno, entry->eq_opr))
		return false;
	return ComparesAlike(equality, exprCollation(key));
}

} // namespace mezzanine::views
