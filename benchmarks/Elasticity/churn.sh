#!/usr/bin/env bash
# Runs under churn beside the same runs without, in one session: kills every 30 s, kills every 5 s, and 60 planned leaves with 60 joins.
#   benchmarks/Elasticity/churn.sh [SECONDS] [JOB] [SILOS]     default 300 s of jobs/mnist.yaml on 3 silos; the figures of one machine
# The job's epochs are chosen so that the undisturbed run takes about that long. Kills hit any silo, the coordinator's as well. Each row comes
# from one run of ./grid chaos --compare; a row that breaks a promise makes the script end with 1.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
seconds=${1:-300}
job=${2:-jobs/mnist.yaml}
silos=${3:-3}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

epochs_of() { # how many epochs take that long here and now
    ./grid train "$job" --silos "$silos" --epochs 5 --no-trace --json --out "$out/calibration" |
        /usr/bin/python3 -c '
import json, math, sys
wanted = float(sys.argv[1])
last = json.loads(sys.stdin.readlines()[-1])
print(max(1, math.ceil(5 * wanted / last["trainingSeconds"])))' "$seconds"
}

churn() { # NAME, options of ./grid chaos
    local name=$1
    shift
    echo "$name: ./grid chaos $job --silos $silos --epochs $epochs $* --compare" >&2
    ./grid chaos "$job" --silos "$silos" --epochs "$epochs" --no-trace --json --compare --checkpoint 1 --out "$out/$name" \
        --duration "${seconds}s" --record "$out/$name.yaml" "$@" > "$out/$name.jsonl" || echo "$name ended with $?" >&2
}

epochs=$(epochs_of)
churn kill-30s --events kill --every 30s --restart-after 2s --hit random
churn kill-5s --events kill --every 5s --restart-after 2s --hit random
# One leave and one join each sixtieth of the run.
churn leave-join --events leave --every "$(/usr/bin/python3 -c "print($seconds / 60)")s" --restart-after "$(/usr/bin/python3 -c "print($seconds / 120)")s" --hit random

/usr/bin/python3 - "$out" <<'PY'
import json, os, statistics, sys

head = ["run", "steps", "lost", "partial", "twice", "unused", "speed", "accuracy", "kill to full speed", "leave took", "not clear", "broken"]
print("| " + " | ".join(head) + " |\n|" + " --- |" * len(head))
ended_badly = False
for name in ["kill-30s", "kill-5s", "leave-join"]:
    events = [json.loads(line) for line in open(os.path.join(sys.argv[1], name + ".jsonl"))]
    last, churned = events[-1], next((e for e in events if e["event"] == "churned"), None)
    if last["event"] != "completed" or churned is None:
        print(f"| {name} | {last.get('error', last['event'])} |")
        ended_badly = True
        continue
    leaves = [e for e in events if e["event"] == "chaos" and e["kind"] == "leave" and "skipped" not in e]
    took = statistics.median(e["secondsTaken"] for e in leaves) if leaves else None
    row = [
        name, churned["steps"], last["updatesLost"], last["updatesPartial"], last["samplesRepeated"], last["samplesUnused"],
        f'{100 * churned.get("speedRatio", float("nan")):.1f} %', f'{100 * churned.get("accuracyDifference", float("nan")):+.2f} points',
        f'{churned["killToFullSpeedSecondsMax"]:.1f} s at most' if "killToFullSpeedSecondsMax" in churned else "–",
        f"{took:.2f} s" if took is not None else "–",
        sum(e.get("cleared") is False for e in leaves), "; ".join(churned.get("broken", [])) or "nothing",
    ]
    ended_badly |= bool(churned.get("broken"))
    print("| " + " | ".join(str(cell) for cell in row) + " |")
sys.exit(1 if ended_badly else 0)
PY
