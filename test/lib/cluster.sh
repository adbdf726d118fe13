# Throw-away PostgreSQL clusters, for scripts in POSIX sh:
#
#   . test/lib/cluster.sh
#   cluster_stage build/stage          # make install into a directory of our own
#   cluster_start build/stage          # initdb and start; sets PGHOST, PGPORT, PGUSER
#   psql -d postgres ...
#   cluster_stop                       # also from the caller's EXIT trap
#
# Nothing is installed into the system's PostgreSQL: Debian's server looks for
# extensions below `extension_destdir` first.  Servers never run as root: root's
# clusters belong to the user postgres.

PG_CONFIG=${PG_CONFIG:-pg_config}
PG_BIN=$("$PG_CONFIG" --bindir)
CLUSTER_DIR=
# Libraries that the server loads before all others.
CLUSTER_PRELOAD=
# Not empty: the server runs below valgrind, and its processes write to $CLUSTER_DIR/valgrind.
CLUSTER_VALGRIND=

# Runs a command as the user that owns the cluster, in this directory if he may enter it.
as_owner() {
	if [ "$(id -u)" -eq 0 ]; then
		(
			runuser -u postgres -- test -x "$(pwd)" || cd /
			exec runuser -u postgres -- "$@"
		)
	else
		"$@"
	fi
}

# cluster_stage DIR: installs the built extension below DIR, readable by everybody.
cluster_stage() {
	rm -rf "$1"
	mkdir -p "$1"
	make -s install DESTDIR="$(cd "$1" && pwd)" PG_CONFIG="$PG_CONFIG" >/dev/null
	chmod -R a+rX "$1"
}

# cluster_start STAGE [SETTING...]: starts a cluster that finds its extensions in a
# private copy of STAGE, with durable settings unless a SETTING ("fsync=off") says
# otherwise.  The superuser is postgres.
cluster_start() {
	_stage=$1
	shift
	CLUSTER_DIR=$(mktemp -d "${TMPDIR:-/tmp}/mezzanine.XXXXXX")
	mkdir "$CLUSTER_DIR/socket"
	cp -r "$_stage" "$CLUSTER_DIR/stage"
	chmod 755 "$CLUSTER_DIR"
	chmod -R a+rX "$CLUSTER_DIR/stage"
	if [ "$(id -u)" -eq 0 ]; then chown -R postgres "$CLUSTER_DIR"; fi
	as_owner "$PG_BIN/initdb" -D "$CLUSTER_DIR/data" -U postgres -A trust \
		-E UTF8 --locale=C.UTF-8 >"$CLUSTER_DIR/initdb.log"
	{
		printf "listen_addresses = ''\n"
		printf "unix_socket_directories = '%s'\n" "$CLUSTER_DIR/socket"
		printf "extension_destdir = '%s'\n" "$CLUSTER_DIR/stage"
		printf "max_connections = 120\nmax_prepared_transactions = 20\nshared_buffers = 256MB\n"
		for _setting in "$@"; do printf '%s\n' "$_setting"; done
	} | as_owner sh -c 'cat >>"$1"' sh "$CLUSTER_DIR/data/postgresql.conf"
	[ -z "$CLUSTER_VALGRIND" ] || cluster_wrap
	as_owner env ${CLUSTER_PRELOAD:+"LD_PRELOAD=$CLUSTER_PRELOAD"} PGCTLTIMEOUT=600 \
		"$PG_BIN/pg_ctl" ${CLUSTER_VALGRIND:+-p "$CLUSTER_DIR/postgres"} \
		-D "$CLUSTER_DIR/data" -l "$CLUSTER_DIR/log" -w -s start
	PGHOST=$CLUSTER_DIR/socket PGPORT=5432 PGUSER=postgres
	export PGHOST PGPORT PGUSER
}

# Makes the command that starts the server below valgrind.
cluster_wrap() {
	mkdir "$CLUSTER_DIR/valgrind"
	[ "$(id -u)" -ne 0 ] || chown postgres "$CLUSTER_DIR/valgrind"
	cat >"$CLUSTER_DIR/postgres" <<-END
		#!/bin/sh
		exec valgrind --quiet --trace-children=yes --leak-check=no --error-markers=begin,end \
			--log-file="$CLUSTER_DIR/valgrind/%p.log" "$PG_BIN/postgres" "\$@"
	END
	chmod 755 "$CLUSTER_DIR/postgres"
}

# cluster_stop: stops the cluster and removes every trace of it.
cluster_stop() {
	[ -n "$CLUSTER_DIR" ] || return 0
	as_owner "$PG_BIN/pg_ctl" -D "$CLUSTER_DIR/data" -m immediate -w -s stop || true
	rm -rf "$CLUSTER_DIR"
	CLUSTER_DIR=
}
