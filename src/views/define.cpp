// create_view, drop_view.
#include "views/advice.h"
#include "views/analysis.h"
#include "views/base.h"
#include "views/catalogue.h"
#include "views/expression.h"
#include "views/finish.h"
#include "views/join.h"
#include "views/life.h"
#include "views/partitions.h"
#include "views/progress.h"
#include "views/restore.h"
#include "views/rows_views.h"
#include "views/run.h"
#include "views/script.h"
#include "views/total.h"
#include "views/watch.h"

using namespace mezzanine;
using namespace mezzanine::views;

namespace
{

// The names of a view's relations, quoted and qualified.
struct ViewNames {
	const char *bare;       // as given, unquoted
	const char *view;       // mezzanine.<name>
	const char *definition; // mezzanine_state.<name>_definition, or one like it
};

constexpr int32 kMostCells = 64; // of a group

struct CoreNames {
	const char *home;  // mezzanine_state.<name>, or one like it
	const char *truth; // mezzanine_state.<name>_truth, or one like it
	const char *cells; // mezzanine_state.<name>_cells, or one like it; NULL: one cell a group
	const char *total; // mezzanine_state.<name>_total, or one like it
};

// Arguments of create_view, by position.
enum Argument {
	kName,
	kQuery,
	kMode,
	kIncremental,
	kSpread,
	kTargetLag,
	kOnError,
	kOnStale,
	kWithData,
	kIfNotExists,
	kComment
};

[[noreturn]] void RefuseOption(const char *option, const char *value, const char *hint)
{
	ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("%s => %s is not supported yet", option, value), errhint("%s", hint)));
	pg_unreachable();
}

// A word option: `supported` is the only value that works; `known` another that will.
void CheckWord(FunctionCallInfo fcinfo, Argument argument, const char *option,
			   const char *supported, const char *known)
{
	const char *value =
		PG_ARGISNULL(argument) ? "NULL" : text_to_cstring(PG_GETARG_TEXT_PP(argument));
	if (strcmp(value, supported) == 0)
		return;
	const char *hint = psprintf("Supported is %s => '%s'.", option, supported);
	if (strcmp(value, known) == 0)
		RefuseOption(option, psprintf("'%s'", value), hint);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid value for %s: \"%s\"", option, value), errhint("%s", hint)));
}

// A word option with two words that work; returns the one given.
const char *Choice(FunctionCallInfo fcinfo, Argument argument, const char *option,
				   const char *first, const char *second)
{
	const char *value =
		PG_ARGISNULL(argument) ? "NULL" : text_to_cstring(PG_GETARG_TEXT_PP(argument));
	if (strcmp(value, first) == 0 || strcmp(value, second) == 0)
		return value;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid value for %s: \"%s\"", option, value),
					errhint("It is '%s' or '%s'.", first, second)));
	pg_unreachable();
}

// What create_view was given beside name and query.
struct CreateOptions {
	const char *on_error;
	const char *on_stale;
	int32 spread;
	bool with_data;
	const char *comment; // NULL: none
};

CreateOptions CheckOptions(FunctionCallInfo fcinfo)
{
	CreateOptions options = {};
	CheckWord(fcinfo, kMode, "mode", "immediate", "deferred");
	(void)Choice(fcinfo, kIncremental, "incremental", "strict", "auto");
	options.on_error = Choice(fcinfo, kOnError, "on_error", "fail", "mark_stale");
	options.on_stale = Choice(fcinfo, kOnStale, "on_stale", "error", "serve");
	options.spread = PG_ARGISNULL(kSpread) ? 0 : PG_GETARG_INT32(kSpread);
	if (options.spread < 1 || options.spread > kMostCells)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("spread must be between 1 and %d", kMostCells),
						errhint("It is the most cells that one group may use.")));
	if (!PG_ARGISNULL(kTargetLag))
		RefuseOption("target_lag", "an interval", "It is for deferred views; leave it NULL.");
	if (PG_ARGISNULL(kWithData))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("argument \"with_data\" must not be NULL")));
	options.with_data = PG_GETARG_BOOL(kWithData);
	options.comment =
		PG_ARGISNULL(kComment) ? nullptr : text_to_cstring(PG_GETARG_TEXT_PP(kComment));
	return options;
}

char *RequiredText(FunctionCallInfo fcinfo, int argument, const char *name)
{
	if (PG_ARGISNULL(argument))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("argument \"%s\" must not be NULL", name)));
	return text_to_cstring(PG_GETARG_TEXT_PP(argument));
}

