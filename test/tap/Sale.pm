# A sale on a node of its own: many psqls that reserve, confirm and order, and write
# down what the server acknowledged; and the audit of what is there after a crash.
#
#   my $sale = Sale->new('crash');
#   $sale->open;                     # the doors: clients start to buy
#   $sale->wait_for_orders(200);
#   ...                              # something terrible happens to $sale->node
#   $sale->close;                    # waits until every client has noticed
#   $sale->audit('after the crash');
package Sale;

use strict;
use warnings;

use IPC::Run qw(start);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my $clients = 8;
my $carts_each = 1500;    # more than a client gets through before it is stopped
my $items = 20;
my $hot_items = 4;

sub new
{
	my ($class, $name) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init;
	$node->append_conf('postgresql.conf', q{
fsync = on
synchronous_commit = on
restart_after_crash = on
recovery_init_sync_method = syncfs
max_connections = 40
max_prepared_transactions = 10
});
	$node->start;
	my $seed = $ENV{MEZZANINE_SEED} // int(rand(2**31));
	srand($seed);
	note("MEZZANINE_SEED=$seed");
	my $self = bless { node => $node, round => 0, acknowledged => [], held => [], before => 0 }, $class;
	$self->_furnish;
	return $self;
}

sub node { return $_[0]->{node} }

sub sql
{
	my ($self, $sql) = @_;
	return $self->{node}->safe_psql('postgres', $sql);
}

