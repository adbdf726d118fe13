-- Inventory: what is left of movements that were pruned.
CREATE TABLE inventory.opening_balance (
	stock bigint NOT NULL,
	account text NOT NULL,
	quantity numeric NOT NULL, -- what was sold in all may exceed a bigint
	movements bigint NOT NULL CONSTRAINT opening_balance_of_some CHECK (movements > 0),
	upto timestamptz NOT NULL,
	CONSTRAINT opening_balance_pkey PRIMARY KEY (stock, account)
);
COMMENT ON TABLE inventory.opening_balance IS
	'what movements that were pruned have left in an account of a stock';
COMMENT ON COLUMN inventory.opening_balance.movements IS 'how many they were';
COMMENT ON COLUMN inventory.opening_balance.upto IS
	'the time of the last of them: balances of earlier instants are not known';

CREATE TABLE inventory.retention (
	pruned_before timestamptz NOT NULL
);
CREATE UNIQUE INDEX retention_one_row ON inventory.retention ((true));
COMMENT ON TABLE inventory.retention IS 'one row, once anything was pruned';
COMMENT ON COLUMN inventory.retention.pruned_before IS
	'reservations settled before this time may be gone';

REVOKE ALL ON inventory.opening_balance, inventory.retention FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('inventory.opening_balance', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.retention', '');
