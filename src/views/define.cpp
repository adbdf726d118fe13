// create_view, drop_view, explain.
#include "views/analysis.h"
#include "views/catalogue.h"
#include "views/script.h"

using namespace mezzanine;
using namespace mezzanine::views;

namespace
{

constexpr const char *kTouchTrigger = "mezzanine_touch";

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

void Run(const char *command)
{
	const int result = SPI_execute(command, false, 0);
	if (result < 0)
		elog(ERROR, "could not run \"%s\": %s", command, SPI_result_code_string(result));
}

#define RUN(...) Run(psprintf(__VA_ARGS__))

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

void CheckOptions(FunctionCallInfo fcinfo)
{
	CheckWord(fcinfo, kMode, "mode", "immediate", "deferred");
	CheckWord(fcinfo, kIncremental, "incremental", "strict", "auto");
	CheckWord(fcinfo, kOnError, "on_error", "fail", "mark_stale");
	CheckWord(fcinfo, kOnStale, "on_stale", "error", "serve");
	if (PG_ARGISNULL(kSpread) || PG_GETARG_INT32(kSpread) < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("spread must be at least 1"),
				 errhint("It is the most cells that one group may use.")));
	if (PG_GETARG_INT32(kSpread) > 1)
		RefuseOption("spread", psprintf("%d", PG_GETARG_INT32(kSpread)),
					 "Supported is spread => 1.");
	if (!PG_ARGISNULL(kTargetLag))
		RefuseOption("target_lag", "an interval", "It is for deferred views; leave it NULL.");
	if (PG_ARGISNULL(kWithData) || !PG_GETARG_BOOL(kWithData))
		RefuseOption("with_data", PG_ARGISNULL(kWithData) ? "NULL" : "false",
					 "Views are filled when they are created.");
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
}

// Keeps writers and readers out of the tables that the cores are computed from.
void LockBases(const List *cores)
{
	ListCell *cell;
	foreach (cell, cores) {
		auto *core = static_cast<CoreEntry *>(lfirst(cell));
		if (core->depth == 0)
			LockRelationOid(core->source, AccessExclusiveLock);
	}
}

void CreateRelations(const QueryPlan *plan, const ViewNames *names)
{
	RUN("CREATE VIEW %s AS %s", names->truth, TruthQuery(plan));
	// Room on each page lets the state change in place, without touching an index.
	RUN("CREATE TABLE %s USING heap WITH (fillfactor = 70) AS TABLE %s WITH NO DATA", names->home,
		names->truth);
	RUN("ALTER TABLE %s ALTER hash SET NOT NULL, ALTER count SET NOT NULL", names->home);
	RUN("CREATE INDEX ON %s (hash)", names->home);
	Run(KeyIndexCommand(plan, names->home));
	RUN("CREATE VIEW %s AS %s", names->view, PublishedQuery(plan, names->home));
	RUN("GRANT SELECT ON %s TO mezzanine_reader", names->view);
}

void CommentOn(const char *kind, const char *relation, const char *comment)
{
	RUN("COMMENT ON %s %s IS %s", kind, relation, quote_literal_cstr(comment));
}

void CommentRelations(const ViewNames *names, const char *comment)
{
	if (comment != nullptr)
		CommentOn("VIEW", names->view, comment);
	CommentOn(
		"TABLE", names->home,
		psprintf("state of %s, one row for each group; written by commits alone", names->view));
	CommentOn("VIEW", names->truth,
			  psprintf("the rows of %s, computed from the base table", names->home));
	CommentOn("VIEW", names->definition, psprintf("the query of %s as given", names->view));
}

// Fills the home table from the base, as the owner and with no way to become more.
void Fill(const ViewNames *names)
{
	Oid user;
	int security;
	GetUserIdAndSecContext(&user, &security);
	SetUserIdAndSecContext(user, security | SECURITY_RESTRICTED_OPERATION);
	RUN("INSERT INTO %s TABLE %s", names->home, names->truth);
	SetUserIdAndSecContext(user, security);
}

