#include "views/compile.h"

#include "views/image.h"
#include "views/keys.h"
#include "views/moving.h"

namespace mezzanine::views
{

namespace
{

// What compiling one view needs.
struct Compilation {
	BaseProgram *program;
	ViewProgram *view;
	Query *truth;
	List *counts; // Aggrefs of the arguments so far; NULL for those that no sum can join
};

bool MayLookNamesUp(Oid function, void *)
{
	return function >= FirstNormalObjectId;
}

bool CallsUserFunction(Node *node, void *context)
{
	if (node == nullptr)
		return false;
	if (check_functions_in_node(node, MayLookNamesUp, context))
		return true;
	return pg::WalkExpression(node, CallsUserFunction, context);
}

// Compiles an expression of the truth view; its columns are the changed row's.
ExprState *Compile(Compilation *compilation, Node *expression)
{
	pull_varattnos(expression, 1, &compilation->program->used);
	compilation->view->pin_search_path |= CallsUserFunction(expression, nullptr);
	return ExecInitExpr(expression_planner(reinterpret_cast<Expr *>(expression)), nullptr);
}

// The row's column that the expression is; 0: it is something else, and the view is not plain.
AttrNumber ColumnOf(Compilation *compilation, const Node *expression)
{
	const AttrNumber column = IsA(expression, Var) ? castNode(Var, expression)->varattno : 0;
	compilation->view->is_plain &= column > 0;
	return column > 0 ? column : 0;
}

Node *ArgumentOf(const Aggref *aggregate)
{
	return aggregate->args == NIL
			   ? nullptr
			   : reinterpret_cast<Node *>(linitial_node(TargetEntry, aggregate->args)->expr);
}

// A function of the schema mezzanine_state.
bool IsOurs(Oid function, const char *name)
{
	return function >= FirstNormalObjectId &&
		   get_func_namespace(function) == get_namespace_oid(kStateSchema, false) &&
		   strcmp(get_func_name(function), name) == 0;
}

void CompileKey(Compilation *compilation, const TargetEntry *target)
{
	KeyColumn *key = &compilation->view->keys[compilation->view->key_count++];
	auto *expression = reinterpret_cast<Node *>(target->expr);
	InitKeyColumn(key, exprType(expression), exprCollation(expression));
	key->expression = Compile(compilation, expression);
	key->column = ColumnOf(compilation, expression);
	key->attribute = target->resno;
}

// Opens an argument that reads what the aggregate reads.
ArgumentColumns *OpenArgument(Compilation *compilation, const Aggref *aggregate,
							  core::ArgumentKind kind)
{
	ArgumentColumns *argument = &compilation->view->arguments[compilation->view->argument_count++];
	Node *expression = ArgumentOf(aggregate);
	argument->kind = kind;
	if (aggregate->aggfilter != nullptr)
		argument->filter = Compile(compilation, reinterpret_cast<Node *>(aggregate->aggfilter));
	if (expression != nullptr && kind != core::ArgumentKind::kRecompute &&
		kind != core::ArgumentKind::kMoving) {
		argument->type = getBaseType(exprType(expression));
		argument->storage = StorageOf(argument->type);
		argument->expression = Compile(compilation, expression);
		argument->column = ColumnOf(compilation, expression);
	}
	compilation->view->is_plain &= argument->filter == nullptr;
	compilation->counts = lappend(compilation->counts, nullptr);
	return argument;
}

void CompileCount(Compilation *compilation, const Aggref *aggregate, AttrNumber attribute)
{
	ViewProgram *view = compilation->view;
	if (aggregate->aggstar && aggregate->aggfilter == nullptr && view->rows == 0) {
		view->rows = attribute;
		return;
	}
	OpenArgument(compilation, aggregate, core::ArgumentKind::kCount)->count = attribute;
	llast(compilation->counts) = const_cast<Aggref *>(aggregate);
}

// An aggregate that equals the first value by the order of its sort operator.
void CompileExtreme(Compilation *compilation, const Aggref *aggregate, Oid sort_operator,
					AttrNumber attribute)
{
	ArgumentColumns *argument = OpenArgument(compilation, aggregate, core::ArgumentKind::kExtreme);
	argument->sum = attribute;
	argument->collation = aggregate->inputcollid;
	fmgr_info(get_opcode(sort_operator), &argument->better);
	compilation->view->has_opaque = true;
	compilation->view->is_plain = false; // its operator compares
}

// Everything that the aggregate reads, in one list.
List *InputsOf(const Aggref *aggregate)
{
	List *inputs = list_copy(aggregate->aggdirectargs);
	ListCell *cell;
	foreach (cell, aggregate->args)
		inputs = lappend(inputs, lfirst_node(TargetEntry, cell)->expr);
	return inputs;
}

// Compiles what the aggregate reads of a row, and calls functions on.
void CompileInputs(Compilation *compilation, const Aggref *aggregate, const List *inputs,
				   ArgumentColumns *argument)
{
	ListCell *cell;
	compilation->view->is_plain = false;
	argument->inputs =
		static_cast<Input *>(palloc0(sizeof(Input) * static_cast<Size>(list_length(inputs) + 1)));
	foreach (cell, inputs) {
		Input *input = &argument->inputs[argument->input_count++];
		auto *expression = static_cast<Node *>(lfirst(cell));
		input->storage = StorageOf(exprType(expression));
		input->expression = Compile(compilation, expression);
	}
	compilation->view->pin_search_path |=
		CallsUserFunction(reinterpret_cast<Node *>(const_cast<Aggref *>(aggregate)), nullptr);
}

void CompileRecompute(Compilation *compilation, const Aggref *aggregate, AttrNumber attribute)
{
	ArgumentColumns *argument =
		OpenArgument(compilation, aggregate, core::ArgumentKind::kRecompute);
	argument->sum = attribute;
	CompileInputs(compilation, aggregate, InputsOf(aggregate), argument);
}

// The argument that counts the values of a moving state; -1: the rows do.  False where the
// truth has no such count.
bool FindCounted(const Compilation *compilation, const MovingMode *mode, const Aggref *state,
				 int *counted)
{
	const Node *count = CountBehind(mode, state);
	ListCell *cell;
	*counted = -1;
	if (count == nullptr)
		return true;
	foreach (cell, compilation->counts)
		if (equal(lfirst(cell), count))
			*counted = foreach_current_index(cell);
	return *counted >= 0;
}

// A state that the aggregate's own inverse takes values from; false where it is none.
bool CompileMoving(Compilation *compilation, const Aggref *state, AttrNumber attribute)
{
	MovingMode mode;
	int counted;
	if (!IsMovingState(state, &mode) || !FindCounted(compilation, &mode, state, &counted))
		return false;
	List *inputs = MovingArguments(state);
	Oid types[FUNC_MAX_ARGS];
	ListCell *cell;
	foreach (cell, inputs)
		types[foreach_current_index(cell)] = exprType(static_cast<Node *>(lfirst(cell)));
	ArgumentColumns *argument = OpenArgument(compilation, state, core::ArgumentKind::kMoving);
	argument->sum = attribute;
	argument->counted = counted;
	argument->moving = static_cast<MovingCalls *>(palloc0(sizeof(MovingCalls)));
	argument->moving->mode = mode;
	InitMovingCalls(argument->moving, types, list_length(inputs), state->inputcollid);
	CompileInputs(compilation, state, inputs, argument);
	return true;
}

// The conditions of the aggregate's FILTER, without is_finite(its argument).
List *Conditions(const Aggref *aggregate, bool *is_finite)
{
	List *conditions = NIL;
	ListCell *cell;
	foreach (cell, make_ands_implicit(aggregate->aggfilter)) {
		auto *condition = static_cast<Node *>(lfirst(cell));
		if (IsA(condition, FuncExpr) &&
			IsOurs(castNode(FuncExpr, condition)->funcid, "is_finite") &&
			equal(linitial(castNode(FuncExpr, condition)->args), ArgumentOf(aggregate)))
			*is_finite = true;
		else
			conditions = lappend(conditions, condition);
	}
	return conditions;
}

// Whether both aggregate the same values; *is_finite when `b` leaves NaN and the infinities
// out.
bool SameValues(const Aggref *a, const Aggref *b, bool *is_finite)
{
	bool is_finite_of_a = false;
	*is_finite = false;
	return a != nullptr && !a->aggstar && equal(ArgumentOf(a), ArgumentOf(b)) &&
		   equal(Conditions(a, &is_finite_of_a), Conditions(b, is_finite)) && !is_finite_of_a;
}

// Whether the truth counts the irregular values of what `count` counts.
const TargetEntry *IrregularOf(const Compilation *compilation, const Aggref *count)
{
	ListCell *cell;
	foreach (cell, compilation->truth->targetList) {
		auto *target = lfirst_node(TargetEntry, cell);
		bool is_finite;
		if (IsA(target->expr, Aggref) &&
			IsOurs(castNode(Aggref, target->expr)->aggfnoid, "irregular") &&
			SameValues(count, castNode(Aggref, target->expr), &is_finite) && !is_finite)
			return target;
	}
	return nullptr;
}

bool KindOfSum(Oid function, core::ArgumentKind *kind)
{
	switch (function) {
	case F_SUM_INT2:
	case F_SUM_INT4:
	case F_SUM_MONEY:
		*kind = core::ArgumentKind::kInteger;
		return true;
	case F_SUM_INT8:
		*kind = core::ArgumentKind::kBigInteger;
		return true;
	case F_SUM_NUMERIC:
		*kind = core::ArgumentKind::kDecimal;
		return true;
	case F_SUM_INTERVAL:
		*kind = core::ArgumentKind::kInterval;
		return true;
	default:
		return false;
	}
}

// Lets a sum join the argument whose count tells when it is NULL; a sum of numerics also
// needs what counts the values that it leaves out.  False where they are missing.
bool JoinSum(Compilation *compilation, const Aggref *sum, AttrNumber attribute)
{
	core::ArgumentKind kind{};
	if (!KindOfSum(sum->aggfnoid, &kind))
		return false;
	for (int i = 0; i < compilation->view->argument_count; i++) {
		auto *count = static_cast<const Aggref *>(list_nth(compilation->counts, i));
		ArgumentColumns *argument = &compilation->view->arguments[i];
		bool is_finite;
		if (argument->sum != 0 || !SameValues(count, sum, &is_finite))
			continue;
		const TargetEntry *irregular = IrregularOf(compilation, count);
		const bool is_decimal = kind == core::ArgumentKind::kDecimal;
		if (is_decimal != is_finite || (is_decimal && irregular == nullptr))
			continue;
		argument->kind = kind;
		argument->sum = attribute;
		argument->irregular = is_decimal ? irregular->resno : 0;
		return true;
	}
	return false;
}

// Whether the aggregate takes the rows as they come, each once.
bool IsPlain(const Aggref *aggregate)
{
	return aggregate->aggkind == AGGKIND_NORMAL && aggregate->aggdistinct == NIL &&
		   aggregate->aggorder == NIL && !aggregate->aggvariadic;
}

Oid SortOperatorOf(Oid aggregate)
{
	HeapTuple tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggregate));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for aggregate %u", aggregate);
	const Oid sort_operator = reinterpret_cast<Form_pg_aggregate>(GETSTRUCT(tuple))->aggsortop;
	ReleaseSysCache(tuple);
	return sort_operator;
}

