#include "views/moving.h"

#include "views/image.h"

namespace mezzanine::views
{

namespace
{

// Of the arguments of mezzanine_state.moving: the aggregate, its state's type, its arguments.
constexpr int kFirstArgument = 2;

bool IsStorable(Oid type)
{
	return OidIsValid(type) && get_typtype(type) != TYPTYPE_PSEUDO;
}

// Reads the aggregate's own arguments from `inputs`, the images of one row after another.
void ReadArguments(const ArgumentColumns *columns, std::string_view image, FunctionCallInfo call)
{
	const char *at = image.data();
	for (int i = 0; i < columns->input_count; i++)
		call->args[i + 1].value =
			ReadImage(columns->inputs[i].storage, &at, &call->args[i + 1].isnull);
}

// What functions of window aggregates are told: that they run within one, and where what they
// return must live.
Node *WindowContext()
{
	auto *context = makeNode(WindowAggState);
	context->curaggcontext = CurrentMemoryContext;
	return reinterpret_cast<Node *>(context);
}

// Calls the transition or the inverse on *state and the arguments in `call`.
void Call(FmgrInfo *function, const MovingCalls *calls, FunctionCallInfo call, NullableDatum *state)
{
	call->flinfo = function;
	call->isnull = false;
	call->args[0] = *state;
	const Datum result = FunctionCallInvoke(call);
	*state = {result, call->isnull};
	if (call->isnull && function == &calls->transition)
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("moving-aggregate transition function of %s must not return null",
							   format_procedure(calls->mode.aggregate)),
						errhint("Declare the aggregate without MSFUNC, or mend that function.")));
}

// Adds the arguments in `call`, as window functions do.
void Add(MovingCalls *calls, FunctionCallInfo call, NullableDatum *state)
{
	if (state->isnull && !calls->initial.isnull)
		*state = {datumCopy(calls->initial.value, calls->storage.by_value, calls->storage.length),
				  false};
	if (state->isnull && calls->mode.strict) // the first value is the state
		*state = {datumCopy(call->args[1].value, calls->storage.by_value, calls->storage.length),
				  false};
	else
		Call(&calls->transition, calls, call, state);
}

void RequireRight(Oid function, Oid role)
{
	const AclResult result = pg::MayExecute(function, role);
	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_FUNCTION, get_func_name(function));
}

Oid OwnerOf(Oid function)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", function);
	const Oid owner = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple))->proowner;
	ReleaseSysCache(tuple);
	return owner;
}

// As PostgreSQL does for aggregates: the caller may execute the aggregate, whose owner may
// execute its functions.
void RequireRights(const MovingMode *mode)
{
	const Oid owner = OwnerOf(mode->aggregate);
	RequireRight(mode->aggregate, GetUserId());
	RequireRight(mode->transition, owner);
	RequireRight(mode->inverse, owner);
}

bool HasArgumentTypes(Oid aggregate, const Oid *types, int count)
{
	Oid *declared;
	int declared_count;
	(void)get_func_signature(aggregate, &declared, &declared_count);
	if (declared_count != count)
		return false;
	for (int i = 0; i < count; i++)
		if (declared[i] != types[i] || !IsStorable(declared[i]))
			return false;
	return true;
}

const char *MaybeText(HeapTuple tuple, AttrNumber attribute)
{
	bool is_null;
	const Datum value = SysCacheGetAttr(AGGFNOID, tuple, attribute, &is_null);
	return is_null ? nullptr : TextDatumGetCString(value);
}

} // namespace

bool ReadMovingMode(Oid aggregate, MovingMode *mode)
{
	HeapTuple tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggregate));
	if (!HeapTupleIsValid(tuple))
		return false;
	const auto *form = reinterpret_cast<Form_pg_aggregate>(GETSTRUCT(tuple));
	const bool has_mode = form->aggkind == AGGKIND_NORMAL && OidIsValid(form->aggminvtransfn) &&
						  IsStorable(form->aggmtranstype);
	if (has_mode)
		*mode = {aggregate,
				 form->aggmtransfn,
				 form->aggminvtransfn,
				 form->aggmfinalfn,
				 form->aggmfinalextra,
				 func_strict(form->aggmtransfn),
				 form->aggmtranstype,
				 MaybeText(tuple, Anum_pg_aggregate_aggminitval)};
	ReleaseSysCache(tuple);
	return has_mode;
}

bool CanBeKeptMoving(const Aggref *call, MovingMode *mode)
{
	Oid types[FUNC_MAX_ARGS];
	const int count = list_length(call->aggargtypes);
	ListCell *cell;
	foreach (cell, call->aggargtypes)
		types[foreach_current_index(cell)] = lfirst_oid(cell);
	return call->aggdistinct == NIL && call->aggorder == NIL && !call->aggvariadic &&
		   !call->aggstar && count > 0 && count <= FUNC_MAX_ARGS - kFirstArgument - 1 &&
		   ReadMovingMode(call->aggfnoid, mode) && HasArgumentTypes(call->aggfnoid, types, count);
}

