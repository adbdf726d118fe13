// Many buyers at the last units: nothing is sold twice, nothing is refused while it
// was there, and the inventory raises no serialization failure at any level.
#include "harness.h"

namespace mezzanine::test
{
namespace
{

constexpr int kSessions = 16;
constexpr int kBuyers = 64;
constexpr std::int64_t kUnits = 100;

// One buyer's fate.
struct Bought {
	std::int64_t wanted = 0;
	bool held = false;
	bool confirmed = false;
};

class AdmissionTest : public LevelTest
{
protected:
	// Reserves, sometimes with a savepoint and some thought in between, and confirms.
	static Bought Buy(Connection &connection, const std::string &sku, std::int64_t quantity)
	{
		Bought bought;
		bought.wanted = quantity;
		connection.Execute("BEGIN");
		/* an older snapshot than the reservation's: latest versions must count all the same */
		connection.Execute("SELECT count(*) FROM inventory.availability");
		const Result hold =
			connection.Execute("SELECT status, reservation, fence FROM inventory.reserve($1::text, "
							   "$2::bigint, wait => '30 s')",
							   {sku, std::to_string(quantity)});
		bought.held = hold.Text(0, "status") == "held";
		connection.Execute("COMMIT");
		if (!bought.held)
			return bought;
		const Result sold =
			connection.Execute("SELECT status FROM inventory.confirm($1, $2)",
							   {hold.Text(0, "reservation"), hold.Text(0, "fence")});
		bought.confirmed = sold.Text(0, "status") == "confirmed";
		return bought;
	}
};

INSTANTIATE_TEST_SUITE_P(EveryLevel, AdmissionTest, ::testing::ValuesIn(kIsolationLevels),
						 LevelName);

// 64 buyers of 1 to 3 want 128 units, 100 are there.  With units of one left, whoever
// wants one gets it: so a refusal is right only where fewer are left than were wanted.
TEST_P(AdmissionTest, SellsTheLastUnitsOnceAndRefusesOnlyWhatIsNotThere)
{
	Connect().Execute("SELECT inventory.receive('lamp', 'main', $1)", {std::to_string(kUnits)});
	std::array<Bought, kBuyers> bought;
	InParallel(kSessions, [&](int session) {
		Connection connection = ConnectAtLevel();
		for (int buyer = session; buyer < kBuyers; buyer += kSessions)
			bought.at(static_cast<std::size_t>(buyer)) = Buy(connection, "lamp", 1 + buyer % 3);
	});

	std::int64_t sold = 0;
	std::int64_t smallest_refused = kUnits + 1;
	for (const Bought &one : bought) {
		EXPECT_EQ(one.held, one.confirmed);
		sold += one.confirmed ? one.wanted : 0;
		if (!one.held)
			smallest_refused = std::min(smallest_refused, one.wanted);
	}
	Connection audit = Connect();
	const Result left = audit.Execute("SELECT * FROM inventory.available(ARRAY['lamp'])");
	EXPECT_EQ(left.Integer(0, "on_hand"), kUnits - sold);
	EXPECT_EQ(left.Integer(0, "available"), kUnits - sold);
	EXPECT_EQ(left.Integer(0, "held"), 0);
	EXPECT_LE(sold, kUnits);
	EXPECT_LT(kUnits - sold, smallest_refused) << "refused although enough was there";
	ExpectNoRows(audit, "SELECT * FROM inventory.verify()");
}

// Everybody wants exactly one of as many units as there are buyers: nobody is refused.
TEST_P(AdmissionTest, RefusesNobodyWhileThereIsEnoughForAll)
{
	Connect().Execute("SELECT inventory.receive('lamp', 'main', $1)", {std::to_string(kBuyers)});
	std::atomic<int> held{0};
	InParallel(kSessions, [&](int session) {
		Connection connection = ConnectAtLevel();
		for (int buyer = session; buyer < kBuyers; buyer += kSessions)
			held += Buy(connection, "lamp", 1).held ? 1 : 0;
	});
	EXPECT_EQ(held, kBuyers);
	Connection audit = Connect();
	EXPECT_EQ(One(audit, "SELECT available FROM inventory.available(ARRAY['lamp'])"), 0);
	ExpectNoRows(audit, "SELECT * FROM inventory.verify()");
}

// Carts with the same items in different order, and with an item twice: no deadlock,
// all or nothing, demand summed per item.
TEST_P(AdmissionTest, TakesCartsWholeInAnyOrder)
{
	Connection owner = Connect();
	const std::array<const char *, 4> items = {"anvil", "bell", "crate", "drum"};
	for (const char *item : items)
		owner.Execute("SELECT inventory.receive($1, 'main', 90)", {std::string(item)});
	std::array<std::atomic<std::int64_t>, 4> taken{};
	InParallel(kSessions, [&](int session) {
		Connection connection = ConnectAtLevel();
		std::mt19937_64 random(static_cast<std::uint64_t>(session));
		for (int round = 0; round < 6; ++round) {
			std::array<std::int64_t, 4> wanted{};
			std::string lines;
			for (int line = 0; line < 3; ++line) {
				const std::size_t item = random() % items.size();
				wanted.at(item) += 2;
				lines +=
					std::string(line > 0 ? "," : "") + "ROW('" + items.at(item) + "',2,'main')";
			}
			const Result hold =
				connection.Execute("SELECT status FROM inventory.reserve(ARRAY[" + lines +
								   "]::inventory.line[], ttl => '1 hour', wait => '30 s')");
			if (hold.Text(0, "status") == "held")
				for (std::size_t item = 0; item < items.size(); ++item)
					taken.at(item) += wanted.at(item);
		}
	});
	for (std::size_t item = 0; item < items.size(); ++item) {
		EXPECT_EQ(One(owner, "SELECT available FROM inventory.available(ARRAY[$1])",
					  {std::string(items.at(item))}),
				  90 - taken.at(item));
	}
	ExpectNoRows(owner, "SELECT * FROM inventory.verify()");
}

// A transaction whose snapshot is older than everybody else's sales decides on the
// latest stock all the same, and commits.
TEST_P(AdmissionTest, DecidesOnTheLatestStockUnderAnOlderSnapshot)
{
	Connection early = ConnectAtLevel();
	Connection late = Connect();
	late.Execute("SELECT inventory.receive('lamp', 'main', 5)");
	early.Execute("BEGIN");
	early.Execute("SELECT count(*) FROM inventory.availability");
	EXPECT_EQ(late.Execute("SELECT status FROM inventory.reserve('lamp', 3)").Text(0, 0), "held");
	EXPECT_EQ(early.Execute("SELECT status FROM inventory.reserve('lamp', 3)").Text(0, 0),
			  "rejected");
	EXPECT_EQ(early.Execute("SELECT status FROM inventory.reserve('lamp', 2)").Text(0, 0), "held");
	early.Execute("COMMIT");
	EXPECT_EQ(One(late, "SELECT available FROM inventory.available(ARRAY['lamp'])"), 0);
	ExpectNoRows(late, "SELECT * FROM inventory.verify()");
}

// Holds that expire while others buy: each unit is sold once, and the stock that the
// abandoned holds gave back is found by the next buyer without any sweeper.
TEST_P(AdmissionTest, GivesBackWhatExpiredToTheNextBuyer)
{
	Connect().Execute("SELECT inventory.receive('lamp', 'main', 32)");
	InParallel(kSessions, [&](int) {
		Connection connection = ConnectAtLevel();
		connection.Execute(
			"SELECT status FROM inventory.reserve('lamp', 2, ttl => '200 ms', wait => '30 s')");
	});
	Connection audit = Connect();
	audit.Execute("SELECT pg_sleep(0.3)");
	std::atomic<int> held{0};
	InParallel(kSessions, [&](int) {
		Connection connection = ConnectAtLevel();
		held += Buy(connection, "lamp", 2).confirmed ? 1 : 0;
	});
	EXPECT_EQ(held, kSessions);
	EXPECT_EQ(One(audit, "SELECT on_hand FROM inventory.available(ARRAY['lamp'])"), 0);
	ExpectNoRows(audit, "SELECT * FROM inventory.verify()");
}

} // namespace
} // namespace mezzanine::test
