#!/bin/sh
# Plants bugs in copies of the module, and demands that recorded histories, or the test that is
# there for it, show each:
#
#   test/history/plants.sh    from the tree that test/run has built
#
# A plant is an edit of one line.  Where the line is no longer there, the plant fails: put
# it where the code now decides the same.
set -u
cd "$(dirname "$0")/../.." || exit 1
. test/lib/cluster.sh
trap cluster_stop EXIT
trap 'exit 130' INT TERM

number=0
failures=0
top=$(pwd)
garden=$top/build/plants

main() {
	plant "a giver leaves no mark, so a count may miss what it gives" \
		src/inventory/units.cpp \
		's/^\t\tWaitForFence(GiversFence(stock), deadline, kGives);$/\t\t(void)stock;/'
	plant "cells that another transaction has fenced count as empty" \
		src/inventory/survey.cpp \
		's/^\t\tholding->glimpses = .*;$/& holding->glimpses.units = holding->fenced;/'
	plant "a hold is given away before its time" \
		src/inventory/reap.cpp \
		's/GetCurrentTimestamp()/& + 30000/'
	plant_for inventory_extend "an extension keeps the fence" \
		src/inventory/prolong.cpp \
		's/^\townership->fence += 1;$//'
	plant_for inventory_extend "an extension forgets the lines, by which reapers find holds" \
		src/inventory/prolong.cpp \
		's/^\tProlongLines(&lines, held, .*$/\tif (held.count < 0)\n\t&/'
	plant_for inventory_low_stock_commit "a commit that may cross a mark does not wait for others" \
		src/inventory/low_stock.cpp \
		's/fence::Acquire(fence, ExclusiveLock);/fence::Acquire(fence, ShareLock);/'
	plant_for inventory_low_stock_commit "what others have not committed is not looked at" \
		src/core/outlook.cpp \
		's/row_least = std::min(row_least, /row_least = std::max(row_least, /'
	plant "an old fence is as good as the new one" \
		src/core/claim.cpp \
		's/fence != reservation.fence/fence > reservation.fence/'
	plant "a hold that is taken over keeps its time" \
		src/inventory/prolong.cpp \
		's/^\tWriteOwnership(/\treservation->ownership.expires_at = GetCurrentTimestamp(); &/'
	plant "of a part that is given back, all is" \
		src/inventory/release.cpp \
		's/expired ? units : PickUnits(.*);/units;/'
	plant "a count forgets what was sold since it began" \
		src/inventory/count.cpp \
		's/\tconst \(.*RequirePoint.*\)/\1 point.books.on_hand = LookAtBooks(stock).books.on_hand;/'
	plant "what comes back can be sold before anybody has looked at it" \
		src/inventory/return_stock.cpp \
		's/^\tif (Is(call.to, kAvailable))$/\tif (!Is(call.to, kGone))/'
	plant "what is shipped can still be sold here" \
		src/inventory/ship_transfer.cpp \
		's/^\tTakeLines(/\tif (count < 0) &/'
	plant "one unit more arrives than was on its way" \
		src/inventory/receive_transfer.cpp \
		's/EnterUnits(&cells, {given\[i\].stock, /&1 + /'
	plant_serials "a unit that is named is taken from wherever it is" \
		src/inventory/serial.cpp \
		's/^\t\tif (!IsAt(unit, from))$/\t\tif (from.stock < 0)/'
	plant_serials "a unit that is in the house comes back into it" \
		src/inventory/serial.cpp \
		's/^\t\t} else if (strcmp(unit.state, "sold") != 0 .*$/\t\t} else if (unit.sequence < 0) {/'
	plant_unit serial_count "a unit that left and came back since the point is missing" \
		src/core/serial_count.cpp \
		's/then->sequence == unit.sequence/then->sequence != 0/'
	plant_unit serial_count "a unit that came and left again since the point is surplus" \
		src/core/serial_count.cpp \
		's/then == nullptr && unit.sequence < count.point/then == nullptr/'
	plant_regress inventory_indexes "only the first index of a table gets entries" \
		src/pg/prepared.cpp \
		's/^\ttarget->ri_NumIndices = indexes.count;$/\ttarget->ri_NumIndices = 1;/'
	plant_regress inventory_indexes "a constraint goes on with a function that has changed" \
		src/pg/prepared.cpp \
		's/^\tCacheRegisterSyscacheCallback(PROCOID, .*$/\t(void)InvalidateAll;/'
	echo "1..$number"
	[ "$failures" -eq 0 ]
}

# plant WHAT FILE SED-SCRIPT: histories show it.
plant() { histories_show '*EveryAnswer' "$@"; }

