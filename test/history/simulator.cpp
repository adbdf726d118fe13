#include "history/simulator.h"

#include "history/steps.h"

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <map>
#include <random>

namespace mezzanine::history
{

namespace
{

struct Cell {
	std::int64_t units = 0;   // committed
	std::int64_t pending = 0; // by its owner
	int owner = -1;           // the session whose transaction has changed it
};

struct Hold {
	int stock;
	std::int64_t units;
	Time expires;
	int owner; // the session whose transaction works on it, or -1
	bool committed = false;
	bool gone = false;    // rolled back
	bool settled = false; // confirmed, released or reaped
	bool reaped = false;
	std::int64_t fence = 1;
	std::int64_t kept = 0; // of its units, those that are still held
	// As the last committed transaction left them.
	Time committed_expires = 0;
	std::int64_t committed_kept = 0;
};

// A hold as somebody knows it.
struct Known {
	int hold;
	std::int64_t fence;
	int session; // that may settle a part of it, and nobody else anything; -1: all may all
};

class World
{
public:
	explicit World(const Simulation &simulation)
		: simulation_(simulation), random_(simulation.seed), stocks_(Count(simulation.stocks))
	{
		for (int i = 0; i < simulation.stocks; ++i) {
			const std::int64_t units = Draw(0, 6);
			history_.stocks.push_back({"item-" + std::to_string(i), units});
			stocks_[Count(i)].push_back({units});
		}
	}

	History Run();

private:
	// A transaction in flight.
	struct Work {
		int session;
		Transaction transaction;
		std::vector<std::function<void()>> undo;
		std::vector<Cell *> cells;           // changed
		std::vector<int> holds;              // worked on
		std::vector<std::size_t> savepoints; // how much was to undo
	};

	static std::size_t Count(int number) { return static_cast<std::size_t>(number); }
	std::int64_t Draw(std::int64_t low, std::int64_t high)
	{
		return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
	}
	bool OneIn(int n) { return Draw(1, n) == 1; }
	bool Planted(Plant plant) const { return simulation_.plant == plant; }

	Steps Session(int session);
	Steps Reserve(Work *work, Call *call);
	Steps CountOneByOne(Work *work, Call *call, bool *rejected);
	Steps ReadThenWrite(Work *work, Call *call, bool *accepted);
	void Settle(Work *work, Call *call);
	void Move(Work *work, Call *call);
	void TakeOver(Work *work, Call *call);
	bool IsFree(Call *call) const;
	void RollbackTo(Work *work);
	void Begin(const Work &work, Call *call);
	void BeginHold(const Known &known, Call *call);
	void BeginMove(Call *call, int stock);
	void Do(Work *work, Call *call);
	void Finish(Work *work);
	void Publish(const Work &work);

	enum class Decision { kAccepted, kRejected, kOpen };
	Decision Decide(Work *work, Call *call);
	std::vector<int> ExpiredHolds(const Work &work, int stock, std::int64_t *disputed) const;
	void Accept(Work *work, Call *call, bool reap);
	void Change(Work *work, int stock, std::size_t cell, std::int64_t delta);
	void Give(Work *work, int stock, std::int64_t units);
	void Take(Work *work, int stock, std::int64_t units);
	void LockHold(Work *work, int hold);
	std::int64_t Total(int stock) const;
	std::int64_t Usable(const Work &work, int stock) const;
	bool AllFree(const Work &work, int stock) const;

