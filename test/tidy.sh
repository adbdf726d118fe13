#!/usr/bin/env bash
# The house rules, as a test.
#
#   test/tidy.sh           what is checked within seconds
#   test/tidy.sh --deep    clang-tidy and cppcheck too, which take minutes
#   test/tidy.sh RULE...   these rules alone
#   test/tidy.sh --list    the names of all rules
#
# A rule is a function rule_NAME or, where it is slow, deep_NAME.  It prints what breaks
# it, one place a line, and nothing when it holds.  test/tidy_selftest.sh breaks each on
# purpose.  What is built on the way goes below build/.
set -u
cd "$(dirname "$0")/.." || exit 1

main()
{
	local quick deep rules rule broken number=0 failures=0
	quick=$(declare -F | sed -n 's/^declare -f rule_//p')
	deep=$(declare -F | sed -n 's/^declare -f deep_//p')
	case ${1:-} in
	'') rules=$quick ;;
	--deep) rules="$quick $deep" ;;
	--list) printf '%s\n' $quick $deep; return ;;
	*) rules=$* ;;
	esac

	for rule in $rules; do
		number=$((number + 1))
		broken=$(run_rule "$rule" 2>&1)
		if [ -z "$broken" ]; then
			echo "ok $number - $rule"
		else
			echo "not ok $number - $rule"
			printf '%s\n' "$broken" | sed 's/^/    /'
			failures=$((failures + 1))
		fi
	done
	echo "1..$number"
	[ "$failures" -eq 0 ]
}

run_rule()
{
	local function
	if function=$(declare -F "rule_$1" || declare -F "deep_$1"); then
		"$function"
	else
		echo "there is no such rule"
	fi
}

# The module at -O1, for the rules that read objects.
compile()
{
	mkdir -p build
	make -s -j"$(nproc)" build/O1/mezzanine.so >build/O1.log 2>&1 && remove_stale_objects && return
	echo "the module does not compile:"
	tail -n 30 build/O1.log
	return 1
}

remove_stale_objects()
{
	local object
	for object in $(find build/O1/src -name '*.o' -printf '%P\n'); do
		[ -f "src/${object%.o}.cpp" ] ||
			rm -f "build/O1/src/$object" "build/O1/src/${object%.o}.d"
	done
}

# --- what is looked at ---

core_sources() { find src/core -name '*.cpp' -o -name '*.h' | sort; }
shell_sources() { find src -name '*.cpp' -o -name '*.h' | grep -v '^src/core/' | sort; }
cpp_sources() { find $(existing src test demo bench) -name '*.cpp' -o -name '*.h' | sort; }
scripts() { find $(existing test demo bench .ci) -name '*.sh' -o -type f -name run | sort; }
existing() { ls -d "$@" 2>/dev/null; }

# Everything that is the project's own text.
texts()
{
	find . \( -name .git -o -path ./build -o -path '*/build' \) -prune -o -type f \
		\( -name '*.cpp' -o -name '*.h' -o -name '*.sql' -o -name '*.sh' -o -name '*.pl' \
		-o -name '*.md' -o -name '*.spec' -o -name 'Makefile' -o -name '*.mk' -o -name run \
		-o -name '*.py' -o -name '*.json' -o -name '*.txt' -o -name '*.control' \) \
		! -name 'mezzanine--*.sql' -print | sed 's,^\./,,' | sort
}

