#include "views/advice.h"

#include "views/expression.h"

namespace mezzanine::views
{

namespace
{

const PlannedColumn *ColumnAt(const ListCell *cell)
{
	return static_cast<const PlannedColumn *>(lfirst(cell));
}

bool MayBeComputedAgain(const PlannedCore *core)
{
	ListCell *cell;
	foreach (cell, core->states)
		if (ColumnAt(cell)->maintenance != Maintenance::kDelta)
			return true;
	return false;
}

// The argument of the only min or max there is; NULL where it is not alone.
Node *OnlyExtreme(const PlannedCore *core)
{
	const Aggref *only = nullptr;
	ListCell *cell;
	foreach (cell, core->states) {
		if (ColumnAt(cell)->maintenance == Maintenance::kDelta)
			continue;
		if (only != nullptr || ColumnAt(cell)->maintenance != Maintenance::kExtreme)
			return nullptr;
		only = castNode(Aggref, ColumnAt(cell)->expression);
	}
	if (only == nullptr || only->aggfilter != nullptr)
		return nullptr;
	return reinterpret_cast<Node *>(linitial_node(TargetEntry, only->args)->expr);
}

bool CanBeIndexed(Node *expression)
{
	return contain_var_clause(expression) && !contain_mutable_functions(expression) &&
		   OidIsValid(GetDefaultOpClass(exprType(expression), BTREE_AM_OID));
}

// The expressions that an index for the core would begin with.
List *Wanted(const PlannedCore *core)
{
	List *wanted = NIL;
	ListCell *cell;
	foreach (cell, core->keys)
		if (CanBeIndexed(ColumnAt(cell)->expression))
			wanted = lappend(wanted, ColumnAt(cell)->expression);
	Node *extreme = OnlyExtreme(core);
	if (extreme != nullptr && CanBeIndexed(extreme) && wanted != NIL)
		wanted = lappend(wanted, extreme);
	return wanted;
}

// The first column of an index as an expression of relation number `varno`.
Node *FirstColumn(Relation index, int varno)
{
	const AttrNumber attribute = index->rd_index->indkey.values[0];
	if (attribute != 0)
		return reinterpret_cast<Node *>(makeVar(varno, attribute, InvalidOid, -1, InvalidOid, 0));
	auto *first = static_cast<Node *>(linitial(RelationGetIndexExpressions(index)));
	ChangeVarNodes(first, 1, varno, 0);
	return first;
}

bool IsSame(const Node *first, const Node *wanted)
{
	if (IsA(first, Var) && IsA(wanted, Var))
		return castNode(Var, first)->varattno == castNode(Var, wanted)->varattno;
	return equal(first, wanted);
}

// Whether a scan of the index finds the rows where one of `wanted` has a value.
bool Serves(Relation index, const QueryPlan *plan, const List *wanted)
{
	const Oid method = index->rd_rel->relam;
	ListCell *cell;
	if (!index->rd_index->indisvalid || RelationGetIndexPredicate(index) != NIL ||
		(method != BTREE_AM_OID && method != HASH_AM_OID))
		return false;
	Node *first = FirstColumn(index, plan->varno);
	foreach (cell, wanted)
		if (IsSame(first, static_cast<Node *>(lfirst(cell))))
			return true;
	return false;
}

const char *FindIndex(const QueryPlan *plan, const List *wanted)
{
	Relation base = table_open(plan->base, AccessShareLock);
	const char *found = nullptr;
	ListCell *cell;
	foreach (cell, RelationGetIndexList(base)) {
		Relation index = index_open(lfirst_oid(cell), AccessShareLock);
		if (found == nullptr && Serves(index, plan, wanted))
			found = pstrdup(RelationGetRelationName(index));
		index_close(index, AccessShareLock);
	}
	table_close(base, NoLock);
	return found;
}

const char *Command(const QueryPlan *plan, const List *wanted)
{
	StringInfoData sql;
	ListCell *cell;
	initStringInfo(&sql);
	foreach (cell, wanted) {
		auto *expression = static_cast<Node *>(lfirst(cell));
		appendStringInfo(&sql, IsA(expression, Var) ? "%s%s" : "%s(%s)",
						 foreach_current_index(cell) > 0 ? ", " : "", Deparse(plan, expression));
	}
	return psprintf("CREATE INDEX ON %s (%s)", BaseName(plan), sql.data);
}

} // namespace

IndexAdvice AdviseIndex(const QueryPlan *plan, const PlannedCore *core)
{
	IndexAdvice advice = {};
	List *wanted = Wanted(core);
	advice.is_needed = MayBeComputedAgain(core);
	if (!advice.is_needed || wanted == NIL)
		return advice;
	// The keys lead to the group; what follows them only orders it.
	List *leading = list_copy(wanted);
	if (list_length(leading) > 1 && equal(llast(leading), OnlyExtreme(core)))
		leading = list_delete_last(leading);
	advice.present = FindIndex(plan, leading);
	if (advice.present == nullptr)
		advice.command = Command(plan, wanted);
	return advice;
}

} // namespace mezzanine::views
