// The ways in which shops have sold what they did not have, or refused what they had, each
// under the name of what went wrong.  What one session can show is in
// sql/inventory_scenarios.sql; here many are at it at once.
#include "harness.h"

#include <sys/wait.h>

#include <csignal>
#include <set>

namespace mezzanine::test
{
namespace
{

class ScenariosTest : public LevelTest
{
protected:
	static void Receive(Connection &connection, const std::string &sku, std::int64_t units)
	{
		connection.Execute("SELECT inventory.receive($1, 'main', $2)",
						   {sku, std::to_string(units)});
	}

	static Result Reserve(Connection &connection, const std::string &sku, std::int64_t quantity)
	{
		return connection.Execute("SELECT status, reservation, fence FROM "
								  "inventory.reserve($1::text, $2::bigint, wait => '30 s')",
								  {sku, std::to_string(quantity)});
	}

	static std::string Confirm(Connection &connection, const Result &hold)
	{
		return connection
			.Execute("SELECT status FROM inventory.confirm($1, $2)",
					 {hold.Text(0, "reservation"), hold.Text(0, "fence")})
			.Text(0, 0);
	}

	static std::int64_t Available(Connection &connection, const std::string &sku)
	{
		return One(connection, "SELECT available FROM inventory.available(ARRAY[$1])", {sku});
	}

