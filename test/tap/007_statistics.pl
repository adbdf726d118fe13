# mezzanine_info.stat_views of a server that has the library preloaded: every session counts
# for all to see, and a restart begins anew.
use strict;
use warnings;

use File::Find;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $library;
find(sub { $library = $File::Find::name if $_ eq 'mezzanine.so' }, "$ENV{TESTDIR}/build/stage");
ok($library, 'there is a library to preload');

my $node = PostgreSQL::Test::Cluster->new('statistics');
$node->init;
$node->append_conf('postgresql.conf',
	"shared_preload_libraries = '$library'\nmax_prepared_transactions = 5\n");
$node->start;

sub counts
{
	my ($database) = @_;
	return $node->safe_psql($database,
		q{SELECT scope, batches, rows_in, rows_changed, lock_waits > 0, lock_wait_time > 0, errors
		  FROM mezzanine_info.stat_views});
}

foreach my $database ('postgres', 'other')
{
	$node->safe_psql('postgres', "CREATE DATABASE $database") if $database ne 'postgres';
	$node->safe_psql($database, q{
		CREATE EXTENSION mezzanine;
		CREATE TABLE t (g int, x int);
		SELECT mezzanine.create_view('v', 'SELECT g, sum(x) AS s FROM t GROUP BY g')});
}
is(counts('postgres'), 'server|0|0|0|f|f|0', 'nothing has been counted yet');

# Each call is a session of its own.
$node->safe_psql('postgres', "INSERT INTO t SELECT i, 1 FROM generate_series(1, 10) AS i")
  foreach 1 .. 5;
is(counts('postgres'), 'server|5|50|50|f|f|0', 'the work of ended sessions');
is(counts('other'), 'server|0|0|0|f|f|0', 'another database has counts of its own');

# Many at once: no count is lost.
$node->pgbench("--no-vacuum --client=8 --transactions=100", 0, [qr{processed: 800/800}], [qr{^$}],
	'sessions at once', { insert => "INSERT INTO t SELECT i, 1 FROM generate_series(1, 3) AS i" });
like(counts('postgres'), qr/^server\|805\|2450\|2450\|[tf]\|[tf]\|0$/, 'no count is lost');

# A commit that waits in vain.
$node->safe_psql('postgres', "BEGIN; INSERT INTO t VALUES (1, 1); PREPARE TRANSACTION 'p'");
my ($status, $out, $error) = $node->psql('postgres',
	"SET mezzanine.lock_timeout = '50ms'; INSERT INTO t VALUES (1, 1)");
like($error, qr/lock timeout/, 'a commit waits in vain');
is(counts('postgres'), 'server|806|2451|2451|t|t|1', 'the wait and the error are counted');
$node->safe_psql('postgres', "COMMIT PREPARED 'p'");
is($node->safe_psql('postgres', 'SELECT * FROM mezzanine.verify(\'mezzanine.v\')'),
	'', 'the view is exact');

$node->safe_psql('other', 'INSERT INTO t VALUES (1, 1)');
$node->safe_psql('postgres', 'SELECT mezzanine.stat_reset()');
is(counts('postgres'), 'server|0|0|0|f|f|0', 'stat_reset() begins anew');
is(counts('other'), 'server|1|1|1|f|f|0', 'and leaves other databases alone');

$node->restart;
is(counts('postgres'), 'server|0|0|0|f|f|0', 'a restart begins anew');
done_testing();
