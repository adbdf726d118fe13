// Many clients book one calendar at once: never beyond its capacity, and never refused while
// there was room.
#include "harness.h"

namespace mezzanine::test
{
namespace
{

constexpr int kClients = 12;
constexpr int kCapacity = 3;

class BookingTest : public LevelTest
{
protected:
	void SetUp() override
	{
		LevelTest::SetUp();
		Connect().Execute("SELECT inventory.set_capacity('room', " + std::to_string(kCapacity) +
						  ")");
	}
	// No instant has more units booked than there are.
	static void ExpectWithinCapacity(Connection &audit)
	{
		ExpectNoRows(audit, "SELECT * FROM inventory.calendar('room', '(,)') WHERE free < 0");
		ExpectNoRows(audit, "SELECT * FROM inventory.verify()");
	}
	static std::string Hours(std::int64_t from, std::int64_t until)
	{
		return "tstzrange('2027-03-01Z'::timestamptz + '" + std::to_string(from) +
			   " min', '2027-03-01Z'::timestamptz + '" + std::to_string(until) + " min')";
	}
};

INSTANTIATE_TEST_SUITE_P(EveryLevel, BookingTest, ::testing::ValuesIn(kIsolationLevels), LevelName);

TEST_P(BookingTest, TheLastUnitsGoToAsManyAsThereAre)
{
	std::atomic<int> held{0};
	std::atomic<int> rejected{0};
	InParallel(32, [&](int) {
		Connection guest = ConnectAtLevel();
		const std::string status = guest
									   .Execute("SELECT status FROM inventory.book('room', " +
												Hours(0, 60) + ", wait => '30 s')")
									   .Text(0, 0);
		++(status == "held" ? held : rejected);
	});
	EXPECT_EQ(held, kCapacity);
	EXPECT_EQ(rejected, 32 - kCapacity);
	Connection audit = Connect();
	ExpectWithinCapacity(audit);
}

// A plan that fits exactly is booked whole, in whatever order its parts come: one that were
// refused would have been refused wrongly.
TEST_P(BookingTest, NothingIsRefusedWhileThereIsRoom)
{
	const std::uint64_t seed = Seed();
	std::vector<std::string> parts;
	std::mt19937_64 random(seed);
	for (int lane = 0; lane < kCapacity; ++lane) {
		for (std::int64_t from = 0; from < 60 * 24 * 3;) {
			const std::int64_t until = from + 10 + static_cast<std::int64_t>(random() % 600);
			parts.push_back(Hours(from, until));
			from = until;
		}
	}
	std::shuffle(parts.begin(), parts.end(), random);
	std::atomic<std::size_t> next{0};
	InParallel(kClients, [&](int) {
		Connection guest = ConnectAtLevel();
		for (std::size_t i = next++; i < parts.size(); i = next++)
			EXPECT_EQ(guest
						  .Execute("SELECT status FROM inventory.book('room', " + parts[i] +
								   ", wait => '30 s')")
						  .Text(0, 0),
					  "held")
				<< parts[i];
	});
	Connection audit = Connect();
	ExpectNoRows(audit, "SELECT * FROM inventory.calendar('room', " + Hours(0, 60 * 24 * 3) +
							") WHERE free <> 0");
	ExpectWithinCapacity(audit);
}

// Books, confirms, releases, lets go, and rolls back at random.
TEST_P(BookingTest, ACalendarUnderFireStaysWithinItsCapacity)
{
	const std::uint64_t seed = Seed();
	InParallel(kClients, [&](int client) {
		std::mt19937_64 random(seed + static_cast<std::uint64_t>(client));
		Connection guest = ConnectAtLevel();
		for (int i = 0; i < 25; ++i) {
			const auto from = static_cast<std::int64_t>(random() % 600);
			const auto length = static_cast<std::int64_t>(random() % 240) + 1;
			guest.Execute("BEGIN");
			const Result booked = guest.Execute(
				"SELECT * FROM inventory.book('room', " + Hours(from, from + length) +
				", ttl => '" + (random() % 2 == 0 ? "1 ms" : "1 h") + "', wait => '30 s')");
			guest.Execute(random() % 4 == 0 ? "ROLLBACK" : "COMMIT");
			if (booked.Text(0, "status") != "held")
				continue;
			const char *verb = random() % 2 == 0 ? "confirm_booking" : "release_booking";
			const Result settled = guest.Try("SELECT inventory." + std::string(verb) + "($1, 1)",
											 {booked.Text(0, "reservation")});
			// Rolled back, or expired.
			if (!settled.ok()) {
				EXPECT_TRUE(settled.sqlstate() == "MZ007" || settled.sqlstate() == "MZ003")
					<< settled.message();
			}
		}
	});
	Connection audit = Connect();
	ExpectWithinCapacity(audit);
}

} // namespace
} // namespace mezzanine::test
