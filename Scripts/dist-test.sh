#!/usr/bin/env bash
# Unpacks the tarball in a bare Debian 12 without Swift and runs it there, as another user.
#
#     Scripts/dist-test.sh [out/dist/cuneus-VERSION-linux-ARCH.tar.gz]
#
# Needs root (chroot, mount) and, the first time, a Debian mirror. The bare system (debootstrap, minbase) is kept in .build-dist/bookworm and
# copied for each test, so that nothing of one test is there for the next. REFERENCE=program compares the maps with those of another
# build of the same sources (default: .build/release/cuneus, where it is there).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tarball="${1:-$(find out/dist -name 'cuneus-*.tar.gz' -print -quit 2>/dev/null)}"
if [ ! -e "${tarball:-/nowhere}" ]; then echo "dist-test.sh: no tarball; make dist" >&2; exit 1; fi
[ "$(id -u)" = 0 ] || { echo "dist-test.sh: only root may chroot" >&2; exit 1; }
base="$PWD/.build-dist/bookworm"
reference="${REFERENCE:-.build/release/cuneus}"

if [ ! -e "$base/.complete" ]; then
    Scripts/apt.sh debootstrap
    rm -rf "$base"
    mkdir -p "$(dirname "$base")"
    debootstrap --variant=minbase bookworm "$base" "${MIRROR:-http://deb.debian.org/debian}" >"$base.log" 2>&1 ||
        { tail -5 "$base.log" >&2; exit 1; }
    touch "$base/.complete"
fi

# Not below /tmp where that is small or not executable.
root=$(mktemp -d "$PWD/.build-dist/test.XXXXXX")
finish() {
    umount "$root/proc" 2>/dev/null || true
    rm -rf --one-file-system "$root"
}
trap finish EXIT
cp -a "$base/." "$root/"
mount -t proc proc "$root/proc"
name=$(basename "$tarball" .tar.gz)
tar -C "$root/opt" -xf "$tarball"
chroot "$root" useradd --create-home somebody
chroot "$root" ln -s "/opt/$name/bin/cuneus" /usr/local/bin/cuneus

inside() { # inside COMMAND: as that user, with nothing of this machine's environment
    chroot "$root" su - somebody -c "$1"
}
passed=0
check() { # check WHAT COMMAND
    local begun=$SECONDS
    if inside "$2" >"$root/log" 2>&1; then
        passed=$((passed + 1))
        echo "  $1 ($((SECONDS - begun)) s)"
    else
        echo "dist-test.sh: failed: $1" >&2
        tail -20 "$root/log" >&2
        exit 1
    fi
}

examples="/opt/$name/share/doc/cuneus/examples"
quick="--set voxel_size=4 --set relocations=39 --set foci_iterations=200 --threads 2"
[ ! -e "$root/usr/bin/swift" ] && [ ! -e "$root/work" ] && [ ! -e "$root/usr/lib/x86_64-linux-gnu/libdeflate.so.0" ]
echo "Bare Debian $(cat "$root/etc/debian_version"), $(chroot "$root" dpkg-query -f '.\n' -W | wc -l) packages; $tarball, $(($(stat -c %s "$tarball") / 1000)) kB"
check "every library is there" "ldd /opt/$name/bin/cuneus | grep -c 'not found' | grep -qx 0"
check "version, through a link in the path" "cuneus --version"
check "input is checked" "cuneus check $examples/psychotherapy"
check "a first result: fifty studies, with report, surface and viewer" "cuneus run $examples/semantics --model all $quick --out first && test -s first/report.html"
check "a figure on the cortex" "cuneus figure first --kind surface --format png --out surface.png && test -s surface.png"
check "tables for a paper" "cuneus report first --tables && test -s first/paper/tables.xlsx"
check "numbers of regions" "printf 'study,yi,sei\na,0.3,0.1\nb,0.5,0.2\nc,0.1,0.15\n' >t.csv && cuneus pool t.csv --out pool"
check "a study of ten people" "cuneus study $examples/pre-post/participants.tsv --paired session=pre,post --out study --quiet"
check "claims, with regular expressions and folding" "cuneus claims $examples/psychotherapy --new 'CBT causes calm in the amygdala in social anxiety'"
Scripts/dist/bids_example.sh "$root/home/somebody/bids"
check "a BIDS App says how it is called" "/opt/$name/bin/cuneus-bids --help | grep -q participant"
check "a BIDS App, a group of some people" "/opt/$name/bin/cuneus-bids bids app group --participant-label 01 02 03 04 05 06 --paired session=pre,post --n-cpus 2 && test -s app/report.html"
check "German surroundings change nothing" "LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8 cuneus plan $examples/psychotherapy --model all"
check "completions parse" "bash -n /opt/$name/share/bash-completion/completions/cuneus"
check "an unknown option ends with 64" "cuneus run --nothing; test \$? = 64"
# Not without /proc: there Swift's own library reads what a program was called with, and the program would see no words at all.
check "a missing template is named, not a crash" "CUNEUS_RESOURCES=/nowhere cuneus run $examples/semantics --model all $quick --out none 2>err; test \$? != 0 && grep -q nowhere err"

if [ -x "$reference" ]; then
    "$reference" run Examples/semantics --model all --set voxel_size=4 --set relocations=39 --set foci_iterations=200 --threads 2 --quiet \
        --out "$root/reference" >/dev/null
    different=0
    for map in "$root"/reference/all/*.nii.gz "$root"/reference/all/ale_positive/*.nii.gz; do
        cmp -s "$map" "$root/home/somebody/first/${map#"$root/reference/"}" || { echo "differs: ${map#"$root/reference/"}" >&2; different=$((different + 1)); }
    done
    [ "$different" = 0 ] || { echo "dist-test.sh: $different maps differ from those of $reference" >&2; exit 1; }
    echo "  maps have the bytes of $reference ($(find "$root/reference/all" -name '*.nii.gz' | wc -l) images)"
    passed=$((passed + 1))
fi
echo "$passed checks passed."
