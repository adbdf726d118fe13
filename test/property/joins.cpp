#include "joins.h"

#include "grammar.h"
#include "sublinks.h"

#include <algorithm>

namespace mezzanine::test
{
namespace
{

const std::vector<std::string> kAliases = {"x", "y", "z"};

// Of two tables, $1 and $2; each leaves few pairs.
const std::vector<std::string> kSparse = {
	"$1.id = $2.id",
	"$1.id = $2.id + 1",
	"$1.ref = $2.id",
	"$1.id = $2.ref",
	"$1.k1 = $2.k1 AND $1.k2 = $2.k2",
	"$1.k1 = $2.k1 AND $1.k3 = $2.k3 AND $1.flag",
	"$1.i = $2.i",
	"$1.i = $2.b",
	"$1.i = $2.k3",
	"$1.n = $2.n",
	"$1.f = $2.f",
	"$1.iv = $2.iv",
	"$1.j = $2.j AND $1.i % 5 = $2.k1",
	"$1.s = $2.s AND $1.k1 IS DISTINCT FROM $2.k1",
	"$1.day = $2.day AND $1.k2 = $2.k2",
	"$1.at::date = $2.day AND $1.k1 = $2.k1",
	"upper($1.k2) = upper($2.k2) AND $1.i % 5 = $2.k1",
	"$1.i < $2.i AND $1.i > $2.i - 3",
	"$1.id % 50 + $2.id % 50 = 40",
	"$1.k1 + $2.k1 = 3 AND $1.i = $2.i",
};

// Equalities alone, as FULL JOIN needs.
const std::vector<std::string> kEqual = {
	"$1.id = $2.id",
	"$1.ref = $2.id",
	"$1.id = $2.ref",
	"$1.k1 = $2.k1 AND $1.k2 = $2.k2",
	"$1.i = $2.i",
	"$1.i = $2.b",
	"$1.n = $2.n",
	"$1.day = $2.day AND $1.k1 = $2.k1",
	"$1.flag = $2.flag AND $1.i = $2.i",
	"$1.k1 = $2.k1 AND $1.i = $2.i",
};

// Those that leave many.
const std::vector<std::string> kCrowded = {
	"true",
	"$1.k1 = $2.k1",
	"$1.k2 = $2.k2",
	"$1.k3 = $2.k3",
	"$1.k1 <> $2.k1",
	"$1.flag AND $2.flag",
	"$1.k1 = $2.k1 OR $1.id = $2.id",
	"$1.k1 IS NOT DISTINCT FROM $2.k1",
	"$1.day < $2.day",
};

// The condition on two items; nothing where one lacks a column.
std::string Of(const std::string &condition, const Item &one, const Item &other)
{
	std::string text;
	for (std::size_t at = 0; at < condition.size(); ++at) {
		if (condition[at] != '$') {
			text += condition[at];
			continue;
		}
		const Item &item = condition[at + 1] == '1' ? one : other;
		const std::size_t end = std::min(condition.find_first_of(" :)", at), condition.size());
		const auto column = item.columns.find(condition.substr(at + 3, end - at - 3));
		if (column == item.columns.end())
			return "";
		text += column->second;
		at = end - 1;
	}
	return text;
}

// One of `conditions` that both items have the columns for.
std::string Fitting(Random *random, const std::vector<std::string> &conditions, const Item &one,
					const Item &other)
{
	for (const std::string &condition : random->Some(conditions, conditions.size())) {
		std::string text = Of(condition, one, other);
		if (!text.empty())
			return text;
	}
	return "";
}

void Append(std::string *conditions, const std::string &condition)
{
	if (!condition.empty())
		*conditions += (conditions->empty() ? "(" : " AND (") + condition + ")";
}

// A join as it grows.
struct Join {
	Random *random;
	const std::vector<Table> &tables;
	Crowd crowd;
	Makeup makeup;
	std::vector<Item> items;
	Source source;
};

bool Draws(const Join *join, Feature feature, unsigned percent)
{
	return Draws(join->random, feature, percent) && join->makeup == Makeup::kAny;
}

// Numbers the joined rows, so that there is a total order of them.
std::string JoinedId(const std::vector<Item> &items)
{
	std::string id = items[0].id + "::numeric";
	for (std::size_t i = 1; i < items.size(); ++i)
		id = "(coalesce(" + id + ", -1) * 1000000000000 + coalesce(" + items[i].id + ", -1))";
	return id;
}

// Each column is one of those of that name.
void NameColumns(Join *join)
{
	for (const std::string &column : ColumnNames()) {
		std::vector<std::string> meanings;
		for (const Item &item : join->items)
			if (item.columns.count(column) > 0)
				meanings.push_back(item.columns.at(column));
		join->source.columns[column] = join->random->Pick(meanings);
	}
	join->source.columns["id"] = JoinedId(join->items);
	if (Draws(join, Feature::kScalar, 4))
		join->source.columns["i"] = RandomScalar(join->random, join->tables, join->items[0]);
}

// Two tables by columns that they have in common.
void JoinUsing(Join *join, const char *kind)
{
	Random *random = join->random;
	const std::string columns = random->Pick<std::string>({"i", "k1, k2", "n", "id", "day, k1"});
	join->items.push_back(TableItem(random->Pick(join->tables), "y"));
	join->source.from += kind + join->items[1].sql + " USING (" + columns + ")";
	NameColumns(join);
	for (auto &[column, meaning] : join->source.columns)
		if (column != "id" && (", " + columns + ",").find(", " + column + ",") != std::string::npos)
			meaning = column;
}

const char *OuterKind(Random *random)
{
	const std::uint64_t kind = random->Roll(10);
	return kind < 6 ? " LEFT JOIN " : kind < 8 ? " RIGHT JOIN " : " FULL JOIN ";
}

// What outer joins are joined by: now and then a condition on one side besides.
std::string OuterCondition(Join *join, const std::string &kind, const Item &one, const Item &other)
{
	Random *random = join->random;
	const bool full = kind == " FULL JOIN ";
	if (random->Chance(4)) // no row depends on the other side
		return "false";
	std::string condition =
		Fitting(random, full || random->Chance(80) ? kEqual : kSparse, one, other);
	if (!full && random->Chance(30)) {
		const Item &side = random->Chance(70) ? other : one;
		const std::string more = Fitting(
			random, {"$1.i > 10", "$1.flag", "$1.k1 IS NOT NULL", "$1.b < 100000"}, side, side);
		condition += (condition.empty() || more.empty() ? "" : " AND ") + more;
	}
	return condition.empty() ? (full ? "false" : "true") : condition;
}

std::string InnerCondition(Join *join, const Item &one, const Item &other)
{
	Random *random = join->random;
	const bool crowded = join->crowd == Crowd::kAny && random->Chance(30);
	std::string condition = Fitting(random, crowded ? kCrowded : kSparse, one, other);
	// A subquery has few rows.
	return condition.empty() ? "true" : condition;
}

// The next item by commas, JOIN or an outer join.
void AddItem(Join *join, const std::string &alias, bool by_commas)
{
	Random *random = join->random;
	const Item item = join->makeup == Makeup::kPlain
						  ? TableItem(random->Pick(join->tables), alias)
						  : RandomItem(random, join->tables, alias, join->items[0]);
	const Item &before = random->Pick(join->items);
	if (Draws(join, Feature::kOuter, 35) && !by_commas) {
		const std::string kind = item.is_lateral ? " LEFT JOIN " : OuterKind(random);
		join->source.from += kind + item.sql + " ON " + OuterCondition(join, kind, before, item);
	} else {
		const std::string condition = InnerCondition(join, before, item);
		join->source.from += by_commas ? ", " + item.sql : " JOIN " + item.sql + " ON " + condition;
		if (by_commas && condition != "true")
			Append(&join->source.where, condition);
	}
	join->items.push_back(item);
}

// x JOIN (y JOIN z), with outer joins at either place.
void AddNested(Join *join)
{
	Random *random = join->random;
	const Item y = TableItem(random->Pick(join->tables), "y");
	const Item z = RandomItem(random, join->tables, "z", join->items[0]);
	const std::string inner = z.is_lateral ? " JOIN " : OuterKind(random);
	const std::string outer = z.is_lateral ? " LEFT JOIN " : OuterKind(random);
	join->source.from += outer + "(" + y.sql + inner + z.sql + " ON " +
						 (z.is_lateral ? "true" : OuterCondition(join, inner, y, z)) + ") ON " +
						 OuterCondition(join, outer, join->items[0], y);
	join->items.push_back(y);
	join->items.push_back(z);
}

void AddConditions(Join *join)
{
	Random *random = join->random;
	std::vector<Item> &items = join->items;
	if (items.size() == 3 && random->Chance(30)) // a ring, or a condition on all three
		Append(&join->source.where,
			   random->Chance(50)
				   ? Fitting(random, kSparse, items[0], items[2])
				   : join->source.columns["k1"] + " + 1 >= " + join->source.columns["i"] + " % 4");
	if (random->Chance(8))
		Append(&join->source.where, random->Pick(items).id + " IS NULL");
	for (int most = random->Chance(20) ? 2 : 1; most > 0 && join->makeup == Makeup::kAny; --most)
		Append(&join->source.where, RandomSublink(random, join->tables, items[0]));
}

void JoinMany(Join *join)
{
	Random *random = join->random;
	const std::size_t count = random->Chance(65) ? 2 : 3;
	if (count == 2 && random->Chance(15)) {
		JoinUsing(join, Draws(join, Feature::kOuter, 30) ? OuterKind(random) : " JOIN ");
		return;
	}
	const bool by_commas = random->Chance(40);
	if (count == 3 && Draws(join, Feature::kOuter, 15))
		AddNested(join);
	else
		for (std::size_t i = 1; i < count; ++i)
			AddItem(join, kAliases[i], by_commas);
	NameColumns(join);
}

} // namespace

Source RandomSource(Random *random, const std::vector<Table> &tables, Crowd crowd, Makeup makeup)
{
	Join join{random, tables, crowd, makeup, {TableItem(random->Pick(tables), "x")}, {}};
	join.source.from = join.items[0].sql;
	if (Draws(random, Feature::kJoins, tables.size() > 1 ? 80 : 15))
		JoinMany(&join);
	else
		NameColumns(&join);
	AddConditions(&join);
	return join.source;
}

} // namespace mezzanine::test
