#include "core/batch.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace mezzanine::core
{

namespace
{

Supply *SupplyOf(std::span<Supply> supplies, std::int64_t stock)
{
	const auto found = std::lower_bound(
		supplies.begin(), supplies.end(), stock,
		[](const Supply &supply, std::int64_t wanted) { return supply.stock < wanted; });
	return &*found;
}

bool Serve(std::span<Asked> asked, std::span<Supply> supplies)
{
	bool enough = true;
	for (Asked &line : asked) {
		const std::int64_t units = SupplyOf(supplies, line.stock)->units;
		line.missing = std::max<std::int64_t>(line.quantity - units, 0);
		enough = enough && line.missing == 0;
	}
	if (!enough)
		return false;
	for (const Asked &line : asked)
		SupplyOf(supplies, line.stock)->units -= line.quantity;
	return true;
}

} // namespace

std::size_t SumAll(std::span<Demand> demands) noexcept
{
	std::sort(demands.begin(), demands.end(), [](const Demand &a, const Demand &b) {
		return std::tie(a.stock, a.line) < std::tie(b.stock, b.line);
	});
	std::size_t count = 0;
	for (const Demand &demand : demands) {
		if (count == 0 || demands[count - 1].stock != demand.stock) {
			demands[count++] = demand;
			continue;
		}
		std::int64_t *sum = &demands[count - 1].quantity;
		if (__builtin_add_overflow(*sum, demand.quantity, sum))
			*sum = std::numeric_limits<std::int64_t>::max();
	}
	return count;
}

void ServeInOrder(std::span<Cart> carts, std::span<Supply> supplies) noexcept
{
	for (Cart &cart : carts)
		cart.served = Serve({cart.asked, cart.count}, supplies);
}

} // namespace mezzanine::core
