// The catalogue of views, mezzanine_info.core, rows and row_source, in its latest committed
// version.
#pragma once

#include "pg/store.h"
#include "views/views.h"

namespace mezzanine::views
{

// Opens a table of the catalogue; false where the extension is not installed in this database.
bool OpenCatalogueTable(const char *table, const char *index_name, LOCKMODE mode, pg::Store *store);

// A core of a view: one grouping of its source's rows, kept in its home table.
struct CoreEntry {
	Oid view;
	int32 number;
	Oid home;
	Oid truth;
	Oid source; // a base table, a rows view, or another core's home table
	int32 depth;
	int32 spread; // the most cells of a group
	Oid cells;    // the table of cells beside the home rows; Invalid where spread is 1
};

// The cores of a view, or those fed by a table: a List of CoreEntry pointers.
List *CoresOfView(Oid view);
List *CoresOnSource(Oid source);

// The cores that are fed by a table, alone or joined with others.
List *CoresOnBase(Oid base);

// The tables that a view is computed from, each once: a List of Oids, sorted.
List *BasesOfView(Oid view);

// The view that tells what a mezzanine view equals; Invalid where `view` is none.
Oid DefinitionOf(Oid view);

// The core with this home table; NULL where there is none.
CoreEntry *CoreByHome(Oid home);

// The core with this table of cells; NULL where there is none.
CoreEntry *CoreByCells(Oid cells);

// A rows view: the rows of a join, as a plain view.
struct RowsEntry {
	Oid rows;
	Oid view;
};

// The rows views that read a table: a List of RowsEntry pointers.
List *RowsOnSource(Oid source);

// An inner join whose rows, with a sign, are part of those of a rows view.
struct ArmEntry {
	Oid arm;
	int32 sign;
};

// The arms of a rows view, by their oids: a List of ArmEntry pointers.  NIL: it is an inner join.
List *ArmsOfRows(Oid rows);

// One more than the depth of the deepest core whose home table the rows view joins, or 0.
int32 DepthOfRows(Oid rows);

// Whether `relation` is a home table, or one of cells; cheap enough to ask for every planned query.
bool IsHome(Oid relation);

} // namespace mezzanine::views
