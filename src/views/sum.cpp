#include "views/sum.h"

namespace mezzanine::views
{

namespace
{

Alternative *At(const ListCell *cell)
{
	return static_cast<Alternative *>(lfirst(cell));
}

Alternative *CopyOf(const Alternative *given)
{
	auto *copy = static_cast<Alternative *>(palloc(sizeof(Alternative)));
	*copy = *given;
	copy->tables = bms_copy(given->tables);
	copy->nulls = bms_copy(given->nulls);
	copy->choices = list_copy(given->choices);
	copy->conditions = list_copy(given->conditions);
	copy->settled = list_copy(given->settled);
	return copy;
}

Alternative *Joined(const Alternative *left, const Alternative *right)
{
	Alternative *joined = CopyOf(left);
	joined->sign *= right->sign;
	joined->tables = bms_add_members(joined->tables, right->tables);
	joined->nulls = bms_add_members(joined->nulls, right->nulls);
	joined->choices = list_concat(joined->choices, right->choices);
	joined->conditions = list_concat(joined->conditions, right->conditions);
	joined->settled = list_concat(joined->settled, right->settled);
	return joined;
}

const Choice *ChoiceOf(const Alternative *alternative, int number)
{
	ListCell *cell;
	foreach (cell, alternative->choices) {
		const auto *choice = static_cast<Choice *>(lfirst(cell));
		if (choice->number == number)
			return choice;
	}
	return nullptr;
}

// The context is the alternative.
Node *Replace(Node *node, void *context)
{
	const auto *alternative = static_cast<Alternative *>(context);
	if (node == nullptr)
		return nullptr;
	if (!IsA(node, Var) || castNode(Var, node)->varlevelsup > 0)
		return pg::MutateExpression(node, Replace, context);
	const Var *var = castNode(Var, node);
	if (bms_is_member(var->varno, alternative->nulls))
		return reinterpret_cast<Node *>(
			makeNullConst(var->vartype, var->vartypmod, var->varcollid));
	const Choice *choice = ChoiceOf(alternative, var->varno);
	if (choice == nullptr)
		return static_cast<Node *>(copyObjectImpl(var));
	return Replace(static_cast<Node *>(list_nth(choice->outputs, var->varattno - 1)), context);
}

// Whether a condition that is always false, or NULL, is among them.
bool IsPossible(const Alternative *alternative)
{
	ListCell *cell;
	foreach (cell, ResolvedConditions(alternative)) {
		Node *folded = eval_const_expressions(nullptr, static_cast<Node *>(lfirst(cell)));
		if (!IsA(folded, Const))
			continue;
		const Const *constant = castNode(Const, folded);
		if (constant->constisnull || !DatumGetBool(constant->constvalue))
			return false;
	}
	return true;
}

} // namespace

List *SumOf(int number)
{
	auto *alternative = static_cast<Alternative *>(palloc0(sizeof(Alternative)));
	alternative->sign = 1;
	if (number > 0)
		alternative->tables = bms_make_singleton(number);
	return list_make1(alternative);
}

List *Product(const List *left, const List *right)
{
	List *product = NIL;
	ListCell *one;
	ListCell *other;
	foreach (one, left)
		foreach (other, right)
			product = lappend(product, Joined(At(one), At(other)));
	return product;
}

List *Negated(const List *sum)
{
	List *negated = NIL;
	ListCell *cell;
	foreach (cell, sum) {
		Alternative *copy = CopyOf(At(cell));
		copy->sign = -copy->sign;
		negated = lappend(negated, copy);
	}
	return negated;
}

List *WithNulls(const List *sum, int after, int last)
{
	List *nulled = NIL;
	ListCell *cell;
	foreach (cell, sum) {
		Alternative *copy = CopyOf(At(cell));
		// What has been asked of them so far was asked of their rows.
		copy->settled = ResolvedConditions(copy);
		copy->conditions = NIL;
		if (last > after)
			copy->nulls = bms_add_range(copy->nulls, after + 1, last);
		nulled = lappend(nulled, copy);
	}
	return nulled;
}

void AddChoice(List *sum, int number, List *outputs)
{
	ListCell *cell;
	foreach (cell, sum) {
		auto *choice = static_cast<Choice *>(palloc(sizeof(Choice)));
		*choice = {number, outputs};
		At(cell)->choices = lappend(At(cell)->choices, choice);
	}
}

void AddCondition(List *sum, Node *condition)
{
	ListCell *cell;
	foreach (cell, sum)
		At(cell)->conditions = lappend(At(cell)->conditions, condition);
}

Node *Resolve(const Alternative *alternative, Node *expression)
{
	return Replace(expression, const_cast<Alternative *>(alternative));
}

List *ResolvedConditions(const Alternative *alternative)
{
	return list_concat(
		list_copy(alternative->settled),
		castNode(List, Resolve(alternative, reinterpret_cast<Node *>(alternative->conditions))));
}

List *PossibleOnes(List *sum)
{
	List *possible = NIL;
	ListCell *cell;
	foreach (cell, sum)
		if (IsPossible(At(cell)))
			possible = lappend(possible, At(cell));
	return possible != NIL ? possible : list_make1(linitial(sum));
}

} // namespace mezzanine::views
