// Ten thousand order lines of a real shop, with their dirt: returns, write-offs,
// an item twice in a cart, customers unknown, codes in mixed case.  Every invoice is
// reserved and confirmed over 8 connections; the views over its lines stay exact.
//
// The file is not part of the project: MEZZANINE_RETAIL_CSV names it.
#include "harness.h"

#include <fstream>
#include <map>

namespace mezzanine::test
{
namespace
{

constexpr int kConnections = 8;

// One field of a line of CSV, its quotes taken off.  Moves *at behind the comma.
std::string NextField(const std::string &line, std::size_t *at)
{
	std::string field;
	bool quoted = false;
	for (; *at < line.size(); ++*at) {
		const char c = line[*at];
		if (c == '"' && quoted && *at + 1 < line.size() && line[*at + 1] == '"')
			field += line[++*at];
		else if (c == '"')
			quoted = !quoted;
		else if (c == ',' && !quoted)
			break;
		else if (c != '\r')
			field += c;
	}
	++*at;
	return field;
}

std::string JsonString(const std::string &text)
{
	std::string quoted = "\"";
	for (const char c : text) {
		if (c == '"' || c == '\\')
			quoted += '\\';
		quoted += c;
	}
	return quoted + "\"";
}

struct Invoice {
	std::string number;
	std::string lines; // a JSON array, as jsonb_to_recordset reads it
	bool is_return = false;
	bool wants_stock = false; // some quantity is positive
};

// The invoices in the order of the file.
std::vector<Invoice> ReadInvoices(std::istream &file)
{
	static const std::array<const char *, 8> kColumns = {
		"invoice",     "stock_code", "description", "quantity",
		"invoiced_at", "unit_price", "customer_id", "country"};
	std::vector<Invoice> invoices;
	std::map<std::string, std::size_t> places;
	std::string line;
	std::getline(file, line); /* the heading */
	for (int number = 1; std::getline(file, line); ++number) {
		std::size_t at = 0;
		std::array<std::string, 8> fields;
		std::string json = "{\"line\":" + std::to_string(number);
		for (std::size_t i = 0; i < fields.size(); ++i) {
			fields.at(i) = NextField(line, &at);
			json += std::string(",\"") + kColumns.at(i) +
					"\":" + (fields.at(i).empty() ? "null" : JsonString(fields.at(i)));
		}
		const auto [place, is_new] = places.try_emplace(fields[0], invoices.size());
		if (is_new)
			invoices.push_back({fields[0], "", fields[0].starts_with('C'), false});
		Invoice &invoice = invoices.at(place->second);
		invoice.lines += (invoice.lines.empty() ? "[" : ",") + json + "}";
		invoice.wants_stock = invoice.wants_stock || !fields[3].starts_with('-');
	}
	for (Invoice &invoice : invoices)
		invoice.lines += "]";
	return invoices;
}

constexpr const char *kRecord =
	"jsonb_to_recordset($1::jsonb) AS l(line int, invoice text, stock_code text, description text, "
	"quantity bigint, invoiced_at timestamp, unit_price numeric, customer_id int, country text)";

struct View {
	const char *name;
	const char *query;
};

// What a shop asks of its order lines; countries lie in markets of which one moves meanwhile.
constexpr View kViews[] = {
	{"revenue_by_day",
	 "SELECT invoiced_at::date AS day, count(*) AS lines, count(customer_id) AS known_customers, "
	 "sum(quantity) AS units, sum(quantity * unit_price) AS revenue FROM order_lines "
	 "GROUP BY invoiced_at::date"},
	{"revenue_by_country",
	 "SELECT country, count(*) AS lines, sum(quantity * unit_price) AS revenue, "
	 "avg(unit_price) AS mean_price FROM order_lines GROUP BY country"},
	{"sales_by_item", "SELECT stock_code, count(*) AS lines, sum(quantity) AS units FROM "
					  "order_lines WHERE quantity > 0 GROUP BY stock_code"},
	{"markets", "SELECT m.market, count(*) AS lines, count(DISTINCT l.customer_id) AS customers, "
				"sum(l.quantity * l.unit_price) AS revenue "
				"FROM order_lines AS l JOIN markets AS m USING (country) GROUP BY m.market"},
	{"baskets", "SELECT b.lines, count(*) AS invoices, avg(b.worth) AS mean_worth, max(b.worth) "
				"AS greatest FROM (SELECT invoice, count(*) AS lines, sum(quantity * unit_price) "
				"AS worth FROM order_lines WHERE quantity > 0 GROUP BY invoice) AS b "
				"GROUP BY b.lines"},
	{"bought_together",
	 "SELECT a.stock_code AS one, b.stock_code AS other, count(*) AS times, "
	 "sum(least(a.quantity, b.quantity)) AS pairs FROM order_lines AS a JOIN order_lines AS b "
	 "ON a.invoice = b.invoice AND a.stock_code < b.stock_code "
	 "WHERE a.unit_price >= 8 AND b.unit_price >= 8 GROUP BY a.stock_code, b.stock_code"},
	{"repeat_customers",
	 "SELECT least(c.invoices, 5) AS invoices, count(*) AS customers, sum(c.spent) AS spent "
	 "FROM (SELECT customer_id, count(*) AS invoices, sum(worth) AS spent "
	 "FROM (SELECT customer_id, invoice, sum(quantity * unit_price) AS worth FROM order_lines "
	 "WHERE customer_id IS NOT NULL GROUP BY customer_id, invoice) AS i GROUP BY customer_id) AS c "
	 "GROUP BY least(c.invoices, 5)"},
	{"returns",
	 "SELECT r.stock_code, count(*) AS matches, sum(-r.quantity) AS returned, "
	 "min(r.invoiced_at - s.invoiced_at) AS soonest FROM order_lines AS r JOIN order_lines AS s "
	 "ON s.customer_id = r.customer_id AND s.stock_code = r.stock_code "
	 "AND s.invoiced_at <= r.invoiced_at WHERE r.quantity < 0 AND s.quantity > 0 "
	 "GROUP BY r.stock_code"},
	{"funnel",
	 "SELECT count(*) AS customers, count(*) FILTER (WHERE c.units >= 12) AS bought_a_dozen, "
	 "count(*) FILTER (WHERE c.last > c.first) AS came_again, "
	 "count(*) FILTER (WHERE c.last > c.first AND c.spent > 500) AS worth_keeping "
	 "FROM (SELECT customer_id, sum(quantity) AS units, min(invoiced_at::date) AS first, "
	 "max(invoiced_at::date) AS last, sum(quantity * unit_price) AS spent FROM order_lines "
	 "WHERE customer_id IS NOT NULL GROUP BY customer_id) AS c"},
	{"churn", "SELECT date_trunc('month', c.last)::date AS month, c.last::date AS day, count(*) AS "
			  "last_seen, "
			  "sum(c.spent) AS spent FROM (SELECT customer_id, max(invoiced_at) AS last, "
			  "sum(quantity * unit_price) AS spent FROM order_lines WHERE customer_id IS NOT NULL "
			  "GROUP BY customer_id) AS c GROUP BY 1, 2"},
};

class OnlineRetailTest : public DatabaseTest
{
protected:
	void SetUp() override
	{
		const char *path = std::getenv("MEZZANINE_RETAIL_CSV");
		if (path == nullptr)
			GTEST_SKIP() << "MEZZANINE_RETAIL_CSV does not name the online retail data";
		std::ifstream file(path);
		if (!file)
			GTEST_SKIP() << "could not open the online retail data at " << path;
		invoices_ = ReadInvoices(file);
		DatabaseTest::SetUp();
		CreateShop();
	}

