#include "sublinks.h"

#include "grammar.h"

#include <algorithm>

namespace mezzanine::test
{
namespace
{

// Columns of the inner table as e.column.
std::string Inner(const std::string &text)
{
	static const std::map<std::string, std::string> columns = [] {
		std::map<std::string, std::string> all;
		for (const std::string &column : ColumnNames())
			all[column] = "e." + column;
		return all;
	}();
	return Qualified(text, columns);
}

// "$column" for columns of `outer`; nothing where it lacks one.
std::string Outer(const std::string &text, const Item &outer)
{
	std::string all;
	for (std::size_t at = 0; at < text.size(); ++at) {
		if (text[at] != '$') {
			all += text[at];
			continue;
		}
		std::size_t end = at + 1;
		while (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end])) != 0)
			++end;
		const auto column = outer.columns.find(text.substr(at + 1, end - at - 1));
		if (column == outer.columns.end())
			return "";
		all += column->second;
		at = end - 1;
	}
	return all;
}

// " FROM t e WHERE ...", perhaps correlated to `outer`.
std::string From(Random *random, const std::vector<Table> &tables, const Item &outer,
				 unsigned correlated_percent)
{
	static const std::vector<std::string> kCorrelations = {
		"e.k1 = $k1",
		"e.ref = $id",
		"e.id = $ref",
		"e.i = $i",
		"e.k1 = $k1 AND e.k2 = $k2",
		"e.n = $n",
		"e.day = $day",
		"e.k1 = $k1 AND $flag",
	};
	std::string where;
	if (random->Chance(correlated_percent))
		where = Outer(random->Pick(kCorrelations), outer);
	if (random->Chance(50))
		where += (where.empty() ? "(" : " AND (") + Inner(RandomCondition(random)) + ")";
	return " FROM " + random->Pick(tables).name + " e" + (where.empty() ? "" : " WHERE " + where);
}

std::string Plain(Random *random, const std::vector<Table> &tables, const Item &outer)
{
	switch (random->Roll(4)) {
	case 0:
		return "NOT EXISTS (SELECT" + From(random, tables, outer, 85) + ")";
	case 1:
		return Outer(random->Pick<std::string>(
						 {"$i IN (SELECT e.i", "$k1 IN (SELECT e.k1", "$id IN (SELECT e.ref",
						  "($k1, $k2) IN (SELECT e.k1, e.k2", "$i = ANY (SELECT e.i + 1"}),
					 outer) +
			   From(random, tables, outer, 25) + ")";
	default:
		return "EXISTS (SELECT" + From(random, tables, outer, 85) + ")";
	}
}

std::string Negative(Random *random, const std::vector<Table> &tables, const Item &outer)
{
	return Outer(random->Pick<std::string>({"$i NOT IN (SELECT e.i", "$k1 NOT IN (SELECT e.k1",
											"$ref NOT IN (SELECT e.id", "$i > ALL (SELECT e.k1",
											"$i < ANY (SELECT e.i", "$k1 <> ALL (SELECT e.k1",
											"$k1 <> ANY (SELECT e.k1"}),
				 outer) +
		   From(random, tables, outer, 25) + ")";
}

std::string UnderLogic(Random *random, const std::vector<Table> &tables, const Item &outer)
{
	if (random->Chance(40))
		return Negative(random, tables, outer);
	const std::string one =
		random->Chance(70) ? Plain(random, tables, outer) : Negative(random, tables, outer);
	switch (random->Roll(4)) {
	case 0:
		return "(" + one + " OR " + Outer("$i > 20", outer) + ")";
	case 1:
		return "NOT (" + one + Outer(" AND $flag", outer) + ")";
	case 2:
		return "CASE WHEN " + one + " THEN " + Outer("$flag", outer) + " ELSE " +
			   Outer("$i > 0", outer) + " END";
	default:
		return "(" + one + ") IS NOT TRUE";
	}
}

} // namespace

std::string RandomScalar(Random *random, const std::vector<Table> &tables, const Item &outer)
{
	if (random->Chance(15))
		return Outer("(SELECT e.i FROM " + random->Pick(tables).name + " e WHERE e.id = $ref)",
					 outer);
	return "(SELECT " +
		   random->Pick<std::string>({"count(*)", "max(e.i)", "sum(e.i)::bigint", "min(e.k1)::int",
									  "count(e.i)", "coalesce(max(e.i), -1)"}) +
		   From(random, tables, outer, 75) + ")";
}

std::string RandomSublink(Random *random, const std::vector<Table> &tables, const Item &outer)
{
	std::string sublink;
	if (Draws(random, Feature::kExists, 12))
		sublink = Plain(random, tables, outer);
	else if (Draws(random, Feature::kLogic, 8))
		sublink = UnderLogic(random, tables, outer);
	else if (Draws(random, Feature::kScalar, 6))
		sublink = Outer(random->Pick<std::string>({"$i > ", "$k1 <= ", "$b < ", "10 > "}), outer) +
				  RandomScalar(random, tables, outer);
	return sublink;
}

std::string RandomLateCondition(Random *random, const std::vector<Table> &tables,
								const std::vector<std::string> &keys)
{
	const std::string table = random->Pick(tables).name;
	const bool by_k1 = std::find(keys.begin(), keys.end(), "k1") != keys.end();
	if (by_k1 && random->Chance(60))
		return random->Pick<std::string>({"k1 IN (SELECT e.k1 FROM ",
										  "k1 NOT IN (SELECT e.k1 FROM ", "EXISTS (SELECT FROM ",
										  "count(*) > (SELECT count(*) / 3 FROM "}) +
			   table + " e WHERE e.flag" + random->Pick<std::string>({"", " AND e.k1 = k1"}) + ")";
	return random->Pick<std::string>(
			   {"count(*) > (SELECT count(*) / 5 FROM ", "max(i) > (SELECT avg(e.i) FROM ",
				"count(*) NOT IN (SELECT e.k1 FROM ", "sum(i) < ANY (SELECT e.i FROM "}) +
		   table + " e WHERE e.i > 0)";
}

std::string RandomLateOutput(Random *random, const std::vector<Table> &tables,
							 const std::vector<std::string> &keys)
{
	const std::string table = random->Pick(tables).name;
	const bool by_k1 = std::find(keys.begin(), keys.end(), "k1") != keys.end();
	if (by_k1 && random->Chance(60))
		return "(SELECT count(*) FROM " + table + " e WHERE e.k1 = k1)";
	return random->Pick<std::string>({"(SELECT max(e.i) FROM ", "count(*) - (SELECT count(*) FROM ",
									  "sum(i) * (SELECT count(e.i) FROM "}) +
		   table + " e)";
}

} // namespace mezzanine::test
