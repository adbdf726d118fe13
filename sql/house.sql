-- The house rules that the catalogue can tell of, for every object of the extension.
-- Each query lists what breaks its rule: all must be empty.
CREATE TEMP VIEW member AS
SELECT classid, objid, object.type, object.identity
FROM pg_depend, pg_identify_object(classid, objid, 0) AS object
WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
  AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'mezzanine');

-- There is something to look at.
SELECT count(*) > 0 AS has_functions FROM member WHERE classid = 'pg_proc'::regclass;

-- Every function, table, view, sequence, type and schema says what it is for.  A table's
-- row type and an array type go with what they are made of.
SELECT type, identity AS without_comment
FROM member LEFT JOIN pg_type t ON classid = 'pg_type'::regclass AND t.oid = objid
WHERE obj_description(objid, classid::regclass::name) IS NULL
  AND (classid IN ('pg_proc'::regclass, 'pg_namespace'::regclass, 'pg_type'::regclass)
       OR classid = 'pg_class'::regclass
          AND (SELECT relkind IN ('r', 'v', 'm', 'S', 'p') FROM pg_class WHERE oid = objid)
          -- an identity column's own sequence
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                          AND d.objid = member.objid AND d.deptype IN ('a', 'i')))
  AND NOT coalesce(t.typcategory = 'A' OR t.typrelid <> 0 AND
                   (SELECT relkind <> 'c' FROM pg_class WHERE oid = t.typrelid), false)
ORDER BY 1, 2;

-- Whoever runs with its owner's rights chooses its own search_path, where no other
-- user can create anything.
SELECT p.oid::regprocedure AS definer_without_pinned_path
FROM member JOIN pg_proc p ON classid = 'pg_proc'::regclass AND p.oid = objid
WHERE prosecdef
  AND NOT EXISTS (SELECT FROM unnest(proconfig) s
                  WHERE s ~ '^search_path=pg_catalog(, (inventory|mezzanine[a-z_]*))*, pg_temp$')
ORDER BY p.oid::regprocedure::text COLLATE "C";

-- Nothing is executable by everybody, but for these pure functions that a view's truth
-- computes with: PostgreSQL checks them in the name of whoever reads the view.
SELECT p.oid::regprocedure AS executable_by_public
FROM member JOIN pg_proc p ON classid = 'pg_proc'::regclass AND p.oid = objid
WHERE EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner)))
              WHERE grantee = 0 AND privilege_type = 'EXECUTE')
ORDER BY p.oid::regprocedure::text COLLATE "C";

-- Nothing is readable or writable by everybody, and nobody but authors of views creates
-- objects among ours.
SELECT type, identity AS open_to_public
FROM member
WHERE EXISTS (
	SELECT FROM pg_class c, aclexplode(c.relacl) a
	WHERE classid = 'pg_class'::regclass AND c.oid = objid AND a.grantee = 0
	UNION ALL
	SELECT FROM pg_namespace n, aclexplode(n.nspacl) a
	WHERE classid = 'pg_namespace'::regclass AND n.oid = objid
	  AND (a.grantee = 0 OR a.privilege_type = 'CREATE'
	       AND a.grantee NOT IN (n.nspowner, 'mezzanine_author'::regrole)))
ORDER BY 1, 2;