// Columns that stand on their own; false for those that join another's argument.
void CompileColumn(Compilation *compilation, const Aggref *aggregate, AttrNumber attribute)
{
	const Oid function = aggregate->aggfnoid;
	const Oid sort_operator = SortOperatorOf(function);
	const bool plain = IsPlain(aggregate);
	if (plain && OidIsValid(sort_operator) && list_length(aggregate->args) == 1)
		CompileExtreme(compilation, aggregate, sort_operator, attribute);
	else if (plain && (function == F_SUM_FLOAT4 || function == F_SUM_FLOAT8))
		OpenArgument(compilation, aggregate, core::ArgumentKind::kFloat)->sum = attribute;
	else if (plain && IsOurs(function, "bit_counts"))
		OpenArgument(compilation, aggregate, core::ArgumentKind::kBits)->sum = attribute;
	else if (plain && IsOurs(function, "exact_sum"))
		OpenArgument(compilation, aggregate, core::ArgumentKind::kExact)->sum = attribute;
	else if (plain && IsOurs(function, "any_value"))
		OpenArgument(compilation, aggregate, core::ArgumentKind::kAny)->sum = attribute;
	else if (!plain || !CompileMoving(compilation, aggregate, attribute))
		CompileRecompute(compilation, aggregate, attribute);
}

