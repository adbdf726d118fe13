// SQL commands composed by the engine, run through SPI.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// Runs one command.  Requires: SPI is connected.
void Run(const char *command);
#define RUN(...) Run(psprintf(__VA_ARGS__))

// A relation's name, qualified and quoted.
const char *QualifiedName(Oid relation);

// The relation of that name, which is qualified and quoted.
Oid RelationOid(const char *qualified);

// Who owns the catalogue: the extension's owner.
Oid CatalogueOwner();

} // namespace mezzanine::views
