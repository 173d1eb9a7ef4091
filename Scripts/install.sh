#!/usr/bin/env bash
# Installs what building and running Cuneus needs and this machine lacks. Needs no network when all is here.
#
#     Scripts/install.sh             install what is missing (Debian, Ubuntu: apt, with sudo when not root)
#     Scripts/install.sh --dry-run   say what would be installed, change nothing
#
# Exit status: 0 when all that is needed is here (or, with --dry-run, could be told), 1 when something needed is
# missing and could not be installed, 2 for a wrong argument. Swift itself is never installed, only looked for.
set -euo pipefail

dry_run=false
case "${1:-}" in
    "") ;;
    --dry-run) dry_run=true ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "install.sh: unknown argument '$1' (only --dry-run is known)" >&2; exit 2 ;;
esac

has() { command -v "$1" >/dev/null 2>&1; }

# What is missing, by the thing itself and not by package name, so that hand-made installations count.
needed=()   # without these nothing builds
wanted=()   # without these something is left out, and said

missing_swift=false
if ! has "${SWIFT:-swift}" && [ ! -x /opt/swift/usr/bin/swift ]; then missing_swift=true; fi
has git || needed+=(git)
has pkg-config || needed+=(pkg-config)
if ! has pkg-config || ! pkg-config --exists libdeflate; then needed+=(libdeflate); fi
if [ "$(uname -s)" = Linux ]; then
    # Swift links with the system's linker and C and C++ libraries.
    has ld || needed+=(binutils)
    [ -e /usr/include/stdlib.h ] || needed+=(libc-headers)
    compgen -G '/usr/lib/gcc/*/*/libstdc++.*' >/dev/null || needed+=(c++-library)
fi
for folder in ${CUNEUS_ATLASES:+"$CUNEUS_ATLASES"} /usr/share/mricron/templates; do
    if [ -e "$folder/aal.nii.gz" ]; then found_atlas=true; fi
done
[ "${found_atlas:-false}" = true ] || wanted+=(atlases)

# Package names of each system.
apt_name() {
    case "$1" in
        libdeflate) echo libdeflate-dev ;;
        libc-headers) echo libc6-dev ;;
        c++-library) echo g++ ;;
        atlases) echo mricron-data ;;
        *) echo "$1" ;;
    esac
}
dnf_name() {
    case "$1" in
        pkg-config) echo pkgconf-pkg-config ;;
        libdeflate) echo libdeflate-devel ;;
        libc-headers) echo glibc-devel ;;
        c++-library) echo gcc-c++ ;;
        atlases) ;; # not packaged: see Docs/templates-and-atlases.md
        *) echo "$1" ;;
    esac
}
brew_name() {
    case "$1" in
        pkg-config) echo pkgconf ;;
        libdeflate | git) echo "$1" ;;
        *) ;;
    esac
}
names() { # names SYSTEM THING...: the packages, on one line
    local system="$1" thing
    shift
    for thing in "$@"; do "${system}_name" "$thing"; done | paste -sd' ' -
}

if $missing_swift; then
    echo "Swift 6.2 or later was not found: install it from https://www.swift.org/install, or name it with SWIFT=..." >&2
fi
if [ "${#needed[@]}" -eq 0 ] && [ "${#wanted[@]}" -eq 0 ]; then
    $missing_swift && exit 1
    if $dry_run; then echo "Nothing to install."; fi
    exit 0
fi

if has apt-get; then
    read -ra packages <<<"$(names apt ${needed[@]+"${needed[@]}"} ${wanted[@]+"${wanted[@]}"})"
    if $dry_run; then
        echo "Would install: ${packages[*]}"
        exit 0
    fi
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if has sudo; then as_root=(sudo); else echo "Not root, and no sudo." >&2; fi
    fi
    install() { # fails when one package cannot be had
        ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends "$@" </dev/null
    }
    echo "Installing: ${packages[*]}"
    if ! install "${packages[@]}"; then
        # Lists of packages may be absent (fresh container) or old.
        ${as_root[@]+"${as_root[@]}"} apt-get update -q </dev/null || true
        if [ "${#needed[@]}" -gt 0 ]; then
            read -ra packages <<<"$(names apt "${needed[@]}")"
            install "${packages[@]}" || { echo "Could not install: ${packages[*]}" >&2; exit 1; }
        fi
        if [ "${#wanted[@]}" -gt 0 ]; then
            read -ra packages <<<"$(names apt "${wanted[@]}")"
            install "${packages[@]}" ||
                echo "Could not install ${packages[*]}: peaks and clusters will carry no region names." >&2
        fi
    fi
    $missing_swift && exit 1
    exit 0
fi

echo "This system has no apt. Please install:" >&2
if has brew; then
    echo "    brew install $(names brew ${needed[@]+"${needed[@]}"})" >&2
elif has dnf; then
    echo "    dnf install $(names dnf ${needed[@]+"${needed[@]}"})" >&2
else
    echo "    ${needed[*]-}" >&2
fi
if [ "${#wanted[@]}" -gt 0 ]; then
    echo "Optional: the AAL and Brodmann atlases (see Docs/templates-and-atlases.md); without, no region names." >&2
fi
if $dry_run; then exit 0; fi
if $missing_swift || [ "${#needed[@]}" -gt 0 ]; then exit 1; fi