bool IsCount(const Aggref *aggregate)
{
	return (aggregate->aggfnoid == F_COUNT_ || aggregate->aggfnoid == F_COUNT_ANY) &&
		   IsPlain(aggregate);
}

bool IsIrregularOfSome(const ViewProgram *view, AttrNumber attribute)
{
	for (int i = 0; i < view->argument_count; i++)
		if (view->arguments[i].irregular == attribute)
			return true;
	return false;
}

// Keys and counts first, then the sums, which join counts, then all else.
void CompileTargets(Compilation *compilation)
{
	ViewProgram *view = compilation->view;
	List *sums = NIL;
	List *others = NIL;
	ListCell *cell;
	foreach (cell, compilation->truth->targetList) {
		auto *target = lfirst_node(TargetEntry, cell);
		if (target->resno == kHashAttribute)
			continue;
		if (target->ressortgroupref == 0 && !IsA(target->expr, Aggref))
			elog(ERROR, "column \"%s\" of a truth view is neither key nor aggregate",
				 target->resname);
		if (target->ressortgroupref != 0)
			CompileKey(compilation, target);
		else if (IsCount(castNode(Aggref, target->expr)))
			CompileCount(compilation, castNode(Aggref, target->expr), target->resno);
		else
			sums = lappend(sums, target);
	}
	foreach (cell, sums) {
		auto *target = lfirst_node(TargetEntry, cell);
		const Aggref *aggregate = castNode(Aggref, target->expr);
		if (!IsPlain(aggregate) || !JoinSum(compilation, aggregate, target->resno))
			others = lappend(others, target);
	}
	foreach (cell, others) {
		auto *target = lfirst_node(TargetEntry, cell);
		if (!IsIrregularOfSome(view, target->resno))
			CompileColumn(compilation, castNode(Aggref, target->expr), target->resno);
	}
}

} // namespace

