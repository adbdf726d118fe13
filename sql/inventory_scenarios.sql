-- The ways in which shops have sold what they did not have, or refused what they had.
-- What takes many sessions at once is in test/integration/scenarios_test.cpp.
\set VERBOSITY sqlstate

-- Two lines of one cart share an item: they are added up before anybody looks.
SELECT inventory.receive('scenario lamp', 'main', 5) > 0 AS received;
SELECT status, shortfall FROM inventory.reserve(ARRAY[
	ROW('scenario lamp', 3, 'main'), ROW('scenario lamp', 3, 'main')]::inventory.line[]);
SELECT status, lines FROM inventory.reserve(ARRAY[
	ROW('scenario lamp', 3, 'main'), ROW('scenario lamp', 2, 'main')]::inventory.line[]);

-- One's own hold blocks one's own checkout, where checkout looks for free stock again: here
-- checkout is confirm(), which wants no other units than those that are held.
SELECT inventory.receive('scenario vase', 'main', 1) > 0 AS received;
SELECT reservation, fence FROM inventory.reserve('scenario vase', 1) \gset
SELECT available FROM inventory.available(ARRAY['scenario vase']);
SELECT status FROM inventory.confirm(:'reservation', :fence);

-- The same basket sent again, by a nervous customer: with its key it is the same hold, not a
-- second one that the first leaves nothing for.
SELECT inventory.receive('scenario rug', 'main', 1) > 0 AS received;
SELECT status, replayed FROM inventory.reserve('scenario rug', 1, key => 'scenario basket');
SELECT status, replayed FROM inventory.reserve('scenario rug', 1, key => 'scenario basket');

-- Abandoned holds: the units are there again at the instant when the time is over, for the
-- display and for the next buyer, with no job that has to run.
SELECT inventory.receive('scenario clock', 'main', 2) > 0 AS received;
SELECT status FROM inventory.reserve('scenario clock', 2, ttl => '50 ms');
SELECT available FROM inventory.available(ARRAY['scenario clock']);
SELECT pg_sleep(0.06);
SELECT available, held FROM inventory.available(ARRAY['scenario clock']);
SELECT status FROM inventory.reserve('scenario clock', 2);

-- Paid, then sold out: the payment came after the hold's time, and somebody else had the
-- units.  The sale fails, and with it whatever the transaction did about the order.
SELECT inventory.receive('scenario mirror', 'main', 1) > 0 AS received;
SELECT reservation, fence FROM inventory.reserve('scenario mirror', 1, ttl => '50 ms') \gset
SELECT pg_sleep(0.06);
SELECT status FROM inventory.reserve('scenario mirror', 1);
SELECT status FROM inventory.confirm(:'reservation', :fence);

-- Stock lowered in the middle of a checkout: what is held stays good, and what is held
-- cannot be taken away.
SELECT inventory.receive('scenario sofa', 'main', 5) > 0 AS received;
SELECT reservation, fence FROM inventory.reserve('scenario sofa', 3) \gset
SELECT inventory.set_policy('scenario sofa', 'main', safety_stock => 3);
SELECT safety_stock FROM inventory.set_policy('scenario sofa', 'main', safety_stock => 2);
SELECT on_hand, held, available FROM inventory.available(ARRAY['scenario sofa']);
SELECT status FROM inventory.confirm(:'reservation', :fence);
SELECT status FROM inventory.reserve('scenario sofa', 1);

-- A worker that slept past the end of its hold, and whose hold was extended by another, does
-- not confirm.
SELECT inventory.receive('scenario desk', 'main', 1) > 0 AS received;
SELECT reservation, fence FROM inventory.reserve('scenario desk', 1) \gset
SELECT fence AS new_fence FROM inventory.extend(:'reservation', :fence, '10 min') \gset
SELECT status FROM inventory.confirm(:'reservation', :fence);
SELECT status FROM inventory.confirm(:'reservation', :new_fence);

SELECT v.* FROM unnest(ARRAY['lamp', 'vase', 'rug', 'clock', 'mirror', 'sofa', 'desk']) AS item,
	inventory.verify('scenario ' || item) AS v;
