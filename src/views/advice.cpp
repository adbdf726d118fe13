#include "views/advice.h"

#include "views/base.h"
#include "views/expression.h"
#include "views/run.h"
#include "views/computed.h"

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

// The operator family that a btree on the expression has by default; Invalid: none can be.
Oid FamilyOf(const void *expression)
{
	const Oid type = exprType(static_cast<const Node *>(expression));
	const Oid operators = GetDefaultOpClass(type, BTREE_AM_OID);
	return OidIsValid(operators) ? get_opclass_family(operators) : InvalidOid;
}

// Without changes of type that make no difference to an index: of varchar to text.
Node *Bare(Node *expression)
{
	while (IsA(expression, RelabelType) &&
		   FamilyOf(castNode(RelabelType, expression)->arg) == FamilyOf(expression))
		expression = reinterpret_cast<Node *>(castNode(RelabelType, expression)->arg);
	return expression;
}

// What an index that leads to an expression's value has as its column; NULL: none can be.
Node *Indexed(Node *expression)
{
	const bool can_be = contain_var_clause(expression) && !contain_mutable_functions(expression) &&
						OidIsValid(FamilyOf(expression));
	return can_be ? Bare(expression) : nullptr;
}

// Adds what an index has as its column to others.
List *AddIndexed(List *columns, Node *expression)
{
	Node *column = Indexed(expression);
	return column == nullptr ? columns : list_append_unique(columns, column);
}

// The keys that an index may begin with.
List *IndexableKeys(const PlannedCore *core)
{
	List *keys = NIL;
	ListCell *cell;
	foreach (cell, core->keys)
		keys = AddIndexed(keys, ColumnAt(cell)->expression);
	return keys;
}

// A table, by its number in the expressions over it.
struct NumberedTable {
	Oid table;
	int number;
	const char *called; // in the query
	bool is_computed;   // by a function, from others
};

bool IsOver(const NumberedTable *table, Node *expression)
{
	int number;
	return bms_get_singleton_member(pull_varnos(nullptr, expression), &number) &&
		   number == table->number;
}

List *ThoseOver(const NumberedTable *table, const List *expressions)
{
	List *mine = NIL;
	ListCell *cell;
	foreach (cell, expressions)
		if (IsOver(table, static_cast<Node *>(lfirst(cell))))
			mine = lappend(mine, lfirst(cell));
	return mine;
}

// The first column of an index as an expression of relation number `varno`.
Node *FirstColumn(Relation index, int varno)
{
	const AttrNumber attribute = index->rd_index->indkey.values[0];
	if (attribute != 0)
		return reinterpret_cast<Node *>(makeVar(varno, attribute, InvalidOid, -1, InvalidOid, 0));
	auto *first = static_cast<Node *>(linitial(RelationGetIndexExpressions(index)));
	ChangeVarNodes(first, 1, varno, 0);
	return Bare(first);
}

bool IsSame(const Node *first, const Node *wanted)
{
	if (IsA(first, Var) && IsA(wanted, Var))
		return castNode(Var, first)->varattno == castNode(Var, wanted)->varattno;
	return equal(first, wanted);
}

// Whether a scan of the index finds the rows where one of `wanted` has a value.
bool Serves(Relation index, int number, const List *wanted)
{
	const Oid method = index->rd_rel->relam;
	ListCell *cell;
	if (!index->rd_index->indisvalid || RelationGetIndexPredicate(index) != NIL ||
		(method != BTREE_AM_OID && method != HASH_AM_OID))
		return false;
	Node *first = FirstColumn(index, number);
	foreach (cell, wanted)
		if (IsSame(first, static_cast<Node *>(lfirst(cell))))
			return true;
	return false;
}

const char *FindIndex(const NumberedTable *table, const List *wanted)
{
	Relation base = table_open(table->table, AccessShareLock);
	const char *found = nullptr;
	ListCell *cell;
	foreach (cell, RelationGetIndexList(base)) {
		Relation index = index_open(lfirst_oid(cell), AccessShareLock);
		if (found == nullptr && Serves(index, table->number, wanted))
			found = pstrdup(RelationGetRelationName(index));
		index_close(index, AccessShareLock);
	}
	table_close(base, NoLock);
	return found;
}

const char *Command(const NumberedTable *table, const List *wanted)
{
	StringInfoData sql;
	ListCell *cell;
	List *context = deparse_context_for(get_rel_name(table->table), table->table);
	initStringInfo(&sql);
	foreach (cell, wanted) {
		auto *expression = static_cast<Node *>(copyObjectImpl(lfirst(cell)));
		ChangeVarNodes(expression, table->number, 1, 0);
		appendStringInfo(&sql, IsA(expression, Var) ? "%s%s" : "%s(%s)",
						 foreach_current_index(cell) > 0 ? ", " : "",
						 deparse_expression(expression, context, false, false));
	}
	return psprintf("CREATE INDEX ON %s (%s)", QualifiedName(table->table), sql.data);
}