# Code without comments and string contents, so that words in them break no rule; lines
# keep their numbers.  Prints "file:line:code".
code_of()
{
	[ $# -gt 0 ] || return 0
	awk '
	FNR == 1 { comment = 0 }
	{
		line = $0
		gsub(/\\./, "", line)
		gsub(/\047.\047/, "0", line)
		gsub(/"[^"]*"/, "\"\"", line)
		if (comment) {
			if (!sub(/^.*\*\//, "", line)) next
			comment = 0
		}
		sub(/\/\/.*/, "", line)
		while (sub(/\/\*[^*]*\*\//, "", line)) {}
		if (sub(/\/\*.*/, "", line)) comment = 1
		print FILENAME ":" FNR ":" line
	}' "$@"
}

# The quoted and angled includes of files: "file:line:header".
includes_of()
{
	[ $# -gt 0 ] || return 0
	grep -nHE '^[[:space:]]*#[[:space:]]*include' "$@" |
		sed -E 's/^([^:]*:[0-9]+:)[^"<]*["<]([^">]*)[">].*/\1\2/'
}

own_layers='core|pg|fence|cell|inventory|views'

# --- dependencies ---

# The server's headers come through pg/pg.h alone: as C, before the C++ library's.
rule_server_headers_only_in_pg_h()
{
	local include_dir header file line
	include_dir=$(pg_config --includedir-server)
	includes_of $(find src \( -name '*.cpp' -o -name '*.h' \) ! -path src/pg/pg.h) |
		while IFS=: read -r file line header; do
			[ ! -f "src/$header" ] && [ -f "$include_dir/$header" ] &&
				echo "$file:$line: includes the server's $header"
		done
}

rule_version_tests_only_in_compat_h()
{
	code_of $(cpp_sources) | grep -v '^src/pg/compat\.h:' | grep -w PG_VERSION_NUM
}

# The core knows the C++ library and itself.
rule_core_includes_only_itself()
{
	includes_of $(core_sources) | grep -vE ':(core/[a-z_]+\.h|[a-z_]+)$'
}

# core <- pg <- fence, cell <- inventory, views <- module: what each may include.
rule_dependencies_run_one_way()
{
	layer_includes_only pg 'core|pg'
	layer_includes_only fence 'core|pg|fence'
	layer_includes_only cell 'core|pg|fence|cell'
	layer_includes_only inventory 'core|pg|fence|cell|inventory'
	layer_includes_only views 'core|pg|fence|cell|views'
}

layer_includes_only()
{
	[ -d "src/$1" ] || return
	includes_of $(find "src/$1" -name '*.cpp' -o -name '*.h') |
		grep -E ":(\.\./|\./|($own_layers)/)" | grep -vE ":($2)/"
}

# Includes name the layer, so that the rules above can see it.
rule_includes_name_their_layer()
{
	grep -nHE '^[[:space:]]*#[[:space:]]*include "' $(find src -name '*.cpp' -o -name '*.h') |
		grep -vE "include \"($own_layers)/" | grep -v '^src/pg/pg\.h:'
}

# --- the two error regimes ---

# A destructor pending across a call that may longjmp leaves _Unwind_Resume behind.
rule_no_pending_destructors_in_shell()
{
	compile || return
	nm -A -u build/O1/src/*.o $(find build/O1/src -mindepth 2 -name '*.o' ! -path '*/core/*') |
		grep '_Unwind_Resume' |
		sed -E 's,^build/O1/(.*)\.o:.*,\1.cpp: a destructor is pending across a call,'
}

# The loader would run them in every backend, where nothing catches what they throw.
rule_no_static_constructors()
{
	compile || return
	nm -A $(find build/O1/src -name '*.o') | grep -E ' _GLOBAL__(sub_)?I_| __cxa_atexit$' |
		sed -E 's,^build/O1/(.*)\.o:.*,\1.cpp: a static has a constructor or destructor,' | sort -u
}

# noexcept, try, catch and throw hide from the rule above: only the boundary has them.
rule_no_exceptions_in_shell()
{
	code_of $(shell_sources) |
		grep -vE '^src/pg/(door|context)\.(h|cpp):' | grep -wE 'noexcept|try|catch|throw'
}

# PG_TRY skips destructors as little as longjmp does, and hides clean-up: pg/attempt.cpp alone
# has it, for steps whose failure is an answer.
rule_no_pg_try()
{
	code_of $(shell_sources) | grep -v "^src/pg/attempt\.cpp:" |
		grep -wE 'PG_TRY|PG_CATCH|PG_FINALLY|PG_ENSURE_ERROR_CLEANUP'
}

rule_no_threads_or_signal_handlers()
{
	code_of $(core_sources) $(shell_sources) | grep -E \
		'\b(std::(jthread|thread|mutex|async|atomic)|pthread_[a-z_]+|thread_local)\b'
	code_of $(core_sources) $(shell_sources) | grep -E '\b(sigaction|pqsignal|signal)\('
	includes_of $(core_sources) $(shell_sources) |
		grep -E ':(thread|mutex|future|atomic|condition_variable|pthread\.h|signal\.h|csignal)$'
}

# Memory has an owner: a container, or a context through placement new.
rule_no_naked_new()
{
	code_of $(core_sources) $(shell_sources) |
		grep -E '\bnew\b[[:space:]]*[^( ]|\bdelete\b|\b(malloc|calloc|realloc|free)\(' |
		grep -vE '= delete|\boperator (new|delete)|:[[:space:]]*#'
}

# --- sizes and form ---

rule_lines_up_to_100_columns()
{
	awk '{ line = $0; gsub(/\t/, "    ", line); gsub(/[\200-\277]/, "", line)
		if (length(line) > 100) print FILENAME ":" FNR ": " length(line) " columns" }' \
		$(cpp_sources) $(find sql/extension -name '*.sql') $(scripts)
}

rule_files_up_to_600_lines()
{
	wc -l $(cpp_sources) $(find sql/extension -name '*.sql') $(scripts) |
		awk '$2 != "total" && $1 > 600 { print $2 ": " $1 " lines" }'
}

# By the braces that clang-format puts into the first column; --deep asks the compiler.
rule_functions_up_to_70_lines()
{
	awk '
	FNR == 1 { start = 0 }
	/^\{/ && before !~ /^(inline )?(namespace|struct|class|enum|extern|union)/ { start = FNR }
	/^\}/ && start {
		if (FNR - start - 1 > 70) print FILENAME ":" start ": " FNR - start - 1 " lines"
		start = 0
	}
	{ before = $0 }' $(cpp_sources)
}

rule_clang_format()
{
	clang-format --dry-run --ferror-limit=20 $(cpp_sources) 2>&1 | grep 'warning:' |
		cut -d: -f1 | sort | uniq -c | awk '{ print $2 ": " $1 " places" }'
}

rule_shell_scripts_parse()
{
	local script
	for script in $(scripts); do
		case $(head -n 1 "$script") in
		*bash) bash -n "$script" ;;
		*) sh -n "$script" ;;
		esac
	done
}

rule_headers_are_included_once()
{
	grep -L '^#pragma once$' $(find src test -name '*.h')
}

# --- what belongs together ---

rule_sqlstates_documented()
{
	diff <(sed -nE 's/^[[:space:]]*X\(k[A-Za-z]+, [A-Z_]+, "([0-9A-Z]{5})"\).*/\1/p' \
		src/core/error.h | sort) \
		<(sed -nE 's/^\| `([0-9A-Z]{5})` \|.*/\1/p' docs/errors.md | sort) |
		sed -nE 's,^< (.*),docs/errors.md: lacks \1,p; s,^> (.*),src/core/error.h: lacks \1,p'
}

rule_regress_scheduled() { scheduled sql/schedule sql .sql expected; }

rule_isolation_scheduled()
{
	scheduled test/isolation/schedule test/isolation/specs .spec test/isolation/expected
}

# The example in the README is a claim: the test that runs it has each of its lines.
rule_readme_example_is_run()
{
	local line example
	example=$(sed -n '/^## An example/,/^## /{/^```sql/,/^```$/{/^```/!p}}' README.md)
	[ -n "$example" ] || echo "README.md: has no example"
	while IFS= read -r line; do
		grep -qFx -- "$line" sql/readme.sql || echo "sql/readme.sql: lacks $line"
	done <<<"$example"
}

# So are the recipes: each section's statements are in the test that it names.
rule_recipes_are_run()
{
	local test line
	awk '
	function leave() { if (count) print "?:" name; count = 0 }
	/^## / { leave(); name = $0 }
	/^```/ { inside = /^```sql/; next }
	inside { lines[count++] = $0 }
	match($0, /^Test: `[a-z_\/]+\.sql`/) {
		for (i = 0; i < count; ++i) print substr($0, 8, RLENGTH - 8) ":" lines[i]
		count = 0
	}
	END { leave() }' docs/recipes.md | while IFS=: read -r test line; do
		if [ "$test" = "?" ]; then
			echo "docs/recipes.md: names no test under $line"
		else
			grep -qFx -- "$line" "$test" || echo "$test: lacks $line"
		fi
	done
}

# scheduled SCHEDULE INPUTS SUFFIX EXPECTED: each test is an input, an output and scheduled once.
scheduled()
{
	[ -f "$1" ] || { echo "$1: is missing"; return; }
	local name
	sed -n 's/^test://p' "$1" | tr -s ' ' '\n' | sed '/^$/d' | sort | uniq -d |
		sed "s,^,$1: scheduled twice: ,"
	for name in $(sed -n 's/^test://p' "$1"); do
		[ -f "$2/$name$3" ] || echo "$2/$name$3: is scheduled and missing"
		[ -f "$4/$name.out" ] || echo "$4/$name.out: is missing"
	done
	for name in $(find $(existing "$2") -maxdepth 1 -name "*$3" -printf '%f\n' | sort); do
		grep -qE "^test:(.* )?${name%"$3"}( |\$)" "$1" || echo "$2/$name: is not in $1"
	done
	for name in $(find $(existing "$4") -maxdepth 1 -name '*.out' -printf '%f\n' | sort); do
		[ -f "$2/$(echo "${name%.out}" | sed -E 's/_[0-9]$//')$3" ] ||
			[ -f "$2/${name%.out}$3" ] || echo "$4/$name: belongs to no test"
	done
}

rule_versions_equal()
{
	local version
	version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" mezzanine.control)
	[ "$(sed -nE '0,/^   "version"/s/^   "version": "(.*)",/\1/p' META.json)" = "$version" ] ||
		echo "META.json: its version is not $version"
	sed -n '/"provides"/,/^   }/p' META.json | grep -q "\"version\": \"$version\"" ||
		echo "META.json: provides another version than $version"
	[ "$(sed -nE 's/^## ([0-9.]+).*/\1/p' CHANGELOG.md | head -n 1)" = "$version" ] ||
		echo "CHANGELOG.md: its first entry is not $version"
}

# --- the install script ---

rule_install_script_replaces_nothing()
{
	grep -niE '\bcreate\s+or\s+replace\b|\bcreate\s.*\bif\s+not\s+exists\b' \
		$(find sql/extension -name '*.sql')
}

# Every entry point that SQL names exists, and every one that exists is named.
rule_entry_points_match_sql()
{
	diff <(entry_points) \
		<(cat $(find sql/extension -name '*.sql') | tr '\n' ' ' |
			grep -oE "'MODULE_PATHNAME', *'[a-z_0-9]+'" | sed -E "s/.*, *'(.*)'/\1/" | sort -u) |
		sed -nE 's/^< (.*)/\1: SQL does not name it/p; s/^> (.*)/\1: is not in the module/p'
}

# What the dynamic linker sees: the entry points and what PostgreSQL looks for.
rule_exports_entry_points_only()
{
	compile || return
	comm -23 \
		<(nm -D --defined-only build/O1/mezzanine.so | awk '$2 != "A" { print $3 }' | sort) \
		<({ printf '%s\n' _PG_init Pg_magic_func
			entry_points
			entry_points | sed 's/^/pg_finfo_/'; } | sort) |
		sed 's/^/mezzanine.so exports /'
}

entry_points()
{
	grep -hoE "^MEZZANINE_FUNCTION\([a-z_0-9]+\)" -r src --include='*.cpp' |
		sed -E 's/.*\((.*)\)/\1/' | sort -u
}

# --- words ---

# Paths of one machine.
rule_no_machine_paths()
{
	grep -nE '(^|[^A-Za-z0-9_.}$-])/(home|root|tmp|mnt|srv)/' $(texts) |
		grep -vE '^test/tidy(_selftest)?\.sh:|\$\{TMPDIR:-/tmp\}'
}

# What the documents name in the tree is there.
rule_documents_name_what_exists()
{
	local file path
	grep -oHE '\b(src|sql|expected|test|demo|bench|docs)/[A-Za-z0-9_./*-]*[A-Za-z0-9_*]' \
		$(find . \( -name .git -o -path ./build \) -prune -o -name '*.md' -print | sed 's,^\./,,') |
		sort -u | while IFS=: read -r file path; do
			compgen -G "$path" >/dev/null || compgen -G "$path.*" >/dev/null ||
				echo "$file: there is no $path"
		done
}

rule_decisions_listed()
{
	local file
	for file in $(find docs/adr -name '[0-9]*.md' | sort); do
		grep -qF "](${file##*/})" docs/adr/README.md || echo "$file: is not in docs/adr/README.md"
	done
}

rule_no_conflict_markers_or_todo()
{
	grep -nE '^(<<<<<<<|>>>>>>>)|\b(TODO|FIXME|XXX)\b' $(texts) | grep -v '^test/tidy'
}

# --- slow ---

# The checks of .clang-tidy, sizes of functions and lists of parameters among them.  Of
# the tests' sources, sizes only: GoogleTest's macros cost most checks more than they find.
deep_clang_tidy()
{
	{
		clang_tidy "" $(find src -name '*.cpp' | sort)
		clang_tidy "--checks=-*,readability-function-size" \
			$(find $(existing test demo bench) -name '*.cpp' | sort)
	} | grep -E ': (warning|error): ' | sed "s,^$PWD/,," | sort -u
}

# clang_tidy OPTION FILE...
clang_tidy()
{
	local option=$1 server
	server=$(pg_config --includedir-server)
	shift
	printf '%s\n' "$@" | xargs -r -P "$(nproc)" -I FILE clang-tidy --quiet $option FILE -- \
		-std=gnu++20 -Isrc -Itest -Itest/boundary -Itest/lib -Itest/integration -D_GNU_SOURCE \
		-DMEZZANINE_VERSION='"0"' -isystem "$server" -isystem "$(pg_config --includedir)" \
		2>/dev/null
}

deep_cppcheck()
{
	cppcheck --quiet --std=c++20 --language=c++ --enable=warning,performance,portability \
		--inline-suppr --suppressions-list=test/cppcheck.txt --error-exitcode=0 \
		-j "$(nproc)" --template='{file}:{line}: {id}: {message}' -Isrc src 2>&1
}

main "$@"
