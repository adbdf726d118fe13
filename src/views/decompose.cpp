#include "views/decompose.h"

#include "views/chain.h"
#include "views/expression.h"
#include "views/keys.h"
#include "views/moving.h"
#include "views/timezones.h"

namespace mezzanine::views
{

namespace
{

constexpr int kMostStates = 7;

// A state column; $1, $2 are the aggregate's arguments.
struct StateForm {
	const char *prefix; // of the column's name
	const char *sql;
};

// How an aggregate is kept, and what it is in terms of that: $1 is the first column.
struct Rule {
	Oid function;
	const StateForm *states; // ends where sql is NULL, or after kMostStates
	const char *value;
	bool ignores_duplicates; // DISTINCT makes no difference
};

constexpr StateForm kCount[kMostStates] = {{"count", "count($1)"}};
constexpr StateForm kSum[kMostStates] = {{"count", "count($1)"}, {"sum", "sum($1)"}};
constexpr StateForm kDecimalSum[kMostStates] = {
	{"count", "count($1)"},
	{"sum", "sum($1) FILTER (WHERE mezzanine_state.is_finite($1))"},
	{"irregular", "mezzanine_state.irregular($1)"}};
constexpr StateForm kFloatMean[kMostStates] = {{"count", "count($1::pg_catalog.float8)"},
											   {"sum", "sum($1::pg_catalog.float8)"}};
constexpr StateForm kTruths[kMostStates] = {{"count", "count($1)"},
											{"true", "count(*) FILTER (WHERE $1)"}};
constexpr StateForm kBits[kMostStates] = {{"count", "count($1)"},
										  {"bits", "mezzanine_state.bit_counts($1)"}};
constexpr StateForm kIntegerMoments[kMostStates] = {
	{"count", "count($1::pg_catalog.int8)"},
	{"sum", "sum($1::pg_catalog.int8)"},
	{"count_squares", "count($1::pg_catalog.int8 * $1::pg_catalog.int8)"},
	{"sum_squares", "sum($1::pg_catalog.int8 * $1::pg_catalog.int8)"}};
constexpr StateForm kBigIntegerMoments[kMostStates] = {
	{"count", "count($1)"},
	{"sum", "sum($1)"},
	{"count_squares", "count($1::pg_catalog.numeric * $1::pg_catalog.numeric)"},
	{"sum_squares", "sum($1::pg_catalog.numeric * $1::pg_catalog.numeric) FILTER (WHERE "
					"mezzanine_state.is_finite($1::pg_catalog.numeric * $1::pg_catalog.numeric))"},
	{"irregular_squares",
	 "mezzanine_state.irregular($1::pg_catalog.numeric * $1::pg_catalog.numeric)"}};
constexpr StateForm kDecimalMoments[kMostStates] = {
	{"count", "count($1)"},
	{"sum", "sum($1) FILTER (WHERE mezzanine_state.is_finite($1))"},
	{"irregular", "mezzanine_state.irregular($1)"},
	{"count_squares", "count($1 * $1)"},
	{"sum_squares", "sum($1 * $1) FILTER (WHERE mezzanine_state.is_finite($1 * $1))"},
	{"irregular_squares", "mezzanine_state.irregular($1 * $1)"}};
// Moments of floats are kept exactly, apart from what is no number.
#define REAL "$1::pg_catalog.float8"
#define EXACT(argument) "mezzanine_state.exact(" argument ")"
#define EXACT_SUM(value) "mezzanine_state.exact_sum(" value ")"
#define SQUARE(value) value " * " value
#define WHERE_BOTH "FILTER (WHERE $1 IS NOT NULL AND $2 IS NOT NULL)"
constexpr StateForm kRealMoments[kMostStates] = {
	{"count", "count(" REAL ")"},
	{"specials", "mezzanine_state.bit_counts(mezzanine_state.special(" REAL "))"},
	{"exact_sum", EXACT_SUM(EXACT(REAL))},
	{"exact_squares", EXACT_SUM(SQUARE(EXACT(REAL)))}};
constexpr StateForm kPairCount[kMostStates] = {{"pairs", "count(*) " WHERE_BOTH}};
// Of pairs (y, x), as PostgreSQL's aggregates have them.
constexpr StateForm kPairMoments[kMostStates] = {
	{"pairs", "count(*) " WHERE_BOTH},
	{"specials", "mezzanine_state.bit_counts(mezzanine_state.special($1, $2))"},
	{"sum_y", EXACT_SUM(EXACT("$1")) " " WHERE_BOTH},
	{"squares_y", EXACT_SUM(SQUARE(EXACT("$1"))) " " WHERE_BOTH},
	{"sum_x", EXACT_SUM(EXACT("$2")) " " WHERE_BOTH},
	{"squares_x", EXACT_SUM(SQUARE(EXACT("$2"))) " " WHERE_BOTH},
	{"products", EXACT_SUM(EXACT("$1") " * " EXACT("$2"))}};

// The sum $2 of numerics, with what NaN and the infinities counted in $3 make of it.
#define DECIMAL_SUM                                                                                \
	"CASE WHEN ($3)[1] > 0 OR ($3)[2] > 0 AND ($3)[3] > 0 THEN 'NaN'::pg_catalog.numeric "         \
	"WHEN ($3)[2] > 0 THEN 'Infinity'::pg_catalog.numeric "                                        \
	"WHEN ($3)[3] > 0 THEN '-Infinity'::pg_catalog.numeric ELSE $2 END"
// As PostgreSQL's avg: one division.  The sum is NULL where the count is 0, and the
// division strict.
#define MEAN "$2::pg_catalog.numeric / $1::pg_catalog.numeric"
#define ALL_BITS(type) "mezzanine_state.bits_in_all($2, $1)::pg_catalog." type
#define SOME_BITS(type) "mezzanine_state.bits_in_some($2, $1)::pg_catalog." type
#define ODD_BITS(type) "mezzanine_state.bits_in_odd($2, $1)::pg_catalog." type
#define MOMENTS(function, type)                                                                    \
	{F_##function##_INT2, kIntegerMoments, "mezzanine_state." type "($1, $2, $4)", false},         \
		{F_##function##_INT4, kIntegerMoments, "mezzanine_state." type "($1, $2, $4)", false},     \
		{F_##function##_INT8, kBigIntegerMoments, "mezzanine_state." type "($1, $2, $4)", false},  \
	{                                                                                              \
		F_##function##_NUMERIC, kDecimalMoments,                                                   \
			"mezzanine_state." type "($1, " DECIMAL_SUM ", $5)", false                             \
	}
// PostgreSQL's own final functions, so that the rounding at the end is its own.
#define REAL_MOMENTS(function, type)                                                               \
	{F_##function##_FLOAT4, kRealMoments,                                                          \
	 "pg_catalog.float8_" type "(mezzanine_state.moments($1, $2, $3, $4))", false},                \
	{                                                                                              \
		F_##function##_FLOAT8, kRealMoments,                                                       \
			"pg_catalog.float8_" type "(mezzanine_state.moments($1, $2, $3, $4))", false           \
	}
#define PAIR_MOMENTS(function, type)                                                               \
	{                                                                                              \
		F_##function, kPairMoments,                                                                \
			"pg_catalog.float8_" type "(mezzanine_state.moments($1, $2, $3, $4, $5, $6, $7))",     \
			false                                                                                  \
	}

constexpr Rule kRules[] = {
	{F_COUNT_ANY, kCount, "$1", false},
	{F_SUM_INT2, kSum, "$2", false},
	{F_SUM_INT4, kSum, "$2", false},
	{F_SUM_INT8, kSum, "$2", false},
	{F_SUM_NUMERIC, kDecimalSum, DECIMAL_SUM, false},
	{F_SUM_MONEY, kSum, "$2", false},
	{F_SUM_INTERVAL, kSum, "$2", false},
	{F_AVG_INT2, kSum, MEAN, false},
	{F_AVG_INT4, kSum, MEAN, false},
	{F_AVG_INT8, kSum, MEAN, false},
	{F_AVG_NUMERIC, kDecimalSum, "(" DECIMAL_SUM ") / $1::pg_catalog.numeric", false},
	{F_AVG_INTERVAL, kSum, "$2 / $1::pg_catalog.float8", false},
	// PostgreSQL's avg of floats begins with 0: no mean is -0.
	{F_AVG_FLOAT4, kFloatMean, "(0::pg_catalog.float8 + $2) / $1::pg_catalog.float8", false},
	{F_AVG_FLOAT8, kFloatMean, "(0::pg_catalog.float8 + $2) / $1::pg_catalog.float8", false},
	{F_BOOL_AND, kTruths, "CASE WHEN $1 > 0 THEN $2 = $1 END", true},
	{F_EVERY, kTruths, "CASE WHEN $1 > 0 THEN $2 = $1 END", true},
	{F_BOOL_OR, kTruths, "CASE WHEN $1 > 0 THEN $2 > 0 END", true},
	{F_BIT_AND_INT2, kBits, ALL_BITS("int2"), true},
	{F_BIT_AND_INT4, kBits, ALL_BITS("int4"), true},
	{F_BIT_AND_INT8, kBits, ALL_BITS("int8"), true},
	{F_BIT_OR_INT2, kBits, SOME_BITS("int2"), true},
	{F_BIT_OR_INT4, kBits, SOME_BITS("int4"), true},
	{F_BIT_OR_INT8, kBits, SOME_BITS("int8"), true},
	{F_BIT_XOR_INT2, kBits, ODD_BITS("int2"), false},
	{F_BIT_XOR_INT4, kBits, ODD_BITS("int4"), false},
	{F_BIT_XOR_INT8, kBits, ODD_BITS("int8"), false},
	MOMENTS(VARIANCE, "var_samp"),
	MOMENTS(VAR_SAMP, "var_samp"),
	MOMENTS(VAR_POP, "var_pop"),
	MOMENTS(STDDEV, "stddev_samp"),
	MOMENTS(STDDEV_SAMP, "stddev_samp"),
	MOMENTS(STDDEV_POP, "stddev_pop"),
	REAL_MOMENTS(VARIANCE, "var_samp"),
	REAL_MOMENTS(VAR_SAMP, "var_samp"),
	REAL_MOMENTS(VAR_POP, "var_pop"),
	REAL_MOMENTS(STDDEV, "stddev_samp"),
	REAL_MOMENTS(STDDEV_SAMP, "stddev_samp"),
	REAL_MOMENTS(STDDEV_POP, "stddev_pop"),
	{F_REGR_COUNT, kPairCount, "$1", false},
	PAIR_MOMENTS(COVAR_POP, "covar_pop"),
	PAIR_MOMENTS(COVAR_SAMP, "covar_samp"),
	PAIR_MOMENTS(CORR, "corr"),
	PAIR_MOMENTS(REGR_SXX, "regr_sxx"),
	PAIR_MOMENTS(REGR_SYY, "regr_syy"),
	PAIR_MOMENTS(REGR_SXY, "regr_sxy"),
	PAIR_MOMENTS(REGR_AVGX, "regr_avgx"),
	PAIR_MOMENTS(REGR_AVGY, "regr_avgy"),
	PAIR_MOMENTS(REGR_R2, "regr_r2"),
	PAIR_MOMENTS(REGR_SLOPE, "regr_slope"),
	PAIR_MOMENTS(REGR_INTERCEPT, "regr_intercept"),
};

bool IsCountOfRows(const Aggref *aggregate)
{
	return aggregate->aggfnoid == F_COUNT_ && aggregate->aggfilter == nullptr;
}

const Rule *RuleOf(Oid function)
{
	for (const Rule &rule : kRules)
		if (rule.function == function)
			return &rule;
	return nullptr;
}

// Whether the aggregate is kept over the distinct values of its argument.
bool IsChained(const QueryPlan *plan, const Aggref *aggregate)
{
	const Rule *rule = RuleOf(aggregate->aggfnoid);
	return aggregate->aggdistinct != NIL && rule != nullptr && !rule->ignores_duplicates &&
		   list_length(aggregate->aggargtypes) == 1 && rule->states != kFloatMean &&
		   plan->query->groupingSets == NIL && CanBeKey(linitial_oid(aggregate->aggargtypes));
}

// The rule by which the aggregate is taken apart; NULL: it is kept as it is.
const Rule *RuleFor(const QueryPlan *plan, const Aggref *aggregate)
{
	const Rule *rule = RuleOf(aggregate->aggfnoid);
	if (rule == nullptr || aggregate->aggdistinct == NIL || rule->ignores_duplicates ||
		IsChained(plan, aggregate))
		return rule;
	return nullptr;
}

struct AggregateTraits {
	bool is_extreme; // min or max, of whatever type
	Oid transition;
	Oid final;
};

AggregateTraits TraitsOf(Oid function)
{
	HeapTuple tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(function));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for aggregate %u", function);
	const auto *form = reinterpret_cast<Form_pg_aggregate>(GETSTRUCT(tuple));
	const AggregateTraits traits = {OidIsValid(form->aggsortop), form->aggtransfn,
									form->aggfinalfn};
	ReleaseSysCache(tuple);
	return traits;
}

// Whether a value's text in JSON depends on no setting.
bool IsPlainInJson(Oid type)
{
	Oid output;
	bool is_varlena;
	type = getBaseType(type);
	if (type == DATEOID || type == TIMESTAMPOID || type == JSONOID || type == JSONBOID)
		return true;
	if (OidIsValid(get_element_type(type)))
		return IsPlainInJson(get_element_type(type));
	getTypeOutputInfo(type, &output, &is_varlena);
	return func_volatile(output) == PROVOLATILE_IMMUTABLE;
}

// json_agg and its like are marked STABLE for the sake of some types.
bool IsSettledJson(const Aggref *aggregate)
{
	ListCell *cell;
	const Oid function = aggregate->aggfnoid;
	if (function != F_JSON_AGG && function != F_JSONB_AGG && function != F_JSON_OBJECT_AGG &&
		function != F_JSONB_OBJECT_AGG)
		return false;
	foreach (cell, aggregate->aggargtypes)
		if (!IsPlainInJson(lfirst_oid(cell)))
			return false;
	return true;
}

// The functions that an aggregate is made of must be as reliable as the rest.
bool CheckFunctions(QueryPlan *plan, const Aggref *aggregate)
{
	const AggregateTraits traits = TraitsOf(aggregate->aggfnoid);
	const bool is_settled =
		func_volatile(traits.transition) == PROVOLATILE_IMMUTABLE &&
		(!OidIsValid(traits.final) || func_volatile(traits.final) == PROVOLATILE_IMMUTABLE);
	if (is_settled || IsSettledJson(aggregate))
		return true;
	return RefuseWithDetail(
		plan,
		psprintf("aggregate %s over these types is not supported in a mezzanine view",
				 format_procedure(aggregate->aggfnoid)),
		"It is made of functions that are not immutable: its value may depend on the settings of "
		"whoever computes it.",
		"Convert the argument first, by immutable functions.");
}

// Without what the sort needs beside the arguments.
List *ArgumentsOf(const Aggref *aggregate)
{
	List *arguments = NIL;
	ListCell *cell;
	foreach (cell, aggregate->args) {
		auto *target = lfirst_node(TargetEntry, cell);
		if (!target->resjunk)
			arguments = lappend(arguments, NameZones(reinterpret_cast<Node *>(target->expr)));
	}
	return arguments;
}

bool CheckArguments(QueryPlan *plan, const Aggref *named)
{
	ListCell *cell;
	foreach (cell, named->args)
		if (!CheckExpression(plan, reinterpret_cast<Node *>(lfirst_node(TargetEntry, cell)->expr)))
			return false;
	return CheckExpression(plan, reinterpret_cast<Node *>(named->aggdirectargs)) &&
		   CheckExpression(plan, reinterpret_cast<Node *>(named->aggfilter));
}

// Where an aggregate's states are kept, and what they aggregate there.
struct Place {
	List **states;
	List *arguments;
	Expr *filter; // NULL: all rows
};

Place PlaceOf(QueryPlan *plan, const Aggref *named)
{
	if (!IsChained(plan, named))
		return {&plan->states, ArgumentsOf(named), named->aggfilter};
	PlannedChain *chain =
		ChainFor(plan, static_cast<Node *>(linitial(ArgumentsOf(named))), named->aggfilter);
	return {&chain->groups->states, list_make1(ValueOf(chain)), nullptr};
}

// The state column for `form`: an aggregate over the rows of the place.
Node *StateOf(const StateForm *form, const Place *place)
{
	auto *state = castNode(Aggref, BuildExpression(form->sql, place->arguments));
	if (place->filter != nullptr)
		state->aggfilter = static_cast<Expr *>(
			copyObjectImpl(state->aggfilter == nullptr
							   ? place->filter
							   : make_andclause(list_make2(place->filter, state->aggfilter))));
	return reinterpret_cast<Node *>(state);
}

// The aggregate itself as a state column, without what makes no difference to it.
Node *VerbatimState(const Aggref *named)
{
	auto *state = static_cast<Aggref *>(copyObjectImpl(named));
	if (TraitsOf(named->aggfnoid).is_extreme) {
		ListCell *cell;
		List *arguments = NIL;
		foreach (cell, state->args)
			if (!lfirst_node(TargetEntry, cell)->resjunk)
				arguments = lappend(arguments, lfirst(cell));
		state->args = arguments;
		state->aggorder = NIL;
		state->aggdistinct = NIL;
		linitial_node(TargetEntry, arguments)->ressortgroupref = 0;
	}
	return reinterpret_cast<Node *>(state);
}

PlannedColumn *FindState(const List *states, const Node *aggregate)
{
	ListCell *cell;
	foreach (cell, states) {
		auto *state = static_cast<PlannedColumn *>(lfirst(cell));
		if (equal(state->expression, aggregate))
			return state;
	}
	return nullptr;
}

Maintenance MaintenanceOf(const Aggref *state)
{
	switch (state->aggfnoid) {
	case F_SUM_FLOAT4:
	case F_SUM_FLOAT8:
		return state->aggdistinct == NIL && state->aggorder == NIL ? Maintenance::kFloat
																   : Maintenance::kRecompute;
	default:
		return TraitsOf(state->aggfnoid).is_extreme ? Maintenance::kExtreme
													: Maintenance::kRecompute;
	}
}

// What the columns of an aggregate are called after: its argument's column, unless only
// some rows count.
const char *StemOf(const QueryPlan *plan, const Aggref *named, const char *output)
{
	const char *otherwise = output != nullptr ? output : "value";
	if (named->aggfilter != nullptr || named->args == NIL)
		return otherwise;
	return NameFor(plan, reinterpret_cast<Node *>(linitial_node(TargetEntry, named->args)->expr),
				   otherwise);
}

// Adds the aggregate itself as a state.
void AddVerbatim(QueryPlan *plan, const Aggref *named, const char *stem)
{
	Node *state = VerbatimState(named);
	if (FindState(plan->states, state) != nullptr)
		return;
	PlannedColumn *column =
		AddState(plan, &plan->states, state,
				 psprintf("%s_%s", get_func_name(named->aggfnoid), stem), nullptr);
	if (named->aggfnoid != F_COUNT_)
		column->maintenance = MaintenanceOf(castNode(Aggref, state));
}

bool IsImmutable(Oid function)
{
	return !OidIsValid(function) || func_volatile(function) == PROVOLATILE_IMMUTABLE;
}

// Whether the aggregate's own inverse can take values away.
bool IsKeptMoving(const QueryPlan *plan, const Aggref *named, MovingMode *mode)
{
	return RuleFor(plan, named) == nullptr && CanBeKeptMoving(named, mode) &&
		   !TraitsOf(named->aggfnoid).is_extreme && IsImmutable(mode->transition) &&
		   IsImmutable(mode->inverse) && IsImmutable(mode->final);
}

void AddMoving(QueryPlan *plan, const Aggref *named, const MovingMode *mode, const char *stem)
{
	Node *state = MovingState(mode, named, ArgumentsOf(named));
	Node *count = CountBehind(mode, castNode(Aggref, state));
	if (count != nullptr && FindState(plan->states, count) == nullptr)
		AddState(plan, &plan->states, count, psprintf("count_%s", stem), nullptr);
	if (FindState(plan->states, state) == nullptr)
		AddState(plan, &plan->states, state,
				 psprintf("%s_%s", get_func_name(named->aggfnoid), stem), nullptr)
			->maintenance = Maintenance::kMoving;
}

void AddParts(QueryPlan *plan, const Aggref *named, const char *stem)
{
	const Rule *rule = RuleFor(plan, named);
	const Place place = PlaceOf(plan, named);
	const PlannedColumn *previous = nullptr;
	for (int i = 0; i < kMostStates && rule->states[i].sql != nullptr; i++) {
		Node *state = StateOf(&rule->states[i], &place);
		PlannedColumn *column = FindState(*place.states, state);
		if (column == nullptr) {
			column = AddState(plan, place.states, state,
							  psprintf("%s_%s", rule->states[i].prefix, stem), previous);
			if (rule->states == kFloatMean && i > 0)
				column->maintenance = Maintenance::kFloat;
			const Place given = {nullptr, ArgumentsOf(named), nullptr};
			column->shown = StateOf(&rule->states[i], &given);
		}
		previous = column;
	}
}

} // namespace

Node *ColumnVar(const PlannedColumn *column)
{
	// Each join is a relation of its own, after the table that it adds.
	const int relation = column->joined == 0 ? 1 : 2 * column->joined;
	return reinterpret_cast<Node *>(
		makeVar(relation, column->attribute, exprType(column->expression),
				exprTypmod(column->expression), exprCollation(column->expression), 0));
}

PlannedColumn *AddState(const QueryPlan *plan, List **states, Node *aggregate, const char *name,
						const PlannedColumn *previous)
{
	auto *state = static_cast<PlannedColumn *>(palloc0(sizeof(PlannedColumn)));
	state->expression = aggregate;
	state->name = FreeColumnName(plan, *states, name);
	int position = list_length(*states);
	ListCell *cell;
	foreach (cell, *states)
		if (lfirst(cell) == previous)
			position = foreach_current_index(cell) + 1;
	*states = list_insert_nth(*states, position, state);
	return state;
}

bool AddAggregate(QueryPlan *plan, const Aggref *aggregate, const char *output)
{
	const auto *named =
		castNode(Aggref, NameZones(reinterpret_cast<Node *>(const_cast<Aggref *>(aggregate))));
	const char *stem = StemOf(plan, named, output);
	if (!CheckArguments(plan, named))
		return false;
	if (IsCountOfRows(aggregate))
		return true;
	MovingMode mode;
	if (RuleFor(plan, named) != nullptr)
		AddParts(plan, named, stem);
	else if (IsKeptMoving(plan, named, &mode) && CheckFunctions(plan, named))
		AddMoving(plan, named, &mode, stem);
	else if (named->aggfnoid == F_COUNT_ || CheckFunctions(plan, named))
		AddVerbatim(plan, named, stem);
	else
		return false;
	return true;
}

Node *AggregateValue(QueryPlan *plan, const Aggref *aggregate)
{
	if (IsCountOfRows(aggregate))
		return reinterpret_cast<Node *>(
			makeVar(1, CountAttribute(plan), INT8OID, -1, InvalidOid, 0));

	const auto *named =
		castNode(Aggref, NameZones(reinterpret_cast<Node *>(const_cast<Aggref *>(aggregate))));
	const Rule *rule = RuleFor(plan, named);
	MovingMode mode;
	if (IsKeptMoving(plan, named, &mode))
		return BuildExpression(MovingValue(&mode, named),
							   list_make1(ColumnVar(FindState(
								   plan->states, MovingState(&mode, named, ArgumentsOf(named))))));
	if (rule == nullptr)
		return ColumnVar(FindState(plan->states, VerbatimState(named)));
	const Place place = PlaceOf(plan, named);
	List *columns = NIL;
	for (int i = 0; i < kMostStates && rule->states[i].sql != nullptr; i++)
		columns = lappend(columns,
						  ColumnVar(FindState(*place.states, StateOf(&rule->states[i], &place))));
	// A group that the filter leaves nothing of has no row among the distinct values.
	const bool is_joined_count = rule->states == kCount && IsChained(plan, named);
	return BuildExpression(is_joined_count ? "COALESCE($1, 0::pg_catalog.int8)" : rule->value,
						   columns);
}

} // namespace mezzanine::views
