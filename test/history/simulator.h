// A small inventory with many sessions at once, in one thread and by a made-up clock: it
// makes histories to try the checker on, right ones and, with a bug planted, wrong ones.
//
// Sessions are coroutines; which one goes on next is drawn from the seed, so that every
// seed is another interleaving, and the same again.
#pragma once

#include "history/history.h"

namespace mezzanine::history
{

enum class Plant : std::uint8_t {
	kNone,
	kRejectsWhileAnotherIsInFlight, // a cell that is not free counts as empty
	kCountsWithoutTheGate,          // adds up cells that are looked at one after another
	kAcceptsTwice,                  // decides on what it read before somebody else wrote
	kSeesUncommittedUnits,          // takes what another may yet roll back
	kExpiresEarly,                  // gives a hold's units away before its time
	kConfirmsExpired,               // confirms a hold whose units are somebody else's
	kLosesSavepoints,               // does not give back what a savepoint took
	kForgetsExpired,                // rejects without looking for expired holds
	kForgetsFences,                 // asks whoever settles a hold for no fence
	kReleasesAll,                   // gives all back where a part was named
	kCountsFromNow,                 // corrects to what was counted, as if nothing had moved since
	kSellsReturns,                  // sells what came back and is not sellable
	kShipsNothing,                  // lets what is on its way be sold here
	kArrivesTwice,                  // adds what arrives twice
};

struct Simulation {
	std::uint64_t seed = 1;
	int sessions = 4;
	int stocks = 2;
	int transactions_each = 12;
	Plant plant = Plant::kNone;
};

History Simulate(const Simulation &simulation);

} // namespace mezzanine::history
