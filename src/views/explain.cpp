// explain: what create_view would do, and why.
#include "views/advice.h"
#include "views/analysis.h"
#include "views/arms.h"
#include "views/base.h"
#include "views/expression.h"
#include "views/finish.h"
#include "views/run.h"

using namespace mezzanine;
using namespace mezzanine::views;

namespace
{

const char *const kLocks =
	"a writer holds the home row of each group it changed, for the length of its commit";
const char *const kLocksOfReading =
	"; a group that is computed again is read from the base while its row is held, or its fence "
	"where it has none";

const char *const kLocksOfJoining =
	"; whoever changes one side of a join waits for those who change the other side for the same "
	"key, for the length of their commits";

// How one column follows the base, and why so.
struct Manner {
	const char *how;
	const char *why; // NULL: that is how it should be
};

Manner MannerOf(const PlannedColumn *column)
{
	switch (column->maintenance) {
	case Maintenance::kDelta:
		return {"by the delta", nullptr};
	case Maintenance::kExtreme:
		return {"by the delta, and by affected group when the extreme leaves",
				"only the base knows what comes next after it"};
	case Maintenance::kMoving:
		return {"by the delta, and by affected group when the inverse has no answer",
				"the aggregate's own inverse takes values away"};
	case Maintenance::kFloat:
		return {"by the delta while finite values come, and by affected group otherwise",
				"a sum of floats cannot give a value back exactly"};
	case Maintenance::kRecompute:
		return {"by affected group", "the aggregate cannot give a value back"};
	}
	pg_unreachable();
}

bool ReadsBase(const QueryPlan *plan)
{
	ListCell *cell;
	foreach (cell, plan->cores)
		if (AdviseIndex(static_cast<PlannedCore *>(lfirst(cell))).is_needed)
			return true;
	return false;
}

// What a column holds, in terms of the base.
const char *ShownExpression(const QueryPlan *plan, const PlannedColumn *column)
{
	return Deparse(plan, column->shown != nullptr ? column->shown : column->expression);
}

// What a core is computed from.
const char *SourceName(const QueryPlan *plan, const PlannedCore *core)
{
	ListCell *cell;
	foreach (cell, plan->cores)
		if (lfirst(cell) == core->source)
			return psprintf("home_%d", foreach_current_index(cell) + 1);
	const QueryPlan *of = core->plan;
	return of->rows != nullptr
			   ? of->rows->label
			   : QualifiedName(linitial_node(RangeTblEntry, of->query->rtable)->relid);
}

// The tables whose rows are joined, and the labels of cores whose groups are.
const char *SourceNames(const PlannedRows *rows)
{
	StringInfoData names;
	List *told = NIL;
	ListCell *cell;
	initStringInfo(&names);
	foreach (cell, SourcesOf(rows)) {
		const auto *table = static_cast<PlannedTable *>(lfirst(cell));
		String *name = makeString(const_cast<char *>(table->inner != nullptr
														 ? ShownCore(table->inner)->label
														 : QualifiedName(table->entry->relid)));
		if (list_member(told, name))
			continue;
		told = lappend(told, name);
		appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "", strVal(name));
	}
	return names.data;
}

const char *LocksOf(const QueryPlan *plan)
{
	return psprintf("%s%s%s", kLocks, ReadsBase(plan) ? kLocksOfReading : "",
					PlansWithRows(plan) != NIL ? kLocksOfJoining : "");
}

const char *CreationOf(const QueryPlan *plan)
{
	return psprintf("waits for writers of %s, and keeps them out until it commits",
					TableNames(plan));
}

const char *FilterOf(const PlannedCore *core)
{
	return core->filter == NIL
			   ? nullptr
			   : Deparse(core->plan, reinterpret_cast<Node *>(make_ands_explicit(core->filter)));
}

// What is said of the index; NULL: nothing needs one.
const char *IndexLine(const PlannedCore *core)
{
	const IndexAdvice advice = AdviseIndex(core);
	if (!advice.is_needed)
		return nullptr;
	if (advice.present != nullptr)
		return psprintf("%s leads to a group that is computed again", advice.present);
	if (advice.command != nullptr)
		return psprintf("missing: a group that is computed again reads the whole table; %s",
						advice.command);
	return "none can help: a group that is computed again reads the whole table";
}

// --- as text ---

List *RefusalLines(const Refusal *refusal)
{
	List *lines = list_make1(psprintf("refused: %s", refusal->message));
	if (refusal->detail != nullptr)
		lines = lappend(lines, psprintf("  detail: %s", refusal->detail));
	if (refusal->hint != nullptr)
		lines = lappend(lines, psprintf("  hint: %s", refusal->hint));
	return lines;
}

// Adds a query's lines, the first after `label`.
List *AddQuery(List *lines, const char *label, const char *query)
{
	const char *rest = query;
	while (*rest != '\0') {
		const char *end = strchrnul(rest, '\n');
		const char *line = pnstrdup(rest, end - rest);
		lines =
			lappend(lines, rest == query ? psprintf("%s%s", label, line) : psprintf("   %s", line));
		rest = *end == '\0' ? end : end + 1;
	}
	return lines;
}

