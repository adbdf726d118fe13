// alter_view: another query, another spread, other reactions, under the same name.
//
// Where the tables of a view must be others, a new view is made under the old one's name, the
// old one is published over the new one's tables, and the two change places in the catalogue;
// then the new one goes, and takes the old tables along.  So the published view stays the same
// relation: grants, comment and whatever reads it stay.
#include "views/catalogue.h"
#include "views/expression.h"
#include "views/life.h"
#include "views/operate.h"
#include "views/partitions.h"
#include "views/run.h"

using namespace mezzanine;
using namespace mezzanine::views;

namespace
{

// Arguments of alter_view, by position.
enum Argument { kView, kQuery, kMode, kSpread, kTargetLag, kOnError, kOnStale };

constexpr int32 kMostCells = 64; // of a group

// What is to become of a view.
struct Alteration {
	Oid view;
	const char *name;        // without its schema
	const char *query;       // NULL: as it is
	int32 spread;            // as it is to be
	ViewReactions reactions; // NULL: as they are
};

const char *TextOrNull(FunctionCallInfo fcinfo, Argument argument)
{
	return PG_ARGISNULL(argument) ? nullptr : text_to_cstring(PG_GETARG_TEXT_PP(argument));
}

// An argument that is one of two words; NULL where it was left out.
const char *Choice(FunctionCallInfo fcinfo, Argument argument, const char *name, const char *first,
				   const char *second)
{
	const char *value = TextOrNull(fcinfo, argument);
	if (value != nullptr && strcmp(value, first) != 0 && strcmp(value, second) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid value for %s: \"%s\"", name, value),
						errhint("It is '%s' or '%s'.", first, second)));
	return value;
}

void RefuseDeferred(FunctionCallInfo fcinfo)
{
	const char *mode = Choice(fcinfo, kMode, "mode", "immediate", "deferred");
	if (mode != nullptr && strcmp(mode, "deferred") == 0)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("mode => 'deferred' is not supported yet"),
						errhint("Supported is mode => 'immediate'.")));
	if (!PG_ARGISNULL(kTargetLag))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("target_lag => an interval is not supported yet"),
						errhint("It is for deferred views; leave it NULL.")));
}

Oid RequireOwnView(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(kView))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("argument \"view\" must not be NULL")));
	const Oid view = PG_GETARG_OID(kView);
	(void)RequireCores(view);
	PreventCommandIfReadOnly("mezzanine.alter_view()");
	if (!pg::OwnsRelation(view))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_VIEW, get_rel_name(view));
	return view;
}

int32 SpreadOf(Oid view)
{
	return static_cast<CoreEntry *>(linitial(CoresOfView(view)))->spread;
}

Alteration CheckArguments(FunctionCallInfo fcinfo)
{
	Alteration to = {};
	to.view = RequireOwnView(fcinfo);
	to.name = get_rel_name(to.view);
	RefuseDeferred(fcinfo);
	to.query = TextOrNull(fcinfo, kQuery);
	to.spread = PG_ARGISNULL(kSpread) ? SpreadOf(to.view) : PG_GETARG_INT32(kSpread);
	if (to.spread < 1 || to.spread > kMostCells)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("spread must be between 1 and %d", kMostCells),
						errhint("It is the most cells that one group may use.")));
	to.reactions = {Choice(fcinfo, kOnError, "on_error", "fail", "mark_stale"),
					Choice(fcinfo, kOnStale, "on_stale", "error", "serve")};
	return to;
}

void RequireReadCommitted()
{
	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("a view's query and spread cannot be changed at this isolation level"),
				 errdetail("The transaction's snapshot may be older than the lock on the base "
						   "table, and miss rows."),
				 errhint("Run alter_view in a transaction at READ COMMITTED.")));
}

// Waits for whoever the mode excludes, and keeps them out until the end of the transaction.
void LockBases(Oid view, LOCKMODE mode)
{
	ListCell *cell;
	foreach (cell, BasesOfView(view))
		LockWithPartitions(lfirst_oid(cell), mode);
	if (CoresOfView(view) == NIL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("the mezzanine view was dropped meanwhile")));
}

void RunAs(Oid user, const char *command)
{
	Oid caller;
	int security;
	GetUserIdAndSecContext(&caller, &security);
	SetUserIdAndSecContext(user, security | SECURITY_LOCAL_USERID_CHANGE);
	Run(command);
	SetUserIdAndSecContext(caller, security);
}

// The text that a query returns; NULL where it returns nothing.
const char *TextOf(const char *query)
{
	Run(query);
	return SPI_processed == 0 ? nullptr
							  : SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
}