	Simulation simulation_;
	std::mt19937_64 random_;
	Time now_ = 1000;
	History history_;
	std::vector<std::deque<Cell>> stocks_;
	std::vector<Hold> holds_;
	std::vector<Known> published_; // holds that sessions know of
	std::int64_t counted_ = 0;     // what the count under way began with
};

History World::Run()
{
	std::vector<Steps> sessions;
	for (int session = 0; session < simulation_.sessions; ++session)
		sessions.push_back(Session(session));
	while (!sessions.empty()) {
		now_ += Draw(1, 4);
		const auto turn = sessions.begin() + Draw(0, static_cast<int>(sessions.size()) - 1);
		turn->Resume();
		if (turn->done()) {
			std::vector<Steps> left;
			for (auto session = sessions.begin(); session != sessions.end(); ++session)
				if (session != turn)
					left.push_back(std::move(*session));
			sessions.swap(left);
		}
	}
	return history_;
}

// What a session does: transactions of one or of several calls.
Steps World::Session(int session)
{
	for (int number = 0; number < simulation_.transactions_each; ++number) {
		Work work{session, {}, {}, {}, {}, {}};
		work.transaction.session = session;
		work.transaction.single = OneIn(2);
		const std::int64_t calls = work.transaction.single ? 1 : Draw(1, 5);
		bool aborted = false;
		for (std::int64_t i = 0; i < calls && !aborted; ++i) {
			Call call;
			Begin(work, &call);
			co_await kNextTurn;
			if (call.verb == Verb::kReserve) {
				Steps steps = Reserve(&work, &call);
				for (steps.Resume(); !steps.done(); steps.Resume())
					co_await kNextTurn;
			} else {
				Do(&work, &call);
			}
			if (work.transaction.single)
				Finish(&work); /* of the call's own transaction */
			co_await kNextTurn;
			call.answered = now_;
			aborted = call.answer == Answer::kContended;
			work.transaction.calls.push_back(call);
			co_await kNextTurn;
		}
		if (!work.transaction.single) {
			work.transaction.end = aborted || OneIn(4) ? End::kRolledBack : End::kCommitted;
			work.transaction.ended = now_;
			co_await kNextTurn;
			Finish(&work);
			co_await kNextTurn;
		}
		Publish(work);
		history_.transactions.push_back(work.transaction);
	}
}

// Tells of the holds that a transaction has got, with the fences that it was answered.
void World::Publish(const Work &work)
{
	std::map<int, std::int64_t> fences;
	for (const Call &call : work.transaction.calls) {
		if (call.verb == Verb::kRollbackTo)
			fences.clear();
		if (call.granted > 0)
			fences[call.hold] = call.granted;
	}
	for (const auto &[hold, fence] : fences)
		if (work.transaction.end == End::kCommitted && holds_[Count(hold)].committed)
			published_.push_back({hold, fence, OneIn(2) ? work.session : -1});
}

// Calls that take one step.
void World::Do(Work *work, Call *call)
{
	if (call->hold < 0 && !call->units.empty())
		Move(work, call);
	else if (call->verb == Verb::kTakeOver)
		TakeOver(work, call);
	else if (call->verb == Verb::kSavepoint)
		work->savepoints.push_back(work->undo.size());
	else if (call->verb == Verb::kRollbackTo)
		RollbackTo(work);
	else
		Settle(work, call);
}

void World::Begin(const Work &work, Call *call)
{
	call->asked = now_;
	const bool single = work.transaction.single;
	const std::int64_t kind = Draw(0, 9);
	const int stock = static_cast<int>(Draw(0, simulation_.stocks - 1));
	if (kind == 0 && !single) {
		call->verb = Verb::kSavepoint;
	} else if (kind == 1 && !work.savepoints.empty()) {
		call->verb = Verb::kRollbackTo;
	} else if (kind <= 3) {
		BeginMove(call, stock);
	} else if (kind <= 6 && !published_.empty()) {
		const Known known =
			published_[static_cast<std::size_t>(Draw(0, static_cast<int>(published_.size()) - 1))];
		BeginHold(known, call);
		if (known.session >= 0 && known.session != work.session)
			call->verb = Verb::kTakeOver;
		call->fence = call->verb == Verb::kTakeOver ? 0 : known.fence;
		call->keeps = call->verb == Verb::kRelease && known.session >= 0;
	} else {
		call->verb = Verb::kReserve;
		call->units = {{stock, Draw(1, 3)}};
	}
}

void World::BeginMove(Call *call, int stock)
{
	constexpr std::array kVerbs = {Verb::kReceive, Verb::kReceive, Verb::kReturn,
								   Verb::kCount,   Verb::kShip,    Verb::kArrive};
	call->verb = kVerbs.at(static_cast<std::size_t>(Draw(0, kVerbs.size() - 1)));
	call->units = {{stock, Draw(1, 2)}};
	if (call->verb == Verb::kShip)
		call->units[0].units *= -1;
	if (call->verb == Verb::kCount)
		counted_ = Total(stock);
}

void World::BeginHold(const Known &known, Call *call)
{
	constexpr std::array kVerbs = {Verb::kConfirm, Verb::kRelease, Verb::kRelease, Verb::kTakeOver};
	call->verb = kVerbs.at(static_cast<std::size_t>(Draw(0, kVerbs.size() - 1)));
	call->hold = known.hold;
}

// --- reserve ---

Steps World::Reserve(Work *work, Call *call)
{
	for (int attempt = 0; attempt < 20; ++attempt) {
		if (Planted(Plant::kAcceptsTwice)) {
			bool accepted = false;
			Steps steps = ReadThenWrite(work, call, &accepted);
			for (steps.Resume(); !steps.done(); steps.Resume())
				co_await kNextTurn;
			if (accepted)
				co_return;
		}
		if (Planted(Plant::kCountsWithoutTheGate) && Usable(*work, call->units[0].stock) == 0) {
			bool rejected = false;
			Steps steps = CountOneByOne(work, call, &rejected);
			for (steps.Resume(); !steps.done(); steps.Resume())
				co_await kNextTurn;
			if (rejected)
				co_return;
		}
		switch (Decide(work, call)) {
		case Decision::kAccepted:
			co_return;
		case Decision::kRejected:
			call->answer = Answer::kRejected;
			co_return;
		case Decision::kOpen:
			co_await kNextTurn;
		}
	}
	call->answer = Answer::kContended;
}

// The exact decision, at one instant.
World::Decision World::Decide(Work *work, Call *call)
{
	const auto [stock, wanted] = call->units[0];
	const std::int64_t there = Usable(*work, stock);
	if (there >= wanted) {
		Accept(work, call, false);
		return Decision::kAccepted;
	}
	std::int64_t disputed = 0;
	std::int64_t expired = 0;
	if (!Planted(Plant::kForgetsExpired))
		for (const int hold : ExpiredHolds(*work, stock, &disputed))
			expired += holds_[Count(hold)].kept;
	const bool all_free = AllFree(*work, stock);
	if (there + expired >= wanted) {
		Accept(work, call, true);
		return Decision::kAccepted;
	}
	if (!all_free && !Planted(Plant::kRejectsWhileAnotherIsInFlight))
		return Decision::kOpen;
	if (there + expired + disputed >= wanted)
		return Decision::kOpen;
	call->shortages = {{{stock}, there + expired + disputed}};
	call->units.clear();
	return Decision::kRejected;
}

// Looks at one cell after another, each for itself.
Steps World::CountOneByOne(Work *work, Call *call, bool *rejected)
{
	const auto [stock, wanted] = call->units[0];
	std::int64_t sum = 0;
	for (std::size_t i = 0; i < stocks_[Count(stock)].size(); ++i) {
		const Cell &cell = stocks_[Count(stock)][i];
		if (cell.owner >= 0 && cell.owner != work->session)
			co_return;
		sum += cell.units + cell.pending;
		co_await kNextTurn;
	}
	std::int64_t disputed = 0;
	for (const int hold : ExpiredHolds(*work, stock, &disputed))
		sum += holds_[Count(hold)].kept;
	if (sum + disputed >= wanted)
		co_return;
	call->answer = Answer::kRejected;
	call->shortages = {{{stock}, sum + disputed}};
	call->units.clear();
	*rejected = true;
}

// Takes what it saw some time ago, where somebody else may have taken it since.
Steps World::ReadThenWrite(Work *work, Call *call, bool *accepted)
{
	const auto [stock, wanted] = call->units[0];
	const std::int64_t there = Usable(*work, stock);
	co_await kNextTurn;
	if (there < wanted || Usable(*work, stock) >= wanted)
		co_return;
	stocks_[Count(stock)].push_back({0, 0, -1});
	Change(work, stock, stocks_[Count(stock)].size() - 1, wanted);
	Accept(work, call, false);
	*accepted = true;
}

std::vector<int> World::ExpiredHolds(const Work &work, int stock, std::int64_t *disputed) const
{
	const Time early = Planted(Plant::kExpiresEarly) ? 40 : 0;
	std::vector<int> expired;
	for (std::size_t i = 0; i < holds_.size(); ++i) {
		const Hold &hold = holds_[i];
		const bool anothers = hold.owner >= 0 && hold.owner != work.session;
		const Time expires = anothers ? hold.committed_expires : hold.expires;
		if (hold.stock != stock || hold.gone || now_ < expires - early)
			continue;
		if (!hold.settled && (hold.owner < 0 || hold.owner == work.session))
			expired.push_back(static_cast<int>(i));
		else if (hold.owner >= 0 && hold.owner != work.session && hold.committed && !hold.reaped)
			*disputed += hold.committed_kept;
	}
	return expired;
}

void World::Accept(Work *work, Call *call, bool reap)
{
	const auto [stock, wanted] = call->units[0];
	if (reap) {
		std::int64_t disputed = 0;
		for (const int hold : ExpiredHolds(*work, stock, &disputed)) {
			LockHold(work, hold);
			holds_[Count(hold)].settled = true;
			holds_[Count(hold)].reaped = true;
			Give(work, stock, holds_[Count(hold)].kept);
		}
	}
	Take(work, stock, wanted);
	call->hold = static_cast<int>(holds_.size());
	call->expires = now_ + Draw(10, 200);
	call->granted = 1;
	holds_.push_back({stock, wanted, call->expires, work->session});
	holds_.back().kept = wanted;
	holds_.back().committed_expires = call->expires;
	work->holds.push_back(call->hold);
	const std::size_t hold = Count(call->hold);
	work->undo.emplace_back([this, hold] { holds_[hold].gone = true; });
}

// --- what moves units ---

// Units that this transaction may take now: those of cells that are free or its own.
std::int64_t World::Usable(const Work &work, int stock) const
{
	std::int64_t units = 0;
	for (const Cell &cell : stocks_[Count(stock)])
		if (cell.owner < 0 || cell.owner == work.session || Planted(Plant::kSeesUncommittedUnits))
			units += cell.units + cell.pending;
	return units;
}

bool World::AllFree(const Work &work, int stock) const
{
	return std::all_of(
		stocks_[Count(stock)].begin(), stocks_[Count(stock)].end(),
		[&](const Cell &cell) { return cell.owner < 0 || cell.owner == work.session; });
}

void World::Change(Work *work, int stock, std::size_t number, std::int64_t delta)
{
	Cell *cell = &stocks_[Count(stock)][number]; /* a deque: it stays where it is */
	cell->pending += delta;
	cell->owner = work->session;
	work->cells.push_back(cell);
	work->undo.emplace_back([cell, delta] { cell->pending -= delta; });
}

void World::Give(Work *work, int stock, std::int64_t units)
{
	std::deque<Cell> &cells = stocks_[Count(stock)];
	std::vector<std::size_t> free;
	for (std::size_t i = 0; i < cells.size(); ++i)
		if (cells[i].owner < 0 || cells[i].owner == work->session)
			free.push_back(i);
	if (free.empty()) {
		cells.emplace_back();
		free.push_back(cells.size() - 1);
	}
	const auto chosen = static_cast<std::size_t>(Draw(0, static_cast<int>(free.size()) - 1));
	Change(work, stock, free[chosen], units);
}

void World::Take(Work *work, int stock, std::int64_t units)
{
	std::deque<Cell> &cells = stocks_[Count(stock)];
	for (std::size_t i = 0; i < cells.size() && units > 0; ++i) {
		const bool usable = cells[i].owner < 0 || cells[i].owner == work->session ||
							Planted(Plant::kSeesUncommittedUnits);
		const std::int64_t here =
			usable ? std::min(units, cells[i].units + cells[i].pending) : std::int64_t{0};
		if (here <= 0)
			continue;
		units -= here;
		Change(work, stock, i, -here);
	}
}

// --- the life of a hold ---

// Whatever is done to a hold from now on counts if the transaction commits.
void World::LockHold(Work *work, int number)
{
	const std::size_t hold = Count(number);
	const Hold before = holds_[hold];
	holds_[hold].owner = work->session;
	work->holds.push_back(number);
	work->undo.emplace_back([this, hold, before] { holds_[hold] = before; });
}

// Whether nobody else works on the hold, and it is there to be worked on; else the answer.
bool World::IsFree(Call *call) const
{
	const Hold &hold = holds_[Count(call->hold)];
	const bool careless = Planted(Plant::kConfirmsExpired) && call->verb == Verb::kConfirm;
	if (!hold.committed || hold.owner >= 0)
		call->answer = Answer::kContended;
	else if (call->fence > 0 && call->fence != hold.fence && !Planted(Plant::kForgetsFences))
		call->answer = Answer::kStale;
	else if (hold.settled && !hold.reaped)
		call->answer = Answer::kSettled;
	else if ((hold.reaped || now_ >= hold.expires) && !careless)
		call->answer = Answer::kExpired;
	return call->answer == Answer::kDone;
}

// Confirms, or releases, perhaps a part.
void World::Settle(Work *work, Call *call)
{
	if (!IsFree(call))
		return;
	LockHold(work, call->hold);
	Hold *hold = &holds_[Count(call->hold)];
	const std::int64_t units = call->keeps ? 1 : hold->kept;
	call->units = {{hold->stock, units}};
	hold->settled = units == hold->kept;
	if (call->verb == Verb::kRelease)
		Give(work, hold->stock, Planted(Plant::kReleasesAll) ? hold->kept : units);
	hold->kept -= units;
}

void World::TakeOver(Work *work, Call *call)
{
	if (!IsFree(call))
		return;
	LockHold(work, call->hold);
	Hold *hold = &holds_[Count(call->hold)];
	call->granted = ++hold->fence;
	call->expires = hold->expires = std::max(hold->expires, now_ + Draw(10, 200));
}

// --- what is neither reserved nor sold ---

// Units of a stock, in whose hands they may be.
std::int64_t World::Total(int stock) const
{
	std::int64_t units = 0;
	for (const Cell &cell : stocks_[Count(stock)])
		units += cell.units + cell.pending;
	return units;
}

void World::Move(Work *work, Call *call)
{
	const auto [stock, units] = call->units[0];
	std::int64_t given = units;
	if (call->verb == Verb::kShip) {
		if (Usable(*work, stock) < -units)
			call->answer = Answer::kContended;
		else if (!Planted(Plant::kShipsNothing))
			Take(work, stock, -units);
		return;
	}
	if (call->verb == Verb::kReturn && OneIn(2)) { /* not sellable */
		call->units.clear();
		given = Planted(Plant::kSellsReturns) ? units : 0;
	}
	if (call->verb == Verb::kCount && Planted(Plant::kCountsFromNow))
		given = counted_ + units - Total(stock);
	if (call->verb == Verb::kArrive && Planted(Plant::kArrivesTwice))
		given *= 2;
	if (given > 0)
		Give(work, stock, given);
}

void World::RollbackTo(Work *work)
{
	for (; work->undo.size() > work->savepoints.back(); work->undo.pop_back())
		if (!Planted(Plant::kLosesSavepoints))
			work->undo.back()();
}

// The end: all at one instant.
void World::Finish(Work *work)
{
	if (work->transaction.end == End::kRolledBack)
		for (; !work->undo.empty(); work->undo.pop_back())
			work->undo.back()();
	for (Cell *cell : work->cells) {
		cell->units += cell->pending;
		cell->pending = 0;
		cell->owner = -1;
	}
	for (const int number : work->holds) {
		Hold &hold = holds_[Count(number)];
		if (hold.owner != work->session)
			continue; /* it was let go, and may be another's by now */
		hold.committed = hold.committed || (work->transaction.end == End::kCommitted && !hold.gone);
		hold.owner = -1;
		hold.committed_expires = hold.expires;
		hold.committed_kept = hold.kept;
	}
}

} // namespace

History Simulate(const Simulation &simulation)
{
	return World(simulation).Run();
}

} // namespace mezzanine::history
