#include "runner.h"

namespace mezzanine::test
{
namespace
{

// What a comparison may end with where the query itself does.
bool QueryFailsToo(const SqlError &error)
{
	return error.sqlstate() == "22003" || error.sqlstate() == "25P02";
}

std::optional<std::string> Compare(Connection *connection, const Case &which,
								   const std::string &when, Tally *tally)
{
	for (const Definition &definition : which.definitions) {
		try {
			const Result difference = connection->Execute(Comparison(definition));
			++tally->comparisons;
			if (difference.rows() > 0)
				return definition.query + "\ndiffers " + when + ":\n" + Show(difference);
		} catch (const SqlError &error) {
			if (!QueryFailsToo(error))
				return definition.query + "\ncannot be compared " + when + ": " + error.what();
			return std::nullopt;
		}
	}
	return std::nullopt;
}

// One statement, and the comparison after it.
std::optional<std::string> Step(Connection *connection, const Case &which,
								const std::string &statement, Tally *tally)
{
	++tally->statements;
	const Result result = connection->Try(statement);
	if (!result.ok() && !IsExpected(result.sqlstate()))
		return statement + "\nfailed: " + result.sqlstate() + " " + result.message();
	const bool inside = connection->in_transaction();
	// Within a transaction now and then: there the definition answers.
	if (inside && tally->statements % 3 != 0)
		return std::nullopt;
	return Compare(connection, which,
				   (inside ? "in the transaction, after: " : "after: ") + statement, tally);
}

} // namespace

Case RandomCase(std::uint64_t seed, int definitions, int transactions)
{
	Random random(seed);
	Case made{seed, RandomTables(&random), {}, {}};
	for (int i = 0; i < definitions; ++i)
		made.definitions.push_back(
			RandomDefinition(&random, made.tables, Crowd::kAny,
							 "v" + std::to_string(i) + "_" + std::to_string(seed)));
	Script script(seed, made.tables, 1);
	for (int i = 0; i < transactions; ++i) {
		for (std::string &statement : script.Transaction())
			made.statements.push_back(std::move(statement));
		if (random.Chance(4))
			made.statements.push_back(script.WholeTable());
	}
	return made;
}

std::string Comparison(const Definition &definition)
{
	const std::string view = "mezzanine." + definition.name;
	if (!definition.by_image)
		return Difference("SELECT * FROM " + view, "SELECT * FROM (" + definition.query + ") q");
	return Difference("SELECT v::text FROM " + view + " v",
					  "SELECT q::text FROM (" + definition.query + ") q");
}

int Prepare(Connection *connection, const std::vector<Table> &tables,
			std::vector<Definition> *definitions)
{
	for (const Table &table : tables)
		connection->Script(table.create);
	const std::size_t wanted = definitions->size();
	std::erase_if(*definitions, [&](const Definition &definition) {
		const Result result =
			connection->Try("SELECT mezzanine.create_view($1, $2" + definition.options + ")",
							{definition.name, definition.query});
		if (result.ok())
			return false;
		if (result.sqlstate() != "0A000")
			throw SqlError(result.sqlstate(), result.message() + "\nof: " + definition.query);
		std::printf("refused: %s: %s", definition.query.c_str(), result.message().c_str());
		return true;
	});
	return static_cast<int>(wanted - definitions->size());
}

std::optional<std::string> RunCase(Connection *connection, const Case &wanted, Tally *tally)
{
	Case which = wanted;
	connection->Execute("SET TimeZone = 'Europe/Berlin'");
	std::optional<std::string> failure;
	try {
		tally->refused += Prepare(connection, which.tables, &which.definitions);
		tally->definitions += static_cast<int>(which.definitions.size());
		for (const std::string &statement : which.statements) {
			failure = Step(connection, which, statement, tally);
			if (failure)
				break;
		}
	} catch (const SqlError &error) {
		failure = error.what();
	}
	if (connection->alive()) {
		connection->Script("ROLLBACK");
		for (const Table &table : which.tables)
			connection->Script("DROP TABLE IF EXISTS " + table.name + " CASCADE");
	}
	return failure;
}

Case Shrink(Connection *connection, const Case &failing)
{
	Case smallest = failing;
	Tally ignored;
	for (std::size_t i = 0; i < smallest.definitions.size() && smallest.definitions.size() > 1;) {
		Case smaller = smallest;
		smaller.definitions.erase(smaller.definitions.begin() + static_cast<std::ptrdiff_t>(i));
		if (RunCase(connection, smaller, &ignored))
			smallest = std::move(smaller);
		else
			++i;
	}
	for (std::size_t part = smallest.statements.size() / 2; part > 0; part /= 2)
		for (std::size_t at = 0; at + part <= smallest.statements.size();) {
			Case smaller = smallest;
			const auto first = smaller.statements.begin() + static_cast<std::ptrdiff_t>(at);
			smaller.statements.erase(first, first + static_cast<std::ptrdiff_t>(part));
			if (RunCase(connection, smaller, &ignored))
				smallest = std::move(smaller);
			else
				at += part;
		}
	return smallest;
}

std::string Show(const Case &which)
{
	std::string text = "SET TimeZone = 'Europe/Berlin';\n" + std::string(OwnAggregates()) + ";\n";
	for (const Table &table : which.tables)
		text += table.create + ";\n";
	for (const Definition &definition : which.definitions)
		text += "SELECT mezzanine.create_view('" + definition.name + "', $q$" + definition.query +
				"$q$" + definition.options + ");\n";
	for (const std::string &statement : which.statements)
		text += statement + ";\n";
	for (const Definition &definition : which.definitions)
		text += Comparison(definition) + ";\n";
	return text;
}

} // namespace mezzanine::test
