#include "items.h"

#include "grammar.h"

#include <cctype>

namespace mezzanine::test
{
namespace
{

bool IsOfWord(char c)
{
	return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string Where(Random *random)
{
	return random->Chance(40) ? " WHERE " + RandomCondition(random) : "";
}

// A number that no two different rows with these small columns share.
std::string Number(const std::string &alias, const std::vector<std::string> &columns)
{
	std::string number = "0";
	for (const std::string &column : columns) {
		const std::string text = alias + "." + column;
		const std::string part = column == "flag" ? "coalesce(" + text + "::int, 2)"
								 : column == "k2"
									 ? "coalesce(ascii(" + text + ") + length(" + text + "), 0)"
									 : "coalesce(" + text + "::int, 900)";
		number = "(" + number + " * 1000::numeric + " + part + ")";
	}
	return number;
}

void AddColumns(Item *item, const std::string &alias, const std::vector<std::string> &columns)
{
	for (const std::string &column : columns)
		item->columns[column] = alias + "." + column;
}

struct Output {
	const char *column;
	const char *expression;
};

const std::vector<Output> kOutputs = {
	{"b", "count(*)"},
	{"b", "sum(i)"},
	{"i", "min(i)"},
	{"i", "count(i)"},
	{"n", "sum(n)"},
	{"flag", "bool_or(flag)"},
	{"k1", "max(k1)"},
	{"s", "string_agg(s, '|' ORDER BY id)"},
	{"f", "max(f)"},
	{"n", "round(avg(i), 2)"},
	{"day", "min(day)"},
	{"ref", "max(ref)"},
	{"i", "coalesce(max(i), 0)"},
};

Item Grouped(Random *random, const Table &table, const std::string &alias)
{
	Item item{"", {}, alias + ".id", false, false};
	const std::vector<std::string> keys =
		random->Some<std::string>({"k1", "k2", "day", "i", "ref", "flag"}, 1 + random->Roll(2));
	AddColumns(&item, alias, keys);
	AddColumns(&item, alias, {"id"});
	const bool sets = Draws(random, Feature::kSets, 15);
	std::string list = Joined(keys, ", ") + ", max(id) " +
					   (sets ? "* 8 + GROUPING(" + Joined(keys, ", ") + ") " : "") + "AS id";
	for (const Output &output : random->Some(kOutputs, 4))
		if (item.columns.try_emplace(output.column, alias + "." + output.column).second)
			list += std::string(", ") + output.expression + " AS " + output.column;
	item.sql =
		"(SELECT " + list + " FROM " + table.name + Where(random) + " GROUP BY " +
		(sets ? random->Pick<std::string>({"ROLLUP (", "CUBE ("}) + Joined(keys, ", ") + ")"
			  : Joined(keys, ", ")) +
		(random->Chance(30)
			 ? random->Pick<std::string>({" HAVING count(*) > 1", " HAVING sum(i) > 20",
										  " HAVING bool_and(flag)", " HAVING max(b) IS NOT NULL"})
			 : "") +
		") AS " + alias;
	return item;
}

Item Distinct(Random *random, const Table &table, const std::string &alias)
{
	const std::vector<std::string> columns =
		random->Some<std::string>({"k1", "i", "flag", "k2"}, 1 + random->Roll(3));
	Item item{"(SELECT DISTINCT " + Joined(columns, ", ") + " FROM " + table.name + Where(random) +
				  ") AS " + alias,
			  {},
			  Number(alias, columns),
			  false,
			  false};
	AddColumns(&item, alias, columns);
	return item;
}

Item UnionAll(Random *random, const std::vector<Table> &tables, const std::string &alias)
{
	Item item{"", {}, alias + ".id", false, false};
	AddColumns(&item, alias, {"id", "k1", "k2", "i", "b", "ref", "s", "day", "flag"});
	item.sql = "(SELECT id * 2 AS id, k1, k2, i, b, ref, s, day, flag FROM " +
			   random->Pick(tables).name + Where(random) +
			   " UNION ALL SELECT id * 2 + 1, k1 + 1, 'red', i, 5, ref, s, day, NULL FROM " +
			   random->Pick(tables).name + Where(random) + ") AS " + alias;
	return item;
}

std::string RandomOperation(Random *random)
{
	return random->Pick<std::string>(
		{" UNION ", " UNION ALL ", " INTERSECT ", " EXCEPT ", " INTERSECT ALL ", " EXCEPT ALL "});
}

Item SetOperation(Random *random, const std::vector<Table> &tables, const std::string &alias)
{
	if (random->Chance(40))
		return UnionAll(random, tables, alias);
	const std::vector<std::string> columns =
		random->Some<std::string>({"k1", "i", "flag"}, 1 + random->Roll(2));
	const std::string list = Joined(columns, ", ");
	std::string query;
	for (std::uint64_t count = random->Chance(70) ? 2 : 3; count > 0; --count)
		query += (query.empty() ? "SELECT " : RandomOperation(random) + "SELECT ") + list +
				 " FROM " + random->Pick(tables).name + Where(random);
	Item item{"(" + query + ") AS " + alias, {}, Number(alias, columns), false, false};
	AddColumns(&item, alias, columns);
	return item;
}

Item Function(Random *random, const std::string &alias, const Item &first)
{
	struct Call {
		const char *sql;
		std::vector<std::string> columns;
		bool is_lateral;
	};
	static const std::vector<Call> kCalls = {
		{"(VALUES (0, 'red', 1::bigint), (1, NULL, 2), (NULL, 'green', 3)) AS $a (k1, k2, id)",
		 {"k1", "k2", "id"},
		 false},
		{"generate_series(1, 3) WITH ORDINALITY AS $a (i, id)", {"i", "id"}, false},
		{"unnest(ARRAY[1, 2, NULL, 2]) WITH ORDINALITY AS $a (k1, id)", {"k1", "id"}, false},
		{"LATERAL unnest(ARRAY[$1.i::int, 7, NULL]) WITH ORDINALITY AS $a (i, id)",
		 {"i", "id"},
		 true},
		{"LATERAL generate_series($1.k1::int, 2) WITH ORDINALITY AS $a (i, id)", {"i", "id"}, true},
		{"LATERAL jsonb_each_text($1.j) WITH ORDINALITY AS $a (k2, s, id)",
		 {"k2", "s", "id"},
		 true},
	};
	const Call &call = random->Pick(kCalls);
	std::string sql;
	for (const char *at = call.sql; *at != '\0'; ++at)
		if (*at != '$')
			sql += *at;
		else
			sql += *++at == 'a' ? alias : first.columns.at("id").substr(0, 1);
	Item item{sql, {}, alias + ".id", false, call.is_lateral};
	AddColumns(&item, alias, call.columns);
	return item;
}

} // namespace

Item TableItem(const Table &table, const std::string &alias)
{
	Item item{table.name + " " + alias, {}, alias + ".id", true, false};
	AddColumns(&item, alias, ColumnNames());
	return item;
}

Item RandomItem(Random *random, const std::vector<Table> &tables, const std::string &alias,
				const Item &first)
{
	if (Draws(random, Feature::kGroups, 20))
		return random->Chance(70) ? Grouped(random, random->Pick(tables), alias)
								  : Distinct(random, random->Pick(tables), alias);
	if (Draws(random, Feature::kSets, 8))
		return SetOperation(random, tables, alias);
	if (Draws(random, Feature::kFunctions, 8))
		return Function(random, alias, first);
	return TableItem(random->Pick(tables), alias);
}

std::string Qualified(const std::string &text, const std::map<std::string, std::string> &columns)
{
	std::string qualified;
	for (std::size_t at = 0; at < text.size();) {
		std::size_t end = at + 1;
		if (text[at] == '\'')
			end = text.find('\'', end) + 1;
		else if (IsOfWord(text[at]))
			while (end < text.size() && IsOfWord(text[end]))
				++end;
		const std::string word = text.substr(at, end - at);
		const auto column = columns.find(word);
		const bool is_known = column == columns.end() || (at > 0 && text[at - 1] == '.');
		qualified += is_known ? word : column->second;
		at = end;
	}
	return qualified;
}

} // namespace mezzanine::test
