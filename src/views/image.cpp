#include "views/image.h"

namespace mezzanine::views
{

Storage StorageOf(Oid type)
{
	Storage storage;
	get_typlenbyval(type, &storage.length, &storage.by_value);
	return storage;
}

void AppendImage(Storage storage, Datum value, bool is_null, StringInfo image)
{
	if (!is_null && storage.by_value) {
		char packed[1 + sizeof(Datum)] = {0};
		memcpy(packed + 1, &value, sizeof(Datum));
		appendBinaryStringInfo(image, packed, sizeof(packed));
		return;
	}
	appendStringInfoCharMacro(image, is_null ? 1 : 0);
	if (is_null)
		return;
	if (storage.length > 0) {
		appendBinaryStringInfo(image, DatumGetPointer(value), storage.length);
	} else if (storage.length == -1) {
		struct varlena *varlena = PG_DETOAST_DATUM_PACKED(value);
		const uint32 size = VARSIZE_ANY_EXHDR(varlena);
		appendBinaryStringInfo(image, reinterpret_cast<const char *>(&size), sizeof(size));
		appendBinaryStringInfo(image, VARDATA_ANY(varlena), static_cast<int>(size));
	} else {
		const char *text = DatumGetCString(value);
		appendBinaryStringInfo(image, text, static_cast<int>(strlen(text)) + 1);
	}
}

Datum ReadImage(Storage storage, const char **image, bool *is_null)
{
	const char *at = *image;
	Datum value = 0;
	*is_null = *at++ != 0;
	if (*is_null) {
		// no more
	} else if (storage.by_value) {
		memcpy(&value, at, sizeof(Datum));
		at += sizeof(Datum);
	} else if (storage.length > 0) {
		value = datumCopy(PointerGetDatum(at), false, storage.length);
		at += storage.length;
	} else if (storage.length == -1) {
		uint32 size;
		memcpy(&size, at, sizeof(size));
		at += sizeof(size);
		value = PointerGetDatum(cstring_to_text_with_len(at, static_cast<int>(size)));
		at += size;
	} else {
		value = CStringGetDatum(pstrdup(at));
		at += strlen(at) + 1;
	}
	*image = at;
	return value;
}

} // namespace mezzanine::views
