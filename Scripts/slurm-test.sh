#!/usr/bin/env bash
# Holds `cuneus slurm` to a real Slurm: Debian's slurm-wlm and munge, set up in a temporary folder with two nodes on this machine
# (loopback only), torn down at the end. Needs root. `make slurm-test`.
#
#   Scripts/slurm-test.sh [--cuneus PROGRAM] [--project FOLDER] [--speed]
#
# An array has to finish with the bytes of `cuneus run`; after a killed task, a node that goes away, a task out of memory, a full
# disk and a cancelled array, the same command given again has to complete it. --speed times 1, 2 and 4 parts instead (RELOCATIONS, 1999).
# VOXEL (mm, 5), MODEL (all) and PARTS (4) make it longer or shorter; KEEP=1 keeps the folder.
set -euo pipefail

cuneus=""
project=""
speed=""
while [ $# -gt 0 ]; do
    case $1 in
    --cuneus) cuneus=$(realpath "$2"); shift 2 ;;
    --project) project=$(realpath "$2"); shift 2 ;;
    --speed) speed=yes; shift ;;
    *) echo "slurm-test: what is '$1'?" >&2; exit 64 ;;
    esac
done
root=$(cd "$(dirname "$0")/.." && pwd)
project=${project:-$root/Examples/semantics}
# Named by a relative path, as the tables of a run name its files.
cd "$(dirname "$project")"
project=$(basename "$project")
cuneus=${cuneus:-$root/.build/release/cuneus}
[ -x "$cuneus" ] || { echo "slurm-test: there is no $cuneus; make build first." >&2; exit 1; }
[ "$(id -u)" = 0 ] || { echo "slurm-test: only root can start Slurm's daemons." >&2; exit 1; }

"$root/Scripts/apt.sh" slurmctld=slurm-wlm munged=munge ss=iproute2 pgrep=procps

work=$(mktemp -d /tmp/cuneus-slurm.XXXXXX)
chmod 755 "$work"
export SLURM_CONF=$work/slurm.conf
failures=0
begun=$(date +%s)

# Processes of this test: the daemons, their tasks and what those started. Only they were begun with this configuration (a daemon
# alone would not do: one that is killed leaves its tasks running, and one that waits for a task to end waits for ever).
ours() {
    local environment
    for environment in /proc/[0-9]*/environ; do
        if tr '\0' '\n' 2>/dev/null <"$environment" | grep -qxF "SLURM_CONF=$SLURM_CONF"; then basename "$(dirname "$environment")"; fi
    done 2>/dev/null
}

stop() {
    local code=$?
    trap - EXIT
    trap '' INT TERM HUP
    # Nothing may wait for a controller that does not answer.
    timeout 20 scancel --user=root 2>/dev/null || true
    for _ in $(seq 15); do
        [ -n "$(timeout 20 squeue --noheader 2>/dev/null)" ] || break
        sleep 1
    done
    local process
    for signal in TERM KILL; do
        for process in $(ours); do kill -$signal "$process" 2>/dev/null || true; done
        for _ in $(seq 30); do
            [ -n "$(ours)" ] || break
            sleep 0.1
        done
    done
    process=$(ours)
    if [ -n "$process" ]; then echo "slurm-test: still running: $process" >&2; fi
    if mountpoint -q "$work/small"; then umount "$work/small"; fi
    if [ -n "${KEEP:-}" ]; then echo "Kept: $work"; else rm -rf "$work"; fi
    exit $code
}
trap stop EXIT

fail() { echo "  FAILED: $*"; failures=$((failures + 1)); }
passed() { echo "  ok: $*"; }

# ---- Slurm ----------------------------------------------------------------------------------------------------------------------