void CompileTruth(BaseProgram *program, ViewProgram *view)
{
	Relation truth = relation_open(view->truth, AccessShareLock);
	auto *query = static_cast<Query *>(copyObjectImpl(get_view_query(truth)));
	relation_close(truth, NoLock);
	const int varno = linitial_node(RangeTblRef, query->jointree->fromlist)->rtindex;
	ChangeVarNodes(reinterpret_cast<Node *>(query->targetList), varno, 1, 0);
	ChangeVarNodes(query->jointree->quals, varno, 1, 0);

	const auto most = static_cast<Size>(list_length(query->targetList));
	view->keys = static_cast<KeyColumn *>(palloc0(sizeof(KeyColumn) * most));
	view->arguments = static_cast<ArgumentColumns *>(palloc0(sizeof(ArgumentColumns) * most));
	view->kinds = static_cast<core::ArgumentKind *>(palloc0(sizeof(core::ArgumentKind) * most));

	Compilation compilation = {program, view, query, NIL};
	view->is_plain = query->jointree->quals == nullptr;
	if (query->jointree->quals != nullptr)
		view->filter = Compile(&compilation, query->jointree->quals);
	CompileTargets(&compilation);
	for (int i = 0; i < view->argument_count; i++)
		view->kinds[i] = view->arguments[i].kind;
}

} // namespace mezzanine::views
