#!/bin/sh
# Plants bugs in copies of the module, and demands that recorded histories show each:
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
	echo "1..$number"
	[ "$failures" -eq 0 ]
}

# plant WHAT FILE SED-SCRIPT
plant() {
	number=$((number + 1))
	rm -rf "$garden"
	mkdir -p "$garden"
	tar -cf - Makefile mezzanine.control src sql | tar -C "$garden" -xf -
	sed -i "$3" "$garden/$2"
	if cmp -s "$2" "$garden/$2"; then
		not_ok "$1" "$2 has no such line"
		return
	fi
	if ! (cd "$garden" && make -s -j"$(nproc)" && cluster_stage stage) >"$garden/log" 2>&1; then
		tail -n 20 "$garden/log"
		not_ok "$1" "it does not compile"
		return
	fi
	cluster_start "$garden/stage" fsync=off synchronous_commit=off full_page_writes=off
	MEZZANINE_HISTORY_CALLS=200000 build/cmake/history_tests >"$garden/history" 2>&1
	cluster_stop
	if grep -qE "$SEEN" "$garden/history"; then
		echo "ok $number - caught: $1"
		grep -oE "^--seed.*|$SEEN|.* calls: .*" "$garden/history" | sort | uniq -c | sed 's/^/#/'
	else
		tail -n 20 "$garden/history"
		not_ok "$1" "no history shows it"
	fi
}

# How the checker tells of answers that no exact inventory gives.
SEEN='there were more at every instant|promised that were not there'

not_ok() {
	failures=$((failures + 1))
	echo "not ok $number - $1: $2"
}

main
