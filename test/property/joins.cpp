#include "joins.h"

#include "grammar.h"

#include <cctype>

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

std::string Of(const std::string &condition, const std::string &one, const std::string &other)
{
	std::string text;
	for (std::size_t i = 0; i < condition.size(); ++i)
		if (condition[i] == '$')
			text += condition[++i] == '1' ? one : other;
		else
			text += condition[i];
	return text;
}

void Append(std::string *conditions, const std::string &condition)
{
	*conditions += (conditions->empty() ? "(" : " AND (") + condition + ")";
}

// Numbers the joined rows, so that there is a total order of them.
std::string JoinedId(std::size_t count)
{
	std::string id = "x.id::numeric";
	for (std::size_t i = 1; i < count; ++i)
		id = "(" + id + " * 100000000 + " + kAliases[i] + ".id)";
	return id;
}

// Two tables by columns that they have in common.
Source RandomUsing(Random *random, Source source, const std::string &other)
{
	const std::string columns = random->Pick<std::string>({"i", "k1, k2", "n", "id", "day, k1"});
	source.from += " JOIN " + other + " y USING (" + columns + ")";
	for (auto &[column, meaning] : source.columns)
		if ((", " + columns + ",").find(", " + column + ",") != std::string::npos)
			meaning = column;
	source.columns["id"] = columns == "id" ? "id" : source.columns["id"];
	return source;
}

Source RandomJoin(Random *random, const std::vector<Table> &tables, Crowd crowd)
{
	const std::size_t count = random->Chance(65) ? 2 : 3;
	Source source{random->Pick(tables).name + " x", "", {}};
	for (const std::string &column : ColumnNames())
		source.columns[column] = kAliases[random->Roll(count)] + "." + column;
	source.columns["id"] = JoinedId(count);
	if (count == 2 && random->Chance(15))
		return RandomUsing(random, source, random->Pick(tables).name);
	const bool by_commas = random->Chance(40);
	for (std::size_t i = 1; i < count; ++i) {
		const bool crowded = crowd == Crowd::kAny && count == 2 && random->Chance(30);
		const std::string condition =
			Of(random->Pick(crowded ? kCrowded : kSparse), kAliases[random->Roll(i)], kAliases[i]);
		const std::string table = random->Pick(tables).name + " " + kAliases[i];
		source.from += by_commas ? ", " + table : " JOIN " + table + " ON " + condition;
		if (by_commas)
			Append(&source.where, condition);
	}
	if (count == 3 && random->Chance(30)) // a ring, or a condition on all three
		Append(&source.where,
			   random->Chance(50) ? Of(random->Pick(kSparse), "x", "z") : "x.k1 + y.k1 >= z.k1");
	return source;
}

bool IsOfWord(char c)
{
	return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

} // namespace

Source RandomSource(Random *random, const std::vector<Table> &tables, Crowd crowd)
{
	if (!random->Chance(tables.size() > 1 ? 75 : 15))
		return {random->Pick(tables).name, "", {}};
	return RandomJoin(random, tables, crowd);
}

std::string Qualified(const std::string &text, const Source &source)
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
		const auto column = source.columns.find(word);
		qualified += column == source.columns.end() ? word : column->second;
		at = end;
	}
	return qualified;
}

} // namespace mezzanine::test