start() {
    mkdir -p "$work"/{state,spool,munge,socket,small}
    head -c 1024 /dev/urandom > "$work/munge/key"
    chown -R munge "$work/munge" "$work/socket"
    chmod 700 "$work/munge"
    chmod 400 "$work/munge/key"
    setpriv --reuid=munge --regid=munge --clear-groups munged --key-file="$work/munge/key" \
        --socket="$work/socket/munge" --pid-file="$work/munge/pid" --log-file="$work/munge/log" \
        --seed-file="$work/munge/seed"
    local memory
    memory=$(awk '/MemAvailable/ { print int($2 / 1024 / 3) }' /proc/meminfo)
    # NoInAddrAny keeps the daemons on loopback. Memory is watched each second, since no cgroups are used.
    cat > "$SLURM_CONF" <<CONF
ClusterName=cuneus
SlurmctldHost=$(hostname)(127.0.0.1)
SlurmUser=root
SlurmctldPort=26817
AuthType=auth/munge
AuthInfo=socket=$work/socket/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool/%n
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd-%n.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd-%n.log
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherParams=OverMemoryKill
JobAcctGatherFrequency=task=1
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,sched_min_interval=10000,batch_sched_delay=0,bf_interval=1
ReturnToService=2
SlurmdTimeout=10
KillWait=5
MailProg=/bin/true
MpiDefault=none
MaxArraySize=101
NodeName=n[1-2] NodeHostname=$(hostname) NodeAddr=127.0.0.1 Port=[26821-26822] CPUs=1 RealMemory=$memory State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
    slurmctld -c
    slurmd -N n1
    slurmd -N n2
    for _ in $(seq 50); do
        [ "$(sinfo --noheader --Node --states=idle --format=%N | wc -l)" = 2 ] && break
        sleep 0.2
    done
    echo "Slurm $(sinfo --version | cut -d' ' -f2), $(sinfo --noheader --format='%D nodes %t')," \
        "listening on: $(ss -ltnH | awk '/:268/ { print $4 }' | paste -sd' ')"
}

# Waits until no job is left; gives up after forty minutes (on a busy machine, tasks take their time).
drain() {
    for _ in $(seq 2400); do
        [ -z "$(squeue --noheader)" ] && return
        sleep 1
    done
    squeue
    echo "slurm-test: jobs do not end." >&2
    exit 1
}

