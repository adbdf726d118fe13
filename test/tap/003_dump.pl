# What pg_dump and pg_restore make of stock and views: a whole dump is sound; of parts, the
# order decides, and what would be wrong is an error.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump');
$node->init;
$node->start;
my $dir = $node->basedir;

sub sql
{
	my ($database, $sql) = @_;
	return $node->safe_psql($database, $sql);
}

# Runs psql on a script and returns what it said, errors and all; it goes on after an error.
sub load
{
	my ($database, $file) = @_;
	my ($stdout, $stderr) = run_command(
		['psql', '-X', '-q', '-d', $node->connstr($database), '-f', $file]);
	return $stderr;
}

sub dump_to
{
	my ($file, @options) = @_;
	$node->command_ok(['pg_dump', @options, '-f', "$dir/$file", 'shop'], "pg_dump @options");
	return "$dir/$file";
}

sub is_whole
{
	my ($database, $when) = @_;
	is(sql($database, 'SELECT item, revenue FROM mezzanine.sales ORDER BY item'),
		"lamp|59.70\nvase|1", "$when: the view is there");
	sql($database, q{INSERT INTO orders VALUES ('lamp', 1), ('desk', 2)});
	is(sql($database, 'SELECT item, revenue FROM mezzanine.sales ORDER BY item'),
		"desk|2\nlamp|60.70\nvase|1", "$when: and follows its table");
	is(sql($database, 'SELECT week, n FROM mezzanine.weekly ORDER BY week'),
		"1|2\n2|1", "$when: so is one on a partitioned table");
	sql($database, q{INSERT INTO app.visits_2 VALUES (2); UPDATE app.visits SET week = 2});
	is(sql($database, 'SELECT week, n FROM mezzanine.weekly'), "2|4", "$when: and it follows");
	is(sql($database, 'SELECT kind, revenue FROM mezzanine.kinds ORDER BY kind'),
		"deco|1\nlight|60.70", "$when: so is one on two tables, which has followed");
	is(sql($database, 'SELECT item, n FROM mezzanine.mentions ORDER BY item'),
		"desk|1\nlamp|3\nvase|2", "$when: so is one whose rows are a sum of two joins");
	is_mended($database, $when);
	is(sql($database, 'SELECT d.* FROM mezzanine_info.views AS v, mezzanine.verify(v.view) AS d'),
		'', "$when: mezzanine.verify() is empty");
	is(sql($database, 'SELECT * FROM mezzanine.status()'), '', "$when: nothing is to be mended");
	is(sql($database, 'SELECT * FROM inventory.verify()'), '', "$when: inventory.verify() is empty");
	is(sql($database, q{SELECT status, replayed FROM inventory.reserve('lamp', 2, key => 'cart 1')}),
		'held|t', "$when: a key gives its answer of then");
	cmp_ok(sql($database, q{SELECT inventory.receive('lamp', 'main', 1)}), '>', 2,
		"$when: movements are numbered on");
	return;
}

# A dump leaves out the triggers of the inventory's tables: a view on these says so, and one call
# brings it to life.
sub is_mended
{
	my ($database, $when) = @_;
	my ($status, $out, $error) = $node->psql($database, 'SELECT * FROM mezzanine.held');
	like($error, qr/leaves out the triggers of table inventory\./,
		"$when: a view on the inventory says that it is stale");
	sql($database, q{SELECT mezzanine.refresh('mezzanine.held')});
	sql($database, q{SELECT inventory.reserve('lamp', 1)});
	is(sql($database, 'SELECT sku, units FROM mezzanine.held'), 'lamp|3',
		"$when: and follows its tables once it is refreshed");
	return;
}

sub restored
{
	my ($database, @files) = @_;
	$node->command_ok(['createdb', $database], "a database $database");
	return join '', map { load($database, $_) } @files;
}