	void TearDown() override
	{
		if (!database().empty())
			DatabaseTest::TearDown();
	}

	void CreateShop()
	{
		Connection owner = Connect();
		owner.Execute("CREATE TABLE order_lines (line int PRIMARY KEY, invoice text NOT NULL, "
					  "stock_code text NOT NULL, description text, quantity bigint NOT NULL, "
					  "invoiced_at timestamp NOT NULL, unit_price numeric NOT NULL, "
					  "customer_id int, country text NOT NULL)");
		owner.Execute("CREATE INDEX ON order_lines (customer_id, stock_code)");
		owner.Execute("CREATE INDEX ON order_lines (invoice)");
		owner.Execute("CREATE INDEX ON order_lines (stock_code)");
		owner.Execute("CREATE INDEX ON order_lines (country)");
		owner.Execute("CREATE TABLE markets (country text PRIMARY KEY, market text NOT NULL)");
		owner.Execute("INSERT INTO markets VALUES ('United Kingdom', 'home'), ('EIRE', 'near'), "
					  "('France', 'near'), ('Germany', 'near'), ('Australia', 'far')");
		for (const View &view : kViews)
			owner.Execute("SELECT mezzanine.create_view($1, $2)",
						  {std::string(view.name), std::string(view.query)});
		for (const Invoice &invoice : invoices_)
			if (invoice.wants_stock)
				owner.Execute(std::string("SELECT inventory.receive(stock_code, 'main', "
										  "sum(quantity)::bigint) FROM ") +
								  kRecord + " WHERE quantity > 0 GROUP BY stock_code",
							  {invoice.lines});
	}

