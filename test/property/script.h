// Random changes of tables: every way that SQL has, in transactions of every level, with
// savepoints and rollbacks.
#pragma once

#include "grammar.h"

#include <vector>

namespace mezzanine::test
{

// Writes rows with one owner's number only, so that writers meet in views alone.
class Script
{
public:
	// Requires: `tables` outlive the script.
	Script(std::uint64_t seed, const std::vector<Table> &tables, int owner);

	// The statements of one more transaction, or of one that commits by itself.
	std::vector<std::string> Transaction();

	// Statements that change a table as a whole; for a writer that is alone.
	std::string WholeTable();

private:
	// What is written to, with numbers of its own, so that tables have numbers in common.
	struct Target {
		const Table *table;
		std::int64_t next_id;
	};

	void PickTarget();
	const std::string &Name() const;
	std::string Change();
	std::string Insert();
	std::string Upsert();
	std::string Merge();
	std::string Move();
	std::string FailedBlock();
	std::string Mine(const std::string &condition) const;
	std::string Rows(std::uint64_t count);
	std::int64_t OldId();

	Random random_;
	std::vector<Target> targets_;
	Target *target_; // of the statement that is being made
	int owner_;
};

// SQLSTATEs that a random statement may well end with; anything else is a failure.
bool IsExpected(const std::string &sqlstate);

} // namespace mezzanine::test
