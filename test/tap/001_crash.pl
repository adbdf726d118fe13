# Crashes in the middle of a sale: a backend killed, the postmaster killed, an immediate
# stop.  Each time both verify()s are empty and no acknowledged confirmation is lost.
#
# MEZZANINE_CRASH_CYCLES says how often each happens.  Every twentieth cycle begins a new sale,
# on a node of its own: what is audited is the whole past of a node, and that would grow for ever.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use PostgreSQL::Test::Utils qw(slurp_file);
use Sale;
use Test::More;
use Time::HiRes qw(sleep);

my $cycles = $ENV{MEZZANINE_CRASH_CYCLES} // 7;
my $cycles_each = 20;
my $sale;

foreach my $cycle (1 .. $cycles)
{
	open_shop(1 + ($cycle - 1) / $cycles_each) if ($cycle - 1) % $cycles_each == 0;
	crash("cycle $cycle, backend killed", \&kill_a_backend);
	crash("cycle $cycle, postmaster killed", \&kill_the_postmaster);
	crash("cycle $cycle, immediate stop", \&stop_immediately);
}
$sale->node->stop;
done_testing();

sub open_shop
{
	my ($number) = @_;
	$sale->node->stop if defined $sale;
	$sale = Sale->new("crash_$number");
	return;
}

sub crash
{
	my ($when, $how) = @_;
	$sale->open;
	$sale->wait_for_orders(60);
	$how->();
	$sale->audit($when);
	return;
}

# The postmaster ends every session and recovers by itself.
sub kill_a_backend
{
	kill('KILL', $sale->a_backend) == 1 or die 'could not kill the backend';
	$sale->close;
	wait_until_ready();
	return;
}

# Not by queries: a psql that is turned away may be gone before it is given one.
sub wait_until_ready
{
	my @ask = ('pg_isready', '-q', '-h', $sale->node->host, '-p', $sale->node->port);
	foreach (1 .. 600)
	{
		return if PostgreSQL::Test::Utils::system_log(@ask) == 0;
		sleep(0.1);
	}
	die 'the server did not come back';
}

sub kill_the_postmaster
{
	$sale->node->kill9;
	$sale->close;
	start_again();
	return;
}

sub stop_immediately
{
	$sale->node->stop('immediate');
	$sale->close;
	start_again();
	return;
}

# A killed postmaster's backends leave the shared memory in their own time, and no other
# postmaster starts before: all of them work in the data directory.  The postmaster itself
# looks alive to the next one until its parent has taken note of its end; where none does,
# the file that names it is what an operator would remove.
sub start_again
{
	my $directory = $sale->node->data_dir;
	my $pid_file = "$directory/postmaster.pid";
	my @left;
	foreach (1 .. 300)
	{
		@left = grep { (readlink("$_/cwd") // '') eq $directory } glob('/proc/[0-9]*');
		my ($postmaster) = -e $pid_file ? split(/\n/, slurp_file($pid_file)) : ();
		last if !@left && !(defined $postmaster && kill(0, $postmaster));
		sleep(0.1);
	}
	die "processes that do not end: @left" if @left;
	unlink $pid_file;
	$sale->node->start;
	return;
}