// An index that begins with one of `keys`; what follows them only orders the rows.
IndexAdvice AdviseOn(const NumberedTable *table, const List *keys, const List *following)
{
	IndexAdvice advice = {true, QualifiedName(table->table), FindIndex(table, keys), nullptr};
	if (advice.present == nullptr)
		advice.command = Command(table, list_concat_unique(list_copy(keys), following));
	return advice;
}

NumberedTable *TableOf(const RangeTblEntry *entry, int number)
{
	auto *table = static_cast<NumberedTable *>(palloc(sizeof(NumberedTable)));
	*table = {entry->relid, number, entry->eref->aliasname, IsComputed(entry)};
	return table;
}

// The tables of an arm, those of groups without an oid, and what is computed from tables.
List *TablesOf(const PlannedRows *rows, const PlannedArm *arm)
{
	List *tables = NIL;
	int number = -1;
	while ((number = bms_next_member(arm->tables, number)) >= 0) {
		const RangeTblEntry *entry =
			static_cast<PlannedTable *>(list_nth(rows->tables, number - 1))->entry;
		if (!IsComputed(entry) || contain_var_clause(ComputedFrom(entry)))
			tables = lappend(tables, TableOf(entry, number));
	}
	return tables;
}

// A condition of two tables that says their rows are equal in something; false: it is none.
bool IsEquality(Node *condition, Node **left, Node **right)
{
	int number;
	if (!IsA(condition, OpExpr) || list_length(castNode(OpExpr, condition)->args) != 2)
		return false;
	const OpExpr *operation = castNode(OpExpr, condition);
	*left = static_cast<Node *>(linitial(operation->args));
	*right = static_cast<Node *>(lsecond(operation->args));
	return (op_mergejoinable(operation->opno, exprType(*left)) ||
			op_hashjoinable(operation->opno, exprType(*left))) &&
		   bms_get_singleton_member(pull_varnos(nullptr, *left), &number) &&
		   bms_get_singleton_member(pull_varnos(nullptr, *right), &number);
}

// What rows of `to` are compared by with rows of `from`.
List *JoinedBy(const PlannedArm *arm, const NumberedTable *from, const NumberedTable *to)
{
	List *columns = NIL;
	ListCell *cell;
	foreach (cell, arm->conditions) {
		Node *left;
		Node *right;
		if (!IsEquality(static_cast<Node *>(lfirst(cell)), &left, &right))
			continue;
		if (IsOver(from, left) && IsOver(to, right))
			columns = AddIndexed(columns, right);
		else if (IsOver(from, right) && IsOver(to, left))
			columns = AddIndexed(columns, left);
	}
	return columns;
}

int CountTables(const List *tables)
{
	int count = 0;
	ListCell *cell;
	foreach (cell, tables)
		count += static_cast<NumberedTable *>(lfirst(cell))->is_computed ? 0 : 1;
	return count;
}

// The ways that lead to one table from the others.
List *AdviseJoinsTo(const PlannedArm *arm, const List *tables, const NumberedTable *to)
{
	List *advices = NIL;
	ListCell *cell;
	foreach (cell, tables) {
		const auto *from = static_cast<NumberedTable *>(lfirst(cell));
		const List *columns = from == to ? NIL : JoinedBy(arm, from, to);
		if (columns == NIL)
			continue;
		auto *advice = static_cast<JoinAdvice *>(palloc(sizeof(JoinAdvice)));
		*advice = {from->called, to->called, AdviseOn(to, columns, NIL)};
		advices = lappend(advices, advice);
	}
	if (advices != NIL || CountTables(tables) == 1)
		return advices;
	auto *none = static_cast<JoinAdvice *>(palloc(sizeof(JoinAdvice)));
	*none = {nullptr, to->called, {true, QualifiedName(to->table), nullptr, nullptr}};
	return list_make1(none);
}

bool IsSameText(const char *a, const char *b)
{
	return a == b || (a != nullptr && b != nullptr && strcmp(a, b) == 0);
}

// Whether another arm said the same.
bool IsTold(const List *advices, const JoinAdvice *advice)
{
	ListCell *cell;
	foreach (cell, advices) {
		const auto *told = static_cast<JoinAdvice *>(lfirst(cell));
		if (IsSameText(told->from, advice->from) && IsSameText(told->to, advice->to) &&
			IsSameText(told->index.present, advice->index.present) &&
			IsSameText(told->index.command, advice->index.command))
			return true;
	}
	return false;
}

bool HasColumn(const List *columns, AttrNumber attribute)
{
	ListCell *cell;
	foreach (cell, columns)
		if (IsA(lfirst(cell), Var) && lfirst_node(Var, cell)->varattno == attribute)
			return true;
	return false;
}

