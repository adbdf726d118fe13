// A worker that is stopped past its lease: a process of its own, halted by SIGSTOP as a
// long pause of its machine would halt it, and woken when somebody else has taken over.
#include "harness.h"

#include <csignal>
#include <sys/wait.h>

namespace mezzanine::test
{
namespace
{

// A child process with a connection of its own.  It runs the statements of `work` one by one,
// and before each waits for a byte; after each it writes the SQLSTATE, or "ok".
class Worker
{
public:
	Worker(const std::string &conninfo, const std::vector<std::string> &work)
	{
		if (pipe(to_.data()) != 0 || pipe(from_.data()) != 0 || (pid_ = fork()) < 0)
			throw std::runtime_error("could not make a process");
		if (pid_ == 0)
			_exit(Work(conninfo, work));
	}
	~Worker()
	{
		kill(pid_, SIGKILL);
		waitpid(pid_, nullptr, 0);
		for (const int end : {to_[0], to_[1], from_[0], from_[1]})
			close(end);
	}
	Worker(const Worker &) = delete;
	Worker &operator=(const Worker &) = delete;

	// Lets it go on with its next statement, and hears how that ended.
	std::string Step()
	{
		Go();
		return Hear();
	}
	void Go()
	{
		if (write(to_[1], "g", 1) != 1)
			throw std::runtime_error("the worker is gone");
	}
	std::string Hear()
	{
		std::array<char, 5> state{};
		if (read(from_[0], state.data(), state.size()) != static_cast<ssize_t>(state.size()))
			throw std::runtime_error("the worker is gone");
		return {state.data(), state.size()};
	}
	// Returns when it has stopped.
	void Stop()
	{
		int status = 0;
		kill(pid_, SIGSTOP);
		if (waitpid(pid_, &status, WUNTRACED) != pid_ || !WIFSTOPPED(status))
			throw std::runtime_error("the worker did not stop");
	}
	void Continue() { kill(pid_, SIGCONT); }

private:
	int Work(const std::string &conninfo, const std::vector<std::string> &work) noexcept
	{
		Connection connection(conninfo);
		for (const std::string &statement : work) {
			char go = 0;
			if (read(to_[0], &go, 1) != 1)
				return 1;
			const Result result = connection.Try(statement);
			const std::string state = result.ok() ? "ok   " : result.sqlstate();
			if (write(from_[1], state.data(), state.size()) != static_cast<ssize_t>(state.size()))
				return 1;
		}
		return 0;
	}

	std::array<int, 2> to_{};
	std::array<int, 2> from_{};
	pid_t pid_ = -1;
};

constexpr const char *kOk = "ok   ";

class StoppedWorkerTest : public LevelTest
{
protected:
	std::string Conninfo() const { return "dbname=" + database(); }
	std::string Begin() const { return std::string("BEGIN ISOLATION LEVEL ") + GetParam(); }

