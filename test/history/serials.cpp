#include "history/serials.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <utility>

namespace mezzanine::history
{

namespace
{

// Whether `first` may have let go of the unit when `second` got it.
bool MayPrecede(const UnitMove &first, const UnitMove &second)
{
	return first.ended <= second.answered && first.asked <= second.answered;
}

// The moves of one unit, by the time when they were answered.
class Chain
{
public:
	explicit Chain(std::vector<UnitMove> moves) : moves_(std::move(moves)), placed_(moves_.size())
	{
		std::stable_sort(moves_.begin(), moves_.end(), [](const UnitMove &a, const UnitMove &b) {
			return a.answered < b.answered;
		});
	}

	bool HasOrder() { return HasOrder(""); }

	// Where the longest attempt got stuck.
	std::string Stuck() const
	{
		std::ostringstream text;
		text << "serial " << moves_[0].serial << ": no order explains its moves; after " << longest_
			 << " of them it is " << place_ << ", and then";
		for (std::size_t i = 0, shown = 0; i < moves_.size() && shown < 4; ++i) {
			if (left_[i])
				continue;
			++shown;
			const UnitMove &move = moves_[i];
			text << (move.absent ? " not " : " ") << move.from << (move.absent ? "" : " to ")
				 << (move.absent ? "" : move.to) << " [" << move.asked << ", " << move.answered
				 << ", " << move.ended << "]";
		}
		return text.str();
	}

private:
	// Whether what is not placed yet can follow a unit that is at `place`.
	bool HasOrder(const std::string &place)
	{
		const std::size_t count =
			static_cast<std::size_t>(std::count(placed_.begin(), placed_.end(), true));
		if (count >= longest_) {
			longest_ = count;
			place_ = place;
			left_ = placed_;
		}
		if (count == moves_.size())
			return true;
		if (!tried_.emplace(placed_, place).second)
			return false;
		for (std::size_t i = 0; i < moves_.size(); ++i) {
			if (placed_[i] || !MayBeNext(i, place))
				continue;
			placed_[i] = true;
			const bool claim = moves_[i].absent;
			if (HasOrder(claim ? place : moves_[i].to))
				return true;
			placed_[i] = false;
			if (claim) /* it changes nothing: later is no better */
				return false;
		}
		return false;
	}

	bool MayBeNext(std::size_t next, const std::string &place) const
	{
		const UnitMove &move = moves_[next];
		if (move.absent == (move.from == place))
			return false;
		for (std::size_t i = 0; i < moves_.size(); ++i)
			if (i != next && !placed_[i] && !MayPrecede(move, moves_[i]))
				return false;
		return true;
	}

	std::vector<UnitMove> moves_;
	std::vector<bool> placed_;
	std::set<std::pair<std::vector<bool>, std::string>> tried_;
	std::size_t longest_ = 0;
	std::string place_;
	std::vector<bool> left_;
};

} // namespace

std::vector<std::string> CheckSerials(const std::vector<UnitMove> &moves)
{
	std::map<std::string, std::vector<UnitMove>> units;
	for (const UnitMove &move : moves)
		units[move.serial].push_back(move);
	std::vector<std::string> wrong;
	for (const auto &[serial, of_unit] : units) {
		Chain chain(of_unit);
		if (!chain.HasOrder())
			wrong.push_back(chain.Stuck());
	}
	return wrong;
}

} // namespace mezzanine::history
