# Debian packages, for scripts in POSIX sh:
#
#   . test/lib/packages.sh
#   packages_need "$PACKAGES_BUILD $PACKAGES_TEST"
#
# What is missing is installed, and said.  No cluster is created or started on the way:
# Debian would make one, "15 main", when the server's package is configured.

PACKAGES_BUILD="g++ make cmake postgresql-15 postgresql-server-dev-15 libpq-dev libgtest-dev"
PACKAGES_TEST="binutils clang-format clang-tidy cppcheck faketime git libipc-run-perl perl \
	pgbouncer spin"

# Runs a command as root.
packages_as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "root's rights are needed to install packages, and there is no sudo" >&2
		return 1
	fi
}

# The packages of "$1" that are not installed.
packages_missing() {
	for _package in $1; do
		dpkg-query -W -f '${db:Status-Status}' "$_package" 2>/dev/null | grep -qx installed ||
			printf '%s ' "$_package"
	done
}

# packages_need "NAME...": installs those that are missing.
packages_need() {
	_missing=$(packages_missing "$1")
	[ -n "$_missing" ] || return 0
	echo "installing from Debian: $_missing"

	_no_cluster=/etc/postgresql-common/createcluster.d/mezzanine.conf
	packages_as_root mkdir -p "${_no_cluster%/*}" || return
	echo "create_main_cluster = false" | packages_as_root tee "$_no_cluster" >/dev/null
	# shellcheck disable=SC2086 # a list of words
	packages_as_root apt-get -qq update &&
		packages_as_root env DEBIAN_FRONTEND=noninteractive \
			apt-get -qq -y --no-install-recommends install $_missing >/dev/null
	_result=$?
	packages_as_root rm -f "$_no_cluster"
	return "$_result"
}
