#!/usr/bin/env bash
# Shows that test/tidy.sh sees what it looks for: plants a violation of each rule in a
# scratch copy of the tree, and demands that the rule names the place.
set -u
cd "$(dirname "$0")/.." || exit 1

scratch=$(mktemp -d "${TMPDIR:-/tmp}/mezzanine.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
number=0
failures=0
planted=

main()
{
	copy_tree
	cd "$scratch" || exit 1

	plant_dependencies
	plant_error_regimes
	plant_sizes_and_form
	plant_what_belongs_together
	plant_install_script
	plant_words
	plant_deep

	local rule
	for rule in $(test/tidy.sh --list); do
		report "$(grep -qw "$rule" <<<"$planted" || echo "none is planted")" \
			"a violation of $rule is planted"
	done
	echo "1..$number"
	[ "$failures" -eq 0 ]
}

# The tree as it is, with what it has built, so that a plant compiles little.  git undoes
# the plants.
copy_tree()
{
	cp -a . "$scratch"
	rm -rf "$scratch/.git" "$scratch/build/run"
	git -C "$scratch" init -q
	git -C "$scratch" add -A
	git -C "$scratch" -c user.name=test -c user.email=test commit -qm "The tree"
}

# report PROBLEM WHAT: a test's line; an empty problem is none.
report()
{
	number=$((number + 1))
	if [ -z "$1" ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2: $1"
		failures=$((failures + 1))
	fi
}

# plant RULE FILE [EXPECTED]: appends standard input to FILE; the rule must hold before
# that and name EXPECTED (else FILE) after.
plant()
{
	mkdir -p "$(dirname "$2")"
	cat >>"$2"
	demand "$1" "${3:-$2}"
}

# change RULE FILE SED [EXPECTED]: the same, with FILE edited.
change()
{
	sed -i -E "$3" "$2"
	demand "$1" "${4:-$2}"
}

demand()
{
	local output problem=
	planted+=" $1"
	output=$(test/tidy.sh "$1" 2>&1) && problem="it still holds"
	grep -qE "^not ok 1 - $1\$" <<<"$output" && grep -qF -- "$2" <<<"$output" ||
		problem="it says: $output"
	git reset -q --hard
	git clean -qfd
	[ -n "$problem" ] || output=$(test/tidy.sh "$1" 2>&1) ||
		problem="it is broken without the plant: $output"
	report "$problem" "$1 names $2"
}

plant_dependencies()
{
	plant server_headers_only_in_pg_h src/fence/planted.cpp <<<'#include "utils/rel.h"'
	plant server_headers_only_in_pg_h src/module.cpp <<<'#include <postgres.h>'
	plant version_tests_only_in_compat_h src/pg/door.cpp <<<'#if PG_VERSION_NUM < 160000'
	plant core_includes_only_itself src/core/planted.cpp <<<'#include "pg/door.h"'
	plant core_includes_only_itself src/core/planted.h <<<'#include <libpq-fe.h>'
	plant dependencies_run_one_way src/pg/planted.h <<<'#include "fence/fence.h"'
	plant dependencies_run_one_way src/fence/planted.h <<<'#include "cell/cell.h"'
	plant dependencies_run_one_way src/cell/planted.h <<<'#include "inventory/tables.h"'
	plant dependencies_run_one_way src/inventory/planted.h <<<'#include "views/define.h"'
	plant dependencies_run_one_way src/views/planted.h <<<'#include "inventory/tables.h"'
	plant dependencies_run_one_way src/views/planted.h <<<'#include "../inventory/tables.h"'
	plant includes_name_their_layer src/pg/planted.cpp <<<'#include "door.h"'
}

plant_error_regimes()
{
	plant no_pending_destructors_in_shell src/fence/planted.cpp <<-'END'
		#include "pg/door.h"
		void Planted(const char *text)
		{
			std::string copy(text);
			ereport(ERROR, (errmsg("%s", copy.c_str())));
		}
	END
	plant no_static_constructors src/core/planted.cpp <<-'END'
		#include <string>
		std::string planted("a text too long for a small string's own space");
	END
	plant no_exceptions_in_shell src/fence/planted.cpp <<<'void Planted() noexcept {}'
	plant no_exceptions_in_shell src/views/planted.h <<<'inline void Planted() { try {'
	plant no_exceptions_in_shell src/module.cpp <<<'void Planted() { throw 1; }'
	plant no_pg_try src/fence/planted.cpp <<<'	PG_TRY();'
	plant no_threads_or_signal_handlers src/core/planted.cpp <<<'#include <thread>'
	plant no_threads_or_signal_handlers src/core/planted.cpp <<<'std::atomic<int> planted;'
	plant no_threads_or_signal_handlers src/module.cpp <<<'	pqsignal(SIGTERM, die);'
	plant no_naked_new src/core/planted.cpp <<<'int *planted = new int[3];'
	plant no_naked_new src/core/planted.cpp <<<'void Planted(int *p) { delete p; }'
	plant no_naked_new src/fence/planted.cpp <<<'void *planted = malloc(3);'
}

plant_sizes_and_form()
{
	plant lines_up_to_100_columns src/core/planted.h <<<"// $(printf '%098d' 0)"
	plant lines_up_to_100_columns sql/extension/999-planted.sql <<<"-- $(printf '%098d' 0)"
	plant files_up_to_600_lines src/core/planted.h < <(seq 601 | sed 's,^,// ,')
	plant functions_up_to_70_lines src/core/planted.cpp \
		< <(printf 'void Planted()\n{\n' && yes '	f();' | head -n 71 && echo '}')
	plant clang_format src/core/planted.h <<<'int  planted ;'
	plant shell_scripts_parse test/lib/planted.sh <<<'if true; then'
	plant headers_are_included_once src/core/planted.h <<<'int Planted();'
}

plant_what_belongs_together()
{
	change sqlstates_documented docs/errors.md '/`MZ004`/d' "lacks MZ004"
	plant sqlstates_documented docs/errors.md "lacks MZ999" <<<'| `MZ999` | planted | | |'
	change readme_example_is_run README.md "s/'lamp', 59.70/'lamp', 60/" "lacks INSERT"
	change readme_example_is_run README.md '/^## An example/d' "has no example"
	change recipes_are_run docs/recipes.md 's/^CREATE TABLE scans/& x/' "lacks CREATE TABLE scans"
	change recipes_are_run docs/recipes.md '/^Test: .*funnel/d' "no test under ## Conversion funnel"
	plant regress_scheduled sql/planted.sql <<<'SELECT 1;'
	plant regress_scheduled sql/schedule sql/planted.sql <<<'test: house planted'
	plant regress_scheduled sql/schedule "twice: house" <<<'test: house'
	plant regress_scheduled expected/planted.out <<<''
	rm expected/house.out
	demand regress_scheduled expected/house.out
	plant isolation_scheduled test/isolation/specs/planted.spec <<<'session s'
	plant isolation_scheduled test/isolation/schedule specs/planted.spec <<<'test: planted'
	change versions_equal META.json '0,/"version": "/s/"version": "[0-9.]+"/"version": "9.9.9"/'
	change versions_equal CHANGELOG.md 's/^## [0-9.]+/## 9.9.9/'
	change versions_equal mezzanine.control 's/[0-9.]+/9.9.9/' 'META.json'
}

plant_install_script()
{
	plant install_script_replaces_nothing sql/extension/999-planted.sql <<-'END'
		CREATE OR REPLACE FUNCTION planted() RETURNS int LANGUAGE sql AS 'SELECT 1';
	END
	plant install_script_replaces_nothing sql/extension/999-planted.sql <<-'END'
		create table if not exists planted ();
	END
	plant entry_points_match_sql src/module.cpp mezzanine_planted \
		<<<'MEZZANINE_FUNCTION(mezzanine_planted) {}'
	plant entry_points_match_sql sql/extension/999-planted.sql mezzanine_planted \
		<<<"LANGUAGE c AS 'MODULE_PATHNAME', 'mezzanine_planted';"
	plant exports_entry_points_only src/module.cpp mezzanine_planted <<-'END'
		extern "C" PGDLLEXPORT int mezzanine_planted(void);
		int mezzanine_planted(void) { return 1; }
	END
	change exports_entry_points_only src/exports.map '/local:/,/\*;/d' 'exports _Z'
}

plant_words()
{
	plant no_machine_paths test/lib/planted.sh <<<'cat /home/planted/file'
	plant no_machine_paths docs/planted.md <<<'See /home/planted.'
	plant no_conflict_markers_or_todo src/core/planted.h <<<'// TODO: planted'
	plant decisions_listed docs/adr/9999-planted.md <<<'# 9999. Planted'
	plant documents_name_what_exists docs/planted.md <<<'See test/planted.spec.'
}

# With hardly any other sources: these take seconds a file.
plant_deep()
{
	find src test -name '*.cpp' ! -path src/module.cpp -delete
	git -c user.name=test -c user.email=test commit -qam "Without sources"
	plant clang_tidy src/core/planted.cpp function-size \
		<<<'int Planted(int a, int b, int c, int d, int e, int f) { return a + b + c + d + e + f; }'
	plant clang_tidy src/core/planted.cpp <<-'END'
		#include <string>
		void Use(const std::string &);
		void Planted(std::string text)
		{
			std::string other = std::move(text);
			Use(text);
		}
	END
	plant cppcheck src/core/planted.cpp arrayIndexOutOfBounds <<-'END'
		int Planted()
		{
			int a[2] = {1, 2};
			return a[2];
		}
	END
}

main "$@"
