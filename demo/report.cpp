#include "report.h"

#include <algorithm>
#include <cstdio>

namespace flash_sale
{

namespace
{

constexpr int kBarCharacters = 40;
constexpr std::size_t kFaultsShown = 10;

long long Long(std::int64_t value)
{
	return static_cast<long long>(value);
}

void Heading(const char *title)
{
	std::printf("\n%s\n%s\n", title, std::string(std::string(title).size(), '-').c_str());
}

std::string Bar(std::int64_t value, std::int64_t of)
{
	const auto full = static_cast<std::size_t>(of > 0 ? value * kBarCharacters / of : 0);
	return std::string(std::min<std::size_t>(full, kBarCharacters), '#');
}

// The value that `share` of all values do not exceed.
double Percentile(std::vector<double> values, double share)
{
	if (values.empty())
		return 0;
	std::sort(values.begin(), values.end());
	return values[static_cast<std::size_t>(static_cast<double>(values.size() - 1) * share)];
}

void PrintPeople(const Tally &tally)
{
	Heading("What the buyers did");
	std::printf("%10lld  orders placed, with %lld lines\n", Long(tally.orders), Long(tally.lines));
	std::printf("%10lld  carts refused: sold out\n", Long(tally.refused));
	std::printf("%10lld  held and abandoned: their units came back by themselves\n",
				Long(tally.abandoned));
	std::printf("%10lld  held and given back\n", Long(tally.released));
	std::printf("%10lld  confirmed after the hold had expired: refused (MZ003)\n",
				Long(tally.late));
	std::printf("%10lld  asked twice with one key: the same answer\n", Long(tally.replayed));
	std::printf("%10lld  connections lost with COMMIT on its way: asked again, sold once\n",
				Long(tally.lost));
	std::printf("%10lld  told to try again (MZ002)\n", Long(tally.contended));
}

void PrintLatency(const Tally &tally)
{
	Heading("How long it took, in milliseconds, with durable commits");
	std::printf("%-44s %8s %8s %8s\n", "", "p50", "p99", "most");
	for (const auto &[name, values] :
		 {std::pair("reserve a cart", &tally.reserve_ms),
		  std::pair("confirm, order and lines, one transaction", &tally.order_ms)})
		std::printf("%-44s %8.2f %8.2f %8.2f\n", name, Percentile(*values, 0.5),
					Percentile(*values, 0.99), Percentile(*values, 1));
}

void PrintRate(const Watched &watched)
{
	Heading("Orders by second");
	const std::int64_t most =
		watched.orders_by_second.empty()
			? 0
			: *std::max_element(watched.orders_by_second.begin(), watched.orders_by_second.end());
	for (std::size_t i = 0; i < watched.orders_by_second.size(); ++i)
		std::printf("%4zu %6lld  %s\n", i + 1, Long(watched.orders_by_second[i]),
					Bar(watched.orders_by_second[i], most).c_str());
}

void PrintItems(const Books &books)
{
	Heading("Units sold of those received");
	ItemAccount others;
	int count = 0;
	const auto print = [](const std::string &name, const ItemAccount &account) {
		std::printf("%-18s %7lld of %7lld  |%-*s|\n", name.c_str(), Long(account.viewed),
					Long(account.item.received), kBarCharacters,
					Bar(account.viewed, account.item.received).c_str());
	};
	for (const ItemAccount &account : books.accounts) {
		if (account.item.hot) {
			print(account.item.sku + " (hot)", account);
			continue;
		}
		++count;
		others.viewed += account.viewed;
		others.item.received += account.item.received;
	}
	print(std::to_string(count) + " other items", others);
}

void PrintView(const Books &books)
{
	Heading("mezzanine.sales_by_category, as the analyst reads it");
	std::printf("%-14s %9s %9s %14s %12s\n", "category", "lines", "units", "revenue", "mean price");
	for (const std::vector<std::string> &row : books.categories)
		std::printf("%-14s %9s %9s %14s %12s\n", row[0].c_str(), row[1].c_str(), row[2].c_str(),
					row[3].c_str(), row[4].c_str());
}

void PrintFaults(const char *title, const std::vector<std::string> &faults)
{
	if (faults.empty())
		return;
	Heading(title);
	for (std::size_t i = 0; i < std::min(faults.size(), kFaultsShown); ++i)
		std::printf("%s\n", faults[i].c_str());
	if (faults.size() > kFaultsShown)
		std::printf("... and %zu more\n", faults.size() - kFaultsShown);
}

void PrintCheck(const Check &check)
{
	std::printf("%-4s %-62s %8lld%s%s\n", check.off == 0 ? "ok" : "BAD", check.question.c_str(),
				Long(check.off), check.example.empty() ? "" : "  ", check.example.c_str());
}

} // namespace

bool PrintReport(const Plan &plan, const Tally &tally, const Watched &watched, const Books &books)
{
	PrintPeople(tally);
	PrintLatency(tally);
	PrintRate(watched);
	PrintItems(books);
	PrintView(books);
	PrintFaults("What must not happen, and did", tally.faults);
	PrintFaults("What the live audit found", watched.faults);

	Heading("The audit: by how much each two accounts differ");
	for (const Check &check : books.checks)
		PrintCheck(check);
	const std::string live =
		"rows off in " + std::to_string(watched.snapshots) + " snapshots compared during the sale";
	PrintCheck({live, watched.differences, ""});
	PrintCheck(
		{"answers that must not happen", static_cast<std::int64_t>(tally.faults.size()), ""});

	const bool right = books.balanced() && watched.differences == 0 && watched.faults.empty() &&
					   watched.snapshots > 0 && tally.faults.empty() && tally.orders > 0;
	std::printf("\n%s (seed %llu)\n",
				right ? "Not one unit and not one row is off." : "SOMETHING IS OFF; see above.",
				static_cast<unsigned long long>(plan.seed));
	return right;
}

} // namespace flash_sale
