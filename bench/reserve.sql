-- One reservation of one unit a transaction, of one of :items items.
\set item random(1, :items)
SELECT (inventory.reserve('item-' || :item, 1, ttl => '1 hour', wait => '1 min')).status;
