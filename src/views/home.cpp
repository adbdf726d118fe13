#include "views/home.h"

#include "views/keys.h"

namespace mezzanine::views
{

namespace
{

KeyValues NewKeyValues(const ViewProgram *view)
{
	return {static_cast<Datum *>(palloc0(sizeof(Datum) * view->key_count)),
			static_cast<bool *>(palloc0(sizeof(bool) * view->key_count))};
}

KeyValues KeyOfGroup(const ViewProgram *view, const core::Group *group)
{
	KeyValues key = NewKeyValues(view);
	DecodeKey(view->keys, view->key_count, group->key.data(), key);
	return key;
}

KeyValues KeyOfRow(const ViewProgram *view, TupleTableSlot *row)
{
	KeyValues key = NewKeyValues(view);
	for (int i = 0; i < view->key_count; i++)
		key.values[i] = slot_getattr(row, view->keys[i].attribute, &key.nulls[i]);
	return key;
}

std::string_view WireOf(Datum numeric)
{
	bytea *wire = DatumGetByteaPP(DirectFunctionCall1(numeric_send, numeric));
	return {VARDATA_ANY(wire), VARSIZE_ANY_EXHDR(wire)};
}

Datum NumericOf(std::string_view wire)
{
	StringInfoData message;
	message.data = const_cast<char *>(wire.data());
	message.len = message.maxlen = static_cast<int>(wire.size());
	message.cursor = 0;
	return DirectFunctionCall3(numeric_recv, PointerGetDatum(&message),
							   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

std::span<const int64> CountsOf(Datum array)
{
	ArrayType *counts = DatumGetArrayTypeP(array);
	const int length = ArrayGetNItems(ARR_NDIM(counts), ARR_DIMS(counts));
	return {reinterpret_cast<const int64 *>(ARR_DATA_PTR(counts)),
			static_cast<std::size_t>(length)};
}

Datum ArrayOf(std::span<const int64> counts)
{
	auto *elements = static_cast<Datum *>(palloc(sizeof(Datum) * counts.size()));
	for (std::size_t i = 0; i < counts.size(); i++)
		elements[i] = Int64GetDatum(counts[i]);
	return PointerGetDatum(construct_array(elements, static_cast<int>(counts.size()), INT8OID,
										   sizeof(int64), true, TYPALIGN_DOUBLE));
}

core::StoredArgument ReadArgument(const ArgumentColumns *columns, TupleTableSlot *row)
{
	core::StoredArgument argument = {};
	bool is_null;
	argument.count = DatumGetInt64(slot_getattr(row, columns->count, &is_null));
	argument.sum_null = true;
	if (columns->sum != 0) {
		const Datum sum = slot_getattr(row, columns->sum, &argument.sum_null);
		if (argument.sum_null)
			;
		else if (columns->kind == core::ArgumentKind::kInteger)
			argument.integer = DatumGetInt64(sum);
		else
			argument.wire = WireOf(sum);
	}
	if (columns->irregular != 0) {
		const Datum irregular = slot_getattr(row, columns->irregular, &is_null);
		if (!is_null)
			argument.irregular = CountsOf(irregular);
	}
	return argument;
}

void SetColumn(TupleTableSlot *row, AttrNumber attribute, Datum value, bool is_null)
{
	if (attribute == 0)
		return;
	row->tts_values[attribute - 1] = value;
	row->tts_isnull[attribute - 1] = is_null;
}

void WriteArgument(const ArgumentColumns *columns, const core::StoredArgument &argument,
				   TupleTableSlot *row)
{
	SetColumn(row, columns->count, Int64GetDatum(argument.count), false);
	Datum sum = 0;
	if (argument.sum_null)
		sum = 0;
	else if (columns->kind == core::ArgumentKind::kInteger)
		sum = Int64GetDatum(argument.integer);
	else if (columns->sum != 0)
		sum = NumericOf(argument.wire);
	SetColumn(row, columns->sum, sum, argument.sum_null);
	const bool regular = argument.irregular.empty();
	SetColumn(row, columns->irregular, regular ? 0 : ArrayOf(argument.irregular), regular);
}

void Fill(const ViewProgram *view, const core::Delta::Stored &state, int64 hash, KeyValues key,
		  TupleTableSlot *row)
{
	ExecClearTuple(row);
	for (int i = 0; i < row->tts_tupleDescriptor->natts; i++) {
		row->tts_values[i] = 0;
		row->tts_isnull[i] = true;
	}
	SetColumn(row, kHashAttribute, Int64GetDatum(hash), false);
	for (int i = 0; i < view->key_count; i++)
		SetColumn(row, view->keys[i].attribute, key.values[i], key.nulls[i]);
	SetColumn(row, view->rows, Int64GetDatum(state.rows), false);
	for (std::size_t i = 0; i < state.arguments.size(); i++)
		WriteArgument(&view->arguments[i], state.arguments[i], row);
	ExecStoreVirtualTuple(row);
	ExecMaterializeSlot(row);
}

} // namespace

bool SameKey(ViewProgram *view, const core::Group *a, const core::Group *b)
{
	return KeysEqual(view->keys, view->key_count, KeyOfGroup(view, a), KeyOfGroup(view, b));
}

void MergeGroups(core::Delta *delta, std::size_t view_index, std::size_t into, std::size_t from)
{
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { delta->MergeGroups(view_index, into, from); }))
		MEZZANINE_RAISE(failure);
}

bool FindHomeRow(pg::Store *store, ViewProgram *view, const core::Group &group)
{
	const KeyValues key = KeyOfGroup(view, &group);
	ScanKeyData scan_key;
	ScanKeyInit(&scan_key, 1, BTEqualStrategyNumber, F_INT8EQ,
				Int64GetDatum(static_cast<int64>(group.hash)));
	pg::Search search = pg::BeginSearch(store, &scan_key, 1);
	bool found = false;
	while (!found && pg::NextMatch(&search, store->slot))
		found = KeysEqual(view->keys, view->key_count, key, KeyOfRow(view, store->slot));
	if (found)
		ExecMaterializeSlot(store->slot); // the scan's buffer is about to go
	pg::EndSearch(&search);
	return found;
}

const core::Delta::Stored &CombineWithHome(core::Delta *delta, const ViewProgram *view,
										   const core::Group &group, TupleTableSlot *home)
{
	const auto count = static_cast<std::size_t>(view->argument_count);
	const std::span<const core::ArgumentKind> kinds{view->kinds, count};
	core::Delta::Stored current = {};
	if (home != nullptr) {
		bool is_null;
		auto *arguments = static_cast<core::StoredArgument *>(
			palloc0(sizeof(core::StoredArgument) * (count + 1)));
		for (std::size_t i = 0; i < count; i++)
			arguments[i] = ReadArgument(&view->arguments[i], home);
		current.rows = DatumGetInt64(slot_getattr(home, view->rows, &is_null));
		current.arguments = {arguments, count};
	}
	const core::Delta::Stored *combined = nullptr;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { combined = &delta->Combine(group, kinds, current); }))
		ereport(ERROR,
				(errcode(pg::PackedSqlState(failure.code)), errmsg_internal("%s", failure.message),
				 failure.detail[0] ? errdetail_internal("%s", failure.detail) : 0,
				 failure.hint[0] ? errhint("%s", failure.hint) : 0,
				 errcontext("while the commit brought view \"%s\" up to date",
							get_rel_name(view->view))));
	return *combined;
}

void FillHomeRow(const ViewProgram *view, const core::Delta::Stored &state, TupleTableSlot *old,
				 TupleTableSlot *row)
{
	bool is_null;
	const int64 hash = DatumGetInt64(slot_getattr(old, kHashAttribute, &is_null));
	Fill(view, state, hash, KeyOfRow(view, old), row);
}

void FillNewHomeRow(const ViewProgram *view, const core::Delta::Stored &state,
					const core::Group &group, TupleTableSlot *row)
{
	Fill(view, state, static_cast<int64>(group.hash), KeyOfGroup(view, &group), row);
}

void FillTouchRow(const ViewProgram *view, const core::Group &group, TupleTableSlot *row)
{
	FillNewHomeRow(view, core::Delta::Stored{}, group, row);
}

} // namespace mezzanine::views