void GuardHome(const ViewNames *names)
{
	RUN("CREATE TRIGGER mezzanine_guard BEFORE INSERT OR UPDATE OR DELETE ON %s "
		"FOR EACH ROW EXECUTE FUNCTION %s.guard()",
		names->home, kStateSchema);
	RUN("CREATE TRIGGER mezzanine_guard_truncate BEFORE TRUNCATE ON %s "
		"FOR EACH STATEMENT EXECUTE FUNCTION %s.guard()",
		names->home, kStateSchema);
	RUN("ALTER TABLE %s ENABLE ALWAYS TRIGGER mezzanine_guard, "
		"ENABLE ALWAYS TRIGGER mezzanine_guard_truncate",
		names->home);
}

// One set of triggers serves all views on a table.
void WatchBase(Oid base)
{
	const char *table =
		quote_qualified_identifier(get_namespace_name(get_rel_namespace(base)), get_rel_name(base));
	if (OidIsValid(get_trigger_oid(base, kTouchTrigger, true)))
		return;
	RUN("CREATE TRIGGER %s BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s "
		"FOR EACH STATEMENT EXECUTE FUNCTION %s.touch()",
		kTouchTrigger, table, kStateSchema);
	RUN("CREATE TRIGGER mezzanine_capture AFTER INSERT OR UPDATE OR DELETE ON %s "
		"FOR EACH ROW EXECUTE FUNCTION %s.capture()",
		table, kStateSchema);
	RUN("CREATE TRIGGER mezzanine_capture_truncate AFTER TRUNCATE ON %s "
		"FOR EACH STATEMENT EXECUTE FUNCTION %s.capture()",
		table, kStateSchema);
	RUN("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s, ENABLE ALWAYS TRIGGER mezzanine_capture, "
		"ENABLE ALWAYS TRIGGER mezzanine_capture_truncate",
		table, kTouchTrigger);
}

Oid RelationOid(const char *qualified)
{
	return DatumGetObjectId(DirectFunctionCall1(regclassin, CStringGetDatum(qualified)));
}

// The home table goes where its truth goes: DROP … CASCADE of the base leaves nothing.
void BindHomeToTruth(const ViewNames *names)
{
	ObjectAddress home;
	ObjectAddress truth;
	ObjectAddressSet(home, RelationRelationId, RelationOid(names->home));
	ObjectAddressSet(truth, RelationRelationId, RelationOid(names->truth));
	recordDependencyOn(&home, &truth, DEPENDENCY_NORMAL);
}

Oid CatalogueOwner()
{
	const Oid catalogue = get_relname_relid("catalogue", get_namespace_oid(kInfoSchema, false));
	Relation relation = table_open(catalogue, AccessShareLock);
	const Oid owner = relation->rd_rel->relowner;
	table_close(relation, NoLock);
	return owner;
}

// Enters the view into the catalogue, as the catalogue's owner: the caller has no
// rights on it.
void Register(const QueryPlan *plan, const ViewNames *names)
{
	StringInfoData keys;
	ListCell *cell;
	initStringInfo(&keys);
	foreach (cell, PublishedKeyNames(plan))
		appendStringInfo(&keys, "%s%s", keys.len > 0 ? ", " : "",
						 quote_literal_cstr(static_cast<char *>(lfirst(cell))));

	const Oid view = RelationOid(names->view);
	const char *enter_view = psprintf("INSERT INTO %s.catalogue (view, definition, key_columns) "
									  "VALUES (%u, %u, ARRAY[%s]::text[])",
									  kInfoSchema, view, RelationOid(names->definition), keys.data);
	const char *enter_core = psprintf(
		"INSERT INTO %s.core (view, number, home, truth, source, depth) "
		"VALUES (%u, 1, %u, %u, %u, 0)",
		kInfoSchema, view, RelationOid(names->home), RelationOid(names->truth), plan->base);

	Oid user;
	int security;
	GetUserIdAndSecContext(&user, &security);
	SetUserIdAndSecContext(CatalogueOwner(), security | SECURITY_LOCAL_USERID_CHANGE);
	Run(enter_view);
	Run(enter_core);
	SetUserIdAndSecContext(user, security);
}

void CreateView(const QueryPlan *plan, const ViewNames *names, const char *comment)
{
	const int nest_level = PinTextSettings();
	CreateRelations(plan, names);
	Fill(names);
	GuardHome(names);
	WatchBase(plan->base);
	CommentRelations(names, comment);
	BindHomeToTruth(names);
	Register(plan, names);
	AtEOXact_GUC(true, nest_level);
	// A second view brings no new trigger; sessions must hear of it all the same.
	CacheInvalidateRelcacheByRelid(plan->base);
}

