#include "watcher.h"

#include <cstdio>
#include <thread>

namespace flash_sale
{

using client::Result;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace
{

// One view against its query, duplicates counted, in both directions.
constexpr const char *kItemDifferences =
	"WITH q AS (SELECT item, count(*) AS lines, sum(quantity) AS units, "
	"sum(quantity * price) AS revenue FROM order_lines GROUP BY item) "
	"(TABLE mezzanine.sales_by_item EXCEPT ALL TABLE q) UNION ALL "
	"(TABLE q EXCEPT ALL TABLE mezzanine.sales_by_item)";
constexpr const char *kCategoryDifferences =
	"WITH q AS (SELECT category, count(*) AS lines, sum(quantity) AS units, "
	"sum(quantity * price) AS revenue, avg(price) AS mean_price "
	"FROM order_lines GROUP BY category) "
	"(TABLE mezzanine.sales_by_category EXCEPT ALL TABLE q) UNION ALL "
	"(TABLE q EXCEPT ALL TABLE mezzanine.sales_by_category)";

// The two halves against each other: what is in the house and what the view says was
// sold make what was received ($1, $2: skus and units).
constexpr const char *kLostUnits =
	"SELECT r.sku, r.units, a.on_hand, s.units FROM unnest($1::text[], $2::bigint[]) r(sku, units) "
	"JOIN inventory.availability a USING (sku) LEFT JOIN mezzanine.sales_by_item s ON s.item = "
	"r.sku "
	"WHERE r.units <> a.on_hand + coalesce(s.units, 0)";

} // namespace

Watcher::Watcher(const std::vector<Item> &items, const Progress &progress)
	: items_(items), progress_(progress), analyst_("user=analyst"), auditor_("")
{
}

void Watcher::Run()
{
	PrintHeading();
	std::int64_t before = 0;
	for (std::int64_t second = 1; !progress_.over; ++second) {
		const auto next = Clock::now() + seconds(1);
		while (Clock::now() < next && !progress_.over) {
			CompareInOneSnapshot();
			std::this_thread::sleep_for(milliseconds(200));
		}
		const std::int64_t orders = progress_.orders;
		watched_.orders_by_second.push_back(orders - before);
		PrintLine(second, orders - before);
		before = orders;
	}
}

void Watcher::PrintHeading() const
{
	std::printf("                                          ---- stock ----    "
				"--- mezzanine.sales_by_category, live ---\n"
				"   time  orders/s   orders   sold out     held  items gone   "
				"best category      units       revenue\n");
}

void Watcher::PrintLine(std::int64_t second, std::int64_t orders)
{
	const Result stock = analyst_.Execute("SELECT sum(held)::bigint, count(*) FILTER (WHERE "
										  "available = 0) FROM inventory.availability");
	const Result best = analyst_.Execute("SELECT category, units, revenue "
										 "FROM mezzanine.sales_by_category "
										 "ORDER BY revenue DESC LIMIT 1");
	const bool any = best.rows() > 0;
	std::printf("%5llds %9lld %8lld %10lld %8s %11s   %-14s %9s %13s\n",
				static_cast<long long>(second), static_cast<long long>(orders),
				static_cast<long long>(progress_.orders.load()),
				static_cast<long long>(progress_.refused.load()), stock.Text(0, 0).c_str(),
				stock.Text(0, 1).c_str(), any ? best.Text(0, 0).c_str() : "-",
				any ? best.Text(0, 1).c_str() : "0", any ? best.Text(0, 2).c_str() : "0.00");
	std::fflush(stdout);
}

void Watcher::CompareInOneSnapshot()
{
	auditor_.Execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
	Compare("sales_by_item differs from its query", kItemDifferences);
	Compare("sales_by_category differs from its query", kCategoryDifferences);
	std::string skus = "{";
	std::string units = "{";
	for (const Item &item : items_) {
		skus += (skus.size() > 1 ? "," : "") + item.sku;
		units += (units.size() > 1 ? "," : "") + std::to_string(item.received);
	}
	const Result lost = auditor_.Execute(kLostUnits, {skus + "}", units + "}"});
	watched_.differences += lost.rows();
	for (int row = 0; row < lost.rows(); ++row)
		watched_.faults.push_back("stock and view disagree about " + lost.Text(row, 0));
	auditor_.Execute("COMMIT");
	++watched_.snapshots;
}

void Watcher::Compare(const std::string &what, const std::string &sql)
{
	const Result differences = auditor_.Execute(sql);
	watched_.differences += differences.rows();
	for (int row = 0; row < differences.rows(); ++row)
		watched_.faults.push_back(what + ": " + differences.Text(row, 0));
}

} // namespace flash_sale
