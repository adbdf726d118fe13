#include "core/references.h"

#include "random.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace mezzanine::core
{
namespace
{

// Lines (0) name orders (1), which name customers (2).
constexpr Reference kChain[] = {{0, 1}, {1, 2}};

TEST(NeedlessOf, IsATableOfWhichOnlyRowsCame)
{
	EXPECT_EQ(NeedlessOf(kChain, SetOf(0) | SetOf(1)), SetOf(1));
	EXPECT_EQ(NeedlessOf(kChain, 0), 0U);
}

TEST(NeedlessOf, GoesAlongAChain)
{
	EXPECT_EQ(NeedlessOf(kChain, SetOf(0) | SetOf(1) | SetOf(2)), SetOf(1) | SetOf(2));
	EXPECT_EQ(NeedlessOf(kChain, SetOf(0) | SetOf(2)), SetOf(2));
}

TEST(NeedlessOf, LeavesOutATableOfACircle)
{
	constexpr Reference kCircle[] = {{0, 1}, {1, 0}};
	EXPECT_EQ(NeedlessOf(kCircle, SetOf(0) | SetOf(1)), SetOf(1));
	constexpr Reference kItself[] = {{1, 1}};
	EXPECT_EQ(NeedlessOf(kItself, SetOf(1)), 0U);
}

TEST(IsEmptyTerm, HasWhatLeftATableWithoutWhatLeftItsChild)
{
	EXPECT_TRUE(IsEmptyTerm(kChain, SetOf(1), SetOf(1)));
	EXPECT_FALSE(IsEmptyTerm(kChain, SetOf(0) | SetOf(1), SetOf(1)));
	EXPECT_TRUE(IsEmptyTerm(kChain, SetOf(0) | SetOf(2), SetOf(2)));
	EXPECT_FALSE(IsEmptyTerm(kChain, SetOf(1), 0));
}

// A small database: lines 0 name orders 1, which name customers 2 and may name another order 3
// (orders again).  Rows are {key, key of the parent, key of the other}; parents always exist.
struct Row {
	int key;
	int parent;
	int other;
	int count; // 1, or the sign of a change
};
using Table = std::vector<Row>;

struct Database {
	Table lines, orders, customers;
};

const Table &TableOf(const Database &database, int occurrence)
{
	return occurrence == 0   ? database.lines
		   : occurrence == 2 ? database.customers
							 : database.orders;
}

// Counts the rows of the join, weighted by the product of their counts.
int Join(const std::array<const Table *, 4> &tables)
{
	int sum = 0;
	for (const Row &line : *tables[0])
		for (const Row &order : *tables[1])
			for (const Row &customer : *tables[2])
				for (const Row &other : *tables[3])
					if (line.parent == order.key && order.parent == customer.key &&
						order.other == other.key)
						sum += line.count * order.count * customer.count * other.count *
							   (1 + line.key + 7 * order.key + 31 * customer.key + 3 * other.key);
	return sum;
}

Table Difference(const Table &before, const Table &after)
{
	Table changes;
	const auto has = [](const Table &table, const Row &row) {
		for (const Row &other : table)
			if (other.key == row.key && other.parent == row.parent && other.other == row.other)
				return true;
		return false;
	};
	for (const Row &row : after)
		if (!has(before, row))
			changes.push_back({row.key, row.parent, row.other, +1});
	for (const Row &row : before)
		if (!has(after, row))
			changes.push_back({row.key, row.parent, row.other, -1});
	return changes;
}

std::size_t IndexOf(test::Random *random, std::size_t count)
{
	return static_cast<std::size_t>(random->Between(0, static_cast<std::int64_t>(count) - 1));
}

Database RandomDatabase(test::Random *random)
{
	Database database;
	for (int key = 0; key < 3; key++)
		if (random->Between(0, 1) == 0 || key == 0)
			database.customers.push_back({key, 0, 0, 1});
	for (int key = 0; key < 4; key++)
		if (random->Between(0, 1) == 0 || key == 0) {
			const auto customer = IndexOf(random, database.customers.size());
			const auto other = IndexOf(random, database.orders.size() + 1);
			database.orders.push_back(
				{key, database.customers[customer].key,
				 other == database.orders.size() ? key : database.orders[other].key, 1});
		}
	for (int key = 0; key < 4; key++)
		if (random->Between(0, 1) == 0)
			database.lines.push_back(
				{key, database.orders[IndexOf(random, database.orders.size())].key, 0, 1});
	return database;
}

bool HasSign(const Table &changes, int sign)
{
	for (const Row &row : changes)
		if (row.count == sign)
			return true;
	return false;
}

// Adds up the terms that are left between any two states of the database.
TEST(References, LeaveTermsThatAddUpToTheChange)
{
	constexpr Reference kAll[] = {{0, 1}, {1, 2}, {1, 3}};
	test::Random random(31);
	int needless_seen = 0;
	int empty_seen = 0;
	for (int round = 0; round < 20000; round++) {
		const Database before = RandomDatabase(&random);
		Database after = RandomDatabase(&random);
		if (random.Between(0, 1) == 0) // more is only added
			after = before;
		if (random.Between(0, 1) == 0 && after.orders.size() < 6) {
			const int key = 10 + static_cast<int>(after.orders.size());
			after.customers.push_back({key, 0, 0, 1});
			after.orders.push_back({key, key, key, 1});
			after.lines.push_back({key, key, 0, 1});
		}
		std::array<Table, 4> changes;
		std::array<const Table *, 4> old_tables{};
		std::array<const Table *, 4> new_tables{};
		Tables changed = 0;
		Tables grown = 0;
		Tables shrunk = 0;
		for (int i = 0; i < 4; i++) {
			const auto at = static_cast<std::size_t>(i);
			old_tables[at] = &TableOf(before, i);
			new_tables[at] = &TableOf(after, i);
			changes[at] = Difference(*old_tables[at], *new_tables[at]);
			changed |= changes[at].empty() ? 0 : SetOf(i);
			grown |= HasSign(changes[at], -1) ? 0 : SetOf(i);
			shrunk |= HasSign(changes[at], +1) ? 0 : SetOf(i);
		}
		const Tables needed = changed & ~NeedlessOf(kAll, grown);
		needless_seen += needed != changed;
		int sum = 0;
		for (Tables some = needed; some != 0; some = (some - 1) & needed) {
			std::array<const Table *, 4> tables = new_tables;
			int sign = -1;
			for (int i = 0; i < 4; i++)
				if ((some & SetOf(i)) != 0) {
					tables[static_cast<std::size_t>(i)] = &changes[static_cast<std::size_t>(i)];
					sign = -sign;
				}
			const bool is_empty = IsEmptyTerm(kAll, some, shrunk);
			empty_seen += is_empty;
			if (is_empty)
				EXPECT_EQ(Join(tables), 0) << "round " << round << " term " << some;
			else
				sum += sign * Join(tables);
		}
		EXPECT_EQ(sum, Join(new_tables) - Join(old_tables)) << "round " << round;
	}
	EXPECT_GT(needless_seen, 1000);
	EXPECT_GT(empty_seen, 100);
}

} // namespace
} // namespace mezzanine::core