// The view's query as it is, under the settings that it was written under; these last until
// AtEOXact_GUC.
const char *PresentQuery(Oid view)
{
	const char *zone =
		TextOf(psprintf("SELECT substr(s, 10) FROM %s.views AS v, unnest(v.settings) "
						"AS s WHERE v.view = %u AND s LIKE 'TimeZone=%%'",
						kInfoSchema, view));
	if (zone != nullptr)
		(void)set_config_option("TimeZone", zone, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true,
								0, false);
	return TextOf(psprintf("SELECT query FROM %s.views WHERE view = %u", kInfoSchema, view));
}

// Makes a view of that name from the query.  All arguments with their types: no other function
// of that name can be meant.
Oid MakeNew(const Alteration *to, const char *query, const ViewLife *life)
{
	const ViewReactions *given = &to->reactions;
	const char *on_error = life->marks_stale ? "mark_stale" : "fail";
	const char *on_stale = life->serves ? "serve" : "error";
	RUN("SELECT %s.create_view(%s::pg_catalog.text, %s::pg_catalog.text, "
		"'immediate'::pg_catalog.text, 'strict'::pg_catalog.text, "
		"%d::pg_catalog.int4, NULL::pg_catalog.interval, %s::pg_catalog.text, %s::pg_catalog.text, "
		"true, false, "
		"NULL::pg_catalog.text)",
		kPublishedSchema, quote_literal_cstr(quote_identifier(to->name)), quote_literal_cstr(query),
		to->spread, quote_literal_cstr(given->on_error != nullptr ? given->on_error : on_error),
		quote_literal_cstr(given->on_stale != nullptr ? given->on_stale : on_stale));
	return get_relname_relid(to->name, get_namespace_oid(kPublishedSchema, false));
}

bool SameColumn(const FormData_pg_attribute *a, const FormData_pg_attribute *b)
{
	return strcmp(NameStr(a->attname), NameStr(b->attname)) == 0 && a->atttypid == b->atttypid &&
		   a->atttypmod == b->atttypmod && a->attcollation == b->attcollation;
}

const char *DescribeColumn(const FormData_pg_attribute *column)
{
	return psprintf("\"%s\" of type %s", NameStr(column->attname),
					format_type_with_typemod(column->atttypid, column->atttypmod));
}

// As with CREATE OR REPLACE VIEW: whoever reads the view finds the columns that it had.
void RequireColumns(const Alteration *to, Oid present, Oid wanted)
{
	Relation old_view = relation_open(present, AccessShareLock);
	Relation new_view = relation_open(wanted, AccessShareLock);
	TupleDesc had = RelationGetDescr(old_view);
	TupleDesc has = RelationGetDescr(new_view);
	for (int i = 0; i < had->natts; i++) {
		const FormData_pg_attribute *column = TupleDescAttr(had, i);
		if (i < has->natts && SameColumn(column, TupleDescAttr(has, i)))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TABLE_DEFINITION),
				 errmsg("the query does not keep the columns of mezzanine view \"%s\"", to->name),
				 i < has->natts
					 ? errdetail("Column %d is %s and would be %s.", i + 1, DescribeColumn(column),
								 DescribeColumn(TupleDescAttr(has, i)))
					 : errdetail("Column %d, %s, would be missing.", i + 1, DescribeColumn(column)),
				 errhint("Columns can be added at the end.  For all else, drop the view and "
						 "create it anew.")));
	}
	relation_close(new_view, NoLock);
	relation_close(old_view, NoLock);
}

// Publishes the old view over the new one's tables.
void Republish(Oid old_view, Oid new_view)
{
	const int nest_level = PinTextSettings();
	RUN("CREATE OR REPLACE VIEW %s AS %s", QualifiedName(old_view),
		TextOf(psprintf("SELECT pg_catalog.pg_get_viewdef(%u::oid)", new_view)));
	AtEOXact_GUC(true, nest_level);
}

// Mezzanine views over this one were made from its query as it is.
void RequireUnread(const Alteration *to)
{
	const char *reader =
		TextOf(psprintf("SELECT v.view::pg_catalog.text FROM %s.views AS v "
						"JOIN pg_catalog.pg_depend AS d ON d.objid OPERATOR(pg_catalog.=) v.view "
						"WHERE d.classid OPERATOR(pg_catalog.=) %u AND d.refclassid "
						"OPERATOR(pg_catalog.=) %u AND d.refobjid OPERATOR(pg_catalog.=) %u "
						"ORDER BY 1 LIMIT 1",
						kInfoSchema, RelationRelationId, RelationRelationId, to->view));
	if (reader != nullptr)
		ereport(ERROR, (errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
						errmsg("cannot change the query of mezzanine view \"%s\"", to->name),
						errdetail("Mezzanine view %s was made from its query as it is.", reader),
						errhint("Drop that view first, and create it again afterwards.")));
}