const char *JoinedExpressions(const QueryPlan *plan, const List *columns)
{
	StringInfoData text;
	ListCell *cell;
	initStringInfo(&text);
	foreach (cell, columns)
		appendStringInfo(&text, "%s%s", text.len > 0 ? ", " : "",
						 ShownExpression(plan, static_cast<PlannedColumn *>(lfirst(cell))));
	return text.len > 0 ? text.data : "none: all rows are one group";
}

List *AddColumns(List *lines, const QueryPlan *plan, const PlannedCore *core)
{
	ListCell *cell;
	lines = lappend(lines, pstrdup("  count: by the delta"));
	foreach (cell, core->states) {
		const auto *column = static_cast<PlannedColumn *>(lfirst(cell));
		const Manner manner = MannerOf(column);
		lines = lappend(lines,
						psprintf("  %s = %s: %s%s%s", column->name, ShownExpression(plan, column),
								 manner.how, manner.why ? ": " : "", manner.why ? manner.why : ""));
	}
	return lines;
}

// What is said of the way from one table to another.
const char *JoinLine(const JoinAdvice *advice)
{
	if (advice->from == nullptr)
		return psprintf("none can help: no equality leads to %s, so a change elsewhere reads the "
						"whole of it",
						advice->to);
	if (advice->index.present != nullptr)
		return psprintf("%s leads from %s to %s", advice->index.present, advice->from, advice->to);
	return psprintf("missing: a change of %s reads the whole of %s; %s", advice->from, advice->to,
					advice->index.command);
}

List *AddRows(List *lines, const QueryPlan *plan)
{
	const PlannedRows *rows = plan->rows;
	ListCell *cell;
	lines = lappend(lines, psprintf("%s: of %s", rows->label, SourceNames(rows)));
	foreach (cell, AdviseJoins(plan))
		lines = lappend(lines,
						psprintf("  index: %s", JoinLine(static_cast<JoinAdvice *>(lfirst(cell)))));
	lines = AddQuery(lines, "  query:", RowsQuery(plan));
	if (!rows->is_flat)
		foreach (cell, rows->arms) {
			const auto *arm = static_cast<PlannedArm *>(lfirst(cell));
			lines = AddQuery(lines, arm->sign > 0 ? "  plus:" : "  minus:", ArmQuery(rows, arm));
		}
	return lines;
}

List *AddCore(List *lines, const QueryPlan *plan, const PlannedCore *core)
{
	const char *filter = FilterOf(core);
	const char *index = IndexLine(core);
	lines = lappend(lines, psprintf("core: over %s", SourceName(plan, core)));
	lines = lappend(lines, psprintf("  group key: %s", JoinedExpressions(core->plan, core->keys)));
	lines = lappend(lines, psprintf("  filter: %s", filter ? filter : "none"));
	lines = AddColumns(lines, core->plan, core);
	if (index != nullptr)
		lines = lappend(lines, psprintf("  index: %s", index));
	return AddQuery(lines, "  truth:", TruthQuery(core));
}

List *TextLines(const QueryPlan *plan)
{
	if (plan->refusal.message != nullptr)
		return RefusalLines(&plan->refusal);
	List *lines = NIL;
	ListCell *cell;
	foreach (cell, PlansWithRows(plan))
		lines = AddRows(lines, static_cast<QueryPlan *>(lfirst(cell)));
	foreach (cell, plan->cores)
		lines = AddCore(lines, plan, static_cast<PlannedCore *>(lfirst(cell)));
	lines = AddQuery(lines, "finish:", FinishQueryOfNone(plan));
	foreach (cell, plan->notices)
		lines = lappend(lines, psprintf("notice: %s", static_cast<char *>(lfirst(cell))));
	lines = lappend(lines, psprintf("locks: %s", LocksOf(plan)));
	return lappend(lines, psprintf("creation: %s", CreationOf(plan)));
}

// --- as JSON ---

// Adds "name": "value", or null.
void AddMember(StringInfo json, const char *name, const char *value)
{
	const char last = json->len > 0 ? json->data[json->len - 1] : '{';
	if (last != '{' && last != '[')
		appendStringInfoString(json, ", ");
	escape_json(json, name);
	appendStringInfoString(json, ": ");
	if (value == nullptr)
		appendStringInfoString(json, "null");
	else
		escape_json(json, value);
}

void AddJsonColumn(StringInfo json, const QueryPlan *plan, const PlannedColumn *column)
{
	const Manner manner = MannerOf(column);
	appendStringInfoString(json, json->data[json->len - 1] == '[' ? "{" : ", {");
	AddMember(json, "name", column->name);
	AddMember(json, "expression", ShownExpression(plan, column));
	AddMember(json, "maintenance", manner.how);
	AddMember(json, "reason", manner.why);
	appendStringInfoChar(json, '}');
}

