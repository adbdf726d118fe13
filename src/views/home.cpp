#include "views/home.h"

#include "views/counts.h"
#include "views/extreme.h"
#include "views/image.h"
#include "views/moving.h"

namespace mezzanine::views
{

namespace
{

// Where this session last found a group's home row: a hint, for the row may have moved, or gone,
// and another may be there.
struct Address {
	Oid home; // Invalid: none
	uint64 hash;
	ItemPointerData row;
};
constexpr uint32 kAddresses = 4096; // a power of two

Address *AddressOf(Oid home, uint64 hash)
{
	static Address *addresses = nullptr;
	if (addresses == nullptr)
		addresses = static_cast<Address *>(
			MemoryContextAllocZero(TopMemoryContext, sizeof(Address) * kAddresses));
	return &addresses[(murmurhash32(home) ^ static_cast<uint32>(hash)) % kAddresses];
}

KeyValues NewKeyValues(const ViewProgram *view)
{
	return {static_cast<Datum *>(palloc0(sizeof(Datum) * view->key_count)),
			static_cast<bool *>(palloc0(sizeof(bool) * view->key_count))};
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

std::span<const int64> SpanOf(Datum counts)
{
	ArrayType *array = DatumGetArrayTypeP(counts);
	return {CountsOf(array), static_cast<std::size_t>(LengthOf(array))};
}

Datum ArrayOf(std::span<const int64> counts)
{
	auto *elements = static_cast<Datum *>(palloc(sizeof(Datum) * counts.size()));
	for (std::size_t i = 0; i < counts.size(); i++)
		elements[i] = Int64GetDatum(counts[i]);
	return PointerGetDatum(construct_array(elements, static_cast<int>(counts.size()), INT8OID,
										   sizeof(int64), true, TYPALIGN_DOUBLE));
}

void ReadSum(const ArgumentColumns *columns, Datum sum, core::StoredArgument *argument)
{
	switch (columns->kind) {
	case core::ArgumentKind::kInteger:
		argument->integer = DatumGetInt64(sum);
		break;
	case core::ArgumentKind::kBigInteger:
	case core::ArgumentKind::kDecimal:
	case core::ArgumentKind::kExact:
		argument->wire = WireOf(sum);
		break;
	case core::ArgumentKind::kInterval:
		argument->integer = DatumGetIntervalP(sum)->time;
		argument->days = DatumGetIntervalP(sum)->day;
		argument->months = DatumGetIntervalP(sum)->month;
		break;
	case core::ArgumentKind::kFloat:
		argument->real = columns->type == FLOAT4OID ? DatumGetFloat4(sum) : DatumGetFloat8(sum);
		break;
	case core::ArgumentKind::kBits:
		argument->irregular = SpanOf(sum);
		break;
	case core::ArgumentKind::kCount:
	case core::ArgumentKind::kExtreme:
	case core::ArgumentKind::kMoving:
	case core::ArgumentKind::kAny:
	case core::ArgumentKind::kRecompute:
		break;
	}
}

NullableDatum ReadColumn(TupleTableSlot *row, AttrNumber attribute)
{
	NullableDatum column = {0, true};
	if (attribute != 0)
		column.value = slot_getattr(row, attribute, &column.isnull);
	return column;
}

core::StoredArgument ReadArgument(const ArgumentColumns *columns, TupleTableSlot *row)
{
	core::StoredArgument argument;
	const NullableDatum count = ReadColumn(row, columns->count);
	const NullableDatum sum = ReadColumn(row, columns->sum);
	const NullableDatum irregular = ReadColumn(row, columns->irregular);
	argument.count = count.isnull ? 0 : DatumGetInt64(count.value);
	argument.sum_null = sum.isnull;
	if (!sum.isnull)
		ReadSum(columns, sum.value, &argument);
	if (!irregular.isnull)
		argument.irregular = SpanOf(irregular.value);
	return argument;
}

Datum IntervalOf(const core::StoredArgument &argument)
{
	auto *interval = static_cast<Interval *>(palloc(sizeof(Interval)));
	interval->time = argument.integer;
	interval->day = argument.days;
	interval->month = argument.months;
	return IntervalPGetDatum(interval);
}

Datum SumOf(const ArgumentColumns *columns, const core::StoredArgument &argument)
{
	switch (columns->kind) {
	case core::ArgumentKind::kInteger:
		return Int64GetDatum(argument.integer);
	case core::ArgumentKind::kBigInteger:
	case core::ArgumentKind::kDecimal:
	case core::ArgumentKind::kExact:
		return NumericOf(argument.wire);
	case core::ArgumentKind::kInterval:
		return IntervalOf(argument);
	case core::ArgumentKind::kFloat:
		return columns->type == FLOAT4OID ? Float4GetDatum(static_cast<float4>(argument.real))
										  : Float8GetDatum(argument.real);
	case core::ArgumentKind::kBits:
		return ArrayOf(argument.irregular);
	case core::ArgumentKind::kCount:
	case core::ArgumentKind::kExtreme:
	case core::ArgumentKind::kMoving:
	case core::ArgumentKind::kAny:
	case core::ArgumentKind::kRecompute:
		break;
	}
	return 0;
}

void SetColumn(TupleTableSlot *row, AttrNumber attribute, NullableDatum column)
{
	if (attribute == 0)
		return;
	row->tts_values[attribute - 1] = column.value;
	row->tts_isnull[attribute - 1] = column.isnull;
}

// What the core knows nothing of is in `column`.
void WriteArgument(const ArgumentColumns *columns, const core::StoredArgument &argument,
				   NullableDatum column, TupleTableSlot *row)
{
	SetColumn(row, columns->count, {Int64GetDatum(argument.count), false});
	if (!argument.sum_null)
		column = {SumOf(columns, argument), false};
	SetColumn(row, columns->sum, column);
	if (columns->irregular != 0 && !argument.irregular.empty())
		SetColumn(row, columns->irregular, {ArrayOf(argument.irregular), false});
}

// How many values the state of a kMoving argument is made of.
int64 ValuesIn(const ArgumentColumns *columns, const core::Delta::Stored *combined)
{
	return columns->counted < 0
			   ? combined->rows
			   : combined->arguments[static_cast<std::size_t>(columns->counted)].count;
}

// The column of an argument that the core knows nothing of; false where only the truth
// knows it.
bool CombineColumn(ArgumentColumns *columns, const core::Argument *change, TupleTableSlot *home,
				   const core::Delta::Stored *combined, NullableDatum *column)
{
	const NullableDatum stored =
		home == nullptr ? NullableDatum{0, true} : ReadColumn(home, columns->sum);
	*column = stored;
	switch (columns->kind) {
	case core::ArgumentKind::kExtreme:
		return FindExtreme(columns, change, stored, column);
	case core::ArgumentKind::kMoving:
		if (ValuesIn(columns, combined) > 0)
			return !change->tainted() && MoveState(columns, change, column);
		*column = {0, true};
		return true;
	case core::ArgumentKind::kAny:
		if (stored.isnull && change->any() != nullptr) {
			const char *image = change->any()->data();
			column->value = ReadImage(columns->storage, &image, &column->isnull);
		}
		return true;
	case core::ArgumentKind::kRecompute:
		return home != nullptr;
	default:
		*column = {0, true};
		return true;
	}
}

// Fills in what the core knows nothing of, and whether the truth must be asked.
void CombineColumns(const ViewProgram *view, const core::Group &group, TupleTableSlot *home,
					GroupState *state)
{
	state->recompute = group.IsTainted();
	state->columns = static_cast<NullableDatum *>(
		palloc(sizeof(NullableDatum) * static_cast<Size>(view->argument_count + 1)));
	for (int i = 0; i < view->argument_count; i++) {
		const bool known = CombineColumn(&view->arguments[i], &group.arguments[i], home,
										 &state->stored, &state->columns[i]);
		state->recompute |= !known || state->stored.arguments[i].recompute;
	}
}

std::span<const core::ArgumentKind> KindsOf(const ViewProgram *view)
{
	return {view->kinds, static_cast<std::size_t>(view->argument_count)};
}

// What a row stores, as the core wants it.
core::Delta::Stored ReadState(const ViewProgram *view, TupleTableSlot *row)
{
	const auto count = static_cast<std::size_t>(view->argument_count);
	bool is_null;
	auto *arguments =
		static_cast<core::StoredArgument *>(palloc0(sizeof(core::StoredArgument) * (count + 1)));
	for (std::size_t i = 0; i < count; i++)
		arguments[i] = ReadArgument(&view->arguments[i], row);
	return {DatumGetInt64(slot_getattr(row, view->rows, &is_null)), {arguments, count}};
}

// Finds the row by the index, and notes where.
bool SearchHomeRow(pg::Store *store, ViewProgram *view, uint64 hash, KeyValues key,
				   Address *address)
{
	ScanKeyData scan_key;
	ScanKeyInit(&scan_key, 1, BTEqualStrategyNumber, F_INT8EQ,
				Int64GetDatum(static_cast<int64>(hash)));
	pg::Search search = pg::BeginSearch(store, &scan_key, 1);
	bool found = false;
	while (!found && pg::NextMatch(&search, store->slot))
		found = HasKey(view, store->slot, key);
	if (found)
		*address = {view->home, hash, pg::PlaceOfMatch(&search)};
	pg::EndSearch(&search);
	return found;
}

} // namespace

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

bool HasKey(ViewProgram *view, TupleTableSlot *row, KeyValues key)
{
	return KeysEqual(view->keys, view->key_count, key, KeyOfRow(view, row));
}

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
	Address *address = AddressOf(view->home, group.hash);
	const bool is_known = address->home == view->home && address->hash == group.hash;
	// There is one row with the key at the most: what has it is it, wherever it is found.
	const bool found = (is_known && pg::ReadPlace(store, &address->row, store->slot) &&
						HasKey(view, store->slot, key)) ||
					   SearchHomeRow(store, view, group.hash, key, address);
	if (found)
		ExecMaterializeSlot(store->slot); // its buffer is about to go
	return found;
}

GroupState CombineWithHome(core::Delta *delta, const ViewProgram *view, const core::Group &group,
						   TupleTableSlot *home, core::Extent extent)
{
	const std::span<const core::ArgumentKind> kinds = KindsOf(view);
	const core::Delta::Stored current =
		home == nullptr ? core::Delta::Stored{} : ReadState(view, home);
	// Beside cells even a row that becomes whole may have been a part.
	const core::Extent before = view->spread > 1 ? core::Extent::kPart : core::Extent::kWhole;
	const core::Delta::Stored *combined = nullptr;
	pg::Failure failure;
	if (!pg::CallCore(&failure,
					  [&] { combined = &delta->Combine(group, kinds, current, before, extent); }))
		ereport(ERROR,
				(errcode(pg::PackedSqlState(failure.code)), errmsg_internal("%s", failure.message),
				 failure.detail[0] ? errdetail_internal("%s", failure.detail) : 0,
				 failure.hint[0] ? errhint("%s", failure.hint) : 0,
				 errcontext("while the commit brought view \"%s\" up to date",
							get_rel_name(view->view))));
	GroupState state = {*combined, nullptr, false};
	CombineColumns(view, group, home, &state);
	return state;
}

void AddPart(const ViewProgram *view, core::Group *group, TupleTableSlot *row)
{
	const core::Delta::Stored part = ReadState(view, row);
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { core::Delta::AddPart(group, KindsOf(view), part); }))
		MEZZANINE_RAISE(failure);
}

