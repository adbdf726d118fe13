# Replicas: a physical standby reads stock and views and refuses to change them; a logical
# subscriber keeps views of its own on what it receives.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 'logical');
$primary->start;
$primary->safe_psql('postgres', q{
	CREATE EXTENSION mezzanine;
	CREATE TABLE orders (id int PRIMARY KEY, item text, amount numeric);
	SELECT mezzanine.create_view('sales',
		'SELECT item, sum(amount) AS revenue FROM orders GROUP BY item');
	SELECT inventory.receive('lamp', 'main', 5);
	INSERT INTO orders VALUES (1, 'lamp', 59.70);
});
my $view = 'SELECT item, revenue FROM mezzanine.sales ORDER BY item';
my $verify = q{SELECT * FROM mezzanine.verify('mezzanine.sales')};

# Physical.
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->safe_psql('postgres', q{INSERT INTO orders VALUES (2, 'vase', 1)});
$primary->wait_for_catchup($standby);

is($standby->safe_psql('postgres', $view), "lamp|59.70\nvase|1", 'standby: the view is read');
is($standby->safe_psql('postgres', "BEGIN ISOLATION LEVEL REPEATABLE READ; $view; COMMIT"),
	"lamp|59.70\nvase|1", 'standby: at REPEATABLE READ too');
is($standby->safe_psql('postgres', $verify), '', 'standby: mezzanine.verify() is empty');
is($standby->safe_psql('postgres', 'SELECT * FROM inventory.verify()'),
	'', 'standby: inventory.verify() is empty');
is($standby->safe_psql('postgres', 'SELECT sku, available FROM inventory.available(NULL)'),
	'lamp|5', 'standby: stock is read');
foreach my $call (
	q{inventory.reserve('lamp', 1)}, q{inventory.receive('lamp', 'main', 1)},
	q{inventory.lease('job', 'ann', '1 min')}, q{inventory.release_lease('job', 1)},
	q{inventory.check_fence('job', 1)}, q{inventory.set_capacity('room', 1)},
	q{inventory.book('room', '(,)')}, q{inventory.confirm_booking(gen_random_uuid(), 1)},
	q{inventory.extend_booking(gen_random_uuid(), 1, '1 s')},
	q{inventory.release_booking(gen_random_uuid(), 1)},
	q{inventory.create_consumer('mirror')}, q{inventory.drop_consumer('mirror')},
	q{inventory.consume('mirror')}, q{inventory.prune('2000-01-01')},
	q{inventory.expect('lamp', 'main', 1, now())}, q{inventory.settle_expected(1)},
	q{mezzanine.create_view('more', 'SELECT item, count(*) FROM orders GROUP BY item')},
	q{mezzanine.drop_view('sales')})
{
	my ($status, $out, $error) =
		$standby->psql('postgres', "\\set VERBOSITY sqlstate\nSELECT $call");
	like($error, qr/25006/, "standby: $call is refused");
}

# A standby that is promoted goes on.
$standby->promote;
$standby->safe_psql('postgres', q{
	INSERT INTO orders VALUES (3, 'lamp', 1);
	SELECT status FROM inventory.reserve('lamp', 5);
});
is($standby->safe_psql('postgres', $view), "lamp|60.70\nvase|1", 'promoted: the view follows');
is($standby->safe_psql('postgres', $verify), '', 'promoted: mezzanine.verify() is empty');
is($standby->safe_psql('postgres', 'SELECT * FROM inventory.verify()'),
	'', 'promoted: inventory.verify() is empty');
$standby->stop;

# Logical: the base table is published, the view is the subscriber's own.
my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init;
$subscriber->start;
$subscriber->safe_psql('postgres', q{
	CREATE EXTENSION mezzanine;
	CREATE TABLE orders (id int PRIMARY KEY, item text, amount numeric);
	SELECT mezzanine.create_view('sales',
		'SELECT item, sum(amount) AS revenue FROM orders GROUP BY item');
});
$primary->safe_psql('postgres', 'CREATE PUBLICATION shop FOR TABLE orders');
my $connection = $primary->connstr . ' dbname=postgres';
$subscriber->safe_psql('postgres',
	"CREATE SUBSCRIPTION shop CONNECTION '$connection' PUBLICATION shop");
$subscriber->wait_for_subscription_sync($primary, 'shop');
is($subscriber->safe_psql('postgres', $view), "lamp|59.70\nvase|1", 'subscriber: the first copy');

$primary->safe_psql('postgres', q{
	INSERT INTO orders VALUES (4, 'desk', 2);
	UPDATE orders SET item = 'desk', amount = 3 WHERE id = 1;
	DELETE FROM orders WHERE id = 2;
});
$primary->wait_for_catchup('shop');
is($subscriber->safe_psql('postgres', $view), 'desk|5', 'subscriber: rows come, change and go');
is($subscriber->safe_psql('postgres', $verify), '', 'subscriber: mezzanine.verify() is empty');

$primary->safe_psql('postgres', q{TRUNCATE orders; INSERT INTO orders VALUES (5, 'sofa', 9)});
$primary->wait_for_catchup('shop');
is($subscriber->safe_psql('postgres', $view), 'sofa|9', 'subscriber: TRUNCATE too');
is($subscriber->safe_psql('postgres', $verify), '', 'subscriber: and verify() is empty');

# A publication of all tables publishes the stored state as well, which has no replica
# identity: writers of the publisher go on.
$primary->safe_psql('postgres', q{
	CREATE PUBLICATION everything FOR ALL TABLES;
	UPDATE orders SET amount = 10;
	SELECT status FROM inventory.reserve('lamp', 1);
});
is($primary->safe_psql('postgres', $view), 'sofa|10', 'FOR ALL TABLES: the publisher goes on');

$subscriber->stop;

# Who subscribes to all of it and has views of his own counts each row once: the stored state
# and the catalogue that come along are dropped.
$primary->safe_psql('postgres', 'ALTER TABLE mezzanine_state.sales REPLICA IDENTITY FULL');
my $mirror = PostgreSQL::Test::Cluster->new('mirror');
$mirror->init;
$mirror->start;
$mirror->safe_psql('postgres', q{
	CREATE EXTENSION mezzanine;
	CREATE TABLE orders (id int PRIMARY KEY, item text, amount numeric);
	SELECT mezzanine.create_view('sales',
		'SELECT item, sum(amount) AS revenue FROM orders GROUP BY item');
});
$mirror->safe_psql('postgres',
	"CREATE SUBSCRIPTION mirror CONNECTION '$connection' PUBLICATION everything");
$mirror->wait_for_subscription_sync($primary, 'mirror');
is($mirror->safe_psql('postgres', $view), 'sofa|10', 'FOR ALL TABLES: the first copy counts once');
$primary->safe_psql('postgres', q{
	INSERT INTO orders VALUES (6, 'sofa', 1), (7, 'lamp', 2);
	UPDATE orders SET amount = 11 WHERE id = 5;
});
$primary->safe_psql('postgres', q{DELETE FROM orders WHERE id = 7});
$primary->wait_for_catchup('mirror');
is($mirror->safe_psql('postgres', $view), 'sofa|12', 'FOR ALL TABLES: and so do changes');
is($mirror->safe_psql('postgres', $verify), '', 'FOR ALL TABLES: mezzanine.verify() is empty');
is($mirror->safe_psql('postgres', 'SELECT count(*) FROM mezzanine_info.catalogue'),
	'1', 'FOR ALL TABLES: the subscriber keeps its own catalogue');

$mirror->stop;
$primary->stop;
done_testing();
