// Grouping keys: hashing, comparing, and their image as the core's opaque bytes.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// A key's values, in the order of the view's key columns.
struct KeyValues {
	Datum *values;
	bool *nulls;
};

// Whether a key of `type` can be hashed and compared by its default operators.
bool CanBeKey(Oid type);

// Sets hash, equality and storage of a key column.  Requires: CanBeKey(type).
void InitKeyColumn(KeyColumn *key, Oid type, Oid collation);

// The hash that the home table's first column carries.
uint64 HashKey(KeyColumn *keys, int key_count, KeyValues key);

// Appends the image of the key to `image`.  Equal images are equal keys, but equal keys
// may have different images (1.0 and 1.00).
void EncodeKey(const KeyColumn *keys, int key_count, KeyValues key, StringInfo image);

// Reads what EncodeKey wrote; by-reference values are allocated in the current context.
void DecodeKey(const KeyColumn *keys, int key_count, const char *image, KeyValues key);

// Equal by the types' own operators; NULL equals NULL.
bool KeysEqual(KeyColumn *keys, int key_count, KeyValues a, KeyValues b);

} // namespace mezzanine::views
