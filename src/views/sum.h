// Sums of inner joins: what FROM becomes (level.h).
#pragma once

#include "views/level.h"

namespace mezzanine::views
{

// An alternative of one table, or of none where `number` is 0; alone in a List.
List *SumOf(int number);

// Each of the one joined with each of the other.
List *Product(const List *left, const List *right);

// A copy with other signs.
List *Negated(const List *sum);

// A copy in whose rows the columns of the numbers above `after` up to `last` are NULL.
List *WithNulls(const List *sum, int after, int last);

// Adds to all of a sum what the columns of a number are.
void AddChoice(List *sum, int number, List *outputs);

// Adds a condition over the numbers to all of a sum.
void AddCondition(List *sum, Node *condition);

// An expression over the numbers as one over the alternative's tables.
Node *Resolve(const Alternative *alternative, Node *expression);

// The alternative's conditions, over its tables: a List of Node.
List *ResolvedConditions(const Alternative *alternative);

// Those of the sum that can have rows at all; one at least.
List *PossibleOnes(List *sum);

} // namespace mezzanine::views