	static void Sleep(int milliseconds)
	{
		std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
	}
	// Whether `holder` got the lease.
	static bool Take(Connection &connection, const char *holder, const char *ttl)
	{
		return !connection
					.Execute("SELECT inventory.lease('job', $1, $2::interval)",
							 {std::string(holder), std::string(ttl)})
					.IsNull(0, 0);
	}
};

INSTANTIATE_TEST_SUITE_P(EveryLevel, StoppedWorkerTest, ::testing::ValuesIn(kIsolationLevels),
						 LevelName);

TEST_P(StoppedWorkerTest, PastItsLeaseNeverConfirms)
{
	Connection other = Connect();
	other.Execute("CREATE TABLE result (worker text)");
	other.Execute("SELECT inventory.receive('lamp', 'main', 1)");
	const Result hold =
		other.Execute("SELECT reservation, fence FROM inventory.reserve('lamp', 1)");
	const std::string confirm = "SELECT inventory.confirm('" + hold.Text(0, "reservation") + "', " +
								hold.Text(0, "fence") + ")";
	Worker worker(Conninfo(), {"SELECT inventory.lease('job', 'first', '200 ms')", Begin(),
							   "SELECT count(*) FROM result",
							   "SELECT inventory.check_fence('job', 1)", confirm, "COMMIT"});
	ASSERT_EQ(worker.Step(), kOk);
	ASSERT_EQ(worker.Step(), kOk);
	ASSERT_EQ(worker.Step(), kOk); // its snapshot is from before the lease was lost
	worker.Stop();
	worker.Go(); // heard only when it wakes up
	Sleep(250);
	ASSERT_TRUE(Take(other, "second", "1 min"));
	worker.Continue();
	EXPECT_EQ(worker.Hear(), "MZ004");
	EXPECT_EQ(worker.Step(), "25P02");
	worker.Step();
	EXPECT_EQ(One(other, "SELECT held FROM inventory.available(ARRAY['lamp'])"), 1);
}

// Between check and commit the lease is kept from others, however long that takes.
TEST_P(StoppedWorkerTest, InTheMiddleOfItsCommitIsStillTheOnlyOwner)
{
	Connection other = Connect();
	other.Execute("CREATE TABLE result (worker text)");
	Worker worker(Conninfo(), {"SELECT inventory.lease('job', 'first', '1 s')", Begin(),
							   "SELECT inventory.check_fence('job', 1)",
							   "INSERT INTO result VALUES ('first')", "COMMIT"});
	for (int step = 0; step < 3; ++step)
		ASSERT_EQ(worker.Step(), kOk);
	worker.Stop();
	worker.Go();
	Sleep(1050);
	EXPECT_FALSE(Take(other, "second", "1 min"));
	worker.Continue();
	EXPECT_EQ(worker.Hear(), kOk);
	EXPECT_FALSE(Take(other, "second", "1 min"));
	EXPECT_EQ(worker.Step(), kOk);
	ASSERT_TRUE(Take(other, "second", "1 min"));
	EXPECT_EQ(One(other, "SELECT count(*) FROM result"), 1);
}

// A worker that dies in that transaction does not keep the lease.
TEST_P(StoppedWorkerTest, ThatDiesLetsTheLeaseGo)
{
	Connection other = Connect();
	{
		Worker worker(Conninfo(), {"SELECT inventory.lease('job', 'first', '1 s')", Begin(),
								   "SELECT inventory.check_fence('job', 1)"});
		for (int step = 0; step < 3; ++step)
			ASSERT_EQ(worker.Step(), kOk);
	}
	Sleep(1050);
	for (int attempt = 0; attempt < 100 && !Take(other, "second", "1 min"); ++attempt)
		Sleep(50);
	EXPECT_EQ(One(other, "SELECT inventory.lease('job', 'second', '1 min')"), 2);
}

// A hold needs no lease to be safe: its own fence and expiry refuse a late worker.
TEST_P(StoppedWorkerTest, PastItsHoldNeverConfirms)
{
	Connection other = Connect();
	other.Execute("SELECT inventory.receive('lamp', 'main', 1)");
	const Result hold = other.Execute(
		"SELECT reservation, fence FROM inventory.reserve('lamp', 1, ttl => '200 ms')");
	Worker worker(Conninfo(), {Begin(), "SELECT 1",
							   "SELECT inventory.confirm('" + hold.Text(0, "reservation") + "', " +
								   hold.Text(0, "fence") + ")"});
	ASSERT_EQ(worker.Step(), kOk);
	ASSERT_EQ(worker.Step(), kOk);
	worker.Stop();
	worker.Go();
	Sleep(250);
	EXPECT_EQ(other.Execute("SELECT status FROM inventory.reserve('lamp', 1)").Text(0, 0), "held");
	worker.Continue();
	EXPECT_EQ(worker.Hear(), "MZ003");
	ExpectNoRows(other, "SELECT * FROM inventory.verify()");
}

} // namespace
} // namespace mezzanine::test
