# What the benchmarks share, for scripts in POSIX sh:
#
#   cd "$(dirname "$0")/.." && . bench/lib.sh
#   bench_start views          # builds, starts a durable cluster, makes a database
#   keep insert-plain "$(...)" # one run's figure
#   median insert-plain
#   ratio insert-viewed insert-plain
#   bench_end                  # build/bench/views/figures.json
#
# Things that are compared are run in turn, A B A B, and a ratio is the median of the
# ratios of neighbours: a machine that gets slower for a while slows both.

# shellcheck source=test/lib/packages.sh
. test/lib/packages.sh
packages_need "$PACKAGES_BUILD gnuplot-nox"
# shellcheck source=test/lib/cluster.sh
. test/lib/cluster.sh
trap cluster_stop EXIT
trap 'exit 130' INT TERM

# bench_start NAME [SETTING...]: figures go below build/bench/NAME.
bench_start() {
	out=build/bench/$1
	shift
	mkdir -p "$out"
	rm -f "$out"/*.runs
	make -s -j"$(nproc)" PG_CONFIG="$PG_CONFIG" >"$out/build.log" 2>&1
	cluster_stage build/stage
	cluster_start build/stage max_wal_size=4GB "$@"
	PGDATABASE=bench
	export PGDATABASE
	"$PG_BIN/createdb" bench
	sql "CREATE EXTENSION mezzanine"
}

bench_end() {
	{
		printf '{"runs": %s' "$runs"
		for _file in "$out"/*.runs; do
			_name=$(basename "$_file" .runs)
			printf ',\n "%s": {"median": %s, "all": [%s]}' "$_name" "$(median "$_name")" \
				"$(paste -sd, "$_file")"
		done
		printf '}\n'
	} >"$out/figures.json"
}

sql() { "$PG_BIN/psql" -XqAt -v ON_ERROR_STOP=1 -c "$1"; }

# keep NAME FIGURE; an empty figure is an error.
keep() {
	[ -n "$2" ] || {
		echo "no figure for $1" >&2
		exit 1
	}
	echo "$2" >>"$out/$1.runs"
}

median_of() {
	sort -g | awk '{ v[NR] = $1 }
		END { printf "%.4g\n", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

median() { median_of <"$out/$1.runs"; }

# ratio A B: of the runs of A to those of B.
ratio() { paste "$out/$1.runs" "$out/$2.runs" | awk '{ print $1 / $2 }' | median_of; }

# seconds COMMAND...: how long it took.
seconds() {
	_began=$(date +%s%N)
	"$@" >>"$out/seconds.log" 2>&1 || return
	awk "BEGIN { print ($(date +%s%N) - $_began) / 1e9 }"
}

# tps PGBENCH-OPTION...: transactions per second.
tps() {
	"$PG_BIN/pgbench" -n -M prepared -j 2 "$@" >"$out/pgbench.log" 2>&1 || {
		cat "$out/pgbench.log" >&2
		return 1
	}
	sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$out/pgbench.log"
}

# backend_cpu SCRIPT TRANSACTIONS [PGBENCH-OPTION...]: microseconds of CPU that the kernel
# charged the one backend per transaction.  The script, which may use :n, is run after a
# warm-up; the backend itself writes down what it was charged.
backend_cpu() {
	_script=$1
	_transactions=$2
	shift 2
	_warm_up=$((_transactions / 10))
	sql "DROP TABLE IF EXISTS cpu; CREATE TABLE cpu (ns bigint)"
	sql CHECKPOINT
	{
		cat bench/cpu.sql
		printf '%s\n' "$_script"
	} >"$out/cpu.sql"
	"$PG_BIN/pgbench" -n -M prepared -c 1 -t "$_transactions" -f "$out/cpu.sql" \
		-D n=0 -D first="$_warm_up" -D last="$_transactions" "$@" >"$out/pgbench.log" 2>&1 || {
		cat "$out/pgbench.log" >&2
		return 1
	}
	sql "SELECT round((max(ns) - min(ns)) / 1000.0 / ($_transactions - $_warm_up), 2)
		FROM cpu HAVING count(*) = 2"
}

# The machine, for the head of a report.
machine() {
	printf 'PostgreSQL %s; %s; %s cores; %s runs, medians\n' "$(sql "SHOW server_version")" \
		"$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" "$runs"
}