const char *Joined(List *names)
{
	StringInfoData text;
	ListCell *cell;
	initStringInfo(&text);
	foreach (cell, names)
		appendStringInfo(&text, "%s%s", text.len > 0 ? ", " : "",
						 static_cast<char *>(lfirst(cell)));
	return text.data;
}

// The lines of explain's answer.
List *ExplainLines(const QueryPlan *plan)
{
	if (plan->refusal.message != nullptr) {
		List *lines = list_make1(psprintf("refused: %s", plan->refusal.message));
		if (plan->refusal.detail != nullptr)
			lines = lappend(lines, psprintf("  detail: %s", plan->refusal.detail));
		if (plan->refusal.hint != nullptr)
			lines = lappend(lines, psprintf("  hint: %s", plan->refusal.hint));
		return lines;
	}
	List *keys = NIL;
	ListCell *cell;
	foreach (cell, plan->keys)
		keys =
			lappend(keys, const_cast<char *>(static_cast<PlannedKey *>(lfirst(cell))->expression));
	const char *base = quote_qualified_identifier(get_namespace_name(get_rel_namespace(plan->base)),
												  get_rel_name(plan->base));
	List *lines = list_make1(psprintf("core: by the delta, over %s", base));
	lines = lappend(lines, psprintf("  group key: %s", Joined(keys)));
	lines = lappend(lines, psprintf("  filter: %s", plan->filter ? plan->filter : "none"));
	lines = lappend(lines, psprintf("  truth: %s", TruthQuery(plan)));
	lines = lappend(lines, psprintf("finish: %s", PublishedQuery(plan, "the home table")));
	lines = lappend(lines, pstrdup("locks: a writer holds the home row of each group it changed, "
								   "for the length of its commit"));
	lines = lappend(lines, psprintf("creation: waits for writers of %s, and keeps them out until "
									"it commits",
									base));
	return lines;
}

} // namespace

// create_view(name, query, …) -> regclass
MEZZANINE_FUNCTION(mezzanine_create_view)
{
	const char *bare = BareName(RequiredText(fcinfo, kName, "name"));
	const char *query = RequiredText(fcinfo, kQuery, "query");
	const char *comment =
		PG_ARGISNULL(kComment) ? nullptr : text_to_cstring(PG_GETARG_TEXT_PP(kComment));

	PreventCommandIfReadOnly("mezzanine.create_view()");
	CheckOptions(fcinfo);
	RequireReadCommitted();
	if (OidIsValid(PublishedOid(bare))) {
		const bool skip = !PG_ARGISNULL(kIfNotExists) && PG_GETARG_BOOL(kIfNotExists);
		ereport(skip ? NOTICE : ERROR,
				(errcode(ERRCODE_DUPLICATE_TABLE),
				 errmsg("relation \"%s\" already exists%s", bare, skip ? ", skipping" : "")));
		PG_RETURN_OID(PublishedOid(bare));
	}

	QueryPlan *plan = AnalyzeQuery(query);
	RaiseRefusal(&plan->refusal);
	RequireOwner(plan->base);
	LockBase(plan->base);
	const ViewNames names = FreeNames(bare);
	SPI_connect();
	// Under the caller's search_path, as the caller wrote it.
	RUN("CREATE VIEW %s AS %s", names.definition, query);
	CreateView(plan, &names, comment);
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
	LockBases(cores);
	SPI_connect();
	// The event trigger on sql_drop removes what was made for the view.
	RUN("DROP VIEW %s %s", PublishedName(bare), cascade ? "CASCADE" : "RESTRICT");
	SPI_finish();
	PG_RETURN_VOID();
}

// explain(query text, format text) -> SETOF text
MEZZANINE_FUNCTION(mezzanine_explain)
{
	const char *format = text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (strcmp(format, "text") != 0)
		RefuseOption("format", psprintf("'%s'", format), "Supported is format => 'text'.");
	QueryPlan *plan = AnalyzeQuery(text_to_cstring(PG_GETARG_TEXT_PP(0)));

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
	ListCell *cell;
	foreach (cell, ExplainLines(plan)) {
		Datum value = CStringGetTextDatum(static_cast<char *>(lfirst(cell)));
		bool is_null = false;
		tuplestore_putvalues(result->setResult, result->setDesc, &value, &is_null);
	}
	return 0;
}
