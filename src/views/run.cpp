#include "views/run.h"

namespace mezzanine::views
{

void Run(const char *command)
{
	const int result = SPI_execute(command, false, 0);
	if (result < 0)
		elog(ERROR, "could not run \"%s\": %s", command, SPI_result_code_string(result));
}

const char *QualifiedName(Oid relation)
{
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)),
									  get_rel_name(relation));
}

Oid RelationOid(const char *qualified)
{
	return DatumGetObjectId(DirectFunctionCall1(regclassin, CStringGetDatum(qualified)));
}

Oid CatalogueOwner()
{
	const Oid catalogue = get_relname_relid("catalogue", get_namespace_oid(kInfoSchema, false));
	Relation relation = table_open(catalogue, AccessShareLock);
	const Oid owner = relation->rd_rel->relowner;
	table_close(relation, NoLock);
	return owner;
}

} // namespace mezzanine::views
