# What a dump brings into another cluster, where transactions have other numbers: consumers
# miss nothing and get nothing twice; leases keep their fences, bookings their time.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($old, $new) = map { PostgreSQL::Test::Cluster->new($_) } qw(old new);
foreach my $node ($old, $new)
{
	$node->init;
	$node->append_conf('postgresql.conf', 'max_prepared_transactions = 5');
	$node->start;
}
my $dir = $old->basedir;

sub consumed
{
	my ($node, $database) = @_;
	return $node->safe_psql($database,
		q{SELECT string_agg(quantity::text, ' ' ORDER BY sequence) FROM inventory.consume('mirror')});
}

# Each an item of its own: one that is prepared keeps the fence of its stock.
sub receive
{
	my ($node, $database, $units, $then) = @_;
	$then //= 'COMMIT';
	$node->safe_psql($database,
		"BEGIN; SELECT inventory.receive('item $units', 'main', $units); $then");
	return;
}

# A dump of a database, in a new database of a node.
sub move
{
	my ($from, $database, $to, $name) = @_;
	$from->command_ok(['pg_dump', '-Fc', '-f', "$dir/$name.dump", $database], "a dump for $name");
	$to->command_ok(['createdb', $name], "a database $name");
	$to->command_ok(['pg_restore', '--exit-on-error', '-d', $name, "$dir/$name.dump"],
		"a restore into $name");
	return;
}

# The old cluster's transactions have the greater numbers.
$old->safe_psql('postgres', 'SELECT txid_current()') foreach 1 .. 3;
$old->safe_psql('postgres', 'DO $$ BEGIN FOR i IN 1 .. 2000 LOOP
	PERFORM txid_current(); COMMIT; END LOOP; END $$');

$old->command_ok(['createdb', 'shop'], 'a database');
$old->safe_psql('shop', q{
	CREATE EXTENSION mezzanine;
	SELECT inventory.create_consumer('mirror');
	SELECT inventory.lease('job', 'ann', '1 ms');
	SELECT inventory.set_capacity('room', 1);
	SELECT inventory.book('room', '[2027-03-01, 2027-03-02)', key => 'guest 1', ttl => '1 day');
});
receive($old, 'shop', 1);
receive($old, 'shop', 2, q{PREPARE TRANSACTION 'late'});
receive($old, 'shop', 4);
is(consumed($old, 'shop'), '1 4', 'one is in flight');
$old->safe_psql('shop', q{COMMIT PREPARED 'late'});
receive($old, 'shop', 8);

foreach my $case ([ $old, 'beside' ], [ $new, 'elsewhere' ])
{
	my ($node, $name) = @$case;
	move($old, 'shop', $node, $name);
	receive($node, $name, 16);
	is(consumed($node, $name), '2 8 16', "$name: what was late, what was left, what is new");
	is(consumed($node, $name), '', "$name: and nothing twice");
	receive($node, $name, 32);
	is(consumed($node, $name), '32', "$name: it goes on");

	my ($status, $out, $error) =
		$node->psql($name, "\\set VERBOSITY sqlstate\nSELECT inventory.check_fence('job', 1)");
	like($error, qr/MZ004/, "$name: a lease that is over stays over");
	is($node->safe_psql($name, q{SELECT inventory.lease('job', 'ann', '1 min')}),
		2, "$name: fences grow on");
	is($node->safe_psql($name,
			q{SELECT status FROM inventory.book('room', '[2027-03-01 12:00, 2027-03-03)')}),
		'rejected', "$name: what was booked is booked");
	is($node->safe_psql($name, q{SELECT c.status FROM inventory.book('room',
			'[2027-03-01, 2027-03-02)', key => 'guest 1', ttl => '1 day') AS b,
			inventory.confirm_booking(b.reservation, b.fence) AS c}),
		'confirmed', "$name: and the key gives its booking");
	is($node->safe_psql($name, 'SELECT * FROM inventory.verify()'), '', "$name: verify() is empty");
}

# And once more, with movements of three clusters.
receive($new, 'elsewhere', 64, q{PREPARE TRANSACTION 'late'});
receive($new, 'elsewhere', 128);
is(consumed($new, 'elsewhere'), '128', 'one is in flight in the second cluster');
$new->safe_psql('elsewhere', q{COMMIT PREPARED 'late'});
move($new, 'elsewhere', $old, 'again');
receive($old, 'again', 256);
is(consumed($old, 'again'), '64 256', 'again: what was late, and what is new');
is(consumed($old, 'again'), '', 'again: and nothing twice');

$old->stop;
$new->stop;
done_testing();
