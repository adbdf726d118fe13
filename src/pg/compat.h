// Differences between PostgreSQL majors.  The only tests of PG_VERSION_NUM are
// here; newer spellings are given to older servers, never the other way round.
//
// Included by pg/pg.h alone.
#pragma once

#if PG_VERSION_NUM < 150010
#error "mezzanine needs PostgreSQL 15.10 or later (15.9 changed the ABI of ResultRelInfo)"
#endif

namespace mezzanine::pg
{

// The number of the transaction within this backend.
inline LocalTransactionId LocalTransaction()
{
#if PG_VERSION_NUM >= 170000
	return MyProc->vxid.lxid;
#else
	return MyProc->lxid;
#endif
}

} // namespace mezzanine::pg
