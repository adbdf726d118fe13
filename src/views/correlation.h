// Subqueries in expressions: what ties them to the row that asks.
#pragma once

#include "views/level.h"

namespace mezzanine::views
{

// An equality of an expression of the subquery and one of the query outside; or of both sides of an
// outer join, of which the nullable one is the inner.
struct CorrelationKey {
	OpExpr *equality; // its argument number `inner` is the subquery's, at that level; the other is
	int inner;        // the query's, at that one's
};

// A subquery without what ties it to the query outside.
struct Correlation {
	Query *query;     // a copy, without WHERE
	List *keys;       // of CorrelationKey
	List *conditions; // of WHERE, about the subquery alone
	List *outside;    // of WHERE, about the query outside alone, at its level
	List *others;     // of WHERE, about both and no such equality, as they are
	List *ties;       // of WHERE, all that look out, as they are
};

// Takes a subquery in an expression of the level apart; false: refused.
bool Separate(Level *level, const SubLink *sublink, Correlation *correlation);

Node *InnerSide(const CorrelationKey *key);

// The inner sides of a List of CorrelationKey, each once.
List *InnerSides(const List *keys);

// The equalities with what stands for the inner sides, `outputs` in the order of InnerSides, are
// added to all of a sum.
void AddEqualities(Level *level, const List *keys, const List *outputs, List *sum);

// The inner sides of the keys, each once.
List *InnerKeys(const Correlation *correlation);

// The keys' equalities with what stands for the inner sides, `outputs` in the order of InnerKeys,
// and the conditions on the query outside, are added to all of a sum.  False: refused.
bool AddCorrelation(Level *level, const Correlation *correlation, const List *outputs, List *sum);

// The name of a table that the subquery reads.
const char *NameInSubquery(const Query *query);

// The plan of what stands for a subquery; NULL: refused.
QueryPlan *PlanSubquery(Level *level, const Query *query);

} // namespace mezzanine::views
