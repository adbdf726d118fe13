// explain: what create_view would do, and why.
#include "views/analysis.h"
#include "views/expression.h"
#include "views/finish.h"

using namespace mezzanine;
using namespace mezzanine::views;

namespace
{

const char *JoinedExpressions(const QueryPlan *plan, const List *columns)
{
	StringInfoData text;
	ListCell *cell;
	initStringInfo(&text);
	foreach (cell, columns)
		appendStringInfo(&text, "%s%s", text.len > 0 ? ", " : "",
						 Deparse(plan, static_cast<PlannedColumn *>(lfirst(cell))->expression));
	return text.len > 0 ? text.data : "none: all rows are one group";
}

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

// The lines of explain's answer.
List *ExplainLines(const QueryPlan *plan)
{
	if (plan->refusal.message != nullptr)
		return RefusalLines(&plan->refusal);
	List *lines = NIL;
	ListCell *cell;
	const char *base = quote_qualified_identifier(get_namespace_name(get_rel_namespace(plan->base)),
												  get_rel_name(plan->base));
	foreach (cell, plan->cores) {
		const auto *core = static_cast<PlannedCore *>(lfirst(cell));
		lines = lappend(lines, psprintf("core: by the delta, over %s", base));
		lines = lappend(lines, psprintf("  group key: %s", JoinedExpressions(plan, core->keys)));
		lines =
			lappend(lines, psprintf("  filter: %s",
									plan->filter == NIL
										? "none"
										: Deparse(plan, reinterpret_cast<Node *>(
															make_ands_explicit(plan->filter)))));
		lines = AddQuery(lines, "  truth:", TruthQuery(plan, core));
	}
	lines = AddQuery(lines, "finish:", FinishQueryOfNone(plan));
	foreach (cell, plan->notices)
		lines = lappend(lines, psprintf("notice: %s", static_cast<char *>(lfirst(cell))));
	lines = lappend(lines, pstrdup("locks: a writer holds the home row of each group it changed, "
								   "for the length of its commit"));
	lines = lappend(lines, psprintf("creation: waits for writers of %s, and keeps them out until "
									"it commits",
									base));
	return lines;
}

} // namespace

// explain(query text, format text) -> SETOF text
MEZZANINE_FUNCTION(mezzanine_explain)
{
	const char *format = text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (strcmp(format, "text") != 0)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("format => '%s' is not supported yet", format),
						errhint("Supported is format => 'text'.")));
	QueryPlan *plan = AnalyzeQuery(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	const int nest_level = PinTextSettings();
	List *lines = ExplainLines(plan);
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
