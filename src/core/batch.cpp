#include "core/batch.h"

#include <algorithm>

namespace mezzanine::core
{

namespace
{

// The entry of `stock` among entries that are sorted by stock, which has one.
template <typename Entry> Entry &EntryOf(std::span<Entry> entries, std::int64_t stock)
{
	return *std::ranges::lower_bound(entries, stock, {},
									 [](const Entry &entry) { return entry.stock; });
}

bool Serve(const Cart &cart, std::span<Supply> supplies)
{
	for (Pool &pool : cart.pools)
		pool.available = EntryOf(supplies, pool.stock).units;
	if (!Allocate(cart.pools, cart.wants, Strategy::kInOrder))
		return false;
	for (const Pool &pool : cart.pools)
		EntryOf(supplies, pool.stock).units -= pool.planned;
	return true;
}

} // namespace

std::size_t JoinPools(std::span<const Cart> carts, std::span<Pool> pools) noexcept
{
	std::size_t count = 0;
	for (const Cart &cart : carts)
		for (const Pool &pool : cart.pools)
			pools[count++] = pool;
	const std::span<Pool> all = pools.first(count);
	std::ranges::sort(all, {}, &Pool::stock);
	const auto end = std::unique(all.begin(), all.end(),
								 [](const Pool &a, const Pool &b) { return a.stock == b.stock; });
	count = static_cast<std::size_t>(end - all.begin());
	for (std::size_t i = 0; i < count; ++i)
		pools[i].group = static_cast<std::int32_t>(i);
	return count;
}

void JoinWants(std::span<const Cart> carts, std::span<const Pool> pools, std::span<Want> wants,
			   std::span<Candidate> candidates) noexcept
{
	std::size_t want_count = 0;
	std::size_t candidate_count = 0;
	for (const Cart &cart : carts)
		for (const Want &want : cart.wants) {
			const std::size_t first = candidate_count;
			for (const Candidate &candidate : want.candidates) {
				const std::int64_t stock =
					cart.pools[static_cast<std::size_t>(candidate.pool)].stock;
				const auto place = &EntryOf(pools, stock) - pools.data();
				candidates[candidate_count++] = {static_cast<std::int32_t>(place), candidate.place,
												 0};
			}
			wants[want_count++] = {want.quantity,
								   candidates.subspan(first, candidate_count - first), 0};
		}
}

void ServeInOrder(std::span<Cart> carts, std::span<Supply> supplies)
{
	for (Cart &cart : carts)
		cart.served = Serve(cart, supplies);
}

} // namespace mezzanine::core