// The view's name without its schema; the schema, if given, must be mezzanine.
const char *BareName(const char *given)
{
	List *parts = textToQualifiedNameList(cstring_to_text(given));
	const char *schema = list_length(parts) > 1 ? strVal(linitial(parts)) : kPublishedSchema;
	if (list_length(parts) > 2 || strcmp(schema, kPublishedSchema) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_SCHEMA_NAME),
						errmsg("mezzanine views live in the schema \"%s\"", kPublishedSchema),
						errdetail("The name given is \"%s\".", given),
						errhint("Give the name without a schema.")));
	return strVal(llast(parts));
}

Oid PublishedOid(const char *bare)
{
	return get_relname_relid(bare, get_namespace_oid(kPublishedSchema, false));
}

// Creation needs a snapshot that is younger than its lock on the base table.
void RequireReadCommitted()
{
	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("create_view cannot run at this isolation level"),
				 errdetail("The transaction's snapshot may be older than the lock on the base "
						   "table, and miss rows."),
				 errhint("Run it in a transaction at READ COMMITTED.")));
}

// Before any lock: who may not change the relation shall not hold up others either.
void RequireOwner(Oid relation)
{
	if (!pg::OwnsRelation(relation))
		aclcheck_error(ACLCHECK_NOT_OWNER, get_relkind_objtype(get_rel_relkind(relation)),
					   get_rel_name(relation));
}

// Waits for writers in flight and keeps new ones out until the end of the transaction.
void LockBase(Oid base)
{
	Relation relation = table_open(base, ShareRowExclusiveLock);
	CheckTableNotInUse(relation, "create_view");
	table_close(relation, NoLock);
	LockWithPartitions(base, ShareRowExclusiveLock);
}

// The same for all tables of a query, whose order is the same for everybody.
void LockTables(const List *tables)
{
	ListCell *cell;
	foreach (cell, tables)
		RequireOwner(lfirst_oid(cell));
	foreach (cell, tables)
		LockBase(lfirst_oid(cell));
}

// Keeps writers and readers out of the tables that the view is computed from.
void LockBases(Oid view)
{
	ListCell *cell;
	foreach (cell, BasesOfView(view))
		LockWithPartitions(lfirst_oid(cell), AccessExclusiveLock);
}

void CommentOn(const char *kind, const char *relation, const char *comment)
{
	RUN("COMMENT ON %s %s IS %s", kind, relation, quote_literal_cstr(comment));
}

// Fills the home table from the base, as the owner and with no way to become more.
void Fill(const CoreNames *core, const Progress *progress)
{
	Oid user;
	int security;
	GetUserIdAndSecContext(&user, &security);
	SetUserIdAndSecContext(user, security | SECURITY_RESTRICTED_OPERATION);
	BeginProgress(progress);
	RUN("INSERT INTO %s TABLE %s", core->home, core->truth);
	EndProgress();
	SetUserIdAndSecContext(user, security);
}

void Guard(const char *table)
{
	RUN("CREATE TRIGGER mezzanine_guard BEFORE INSERT OR UPDATE OR DELETE ON %s "
		"FOR EACH ROW EXECUTE FUNCTION %s.guard()",
		table, kStateSchema);
	RUN("CREATE TRIGGER mezzanine_guard_truncate BEFORE TRUNCATE ON %s "
		"FOR EACH STATEMENT EXECUTE FUNCTION %s.guard()",
		table, kStateSchema);
	RUN("ALTER TABLE %s ENABLE ALWAYS TRIGGER mezzanine_guard, "
		"ENABLE ALWAYS TRIGGER mezzanine_guard_truncate",
		table);
}

// Where `to` goes the relation goes.
void Bind(const char *relation, Oid to)
{
	ObjectAddress bound;
	ObjectAddress object;
	ObjectAddressSet(bound, RelationRelationId, RelationOid(relation));
	ObjectAddressSet(object, RelationRelationId, to);
	recordDependencyOn(&bound, &object, DEPENDENCY_NORMAL);
}

// A table goes where the truth goes: DROP … CASCADE of the base leaves nothing.
void BindToTruth(const char *table, const char *truth)
{
	Bind(table, RelationOid(truth));
}

// Makes a core's truth and home table, which is empty.
void CreateCore(const PlannedCore *core, const CoreNames *names)
{
	const QueryPlan *plan = core->plan;
	RUN("CREATE VIEW %s AS %s", names->truth, TruthQuery(core));
	// Room on each page lets the state change in place, without touching an index.
	RUN("CREATE TABLE %s USING heap WITH (fillfactor = 70) AS TABLE %s WITH NO DATA", names->home,
		names->truth);
	RUN("ALTER TABLE %s ALTER hash SET NOT NULL, ALTER count SET NOT NULL", names->home);
	RUN("CREATE INDEX ON %s (hash)", names->home);
	const bool is_looked_up = list_member_ptr(plan->arms, core);
	const char *key_index = is_looked_up ? KeyIndexCommand(plan, core, names->home) : nullptr;
	if (key_index != nullptr)
		Run(key_index);
	BindToTruth(names->home, names->truth);
}

