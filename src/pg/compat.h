// Differences between PostgreSQL majors.  The only tests of PG_VERSION_NUM are
// here; newer spellings are given to older servers, never the other way round.
//
// Included by pg/pg.h alone.
#pragma once

#if PG_VERSION_NUM < 150010
#error "mezzanine needs PostgreSQL 15.10 or later (15.9 changed the ABI of ResultRelInfo)"
#endif
