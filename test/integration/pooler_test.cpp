// PgBouncer in transaction mode: 24 clients share 4 server sessions, so nothing that a
// call needs may live in a session.
#include "harness.h"

#include <fcntl.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <fstream>

namespace mezzanine::test
{
namespace
{

constexpr int kClients = 24;
constexpr int kServers = 4;
constexpr int kPort = 6543;

// A PgBouncer of its own on a socket in a temporary directory, run by the user
// postgres where the tests run as root: it refuses to be root.
class Pooler
{
public:
	Pooler()
	{
		std::string pattern = std::filesystem::temp_directory_path().string() + "/mezzanine.XXXXXX";
		directory_ = mkdtemp(pattern.data());
		WriteSettings();
		process_ = fork();
		if (process_ == 0)
			Exec();
	}

	~Pooler()
	{
		kill(process_, SIGKILL);
		waitpid(process_, nullptr, 0);
		std::filesystem::remove_all(directory_);
	}

	Pooler(const Pooler &) = delete;
	Pooler &operator=(const Pooler &) = delete;

	// Tries for ten seconds, for the pooler has just been started.
	Connection Connect(const std::string &database) const
	{
		for (int attempt = 0;; ++attempt) {
			try {
				return Connection("host=" + directory_ + " port=" + std::to_string(kPort) +
								  " dbname=" + database);
			} catch (const SqlError &error) {
				if (attempt == 100)
					throw std::runtime_error(error.what() + Log());
				std::this_thread::sleep_for(std::chrono::milliseconds(100));
			}
		}
	}

private:
	void WriteSettings() const
	{
		std::ofstream settings(directory_ + "/pgbouncer.ini");
		settings << "[databases]\n* = host=" << std::getenv("PGHOST")
				 << " port=" << std::getenv("PGPORT") << " user=" << std::getenv("PGUSER")
				 << "\n[pgbouncer]\npool_mode = transaction\ndefault_pool_size = " << kServers
				 << "\nlisten_port = " << kPort << "\nunix_socket_dir = " << directory_
				 << "\nauth_type = any\nmax_client_conn = 100\nlogfile = " << directory_
				 << "/log\n";
		settings.close();
		std::filesystem::permissions(directory_, std::filesystem::perms::all);
		std::filesystem::permissions(directory_ + "/pgbouncer.ini",
									 static_cast<std::filesystem::perms>(0644));
	}

	[[noreturn]] void Exec() const
	{
		const std::string settings = directory_ + "/pgbouncer.ini";
		const int null = open("/dev/null", O_WRONLY);
		dup2(null, STDERR_FILENO);
		if (getuid() == 0)
			execlp("setpriv", "setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups",
				   "pgbouncer", settings.c_str(), nullptr);
		else
			execlp("pgbouncer", "pgbouncer", settings.c_str(), nullptr);
		_exit(127);
	}

	std::string Log() const
	{
		std::ifstream log(directory_ + "/log");
		return "\n" + std::string(std::istreambuf_iterator<char>(log), {});
	}

	std::string directory_;
	pid_t process_ = -1;
};

class PoolerTest : public DatabaseTest
{
};

TEST_F(PoolerTest, SellsExactlyThroughATransactionPool)
{
	Connection owner = Connect();
	owner.Execute("SELECT inventory.receive('lamp', 'main', 100)");
	const Pooler pooler;
	std::atomic<std::int64_t> sold{0};
	std::atomic<int> refused{0};
	InParallel(kClients, [&](int client) {
		Connection connection = pooler.Connect(database());
		for (int round = 0; round < 6; ++round) {
			const std::string key = "cart-" + std::to_string(client) + "-" + std::to_string(round);
			const std::string reserve =
				"SELECT * FROM inventory.reserve('lamp', 1, key => $1, wait => '30 s')";
			const Result hold = connection.Execute(reserve, {key});
			const Result again = connection.Execute(reserve, {key});
			EXPECT_EQ(again.Text(0, "replayed"), "t");
			EXPECT_EQ(again.Text(0, "reservation"), hold.Text(0, "reservation"));
			if (hold.Text(0, "status") != "held") {
				++refused;
				continue;
			}
			connection.Execute("BEGIN");
			connection.Execute("SELECT * FROM inventory.confirm($1, $2)",
							   {hold.Text(0, "reservation"), hold.Text(0, "fence")});
			connection.Execute("COMMIT");
			++sold;
		}
	});
	EXPECT_EQ(sold, 100);
	EXPECT_EQ(refused, kClients * 6 - 100);
	EXPECT_LE(One(owner,
				  "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 "
				  "AND pid <> pg_backend_pid()",
				  {database()}),
			  kServers);
	ExpectNoRows(owner, "SELECT * FROM inventory.verify()");
}

// A view and its base through the pool: each client's transaction reads its own
// changes, and no client reads another's.
TEST_F(PoolerTest, ReadsOwnChangesThroughATransactionPool)
{
	Connection owner = Connect();
	owner.Execute("CREATE TABLE bids (item text, amount bigint)");
	owner.Execute("SELECT mezzanine.create_view('bid_summary', $$SELECT item, count(*) AS bids, "
				  "sum(amount) AS total FROM bids GROUP BY item$$)");
	const Pooler pooler;
	InParallel(kClients, [&](int client) {
		Connection connection = pooler.Connect(database());
		const std::string item = "item-" + std::to_string(client);
		for (int round = 1; round <= 10; ++round) {
			connection.Execute("BEGIN");
			connection.Execute("INSERT INTO bids VALUES ($1, 2), ($1, 3)", {item});
			EXPECT_EQ(
				One(connection, "SELECT bids FROM mezzanine.bid_summary WHERE item = $1", {item}),
				2 * round);
			connection.Execute("COMMIT");
		}
	});
	ExpectNoRows(owner, "SELECT * FROM mezzanine.verify('mezzanine.bid_summary')");
	EXPECT_EQ(One(owner, "SELECT count(*) FROM mezzanine.bid_summary WHERE bids = 20"), kClients);
}

} // namespace
} // namespace mezzanine::test
