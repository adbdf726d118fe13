// Looks on while the sale runs: prints a line a second, and audits live.
#pragma once

#include "buyer.h"

namespace flash_sale
{

// What was seen, for the report.
struct Watched {
	std::vector<std::int64_t> orders_by_second;
	std::int64_t snapshots = 0;   // compared
	std::int64_t differences = 0; // rows by which a view and its query, or stock, differed
	std::vector<std::string> faults;
};

class Watcher
{
public:
	Watcher(const std::vector<Item> &items, const Progress &progress);

	// Until the sale is over.
	void Run();

	const Watched &watched() const { return watched_; }

private:
	void PrintHeading() const;
	void PrintLine(std::int64_t second, std::int64_t orders);
	void CompareInOneSnapshot();
	void Compare(const std::string &what, const std::string &sql);

	const std::vector<Item> &items_;
	const Progress &progress_;
	client::Connection analyst_;
	client::Connection auditor_;
	Watched watched_;
};

} // namespace flash_sale
