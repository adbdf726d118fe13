#include "views/references.h"

namespace mezzanine::views
{

namespace
{

// A foreign key between two mentions of tables in a join.
struct Candidate {
	const JoinProgram *join;
	const ForeignKeyCacheInfo *key;
	int child;
	int parent;
};

// A side of an equality as a column, past what only renames its type; NULL: it is none.
const Var *ColumnOf(Node *side)
{
	while (IsA(side, RelabelType))
		side = reinterpret_cast<Node *>(castNode(RelabelType, side)->arg);
	return IsA(side, Var) ? castNode(Var, side) : nullptr;
}

bool IsColumn(const Var *var, int table, AttrNumber attribute)
{
	return var != nullptr && var->varno == table + 1 && var->varattno == attribute;
}

// Whether a condition equates one column of the key with that which it names, as the key does.
bool Equates(const Candidate *candidate, Node *condition, int column)
{
	const ForeignKeyCacheInfo *key = candidate->key;
	if (!IsA(condition, OpExpr) || list_length(castNode(OpExpr, condition)->args) != 2)
		return false;
	const OpExpr *equality = castNode(OpExpr, condition);
	const Var *left = ColumnOf(static_cast<Node *>(linitial(equality->args)));
	const Var *right = ColumnOf(static_cast<Node *>(lsecond(equality->args)));
	Oid type;
	int32 typmod;
	Oid collation;
	get_atttypetypmodcoll(key->confrelid, key->confkey[column], &type, &typmod, &collation);
	const Oid operation = key->conpfeqop[column]; // of the parent's column with the child's
	if (equality->inputcollid != collation)
		return false;
	if (IsColumn(left, candidate->parent, key->confkey[column]))
		return IsColumn(right, candidate->child, key->conkey[column]) &&
			   equality->opno == operation;
	return IsColumn(left, candidate->child, key->conkey[column]) &&
		   IsColumn(right, candidate->parent, key->confkey[column]) &&
		   equality->opno == get_commutator(operation);
}

bool EquatesAll(const Candidate *candidate)
{
	for (int i = 0; i < candidate->key->nkeys; i++) {
		bool found = false;
		ListCell *cell;
		foreach (cell, candidate->join->conditions)
			found |= Equates(candidate, static_cast<JoinCondition *>(lfirst(cell))->expression, i);
		if (!found)
			return false;
	}
	return true;
}

void AddReferences(JoinProgram *join, const ForeignKeyCacheInfo *key)
{
	for (int child = 0; child < join->table_count; child++)
		for (int parent = 0; parent < join->table_count; parent++) {
			const Candidate candidate = {join, key, child, parent};
			if (child == parent || join->tables[child].entry->relid != key->conrelid ||
				join->tables[parent].entry->relid != key->confrelid || !EquatesAll(&candidate))
				continue;
			const auto count = static_cast<Size>(join->reference_count + 1);
			const Size size = sizeof(core::Reference) * count;
			join->references = static_cast<core::Reference *>(
				join->references == nullptr ? palloc(size) : repalloc(join->references, size));
			join->references[join->reference_count++] = {child, parent};
		}
}

bool IsValidated(Oid constraint)
{
	HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
	if (!HeapTupleIsValid(tuple))
		return false;
	const bool is_validated = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple))->convalidated;
	ReleaseSysCache(tuple);
	return is_validated;
}

// Whether the triggers that enforce a constraint are there on a table and none is disabled.
bool EnforcedOn(Relation relation, Oid constraint)
{
	const TriggerDesc *triggers = relation->trigdesc;
	bool found = false;
	for (int i = 0; triggers != nullptr && i < triggers->numtriggers; i++) {
		const Trigger *trigger = &triggers->triggers[i];
		if (trigger->tgconstraint != constraint)
			continue;
		found = true;
		if (trigger->tgenabled != TRIGGER_FIRES_ON_ORIGIN &&
			trigger->tgenabled != TRIGGER_FIRES_ALWAYS)
			return false;
	}
	return found;
}

bool IsSound(Relation child, const ForeignKeyCacheInfo *key)
{
	if (!IsValidated(key->conoid) || get_rel_relkind(key->confrelid) != RELKIND_RELATION ||
		!EnforcedOn(child, key->conoid))
		return false;
	Relation parent = relation_open(key->confrelid, AccessShareLock);
	const bool is_enforced = EnforcedOn(parent, key->conoid);
	relation_close(parent, NoLock);
	return is_enforced;
}

bool IsSource(const JoinProgram *join, Oid relation)
{
	for (int i = 0; i < join->source_count; i++)
		if (join->sources[i].relation == relation)
			return true;
	return false;
}

} // namespace

void CompileReferences(JoinProgram *join)
{
	for (int i = 0; i < join->source_count; i++) {
		Relation child = relation_open(join->sources[i].relation, AccessShareLock);
		ListCell *cell;
		if (child->rd_rel->relkind == RELKIND_RELATION)
			foreach (cell, copyObject(RelationGetFKeyList(child))) {
				const auto *key = lfirst_node(ForeignKeyCacheInfo, cell);
				if (IsSource(join, key->confrelid) && IsSound(child, key))
					AddReferences(join, key);
			}
		relation_close(child, NoLock);
	}
}

} // namespace mezzanine::views
