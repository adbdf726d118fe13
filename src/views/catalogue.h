// The catalogue of views, mezzanine_info.catalogue, in its latest committed version.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// One row of the catalogue, as far as the engine needs it.
struct CatalogueEntry {
	Oid view;
	Oid home;
	Oid truth;
	Oid base;
};

// The views on a base table, a List of CatalogueEntry pointers.
List *ViewsOnBase(Oid base);

// The view with this published view, or with this home table; NULL where there is none.
CatalogueEntry *ViewByOid(Oid view);
CatalogueEntry *ViewByHome(Oid home);

// Whether `relation` is a home table; cheap enough to ask for every planned query.
bool IsHome(Oid relation);

} // namespace mezzanine::views