// Makes the table of a core's further cells, and the view that adds them up.
void CreateCells(const PlannedCore *core, const CoreNames *names)
{
	RUN("CREATE TABLE %s USING heap WITH (fillfactor = 50) AS SELECT *, 0 AS cell FROM %s "
		"WITH NO DATA",
		names->cells, names->truth);
	RUN("ALTER TABLE %1$s ALTER hash SET NOT NULL, ALTER count SET NOT NULL, "
		"ALTER cell SET NOT NULL",
		names->cells);
	RUN("CREATE INDEX ON %s (hash, cell)", names->cells);
	RUN("CREATE VIEW %s AS %s", names->total, TotalQuery(core, names->home, names->cells));
	Guard(names->cells);
	BindToTruth(names->cells, names->truth);
	CommentOn(
		"TABLE", names->cells,
		psprintf("what cells of hot groups add to %s; written by commits alone", names->home));
	CommentOn("VIEW", names->total, psprintf("%s with its cells added up", names->home));
}

// Makes all cores; a list of CoreNames.
List *CreateCores(const QueryPlan *plan, const ViewNames *view, const CreateOptions *options)
{
	List *all = NIL;
	ListCell *cell;
	foreach (cell, plan->cores) {
		const int number = foreach_current_index(cell) + 1;
		auto *core = static_cast<PlannedCore *>(lfirst(cell));
		if (core->plan->rows != nullptr && core->plan->rows->name == nullptr)
			CreateRows(plan, core->plan, view->bare);
		auto *names = static_cast<CoreNames *>(palloc0(sizeof(CoreNames)));
		names->home = FreeHomeName(view->bare, number);
		names->truth = FreeTruthName(view->bare, number);
		CreateCore(core, names);
		core->home = names->home;
		if (options->spread > 1) {
			names->cells = FreeCellsName(view->bare, number);
			names->total = FreeTotalName(view->bare, number);
			CreateCells(core, names);
		}
		if (options->with_data) {
			const Progress progress = {Filling::kCreate, linitial_oid(plan->tables),
									   InvalidOid,       RelationOid(names->home),
									   number,           list_length(plan->cores)};
			Fill(names, &progress);
		}
		Guard(names->home);
		CommentOn(
			"TABLE", names->home,
			psprintf("state of %s, one row for each group; written by commits alone", view->view));
		CommentOn("VIEW", names->truth,
				  psprintf("the rows of %s, computed from the %s", names->home,
						   list_length(plan->tables) == 1 ? "base table" : "base tables"));
		all = lappend(all, names);
	}
	return all;
}

// Tells these indexes of a table from those that somebody gives it.
void MarkIndexes(Oid table)
{
	Relation relation = table_open(table, AccessShareLock);
	List *indexes = RelationGetIndexList(relation);
	ListCell *cell;
	table_close(relation, NoLock);
	foreach (cell, indexes)
		CommentOn("INDEX", QualifiedName(lfirst_oid(cell)), "made by mezzanine");
}

void MarkAllIndexes(const List *cores)
{
	ListCell *cell;
	foreach (cell, cores) {
		const auto *core = static_cast<CoreNames *>(lfirst(cell));
		MarkIndexes(RelationOid(core->home));
		if (core->cells != nullptr)
			MarkIndexes(RelationOid(core->cells));
	}
}

// Makes the view that readers read.
void Publish(const QueryPlan *plan, const ViewNames *names, const List *cores, const char *comment)
{
	List *homes = NIL;
	ListCell *cell;
	foreach (cell, cores) {
		const auto *core = static_cast<CoreNames *>(lfirst(cell));
		homes =
			lappend(homes, const_cast<char *>(core->total != nullptr ? core->total : core->home));
	}
	RUN("CREATE VIEW %s AS %s", names->view, FinishQuery(plan, homes));
	// It does not read the views in its query, but their definitions; it is named after them.
	foreach (cell, plan->read_views)
		Bind(names->view, lfirst_oid(cell));
	RUN("GRANT SELECT ON %s TO mezzanine_reader", names->view);
	if (comment != nullptr)
		CommentOn("VIEW", names->view, comment);
	CommentOn("VIEW", names->definition,
			  psprintf(plan->is_rewritten ? "the query of %s, with what was left open settled"
										  : "the query of %s as given",
					   names->view));
}