// Mezzanine views whose definitions the query has written out: the old view hangs on those of the
// new one.
void BindAnew(Oid view, Oid made)
{
	(void)deleteDependencyRecordsForClass(RelationRelationId, view, RelationRelationId,
										  DEPENDENCY_NORMAL);
	Run(psprintf("SELECT d.refobjid FROM pg_catalog.pg_depend AS d "
				 "WHERE d.classid OPERATOR(pg_catalog.=) %u AND d.objid OPERATOR(pg_catalog.=) %u "
				 "AND d.refclassid OPERATOR(pg_catalog.=) %u",
				 RelationRelationId, made, RelationRelationId));
	for (uint64 i = 0; i < SPI_processed; i++) {
		bool is_null;
		ObjectAddress bound;
		ObjectAddress to;
		ObjectAddressSet(bound, RelationRelationId, view);
		ObjectAddressSet(to, RelationRelationId,
						 DatumGetObjectId(SPI_getbinval(SPI_tuptable->vals[i],
														SPI_tuptable->tupdesc, 1, &is_null)));
		recordDependencyOn(&bound, &to, DEPENDENCY_NORMAL);
	}
}

// As the view's owner, to whom all of it belongs.
void Remake(const Alteration *to)
{
	ViewLife life = {};
	(void)LifeOf(to->view, nullptr, &life);
	SPI_connect();
	if (to->query != nullptr)
		RequireUnread(to);
	const int nest_level = to->query == nullptr ? PinTextSettings() : NewGUCNestLevel();
	const char *query = to->query != nullptr ? to->query : PresentQuery(to->view);
	RunAs(CatalogueOwner(),
		  psprintf("SELECT %s.set_aside(%u::pg_catalog.regclass)", kStateSchema, to->view));
	const Oid made = MakeNew(to, query, &life);
	AtEOXact_GUC(true, nest_level);
	RequireColumns(to, to->view, made);
	Republish(to->view, made);
	BindAnew(to->view, made);
	RunAs(CatalogueOwner(),
		  psprintf("SELECT %s.exchange(%u::pg_catalog.regclass, %u::pg_catalog.regclass)",
				   kStateSchema, to->view, made));
	RUN("SELECT %s.keep_indexes(%u::pg_catalog.regclass, %u::pg_catalog.regclass)", kStateSchema,
		made, to->view);
	// The event trigger on sql_drop removes what was made for the old one.
	RUN("DROP VIEW %s", QualifiedName(made));
	RUN("ALTER VIEW %s RENAME TO %s", QualifiedName(to->view), quote_identifier(to->name));
	SPI_finish();
}

void RemakeAsOwner(const Alteration *to)
{
	Relation relation = relation_open(to->view, AccessShareLock);
	const Oid owner = relation->rd_rel->relowner;
	relation_close(relation, NoLock);
	Oid user;
	int security;
	GetUserIdAndSecContext(&user, &security);
	SetUserIdAndSecContext(owner,
						   security | SECURITY_RESTRICTED_OPERATION | SECURITY_LOCAL_USERID_CHANGE);
	Remake(to);
	SetUserIdAndSecContext(user, security);
}

// Cells beyond the new number are folded as any others, when their groups change.
void SetSpread(const Alteration *to)
{
	LockBases(to->view, ShareRowExclusiveLock);
	SPI_connect();
	RunAs(CatalogueOwner(), psprintf("SELECT %s.set_spread(%u::pg_catalog.regclass, %d)",
									 kStateSchema, to->view, to->spread));
	SPI_finish();
}

} // namespace

// alter_view(view regclass, query, mode, spread, target_lag, on_error, on_stale) -> void; NULL
// leaves as it is
MEZZANINE_FUNCTION(mezzanine_alter_view)
{
	const Alteration to = CheckArguments(fcinfo);
	const int32 spread = SpreadOf(to.view);
	if (to.query != nullptr || (spread > 1) != (to.spread > 1)) {
		RequireReadCommitted();
		// As drop_view: before the view's own relations, which a writer wants at its commit.
		LockBases(to.view, AccessExclusiveLock);
		RemakeAsOwner(&to);
	} else if (spread != to.spread) {
		RequireReadCommitted();
		SetSpread(&to);
	}
	// Also has every session compile the view's programs anew.
	SetReactions(to.view, &to.reactions);
	PG_RETURN_VOID();
}