	// Sells what the invoice sells, takes back what it returns, and records its lines in
	// the same transaction.  A write-off (negative, not a return) is recorded only: the
	// goods were never sellable.
	static void Play(Connection &connection, const Invoice &invoice)
	{
		std::optional<Result> hold;
		if (invoice.wants_stock) {
			hold = connection.Execute(
				std::string(
					"SELECT * FROM inventory.reserve("
					"(SELECT array_agg(ROW(stock_code, quantity, 'main')::inventory.line) FROM ") +
					kRecord + " WHERE quantity > 0), key => $2, wait => '30 s')",
				{invoice.lines, invoice.number});
			if (hold->Text(0, "status") != "held")
				throw std::runtime_error("invoice " + invoice.number + " was refused");
		}
		connection.Execute("BEGIN");
		if (hold)
			connection.Execute("SELECT * FROM inventory.confirm($1, $2)",
							   {hold->Text(0, "reservation"), hold->Text(0, "fence")});
		if (invoice.is_return)
			connection.Execute(std::string("SELECT inventory.receive(stock_code, 'returns', "
										   "-quantity, key => 'return ' || line) FROM ") +
								   kRecord + " WHERE quantity < 0",
							   {invoice.lines});
		connection.Execute(std::string("INSERT INTO order_lines SELECT line, invoice, stock_code, "
									   "description, quantity, invoiced_at, unit_price, "
									   "customer_id, country FROM ") +
							   kRecord,
						   {invoice.lines});
		connection.Execute("COMMIT");
	}

	static void CompareInOneSnapshot(Connection &reader)
	{
		reader.Execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
		for (const View &view : kViews)
			ExpectNoRows(reader, Difference(std::string("SELECT * FROM mezzanine.") + view.name,
											view.query));
		reader.Execute("COMMIT");
	}

	// Corrections that shops make to many rows at once.
	static void ExpectBatchesAreSeen(Connection &connection)
	{
		for (const char *batch :
			 {"UPDATE markets SET market = 'home' WHERE country IN ('EIRE', 'France')",
			  "UPDATE order_lines SET unit_price = unit_price * 1.1 WHERE stock_code LIKE '22%'",
			  "INSERT INTO markets SELECT DISTINCT country, 'rest' FROM order_lines "
			  "ON CONFLICT DO NOTHING",
			  "DELETE FROM order_lines WHERE invoice LIKE 'C%'",
			  "UPDATE order_lines SET customer_id = 17850 WHERE customer_id IS NULL AND line % 3 = "
			  "0",
			  "DELETE FROM order_lines WHERE invoiced_at < '2010-12-02'"}) {
			connection.Execute(batch);
			SCOPED_TRACE(batch);
			CompareInOneSnapshot(connection);
		}
	}

	const std::vector<Invoice> &invoices() const { return invoices_; }

private:
	std::vector<Invoice> invoices_;
};

TEST_F(OnlineRetailTest, EveryInvoiceIsSoldAndEveryViewIsRight)
{
	std::atomic<int> playing{kConnections};
	int snapshots = 0;
	InParallel(kConnections + 1, [&](int client) {
		Connection connection = Connect();
		if (client == kConnections) {
			for (; playing > 0 && !HasFailure(); ++snapshots)
				CompareInOneSnapshot(connection);
			return;
		}
		const Leaving leaving(playing);
		for (std::size_t i = static_cast<std::size_t>(client); i < invoices().size();
			 i += kConnections)
			Play(connection, invoices().at(i));
	});

	Connection audit = Connect();
	CompareInOneSnapshot(audit);
	for (const View &view : kViews)
		ExpectNoRows(audit,
					 std::string("SELECT * FROM mezzanine.verify('mezzanine.") + view.name + "')");
	ExpectNoRows(audit, "SELECT * FROM inventory.verify()");
	/* what was received was sold to the last unit; what came back is there again */
	ExpectNoRows(audit, "SELECT * FROM inventory.availability WHERE location = 'main' "
						"AND (on_hand <> 0 OR held <> 0)");
	EXPECT_EQ(One(audit, "SELECT sum(on_hand)::bigint FROM inventory.availability "
						 "WHERE location = 'returns'"),
			  One(audit, "SELECT -sum(quantity)::bigint FROM order_lines "
						 "WHERE quantity < 0 AND invoice LIKE 'C%'"));
	EXPECT_EQ(One(audit, "SELECT count(*) FROM order_lines"), 10000);
	EXPECT_GT(snapshots, 3);
	/* the figures of the file itself */
	EXPECT_EQ(One(audit, "SELECT count(*) FROM mezzanine.markets"), 3);
	EXPECT_EQ(One(audit, "SELECT customers FROM mezzanine.repeat_customers WHERE invoices = 1"),
			  265);
	EXPECT_EQ(One(audit, "SELECT customers FROM mezzanine.funnel"), 323);
	EXPECT_EQ(One(audit, "SELECT sum(last_seen)::bigint FROM mezzanine.churn"), 323);
	ExpectBatchesAreSeen(audit);
	std::printf("%zu invoices, %d snapshots compared\n", invoices().size(), snapshots);
}

} // namespace
} // namespace mezzanine::test