sub _furnish
{
	my ($self) = @_;
	$self->sql(qq{
		CREATE EXTENSION mezzanine;
		CREATE TABLE order_lines (
			reservation uuid NOT NULL, item text NOT NULL, quantity bigint NOT NULL,
			price numeric NOT NULL);
		CREATE INDEX ON order_lines (reservation);
		SELECT mezzanine.create_view('sales_by_item',
			'SELECT item, count(*) AS lines, sum(quantity) AS units,
				sum(quantity * price) AS revenue, avg(price) AS mean_price
			FROM order_lines GROUP BY item');
	});
	return;
}

# Receives new stock, little of it hot, and lets the clients in.
sub open
{
	my ($self) = @_;
	$self->{round}++;
	$self->sql(qq{
		SELECT inventory.receive('item-' || i, 'main',
			CASE WHEN i <= $hot_items THEN 100 ELSE 5000 END)
		FROM generate_series(1, $items) i });
	$self->{before} = $self->orders;
	$self->{running} = [ map { $self->_start_client($_) } 1 .. $clients ];
	return;
}

sub _start_client
{
	my ($self, $client) = @_;
	my $base = "$PostgreSQL::Test::Utils::tmp_check/client_$self->{round}_$client";
	PostgreSQL::Test::Utils::append_to_file("$base.sql", $self->_script($client));
	local $ENV{PGAPPNAME} = 'buyer';
	my $handle = start(
		[
			'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', $self->{node}->connstr('postgres'),
			'-f', "$base.sql"
		],
		'<', '/dev/null', '>', "$base.out", '2>', "$base.err");
	return { handle => $handle, base => $base };
}

# Carts of one to three lines.  Every tenth is held and forgotten; a client prints a
# reservation only when the server has answered its COMMIT: first as held, then as sold.
sub _script
{
	my ($self, $client) = @_;
	my @levels = ('read committed', 'repeatable read', 'serializable');
	my $script = "SET default_transaction_isolation = '$levels[$client % 3]';\n";
	foreach my $cart (1 .. $carts_each)
	{
		my (@lines, @orders);
		foreach my $line (0 .. int(rand(3)))
		{
			my $item = rand() < 0.3 ? 1 + int(rand($hot_items)) : 1 + int(rand($items));
			my ($quantity, $price) = (1 + int(rand(3)), sprintf('%.2f', rand(100)));
			push @lines, "ROW('item-$item', $quantity, 'main')";
			push @orders, "(:'reservation', 'item-$item', $quantity, $price)";
		}
		my $key = "$self->{round}-$client-$cart";
		my $forget = rand() < 0.1;
		my $ttl = $forget ? '500 ms' : '1 min';
		$script .= "SELECT status = 'held' AS held, reservation, fence FROM inventory.reserve("
		  . "ARRAY[" . join(',', @lines) . "]::inventory.line[], ttl => '$ttl', key => '$key', "
		  . "wait => '20 s') \\gset\n";
		$script .= "\\if :held\n\\echo held :reservation\n\\endif\n";
		next if $forget;
		$script .= "\\if :held\nBEGIN;\n"
		  . "SELECT status FROM inventory.confirm(:'reservation', :fence) \\gset\n"
		  . (rand() < 0.2 ? "SAVEPOINT s;\nINSERT INTO order_lines VALUES (:'reservation', "
			  . "'item-1', 1000, 1);\nROLLBACK TO s;\n" : '')
		  . "INSERT INTO order_lines VALUES " . join(',', @orders) . ";\nCOMMIT;\n"
		  . "\\echo sold :reservation\n\\endif\n";
	}
	return $script;
}

sub orders { return $_[0]->sql('SELECT count(DISTINCT reservation) FROM order_lines') }

# Until so many orders have been placed since the doors opened.
sub wait_for_orders
{
	my ($self, $orders) = @_;
	my $wanted = $self->{before} + $orders;
	$self->{node}->poll_query_until('postgres',
		"SELECT count(DISTINCT reservation) >= $wanted FROM order_lines")
	  or die "the sale did not get going: " . slurp_file("$self->{running}[0]{base}.err");
	sleep(rand(0.2));
	return;
}

# A backend that is selling at this moment.
sub a_backend
{
	my ($self) = @_;
	return $self->sql(q{SELECT pid FROM pg_stat_activity
		WHERE application_name = 'buyer' ORDER BY (state = 'active') DESC, random() LIMIT 1});
}

# Waits for all clients, and keeps what was acknowledged to them.
sub close
{
	my ($self) = @_;
	my $cut_off = 0;
	foreach my $client (@{ $self->{running} })
	{
		$cut_off++ unless $client->{handle}->finish;
		my $errors = slurp_file("$client->{base}.err");
		unlike($errors, qr/ERROR:/, 'a client met no error but the crash');
		foreach (split /\n/, slurp_file("$client->{base}.out"))
		{
			push @{ $self->{$1 eq 'held' ? 'held' : 'acknowledged'} }, $2
			  if /^(held|sold) (\S{36})$/;
		}
	}
	is($cut_off, $clients, 'every client was cut off in the middle of the sale');
	return;
}

# Everything that was promised is there, and everything that is there adds up.
sub audit
{
	my ($self, $when) = @_;
	my $list = join(',', @{ $self->{acknowledged} });
	cmp_ok(scalar @{ $self->{acknowledged} }, '>', 0, "$when: clients have bought");
	is($self->sql('SELECT * FROM inventory.verify()'), '', "$when: inventory.verify() is empty");
	is($self->sql(q{SELECT * FROM mezzanine.verify('mezzanine.sales_by_item')}),
		'', "$when: mezzanine.verify() is empty");
	is($self->sql(_lost($list)), '', "$when: every acknowledged confirmation is there");
	my $held = join(',', @{ $self->{held} });
	is($self->sql(_lost_holds($held)), '', "$when: every acknowledged hold is there");
	is($self->sql(_orders_and_confirmations()),
		'', "$when: each order has its confirmation, and each confirmation its order");
	is($self->sql(_oversold()), '', "$when: nothing was sold that had not been received");
	my $unknown = $self->orders - @{ $self->{acknowledged} };
	cmp_ok($unknown, '<=', $clients * $self->{round},
		"$when: at most the commits in flight are there without an answer ($unknown)");
	return;
}

sub _lost
{
	my ($list) = @_;
	return qq{SELECT a FROM unnest('{$list}'::uuid[]) a
		WHERE NOT EXISTS (SELECT FROM inventory.reservations r
			WHERE r.reservation = a AND r.status = 'confirmed')
		OR NOT EXISTS (SELECT FROM order_lines o WHERE o.reservation = a)};
}

# Held, sold, released by nobody, or expired: but there, with its lines.
sub _lost_holds
{
	my ($list) = @_;
	return qq{SELECT h FROM unnest('{$list}'::uuid[]) h
		WHERE NOT EXISTS (SELECT FROM inventory.reservation r JOIN inventory.reservation_line l
			USING (reservation) WHERE r.reservation = h AND r.status <> 'released')};
}

sub _orders_and_confirmations
{
	return q{SELECT * FROM (SELECT DISTINCT reservation FROM order_lines) o
		FULL JOIN (SELECT reservation FROM inventory.reservation WHERE status = 'confirmed') r
			USING (reservation)
		WHERE o.* IS NULL OR r.* IS NULL};
}

# Received, in the house, and sold according to the view: three accounts.
sub _oversold
{
	return q{SELECT a.sku, j.received, a.on_hand, v.units
		FROM inventory.availability a JOIN inventory.stock s USING (sku)
		JOIN (SELECT stock, sum(quantity) AS received FROM inventory.journal
			WHERE from_account = 'supplier' GROUP BY stock) j USING (stock)
		LEFT JOIN mezzanine.sales_by_item v ON v.item = a.sku
		WHERE j.received <> a.on_hand + coalesce(v.units, 0) OR a.on_hand < 0};
}

1;
