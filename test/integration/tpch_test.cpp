// The queries of TPC-H as views, at scale 0.01: all are exact after the two refresh functions and
// after a change of a single row in every table.
#include "harness.h"

#include <fstream>

namespace mezzanine::test
{
namespace
{

constexpr int kQueries = 22;
constexpr int kOrders = 15000;
constexpr int kBatch = 15; // a thousandth of the orders

std::string ReadFile(const std::string &name)
{
	std::ifstream file("test/tpch/" + name); // from the top of the tree, where tests are run
	std::stringstream text;
	text << file.rdbuf();
	if (!file)
		throw std::runtime_error("could not read " + name);
	return text.str();
}

std::string QueryName(int number)
{
	return (number < 10 ? "q0" : "q") + std::to_string(number);
}

class TpchTest : public DatabaseTest
{
protected:
	void SetUp() override
	{
		DatabaseTest::SetUp();
		Connection owner = Connect();
		owner.Script(ReadFile("schema.sql") + ReadFile("data.sql"));
		owner.Execute("CALL load(0.01)");
		owner.Execute("ANALYZE");
		for (int number = 1; number <= kQueries; ++number)
			CreateView(owner, number);
	}

	void CreateView(Connection &owner, int number)
	{
		const Result result = owner.Try("SELECT mezzanine.create_view($1, $2)",
										{QueryName(number), ReadFile(QueryName(number) + ".sql")});
		ASSERT_TRUE(result.ok()) << QueryName(number) << ": " << result.message();
	}

	void Change(Connection &connection, const std::string &sql)
	{
		SCOPED_TRACE(sql);
		connection.Execute(sql);
		for (int number = 1; number <= kQueries; ++number)
			ExpectNoRows(connection, "SELECT '" + QueryName(number) +
										 "', * FROM mezzanine.verify('mezzanine." +
										 QueryName(number) + "')");
	}
};

TEST_F(TpchTest, RefreshFunctionsAndSingleRowsLeaveEveryViewExact)
{
	Connection connection = Connect();
	const std::string batch = std::to_string(kOrders + 1) + ", " + std::to_string(kOrders + kBatch);
	Change(connection, "CALL add_orders(" + batch + ")");
	Change(connection, "CALL drop_orders(1, " + std::to_string(kBatch) + ")");
	for (const char *sql : {
			 "UPDATE region SET r_name = 'ASIA ' WHERE r_name = 'ASIA'",
			 "UPDATE region SET r_name = 'ASIA' WHERE r_name = 'ASIA '",
			 "UPDATE nation SET n_regionkey = 3 WHERE n_name = 'BRAZIL'",
			 "UPDATE supplier SET s_nationkey = 7 WHERE s_suppkey = 10",
			 "UPDATE customer SET c_mktsegment = 'BUILDING', c_nationkey = 8 WHERE c_custkey = 40",
			 "UPDATE part SET p_type = 'PROMO ANODIZED STEEL', p_name = 'forest green' "
			 "WHERE p_partkey = 155",
			 "UPDATE partsupp SET ps_supplycost = 1 WHERE ps_partkey = 155",
			 "UPDATE orders SET o_orderdate = o_orderdate + 40 WHERE o_orderkey = 4581",
			 "UPDATE lineitem SET l_quantity = 5, l_shipmode = 'AIR' WHERE l_orderkey = 4581",
			 "DELETE FROM lineitem WHERE l_orderkey = 100 AND l_linenumber = 1",
			 "INSERT INTO customer SELECT 100000, c_name, c_address, c_nationkey, c_phone, "
			 "c_acctbal, c_mktsegment, c_comment FROM customer WHERE c_custkey = 1",
		 })
		Change(connection, sql);
}

} // namespace
} // namespace mezzanine::test
