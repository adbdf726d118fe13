#include "views/life.h"

#include "views/catalogue.h"

namespace mezzanine::views
{

bool serve_stale = false;

namespace
{

// Columns of mezzanine_info.catalogue.
enum Attribute : AttrNumber {
	kView = 1,
	kDefinition,
	kKeyColumns,
	kCreatedAt,
	kStatus,
	kReason,
	kSince,
	kOnError,
	kOnStale
};

const char *TextAttribute(TupleTableSlot *slot, Attribute attribute)
{
	bool is_null;
	const Datum value = slot_getattr(slot, attribute, &is_null);
	return is_null ? nullptr : TextDatumGetCString(value);
}

// Opens the catalogue; false where the extension is not installed in this database.
bool OpenCatalogue(pg::Store *store, LOCKMODE mode)
{
	return OpenCatalogueTable("catalogue", "catalogue_pkey", mode, store);
}

// Finds the view's row, in the version that `snapshot` sees; it is in store->slot.
bool FindView(pg::Store *store, Oid view, Snapshot snapshot)
{
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(view));
	pg::Search search = snapshot == nullptr ? pg::BeginSearch(store, &key, 1)
											: pg::BeginSearchAt(store, &key, 1, snapshot);
	const bool found = pg::NextMatch(&search, store->slot);
	if (found)
		ExecMaterializeSlot(store->slot); // the scan's buffer is about to go
	pg::EndSearch(&search);
	return found;
}

Datum StatusDatum(Status status)
{
	switch (status) {
	case Status::kLive:
		return CStringGetTextDatum("live");
	case Status::kPaused:
		return CStringGetTextDatum("paused");
	case Status::kStale:
		return CStringGetTextDatum("stale");
	}
	pg_unreachable();
}

void SetColumn(TupleTableSlot *row, Attribute attribute, Datum value, bool is_null)
{
	row->tts_values[attribute - 1] = value;
	row->tts_isnull[attribute - 1] = is_null;
}

// A change of a view's row in the catalogue.
struct Change {
	bool only_live;   // leaves a view alone that is not
	bool sets_status; // else on_error and on_stale, where they are not NULL
	Status status;
	const char *reason;
	ViewReactions reactions;
};

void SetText(TupleTableSlot *row, Attribute attribute, const char *value)
{
	SetColumn(row, attribute, value == nullptr ? 0 : CStringGetTextDatum(value), value == nullptr);
}

void ApplyChange(TupleTableSlot *row, const Change *change)
{
	if (change->sets_status) {
		SetColumn(row, kStatus, StatusDatum(change->status), false);
		SetText(row, kReason, change->reason);
		SetColumn(row, kSince, TimestampTzGetDatum(GetCurrentTimestamp()),
				  change->status == Status::kLive);
	}
	if (change->reactions.on_error != nullptr)
		SetText(row, kOnError, change->reactions.on_error);
	if (change->reactions.on_stale != nullptr)
		SetText(row, kOnStale, change->reactions.on_stale);
}

// Fills `row` with the catalogue's row `old`, changed.
void FillRow(TupleTableSlot *row, TupleTableSlot *old, const Change *change)
{
	const auto width = static_cast<Size>(old->tts_tupleDescriptor->natts);
	slot_getallattrs(old);
	ExecClearTuple(row);
	memcpy(row->tts_values, old->tts_values, sizeof(Datum) * width);
	memcpy(row->tts_isnull, old->tts_isnull, sizeof(bool) * width);
	ApplyChange(row, change);
	ExecStoreVirtualTuple(row);
	ExecMaterializeSlot(row);
}

// Has every session compile the programs of the view's sources anew.
void InvalidatePrograms(Oid view)
{
	ListCell *cell;
	foreach (cell, CoresOfView(view)) {
		const auto *core = static_cast<CoreEntry *>(lfirst(cell));
		CacheInvalidateRelcacheByRelid(core->source);
		CacheInvalidateRelcacheByRelid(core->home);
	}
	foreach (cell, BasesOfView(view))
		CacheInvalidateRelcacheByRelid(lfirst_oid(cell));
}

Status StatusOf(TupleTableSlot *row)
{
	return static_cast<Status>(*TextAttribute(row, kStatus));
}

// Changes the view's row; false where there is none to change.
bool ChangeRow(Oid view, const Change *change)
{
	pg::Store store;
	if (!OpenCatalogue(&store, RowExclusiveLock))
		return false;
	TupleTableSlot *written = table_slot_create(store.table, nullptr);
	pg::Written result = pg::Written::kChanged;
	while (result == pg::Written::kChanged && FindView(&store, view, nullptr) &&
		   (!change->only_live || StatusOf(store.slot) == Status::kLive)) {
		CHECK_FOR_INTERRUPTS();
		ItemPointerData row = store.slot->tts_tid;
		FillRow(written, store.slot, change);
		result = pg::UpdateRow(&store, &row, written);
	}
	ExecDropSingleTupleTableSlot(written);
	pg::CloseStore(&store);
	if (result == pg::Written::kChanged)
		return false;
	InvalidatePrograms(view);
	CommandCounterIncrement();
	return true;
}

// The row of the catalogue by which a home table's view was live when it was last read.
struct KnownLive {
	Oid home; // the hash key
	Oid view;
	Oid catalogue;
	ItemPointerData row;
};
HTAB *known_live = nullptr;

void RememberLive(Oid home, Oid view, const ViewLife *life)
{
	if (known_live == nullptr) {
		HASHCTL control = {};
		control.keysize = sizeof(Oid);
		control.entrysize = sizeof(KnownLive);
		known_live = hash_create("mezzanine live views", 16, &control, HASH_ELEM | HASH_BLOBS);
	}
	auto *known = static_cast<KnownLive *>(hash_search(known_live, &home, HASH_ENTER, nullptr));
	*known = {home, view, life->catalogue, life->row};
}

// Relcache callback: a home table may have gone, or the catalogue been written anew.
void ForgetLive(Datum, Oid relation)
{
	if (known_live == nullptr)
		return;
	HASH_SEQ_STATUS scan;
	hash_seq_init(&scan, known_live);
	while (const auto *known = static_cast<KnownLive *>(hash_seq_search(&scan)))
		if (relation == InvalidOid || known->home == relation || known->catalogue == relation)
			(void)hash_search(known_live, &known->home, HASH_REMOVE, nullptr);
}

bool IsLiveIn(Relation catalogue, const KnownLive *known, Snapshot snapshot)
{
	bool is_null;
	ItemPointerData row = known->row;
	TupleTableSlot *slot = table_slot_create(catalogue, nullptr);
	const bool is_live = pg::ReadVersion(catalogue, &row, snapshot, slot) &&
						 DatumGetObjectId(slot_getattr(slot, kView, &is_null)) == known->view &&
						 StatusOf(slot) == Status::kLive;
	ExecDropSingleTupleTableSlot(slot);
	return is_live;
}

} // namespace

