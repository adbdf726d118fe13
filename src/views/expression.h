// Expressions: built from templates, judged, deparsed.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// Pins the settings that SQL text is written and read under: names qualified, constants
// exact.  The caller ends it by AtEOXact_GUC(true, <what is returned>).
int PinTextSettings();

// Parses and analyses one expression in SQL, in which $1, $2, … stand for copies of
// `parameters`.  To be called with settings pinned.
Node *BuildExpression(const char *sql, List *parameters);

// What makes an expression depend on more than the row, by name; NULL: nothing.
const char *CulpritOf(Node *expression);

// Refuses the plan where `expression` depends on more than the row.
bool CheckExpression(QueryPlan *plan, Node *expression);

// The expression over the base as text, in terms of the query's tables.
const char *Deparse(const QueryPlan *plan, Node *expression);

// An expression over any entries as text, with their names in front of columns or not.
const char *DeparseOver(const List *entries, Node *expression, bool with_names);

// The names of the query's tables, qualified and quoted.
const char *TableNames(const QueryPlan *plan);

// Notes what the creator of the view is to be told; once.
void AddNotice(QueryPlan *plan, char *notice);

// Notes that an expression was replaced by one with its time zone named.
void AddZoneNotice(QueryPlan *plan, const char *given, const char *named);

// `wanted`, cut short and numbered until none of the keys and `states` is called so.
const char *FreeColumnName(const QueryPlan *plan, const List *states, const char *wanted);

// What an expression is called: its column's name, or `otherwise`.
const char *NameFor(const QueryPlan *plan, Node *expression, const char *otherwise);

// Whether an operator takes those texts for equal that a collation does.
bool ComparesAlike(const OpExpr *equality, Oid collation);

// Each of these makes plan->refusal and returns false.
bool Refuse(QueryPlan *plan, const char *what, const char *hint);
bool RefuseWithDetail(QueryPlan *plan, const char *message, const char *detail, const char *hint);

} // namespace mezzanine::views