void InitMovingCalls(MovingCalls *calls, const Oid *types, int count, Oid collation)
{
	const MovingMode *mode = &calls->mode;
	Expr *transition;
	Expr *inverse;
	RequireRights(mode);
	build_aggregate_transfn_expr(const_cast<Oid *>(types), count, 0, false, mode->state, collation,
								 mode->transition, mode->inverse, &transition, &inverse);
	fmgr_info(mode->transition, &calls->transition);
	fmgr_info_set_expr(reinterpret_cast<Node *>(transition), &calls->transition);
	fmgr_info(mode->inverse, &calls->inverse);
	fmgr_info_set_expr(reinterpret_cast<Node *>(inverse), &calls->inverse);
	calls->storage = StorageOf(mode->state);
	calls->collation = collation;
	calls->initial = {0, true};
	if (mode->initial != nullptr) {
		Oid input;
		Oid parameter;
		getTypeInputInfo(mode->state, &input, &parameter);
		calls->initial = {
			OidInputFunctionCall(input, const_cast<char *>(mode->initial), parameter, -1), false};
	}
}

bool MoveState(ArgumentColumns *columns, const core::Argument *change, NullableDatum *state)
{
	const std::span<const std::pmr::string> came = change->Candidates(+1);
	const std::span<const std::pmr::string> left = change->Candidates(-1);
	if (came.empty() && left.empty())
		return true;
	MovingCalls *calls = columns->moving;
	LOCAL_FCINFO(call, FUNC_MAX_ARGS);
	InitFunctionCallInfoData(*call, nullptr, static_cast<short>(columns->input_count + 1),
							 calls->collation, WindowContext(), nullptr);
	if (!state->isnull) // functions may change it in its place
		state->value = datumCopy(state->value, calls->storage.by_value, calls->storage.length);
	for (std::size_t i = 0; i < came.size(); i++) {
		ReadArguments(columns, came[i], call);
		Add(calls, call, state);
	}
	// Values leave when others are there: the inverse never empties a state.
	for (std::size_t i = 0; i < left.size() && !state->isnull; i++) {
		ReadArguments(columns, left[i], call);
		Call(&calls->inverse, calls, call, state);
	}
	return !state->isnull;
}

} // namespace mezzanine::views

using namespace mezzanine;
using namespace mezzanine::views;

namespace
{

// The state of mezzanine_state.moving.
struct Moving {
	MovingCalls calls;
	NullableDatum state;
	int argument_count;
};

Moving *NewMoving(FunctionCallInfo fcinfo, MemoryContext context)
{
	Oid types[FUNC_MAX_ARGS];
	const int count = PG_NARGS() - 1 - kFirstArgument;
	for (int i = 0; i < count; i++)
		types[i] = get_fn_expr_argtype(fcinfo->flinfo, i + 1 + kFirstArgument);
	MemoryContext old = MemoryContextSwitchTo(context);
	auto *moving = static_cast<Moving *>(palloc0(sizeof(Moving)));
	moving->state.isnull = true;
	moving->argument_count = count;
	if (PG_ARGISNULL(1) || !ReadMovingMode(PG_GETARG_OID(1), &moving->calls.mode) ||
		moving->calls.mode.state != get_fn_expr_argtype(fcinfo->flinfo, kFirstArgument) ||
		!HasArgumentTypes(PG_GETARG_OID(1), types, count))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the first argument of mezzanine_state.moving is no aggregate with a "
						"moving mode of these types"),
				 errhint("Views call it where it is of use.")));
	InitMovingCalls(&moving->calls, types, count, PG_GET_COLLATION());
	MemoryContextSwitchTo(old);
	return moving;
}

// Keeps what the functions returned, which may live in a shorter context.
void KeepState(Moving *moving, NullableDatum state, MemoryContext context)
{
	const Storage storage = moving->calls.storage;
	const Datum before = moving->state.value;
	const bool had_state = !moving->state.isnull;
	moving->state = state;
	if (storage.by_value || (had_state && DatumGetPointer(before) == DatumGetPointer(state.value)))
		return;
	MemoryContext old = MemoryContextSwitchTo(context);
	moving->state.value = datumCopy(state.value, false, storage.length);
	MemoryContextSwitchTo(old);
	if (had_state)
		pfree(DatumGetPointer(before));
}

} // namespace

// moving_add(internal, regprocedure, anyelement, VARIADIC "any") -> internal
MEZZANINE_FUNCTION(mezzanine_moving_add)
{
	MemoryContext context;
	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("aggregate support function called outside an aggregate"),
						errhint("Call the aggregate mezzanine_state.moving.")));
	auto *moving = PG_ARGISNULL(0) ? NewMoving(fcinfo, context)
								   : reinterpret_cast<Moving *>(PG_GETARG_POINTER(0));
	LOCAL_FCINFO(call, FUNC_MAX_ARGS);
	InitFunctionCallInfoData(*call, nullptr, static_cast<short>(moving->argument_count + 1),
							 moving->calls.collation, fcinfo->context, nullptr);
	for (int i = 0; i < moving->argument_count; i++) {
		call->args[i + 1] = fcinfo->args[i + 1 + kFirstArgument];
		if (call->args[i + 1].isnull && moving->calls.mode.strict)
			PG_RETURN_POINTER(moving);
	}
	NullableDatum state = moving->state;
	Add(&moving->calls, call, &state);
	KeepState(moving, state, context);
	PG_RETURN_POINTER(moving);
}

// moving_finish(internal, regprocedure, anyelement, VARIADIC "any") -> anyelement
MEZZANINE_FUNCTION(mezzanine_moving_finish)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	const auto *moving = reinterpret_cast<Moving *>(PG_GETARG_POINTER(0));
	if (moving->state.isnull)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(moving->state.value);
}
