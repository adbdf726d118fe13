// Histories of a server, checked: every answer to every session, every rejection included,
// has an instant within its call.
//
//   history_tests                     MEZZANINE_HISTORY_CALLS calls (100,000), of MEZZANINE_SEED
//                                     or a new seed
//   history_tests --seed=SEED         the same workload again
//   history_tests --check=FILE        checks a history that was saved
//
// The seed settles what is asked, not how sessions meet: what failed is saved as well.
#include "history/checker.h"
#include "history/recorder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <thread>

namespace mezzanine::history
{
namespace
{

std::uint64_t seed_of_this_run = 0;

int CallsWanted()
{
	const char *given = std::getenv("MEZZANINE_HISTORY_CALLS");
	return given != nullptr ? std::atoi(given) : 100000;
}

// A database of its own, with the extension.
class RecordedHistories : public ::testing::Test
{
protected:
	void SetUp() override
	{
		database_ = "mezzanine_history_" + std::to_string(getpid());
		client::Connection("dbname=postgres").Execute("CREATE DATABASE " + database_);
		client::Connection("dbname=" + database_).Execute("CREATE EXTENSION mezzanine");
	}

	void TearDown() override
	{
		client::Connection("dbname=postgres")
			.Execute("DROP DATABASE IF EXISTS " + database_ + " WITH (FORCE)");
	}

	// Counts the answers of a history.
	void Count(const Recording &recording)
	{
		const std::lock_guard<std::mutex> lock(mutex_);
		cells_ = std::max(cells_, recording.cells);
		for (const Transaction &transaction : recording.history.transactions)
			for (const Call &call : transaction.calls) {
				++answers_[call.answer];
				done_[call.verb] += call.answer == Answer::kDone ? 1 : 0;
				++calls_;
			}
	}

	// One history after the other, until there are enough calls.
	void Record(std::uint64_t seed)
	{
		std::mt19937_64 random(seed);
		Recorder recorder(database_);
		for (int number = 0; calls_ < CallsWanted() && !HasFailure(); ++number) {
			Workload workload;
			workload.seed = random() % 1000000000;
			workload.sessions = static_cast<int>(4 + random() % 9);
			workload.locations = static_cast<int>(1 + random() % 2);
			workload.stocks = workload.locations * static_cast<int>(1 + random() % 4);
			workload.calls = static_cast<int>(200 + random() % 1800);
			workload.units = random() % 3 == 0 ? 60 : 12;
			workload.kills = number % 4 == 3;
			const Recording recording = recorder.Record(workload);
			Count(recording);
			ExpectExplained(recording, workload.seed);
		}
	}

	void ExpectExplained(const Recording &recording, std::uint64_t seed)
	{
		const std::vector<Violation> violations = Check(recording.history);
		if (violations.empty() && recording.failures.empty())
			return;
		const std::string name = "build/history-" + std::to_string(seed) + ".txt";
		std::ofstream file(name);
		Write(file, recording.history);
		ADD_FAILURE() << "seed " << seed_of_this_run << ", history " << seed << " in " << name;
		for (const std::string &failure : recording.failures)
			ADD_FAILURE() << failure;
		for (std::size_t i = 0; i < violations.size() && i < 10; ++i)
			ADD_FAILURE() << violations[i].text;
	}

	std::string database_;
	std::map<Answer, int> answers_;
	std::map<Verb, int> done_;
	std::atomic<int> calls_ = 0;
	int cells_ = 0;
	std::mutex mutex_; // guards the counts
};

TEST_F(RecordedHistories, HaveAnInstantForEveryAnswer)
{
	// Several at a time, each with items of its own: most sessions wait for each other.
	std::vector<std::thread> lanes;
	for (std::uint64_t lane = 0; lane < 5; ++lane)
		lanes.emplace_back([this, lane] {
			try {
				Record(seed_of_this_run + lane);
			} catch (const std::exception &error) {
				ADD_FAILURE() << error.what();
			}
		});
	for (std::thread &lane : lanes)
		lane.join();

	std::cout << calls_ << " calls: " << answers_[Answer::kDone] << " done, "
			  << answers_[Answer::kRejected] << " rejected, " << answers_[Answer::kExpired]
			  << " expired, " << answers_[Answer::kSettled] << " settled before, "
			  << answers_[Answer::kStale] << " stale, " << answers_[Answer::kContended]
			  << " contended; up to " << cells_ << " cells an item" << std::endl;
	EXPECT_GT(answers_[Answer::kRejected], calls_ / 50) << "hardly anything was rejected";
	EXPECT_LT(answers_[Answer::kContended], calls_ / 4) << "hardly anything was answered";
	EXPECT_GT(answers_[Answer::kStale], 0) << "no fence was stale";
	for (int verb = 0; verb <= static_cast<int>(Verb::kRollbackTo); ++verb)
		EXPECT_GT(done_[static_cast<Verb>(verb)], calls_ / 2000) << "of verb " << verb;
	const client::Result wrong =
		client::Connection("dbname=" + database_).Execute("SELECT * FROM inventory.verify()");
	EXPECT_EQ(wrong.rows(), 0);
}

// The same while sessions are killed, with SIGKILL: nothing that was acknowledged is lost.
TEST_F(RecordedHistories, SurviveCrashesOfTheServer)
{
	std::mt19937_64 random(seed_of_this_run);
	Recorder recorder(database_);
	int crashes = 0;
	for (int number = 0; number < 3 && !HasFailure(); ++number) {
		Workload workload;
		workload.seed = random() % 1000000000;
		workload.sessions = 8;
		workload.locations = 2;
		workload.stocks = 4;
		workload.calls = 1500;
		workload.units = 30;
		workload.crashes = 3;
		const Recording recording = recorder.Record(workload);
		Count(recording);
		crashes += recording.crashes;
		ExpectExplained(recording, workload.seed);
	}
	std::cout << calls_ << " calls, " << crashes << " crashes" << std::endl;
	EXPECT_GT(crashes, 2);
	const client::Result wrong =
		client::Connection("dbname=" + database_).Execute("SELECT * FROM inventory.verify()");
	EXPECT_EQ(wrong.rows(), 0);
}

int CheckFile(const std::string &name)
{
	std::ifstream file(name);
	const std::vector<Violation> violations = Check(Read(file));
	for (const Violation &violation : violations)
		std::cout << violation.text << "\n";
	std::cout << violations.size() << " violations" << std::endl;
	return violations.empty() ? 0 : 1;
}

std::uint64_t SeedWanted(const std::string &option)
{
	if (option.starts_with("--seed="))
		return std::stoull(option.substr(7));
	const char *given = std::getenv("MEZZANINE_SEED");
	return given != nullptr ? std::stoull(given) : std::random_device{}();
}

} // namespace
} // namespace mezzanine::history

int main(int argc, char **argv)
{
	::testing::InitGoogleTest(&argc, argv);
	const std::string option = argc > 1 ? argv[1] : "";
	if (option.starts_with("--check="))
		return mezzanine::history::CheckFile(option.substr(8));
	mezzanine::history::seed_of_this_run = mezzanine::history::SeedWanted(option);
	std::cout << "--seed=" << mezzanine::history::seed_of_this_run << std::endl;
	return RUN_ALL_TESTS();
}
