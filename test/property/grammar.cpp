#include "grammar.h"
#include "sublinks.h"

namespace mezzanine::test
{
namespace
{

// The table that is always there; foreign keys refer to it.
constexpr const char *kReferenced = "t";

std::string Quoted(const std::string &text)
{
	std::string quoted = "'";
	for (const char c : text)
		quoted += c == '\'' ? std::string("''") : std::string(1, c);
	return quoted + "'";
}

std::string OrNull(Random *random, unsigned percent, const std::string &value)
{
	return random->Chance(percent) ? "NULL" : value;
}

std::string RandomInt(Random *random)
{
	return std::to_string(random->Between(-20, 100));
}

std::string RandomBigint(Random *random)
{
	return random->Chance(50) ? std::to_string(random->Between(-9, 9))
							  : std::to_string(random->Between(-1000000000000, 1000000000000));
}

// Several display scales, and now and then what cannot be subtracted.
std::string RandomNumeric(Random *random)
{
	if (random->Chance(4))
		return random->Pick<std::string>(
			{"numeric 'NaN'", "numeric 'Infinity'", "numeric '-Infinity'"});
	const std::string whole = std::to_string(random->Between(-99, 99));
	return whole + random->Pick<std::string>({"", ".0", ".5", ".50", ".250", ".0001"});
}

// Multiples of a quarter: their sums and means round nowhere.
std::string RandomFloat(Random *random)
{
	if (random->Chance(3))
		return random->Pick<std::string>(
			{"float8 'NaN'", "float8 'Infinity'", "float8 '-Infinity'", "float8 '-0'"});
	return std::to_string(static_cast<double>(random->Between(-400, 400)) / 4);
}

// Days and hours around a change to summer time.
std::string RandomDay(Random *random)
{
	return "date '2024-03-" + std::to_string(random->Between(28, 31)) + "'";
}

std::string RandomTime(Random *random)
{
	return "timestamptz '2024-03-" + std::to_string(random->Between(29, 31)) + " " +
		   std::to_string(random->Between(0, 23)) + ":" + std::to_string(random->Between(10, 59)) +
		   ":00+00'";
}

std::string RandomText(Random *random)
{
	return Quoted(
		random->Pick<std::string>({"", "a", "A", "b", "it's", "ä", "%s", "\\", "two words", "zz"}));
}

std::string RandomInterval(Random *random)
{
	return "interval '" + std::to_string(random->Between(-3, 3)) + " months " +
		   std::to_string(random->Between(-40, 40)) + " days " +
		   std::to_string(random->Between(-90, 90)) + " minutes'";
}

std::string RandomJson(Random *random)
{
	return "jsonb '{\"n\": " + std::to_string(random->Roll(4)) + "}'";
}

std::string RandomKeyText(Random *random)
{
	return Quoted(random->Pick<std::string>({"red", "Red", "green", "blue"}));
}

// A key with several images of equal values.
std::string RandomKeyNumeric(Random *random)
{
	return random->Pick<std::string>({"1", "1.0", "1.00", "2", "2.50", "2.5", "numeric 'NaN'"});
}

struct ColumnKind {
	const char *name;
	const char *type;
	unsigned null_percent;
	std::string (*value)(Random *random);
};

std::string RandomKeyInt(Random *random)
{
	return std::to_string(random->Between(0, 3));
}

std::string RandomBool(Random *random)
{
	return random->Chance(50) ? "true" : "false";
}

std::string RandomMoney(Random *random)
{
	return "money '" + std::to_string(random->Between(-500, 500)) + ".25'";
}

constexpr ColumnKind kColumns[] = {
	{"k1", "int", 15, RandomKeyInt},         {"k2", "text", 15, RandomKeyText},
	{"k3", "numeric", 15, RandomKeyNumeric}, {"day", "date", 10, RandomDay},
	{"at", "timestamptz", 10, RandomTime},   {"i", "int", 20, RandomInt},
	{"b", "bigint", 20, RandomBigint},       {"n", "numeric", 20, RandomNumeric},
	{"f", "float8", 20, RandomFloat},        {"flag", "boolean", 20, RandomBool},
	{"iv", "interval", 20, RandomInterval},  {"m", "money", 20, RandomMoney},
	{"s", "text", 20, RandomText},           {"j", "jsonb", 20, RandomJson},
};

// --- definitions ---

struct Key {
	const char *expression;
	bool one_image;
	bool at_read_time; // may be compared with the clock
};

const std::vector<Key> kKeys = {
	{"k1", true, false},
	{"k2", true, false},
	{"k3", false, false},
	{"day", true, true},
	{"upper(k2)", true, false},
	{"i % 5", true, false},
	{"k1 IS NULL", true, false},
	{"coalesce(k2, 'none')", true, false},
	{"flag", true, false},
	{"date_trunc('day', at)", true, false},
	{"at::date", true, false},
	{"extract(hour FROM at)", true, false},
	{"to_char(at, 'YYYY-MM-DD')", true, false},
	{"j -> 'n'", true, false},
};

const std::vector<std::string> kHavings = {
	"count(*) > 1",
	"sum(i) > 0",
	"bool_or(flag)",
	"max(b) IS NOT NULL",
	"count(*) FILTER (WHERE flag) < 3",
};

void Replace(std::string *text, const std::string &word, const std::string &by)
{
	const std::size_t at = text->find(word);
	if (at != std::string::npos)
		text->replace(at, word.size(), by);
}

// One definition as it grows.
struct Select {
	Random *random;
	const std::vector<Table> &tables;
	Source source;
	std::vector<std::string> keys;
	std::vector<std::string> outputs;
	bool by_image = true;

