// A transaction's changes as a list with a stack of savepoints: what core::Delta must
// amount to, kept so simply that it cannot be wrong.
#pragma once

#include "core/delta.h"
#include "naive_group.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mezzanine::test
{

// The views that the scripts write to, by number - 1.
inline const std::vector<core::ArgumentKind> &KindsOf(core::ViewId view)
{
	using enum core::ArgumentKind;
	static const std::vector<core::ArgumentKind> kinds[] = {
		{}, {kInteger}, {kCount, kDecimal}, {kDecimal, kBigInteger}};
	return kinds[view - 1];
}

struct NaiveChange {
	bool truncate;
	core::ViewId view;
	std::uint64_t hash;
	std::string key;
	int sign;
	NaiveGroup::Row row;
};

inline void Apply(core::Delta *delta, int depth, const NaiveChange &change)
{
	if (change.truncate) {
		delta->Truncate(depth, change.view);
		return;
	}
	const std::vector<core::ArgumentKind> &kinds = KindsOf(change.view);
	core::Value values[4];
	for (std::size_t i = 0; i < kinds.size(); ++i)
		values[i] = AsValue(kinds[i], change.row[i]);
	delta->Add(depth, change.view,
			   {kinds, change.hash, change.key, change.sign, {values, kinds.size()}});
}

class NaiveDelta
{
public:
	using GroupName = std::pair<std::int64_t, std::string>; // in the order of home tables
	struct View {
		bool truncated = false;
		std::map<GroupName, NaiveGroup> groups;
	};

	void Apply(int depth, const NaiveChange &change)
	{
		if (static_cast<int>(levels_.size()) < depth)
			levels_.resize(static_cast<std::size_t>(depth));
		levels_[static_cast<std::size_t>(depth) - 1].push_back(change);
	}
	void CommitLevel(int depth)
	{
		if (static_cast<int>(levels_.size()) < depth)
			return;
		std::vector<NaiveChange> child = std::move(levels_.back());
		levels_.pop_back();
		levels_.back().insert(levels_.back().end(), child.begin(), child.end());
	}
	void AbortLevel(int depth)
	{
		if (static_cast<int>(levels_.size()) >= depth)
			levels_.resize(static_cast<std::size_t>(depth) - 1);
	}

	// What is left to apply, views and groups that amount to nothing left out.
	std::map<core::ViewId, View> Net() const
	{
		std::map<core::ViewId, View> views;
		for (const std::vector<NaiveChange> &level : levels_) {
			for (const NaiveChange &change : level) {
				View &view = views[change.view];
				if (change.truncate) {
					view = View{true, {}};
					continue;
				}
				view.groups
					.try_emplace(GroupName(static_cast<std::int64_t>(change.hash), change.key),
								 KindsOf(change.view))
					.first->second.Add(change.row, change.sign);
			}
		}
		for (auto &[id, view] : views)
			std::erase_if(view.groups, [](const auto &entry) { return entry.second.IsZero(); });
		std::erase_if(views, [](const auto &entry) {
			return !entry.second.truncated && entry.second.groups.empty();
		});
		return views;
	}

private:
	std::vector<std::vector<NaiveChange>> levels_; // [depth - 1], in order of time
};

} // namespace mezzanine::test
