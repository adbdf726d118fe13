// SQL functions that the truth views call: the group's hash, and the aggregate that
// remembers what a plain sum of numerics forgets.
#include "views/keys.h"

using namespace mezzanine;

namespace
{

// Key columns for the argument types of one call site, kept with its FmgrInfo.
struct HashCallSite {
	int count;
	views::KeyColumn keys[FLEXIBLE_ARRAY_MEMBER];
};

HashCallSite *CallSiteOf(FunctionCallInfo fcinfo)
{
	auto *site = static_cast<HashCallSite *>(fcinfo->flinfo->fn_extra);
	if (site != nullptr)
		return site;

	const int count = PG_NARGS();
	MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	site = static_cast<HashCallSite *>(
		palloc0(offsetof(HashCallSite, keys) + sizeof(views::KeyColumn) * count));
	site->count = count;
	for (int i = 0; i < count; i++)
		views::InitKeyColumn(&site->keys[i], get_fn_expr_argtype(fcinfo->flinfo, i));
	MemoryContextSwitchTo(old);
	fcinfo->flinfo->fn_extra = site;
	return site;
}

// Positions in an irregular array; core/argument.h gives the same layout.
constexpr int kNaN = 0;
constexpr int kPositiveInfinity = 1;
constexpr int kNegativeInfinity = 2;
constexpr int kFirstScale = 3;

int PositionOf(Numeric value)
{
	if (numeric_is_nan(value))
		return kNaN;
	if (numeric_is_inf(value)) {
		const Datum sign = DirectFunctionCall1(numeric_sign, NumericGetDatum(value));
		return DatumGetInt32(DirectFunctionCall1(numeric_int4, sign)) > 0 ? kPositiveInfinity
																		  : kNegativeInfinity;
	}
	return kFirstScale + DatumGetInt32(DirectFunctionCall1(numeric_scale, NumericGetDatum(value)));
}

int64 *CountsOf(ArrayType *array)
{
	return reinterpret_cast<int64 *>(ARR_DATA_PTR(array));
}

int LengthOf(ArrayType *array)
{
	return ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
}

// An array of at least `length` counts that begins with those of `array`, if any.
ArrayType *Grown(ArrayType *array, int length, MemoryContext context)
{
	const int old_length = array == nullptr ? 0 : LengthOf(array);
	if (old_length >= length)
		return array;
	const Size size = ARR_OVERHEAD_NONULLS(1) + sizeof(int64) * length;
	auto *grown = static_cast<ArrayType *>(MemoryContextAllocZero(context, size));
	SET_VARSIZE(grown, size);
	grown->ndim = 1;
	grown->elemtype = INT8OID;
	ARR_DIMS(grown)[0] = length;
	ARR_LBOUND(grown)[0] = 1;
	if (old_length > 0)
		memcpy(CountsOf(grown), CountsOf(array), sizeof(int64) * old_length);
	return grown;
}

ArrayType *ArrayArgument(FunctionCallInfo fcinfo, int argument)
{
	return PG_ARGISNULL(argument) ? nullptr : PG_GETARG_ARRAYTYPE_P(argument);
}

MemoryContext RequireAggregate(FunctionCallInfo fcinfo)
{
	MemoryContext context = nullptr;
	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("aggregate support function called outside an aggregate"),
						errhint("Call the aggregate mezzanine_state.irregular.")));
	return context;
}

// The extension's version as installed in this database, or NULL.
char *InstalledVersion()
{
	Relation relation = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ,
				CStringGetDatum("mezzanine"));
	SysScanDesc scan = systable_beginscan(relation, ExtensionNameIndexId, true, nullptr, 1, &key);
	HeapTuple tuple = systable_getnext(scan);
	char *version = nullptr;
	if (HeapTupleIsValid(tuple)) {
		bool is_null;
		Datum value =
			heap_getattr(tuple, Anum_pg_extension_extversion, RelationGetDescr(relation), &is_null);
		if (!is_null)
			version = TextDatumGetCString(value);
	}
	systable_endscan(scan);
	table_close(relation, AccessShareLock);
	return version;
}

} // namespace

// group_hash(VARIADIC "any") -> bigint
MEZZANINE_FUNCTION(mezzanine_group_hash)
{
	if (get_fn_expr_variadic(fcinfo->flinfo))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("group_hash does not take a VARIADIC array"),
						errhint("Pass the key's columns one by one.")));
	HashCallSite *site = CallSiteOf(fcinfo);
	Datum values[FUNC_MAX_ARGS];
	bool nulls[FUNC_MAX_ARGS];
	for (int i = 0; i < site->count; i++) {
		values[i] = fcinfo->args[i].value;
		nulls[i] = fcinfo->args[i].isnull;
	}
	PG_RETURN_INT64(static_cast<int64>(views::HashKey(site->keys, site->count, {values, nulls})));
}

// is_finite(numeric) -> boolean
MEZZANINE_FUNCTION(mezzanine_is_finite)
{
	Numeric value = PG_GETARG_NUMERIC(0);
	PG_RETURN_BOOL(!numeric_is_nan(value) && !numeric_is_inf(value));
}

// irregular_add(bigint[], numeric) -> bigint[]
MEZZANINE_FUNCTION(mezzanine_irregular_add)
{
	MemoryContext context = RequireAggregate(fcinfo);
	ArrayType *counts = ArrayArgument(fcinfo, 0);
	if (!PG_ARGISNULL(1)) {
		const int position = PositionOf(PG_GETARG_NUMERIC(1));
		counts = Grown(counts, position + 1, context);
		CountsOf(counts)[position]++;
	}
	if (counts == nullptr)
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(counts);
}

// irregular_merge(bigint[], bigint[]) -> bigint[]
MEZZANINE_FUNCTION(mezzanine_irregular_merge)
{
	MemoryContext context = RequireAggregate(fcinfo);
	ArrayType *into = ArrayArgument(fcinfo, 0);
	ArrayType *from = ArrayArgument(fcinfo, 1);
	if (from != nullptr) {
		into = Grown(into, LengthOf(from), context);
		for (int i = 0; i < LengthOf(from); i++)
			CountsOf(into)[i] += CountsOf(from)[i];
	}
	if (into == nullptr)
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(into);
}

// irregular_finish(bigint[]) -> bigint[], or NULL where there is nothing to remember
MEZZANINE_FUNCTION(mezzanine_irregular_finish)
{
	ArrayType *counts = ArrayArgument(fcinfo, 0);
	int present = 0;
	bool special = false;
	for (int i = 0; counts != nullptr && i < LengthOf(counts); i++) {
		present += CountsOf(counts)[i] != 0;
		special |= i < kFirstScale && CountsOf(counts)[i] != 0;
	}
	if (present == 0 || (present == 1 && !special))
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(counts);
}

// is_loaded() -> boolean: true, once the call has loaded the library
MEZZANINE_FUNCTION(mezzanine_is_loaded)
{
	PG_RETURN_BOOL(true);
}

// full_version() -> text
MEZZANINE_FUNCTION(mezzanine_full_version)
{
	const char *installed = InstalledVersion();
	PG_RETURN_TEXT_P(
		cstring_to_text(psprintf("mezzanine %s, extension %s, on PostgreSQL %s", MEZZANINE_VERSION,
								 installed == nullptr ? "not installed" : installed, PG_VERSION)));
}
