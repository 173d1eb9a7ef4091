#!/usr/bin/env bash
# Small runs of the whole program under a sanitizer of the toolchain: `address` or `thread`. Fails at the first thing it reports.
#
# Every build is one of its own (.build-address, .build-thread). JOBS limits the processes of the build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
swift="${SWIFT:-swift}"
kind="${1:?address or thread}"
build=".build-$kind"
flags=(-c release --product cuneus --sanitize "$kind" --scratch-path "$build" ${JOBS:+--jobs "$JOBS"})
"$swift" build "${flags[@]}" 2>&1 | grep -v 'Cannot export local symbol'
program="$("$swift" build "${flags[@]}" --show-bin-path)/cuneus"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The runtime's own caches are no leaks.
export ASAN_OPTIONS="detect_leaks=0" TSAN_OPTIONS="exitcode=66 suppressions=$PWD/Scripts/thread.supp" SWIFT_BACKTRACE=enable=no
mkdir "$work/project"
printf '%b' 'experiment\tn1\tn2\tt_thr\treport\tage\n' \
    'Able2001\t20\t0\t3.58\tpeaks\t30\nBaker2002\t15\t16\t3.4\tpeaks\t25\nCole2003\t12\t0\t4\tnone\t41\n' \
    'Dean2004\t25\t0\t3.5\tpeaks\t36\nEden2005\t30\t0\t3.3\tpeaks\t29\nFord2006\t18\t0\t3.6\tpeaks\t33\n' \
    >"$work/project/studies.tsv"
printf '%b' 'experiment\tx\ty\tz\tspace\tstat\tvalue\n' \
    'Able2001\t-42\t26\t0\tmni\tt\t5.5\nAble2001\t30\t-12\t42\tmni\tt\t-4.2\nBaker2002\t-48\t21\t12\tmni\tt\t4.1\n' \
    'Dean2004\t-40\t24\t4\tmni\tt\t4.8\nDean2004\t4\t-60\t20\tmni\tt\t4\nEden2005\t-44\t20\t-2\tmni\tt\t4.4\n' \
    'Ford2006\t-38\t28\t6\tmni\tt\t5\n' >"$work/project/peaks.tsv"

count=0
try() {
    count=$((count + 1))
    echo "$kind: cuneus $*"
    if ! "$program" "$@" --out "$work/out$count" >"$work/log" 2>&1; then
        cat "$work/log"
        exit 1
    fi
}
run() { try run "$work/project" --threads 2 --set voxel_size=6 "$@"; }
# The agreement test, the permutation test, a regression, and the kernels of the methods of convergence.
run --set relocations=49
run --method sdm-psi --set imputations=8 --set permutations=20
run --method sdm-psi --set imputations=8 --set permutations=0 --covariate age --test age
run --method ale --method mkda --method kda --set permutations=20
# All figures, drawn on all threads; a primary study, with regions and without; results of regions; claims.
try run "$work/project" --threads 2 --set voxel_size=6 --set relocations=19 --figures
try study Examples/pre-post/participants.tsv --paired session=pre,post --threads 2
try study Examples/pre-post/participants.tsv --paired session=pre,post --correlate change:hamd --threads 2
try pool Examples/psychotherapy/outcomes.tsv
try claims Examples/psychotherapy --threads 2 --set voxel_size=6 --set relocations=19
echo "$kind: $count runs, nothing found"
