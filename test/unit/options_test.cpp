#include "core/error.h"
#include "core/options.h"

#include <gtest/gtest.h>

#include <string>

namespace mezzanine::core
{
namespace
{

// The place of `word` among the option's, or the code and hint that it is refused with.
std::string Answer(const Option &option, std::string_view word)
{
	try {
		return std::to_string(ChooseOption(option, word));
	} catch (const Error &error) {
		return std::string(SqlState(error.code())) + " " + error.hint();
	}
}

TEST(ChooseOption, CountsTheWordsFromTheDefault)
{
	EXPECT_EQ(Answer(kMode, "all"), "0");
	EXPECT_EQ(Answer(kMode, "partial"), "1");
	EXPECT_EQ(Answer(kStrategy, "priority"), "0");
	EXPECT_EQ(Answer(kStrategy, "nearest"), "1");
	EXPECT_EQ(Answer(kStrategy, "fewest_splits"), "2");
	EXPECT_EQ(Answer(kRemainder, "keep"), "1");
	EXPECT_EQ(Answer(kIfExpired, "reacquire"), "1");
}

TEST(ChooseOption, NamesTheWordsItKnows)
{
	EXPECT_EQ(Answer(kMode, "ALL"), "22023 Known values are \"all\", \"partial\".");
	EXPECT_EQ(Answer(kMode, ""), "22023 Known values are \"all\", \"partial\".");
}

} // namespace
} // namespace mezzanine::core
