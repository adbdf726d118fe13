-- Inventory: the journal as an outbox.
CREATE TABLE inventory.consumer (
	consumer text COLLATE "C" NOT NULL CONSTRAINT consumer_pkey PRIMARY KEY,
	upto bigint NOT NULL,
	open xid8 NOT NULL,
	open_from bigint NOT NULL,
	next xid8 NOT NULL,
	generation smallint NOT NULL,
	pending xid8[] NOT NULL,
	pending_from bigint[] NOT NULL
		CONSTRAINT consumer_pending_pairs CHECK (cardinality(pending_from) = cardinality(pending)),
	created_at timestamptz NOT NULL,
	consumed_at timestamptz
) WITH (fillfactor = 50); -- rows are updated in their page
COMMENT ON TABLE inventory.consumer IS
	'who reads the journal, and how far they are: every movement up to a number, but those of '
	'transactions that were in flight';
COMMENT ON COLUMN inventory.consumer.upto IS 'the number';
COMMENT ON COLUMN inventory.consumer.open IS
	'this transaction and all younger ones were in flight';
COMMENT ON COLUMN inventory.consumer.open_from IS 'no movement of theirs has a lesser number';
COMMENT ON COLUMN inventory.consumer.next IS 'the transaction that was to come next';
COMMENT ON COLUMN inventory.consumer.generation IS
	'how often the row was restored: transactions are those of that many clusters ago';
COMMENT ON COLUMN inventory.consumer.pending IS 'older transactions that were in flight';
COMMENT ON COLUMN inventory.consumer.pending_from IS
	'for each of pending: no movement of it has a lesser number';

CREATE FUNCTION inventory.mark_restored() RETURNS trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_mark_restored';
COMMENT ON FUNCTION inventory.mark_restored() IS
	'trigger: marks the numbers of transactions in rows that a dump brings along';

CREATE TRIGGER journal_restored BEFORE INSERT ON inventory.journal
	FOR EACH ROW EXECUTE FUNCTION inventory.mark_restored('transaction');
ALTER TABLE inventory.journal ENABLE ALWAYS TRIGGER journal_restored;
COMMENT ON TRIGGER journal_restored ON inventory.journal IS
	'adds 2^56 to the transaction of a movement that a dump brings along';
CREATE TRIGGER consumer_restored BEFORE INSERT ON inventory.consumer
	FOR EACH ROW EXECUTE FUNCTION inventory.mark_restored('generation');
ALTER TABLE inventory.consumer ENABLE ALWAYS TRIGGER consumer_restored;
COMMENT ON TRIGGER consumer_restored ON inventory.consumer IS
	'adds 1 to the generation of a consumer that a dump brings along';

CREATE VIEW inventory.consumers AS
SELECT c.consumer, c.upto, cardinality(c.pending) AS in_flight,
	greatest(j.last_value - c.upto, 0) AS behind, c.created_at, c.consumed_at
FROM inventory.consumer AS c CROSS JOIN inventory.journal_sequence AS j;
COMMENT ON VIEW inventory.consumers IS 'consumers of the journal, and how far they are';
COMMENT ON COLUMN inventory.consumers.upto IS
	'the number up to which every movement was consumed, but of transactions in flight';
COMMENT ON COLUMN inventory.consumers.in_flight IS
	'transactions whose movements up to there, if any, come when they are over';
COMMENT ON COLUMN inventory.consumers.behind IS 'numbers given out since, at most';

CREATE FUNCTION inventory.create_consumer(consumer text, start text = 'beginning') RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_create_consumer';
COMMENT ON FUNCTION inventory.create_consumer(text, text) IS
	'makes a consumer of the journal, that starts at its beginning or now';

CREATE FUNCTION inventory.drop_consumer(consumer text) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_drop_consumer';
COMMENT ON FUNCTION inventory.drop_consumer(text) IS 'forgets a consumer and its position';

CREATE FUNCTION inventory.consume(consumer text, max integer = 100)
	RETURNS TABLE (sequence bigint, at timestamptz, sku text, location text, lot text,
		from_account text, to_account text, quantity bigint, reservation uuid, reason text,
		reference jsonb)
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_consume';
COMMENT ON FUNCTION inventory.consume(text, integer) IS
	'the next movements for a consumer, each once; they count as consumed when the transaction '
	'commits';

REVOKE ALL ON inventory.consumer, inventory.consumers FROM PUBLIC;
REVOKE ALL ON FUNCTION inventory.mark_restored(), inventory.create_consumer(text, text),
	inventory.drop_consumer(text), inventory.consume(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.create_consumer(text, text), inventory.drop_consumer(text),
	inventory.consume(text, integer) TO inventory_app;
GRANT SELECT ON inventory.consumers TO inventory_reader;
SELECT pg_catalog.pg_extension_config_dump('inventory.consumer', '');