bool IsKnownLive(Oid home, Snapshot snapshot)
{
	if (known_live == nullptr || snapshot == InvalidSnapshot)
		return false;
	const auto *found =
		static_cast<KnownLive *>(hash_search(known_live, &home, HASH_FIND, nullptr));
	if (found == nullptr)
		return false;
	const KnownLive known = *found; // what opening lets in may have it forgotten
	Relation catalogue = try_table_open(known.catalogue, AccessShareLock);
	if (catalogue == nullptr)
		return false;
	const bool is_live = IsLiveIn(catalogue, &known, snapshot);
	table_close(catalogue, NoLock);
	return is_live;
}

void InitLife()
{
	CacheRegisterRelcacheCallback(ForgetLive, 0);
}

bool LifeOf(Oid view, Snapshot snapshot, ViewLife *life)
{
	pg::Store store;
	if (!OpenCatalogue(&store, AccessShareLock))
		return false;
	const bool found = FindView(&store, view, snapshot);
	if (found) {
		life->status = StatusOf(store.slot);
		life->marks_stale = strcmp(TextAttribute(store.slot, kOnError), "mark_stale") == 0;
		life->serves = strcmp(TextAttribute(store.slot, kOnStale), "serve") == 0;
		life->reason = TextAttribute(store.slot, kReason);
		life->catalogue = RelationGetRelid(store.table);
		life->row = store.slot->tts_tid;
	}
	pg::CloseStore(&store);
	return found;
}

void SetStatus(Oid view, Status status, const char *reason)
{
	const Change change = {false, true, status, reason, {}};
	(void)ChangeRow(view, &change);
}

void SetReactions(Oid view, const ViewReactions *reactions)
{
	const Change change = {false, false, Status::kLive, nullptr, *reactions};
	(void)ChangeRow(view, &change);
}

bool MarkStale(Oid view, const char *reason)
{
	const Change change = {true, true, Status::kStale, reason, {}};
	return ChangeRow(view, &change);
}

void RequireServable(Oid home, Oid view, Snapshot snapshot)
{
	ViewLife life;
	if (serve_stale || !LifeOf(view, snapshot, &life))
		return;
	if (life.status == Status::kLive)
		RememberLive(home, view, &life);
	if (life.status == Status::kLive || life.serves)
		return;
	const bool is_paused = life.status == Status::kPaused;
	const char *name =
		quote_qualified_identifier(get_namespace_name(get_rel_namespace(view)), get_rel_name(view));
	ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_STALE_VIEW),
					errmsg("mezzanine view %s is %s", name, is_paused ? "paused" : "stale"),
					errdetail("%s.", life.reason == nullptr ? "Unknown" : life.reason),
					errhint("SELECT mezzanine.%s(%s) brings it up to date.",
							is_paused ? "resume" : "refresh", quote_literal_cstr(name))));
}

} // namespace mezzanine::views