const char *ViewEntry(const QueryPlan *plan, const ViewNames *names, const CreateOptions *options)
{
	StringInfoData keys;
	ListCell *cell;
	initStringInfo(&keys);
	foreach (cell, PublishedKeyNames(plan))
		appendStringInfo(&keys, "%s%s", keys.len > 0 ? ", " : "",
						 quote_literal_cstr(static_cast<char *>(lfirst(cell))));
	const char *zone = psprintf("TimeZone=%s", pg_get_timezone_name(session_timezone));
	const char *others = options->spread > 1 ? psprintf("{\"spread\": %d}", options->spread) : "{}";
	return psprintf("INSERT INTO %s.catalogue (view, definition, key_columns, on_error, on_stale, "
					"settings, options) "
					"VALUES (%u, %u, ARRAY[%s]::text[], '%s', '%s', ARRAY[%s], '%s')",
					kInfoSchema, RelationOid(names->view), RelationOid(names->definition),
					keys.data, options->on_error, options->on_stale, quote_literal_cstr(zone),
					others);
}

// What a core is computed from.
Oid SourceOid(const PlannedCore *core)
{
	if (core->source != nullptr)
		return RelationOid(core->source->home);
	if (core->plan->rows != nullptr)
		return RelationOid(core->plan->rows->name);
	return linitial_node(RangeTblEntry, core->plan->query->rtable)->relid;
}

const char *CoreEntries(const QueryPlan *plan, const ViewNames *names, const List *cores,
						int32 spread)
{
	StringInfoData sql;
	ListCell *cell;
	initStringInfo(&sql);
	appendStringInfo(
		&sql,
		"INSERT INTO %s.core (view, number, home, truth, source, depth, spread, cells, "
		"total) VALUES",
		kInfoSchema);
	foreach (cell, cores) {
		const auto *core = static_cast<CoreNames *>(lfirst(cell));
		const int number = foreach_current_index(cell) + 1;
		const auto *planned = static_cast<PlannedCore *>(list_nth(plan->cores, number - 1));
		appendStringInfo(&sql, "%s (%u, %d, %u, %u, %u, %d, %d, ", number > 1 ? "," : "",
						 RelationOid(names->view), number, RelationOid(core->home),
						 RelationOid(core->truth), SourceOid(planned), DepthOf(planned), spread);
		if (core->cells != nullptr)
			appendStringInfo(&sql, "%u, %u)", RelationOid(core->cells), RelationOid(core->total));
		else
			appendStringInfoString(&sql, "NULL, NULL)");
	}
	return sql.data;
}

// Enters the view into the catalogue, as the catalogue's owner: the caller has no
// rights on it.
void Register(const QueryPlan *plan, const ViewNames *names, const List *cores,
			  const CreateOptions *options)
{
	const char *view_entry = ViewEntry(plan, names, options);
	const char *core_entries = CoreEntries(plan, names, cores, options->spread);
	const List *rows_entries = RowsEntries(plan, RelationOid(names->view));
	ListCell *cell;
	Oid user;
	int security;
	GetUserIdAndSecContext(&user, &security);
	SetUserIdAndSecContext(CatalogueOwner(), security | SECURITY_LOCAL_USERID_CHANGE);
	BeginRegistration();
	Run(view_entry);
	Run(core_entries);
	foreach (cell, rows_entries)
		Run(static_cast<char *>(lfirst(cell)));
	EndRegistration();
	SetUserIdAndSecContext(user, security);
}

void CreateView(QueryPlan *plan, const ViewNames *names, const CreateOptions *options)
{
	ListCell *cell;
	const int nest_level = PinTextSettings();
	if (plan->is_rewritten)
		RUN("CREATE VIEW %s AS %s", names->definition,
			pg_get_querydef(static_cast<Query *>(copyObjectImpl(plan->definition)), false));
	List *cores = CreateCores(plan, names, options);
	MarkAllIndexes(cores);
	foreach (cell, plan->tables)
		WatchBase(lfirst_oid(cell));
	Publish(plan, names, cores, options->comment);
	Register(plan, names, cores, options);
	if (!options->with_data)
		SetStatus(RelationOid(names->view), Status::kStale, "It was created without data");
	AtEOXact_GUC(true, nest_level);
	// A second view brings no new trigger; sessions must hear of it all the same.
	foreach (cell, PlansWithRows(plan)) {
		const Oid rows = RelationOid(static_cast<QueryPlan *>(lfirst(cell))->rows->name);
		RequireJoins(rows);
		CacheInvalidateRelcacheByRelid(rows);
	}
	foreach (cell, plan->tables)
		CacheInvalidateRelcacheByRelid(lfirst_oid(cell));
}

