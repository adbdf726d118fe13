#include "views/join.h"

#include "pg/door.h"
#include "views/image.h"
#include "views/computed.h"
#include "views/references.h"

namespace mezzanine::views
{

namespace
{

// A rows view's query as a list of tables and a list of conditions.
struct FlatJoin {
	Query *query;
	List *indexes;    // of the tables, in the query's range table, then of what is computed
	List *computed;   // of functions and VALUES alone
	List *conditions; // of Node
};

[[noreturn]] void RefuseRows(const char *what)
{
	elog(ERROR, "a rows view has %s", what);
}

bool IsTable(const RangeTblEntry *entry)
{
	return entry->rtekind == RTE_RELATION && entry->relkind != RELKIND_VIEW;
}

bool IsJoinOfTables(Query *query, Node *item)
{
	ListCell *cell;
	if (IsA(item, RangeTblRef)) {
		const RangeTblEntry *entry = rt_fetch(castNode(RangeTblRef, item)->rtindex, query->rtable);
		return IsTable(entry) || IsComputed(entry);
	}
	if (IsA(item, JoinExpr)) {
		const JoinExpr *join = castNode(JoinExpr, item);
		return join->jointype == JOIN_INNER && IsJoinOfTables(query, join->larg) &&
			   IsJoinOfTables(query, join->rarg);
	}
	foreach (cell, castNode(FromExpr, item)->fromlist)
		if (!IsJoinOfTables(query, static_cast<Node *>(lfirst(cell))))
			return false;
	return true;
}

// Whether the query selects from an inner join of tables, and does nothing else.
bool IsFlat(Query *query)
{
	return !query->hasAggs && !query->hasSubLinks && !query->hasWindowFuncs &&
		   query->groupClause == NIL && query->distinctClause == NIL &&
		   query->setOperations == nullptr && query->cteList == NIL &&
		   IsJoinOfTables(query, reinterpret_cast<Node *>(query->jointree));
}

void AddConditions(FlatJoin *flat, Node *condition)
{
	ListCell *cell;
	if (condition == nullptr)
		return;
	if (!is_andclause(condition)) {
		flat->conditions = lappend(flat->conditions, condition);
		return;
	}
	foreach (cell, castNode(BoolExpr, condition)->args)
		AddConditions(flat, static_cast<Node *>(lfirst(cell)));
}

void Flatten(FlatJoin *flat, Node *item)
{
	ListCell *cell;
	if (IsA(item, RangeTblRef)) {
		const int index = castNode(RangeTblRef, item)->rtindex;
		if (IsComputed(rt_fetch(index, flat->query->rtable)))
			flat->computed = lappend_int(flat->computed, index);
		else
			flat->indexes = lappend_int(flat->indexes, index);
	} else if (IsA(item, JoinExpr)) {
		const JoinExpr *join = castNode(JoinExpr, item);
		Flatten(flat, join->larg);
		Flatten(flat, join->rarg);
		AddConditions(flat, join->quals);
	} else {
		const FromExpr *from = castNode(FromExpr, item);
		foreach (cell, from->fromlist)
			Flatten(flat, static_cast<Node *>(lfirst(cell)));
		AddConditions(flat, from->quals);
	}
}

Query *QueryOfRows(Oid rows)
{
	Relation relation = relation_open(rows, AccessShareLock);
	auto *query = static_cast<Query *>(copyObjectImpl(get_view_query(relation)));
	relation_close(relation, NoLock);
	UnwrapValues(query);
	return query;
}

// The view's query, with all columns those of tables.
FlatJoin Read(Oid rows)
{
	FlatJoin flat = {QueryOfRows(rows), NIL, NIL, NIL};
	Query *query = flat.query;
	if (!IsFlat(query))
		RefuseRows("more than an inner join of tables");
	Flatten(&flat, reinterpret_cast<Node *>(query->jointree));
	flat.conditions = reinterpret_cast<List *>(
		flatten_join_alias_vars(query, reinterpret_cast<Node *>(flat.conditions)));
	query->targetList = reinterpret_cast<List *>(
		flatten_join_alias_vars(query, reinterpret_cast<Node *>(query->targetList)));
	if (list_length(flat.indexes) > core::kMostTables)
		RefuseRows("too many tables");
	flat.indexes = list_concat(flat.indexes, flat.computed);
	return flat;
}

// Gives each table its place in the list as its varno.
Node *Renumber(Node *node, void *indexes)
{
	if (node == nullptr)
		return nullptr;
	if (!IsA(node, Var))
		return pg::MutateExpression(node, Renumber, indexes);
	auto *var = static_cast<Var *>(copyObjectImpl(node));
	const List *tables = static_cast<List *>(indexes);
	ListCell *cell;
	foreach (cell, tables)
		if (lfirst_int(cell) == var->varno) {
			var->varno = foreach_current_index(cell) + 1;
			return reinterpret_cast<Node *>(var);
		}
	RefuseRows("a column of no table");
}

core::Tables TablesOf(const JoinProgram *join, Node *expression)
{
	core::Tables tables = 0;
	int varno = -1;
	Bitmapset *varnos = pull_varnos(nullptr, expression);
	while ((varno = bms_next_member(varnos, varno)) >= 0) {
		const int table = varno - 1;
		tables |=
			table < join->table_count
				? core::SetOf(table)
				: static_cast<JoinedValues *>(list_nth(join->values, table - join->table_count))
					  ->tables;
	}
	return tables;
}

bool IsOneTable(core::Tables tables)
{
	return tables != 0 && (tables & (tables - 1)) == 0;
}

int FirstOf(core::Tables tables)
{
	return pg_rightmost_one_pos64(tables);
}

// What a condition ties: the tables that its sides are about, or the first two of all.
bool TieOf(const JoinProgram *join, const JoinCondition *condition, core::Tie *tie)
{
	if (condition->tables == 0 || IsOneTable(condition->tables))
		return false;
	const int first = FirstOf(condition->tables);
	*tie = {first, FirstOf(condition->tables & ~core::SetOf(first)), false};
	if (!IsA(condition->expression, OpExpr))
		return true;
	const OpExpr *operation = castNode(OpExpr, condition->expression);
	if (list_length(operation->args) != 2)
		return true;
	auto *left = static_cast<Node *>(linitial(operation->args));
	const core::Tables left_tables = TablesOf(join, left);
	const core::Tables right_tables = TablesOf(join, static_cast<Node *>(lsecond(operation->args)));
	if (IsOneTable(left_tables) && IsOneTable(right_tables) && left_tables != right_tables)
		*tie = {FirstOf(left_tables), FirstOf(right_tables),
				op_strict(operation->opno) && op_hashjoinable(operation->opno, exprType(left))};
	return true;
}

EdgeKey *KeyOf(const OpExpr *equality, bool swapped)
{
	auto *key = static_cast<EdgeKey *>(palloc0(sizeof(EdgeKey)));
	RegProcedure procedures[2];
	if (!get_op_hash_functions(equality->opno, &procedures[0], &procedures[1]))
		elog(ERROR, "operator %u has no hash functions", equality->opno);
	for (int i = 0; i < 2; i++) {
		const int side = swapped ? 1 - i : i;
		key->expressions[side] = static_cast<Node *>(list_nth(equality->args, i));
		fmgr_info(procedures[i], &key->hashes[side]);
	}
	key->collation = equality->inputcollid;
	return key;
}

// The keys of one edge: of all equalities between its tables.
List *KeysOf(const JoinProgram *join, const core::Edge *edge)
{
	List *keys = NIL;
	ListCell *cell;
	foreach (cell, join->conditions) {
		const auto *condition = static_cast<JoinCondition *>(lfirst(cell));
		core::Tie tie;
		if (!TieOf(join, condition, &tie) || !tie.keyed)
			continue;
		const bool swapped = tie.left > tie.right;
		if ((swapped ? tie.right : tie.left) == edge->left &&
			(swapped ? tie.left : tie.right) == edge->right)
			keys = lappend(keys, KeyOf(castNode(OpExpr, condition->expression), swapped));
	}
	return keys;
}

void CompileEdges(JoinProgram *join)
{
	std::size_t tie_count = 0;
	// VALUES that have no match are rows of no table.
	const auto edge_count = static_cast<std::size_t>(std::max(join->table_count - 1, 0));
	auto *ties = static_cast<core::Tie *>(
		palloc(sizeof(core::Tie) * static_cast<Size>(list_length(join->conditions) + 1)));
	ListCell *cell;
	foreach (cell, join->conditions)
		if (TieOf(join, static_cast<JoinCondition *>(lfirst(cell)), &ties[tie_count]))
			tie_count++;
	join->edges = static_cast<core::Edge *>(palloc0(sizeof(core::Edge) * (edge_count + 1)));
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			core::SpanTables({ties, tie_count}, {join->edges, edge_count});
		}))
		MEZZANINE_RAISE(failure);
	join->keys = static_cast<List **>(palloc0(sizeof(List *) * (edge_count + 1)));
	for (std::size_t i = 0; i < edge_count; i++)
		if (join->edges[i].keyed)
			join->keys[i] = KeysOf(join, &join->edges[i]);
}