# plant_serials WHAT FILE SED-SCRIPT: histories of units with serial numbers show it.
plant_serials() { histories_show '*AreAtOnePlaceAtATime' "$@"; }

# histories_show TEST WHAT FILE SED-SCRIPT
histories_show() {
	history=$1
	shift
	sow "$@" || return
	MEZZANINE_HISTORY_CALLS=200000 build/cmake/history_tests --gtest_filter="$history" \
		>"$garden/history" 2>&1
	cluster_stop
	if grep -qE "$SEEN" "$garden/history"; then
		echo "ok $number - caught: $1"
		grep -oE "^--seed.*|$SEEN|.* calls: .*" "$garden/history" | sort | uniq -c | sed 's/^/#/'
	else
		tail -n 20 "$garden/history"
		not_ok "$1" "no history shows it"
	fi
}

# plant_for SPEC WHAT FILE SED-SCRIPT: the isolation spec shows it, which leaves nothing to
# chance: others are in the midst of their commits when it wants them there.
plant_for() {
	spec=$1
	shift
	sow "$@" || return
	mkdir -p "$garden/isolation"
	if "$(dirname "$("$PG_CONFIG" --pgxs)")/../test/isolation/pg_isolation_regress" \
		--inputdir=test/isolation --outputdir="$garden/isolation" --bindir="$PG_BIN" \
		--dbname=plants --load-extension=mezzanine "$spec" >"$garden/spec" 2>&1; then
		not_ok "$1" "spec $spec passes"
	elif [ -s "$garden/isolation/regression.diffs" ]; then
		echo "ok $number - caught: $1"
	else
		tail -n 20 "$garden/spec"
		not_ok "$1" "spec $spec did not run"
	fi
	cluster_stop
}

# plant_regress TEST WHAT FILE SED-SCRIPT: the regress test shows it, run alone.
plant_regress() {
	regress=$1
	shift
	sow "$@" || return
	mkdir -p "$garden/regress"
	if "$(dirname "$("$PG_CONFIG" --pgxs)")/../test/regress/pg_regress" --inputdir=. \
		--outputdir="$garden/regress" --bindir="$PG_BIN" --dbname=plants \
		--load-extension=mezzanine "$regress" >"$garden/test" 2>&1; then
		not_ok "$1" "test $regress passes"
	elif [ -s "$garden/regress/regression.diffs" ]; then
		echo "ok $number - caught: $1"
	else
		tail -n 20 "$garden/test"
		not_ok "$1" "test $regress did not run"
	fi
	cluster_stop
}

# plant_unit TEST WHAT FILE SED-SCRIPT: the unit test of that file in core shows it.
plant_unit() {
	unit=$1
	shift
	edit "$@" || return
	if ! g++ -std=gnu++20 -I "$garden/src" -o "$garden/unit" "test/unit/${unit}_test.cpp" \
		"$garden/$2" -lgtest -lgtest_main -lpthread >"$garden/log" 2>&1; then
		tail -n 20 "$garden/log"
		not_ok "$1" "it does not compile"
	elif "$garden/unit" >"$garden/test" 2>&1; then
		not_ok "$1" "test/unit/${unit}_test.cpp passes"
	elif grep -q '^\[  FAILED  \]' "$garden/test"; then
		echo "ok $number - caught: $1"
	else
		not_ok "$1" "test/unit/${unit}_test.cpp did not run"
	fi
}

# sow WHAT FILE SED-SCRIPT: starts a cluster with a module that has the bug.
sow() {
	edit "$@" || return
	if ! (cd "$garden" && make -s -j"$(nproc)" && cluster_stage stage) >"$garden/log" 2>&1; then
		tail -n 20 "$garden/log"
		not_ok "$1" "it does not compile"
		return 1
	fi
	cluster_start "$garden/stage" fsync=off synchronous_commit=off full_page_writes=off
}

# edit WHAT FILE SED-SCRIPT: makes a copy of the sources with the bug.
edit() {
	number=$((number + 1))
	rm -rf "$garden"
	mkdir -p "$garden"
	tar -cf - Makefile mezzanine.control src sql | tar -C "$garden" -xf -
	sed -i "$3" "$garden/$2"
	if cmp -s "$2" "$garden/$2"; then
		not_ok "$1" "$2 has no such line"
		return 1
	fi
}

# How the checkers tell of answers that no exact inventory gives.
SEEN='there were more at every instant|promised that were not there|its fence was|'\
'before its time|are available, not|a count corrected by|no order explains|'\
'where its own transaction had left it'

not_ok() {
	failures=$((failures + 1))
	echo "not ok $number - $1: $2"
}

main
