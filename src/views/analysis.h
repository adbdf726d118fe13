// Reads the query of a view to be, and says how it would be maintained or why not.
//
// The result is text: expressions deparsed with every name qualified, so that the SQL
// composed from them means the same under any search_path.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// Why a query is refused; `message` is NULL where it is not.
struct Refusal {
	const char *message;
	const char *detail;
	const char *hint;
};

// An argument of one or more aggregates.
struct PlannedArgument {
	const char *expression;
	const char *name; // what it is called in the home table: count_<name>, sum_<name>
	core::ArgumentKind kind;
};

// A column of the grouping key.
struct PlannedKey {
	const char *expression;
	const char *name; // in the home table
	Oid type;
	int32 typmod;
};

// A column of the published view: a key or an aggregate.
enum class OutputKind { kKey, kCountRows, kCount, kSum, kAverage };
struct PlannedOutput {
	const char *name;
	OutputKind kind;
	int index; // of the key or the argument
};

// A query, taken apart.  Lists hold pointers to the structs above.
struct QueryPlan {
	Refusal refusal;
	Oid base;
	const char *alias;
	const char *filter; // NULL: none
	List *keys;
	List *arguments;
	List *outputs;
};

// Parses and analyses `query` under the caller's search_path.
//
// Raises PostgreSQL's own errors for what is not a query at all; what cannot be
// maintained comes back as plan->refusal.
QueryPlan *AnalyzeQuery(const char *query);

// Pins the settings that SQL text is written and read under: names qualified, constants
// exact.  The caller ends it by AtEOXact_GUC(true, <what is returned>).
int PinTextSettings();

// Raises `refusal` as 0A000, where there is one.
void RaiseRefusal(const Refusal *refusal);

} // namespace mezzanine::views