void FillHomeRow(const ViewProgram *view, const GroupState *state, uint64 hash, KeyValues key,
				 TupleTableSlot *row)
{
	ExecClearTuple(row);
	for (int i = 0; i < row->tts_tupleDescriptor->natts; i++) {
		row->tts_values[i] = 0;
		row->tts_isnull[i] = true;
	}
	SetColumn(row, kHashAttribute, {Int64GetDatum(static_cast<int64>(hash)), false});
	for (int i = 0; i < view->key_count; i++)
		SetColumn(row, view->keys[i].attribute, {key.values[i], key.nulls[i]});
	SetColumn(row, view->rows, {Int64GetDatum(state->stored.rows), false});
	for (std::size_t i = 0; i < state->stored.arguments.size(); i++)
		WriteArgument(&view->arguments[i], state->stored.arguments[i], state->columns[i], row);
	if (row->tts_tupleDescriptor->natts == view->cell_attribute)
		SetColumn(row, view->cell_attribute, {Int32GetDatum(state->cell), false});
	ExecStoreVirtualTuple(row);
	ExecMaterializeSlot(row);
}

void FillTouchRow(const ViewProgram *view, const core::Group &group, TupleTableSlot *row)
{
	const GroupState nothing = {};
	FillHomeRow(view, &nothing, group.hash, KeyOfGroup(view, &group), row);
}

void DeleteAllRows(pg::Store *store)
{
	Snapshot latest = RegisterSnapshot(GetLatestSnapshot());
	TableScanDesc scan = table_beginscan_strat(store->table, SnapshotAny, 0, nullptr, true, true);
	while (table_scan_getnextslot(scan, ForwardScanDirection, store->slot)) {
		CHECK_FOR_INTERRUPTS();
		ItemPointerData row = store->slot->tts_tid;
		if (table_tuple_satisfies_snapshot(store->table, store->slot, latest) &&
			pg::DeleteRow(store, &row) != pg::Written::kDone)
			elog(ERROR, "a row of a truncated view was changed by another transaction");
	}
	table_endscan(scan);
	UnregisterSnapshot(latest);
}

} // namespace mezzanine::views
