#include "script.h"

#include <algorithm>

namespace mezzanine::test
{

Script::Script(std::uint64_t seed, const std::vector<Table> &tables, int owner)
	: random_(seed), owner_(owner)
{
	for (const Table &table : tables)
		targets_.push_back({&table, owner * 1000000 + 1});
	target_ = &targets_[0];
}

void Script::PickTarget()
{
	target_ = &targets_[random_.Roll(targets_.size())];
}

const std::string &Script::Name() const
{
	return target_->table->name;
}

std::vector<std::string> Script::Transaction()
{
	if (random_.Chance(40))
		return {Change()};
	std::vector<std::string> statements = {
		"BEGIN ISOLATION LEVEL " +
		random_.Pick<std::string>({"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"})};
	int open = 0;
	const std::uint64_t steps = 1 + random_.Roll(6);
	for (std::uint64_t i = 0; i < steps; ++i) {
		const std::uint64_t kind = random_.Roll(10);
		if (kind == 0) {
			statements.push_back("SAVEPOINT s" + std::to_string(++open));
		} else if (kind == 1 && open > 0) {
			const int to = static_cast<int>(1 + random_.Roll(static_cast<std::uint64_t>(open)));
			statements.push_back("ROLLBACK TO SAVEPOINT s" + std::to_string(to));
			open = to;
		} else if (kind == 2 && open > 0) {
			statements.push_back("RELEASE SAVEPOINT s" + std::to_string(open--));
		} else {
			statements.push_back(Change());
		}
	}
	statements.emplace_back(random_.Chance(15) ? "ROLLBACK" : "COMMIT");
	return statements;
}

std::string Script::WholeTable()
{
	PickTarget();
	return random_.Pick<std::string>(
		{"TRUNCATE " + Name() + " CASCADE",
		 "ALTER TABLE " + Name() + " ADD COLUMN IF NOT EXISTS extra int DEFAULT 7",
		 "ALTER TABLE " + Name() + " DROP COLUMN IF EXISTS extra", "VACUUM " + Name(),
		 "ANALYZE " + Name(), "VACUUM FULL " + Name(), "CREATE INDEX ON " + Name() + " (i, b)"});
}

std::string Script::Change()
{
	PickTarget();
	switch (random_.Roll(14)) {
	case 0:
	case 1:
	case 2:
	case 3:
		return Insert();
	case 4:
		return Upsert();
	case 5:
		return Merge();
	case 6:
		return Move();
	case 7:
		return FailedBlock();
	case 8:
	case 9:
		return "DELETE FROM " + Name() + Mine(RandomCondition(&random_));
	case 10:
		return "DELETE FROM " + Name() + Mine("id % 3 = " + std::to_string(random_.Roll(3)));
	case 11:
		return "UPDATE " + Name() + " SET " + RandomAssignment(&random_, owner_) +
			   Mine("id % 4 = " + std::to_string(random_.Roll(4)));
	default:
		return "UPDATE " + Name() + " SET " + RandomAssignment(&random_, owner_) + Mine("true") +
			   " AND (" + RandomCondition(&random_) + ")";
	}
}

std::string Script::Insert()
{
	return "INSERT INTO " + Name() + " (" + RowColumns() + ") VALUES " + Rows(1 + random_.Roll(5));
}

// The first row is there already, perhaps.
std::string Script::Upsert()
{
	return "INSERT INTO " + Name() + " (" + RowColumns() + ") VALUES " +
		   RandomRow(&random_, OldId(), owner_) + ", " + Rows(1) + " ON CONFLICT (" +
		   target_->table->conflict + ") DO UPDATE SET " + RandomAssignment(&random_, owner_);
}

std::string Script::Merge()
{
	return "MERGE INTO " + Name() + " AS t USING (VALUES (" + std::to_string(OldId()) + "), (" +
		   std::to_string(OldId()) + "), (" + std::to_string(target_->next_id++) +
		   ")) AS v (id) ON t.id = v.id WHEN MATCHED AND t.i > 50 THEN DELETE "
		   "WHEN MATCHED THEN UPDATE SET " +
		   RandomAssignment(&random_, owner_) +
		   " WHEN NOT MATCHED THEN INSERT (id, owner, k1, i, n) VALUES (v.id, " +
		   std::to_string(owner_) + ", 2, 9, 1.10)";
}

// Rows that leave and come back under other numbers, in one statement; in a partitioned
// table perhaps in another partition.
std::string Script::Move()
{
	const std::string step = std::to_string(target_->next_id + 500);
	target_->next_id += 2000;
	return "WITH gone AS (DELETE FROM " + Name() +
		   Mine("id % 5 = " + std::to_string(random_.Roll(5))) + " RETURNING *) INSERT INTO " +
		   Name() +
		   " (id, owner, k1, k2, k3, day, i, n, s, ref) "
		   "SELECT " +
		   step +
		   " + row_number() OVER (ORDER BY id), owner, k1, k2, k3, day, i, n, s, ref "
		   "FROM gone ORDER BY id LIMIT 400";
}

// Changes that an exception takes back inside a statement.
std::string Script::FailedBlock()
{
	const std::string kept = Insert();
	const std::string lost = Insert();
	return "DO $do$ BEGIN " + kept + "; BEGIN " + lost + "; UPDATE " + Name() + " SET i = i + 1" +
		   Mine("true") +
		   "; PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN NULL; END; END $do$";
}

std::string Script::Mine(const std::string &condition) const
{
	return " WHERE owner = " + std::to_string(owner_) + " AND (" + condition + ")";
}

std::string Script::Rows(std::uint64_t count)
{
	std::vector<std::string> rows;
	for (std::uint64_t i = 0; i < count; ++i)
		rows.push_back(RandomRow(&random_, target_->next_id++, owner_));
	return Joined(rows, ", ");
}

std::int64_t Script::OldId()
{
	const std::int64_t first = owner_ * 1000000 + 1;
	return random_.Between(std::max(first, target_->next_id - 20), target_->next_id);
}

bool IsExpected(const std::string &sqlstate)
{
	static const std::vector<std::string> expected = {
		"23505", // an id that is there already
		"21000", // one row hit twice by ON CONFLICT or MERGE
		"23503", // a reference to what is not there, or from what is
		"22003", // a sum that overflows, in the base as in the view
		"25P02", // the transaction has failed before
		"25001", // VACUUM in a transaction
		"3B001", // a savepoint that a failure took away
		"25P01", // no transaction: what opened it was left out while a case was made smaller
	};
	return std::find(expected.begin(), expected.end(), sqlstate) != expected.end();
}

} // namespace mezzanine::test
