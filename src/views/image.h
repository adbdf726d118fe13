// Images: values of any type as bytes, for the core, which does not know types.
//
// Values of one image are equal, but equal values may have several images (1.0 and 1.00).
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

Storage StorageOf(Oid type);

// Appends the image of `value`, or of NULL; images say where they end.
void AppendImage(Storage storage, Datum value, bool is_null, StringInfo image);

// Reads an image and moves *image past it.  Values by reference are copied into the
// current context.
Datum ReadImage(Storage storage, const char **image, bool *is_null);

inline std::string_view Bytes(const StringInfoData *text)
{
	return {text->data, static_cast<std::size_t>(text->len)};
}

} // namespace mezzanine::views
