#!/usr/bin/env bash
# Installs the Debian package of each program that this machine lacks, for scripts that need more than a build does.
#
#     Scripts/apt.sh slurmctld=slurm-wlm munged=munge      program=package; the package's name may be left out where it is the program's
#
# Says what it installs, and nothing where all is here. Needs apt, and root or sudo.
set -euo pipefail

packages=()
for word in "$@"; do
    command -v "${word%%=*}" >/dev/null || packages+=("${word#*=}")
done
[ "${#packages[@]}" -gt 0 ] || exit 0
command -v apt-get >/dev/null || { echo "apt.sh: no apt here; please install what has the programs of: ${packages[*]}" >&2; exit 1; }
as_root=()
if [ "$(id -u)" != 0 ]; then as_root=(sudo); fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
    ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends "${packages[@]}" </dev/null >"$log" 2>&1
}
echo "Installing: ${packages[*]}"
# Lists of packages may be absent (a fresh container) or old.
install || { ${as_root[@]+"${as_root[@]}"} apt-get update -q </dev/null >/dev/null && install; } || { tail -5 "$log" >&2; exit 1; }
