#include "audit.h"

#include "client.h"

#include <cstdlib>
#include <functional>

namespace flash_sale
{

using client::Connection;
using client::Result;

namespace
{

constexpr const char *kAccounts =
	"SELECT s.sku, j.received, j.sold, coalesce(l.units, 0)::bigint AS ordered, "
	"coalesce(v.units, 0)::bigint AS viewed, a.on_hand, a.held "
	"FROM inventory.stock s JOIN inventory.availability a USING (sku, location) "
	"JOIN (SELECT stock, "
	"  coalesce(sum(quantity) FILTER (WHERE from_account = 'supplier'), 0)::bigint AS received, "
	"  coalesce(sum(quantity) FILTER (WHERE to_account = 'sold'), 0)::bigint AS sold "
	"  FROM inventory.journal GROUP BY stock) j USING (stock) "
	"LEFT JOIN (SELECT item, sum(quantity) AS units FROM order_lines GROUP BY item) l "
	"  ON l.item = s.sku "
	"LEFT JOIN mezzanine.sales_by_item v ON v.item = s.sku ORDER BY s.sku";

std::vector<ItemAccount> ReadAccounts(Connection &auditor, const std::vector<Item> &items,
									  const Tally &tally)
{
	const Result rows = auditor.Execute(kAccounts);
	std::vector<ItemAccount> accounts(items.size());
	for (std::size_t i = 0; i < items.size(); ++i) {
		accounts[i].item = items[i];
		accounts[i].acknowledged = tally.units_sold[i];
	}
	std::size_t i = 0;
	for (int row = 0; row < rows.rows(); ++row) {
		while (i < items.size() && items[i].sku != rows.Text(row, "sku"))
			++i;
		if (i == items.size())
			throw std::runtime_error("a stock that nobody received: " + rows.Text(row, "sku"));
		accounts[i].journal_received = rows.Integer(row, "received");
		accounts[i].journal_sold = rows.Integer(row, "sold");
		accounts[i].ordered = rows.Integer(row, "ordered");
		accounts[i].viewed = rows.Integer(row, "viewed");
		accounts[i].on_hand = rows.Integer(row, "on_hand");
		accounts[i].held = rows.Integer(row, "held");
	}
	return accounts;
}

// Sums what `off` finds over all items.
Check OverItems(const std::vector<ItemAccount> &accounts, const char *question,
				const std::function<std::int64_t(const ItemAccount &)> &off)
{
	Check check{question, 0, ""};
	for (const ItemAccount &account : accounts) {
		const std::int64_t units = std::abs(off(account));
		if (units != 0 && check.off == 0)
			check.example = account.item.sku + " by " + std::to_string(units);
		check.off += units;
	}
	return check;
}

// Counts the rows of a query that should have none.
Check OverRows(Connection &auditor, const char *question, const std::string &sql)
{
	const Result rows = auditor.Execute(sql);
	Check check{question, rows.rows(), ""};
	for (int column = 0; rows.rows() > 0 && column < rows.columns(); ++column)
		check.example += (column > 0 ? " | " : "") + rows.Text(0, column);
	return check;
}

Check Equal(const char *question, std::int64_t left, std::int64_t right)
{
	return {question, std::abs(left - right),
			left == right ? "" : std::to_string(left) + " and " + std::to_string(right)};
}

std::vector<Check> CheckUnits(const std::vector<ItemAccount> &accounts)
{
	using Account = const ItemAccount &;
	return {
		OverItems(accounts, "units oversold (sold beyond what was received)",
				  [](Account a) {
					  return std::max<std::int64_t>(0, a.acknowledged - a.item.received) +
							 std::max<std::int64_t>(0, a.ordered - a.item.received);
				  }),
		OverItems(accounts, "units received: delivered by us and in the journal",
				  [](Account a) { return a.item.received - a.journal_received; }),
		OverItems(accounts, "units sold: acknowledged to clients and in the journal",
				  [](Account a) { return a.acknowledged - a.journal_sold; }),
		OverItems(accounts, "units sold: in the journal and in the order lines",
				  [](Account a) { return a.journal_sold - a.ordered; }),
		OverItems(accounts, "units sold: in the order lines and in the view",
				  [](Account a) { return a.ordered - a.viewed; }),
		OverItems(accounts, "units left: received less sold, and in the house",
				  [](Account a) { return a.item.received - a.ordered - a.on_hand; }),
		OverItems(accounts, "units of hot items refused to the last buyers though there",
				  [](Account a) { return a.item.hot ? a.on_hand : 0; }),
		OverItems(accounts, "units still held after every hold has ended",
				  [](Account a) { return a.held; }),
	};
}

} // namespace

bool Books::balanced() const
{
	for (const Check &check : checks)
		if (check.off != 0)
			return false;
	return true;
}

Books OpenTheBooks(const std::vector<Item> &items, const Tally &tally)
{
	Connection auditor("");
	Connection analyst("user=analyst");
	Books books;
	books.accounts = ReadAccounts(auditor, items, tally);
	books.checks = CheckUnits(books.accounts);
	const auto number = [&](const char *sql) { return auditor.Execute(sql).Integer(0, 0); };
	books.checks.push_back(Equal("orders: acknowledged to clients and in the table", tally.orders,
								 number("SELECT count(*) FROM orders")));
	books.checks.push_back(Equal("order lines: acknowledged to clients and in the table",
								 tally.lines, number("SELECT count(*) FROM order_lines")));
	books.checks.push_back(
		OverRows(auditor, "orders without a confirmed reservation, or the reverse",
				 "SELECT reservation, r.status FROM orders o FULL JOIN (SELECT * FROM "
				 "inventory.reservations WHERE status = 'confirmed') r USING (reservation) "
				 "WHERE o.order_id IS NULL OR r.status IS NULL"));
	books.checks.push_back(OverRows(auditor, "differences found by inventory.verify()",
									"SELECT * FROM inventory.verify()"));
	books.checks.push_back(OverRows(auditor, "differences found by mezzanine.verify(), by item",
									"SELECT * FROM mezzanine.verify('mezzanine.sales_by_item')"));
	books.checks.push_back(
		OverRows(auditor, "differences found by mezzanine.verify(), by category",
				 "SELECT * FROM mezzanine.verify('mezzanine.sales_by_category')"));

	const Result view = analyst.Execute("SELECT category, lines, units, revenue, "
										"round(mean_price, 2) FROM mezzanine.sales_by_category "
										"ORDER BY revenue DESC");
	for (int row = 0; row < view.rows(); ++row) {
		std::vector<std::string> &fields = books.categories.emplace_back();
		for (int column = 0; column < view.columns(); ++column)
			fields.push_back(view.Text(row, column));
	}
	return books;
}

} // namespace flash_sale
