// Planning of aggregates that can give a value back; moving.h says how they are kept.
#include "views/expression.h"
#include "views/moving.h"

namespace mezzanine::views
{

namespace
{

constexpr const char *kAggregate = "moving";

const char *TypeName(Oid type)
{
	return format_type_extended(type, -1, FORMAT_TYPE_FORCE_QUALIFY);
}

// Arguments of mezzanine_state.moving: the aggregate, a NULL of its state's type, and its own.
Node *ArgumentAt(const Aggref *state, int i)
{
	return reinterpret_cast<Node *>(list_nth_node(TargetEntry, state->args, i)->expr);
}

Node *IsNotNull(Node *argument)
{
	auto *test = makeNode(NullTest);
	test->arg = static_cast<Expr *>(copyObjectImpl(argument));
	test->nulltesttype = IS_NOT_NULL;
	test->argisrow = false;
	test->location = -1;
	return reinterpret_cast<Node *>(test);
}

} // namespace

Node *MovingState(const MovingMode *mode, const Aggref *call, List *arguments)
{
	StringInfoData sql;
	initStringInfo(&sql);
	appendStringInfo(&sql, "%s.%s(%s::pg_catalog.regprocedure, NULL::%s", kStateSchema, kAggregate,
					 quote_literal_cstr(format_procedure_qualified(mode->aggregate)),
					 TypeName(mode->state));
	for (int i = 1; i <= list_length(arguments); i++)
		appendStringInfo(&sql, ", $%d", i);
	appendStringInfoChar(&sql, ')');
	auto *state = castNode(Aggref, BuildExpression(sql.data, arguments));
	state->aggfilter = static_cast<Expr *>(copyObjectImpl(call->aggfilter));
	return reinterpret_cast<Node *>(state);
}

Node *CountBehind(const MovingMode *mode, const Aggref *state)
{
	List *conditions = make_ands_implicit(static_cast<Expr *>(copyObjectImpl(state->aggfilter)));
	ListCell *cell;
	if (mode->strict)
		foreach (cell, MovingArguments(state))
			conditions = lappend(conditions, IsNotNull(static_cast<Node *>(lfirst(cell))));
	if (conditions == NIL)
		return nullptr;
	auto *count = castNode(Aggref, BuildExpression("count(*)", NIL));
	count->aggfilter = make_ands_explicit(conditions);
	return reinterpret_cast<Node *>(count);
}

const char *MovingValue(const MovingMode *mode, const Aggref *call)
{
	StringInfoData sql;
	ListCell *cell;
	const char *state = "$1";
	if (mode->initial != nullptr)
		state = psprintf("COALESCE($1, %s::%s)", quote_literal_cstr(mode->initial),
						 TypeName(mode->state));
	if (!OidIsValid(mode->final))
		return state;
	initStringInfo(&sql);
	appendStringInfo(&sql, "%s(%s",
					 quote_qualified_identifier(get_namespace_name(get_func_namespace(mode->final)),
												get_func_name(mode->final)),
					 state);
	if (mode->final_reads_types)
		foreach (cell, call->aggargtypes)
			appendStringInfo(&sql, ", NULL::%s", TypeName(lfirst_oid(cell)));
	appendStringInfoChar(&sql, ')');
	return sql.data;
}

bool IsMovingState(const Aggref *state, MovingMode *mode)
{
	if (get_func_namespace(state->aggfnoid) != get_namespace_oid(kStateSchema, false) ||
		strcmp(get_func_name(state->aggfnoid), kAggregate) != 0 || list_length(state->args) < 3 ||
		!IsA(ArgumentAt(state, 0), Const))
		return false;
	const auto *aggregate = castNode(Const, ArgumentAt(state, 0));
	return !aggregate->constisnull &&
		   ReadMovingMode(DatumGetObjectId(aggregate->constvalue), mode) &&
		   mode->state == exprType(ArgumentAt(state, 1));
}

List *MovingArguments(const Aggref *state)
{
	List *arguments = NIL;
	for (int i = 2; i < list_length(state->args); i++)
		arguments = lappend(arguments, ArgumentAt(state, i));
	return arguments;
}

} // namespace mezzanine::views