// The command that makes an index of a home table on these columns of it; NULL where its key's
// index serves, or none can.
const char *CommandOfHome(const PlannedCore *core, const List *columns)
{
	StringInfoData names;
	ListCell *cell;
	const RangeTblEntry *home = EntryOfHome(core, "home");
	const bool has_key = core->keys != NIL;
	if (has_key && HasColumn(columns, ColumnAt(list_head(core->keys))->attribute))
		return nullptr;
	initStringInfo(&names);
	foreach (cell, columns)
		if (IsA(lfirst(cell), Var))
			appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "",
							 quote_identifier(strVal(list_nth(
								 home->eref->colnames, lfirst_node(Var, cell)->varattno - 1))));
	return names.len == 0 ? nullptr : psprintf("CREATE INDEX ON %s (%s)", core->home, names.data);
}

// Adds the commands for a home table among the tables of an arm.
List *AddCommandsOfHome(List *commands, const PlannedArm *arm, const List *tables,
						const NumberedTable *to, const PlannedCore *core)
{
	ListCell *cell;
	foreach (cell, tables) {
		const auto *from = static_cast<NumberedTable *>(lfirst(cell));
		const List *columns = from == to ? NIL : JoinedBy(arm, from, to);
		const char *command = columns == NIL ? nullptr : CommandOfHome(core, columns);
		ListCell *known;
		foreach (known, commands)
			if (command != nullptr && strcmp(static_cast<char *>(lfirst(known)), command) == 0)
				command = nullptr;
		if (command != nullptr)
			commands = lappend(commands, const_cast<char *>(command));
	}
	return commands;
}

} // namespace

IndexAdvice AdviseIndex(const PlannedCore *core)
{
	const QueryPlan *plan = core->plan;
	IndexAdvice advice = {MayBeComputedAgain(core), nullptr, nullptr, nullptr};
	List *keys = IndexableKeys(core);
	// Home tables have the indexes that create_view gives them.
	if (!advice.is_needed || keys == NIL || core->source != nullptr)
		return advice;
	List *following = NIL;
	Node *extreme = OnlyExtreme(core);
	if (extreme != nullptr)
		following = AddIndexed(NIL, extreme);
	const List *tables =
		list_make1(TableOf(linitial_node(RangeTblEntry, plan->query->rtable), plan->varno));
	if (plan->rows != nullptr) {
		const auto *arm = static_cast<PlannedArm *>(linitial(plan->rows->arms));
		tables = TablesOf(plan->rows, arm);
		keys = castNode(List, OverArm(arm, reinterpret_cast<Node *>(keys)));
		following = castNode(List, OverArm(arm, reinterpret_cast<Node *>(following)));
	}
	ListCell *cell;
	foreach (cell, tables) {
		const auto *table = static_cast<NumberedTable *>(lfirst(cell));
		const List *mine = OidIsValid(table->table) ? ThoseOver(table, keys) : NIL;
		if (mine == NIL || advice.present != nullptr)
			continue;
		const IndexAdvice found = AdviseOn(table, mine, ThoseOver(table, following));
		if (advice.command == nullptr || found.present != nullptr)
			advice = found;
	}
	return advice;
}

List *AdviseJoins(const QueryPlan *plan)
{
	List *advices = NIL;
	ListCell *cell;
	foreach (cell, plan->rows->arms) {
		const auto *arm = static_cast<PlannedArm *>(lfirst(cell));
		const List *tables = TablesOf(plan->rows, arm);
		ListCell *to;
		ListCell *one;
		foreach (to, tables) {
			const auto *table = static_cast<NumberedTable *>(lfirst(to));
			// Home tables have the indexes that create_view gives them.
			if (OidIsValid(table->table))
				foreach (one, AdviseJoinsTo(arm, tables, table))
					if (!IsTold(advices, static_cast<JoinAdvice *>(lfirst(one))))
						advices = lappend(advices, lfirst(one));
		}
	}
	return advices;
}

List *IndexCommandsOfHomes(const QueryPlan *plan)
{
	List *commands = NIL;
	ListCell *cell;
	foreach (cell, plan->rows->arms) {
		const auto *arm = static_cast<PlannedArm *>(lfirst(cell));
		const List *tables = TablesOf(plan->rows, arm);
		ListCell *one;
		foreach (one, tables) {
			const auto *table = static_cast<NumberedTable *>(lfirst(one));
			const QueryPlan *inner =
				static_cast<PlannedTable *>(list_nth(plan->rows->tables, table->number - 1))->inner;
			if (inner != nullptr)
				commands = AddCommandsOfHome(commands, arm, tables, table, ShownCore(inner));
		}
	}
	return commands;
}

} // namespace mezzanine::views
