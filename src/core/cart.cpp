#include "core/cart.h"

#include "core/error.h"

#include <algorithm>
#include <string>
#include <tuple>

namespace mezzanine::core
{

void CheckQuantity(std::int64_t quantity)
{
	if (quantity > 0)
		return;
	throw Error(Code::kInvalidArgument, "quantity must be greater than zero",
				"The quantity given is " + std::to_string(quantity) + ".",
				"Pass a positive number of base units.");
}

std::int64_t AddQuantities(std::int64_t a, std::int64_t b)
{
	std::int64_t sum = 0;
	if (__builtin_add_overflow(a, b, &sum))
		throw Error(Code::kOverflow, "quantity out of range",
					"The cart's lines for one item add up to more than a bigint holds.",
					"Ask for fewer units.");
	return sum;
}

std::size_t SumDemand(std::span<Demand> lines)
{
	std::sort(lines.begin(), lines.end(), [](const Demand &a, const Demand &b) {
		return std::tie(a.stock, a.line) < std::tie(b.stock, b.line);
	});

	std::size_t count = 0;
	for (const Demand &line : lines) {
		if (count == 0 || lines[count - 1].stock != line.stock) {
			lines[count++] = line;
			continue;
		}
		std::int64_t *sum = &lines[count - 1].quantity;
		*sum = AddQuantities(*sum, line.quantity);
	}
	return count;
}

} // namespace mezzanine::core
