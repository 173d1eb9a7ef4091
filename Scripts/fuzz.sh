#!/usr/bin/env bash
# Damages the input of every reader with libFuzzer, under AddressSanitizer, and stops at the first fault.
#
#     Scripts/fuzz.sh 10              # minutes
#     Scripts/fuzz.sh run FILE...     # the inputs of earlier faults (.build-fuzz/faults) once more
#
# TIMEOUT is how many seconds an input may take by the clock (30): a machine that others use as well needs more.
# The build is one of its own (.build-fuzz); what was found worth keeping is in .build-fuzz/corpus and is started from the next
# time. Seeds are made of Benchmarks/Fuzzing, Examples and, where they are, the cases of the reference shelf; none is committed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
swift="${SWIFT:-swift}"
build=.build-fuzz

export CUNEUS_FUZZ=1
# The Swift compiler takes the last -sanitize only, and two --sanitize come in any order: hence both in one.
flags=(-c release --product cuneus-fuzz --scratch-path "$build" ${JOBS:+--jobs "$JOBS"}
    --sanitize fuzzer -Xswiftc -sanitize=fuzzer,address -Xcc -fsanitize=address)
"$swift" build "${flags[@]}" 2>&1 | grep -v 'Cannot export local symbol'
program="$("$swift" build "${flags[@]}" --show-bin-path)/cuneus-fuzz"

# Files in memory: each input is written and read again.
memory=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "$memory"' EXIT
export TMPDIR="$memory/"
# The runtime's own caches are no leaks. A trap's backtrace by Swift would take longer than the fuzzer waits.
export ASAN_OPTIONS="detect_leaks=0:quarantine_size_mb=64" SWIFT_BACKTRACE=enable=no

mkdir -p "$build/corpus" "$build/faults"
limits=("-timeout=${TIMEOUT:-30}" -rss_limit_mb=3072 "-artifact_prefix=$build/faults/")
if [ "${1:-}" = run ]; then
    shift
    "$program" "${limits[@]}" "$@"
    exit
fi

shelf="${CUNEUS_SHELF:-../shared}"
CUNEUS_FUZZ_SEEDS="$build/seeds" CUNEUS_FUZZ_EXAMPLES="Examples:$shelf/cases" "$program"
echo "Seeds: $(find "$build/seeds" -type f | wc -l)"
"$program" "${limits[@]}" -max_total_time=$((${1:-10} * 60)) -max_len=20000 -dict=Benchmarks/fuzz.dict \
    -print_final_stats=1 "$build/corpus" "$build/seeds"
