#include "core/references.h"

#include <array>

namespace mezzanine::core
{

namespace
{

// For each table that is needless, the child that makes it so; kNone: it is needed.
constexpr int kNone = -1;
using Children = std::array<int, kMostTables>;

bool LeadsTo(const Children &children, int from, int to)
{
	while (from != kNone && from != to)
		from = children[static_cast<std::size_t>(from)];
	return from == to;
}

} // namespace

Tables NeedlessOf(std::span<const Reference> references, Tables grown)
{
	Children children;
	children.fill(kNone);
	Tables needless = 0;
	for (const Reference &reference : references) {
		if ((grown & SetOf(reference.parent)) == 0 || (needless & SetOf(reference.parent)) != 0 ||
			LeadsTo(children, reference.child, reference.parent))
			continue;
		children[static_cast<std::size_t>(reference.parent)] = reference.child;
		needless |= SetOf(reference.parent);
	}
	return needless;
}

bool IsEmptyTerm(std::span<const Reference> references, Tables term, Tables shrunk)
{
	for (const Reference &reference : references)
		if ((term & shrunk & SetOf(reference.parent)) != 0 && (term & SetOf(reference.child)) == 0)
			return true;
	return false;
}

} // namespace mezzanine::core
