-- Inventory: what operators decided.  It moves no units, so the journal has no place for it.
CREATE SEQUENCE inventory.audit_sequence AS bigint;
COMMENT ON SEQUENCE inventory.audit_sequence IS 'numbers of entries of the audit';

CREATE TABLE inventory.audit_entry (
	entry bigint NOT NULL CONSTRAINT audit_entry_pkey PRIMARY KEY,
	at timestamptz NOT NULL,
	transaction xid8 NOT NULL,
	role text NOT NULL,
	verb text NOT NULL,
	stock bigint,
	reservation uuid,
	reason text,
	before jsonb NOT NULL,
	after jsonb NOT NULL
);
COMMENT ON TABLE inventory.audit_entry IS
	'decisions of operators: holds taken over, policies changed; append-only';
COMMENT ON COLUMN inventory.audit_entry.entry IS 'number of the entry';
COMMENT ON COLUMN inventory.audit_entry.role IS 'who called, as of SET ROLE';
COMMENT ON COLUMN inventory.audit_entry.verb IS 'the function that was called';
COMMENT ON COLUMN inventory.audit_entry.before IS 'what was, of that which was changed';
COMMENT ON COLUMN inventory.audit_entry.after IS 'what is';

CREATE VIEW inventory.audit AS
SELECT e.entry, e.at, e.role, e.verb, s.sku, s.location, e.reservation, e.reason, e.before, e.after
FROM inventory.audit_entry AS e
LEFT JOIN inventory.stock AS s ON s.stock = e.stock;
COMMENT ON VIEW inventory.audit IS
	'decisions of operators: holds taken over, policies changed';
COMMENT ON COLUMN inventory.audit.role IS 'who called, as of SET ROLE';

REVOKE ALL ON inventory.audit_entry, inventory.audit_sequence, inventory.audit FROM PUBLIC;
GRANT SELECT ON inventory.audit TO inventory_operator, inventory_reader;
SELECT pg_catalog.pg_extension_config_dump('inventory.audit_sequence', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.audit_entry', '');
