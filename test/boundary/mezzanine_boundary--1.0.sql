-- The functions by which boundary_test.cpp drives the boundary in a live server.
\echo Use "CREATE EXTENSION mezzanine_boundary" to load this file. \quit

-- Throws core::Error with the code of this number.
CREATE FUNCTION throw_error(code int, message text, detail text, hint text) RETURNS void
	STRICT LANGUAGE c AS 'MODULE_PATHNAME', 'boundary_throw_error';

-- The SQLSTATE of each code, in the order of the codes.
CREATE FUNCTION states() RETURNS text[]
	LANGUAGE c AS 'MODULE_PATHNAME', 'boundary_states';

-- Throws what is named: 'bad_alloc', 'length_error', 'runtime_error', 'int'.
CREATE FUNCTION throw_other(what text) RETURNS void
	STRICT LANGUAGE c AS 'MODULE_PATHNAME', 'boundary_throw_other';

-- Makes an object in the call's memory context and, if asked, raises an error.
CREATE FUNCTION make(raise bool) RETURNS void
	STRICT LANGUAGE c AS 'MODULE_PATHNAME', 'boundary_make';

-- Makes an object whose constructor throws when it has already allocated.
CREATE FUNCTION make_throwing() RETURNS void
	LANGUAGE c AS 'MODULE_PATHNAME', 'boundary_make_throwing';

-- How many objects of this session are alive.
CREATE FUNCTION alive() RETURNS bigint
	LANGUAGE c AS 'MODULE_PATHNAME', 'boundary_alive';

-- Whether many allocations are all aligned as asked, and none overlaps another.
CREATE FUNCTION aligned(alignment int) RETURNS bool
	STRICT LANGUAGE c AS 'MODULE_PATHNAME', 'boundary_aligned';

-- Whether an object of a type with this alignment stands where it must.
CREATE FUNCTION object_aligned() RETURNS bool
	LANGUAGE c AS 'MODULE_PATHNAME', 'boundary_object_aligned';

-- Allocates and touches this many bytes at once through a container.
CREATE FUNCTION allocate(bytes bigint) RETURNS bigint
	STRICT LANGUAGE c AS 'MODULE_PATHNAME', 'boundary_allocate';

-- Bytes of memory resident in this backend that it does not share.
CREATE FUNCTION resident() RETURNS bigint
	LANGUAGE c AS 'MODULE_PATHNAME', 'boundary_resident';
