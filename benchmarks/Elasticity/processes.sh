#!/usr/bin/env bash
# Three silo processes on the Microsoft.Orleans packages; one is killed with -9 while a job trains on all of them.
#   benchmarks/Elasticity/processes.sh [JOB] [EPOCHS] [options of ./grid, such as --feed DIR]     default jobs/mnist.yaml, 24
# The epochs must outlast the start of the other two: alone the first process is the fastest. 24 take about five minutes on two processors.
# Ends with 0 when the job completes, no update is lost, every sample is used and no check of the ledger fails.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
job=${1:-jobs/mnist.yaml}
epochs=${2:-24}
shift $(($# > 2 ? 2 : $#))
out=$(mktemp -d)
port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
pids=()
trap 'kill -9 "${pids[@]}" 2>/dev/null || true; rm -rf "$out"' EXIT

sed "s/^epochs:.*/epochs: $epochs/; s/^silos:.*//" "$job" >"$out/job.yaml"
silo() { # LOG, options of ./grid silo
    local log=$1
    shift
    ./grid silo --runtime orleans --store "$out/store" --no-trace "$@" >"$log" 2>"$log.err" &
    pids+=($!)
}
until_line() { # FILE, pattern
    for _ in $(seq 1 600); do
        ! grep -q "$2" "$1" 2>/dev/null || return 0
        kill -0 "${pids[0]}" 2>/dev/null || break
        sleep 0.2
    done
    echo "no line of $1 has $2:" >&2
    tail -n 5 "$1" "$1.err" >&2
    return 1
}

./grid version --runtime orleans "$@" >&2 # builds
silo "$out/first" "$@" --port "$port" --job "$out/job.yaml" --exit-when-done --json
until_line "$out/first" '"progress"'
silo "$out/second" "$@" --join "$port"
silo "$out/third" "$@" --join "$port"
until_line "$out/first" '"joined"'
until_line "$out/third" 'Ready'
sleep 3 # the new silos take their share
echo 'killing the third process' >&2
kill -9 "${pids[2]}"
wait "${pids[0]}" || echo "the first process ended with $?" >&2

/usr/bin/python3 - "$out/first" <<'PY'
import json, sys

events = [json.loads(line) for line in open(sys.argv[1]) if line.startswith("{")]
last = events[-1]
for event in events:
    if event["event"] == "membership":
        print(f'{event["seconds"]:7.1f} s  {event["kind"]} {event.get("silo", "")}: {event["workersMoved"]} workers, {event["shardsMoved"]} shards')
wanted = {"updatesLost": 0, "updatesPartial": 0, "samplesUnused": 0}
found = {name: last.get(name) for name in wanted}
print(last["event"], found, "alarms", last.get("alarms", []), "recovery", last.get("recoverySecondsMax"), "accuracy", last.get("testAccuracy"))
sys.exit(0 if last["event"] == "completed" and found == wanted and not last.get("alarms") else 1)
PY