void AddJsonColumns(StringInfo json, const char *name, const QueryPlan *plan, const List *columns)
{
	ListCell *cell;
	appendStringInfo(json, ", \"%s\": [", name);
	foreach (cell, columns)
		AddJsonColumn(json, plan, static_cast<PlannedColumn *>(lfirst(cell)));
	appendStringInfoChar(json, ']');
}

void AddJsonCore(StringInfo json, const QueryPlan *plan, const PlannedCore *core)
{
	const IndexAdvice advice = AdviseIndex(core);
	appendStringInfoString(json, json->data[json->len - 1] == '[' ? "{" : ", {");
	AddMember(json, "source", SourceName(plan, core));
	AddMember(json, "filter", FilterOf(core));
	AddJsonColumns(json, "keys", core->plan, core->keys);
	AddJsonColumns(json, "columns", core->plan, core->states);
	appendStringInfo(json, ", \"index_needed\": %s", advice.is_needed ? "true" : "false");
	AddMember(json, "index", advice.present);
	AddMember(json, "missing_index", advice.command);
	AddMember(json, "truth", TruthQuery(core));
	appendStringInfoChar(json, '}');
}

// The inner joins that add up to the rows, where there are several.
void AddJsonArms(StringInfo json, const PlannedRows *rows)
{
	ListCell *cell;
	appendStringInfoString(json, ", \"arms\": [");
	foreach (cell, rows->is_flat ? NIL : rows->arms) {
		const auto *arm = static_cast<PlannedArm *>(lfirst(cell));
		appendStringInfo(json, "%s{\"sign\": %d", foreach_current_index(cell) > 0 ? ", " : "",
						 arm->sign);
		AddMember(json, "query", ArmQuery(rows, arm));
		appendStringInfoChar(json, '}');
	}
	appendStringInfoChar(json, ']');
}

void AddJsonRows(StringInfo json, const QueryPlan *plan)
{
	ListCell *cell;
	appendStringInfoString(json, json->data[json->len - 1] == '[' ? "{" : ", {");
	AddMember(json, "name", plan->rows->label);
	AddMember(json, "tables", SourceNames(plan->rows));
	AddMember(json, "query", RowsQuery(plan));
	AddJsonArms(json, plan->rows);
	appendStringInfoString(json, ", \"ways\": [");
	foreach (cell, AdviseJoins(plan)) {
		const auto *advice = static_cast<JoinAdvice *>(lfirst(cell));
		appendStringInfoString(json, foreach_current_index(cell) > 0 ? ", {" : "{");
		AddMember(json, "from", advice->from);
		AddMember(json, "to", advice->to);
		AddMember(json, "index", advice->index.present);
		AddMember(json, "missing_index", advice->index.command);
		appendStringInfoChar(json, '}');
	}
	appendStringInfoString(json, "]}");
}

const char *Json(const QueryPlan *plan)
{
	StringInfoData json;
	ListCell *cell;
	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	if (plan->refusal.message != nullptr) {
		AddMember(&json, "refused", plan->refusal.message);
		AddMember(&json, "detail", plan->refusal.detail);
		AddMember(&json, "hint", plan->refusal.hint);
		appendStringInfoChar(&json, '}');
		return json.data;
	}
	appendStringInfoString(&json, "\"rows\": [");
	foreach (cell, PlansWithRows(plan))
		AddJsonRows(&json, static_cast<QueryPlan *>(lfirst(cell)));
	appendStringInfoString(&json, "], \"cores\": [");
	foreach (cell, plan->cores)
		AddJsonCore(&json, plan, static_cast<PlannedCore *>(lfirst(cell)));
	appendStringInfoChar(&json, ']');
	AddMember(&json, "finish", FinishQueryOfNone(plan));
	appendStringInfoString(&json, ", \"notices\": [");
	foreach (cell, plan->notices) {
		appendStringInfoString(&json, foreach_current_index(cell) > 0 ? ", " : "");
		escape_json(&json, static_cast<char *>(lfirst(cell)));
	}
	appendStringInfoChar(&json, ']');
	AddMember(&json, "locks", LocksOf(plan));
	AddMember(&json, "creation", CreationOf(plan));
	appendStringInfoChar(&json, '}');
	return json.data;
}

} // namespace

// explain(query text, format text) -> SETOF text
MEZZANINE_FUNCTION(mezzanine_explain)
{
	const char *format = text_to_cstring(PG_GETARG_TEXT_PP(1));
	const bool is_json = strcmp(format, "json") == 0;
	if (!is_json && strcmp(format, "text") != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid value for format: \"%s\"", format),
						errhint("It is 'text' or 'json'.")));
	QueryPlan *plan = AnalyzeQuery(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	const int nest_level = PinTextSettings();
	List *lines = is_json ? list_make1(const_cast<char *>(Json(plan))) : TextLines(plan);
	AtEOXact_GUC(true, nest_level);

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
	ListCell *cell;
	foreach (cell, lines) {
		Datum value = CStringGetTextDatum(static_cast<char *>(lfirst(cell)));
		bool is_null = false;
		tuplestore_putvalues(result->setResult, result->setDesc, &value, &is_null);
	}
	return 0;
}
