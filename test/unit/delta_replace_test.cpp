#include "core/delta.h"

#include <gtest/gtest.h>

namespace mezzanine::core
{
namespace
{

TEST(Delta, ReplacesARowOfAGroupByAnother)
{
	Delta replaced(std::pmr::new_delete_resource());
	Delta added(std::pmr::new_delete_resource());
	const ArgumentKind kinds[] = {ArgumentKind::kInteger};
	Value old_value;
	Value new_value;
	old_value.integer = 5;
	new_value.integer = 8;
	const Delta::Row left = {kinds, 1, "a", -1, {&old_value, 1}};
	const Delta::Row came = {kinds, 1, "a", +1, {&new_value, 1}};
	replaced.Replace(1, 7, left, came);
	added.Add(1, 7, left);
	added.Add(1, 7, came);
	replaced.Seal();
	added.Seal();
	ASSERT_EQ(replaced.group_count(0), 1U);
	EXPECT_EQ(replaced.group(0, 0).rows, 0);
	StoredArgument before;
	before.count = 3;
	before.sum_null = false;
	before.integer = 100;
	for (Delta *delta : {&replaced, &added}) {
		const Delta::Stored &sum = delta->Combine(delta->group(0, 0), kinds, {3, {&before, 1}});
		EXPECT_EQ(sum.rows, 3);
		EXPECT_EQ(sum.arguments[0].count, 3);
		EXPECT_EQ(sum.arguments[0].integer, 103);
	}
}

} // namespace
} // namespace mezzanine::core
