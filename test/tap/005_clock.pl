# A clock that steps forth and back, by libfaketime: what has changed hands stays so, and
# nothing is sold, leased or booked twice.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($library) = glob '/usr/lib/*/faketime/libfaketime.so.1';
plan skip_all => 'libfaketime is not installed' unless $library;

my $node = PostgreSQL::Test::Cluster->new('clock');
$node->init;
my $clock = $node->basedir . '/clock';

# Sets the server's clock apart from the machine's.
sub step_to
{
	my ($offset) = @_;
	open my $file, '>', "$clock.new" or die "$clock.new: $!";
	print $file "$offset\n";
	close $file;
	rename "$clock.new", $clock or die "$clock: $!";
	return;
}

sub sql { return $node->safe_psql('postgres', $_[0]) }

# The SQLSTATE of an error, or what was answered.
sub attempt
{
	my ($call) = @_;
	my ($status, $out, $error) =
		$node->psql('postgres', "\\set VERBOSITY sqlstate\nSELECT $call");
	return $error =~ /ERROR:\s+(\w{5})/ ? $1 : $out;
}

step_to('+0');
{
	local $ENV{LD_PRELOAD} = $library;
	local $ENV{FAKETIME_TIMESTAMP_FILE} = $clock;
	local $ENV{FAKETIME_NO_CACHE} = 1;
	local $ENV{FAKETIME_DONT_FAKE_MONOTONIC} = 1;
	$node->start;
}
sql(q{
	CREATE EXTENSION mezzanine;
	SELECT inventory.create_consumer('mirror');
	SELECT inventory.receive('lamp', 'main', 2);
	SELECT inventory.set_capacity('room', 1);
});
my $hold = q{SELECT reservation || ''',' || fence FROM inventory.reserve('lamp', 1, ttl => '1 hour')};
my ($first, $second) = (sql($hold), sql($hold));
is(attempt(q{inventory.lease('job', 'ann', '1 hour')}), 1, 'a lease');
my $night = q{'[2099-03-01, 2099-03-02)'};
my $booking = sql(qq{SELECT reservation || ''',' || fence FROM inventory.book('room', $night,
	ttl => '1 hour')});
is(attempt(q{(inventory.reserve('lamp', 1)).status}), 'rejected', 'all is held');

step_to('+2h');
cmp_ok(sql('SELECT extract(epoch FROM clock_timestamp())'), '>', time + 7000, 'the clock has stepped');
is(attempt(q{(inventory.reserve('lamp', 1, ttl => '1 hour')).status}), 'held',
	'forth: a hold that has expired is taken by who needs it');
is(attempt("inventory.confirm('$first)"), 'MZ003', 'forth: and cannot be confirmed');
is(attempt(q{inventory.lease('job', 'bob', '1 hour')}), 2, 'forth: the lease is somebody else\'s');
is(attempt(q{inventory.check_fence('job', 1)}), 'MZ004', 'forth: the old fence is stale');
is(attempt("(inventory.book('room', $night)).status"), 'held', 'forth: so is the night');

step_to('-3h');
cmp_ok(sql('SELECT extract(epoch FROM clock_timestamp())'), '<', time - 7000, 'the clock has stepped back');
is(attempt("inventory.confirm('$first)"), 'MZ003', 'back: what was taken stays expired');
is(attempt(q{(inventory.reserve('lamp', 1, wait => '0')).status}), 'rejected',
	'back: a hold that nobody took holds again');
is(attempt("(inventory.confirm('$second)).status"), 'confirmed', 'back: and can be confirmed');
is(attempt(q{inventory.check_fence('job', 1)}), 'MZ004', 'back: the old fence stays stale');
is(attempt(q{inventory.lease('job', 'ann', '1 hour')}), '', 'back: the lease is still the other\'s');
is(attempt(q{inventory.check_fence('job', 2)}), '', 'back: whose fence is valid');
is(attempt("inventory.confirm_booking('$booking)"), 'MZ003', 'back: the night stays taken');
is(attempt("(inventory.book('room', $night)).status"), 'rejected', 'back: by one guest');
is(attempt('count(*) FROM inventory.consume(\'mirror\')'),
	sql('SELECT count(*) FROM inventory.journal'), 'back: a consumer gets everything');

step_to('+5h');
is(attempt(q{inventory.lease('job', 'ann', '1 hour')}), 3, 'forth again: fences grow on');
is(attempt(q{(inventory.reserve('lamp', 1)).status}), 'held', 'forth again: units come free');
is(attempt(q{(inventory.reserve('lamp', 1)).status}), 'rejected', 'forth again: once');
is(attempt('count(*) FROM inventory.consume(\'mirror\')'), 2, 'forth again: what came since');
is(sql('SELECT * FROM inventory.verify()'), '', 'verify() is empty');

$node->stop;
done_testing();
