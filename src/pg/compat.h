// Differences between PostgreSQL majors.  The only tests of PG_VERSION_NUM are
// here; newer spellings are given to older servers, never the other way round.
//
// Included by pg/pg.h alone.
#pragma once

#if PG_VERSION_NUM < 150010
#error "mezzanine needs PostgreSQL 15.10 or later (15.9 changed the ABI of ResultRelInfo)"
#endif

namespace mezzanine::pg
{

// The number of the transaction within this backend.
inline LocalTransactionId LocalTransaction()
{
#if PG_VERSION_NUM >= 170000
	return MyProc->vxid.lxid;
#else
	return MyProc->lxid;
#endif
}

// 15 declares tree walkers without their arguments, which C++ takes at its word; 16
// declares them in full.
using TreeWalker = bool (*)(Node *node, void *context);

inline bool WalkExpression(Node *node, TreeWalker walker, void *context)
{
#if PG_VERSION_NUM < 160000
	return expression_tree_walker(
		node, reinterpret_cast<bool (*)()>(reinterpret_cast<void (*)()>(walker)), context);
#else
	return expression_tree_walker(node, walker, context);
#endif
}

inline bool WalkQuery(Query *query, TreeWalker walker, void *context, int flags)
{
#if PG_VERSION_NUM < 160000
	return query_tree_walker(
		query, reinterpret_cast<bool (*)()>(reinterpret_cast<void (*)()>(walker)), context, flags);
#else
	return query_tree_walker(query, walker, context, flags);
#endif
}

using PlanStateWalker = bool (*)(PlanState *node, void *context);

inline bool WalkPlanState(PlanState *node, PlanStateWalker walker, void *context)
{
#if PG_VERSION_NUM < 160000
	return planstate_tree_walker(
		node, reinterpret_cast<bool (*)()>(reinterpret_cast<void (*)()>(walker)), context);
#else
	return planstate_tree_walker(node, walker, context);
#endif
}

// The server's commands that tell of their progress have the numbers below this one.
constexpr int kFreeProgressCommand = PROGRESS_COMMAND_COPY + 1;

using TreeMutator = Node *(*)(Node *node, void *context);

inline Node *MutateExpression(Node *node, TreeMutator mutator, void *context)
{
#if PG_VERSION_NUM < 160000
	return expression_tree_mutator(
		node, reinterpret_cast<Node *(*)()>(reinterpret_cast<void (*)()>(mutator)), context);
#else
	return expression_tree_mutator(node, mutator, context);
#endif
}

// A copy of the query with everything in it mutated, subqueries in FROM and WITH too.
inline Query *MutateQuery(Query *query, TreeMutator mutator, void *context)
{
#if PG_VERSION_NUM < 160000
	return query_tree_mutator(
		query, reinterpret_cast<Node *(*)()>(reinterpret_cast<void (*)()>(mutator)), context, 0);
#else
	return query_tree_mutator(query, mutator, context, 0);
#endif
}

// How tuples of `from` become tuples of `to`, by the names of their columns; NULL where
// they are the same.
inline AttrMap *MapByNameIfNeeded(TupleDesc from, TupleDesc to)
{
#if PG_VERSION_NUM < 160000
	return build_attrmap_by_name_if_req(from, to);
#else
	return build_attrmap_by_name_if_req(from, to, false);
#endif
}

// Has a trigger fire always, whatever session_replication_role is.
inline void EnableTriggerAlways(Relation table, const char *trigger)
{
#if PG_VERSION_NUM < 160000
	EnableDisableTriggerNew2(table, trigger, InvalidOid, TRIGGER_FIRES_ALWAYS, false, false,
							 ShareRowExclusiveLock);
#else
	EnableDisableTrigger(table, trigger, InvalidOid, TRIGGER_FIRES_ALWAYS, false, false,
						 ShareRowExclusiveLock);
#endif
}

// Whether the current user owns the relation, or has its owner's rights.
inline bool OwnsRelation(Oid relation)
{
#if PG_VERSION_NUM < 160000
	return pg_class_ownercheck(relation, GetUserId());
#else
	return object_ownercheck(RelationRelationId, relation, GetUserId());
#endif
}

// Whether the role may execute the function.
inline AclResult MayExecute(Oid function, Oid role)
{
#if PG_VERSION_NUM < 160000
	return pg_proc_aclcheck(function, role, ACL_EXECUTE);
#else
	return object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE);
#endif
}

} // namespace mezzanine::pg
