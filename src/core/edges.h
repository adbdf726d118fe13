// Edges of a join: how a change walks through the joined tables, and which fences it needs
// on its way.
//
//   SpanTables(ties, edges);                      // once: the tree that all changes walk by
//   WalkFrom(table, edges, steps);                // once a table: from there to all others
//   fences.Cross(edge, side, key); fences.Settle(); ...  // take them, walk again until settled
//
// Two transactions that each add a side of a pair do not see each other's; the fence of the
// pair's edge and key, in a colour for each side, has the later one wait and see.  It works
// because all walk by one tree: the path between two changed rows is the same from both
// ends.  test/model holds the protocol against every order of events.
#pragma once

#include <cstdint>
#include <map>
#include <memory_resource>
#include <span>
#include <utility>
#include <vector>

namespace mezzanine::core
{

// The most tables that one join may have: a set of them is 64 bits, and a transaction that
// changes n of them has 2^n - 1 terms.
constexpr int kMostTables = 12;

// What ties two tables: an equality whose sides can be hashed, or anything else.
struct Tie {
	int left;
	int right;
	bool keyed;
};

// An edge of the tree; left < right.  Keyed where some tie between the two is.
struct Edge {
	int left;
	int right;
	bool keyed;
};

// Fills `edges`, of which there is one fewer than tables, with a tree over all tables.  Keyed
// ties go first, then the others; tables that nothing ties are joined by edges without a key.
//
// Requires: 0 < tables <= kMostTables, edges.size() + 1 tables, left != right in every tie.
void SpanTables(std::span<const Tie> ties, std::span<Edge> edges);

enum class Side : std::uint8_t { kLeft, kRight };

// A set of tables, one bit each.
using Tables = std::uint64_t;

constexpr Tables SetOf(int table)
{
	return Tables{1} << table;
}

// Crossing an edge, from rows that join the tables of `path`.
struct Step {
	int edge;
	Side side;   // that it is crossed from
	Tables path; // from the root to the near table, both included
	int before;  // the step that leads to the near table; -1: that is the root
};

// Fills `steps`, as many as edges, with the way from a table to all others; a step comes
// after those that lead to it.
void WalkFrom(int root, std::span<const Edge> edges, std::span<Step> steps);

// A fence to be taken.  Colours: kEntering goes with itself, as does kExcluding; not with each
// other, and both together with neither.
struct EdgeFence {
	static constexpr std::uint8_t kEntering = 1;
	static constexpr std::uint8_t kExcluding = 2;

	bool is_key;          // of a key on an edge; else of the activity on a side of an edge
	std::uint32_t number; // hash of edge and key; twice the edge, one more on the right
	std::uint8_t colours;

	bool operator==(const EdgeFence &) const = default;
};

// The fences that a transaction needs in one join.  Needs only grow, so walks end.
class EdgeFences
{
public:
	// With more keys than this an edge is fenced as a whole, by the activity of its sides.
	static constexpr std::size_t kMostKeys = 64;

	explicit EdgeFences(std::pmr::memory_resource *resource);
	EdgeFences(const EdgeFences &) = delete;
	EdgeFences &operator=(const EdgeFences &) = delete;

	// The walk crosses an edge at a key, or wherever it may.
	void Cross(int edge, Side side, std::uint32_t key);
	void CrossWhole(int edge, Side side);

	// Whether crossings of the edge from this side need not be told any more.
	bool Covers(int edge, Side side) const noexcept;

	// Crosses a step's edge wherever it may, where the walk came to the near table by an edge that
	// is fenced as a whole; false: it did not.  Whoever changes what lies beyond crosses that
	// edge from its far side if rows of ours are in his way, and waits there as it is: to look for
	// the keys would spare nobody.
	bool CrossBeyondWhole(std::span<const Step> steps, const Step &step);

	// From here on no edge is fenced by keys: the walk does not settle otherwise.
	void Escalate();

	// Orders what is needed so far; true when that is what was needed the last time.
	bool Settle();

	// In the order of taking: activities first.  As of the last Settle.
	std::size_t size() const noexcept { return settled_.size(); }
	const EdgeFence &operator[](std::size_t i) const noexcept { return settled_[i]; }

private:
	struct EdgeNeeds {
		bool whole = false;
		std::uint8_t sides = 0;
		std::size_t keys = 0;
	};

	EdgeNeeds &NeedsOf(int edge);
	void AddActivities(int edge, const EdgeNeeds &needs, std::pmr::vector<EdgeFence> *fences) const;
	static void Merge(std::pmr::vector<EdgeFence> *fences);

	bool escalated_ = false;
	std::pmr::vector<EdgeNeeds> edges_;
	std::pmr::map<std::pair<int, std::uint32_t>, std::uint8_t> keys_; // to colours
	std::pmr::vector<EdgeFence> settled_;
};

} // namespace mezzanine::core
