// Options given as words: which are known, and which of those work already.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace mezzanine::core
{

// An option's words; the first is the one that works everywhere.
struct Option {
	std::string_view argument;
	std::span<const std::string_view> words;
};

extern const Option kMode;         // all | partial
extern const Option kStrategy;     // priority | nearest | fewest_splits
extern const Option kRemainder;    // release | keep
extern const Option kIfExpired;    // reject | reacquire
extern const Option kReturnState;  // sellable | quarantine | scrap
extern const Option kSettledState; // sellable | scrap

// Throws: kInvalidArgument for a word unknown to the option, kNotSupported for one that
// does not work yet.
void CheckOption(const Option &option, std::string_view word);

// Which of the option's words `word` is, all of which work; counted from 0.
//
// Throws: kInvalidArgument for a word unknown to the option.
std::size_t ChooseOption(const Option &option, std::string_view word);

// Throws: kNotSupported.  For arguments that must be left out so far.
[[noreturn]] void RefuseArgument(std::string_view argument);

} // namespace mezzanine::core
