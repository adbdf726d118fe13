#include "views/keys.h"

#include "views/image.h"

namespace mezzanine::views
{

namespace
{

constexpr int kNeeded =
	TYPECACHE_EQ_OPR | TYPECACHE_EQ_OPR_FINFO | TYPECACHE_HASH_EXTENDED_PROC_FINFO;
constexpr int16 kCStringLength = -2;

} // namespace

bool CanBeKey(Oid type)
{
	TypeCacheEntry *entry = lookup_type_cache(type, kNeeded);
	return OidIsValid(entry->eq_opr_finfo.fn_oid) &&
		   OidIsValid(entry->hash_extended_proc_finfo.fn_oid) && entry->typlen != kCStringLength;
}

void InitKeyColumn(KeyColumn *key, Oid type, Oid collation)
{
	TypeCacheEntry *entry = lookup_type_cache(type, kNeeded);
	if (!CanBeKey(type))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("could not find a hash function for type %s", format_type_be(type))));
	key->type = type;
	key->storage = {entry->typlen, entry->typbyval};
	key->collation = collation;
	key->equal_operator = entry->eq_opr;
	// Looked up anew, not copied from the type cache, which may be rebuilt while we call.
	fmgr_info(entry->hash_extended_proc_finfo.fn_oid, &key->hash);
	fmgr_info(entry->eq_opr_finfo.fn_oid, &key->equal);
}

uint64 HashKey(KeyColumn *keys, int key_count, KeyValues key)
{
	uint64 hash = 0;
	for (int i = 0; i < key_count; i++) {
		uint64 column = 0;
		if (!key.nulls[i])
			column = DatumGetUInt64(FunctionCall2Coll(&keys[i].hash, keys[i].collation,
													  key.values[i], UInt64GetDatum(0)));
		hash = hash_combine64(hash, column);
	}
	return hash;
}

void EncodeKey(const KeyColumn *keys, int key_count, KeyValues key, StringInfo image)
{
	for (int i = 0; i < key_count; i++)
		AppendImage(keys[i].storage, key.values[i], key.nulls[i], image);
}

void DecodeKey(const KeyColumn *keys, int key_count, const char *image, KeyValues key)
{
	for (int i = 0; i < key_count; i++)
		key.values[i] = ReadImage(keys[i].storage, &image, &key.nulls[i]);
}

bool KeysEqual(KeyColumn *keys, int key_count, KeyValues a, KeyValues b)
{
	for (int i = 0; i < key_count; i++) {
		if (a.nulls[i] != b.nulls[i])
			return false;
		if (!a.nulls[i] && !DatumGetBool(FunctionCall2Coll(&keys[i].equal, keys[i].collation,
														   a.values[i], b.values[i])))
			return false;
	}
	return true;
}

} // namespace mezzanine::views
