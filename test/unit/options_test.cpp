#include "core/error.h"
#include "core/options.h"

#include <gtest/gtest.h>

#include <string>

namespace mezzanine::core
{
namespace
{

// The code and hint that `word` is refused with; "accepted" when it is not.
std::string Answer(const Option &option, std::string_view word)
{
	try {
		CheckOption(option, word);
	} catch (const Error &error) {
		return std::string(SqlState(error.code())) + " " + error.hint();
	}
	return "accepted";
}

TEST(CheckOption, TakesTheWordThatWorks)
{
	EXPECT_EQ(Answer(kMode, "all"), "accepted");
	EXPECT_EQ(Answer(kStrategy, "priority"), "accepted");
	EXPECT_EQ(Answer(kRemainder, "release"), "accepted");
	EXPECT_EQ(Answer(kIfExpired, "reject"), "accepted");
}

TEST(CheckOption, TellsWhatIsNotSupportedFromWhatIsUnknown)
{
	EXPECT_EQ(Answer(kMode, "partial"), "0A000 Leave out the argument \"mode\".");
	EXPECT_EQ(Answer(kStrategy, "fewest_splits"), "0A000 Leave out the argument \"strategy\".");
	EXPECT_EQ(Answer(kMode, "ALL"), "22023 Known values are \"all\", \"partial\".");
	EXPECT_EQ(Answer(kMode, ""), "22023 Known values are \"all\", \"partial\".");
}

TEST(RefuseArgument, NamesTheCulprit)
{
	try {
		RefuseArgument("lot");
	} catch (const Error &error) {
		EXPECT_EQ(error.code(), Code::kNotSupported);
		EXPECT_STREQ(error.what(), "the argument \"lot\" is not supported");
	}
}

} // namespace
} // namespace mezzanine::core