# The process of a task that is in work, once it has written some permutations.
running() {
    for _ in $(seq 600); do
        if compgen -G "$1/parts/*/*.tsv" >/dev/null; then
            local process
            process=$(pgrep -f "^$cuneus permute .*$1" | head -1 || true)
            if [ -n "$process" ] && grep -q '^# block' "$1"/parts/*/*.tsv; then echo "$process"; return; fi
        fi
        sleep 0.1
    done
    return 1
}

# ---- Cases ----------------------------------------------------------------------------------------------------------------------

# Small enough for a test, with several rounds of 64 relocations per part.
quick=(--set "voxel_size=${VOXEL:-5}" --set relocations=2999 --model "${MODEL:-all}" --method effects)
parts=${PARTS:-4}

submit() { "$cuneus" slurm "$project" "${quick[@]}" --quiet --submit --mem 1000M "$@"; }

same() {
    local differ
    differ=$(diff -rq --exclude=run.json --exclude=report.html --exclude='.*' "$work/whole" "$1" || true)
    if [ -z "$differ" ]; then passed "the bytes of cuneus run ($(find "$1" -type f | wc -l) files)"; else fail "$differ"; fi
}

done_parts() { "$cuneus" slurm status "$1" | sed -n 's/.*: \([0-9]*\) of [0-9]* parts\{0,1\} done.*/\1/p'; }

# The permutations of all parts, whatever blocks they were written in.
rows() { cat "$1"/parts/*/*.tsv | grep -v '^[#p]' | sort -n; }

# Submits an array whose merge is not of interest: it would take longer than the parts.
submit_parts() {
    local said
    said=$(submit "$@")
    scancel "$(sed -n 's/.* and job \([0-9]*\) (merge)/\1/p' <<<"$said")"
    echo "  $(sed -n 's/^Submitted/submitted/p' <<<"$said")"
}

# Gives the same command again, and holds what comes of it to the array that ran undisturbed.
again() {
    local name=$1 before
    shift
    before=$(done_parts "$work/$name.parts")
    [ "$before" -lt "$parts" ] || fail "nothing was missing: the case shows nothing"
    echo "  before: $("$cuneus" slurm status "$work/$name.parts" | sed -n 2p)"
    submit_parts --out "$work/$name" "$@"
    drain
    if [ "$(done_parts "$work/$name.parts")" = "$parts" ] && [ "$(rows "$work/$name.parts")" = "$(rows "$work/plain.parts")" ]; then
        passed "the rows of an array that ran undisturbed"
    else
        fail "$("$cuneus" slurm status "$work/$name.parts")"
    fi
}

cases() {
    echo "One machine:"
    time "$cuneus" run "$project" "${quick[@]}" --quiet --threads 2 --out "$work/whole" >/dev/null

    echo "An array of $parts parts on two nodes:"
    submit --shards "$parts" --out "$work/plain" | sed 's/^/  /'
    drain
    same "$work/plain"
    submit --out "$work/plain" | grep -q 'Nothing is left' && passed "given again, it has nothing to do" || fail "submitted again"

    echo "A task is killed:"
    submit_parts --shards "$parts" --out "$work/killed"
    process=$(running "$work/killed.parts") && kill -KILL "$process"
    drain
    again killed

    echo "The array is cancelled:"
    submit_parts --shards "$parts" --out "$work/cancelled"
    running "$work/cancelled.parts" >/dev/null
    "$cuneus" slurm cancel "$work/cancelled.parts" | sed 's/^/  /'
    drain
    again cancelled

    echo "A task runs out of memory:"
    submit_parts --shards "$parts" --out "$work/memory" --mem 60M
    drain
    if grep -qh 'memory limit' "$work"/memory.parts/logs/*.log; then
        passed "Slurm ended tasks for their memory"
    else
        fail "no task was ended"
    fi
    again memory

    echo "The disk is full:"
    mount -t tmpfs -o size=1200k tmpfs "$work/small"
    ln -s "$work/small/disk.parts" "$work/disk.parts"
    submit_parts --shards "$parts" --out "$work/disk" --work "$work/small/disk.parts"
    # Room for nothing more.
    head -c 100m /dev/zero > "$work/small/ballast" 2>/dev/null || true
    drain
    rm "$work/small/ballast"
    mount -o remount,size=50m "$work/small"
    again disk --work "$work/small/disk.parts"

    echo "A node goes away in the middle of a task, and does not come back before the rest is done:"
    submit_parts --shards "$parts" --out "$work/node" --sbatch=--no-requeue
    process=$(running "$work/node.parts")
    node=$(tr '\0' '\n' < "/proc/$process/environ" | sed -n 's/^SLURMD_NODENAME=//p')
    kill -KILL "$(cat "$work/slurmd-$node.pid")" "$(ps -o ppid= -p "$process" | tr -d ' ')" "$process"
    for _ in $(seq 60); do
        sinfo --noheader --nodes="$node" --format=%t | grep -q down && break
        sleep 1
    done
    echo "  $(sinfo --noheader --Node --format='%N %t' | paste -sd, | sed 's/,/, /')"
    drain
    slurmd -N "$node"
    again node

    echo "The merge of an array that was completed in two calls:"
    submit --out "$work/node" | sed -n 's/^Submitted/  submitted/p'
    drain
    same "$work/node"
}

# The same draws in 1, 2 and 4 parts: how long the array takes, and how much processor time. The merge is the same for all, and left out.
speed() {
    local each ticks sum process
    echo "Time of 1, 2 and 4 parts on two nodes of one core each, from submission to the last part; $(nproc) processors, load $(load):"
    for each in 1 2 4; do
        local processor=()
        quick=(--model all --method effects --set relocations="${RELOCATIONS:-1999}")
        SECONDS=0
        submit_parts --shards "$each" --out "$work/speed$each" --mem 4000M
        while [ -n "$(squeue --noheader)" ]; do
            sleep 0.5
            for process in $(pgrep -f "^$cuneus permute .*speed$each.parts"); do
                # Hundredths of seconds in the program and in the system, after the name in brackets.
                ticks=$(sed 's/.*) //' "/proc/$process/stat" 2>/dev/null | awk '{ print $12 + $13 }' || true)
                processor[process]=${ticks:-${processor[process]:-0}}
            done
        done
        sum=0
        for ticks in "${processor[@]}"; do sum=$((sum + ticks)); done
        echo "  $each parts: $SECONDS s, processor time $((sum / 100)) s, load $(load)"
        [ "$(done_parts "$work/speed$each.parts")" = "$each" ] || fail "$("$cuneus" slurm status "$work/speed$each.parts")"
        [ "$(rows "$work/speed$each.parts")" = "$(rows "$work/speed1.parts")" ] || fail "other rows than in one part"
    done
}

load() { cut -d' ' -f1 /proc/loadavg; }

start
if [ -n "$speed" ]; then speed; else cases; fi
[ $failures = 0 ] || { echo "slurm-test: $failures failures" >&2; exit 1; }
echo "slurm-test: all well, in $((($(date +%s) - begun) / 60)) minutes"
