-- States of aggregates that can give a value back.  Executable by everybody, as what else truth
-- views compute with: the functions check that the caller may execute the aggregate.
CREATE FUNCTION mezzanine_state.moving_add(internal, regprocedure, anyelement, VARIADIC "any")
	RETURNS internal
	LANGUAGE c IMMUTABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mezzanine_moving_add';
COMMENT ON FUNCTION mezzanine_state.moving_add(internal, regprocedure, anyelement, "any") IS
	'transition function of mezzanine_state.moving';
CREATE FUNCTION mezzanine_state.moving_finish(internal, regprocedure, anyelement, VARIADIC "any")
	RETURNS anyelement
	LANGUAGE c IMMUTABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mezzanine_moving_finish';
COMMENT ON FUNCTION mezzanine_state.moving_finish(internal, regprocedure, anyelement, "any") IS
	'final function of mezzanine_state.moving';
CREATE AGGREGATE mezzanine_state.moving(regprocedure, anyelement, VARIADIC "any") (
	SFUNC = mezzanine_state.moving_add, STYPE = internal,
	FINALFUNC = mezzanine_state.moving_finish, FINALFUNC_EXTRA, PARALLEL = UNSAFE
);
COMMENT ON AGGREGATE mezzanine_state.moving(regprocedure, anyelement, "any") IS
	'the state of an aggregate''s moving mode over its arguments; the second argument is a NULL of '
	'the state''s type; NULL where no value goes in';