	// Nothing is out of balance, and so many units are left.
	static void Audit(Connection &connection, const std::string &sku, std::int64_t left)
	{
		EXPECT_EQ(Available(connection, sku), left);
		ExpectNoRows(connection, "SELECT * FROM inventory.verify()");
	}
};

INSTANTIATE_TEST_SUITE_P(EveryLevel, ScenariosTest, ::testing::ValuesIn(kIsolationLevels),
						 LevelName);

// The last unit and 64 buyers, who all call at the same moment: one has it, the others are
// told so, and nobody is left without an answer.
TEST_P(ScenariosTest, TheLastUnitAnd64Buyers)
{
	Connection owner = Connect();
	Receive(owner, "lamp", 1);
	std::atomic<int> ready{0};
	std::atomic<int> held{0};
	std::atomic<int> rejected{0};
	InParallel(64, [&](int) {
		Connection buyer = ConnectAtLevel();
		++ready;
		while (ready < 64)
			std::this_thread::yield();
		const std::string status = Reserve(buyer, "lamp", 1).Text(0, "status");
		held += status == "held" ? 1 : 0;
		rejected += status == "rejected" ? 1 : 0;
	});
	EXPECT_EQ(held, 1);
	EXPECT_EQ(rejected, 63);
	Audit(owner, "lamp", 0);
}

// Check and allocate apart: every shopper sees that there is one left, and takes it into
// the basket in a later transaction.  What was shown is no promise; what is reserved is.
TEST_P(ScenariosTest, CheckAndAllocateApart)
{
	constexpr int kShoppers = 16;
	Connection owner = Connect();
	Receive(owner, "lamp", 3);
	std::atomic<int> looked{0};
	std::atomic<int> held{0};
	InParallel(kShoppers, [&](int) {
		Connection shopper = ConnectAtLevel();
		EXPECT_EQ(Available(shopper, "lamp"), 3);
		++looked;
		while (looked < kShoppers)
			std::this_thread::yield();
		held += Reserve(shopper, "lamp", 1).Text(0, "status") == "held" ? 1 : 0;
	});
	EXPECT_EQ(held, 3);
	Audit(owner, "lamp", 0);
}

// Paid, then sold out: who held before paying gets the goods, however many buy meanwhile.
TEST_P(ScenariosTest, PaidThenSoldOut)
{
	constexpr int kShoppers = 12;
	Connection owner = Connect();
	Receive(owner, "lamp", 5);
	std::atomic<int> asked{0};
	std::atomic<int> paid{0};
	InParallel(kShoppers, [&](int) {
		Connection shopper = ConnectAtLevel();
		const Result hold = Reserve(shopper, "lamp", 1);
		++asked;
		while (asked < kShoppers) /* by now everything is held */
			std::this_thread::yield();
		if (hold.Text(0, "status") != "held")
			return;
		EXPECT_EQ(Reserve(shopper, "lamp", 1).Text(0, "status"), "rejected");
		EXPECT_EQ(Confirm(shopper, hold), "confirmed");
		++paid;
	});
	EXPECT_EQ(paid, 5);
	Audit(owner, "lamp", 0);
}

// Bulk documents with the same items in opposite orders, all at once: no deadlock, none is
// refused, all of each or nothing.
TEST_P(ScenariosTest, BulkDocumentsInOppositeOrders)
{
	constexpr int kDocuments = 8;
	constexpr int kItems = 40;
	Connection owner = Connect();
	std::string forwards;
	std::string backwards;
	for (int item = 0; item < kItems; ++item) {
		const std::string sku = "item-" + std::to_string(item);
		const std::string line = "ROW('" + sku + "',2,'main')";
		Receive(owner, sku, 2 * kDocuments);
		forwards += (item > 0 ? "," : "") + line;
		backwards = line + (item > 0 ? "," : "") + backwards;
	}
	InParallel(kDocuments, [&](int document) {
		Connection clerk = ConnectAtLevel();
		const Result hold = clerk.Execute(
			"SELECT status, reservation, fence FROM inventory.reserve(ARRAY[" +
			(document % 2 == 0 ? forwards : backwards) + "]::inventory.line[], wait => '30 s')");
		EXPECT_EQ(hold.Text(0, "status"), "held");
		if (document % 4 < 2) {
			EXPECT_EQ(Confirm(clerk, hold), "confirmed");
		} else {
			clerk.Execute("SELECT * FROM inventory.release($1, $2)",
						  {hold.Text(0, "reservation"), hold.Text(0, "fence")});
		}
	});
	for (int item = 0; item < kItems; ++item)
		EXPECT_EQ(Available(owner, "item-" + std::to_string(item)), kDocuments);
	ExpectNoRows(owner, "SELECT * FROM inventory.verify()");
}

// Concurrent duplicate webhooks: the payment provider tells each payment four times, at
// the same time.  Each sells once, and all four hear the same.
TEST_P(ScenariosTest, ConcurrentDuplicateWebhooks)
{
	constexpr int kOrders = 6;
	Connection owner = Connect();
	Receive(owner, "lamp", kOrders);
	for (int order = 0; order < kOrders; ++order) {
		const Result hold = Reserve(owner, "lamp", 1);
		std::mutex mutex;
		std::multiset<std::string> answers;
		InParallel(4, [&](int webhook) {
			Connection handler = ConnectAtLevel();
			const std::string key = webhook < 2 ? "payment-" + std::to_string(order) : "";
			const Result sold = handler.Execute(
				"SELECT status, replayed FROM inventory.confirm($1, $2, key => nullif($3, ''))",
				{hold.Text(0, "reservation"), hold.Text(0, "fence"), key});
			const std::lock_guard<std::mutex> lock(mutex);
			answers.insert(sold.Text(0, "status") + sold.Text(0, "replayed"));
		});
		EXPECT_EQ(answers, (std::multiset<std::string>{"confirmedf", "confirmedt", "confirmedt",
													   "confirmedt"}));
	}
	EXPECT_EQ(One(owner, "SELECT sum(quantity) FROM inventory.journal WHERE to_account = 'sold'"),
			  kOrders);
	Audit(owner, "lamp", 0);
}

// An abandoned hold is released by its shop at the moment when it expires and somebody
// else wants it: one of them gives the units back, once.
TEST_P(ScenariosTest, AbandonedHoldsAreGivenBackOnce)
{
	constexpr int kHolds = 8;
	Connection owner = Connect();
	Receive(owner, "lamp", kHolds);
	std::vector<Result> holds;
	for (int i = 0; i < kHolds; ++i)
		holds.push_back(owner.Execute("SELECT reservation, fence FROM "
									  "inventory.reserve('lamp', 1, ttl => '300 ms')"));
	owner.Execute("SELECT pg_sleep(0.29)");
	std::atomic<int> held{0};
	InParallel(2 * kHolds, [&](int i) {
		Connection connection = ConnectAtLevel();
		if (i < kHolds) {
			const Result &hold = holds.at(static_cast<std::size_t>(i));
			(void)connection.Try("SELECT * FROM inventory.release($1, $2)",
								 {hold.Text(0, "reservation"), hold.Text(0, "fence")});
			return;
		}
		held += Reserve(connection, "lamp", 1).Text(0, "status") == "held" ? 1 : 0;
	});
	EXPECT_EQ(Available(owner, "lamp"), kHolds - held);
	while (Reserve(owner, "lamp", 1).Text(0, "status") == "held")
		++held;
	EXPECT_EQ(held, kHolds);
	Audit(owner, "lamp", 0);
}

// Stock is lowered in the middle of checkouts: by raising the safety stock, all of what is
// free or nothing.  Holds that were given stay good; what is left adds up.
TEST_P(ScenariosTest, LoweringStockMidCheckout)
{
	constexpr int kShoppers = 12;
	Connection owner = Connect();
	Receive(owner, "lamp", 20);
	std::atomic<int> confirmed{0};
	std::atomic<bool> lowered{false};
	InParallel(kShoppers + 1, [&](int i) {
		Connection connection = ConnectAtLevel();
		if (i == kShoppers) {
			const Result policy = connection.Try(
				"SELECT inventory.set_policy('lamp', 'main', safety_stock => 12, wait => '30 s')");
			lowered = policy.ok();
			EXPECT_TRUE(policy.ok() || policy.sqlstate() == "MZ011") << policy.message();
			return;
		}
		const Result hold = Reserve(connection, "lamp", 1);
		if (hold.Text(0, "status") != "held")
			return;
		EXPECT_EQ(Confirm(connection, hold), "confirmed");
		++confirmed;
	});
	EXPECT_EQ(confirmed, lowered ? 8 : 12);
	Audit(owner, "lamp", lowered ? 0 : 8);
}

// A worker is stopped (a paused container, a long collection of garbage) past the end of its
// hold, wakes up, and confirms what it believes to own: it is told that it does not.
TEST_P(ScenariosTest, AWorkerStoppedPastItsHoldDoesNotSell)
{
	Connection owner = Connect();
	Receive(owner, "lamp", 1);
	int answer[2];
	ASSERT_EQ(pipe(answer), 0);
	const pid_t worker = fork();
	if (worker == 0) {
		Connection connection = ConnectAtLevel();
		const Result hold = connection.Execute("SELECT reservation, fence FROM "
											   "inventory.reserve('lamp', 1, ttl => '100 ms')");
		raise(SIGSTOP);
		const std::string state =
			connection
				.Try("SELECT * FROM inventory.confirm($1, $2)", {hold.Text(0, 0), hold.Text(0, 1)})
				.sqlstate();
		const bool written = write(answer[1], state.c_str(), state.size()) == 5;
		_exit(written ? 0 : 1);
	}
	int status = 0;
	ASSERT_EQ(waitpid(worker, &status, WUNTRACED), worker);
	ASSERT_TRUE(WIFSTOPPED(status));
	owner.Execute("SELECT pg_sleep(0.15)");
	EXPECT_EQ(Confirm(owner, Reserve(owner, "lamp", 1)), "confirmed");
	kill(worker, SIGCONT);
	ASSERT_EQ(waitpid(worker, &status, 0), worker);
	EXPECT_EQ(status, 0);
	char state[6] = {};
	EXPECT_EQ(read(answer[0], state, 5), 5);
	EXPECT_STREQ(state, "MZ003");
	close(answer[0]);
	close(answer[1]);
	Audit(owner, "lamp", 0);
}

// One serial twice: everybody confirms at once, and each unit with a number of its own goes
// to one of them.  (Rows that are locked and skipped have been handed out twice elsewhere.)
TEST_P(ScenariosTest, OneSerialIsSoldOnce)
{
	constexpr int kPhones = 24;
	constexpr int kShoppers = 12;
	Connection owner = Connect();
	owner.Execute("SELECT inventory.receive('phone', 'main', $1::bigint, "
				  "serials => (SELECT array_agg('P' || i) FROM generate_series(1, $1::bigint) i))",
				  {std::to_string(kPhones)});
	std::atomic<int> held{0};
	InParallel(kShoppers, [&](int) {
		Connection shopper = ConnectAtLevel();
		const Result hold = Reserve(shopper, "phone", 2);
		++held;
		while (held < kShoppers)
			std::this_thread::yield();
		EXPECT_EQ(Confirm(shopper, hold), "confirmed");
	});
	EXPECT_EQ(One(owner, "SELECT count(*) FROM inventory.serials WHERE state = 'sold'"), kPhones);
	ExpectNoRows(owner, "SELECT reservation FROM inventory.serial GROUP BY reservation "
						"HAVING count(*) <> 2");
	Audit(owner, "phone", 0);
}

} // namespace
} // namespace mezzanine::test
