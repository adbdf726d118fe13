// SQL functions that the truth views call: the group's hash, and the aggregate that
// remembers what a plain sum of numerics forgets.
#include "views/counts.h"
#include "views/keys.h"

using namespace mezzanine;
using namespace mezzanine::views;

namespace
{

// Key columns for the argument types of one call site, kept with its FmgrInfo.
struct HashCallSite {
	int count;
	views::KeyColumn keys[FLEXIBLE_ARRAY_MEMBER];
};

// The collation that an argument of the call brings along.
Oid CollationOf(FunctionCallInfo fcinfo, int argument)
{
	const Node *call = fcinfo->flinfo->fn_expr;
	if (call == nullptr || !IsA(call, FuncExpr))
		return get_typcollation(get_fn_expr_argtype(fcinfo->flinfo, argument));
	return exprCollation(static_cast<Node *>(list_nth(castNode(FuncExpr, call)->args, argument)));
}

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
		views::InitKeyColumn(&site->keys[i], get_fn_expr_argtype(fcinfo->flinfo, i),
							 CollationOf(fcinfo, i));
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
	MemoryContext context = RequireAggregate(fcinfo, "irregular");
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
	MemoryContext context = RequireAggregate(fcinfo, "irregular");
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