int SourceOf(JoinProgram *join, Oid relation)
{
	for (int i = 0; i < join->source_count; i++)
		if (join->sources[i].relation == relation)
			return i;
	join->sources[join->source_count].relation = relation;
	return join->source_count++;
}

void CompileTables(JoinProgram *join, const FlatJoin *flat)
{
	const auto most = static_cast<Size>(list_length(flat->indexes));
	join->tables = static_cast<JoinedTable *>(palloc0(sizeof(JoinedTable) * most));
	join->sources = static_cast<JoinedSource *>(palloc0(sizeof(JoinedSource) * most));
	ListCell *cell;
	foreach (cell, flat->indexes) {
		RangeTblEntry *entry = rt_fetch(lfirst_int(cell), flat->query->rtable);
		if (!IsComputed(entry))
			join->tables[join->table_count++] = {SourceOf(join, entry->relid), entry};
	}
}

// In the order of FROM, so that each knows those that it is computed from.
void CompileValues(JoinProgram *join, const FlatJoin *flat)
{
	ListCell *cell;
	foreach (cell, flat->computed) {
		const RangeTblEntry *given = rt_fetch(lfirst_int(cell), flat->query->rtable);
		auto *values = static_cast<JoinedValues *>(palloc(sizeof(JoinedValues)));
		values->entry = MutateComputed(given, Renumber, flat->indexes);
		values->tables = TablesOf(join, ComputedFrom(values->entry));
		join->values = lappend(join->values, values);
	}
}

