// verify: two relations compared as bags, in the name of who owns them.
//
// Their queries call functions of the owner's, and whoever verifies may be more than he: an
// administrator, every night.  So, as in refresh, they run as the owner, with no way to become
// more.
#include "views/run.h"

using namespace mezzanine;
using namespace mezzanine::views;

namespace
{

// The query of the rows in which the relations differ.  It is made by SQL of the extension's own.
const char *ComparisonOf(FunctionCallInfo fcinfo)
{
	Oid types[] = {REGCLASSOID, REGCLASSOID, TEXTARRAYOID};
	Datum values[] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), PG_GETARG_DATUM(2)};
	const char *sql = psprintf("SELECT %s.comparison($1, $2, $3)", kStateSchema);
	if (SPI_execute_with_args(sql, lengthof(types), types, values, nullptr, false, 1) !=
		SPI_OK_SELECT)
		elog(ERROR, "could not run \"%s\"", sql);
	return SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
}

Oid RequireOwner(Oid relation)
{
	if (!pg::OwnsRelation(relation))
		aclcheck_error(ACLCHECK_NOT_OWNER, get_relkind_objtype(get_rel_relkind(relation)),
					   get_rel_name(relation));
	Relation open = relation_open(relation, AccessShareLock);
	const Oid owner = open->rd_rel->relowner;
	relation_close(open, NoLock);
	return owner;
}

// Puts the query's rows into the function's result.
void RunInto(const char *query, ReturnSetInfo *result)
{
	SPIExecuteOptions options = {};
	options.dest = CreateDestReceiver(DestTuplestore);
	SetTuplestoreDestReceiverParams(options.dest, result->setResult,
									result->econtext->ecxt_per_query_memory, false, nullptr,
									nullptr);
	if (SPI_execute_extended(query, &options) != SPI_OK_SELECT)
		elog(ERROR, "could not run \"%s\"", query);
}

} // namespace

// unequal_rows(expected regclass, actual regclass, key_columns text[]) -> SETOF record
MEZZANINE_FUNCTION(mezzanine_unequal_rows)
{
	const Oid owner = RequireOwner(PG_GETARG_OID(1));
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	const char *query = ComparisonOf(fcinfo);
	Oid user;
	int security;
	GetUserIdAndSecContext(&user, &security);
	SetUserIdAndSecContext(owner,
						   security | SECURITY_RESTRICTED_OPERATION | SECURITY_LOCAL_USERID_CHANGE);
	RunInto(query, reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo));
	SetUserIdAndSecContext(user, security);
	SPI_finish();
	return Datum{0};
}
