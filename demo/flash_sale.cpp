// A flash sale: many buyers, few units, and an audit of every one of them.
//
//   flash_sale [--seconds N] [--connections N] [--seed N]
//
// Reads PGHOST, PGPORT, PGUSER (a superuser) and PGDATABASE, in which demo/shop.sql
// has run.  Exits with 0 only if not one unit and not one row is off.
#include "report.h"

#include <cstdio>
#include <cstring>
#include <functional>
#include <mutex>
#include <thread>

namespace flash_sale
{
namespace
{

constexpr const char *kCategories[] = {"lighting", "garden", "kitchen", "music",
									   "sports",   "toys",   "travel",  "tools"};

std::vector<Item> StockTheShop(const Plan &plan)
{
	client::Connection warehouse("");
	std::vector<Item> items;
	warehouse.Execute("BEGIN");
	for (int i = 0; i < plan.items; ++i) {
		char sku[16];
		char price[32];
		std::snprintf(sku, sizeof sku, "item-%03d", i + 1);
		std::snprintf(price, sizeof price, "%d.%02d", 5 + i * 7 % 90, i * 37 % 100);
		const bool hot = i < plan.hot_items;
		items.push_back({sku, kCategories[i % std::size(kCategories)], price,
						 hot ? plan.hot_units : plan.units, hot});
		warehouse.Execute("SELECT inventory.receive($1, 'main', $2::bigint)",
						  {items.back().sku, std::to_string(items.back().received)});
	}
	warehouse.Execute("COMMIT");
	warehouse.Execute("ANALYZE");
	return items;
}

// Runs each of `bodies` in a thread; what a body throws is a fault of the sale.
void InThreads(const std::vector<std::function<void()>> &bodies, std::vector<std::string> *faults)
{
	std::mutex mutex;
	std::vector<std::thread> threads;
	threads.reserve(bodies.size());
	for (const auto &body : bodies)
		threads.emplace_back([&] {
			try {
				body();
			} catch (const std::exception &error) {
				const std::lock_guard<std::mutex> lock(mutex);
				faults->push_back(error.what());
			}
		});
	for (std::thread &thread : threads)
		thread.join();
}

// The sale itself, and afterwards everybody at the last units of the hot items.
Tally Sell(const Plan &plan, const std::vector<Item> &items, Watcher &watcher, Progress &progress)
{
	std::vector<std::unique_ptr<Buyer>> buyers;
	for (int i = 0; i < plan.connections; ++i)
		buyers.push_back(std::make_unique<Buyer>(i, plan, items, progress));
	const auto all = [&](const std::function<void(Buyer &)> &act) {
		std::vector<std::function<void()>> bodies;
		for (const auto &buyer : buyers)
			bodies.push_back([&] { act(*buyer); });
		return bodies;
	};

	Tally total;
	const Clock::time_point end = Clock::now() + plan.duration;
	std::thread watching([&] {
		std::vector<std::string> faults;
		InThreads({[&] { watcher.Run(); }}, &faults);
		total.faults = std::move(faults);
	});
	std::vector<std::string> faults;
	InThreads(all([&](Buyer &buyer) { buyer.Run(end); }), &faults);
	progress.over = true;
	watching.join();

	std::printf("\nThe doors close.  When the last hold has expired, everybody buys single\n"
				"units of the hot items until they are told \"sold out\".\n");
	std::this_thread::sleep_for(std::chrono::milliseconds(1200));
	InThreads(all([](Buyer &buyer) { buyer.BuyOut(); }), &faults);
	for (const auto &buyer : buyers)
		total.Add(buyer->tally());
	total.faults.insert(total.faults.end(), faults.begin(), faults.end());
	return total;
}

int Run(const Plan &plan)
{
	const std::vector<Item> items = StockTheShop(plan);
	std::printf("%d items, %d of them hot; %d connections; carts of 1 to 5 lines; %lld seconds\n\n",
				plan.items, plan.hot_items, plan.connections,
				static_cast<long long>(plan.duration.count()));
	Progress progress;
	Watcher watcher(items, progress);
	const Tally tally = Sell(plan, items, watcher, progress);
	const Books books = OpenTheBooks(items, tally);
	return PrintReport(plan, tally, watcher.watched(), books) ? 0 : 1;
}

Plan ReadPlan(int argc, char **argv)
{
	Plan plan;
	plan.seed = std::random_device{}();
	for (int i = 1; i + 1 < argc; i += 2) {
		const long long value = std::atoll(argv[i + 1]);
		if (std::strcmp(argv[i], "--seconds") == 0 && value > 0)
			plan.duration = std::chrono::seconds(value);
		else if (std::strcmp(argv[i], "--connections") == 0 && value > 0)
			plan.connections = static_cast<int>(value);
		else if (std::strcmp(argv[i], "--seed") == 0)
			plan.seed = static_cast<std::uint64_t>(value);
		else
			throw std::invalid_argument(std::string("unknown option or bad value: ") + argv[i]);
	}
	if (argc % 2 == 0)
		throw std::invalid_argument("an option lacks its value");
	return plan;
}

} // namespace
} // namespace flash_sale

int main(int argc, char **argv)
{
	try {
		return flash_sale::Run(flash_sale::ReadPlan(argc, argv));
	} catch (const std::exception &error) {
		std::fprintf(stderr, "flash_sale: %s\n", error.what());
		return 2;
	}
}
