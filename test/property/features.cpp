#include "features.h"

#include <cstdlib>

namespace mezzanine::test
{

// What create_view takes.
constexpr const char *kTaken = "goelshuftj";

bool Draws(Random *random, Feature feature, unsigned percent)
{
	static const char *const given = std::getenv("MEZZANINE_PROPERTY_FEATURES");
	static const std::string wanted = given != nullptr ? given : kTaken;
	const bool chosen = random->Chance(percent); // asked always, so that a seed means the same
	return chosen &&
		   wanted.find("goelshuftj"[static_cast<std::size_t>(feature)]) != std::string::npos;
}

} // namespace mezzanine::test
