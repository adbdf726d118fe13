// Parts: which units of a reservation's lines a call asks for, when it names some of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mezzanine::core
{

// A line of a reservation, and what is asked of it.
struct Part {
	std::string_view sku;
	std::string_view location;
	std::int64_t units; // that may be asked for
	std::int64_t asked; // filled in; never more than `units`
};

// A line of a call.
struct Wanted {
	std::string_view sku;
	std::string_view location;
	bool anywhere; // no location was named: of any of the item's lines, in their order
	std::int64_t quantity;
};

// Distributes what is wanted over the parts.  Lines that name a location come first, so that
// those that do not cannot take what only the others may have.
//
// Requires: units >= 0, quantity > 0.
// Throws:   kMoreThanHeld where a line wants more than the parts have.
void PickParts(std::span<const Wanted> wanted, std::span<Part> parts);

// Whether what is wanted is all that the parts have, and nothing else: a call repeated.
bool WantsAll(std::span<const Wanted> wanted, std::span<Part> parts);

} // namespace mezzanine::core