void CompileExpressions(JoinProgram *join, const FlatJoin *flat)
{
	ListCell *cell;
	foreach (cell, flat->conditions) {
		auto *condition = static_cast<JoinCondition *>(palloc(sizeof(JoinCondition)));
		condition->expression = Renumber(static_cast<Node *>(lfirst(cell)), flat->indexes);
		condition->tables = TablesOf(join, condition->expression);
		join->conditions = lappend(join->conditions, condition);
	}
	join->targets = reinterpret_cast<List *>(
		Renumber(reinterpret_cast<Node *>(flat->query->targetList), flat->indexes));
}

// Adds the attributes of any mention of a table by which rows of the join are found.
void AddTied(const JoinProgram *join, Oid relation, Bitmapset **used)
{
	ListCell *cell;
	for (int i = 0; i < join->table_count; i++) {
		if (join->tables[i].entry->relid != relation)
			continue;
		const auto varno = static_cast<Index>(i + 1);
		foreach (cell, join->conditions)
			pull_varattnos(static_cast<JoinCondition *>(lfirst(cell))->expression, varno, used);
		foreach (cell, join->values)
			pull_varattnos(ComputedFrom(static_cast<JoinedValues *>(lfirst(cell))->entry), varno,
						   used);
	}
}

// Adds the attributes that the join reads of any mention of a table.
void AddUsed(const JoinProgram *join, Oid relation, Bitmapset **used)
{
	AddTied(join, relation, used);
	for (int i = 0; i < join->table_count; i++)
		if (join->tables[i].entry->relid == relation)
			pull_varattnos(reinterpret_cast<Node *>(join->targets), static_cast<Index>(i + 1),
						   used);
}

// What any of the joins reads of a table: all take its changes in one form.
Bitmapset *UsedOf(const List *joins, Oid relation)
{
	Bitmapset *used = nullptr;
	ListCell *cell;
	foreach (cell, joins)
		AddUsed(static_cast<JoinProgram *>(lfirst(cell)), relation, &used);
	return used;
}

void AddColumn(TupleDesc change, AttrNumber number, const FormData_pg_attribute *column)
{
	TupleDescInitEntry(change, number, psprintf("c%d", column->attnum), column->atttypid,
					   column->atttypmod, 0);
	TupleDescInitEntryCollation(change, number, column->attcollation);
}