void TellMissingIndex(const PlannedCore *core)
{
	const IndexAdvice advice = AdviseIndex(core);
	if (advice.command == nullptr)
		return;
	ereport(NOTICE, (errmsg("no index of table %s leads to the rows of a group", advice.table),
					 errdetail("Where a group is computed again, the whole table is read."),
					 errhint("%s;", advice.command)));
}

// A table that is joined with itself wants one index twice: `told` are the commands so far.
void TellMissingJoinIndex(const JoinAdvice *advice, List **told)
{
	if (advice->index.command == nullptr)
		return;
	String *command = makeString(const_cast<char *>(advice->index.command));
	if (list_member(*told, command))
		return;
	*told = lappend(*told, command);
	ereport(NOTICE, (errmsg("no index of table %s leads to the rows that join one of %s",
							advice->index.table, quote_identifier(advice->from)),
					 errdetail("Each change of the latter reads the whole table."),
					 errhint("%s;", advice->index.command)));
}

void TellNotices(const QueryPlan *plan)
{
	const int nest_level = PinTextSettings();
	ListCell *cell;
	foreach (cell, plan->cores)
		TellMissingIndex(static_cast<PlannedCore *>(lfirst(cell)));
	List *told = NIL;
	foreach (cell, PlansWithRows(plan)) {
		ListCell *advice;
		foreach (advice, AdviseJoins(static_cast<QueryPlan *>(lfirst(cell))))
			TellMissingJoinIndex(static_cast<JoinAdvice *>(lfirst(advice)), &told);
	}
	AtEOXact_GUC(true, nest_level);
	foreach (cell, plan->notices)
		ereport(NOTICE, (errmsg_internal("%s", static_cast<char *>(lfirst(cell)))));
}

} // namespace

// create_view(name, query, …) -> regclass
MEZZANINE_FUNCTION(mezzanine_create_view)
{
	const char *bare = BareName(RequiredText(fcinfo, kName, "name"));
	const char *query = RequiredText(fcinfo, kQuery, "query");
	PreventCommandIfReadOnly("mezzanine.create_view()");
	const CreateOptions options = CheckOptions(fcinfo);
	RequireReadCommitted();
	if (OidIsValid(PublishedOid(bare))) {
		const bool skip = !PG_ARGISNULL(kIfNotExists) && PG_GETARG_BOOL(kIfNotExists);
		ereport(skip ? NOTICE : ERROR,
				(errcode(ERRCODE_DUPLICATE_TABLE),
				 errmsg("relation \"%s\" already exists%s", bare, skip ? ", skipping" : "")));
		PG_RETURN_OID(PublishedOid(bare));
	}

	QueryPlan *plan = AnalyzeQuery(query);
	if (options.spread > 1 && plan->refusal.message == nullptr)
		(void)CheckSpread(plan);
	RaiseRefusal(&plan->refusal);
	LockTables(plan->tables);
	const ViewNames names = {bare, PublishedName(bare), FreeDefinitionName(bare)};
	TellNotices(plan);
	SPI_connect();
	// Under the caller's search_path, as the caller wrote it.
	if (!plan->is_rewritten)
		RUN("CREATE VIEW %s AS %s", names.definition, query);
	CreateView(plan, &names, &options);
	SPI_finish();
	PG_RETURN_OID(PublishedOid(bare));
}

// drop_view(view text, if_exists, cascade) -> void
MEZZANINE_FUNCTION(mezzanine_drop_view)
{
	const char *bare = BareName(RequiredText(fcinfo, 0, "view"));
	const bool if_exists = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);
	const bool cascade = !PG_ARGISNULL(2) && PG_GETARG_BOOL(2);

	PreventCommandIfReadOnly("mezzanine.drop_view()");
	List *cores = CoresOfView(PublishedOid(bare));
	if (cores == NIL) {
		ereport(if_exists ? NOTICE : ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("mezzanine view \"%s\" does not exist", bare),
				 if_exists ? 0 : errhint("mezzanine_info.views lists the views there are.")));
		PG_RETURN_VOID();
	}
	RequireOwner(PublishedOid(bare));
	// Before the view's own relations, which a writer of the base wants at its commit.
	LockBases(PublishedOid(bare));
	SPI_connect();
	// The event trigger on sql_drop removes what was made for the view.
	RUN("DROP VIEW %s %s", PublishedName(bare), cascade ? "CASCADE" : "RESTRICT");
	SPI_finish();
	PG_RETURN_VOID();
}
