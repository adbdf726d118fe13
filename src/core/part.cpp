#include "core/part.h"

#include "core/error.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

namespace mezzanine::core
{

namespace
{

// The parts in the order of their items: a cart may have thousands of lines.
class Shelf
{
public:
	explicit Shelf(std::span<Part> parts)
	{
		order_.reserve(parts.size());
		for (Part &part : parts) {
			part.asked = 0;
			order_.push_back(&part);
		}
		std::stable_sort(order_.begin(), order_.end(),
						 [](const Part *a, const Part *b) { return a->sku < b->sku; });
	}

	// Takes what `line` wants of the parts; returns what is missing of it.
	std::int64_t Take(const Wanted &line)
	{
		std::int64_t missing = line.quantity;
		auto it = std::lower_bound(order_.begin(), order_.end(), line.sku,
								   [](const Part *part, auto sku) { return part->sku < sku; });
		for (; it != order_.end() && (*it)->sku == line.sku && missing > 0; ++it) {
			Part *part = *it;
			if (!line.anywhere && part->location != line.location)
				continue;
			const std::int64_t taken = std::min(missing, part->units - part->asked);
			part->asked += taken;
			missing -= taken;
		}
		return missing;
	}

private:
	std::vector<Part *> order_;
};

// The first line whose units are not all there, and how many of it are missing.
struct Lack {
	const Wanted *line = nullptr;
	std::int64_t missing = 0;
};

Lack Distribute(std::span<const Wanted> wanted, std::span<Part> parts)
{
	Shelf shelf(parts);
	for (const bool anywhere : {false, true}) {
		for (const Wanted &line : wanted) {
			if (line.anywhere != anywhere)
				continue;
			const std::int64_t missing = shelf.Take(line);
			if (missing > 0)
				return {&line, missing};
		}
	}
	return {};
}

std::string NameOf(const Wanted &line)
{
	std::string name = "item \"" + std::string(line.sku) + '"';
	if (!line.anywhere)
		name += " at location \"" + std::string(line.location) + '"';
	return name;
}

} // namespace

void PickParts(std::span<const Wanted> wanted, std::span<Part> parts)
{
	const Lack lack = Distribute(wanted, parts);
	if (lack.line == nullptr)
		return;
	throw Error(Code::kMoreThanHeld, "the reservation does not hold as much as was asked for",
				"Of " + NameOf(*lack.line) + ' ' + std::to_string(lack.line->quantity) +
					" were asked for, " + std::to_string(lack.missing) + " more than it holds.",
				"Read the reservation's lines and ask for no more than they hold.");
}

bool WantsAll(std::span<const Wanted> wanted, std::span<Part> parts)
{
	if (Distribute(wanted, parts).line != nullptr)
		return false;
	return std::ranges::all_of(parts, [](const Part &part) { return part.asked == part.units; });
}

} // namespace mezzanine::core
