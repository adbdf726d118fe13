// Random changes of a table: every way that SQL has, in transactions of every level, with
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
	Script(std::uint64_t seed, const Table &table, int owner)
		: random_(seed), table_(table), owner_(owner), next_id_(owner * 1000000 + 1)
	{
	}

	// The statements of one more transaction, or of one that commits by itself.
	std::vector<std::string> Transaction();

	// Statements that change the table as a whole; for a writer that is alone.
	std::string WholeTable();

private:
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
	const Table &table_;
	int owner_;
	std::int64_t next_id_;
};

// SQLSTATEs that a random statement may well end with; anything else is a failure.
bool IsExpected(const std::string &sqlstate);

} // namespace mezzanine::test