void CompileSource(JoinedSource *source, int number, const Bitmapset *used)
{
	RowsColumns *columns = &source->columns;
	const int count = bms_num_members(used);
	columns->attributes =
		static_cast<AttrNumber *>(palloc(sizeof(AttrNumber) * static_cast<Size>(count + 1)));
	columns->storages =
		static_cast<Storage *>(palloc(sizeof(Storage) * static_cast<Size>(count + 1)));
	source->change = CreateTemplateTupleDesc(count + 1);
	source->name = psprintf("changes of table %d", number);
	TupleDescInitEntry(source->change, kSignAttribute, "sign", INT8OID, -1, 0);

	Relation relation = relation_open(source->relation, AccessShareLock);
	int member = -1;
	while ((member = bms_next_member(used, member)) >= 0) {
		const auto attribute = static_cast<AttrNumber>(member + FirstLowInvalidHeapAttributeNumber);
		if (attribute <= 0)
			RefuseRows("a whole row or a system column");
		const FormData_pg_attribute *column =
			TupleDescAttr(RelationGetDescr(relation), attribute - 1);
		columns->attributes[columns->column_count] = attribute;
		columns->storages[columns->column_count++] = {column->attlen, column->attbyval};
		AddColumn(source->change, static_cast<AttrNumber>(columns->column_count + 1), column);
	}
	relation_close(relation, NoLock);
}

// Of each column, whether it is in the set.
bool *Members(const RowsColumns *columns, const Bitmapset *used)
{
	auto *members =
		static_cast<bool *>(palloc(sizeof(bool) * static_cast<Size>(columns->column_count + 1)));
	for (int i = 0; i < columns->column_count; i++)
		members[i] =
			bms_is_member(columns->attributes[i] - FirstLowInvalidHeapAttributeNumber, used);
	return members;
}

void CompilePairs(const JoinProgram *join, JoinedSource *source, int number)
{
	Bitmapset *tied = nullptr;
	Bitmapset *read = nullptr;
	const auto count = static_cast<AttrNumber>(source->columns.column_count);
	AddTied(join, source->relation, &tied);
	AddUsed(join, source->relation, &read);
	source->tied = Members(&source->columns, tied);
	source->read = Members(&source->columns, read);
	source->pair_name = psprintf("pairs of table %d", number);
	source->pair = CreateTemplateTupleDesc(1 + 2 * count);
	for (AttrNumber i = 1; i <= 1 + count; i++) {
		TupleDescCopyEntry(source->pair, i, source->change, i);
		if (i > kSignAttribute)
			TupleDescCopyEntry(source->pair, static_cast<AttrNumber>(i + count), source->change, i);
	}
}

JoinProgram *ReadJoin(const ArmEntry *arm)
{
	FlatJoin flat = Read(arm->arm);
	auto *join = static_cast<JoinProgram *>(palloc0(sizeof(JoinProgram)));
	join->context = CurrentMemoryContext;
	join->view = arm->arm;
	join->sign = arm->sign;
	CompileTables(join, &flat);
	CompileValues(join, &flat);
	CompileExpressions(join, &flat);
	return join;
}

// The joins that make a rows view's rows, in the current context; itself where it has no arms.
// NIL where it has them, and a restore has not brought them yet.
List *ReadJoins(Oid rows)
{
	ArmEntry itself = {rows, 1};
	List *arms = ArmsOfRows(rows);
	List *joins = NIL;
	ListCell *cell;
	if (arms == NIL && IsFlat(QueryOfRows(rows)))
		arms = list_make1(&itself);
	foreach (cell, arms)
		joins = lappend(joins, ReadJoin(static_cast<ArmEntry *>(lfirst(cell))));
	return joins;
}

void CompileJoin(const List *joins, JoinProgram *join)
{
	for (int i = 0; i < join->source_count; i++) {
		CompileSource(&join->sources[i], i, UsedOf(joins, join->sources[i].relation));
		CompilePairs(join, &join->sources[i], i);
	}
	CompileEdges(join);
	CompileReferences(join);
}

} // namespace

void RequireJoins(Oid rows)
{
	if (ReadJoins(rows) == NIL)
		RefuseRows("more than an inner join of tables, and no arms");
}

List *JoinsOf(BaseProgram *program)
{
	if (program->joins != NIL)
		return program->joins;
	MemoryContext old = MemoryContextSwitchTo(program->context);
	List *joins = ReadJoins(program->base);
	ListCell *cell;
	foreach (cell, joins)
		CompileJoin(joins, static_cast<JoinProgram *>(lfirst(cell)));
	program->joins = joins;
	MemoryContextSwitchTo(old);
	return joins;
}

bool ColumnsOfJoin(const RowsEntry *rows, Oid relation, RowsColumns *columns)
{
	JoinedSource source = {};
	const List *joins = ReadJoins(rows->rows);
	if (joins == NIL)
		return false;
	source.relation = relation;
	CompileSource(&source, 0, UsedOf(joins, relation));
	source.columns.rows = rows->rows;
	source.columns.view = rows->view;
	*columns = source.columns;
	return true;
}

} // namespace mezzanine::views
