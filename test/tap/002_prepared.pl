# A prepared transaction keeps its captured changes, its holds and its fences through a
# crash; whoever ends it ends it whole.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Sale;
use Test::More;

my $sale = Sale->new('prepared');
my $view = 'SELECT item, lines, units, revenue FROM mezzanine.sales_by_item ORDER BY item';

$sale->sql(q{
	SELECT inventory.receive('lamp', 'main', 10);
	INSERT INTO order_lines VALUES (gen_random_uuid(), 'desk', 1, 100);
});

foreach my $end ('COMMIT', 'ROLLBACK')
{
	my $before = $sale->sql($view);
	prepare();
	$sale->node->stop('immediate');
	$sale->node->start;

	is($sale->sql($view), $before, "$end: what is prepared is not seen after the crash");
	is($sale->sql('SELECT count(*) FROM pg_prepared_xacts'), '1', "$end: it is still prepared");
	$sale->sql(q{INSERT INTO order_lines VALUES (gen_random_uuid(), 'chair', 1, 1)});
	pass("$end: a writer to another group went through");
	same_group_waits($end);
	same_stock_is_contended($end);

	$sale->sql("$end PREPARED 'sale'");
	is($sale->sql(q{SELECT * FROM mezzanine.verify('mezzanine.sales_by_item')}),
		'', "$end: mezzanine.verify() is empty");
	is($sale->sql('SELECT * FROM inventory.verify()'), '', "$end: inventory.verify() is empty");
	$sale->sql(q{INSERT INTO order_lines VALUES (gen_random_uuid(), 'desk', 1, 1)});
	is($sale->sql(q{SELECT * FROM mezzanine.verify('mezzanine.sales_by_item')}),
		'', "$end: and after the next writer to its groups");
}

# Of two transactions with 2 desks and 3 lamps each, one was committed; a desk was there
# before, and each round adds a chair and a desk.
is($sale->sql($view), "chair|2|2|2\ndesk|4|5|202.00\nlamp|1|3|7.50", 'the view holds what it should');
is($sale->sql(q{SELECT on_hand, held, available FROM inventory.available(ARRAY['lamp'])}),
	'7|0|7', 'and so does the stock');
$sale->node->stop;
done_testing();

sub prepare
{
	$sale->sql(q{
		BEGIN;
		WITH hold AS MATERIALIZED (SELECT * FROM inventory.reserve('lamp', 3))
		SELECT inventory.confirm(hold.reservation, hold.fence) FROM hold;
		INSERT INTO order_lines SELECT gen_random_uuid(), 'lamp', 3, 2.50;
		SAVEPOINT s;
		INSERT INTO order_lines SELECT gen_random_uuid(), 'desk', 9, 9;
		ROLLBACK TO s;
		INSERT INTO order_lines SELECT gen_random_uuid(), 'desk', 2, 50.00;
		PREPARE TRANSACTION 'sale';
	});
	return;
}

sub same_group_waits
{
	my ($end) = @_;
	my ($status, $out, $err) = $sale->node->psql('postgres',
		q{SET lock_timeout = '300 ms'; SET mezzanine.lock_timeout = '300 ms';
		INSERT INTO order_lines VALUES (gen_random_uuid(), 'desk', 1, 1)});
	isnt($status, 0, "$end: a writer to the same group waits for the prepared transaction");
	like($err, qr/lock timeout/, "$end: and gives up at its lock_timeout");
	return;
}

sub same_stock_is_contended
{
	my ($end) = @_;
	my ($status, $out, $err) = $sale->node->psql('postgres',
		q{\set VERBOSITY sqlstate
		SELECT inventory.reserve('lamp', 1, wait => '200 ms')});
	isnt($status, 0, "$end: the stock of the prepared transaction has no answer yet");
	like($err, qr/MZ002/, "$end: and says so with MZ002");
	return;
}
