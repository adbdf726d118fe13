// Options given as words: which are known.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace mezzanine::core
{

// An option's words; the first is the default.
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

// Which of the option's words `word` is, counted from 0.
//
// Throws: kInvalidArgument for a word unknown to the option.
std::size_t ChooseOption(const Option &option, std::string_view word);

} // namespace mezzanine::core
