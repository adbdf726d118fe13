#include "views/analysis.h"

#include "views/cores.h"
#include "views/definition.h"
#include "views/expression.h"
#include "views/finish.h"
#include "views/flatten.h"
#include "views/lists.h"

namespace mezzanine::views
{

namespace
{

// The query's clauses.
bool CheckClauses(QueryPlan *plan)
{
	const Query *query = plan->query;
	static const char *const kTableHint =
		"Name tables, with WHERE and GROUP BY; combine views where you read them.";

	if (query->hasModifyingCTE)
		return Refuse(plan, "a subquery that changes tables is", "Change them elsewhere.");
	if (query->hasRecursive)
		return Refuse(plan, "WITH RECURSIVE is", kTableHint);
	if (query->rowMarks != NIL)
		return Refuse(plan, "FOR UPDATE or FOR SHARE is", "Leave it out.");
	return true;
}

// Error context: positions are those in the query, not in the command that has it as an argument.
void PointIntoQuery(void *query)
{
	const int position = geterrposition();
	if (position <= 0)
		return;
	errposition(0);
	internalerrposition(position);
	internalerrquery(static_cast<const char *>(query));
}

// Exactly one SELECT.
Query *ParseOneSelect(const char *text)
{
	List *statements = raw_parser(text, RAW_PARSE_DEFAULT);
	if (list_length(statements) != 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the query of a mezzanine view must be one statement"),
						errdetail("The text given has %d statements.", list_length(statements)),
						errhint("Pass one SELECT.")));
	auto *statement = linitial_node(RawStmt, statements);
	if (!IsA(statement->stmt, SelectStmt) ||
		castNode(SelectStmt, statement->stmt)->intoClause != nullptr)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the query of a mezzanine view must be a SELECT"),
						errhint("Pass one SELECT, without INTO.")));
	return parse_analyze_fixedparams(statement, text, nullptr, 0, nullptr);
}

// Under the caller's search_path.
Query *Parse(const char *text)
{
	ErrorContextCallback context;
	context.callback = PointIntoQuery;
	context.arg = const_cast<char *>(text);
	context.previous = error_context_stack;
	error_context_stack = &context;
	Query *query = ParseOneSelect(text);
	error_context_stack = context.previous;
	return query;
}

} // namespace

QueryPlan *AnalyzeQuery(const char *query)
{
	auto *plan = static_cast<QueryPlan *>(palloc0(sizeof(QueryPlan)));
	plan->query = WithoutLists(Parse(query));

	const int nest_level = PinTextSettings();
	if (CheckClauses(plan) && PlanQuery(plan)) {
		MakeDefinition(plan);
		LabelAll(plan);
	}
	AtEOXact_GUC(true, nest_level);
	return plan;
}

void RaiseRefusal(const Refusal *refusal)
{
	if (refusal->message == nullptr)
		return;
	ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg_internal("%s", refusal->message),
					refusal->detail ? errdetail_internal("%s", refusal->detail) : 0,
					refusal->hint ? errhint("%s", refusal->hint) : 0));
}

} // namespace mezzanine::views
