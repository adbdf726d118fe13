// Histories of units with serial numbers, recorded and checked: clerks sell, lose, take back and
// carry the same few units by name, roll back, and are killed.
#include "history/clerk.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

namespace mezzanine::history
{
namespace
{

constexpr int kClerks = 6;
constexpr int kUnitsEach = 5;      // of both shops
constexpr int kTransactions = 400; // of each item

class RecordedSerials : public ::testing::Test
{
protected:
	void SetUp() override
	{
		database_ = "mezzanine_serials_" + std::to_string(getpid());
		client::Connection("dbname=postgres").Execute("CREATE DATABASE " + database_);
		client::Connection("dbname=" + database_).Execute("CREATE EXTENSION mezzanine");
	}

	void TearDown() override
	{
		client::Connection("dbname=postgres")
			.Execute("DROP DATABASE IF EXISTS " + database_ + " WITH (FORCE)");
	}

	// The item's first units, and where they are.
	std::map<std::string, std::string> Furnish(client::Connection *owner, const std::string &sku)
	{
		std::map<std::string, std::string> places;
		for (const char *shop : {"north", "south"})
			for (int unit = 0; unit < kUnitsEach; ++unit) {
				const std::string serial = sku + "-" + shop + std::to_string(unit);
				owner->Execute("SELECT inventory.receive($1, $2, 1, serials => ARRAY[$3])",
							   {sku, shop, serial});
				moves_.push_back({serial, "", shop, false, 0, 0, 0});
				places[serial] = shop;
			}
		return places;
	}

	std::unique_ptr<client::Connection> Connect() const
	{
		auto connection =
			std::make_unique<client::Connection>("dbname=" + database_ + " application_name=clerk");
		(void)connection->Try("SET deadlock_timeout = '50 ms'"); /* it may be killed by now */
		return connection;
	}

	// Works until there have been enough transactions, through lost connections.
	void Work(Clerk *clerk, std::atomic<int> *left)
	{
		std::unique_ptr<client::Connection> connection;
		try {
			while ((*left)-- > 0) {
				if (connection == nullptr)
					connection = Connect();
				if (!clerk->RunTransaction(connection.get()))
					connection.reset();
			}
		} catch (const std::exception &error) {
			ADD_FAILURE() << error.what();
			*left = 0; /* nobody goes on */
		}
	}

	void Record(client::Connection *owner, const std::string &sku, std::uint64_t seed)
	{
		Ledger ledger(Furnish(owner, sku));
		std::vector<Clerk> clerks;
		for (std::uint64_t clerk = 0; clerk < kClerks; ++clerk)
			clerks.emplace_back(&ledger, sku, seed + clerk);
		std::atomic<int> left{kTransactions};
		std::vector<std::thread> threads;
		for (Clerk &clerk : clerks)
			threads.emplace_back([&] { Work(&clerk, &left); });
		std::mt19937_64 random(seed);
		while (left > 0) {
			std::this_thread::sleep_for(std::chrono::milliseconds(30 + random() % 50));
			owner->Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
						   "application_name = 'clerk' ORDER BY random() LIMIT 1");
		}
		for (std::thread &thread : threads)
			thread.join();
		for (Clerk &clerk : clerks) {
			clerk.Resolve(owner);
			moves_.insert(moves_.end(), clerk.moves().begin(), clerk.moves().end());
			committed_ += clerk.committed();
			refused_ += clerk.refused();
		}
	}

	// At last each unit is where the server shows it: as a move that leaves it there.
	void Audit(client::Connection *owner)
	{
		const client::Result shown = owner->Execute(
			"SELECT serial, CASE state WHEN 'stock' THEN location WHEN 'transit' THEN "
			"'transit ' || transfer ELSE 'out' END FROM inventory.serials");
		const Time now = ReadClock();
		for (int row = 0; row < shown.rows(); ++row)
			moves_.push_back(
				{shown.Text(row, 0), shown.Text(row, 1), shown.Text(row, 1), false, now, now, now});
	}

	std::string database_;
	std::vector<UnitMove> moves_;
	int committed_ = 0;
	int refused_ = 0;
};

TEST_F(RecordedSerials, AreAtOnePlaceAtATime)
{
	const std::uint64_t seed = std::random_device{}();
	client::Connection owner("dbname=" + database_);
	for (int item = 0; item < 3; ++item)
		Record(&owner, "phone" + std::to_string(item), seed + 100 * static_cast<unsigned>(item));
	Audit(&owner);
	for (const std::string &wrong : CheckSerials(moves_))
		ADD_FAILURE() << wrong;
	std::cout << moves_.size() << " moves and claims, " << committed_ << " transactions, "
			  << refused_ << " refused, of " << 3 * 2 * kUnitsEach << " units; seed " << seed
			  << std::endl;
	EXPECT_GT(committed_, 300) << "hardly anything was moved";
	EXPECT_GT(refused_, 5) << "hardly anybody was told that a unit is elsewhere";
	const client::Result wrong = owner.Execute("SELECT * FROM inventory.verify()");
	EXPECT_EQ(wrong.rows(), 0);
}

} // namespace
} // namespace mezzanine::history