$node->command_ok(['createdb', 'shop'], 'a database');
sql('shop', q{
	CREATE EXTENSION mezzanine;
	CREATE TABLE orders (item text, amount numeric);
	SELECT mezzanine.create_view('sales',
		'SELECT item, sum(amount) AS revenue FROM orders GROUP BY item');
	CREATE SCHEMA app;
	CREATE TABLE app.visits (week int) PARTITION BY LIST (week);
	CREATE TABLE app.visits_1 PARTITION OF app.visits FOR VALUES IN (1);
	CREATE TABLE app.visits_2 PARTITION OF app.visits DEFAULT;
	SELECT mezzanine.create_view('weekly', 'SELECT week, count(*) AS n FROM app.visits GROUP BY week');
	INSERT INTO app.visits VALUES (1), (1), (2);
	CREATE TABLE app.items (item text PRIMARY KEY, kind text);
	INSERT INTO app.items VALUES ('lamp', 'light'), ('vase', 'deco');
	CREATE INDEX ON orders (item);
	SELECT mezzanine.create_view('kinds', 'SELECT i.kind, sum(o.amount) AS revenue
		FROM orders AS o JOIN app.items AS i USING (item) GROUP BY i.kind');
	-- Rows of two arms, put together by hand.
	SELECT mezzanine.create_view('mentions', 'SELECT o.item, count(*) AS n
		FROM orders AS o JOIN app.items AS i ON o.item = i.item GROUP BY o.item');
	ALTER EVENT TRIGGER mezzanine_on_replace DISABLE;
	CREATE OR REPLACE VIEW mezzanine_state.mentions_rows AS
		SELECT item FROM orders UNION ALL SELECT item FROM app.items;
	CREATE OR REPLACE VIEW mezzanine_state.mentions_definition AS
		SELECT item, count(*) AS n FROM (SELECT item FROM orders UNION ALL SELECT item FROM app.items)
		AS u GROUP BY item;
	ALTER EVENT TRIGGER mezzanine_on_replace ENABLE ALWAYS;
	CREATE VIEW mezzanine_state.mentions_arm_1 AS SELECT item FROM orders;
	CREATE VIEW mezzanine_state.mentions_arm_2 AS SELECT item FROM app.items;
	INSERT INTO mezzanine_info.arm SELECT a, 'mezzanine_state.mentions_rows', 1
		FROM unnest(ARRAY['mezzanine_state.mentions_arm_1', 'mezzanine_state.mentions_arm_2']::regclass[]) AS a;
	SELECT mezzanine.create_view('wanted', 'SELECT i.kind, count(*) AS n, count(o.item) AS orders
		FROM app.items AS i LEFT JOIN orders AS o ON o.item = i.item
		WHERE NOT EXISTS (SELECT FROM app.visits AS v WHERE v.week > 50 AND v.week = o.amount)
		GROUP BY i.kind');
	SELECT mezzanine.create_view('wanted_alike',
		'SELECT orders, count(*) AS kinds FROM mezzanine.wanted GROUP BY orders');
	SELECT mezzanine.create_view('held', 'SELECT s.sku, sum(l.quantity) AS units
		FROM inventory.stock AS s JOIN inventory.reservation_line AS l USING (stock) GROUP BY s.sku');
	SELECT inventory.receive('lamp', 'main', 5);
	SELECT status FROM inventory.reserve('lamp', 2, key => 'cart 1');
	INSERT INTO orders VALUES ('lamp', 59.70), ('vase', 1);
});

is(restored('whole', dump_to('whole.sql')), '', 'a whole dump is restored without an error');
is_whole('whole', 'whole dump');

my $custom = dump_to('shop.dump', '-Fc');
$node->command_ok(['createdb', 'parallel'], 'a database parallel');
$node->command_ok(['pg_restore', '-j', '4', '-d', 'parallel', $custom], 'pg_restore -j 4');
is_whole('parallel', 'parallel restore');

$node->command_ok(['createdb', 'sections'], 'a database sections');
$node->command_ok(['pg_restore', "--section=$_", '-d', 'sections', $custom], "section $_")
	foreach ('pre-data', 'data', 'post-data');
is_whole('sections', 'section by section');

# What a parallel restore may come to do: the trigger of a partitioned table, which waits for no
# partition's rows, is made before these come.
$node->command_ok(['createdb', 'early'], 'a database early');
my ($entries) = PostgreSQL::Test::Utils::run_command(['pg_restore', '-l', $custom]);
my @entries = map { "$_\n" } split /\n/, $entries;
my $is_trigger = qr/ TRIGGER app visits mezzanine_capture /;
my $is_rows = qr/ TABLE DATA app visits_/;
restore_entries('pre-data', sub { 1 });
restore_entries('data', sub { !/$is_rows/ });
restore_entries('post-data', sub { /$is_trigger/ });
restore_entries('data', sub { /$is_rows/ });
restore_entries('post-data', sub { !/$is_trigger/ });
is_whole('early', 'the trigger before the rows');

sub restore_entries
{
	my ($section, $wanted) = @_;
	my $file = $node->basedir . '/entries';
	PostgreSQL::Test::Utils::append_to_file($file, join '', grep { $wanted->() } @entries);
	$node->command_ok(['pg_restore', '-L', $file, "--section=$section", '-d', 'early', $custom],
		"entries of the section $section");
	unlink $file;
	return;
}

# The schema alone has triggers and no catalogue: the tables work, and reading a view is an
# error, not an empty answer.
my $schema = dump_to('schema.sql', '-s');
is(restored('schema_only', $schema), '', 'the schema is restored without an error');
sql('schema_only', q{INSERT INTO orders VALUES ('lamp', 1)});
my ($status, $out, $error) = $node->psql('schema_only', 'SELECT * FROM mezzanine.sales');
isnt($status, 0, 'schema alone: reading a view is refused');
like($error, qr/the catalogue knows no mezzanine view/, 'schema alone: and says why');
like(sql('schema_only', 'SELECT problem FROM mezzanine.status()'),
	qr/triggers of views that do not exist/, 'schema alone: status() tells');

# Data into that schema, in whatever order: tables before the catalogue (schema app), after it
# (schema public), and the stored state, which has no place.
my $data = dump_to('data.sql', '-a');
is(restored('then_data', $schema, $data), '', 'data after the schema: no error');
is_whole('then_data', 'data after the schema');

my $disabled = dump_to('disabled.sql', '-a', '--disable-triggers');
is(restored('disabled', $schema, $disabled), '', '--disable-triggers: no error');
is_whole('disabled', 'data with --disable-triggers');

$node->command_ok(['createdb', 'archive'], 'a database archive');
load('archive', $schema);
$node->command_ok(['pg_restore', '-a', '-j', '4', '--disable-triggers', '-d', 'archive', $custom],
	'pg_restore of data alone, in parallel');
is_whole('archive', 'data alone by pg_restore');

my $inserts = dump_to('inserts.sql', '-a', '--inserts');
like(restored('inserts', $schema, $inserts), qr/cannot change mezzanine view "sales"/,
	'--inserts: the stored state is refused');
is_whole('inserts', 'data as INSERTs');

$node->stop;
done_testing();
