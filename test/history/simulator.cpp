#include "history/simulator.h"

#include <algorithm>
#include <coroutine>
#include <deque>
#include <exception>
#include <functional>
#include <random>
#include <utility>

namespace mezzanine::history
{

namespace
{

// A coroutine that starts suspended and is resumed from outside, step by step.
class Steps
{
public:
	struct promise_type {
		std::exception_ptr failure;

		Steps get_return_object()
		{
			return Steps(std::coroutine_handle<promise_type>::from_promise(*this));
		}
		std::suspend_always initial_suspend() noexcept { return {}; }
		std::suspend_always final_suspend() noexcept { return {}; }
		void return_void() {}
		void unhandled_exception() { failure = std::current_exception(); }
	};

	Steps(Steps &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
	Steps &operator=(Steps &&) = delete;
	~Steps()
	{
		if (handle_)
			handle_.destroy();
	}

	bool done() const { return handle_.done(); }
	void Resume()
	{
		handle_.resume();
		if (handle_.promise().failure)
			std::rethrow_exception(handle_.promise().failure);
	}

private:
	explicit Steps(std::coroutine_handle<promise_type> handle) : handle_(handle) {}

	std::coroutine_handle<promise_type> handle_;
};

// The next step, when the scheduler gives this session its turn again.
constexpr std::suspend_always kNextTurn;

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
	void RollbackTo(Work *work);
	void Begin(const Work &work, Call *call);
	void Do(Work *work, Call *call);
	void Finish(Work *work);

	enum class Decision { kAccepted, kRejected, kOpen };
	Decision Decide(Work *work, Call *call);
	std::vector<int> ExpiredHolds(const Work &work, int stock, std::int64_t *disputed) const;
	void Accept(Work *work, Call *call, bool reap);
	void Change(Work *work, int stock, std::size_t cell, std::int64_t delta);
	void Give(Work *work, int stock, std::int64_t units);
	void Take(Work *work, int stock, std::int64_t units);
	void LockHold(Work *work, int hold, bool reap);
	std::int64_t Usable(const Work &work, int stock) const;
	bool AllFree(const Work &work, int stock) const;

	Simulation simulation_;
	std::mt19937_64 random_;
	Time now_ = 1000;
	History history_;
	std::vector<std::deque<Cell>> stocks_;
	std::vector<Hold> holds_;
	std::vector<int> published_; // holds that sessions know of
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
		for (const int hold : work.holds)
			if (holds_[Count(hold)].committed)
				published_.push_back(hold);
		history_.transactions.push_back(work.transaction);
	}
}

// Calls that take one step.
void World::Do(Work *work, Call *call)
{
	if (call->verb == Verb::kReceive)
		Give(work, call->units[0].stock, call->units[0].units);
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
		call->verb = Verb::kReceive;
		call->units = {{stock, Draw(1, 2)}};
	} else if (kind <= 5 && !published_.empty()) {
		call->verb = OneIn(2) ? Verb::kConfirm : Verb::kRelease;
		call->hold =
			published_[static_cast<std::size_t>(Draw(0, static_cast<int>(published_.size()) - 1))];
	} else {
		call->verb = Verb::kReserve;
		call->units = {{stock, Draw(1, 3)}};
	}
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
			expired += holds_[Count(hold)].units;
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
		sum += holds_[Count(hold)].units;
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
		if (hold.stock != stock || hold.gone || now_ < hold.expires - early)
			continue;
		if (!hold.settled && (hold.owner < 0 || hold.owner == work.session))
			expired.push_back(static_cast<int>(i));
		else if (hold.owner >= 0 && hold.owner != work.session && hold.committed && !hold.reaped)
			*disputed += hold.units;
	}
	return expired;
}

void World::Accept(Work *work, Call *call, bool reap)
{
	const auto [stock, wanted] = call->units[0];
	if (reap) {
		std::int64_t disputed = 0;
		for (const int hold : ExpiredHolds(*work, stock, &disputed)) {
			LockHold(work, hold, true);
			Give(work, stock, holds_[Count(hold)].units);
		}
	}
	Take(work, stock, wanted);
	call->hold = static_cast<int>(holds_.size());
	call->expires = now_ + Draw(10, 200);
	holds_.push_back({stock, wanted, call->expires, work->session});
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

// Settles a hold, if the transaction commits.
void World::LockHold(Work *work, int number, bool reap)
{
	const std::size_t hold = Count(number);
	const Hold before = holds_[hold];
	holds_[hold].settled = true;
	holds_[hold].reaped = reap;
	holds_[hold].owner = work->session;
	work->holds.push_back(number);
	work->undo.emplace_back([this, hold, before] { holds_[hold] = before; });
}

// Confirms or releases, where nobody else works on the hold.
void World::Settle(Work *work, Call *call)
{
	const Hold &hold = holds_[Count(call->hold)];
	const bool careless = Planted(Plant::kConfirmsExpired) && call->verb == Verb::kConfirm;
	if (!hold.committed || hold.owner >= 0) {
		call->answer = Answer::kContended;
	} else if (hold.settled && !hold.reaped) {
		call->answer = Answer::kSettled;
	} else if ((hold.reaped || now_ >= hold.expires) && !careless) {
		call->answer = Answer::kExpired;
	} else {
		call->units = {{hold.stock, hold.units}};
		LockHold(work, call->hold, false);
		if (call->verb == Verb::kRelease)
			Give(work, hold.stock, hold.units);
	}
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
		hold.committed = hold.committed || (work->transaction.end == End::kCommitted && !hold.gone);
		hold.owner = -1;
	}
}

} // namespace

History Simulate(const Simulation &simulation)
{
	return World(simulation).Run();
}

} // namespace mezzanine::history
