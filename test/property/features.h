// What of SQL the random queries over several tables draw on.
#pragma once

#include "random.h"

namespace mezzanine::test
{

enum class Feature {
	kGroups,    // subqueries that group or are DISTINCT, beside tables
	kOuter,     // LEFT, RIGHT and FULL JOIN
	kExists,    // EXISTS, IN and NOT EXISTS as a condition of its own
	kLogic,     // these under OR, NOT and CASE; NOT IN, ANY and ALL
	kScalar,    // scalar subqueries of rows
	kLate,      // subqueries in HAVING, and beside aggregates
	kSets,      // UNION, INTERSECT, EXCEPT in FROM
	kFunctions, // functions and VALUES in FROM
	kTop,       // UNION, INTERSECT, EXCEPT of whole queries
	kJoins,     // more than one item in FROM, which most of the others need
};

// True for about `percent` of the calls, where the feature is wanted: MEZZANINE_PROPERTY_FEATURES
// has the letters of those (g o e l s h u f t j, in this order).  Where it is not set, all that
// create_view takes are; where it is empty, views are over one table.
bool Draws(Random *random, Feature feature, unsigned percent);

} // namespace mezzanine::test
