#include "views/pairs.h"

#include "core/pairs.h"
#include "views/image.h"

namespace mezzanine::views
{

namespace
{

// More changed rows than this are not held in memory to be paired.
constexpr int64 kMostPaired = 1000;

// A source's changed rows, in memory.
struct Loaded {
	const JoinedSource *source;
	std::size_t count;
	Datum **values; // of each row, in the form of the source's `change`
	bool **nulls;
	core::ChangedRow *rows;
};

// The image of those columns of a changed row that are tied, or of the others that are read.
std::string_view ImageOf(const JoinedSource *source, TupleTableSlot *row, bool tied)
{
	StringInfoData image;
	initStringInfo(&image);
	for (int i = 0; i < source->columns.column_count; i++)
		if (source->read[i] && source->tied[i] == tied)
			AppendImage(source->columns.storages[i], row->tts_values[kSignAttribute + i],
						row->tts_isnull[kSignAttribute + i], &image);
	return Bytes(&image);
}

// Reads what is in the source's store.  The values are those of `row`'s tuples, copied.
Loaded Load(const JoinChanges *changes, int number)
{
	const JoinedSource *source = &changes->join->sources[number];
	const auto most = static_cast<Size>(changes->counts[number]);
	const auto width = static_cast<Size>(source->change->natts);
	Loaded loaded = {source, 0, static_cast<Datum **>(palloc(sizeof(Datum *) * most)),
					 static_cast<bool **>(palloc(sizeof(bool *) * most)),
					 static_cast<core::ChangedRow *>(palloc(sizeof(core::ChangedRow) * most))};
	Tuplestorestate *store = changes->stores[number];
	TupleTableSlot *row = MakeSingleTupleTableSlot(source->change, &TTSOpsMinimalTuple);
	tuplestore_select_read_pointer(store, 0);
	tuplestore_rescan(store);
	while (tuplestore_gettupleslot(store, true, true, row)) {
		const std::size_t i = loaded.count++;
		slot_getallattrs(row);
		loaded.values[i] = static_cast<Datum *>(palloc(sizeof(Datum) * width));
		loaded.nulls[i] = static_cast<bool *>(palloc(sizeof(bool) * width));
		for (Size column = 0; column < width; column++) {
			const FormData_pg_attribute *form =
				TupleDescAttr(source->change, static_cast<int>(column));
			loaded.nulls[i][column] = row->tts_isnull[column];
			if (!row->tts_isnull[column])
				loaded.values[i][column] =
					datumCopy(row->tts_values[column], form->attbyval, form->attlen);
		}
		loaded.rows[i] = {ImageOf(source, row, true), ImageOf(source, row, false),
						  DatumGetInt64(row->tts_values[0]), i};
	}
	ExecDropSingleTupleTableSlot(row);
	return loaded;
}

std::size_t PairUp(const Loaded *loaded, core::RowPair *pairs)
{
	std::size_t count = 0;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			count = core::PairUp({loaded->rows, loaded->count}, {pairs, loaded->count});
		}))
		MEZZANINE_RAISE(failure);
	return count;
}

void AddPair(JoinChanges *pairs, int number, const Loaded *loaded, const core::RowPair *pair)
{
	const auto count = static_cast<Size>(loaded->source->columns.column_count);
	auto *values = static_cast<Datum *>(palloc(sizeof(Datum) * (1 + 2 * count)));
	auto *nulls = static_cast<bool *>(palloc0(sizeof(bool) * (1 + 2 * count)));
	values[0] = Int64GetDatum(pair->count);
	memcpy(values + 1, loaded->values[pair->came] + 1, sizeof(Datum) * count);
	memcpy(values + 1 + count, loaded->values[pair->left] + 1, sizeof(Datum) * count);
	memcpy(nulls + 1, loaded->nulls[pair->came] + 1, sizeof(bool) * count);
	memcpy(nulls + 1 + count, loaded->nulls[pair->left] + 1, sizeof(bool) * count);
	AddChange(pairs, number, values, nulls);
}

void AddRest(JoinChanges *rest, int number, const Loaded *loaded, const core::ChangedRow *row)
{
	if (row->count == 0)
		return;
	loaded->values[row->number][0] = Int64GetDatum(row->count);
	AddChange(rest, number, loaded->values[row->number], loaded->nulls[row->number]);
}

} // namespace

bool SplitIntoPairs(JoinChanges *changes, int source, SplitChanges *split)
{
	if (!changes->came[source] || !changes->left[source] || changes->counts[source] > kMostPaired)
		return false;
	*split = {OpenChanges(changes->join, true), OpenChanges(changes->join, false)};
	MemoryContext scratch =
		AllocSetContextCreate(CurrentMemoryContext, "mezzanine pairs", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(scratch);
	const Loaded loaded = Load(changes, source);
	auto *pairs = static_cast<core::RowPair *>(palloc(sizeof(core::RowPair) * loaded.count));
	const std::size_t count = PairUp(&loaded, pairs);
	for (std::size_t i = 0; i < count; i++)
		AddPair(&split->pairs, source, &loaded, &pairs[i]);
	for (std::size_t i = 0; i < loaded.count; i++)
		AddRest(&split->rest, source, &loaded, &loaded.rows[i]);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(scratch);
	return true;
}

void CloseSplit(SplitChanges *split)
{
	CloseChanges(&split->pairs);
	CloseChanges(&split->rest);
}

} // namespace mezzanine::views