	void AddOutput(const std::string &expression)
	{
		outputs.push_back(expression + " AS c" + std::to_string(outputs.size() + 1));
	}
	// FROM and WHERE, with placeholders for what is of the source.
	std::string From(const std::string &condition)
	{
		const bool both = !source.where.empty() && !condition.empty();
		const std::string where = (source.where.empty() ? "" : "$where") +
								  std::string(both ? " AND " : "") +
								  (both ? "(" + condition + ")" : condition);
		return " FROM $from" + (where.empty() ? "" : " WHERE " + where);
	}
	// The query, once it is all there.
	std::string Finish(const std::string &query) const
	{
		std::string whole = Qualified(query, source.columns);
		Replace(&whole, "$from", source.from);
		Replace(&whole, "$where", source.where);
		return whole;
	}
	std::string From() { return From(random->Chance(40) ? RandomCondition(random) : ""); }
};

void PickKeys(Select *select, std::size_t most)
{
	for (const Key &key : select->random->Some(kKeys, 1 + select->random->Roll(most))) {
		select->keys.emplace_back(key.expression);
		select->by_image &= key.one_image;
	}
}

void AddAggregates(Select *select)
{
	const std::uint64_t count = 1 + select->random->Roll(4);
	for (std::uint64_t i = 0; i < count; ++i)
		select->AddOutput(RandomAggregate(select->random));
	if (select->random->Chance(25))
		select->AddOutput(select->random->Pick<std::string>(
			{"sum(i) / nullif(count(*), 0)", "coalesce(sum(b), 0) * 2 + count(i)",
			 "CASE WHEN count(*) > 2 THEN 'many' ELSE 'few' END", "max(i) - min(i)",
			 "round(avg(i), 2) || '/' || count(*)"}));
}

std::string GroupClause(Select *select)
{
	const std::string list = Joined(select->keys, ", ");
	if (select->keys.size() < 2 || !select->random->Chance(30))
		return " GROUP BY " + list;
	select->AddOutput("GROUPING(" + list + ")");
	switch (select->random->Roll(3)) {
	case 0:
		return " GROUP BY ROLLUP (" + list + ")";
	case 1:
		return " GROUP BY CUBE (" + list + ")";
	default:
		return " GROUP BY GROUPING SETS ((" + list + "), (" + select->keys[0] + "), ())";
	}
}

std::string Grouped(Select *select)
{
	Random *random = select->random;
	PickKeys(select, 3);
	for (const std::string &key : select->keys)
		select->AddOutput(key);
	AddAggregates(select);
	const std::string group = GroupClause(select);
	if (random->Chance(15))
		select->AddOutput("rank() OVER (ORDER BY count(*))");
	if (Draws(random, Feature::kLate, 6))
		select->AddOutput(RandomLateOutput(random, select->tables, select->keys));
	const bool sets = group.find("GROUPING SETS (") != std::string::npos ||
					  group.find(" ROLLUP (") != std::string::npos ||
					  group.find(" CUBE (") != std::string::npos;
	// PostgreSQL 15 itself answers wrongly where WHERE makes a key of grouping sets constant
	// and a window is partitioned by it.
	if (!sets && random->Chance(15))
		select->AddOutput("sum(count(*)) OVER (PARTITION BY " + select->keys[0] + ")");
	std::string query = "SELECT " + Joined(select->outputs, ", ") + select->From() + group;
	if (Draws(random, Feature::kLate, 8))
		query += " HAVING " + RandomLateCondition(random, select->tables, select->keys);
	else if (random->Chance(20))
		query += " HAVING " + random->Pick(kHavings);
	// By every key, so that the first few are always the same.
	if (!sets && select->by_image && random->Chance(10))
		query += " ORDER BY count(*) DESC, " + Joined(select->keys, ", ") + " LIMIT 3";
	return query;
}

// A group of few keys, so that writers meet in it, in several cells.
std::string Spread(Select *select)
{
	Random *random = select->random;
	if (random->Chance(70)) {
		select->keys.emplace_back(random->Pick<std::string>({"k1", "k2", "flag", "i % 2"}));
		select->AddOutput(select->keys[0]);
	}
	const std::uint64_t count = 1 + random->Roll(4);
	for (std::uint64_t i = 0; i < count; ++i)
		select->AddOutput(RandomAdditiveAggregate(random));
	const std::string group = select->keys.empty() ? "" : " GROUP BY " + select->keys[0];
	return "SELECT " + Joined(select->outputs, ", ") + select->From() + group;
}

// A window of days that moves with the clock: every row is in it, or none.
std::string Rolling(Select *select)
{
	select->AddOutput("day");
	AddAggregates(select);
	return "SELECT " + Joined(select->outputs, ", ") +
		   select->From("day > current_date - " +
						select->random->Pick<std::string>({"100000", "1"})) +
		   " GROUP BY day";
}

std::string Ungrouped(Select *select)
{
	AddAggregates(select);
	return "SELECT " + Joined(select->outputs, ", ") + select->From();
}

std::string Distinct(Select *select)
{
	PickKeys(select, 3);
	for (const std::string &key : select->keys)
		select->AddOutput(key);
	return "SELECT DISTINCT " + Joined(select->outputs, ", ") + select->From();
}

std::string DistinctOn(Select *select)
{
	PickKeys(select, 2);
	const std::string list = Joined(select->keys, ", ");
	select->AddOutput("id");
	select->AddOutput("s");
	select->AddOutput("i");
	return "SELECT DISTINCT ON (" + list + ") " + Joined(select->outputs, ", ") + select->From() +
		   " ORDER BY " + list + ", i DESC, id";
}

// A bag: no id among the columns, so that there are duplicates.
std::string Projection(Select *select)
{
	for (const std::string &column : select->random->Some<std::string>(
			 {"k1", "k2", "k3", "i % 3", "s", "flag", "n", "j", "day"}, 3))
		select->AddOutput(column);
	return "SELECT " + Joined(select->outputs, ", ") + select->From();
}

std::string RandomShape(Select *select)
{
	const std::uint64_t shape = select->random->Roll(100);
	if (shape < 60)
		return Grouped(select);
	if (shape < 68)
		return Ungrouped(select);
	if (shape < 75)
		return Rolling(select);
	if (shape < 83)
		return Distinct(select);
	return shape < 90 ? DistinctOn(select) : Projection(select);
}

// Numbers that tables have in common are of one type in one and of another in the next.
std::string TypeOf(Random *random, const ColumnKind &column)
{
	const std::string name = column.name;
	if (name == "k1")
		return random->Pick<std::string>({"int", "int", "smallint", "bigint", "numeric"});
	return name == "i" && random->Chance(30) ? "bigint" : column.type;
}

// The number of a row of this owner's that others refer to, where there is one.
std::string RandomReference(Random *random, int owner)
{
	return "(SELECT id FROM " + std::string(kReferenced) +
		   " WHERE id = " + std::to_string(owner * 1000000 + random->Between(1, 40)) + ")";
}

} // namespace

std::vector<std::string> ColumnNames()
{
	std::vector<std::string> names = {"id", "ref"};
	for (const ColumnKind &column : kColumns)
		names.emplace_back(column.name);
	return names;
}

Table RandomTable(Random *random, const std::string &name)
{
	Table table{name, "CREATE TABLE " + name + " (id bigint, owner int", "id"};
	for (const ColumnKind &column : kColumns)
		table.create += std::string(", ") + column.name + " " + TypeOf(random, column);
	table.create += ", ref bigint";
	switch (random->Roll(3)) {
	case 0:
		table.create += ", PRIMARY KEY (id)) PARTITION BY HASH (id)";
		for (const char *part : {"0", "1", "2"})
			table.create += "; CREATE TABLE " + name + "_" + part + " PARTITION OF " + name +
							" FOR VALUES WITH (MODULUS 3, REMAINDER " + part + ")";
		break;
	default:
		table.create += ", PRIMARY KEY (id))";
	}
	for (const char *columns : {"(k1)", "(i)", "(ref)", "(k1, k2)"})
		if (random->Chance(40))
			table.create += "; CREATE INDEX ON " + name + " " + columns;
	if (random->Chance(30))
		table.create +=
			"; ALTER TABLE " + name + " ADD FOREIGN KEY (ref) REFERENCES " + kReferenced + " (id)" +
			random->Pick<std::string>({"", " ON DELETE CASCADE", " ON DELETE SET NULL",
									   " ON UPDATE CASCADE ON DELETE CASCADE", " DEFERRABLE",
									   " DEFERRABLE INITIALLY DEFERRED"});
	return table;
}

std::vector<Table> RandomTables(Random *random)
{
	static const std::vector<std::string> kNames = {kReferenced, "u", "w", "q"};
	const std::size_t count =
		random->Chance(35) ? 1 : 2 + (random->Chance(40) ? random->Roll(3) : 0);
	std::vector<Table> tables;
	for (std::size_t i = 0; i < count; ++i)
		tables.push_back(RandomTable(random, kNames[i]));
	return tables;
}

Definition RandomSpreadDefinition(Random *random, const std::vector<Table> &tables, Crowd crowd,
								  const std::string &name)
{
	Select select{random, tables, RandomSource(random, tables, crowd, Makeup::kPlain), {}, {}};
	const std::string query = Spread(&select);
	return {name, select.Finish(query), ", spread => " + std::to_string(random->Between(2, 9)),
			true};
}

// Two queries of one list of outputs, over sources of their own.
std::string RandomSetOperation(Random *random, const std::vector<Table> &tables, Crowd crowd)
{
	std::string query;
	const bool grouped = random->Chance(50);
	const std::string kind =
		random->Pick<std::string>({" UNION ALL ", " UNION ALL ", " UNION ", " INTERSECT ",
								   " EXCEPT ", " INTERSECT ALL ", " EXCEPT ALL "});
	const std::uint64_t count = random->Chance(80) ? 2 : 3;
	for (std::uint64_t i = 0; i < count; ++i) {
		Select select{random, tables, RandomSource(random, tables, crowd, Makeup::kAny), {}, {}};
		std::string one = "SELECT k1::numeric AS c1, k2 AS c2, ";
		one += grouped ? "count(*) AS c3, sum(b) AS c4" + select.From() + " GROUP BY k1, k2"
					   : "(i % 3)::bigint AS c3, day AS c4" + select.From();
		query += (i == 0 ? "" : kind) + select.Finish(one);
	}
	return query;
}

Definition RandomDefinition(Random *random, const std::vector<Table> &tables, Crowd crowd,
							const std::string &name)
{
	if (random->Chance(15))
		return RandomSpreadDefinition(random, tables, crowd, name);
	if (Draws(random, Feature::kTop, 6))
		return {name, RandomSetOperation(random, tables, crowd), "", true};
	Select select{random, tables, RandomSource(random, tables, crowd, Makeup::kAny), {}, {}};
	const std::string query = RandomShape(&select);
	return {name, select.Finish(query), "", select.by_image};
}

const char *RowColumns()
{
	static const std::string columns = [] {
		std::string list = "id, owner";
		for (const ColumnKind &column : kColumns)
			list += std::string(", ") + column.name;
		return list + ", ref";
	}();
	return columns.c_str();
}

std::string RandomRow(Random *random, std::int64_t id, int owner)
{
	std::string row = "(" + std::to_string(id) + ", " + std::to_string(owner);
	for (const ColumnKind &column : kColumns)
		row += ", " + OrNull(random, column.null_percent, column.value(random));
	return row + ", " + OrNull(random, 30, RandomReference(random, owner)) + ")";
}

std::string RandomAssignment(Random *random, int owner)
{
	if (random->Chance(8))
		return "ref = " + OrNull(random, 30, RandomReference(random, owner));
	const ColumnKind &column = kColumns[random->Roll(std::size(kColumns))];
	return std::string(column.name) + " = " +
		   OrNull(random, column.null_percent, column.value(random));
}

} // namespace mezzanine::test
