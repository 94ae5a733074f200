#!/usr/bin/env bash
# Runs under churn beside the same runs without, in one session: kills every 30 s, kills every 5 s, and 60 planned leaves with 60 joins.
#   benchmarks/Elasticity/churn.sh [SECONDS] [JOB] [SILOS] [ROW]     default 300 s of jobs/mnist.yaml on 3 silos, every row; the figures of one machine
# The job's epochs are chosen so that the undisturbed run takes about that long. Kills hit any silo, the coordinator's as well. Each row comes
# from one run of ./grid chaos --compare; a row that breaks a promise makes the script end with 1.
# Speed is that of the whole run over that of the undisturbed one minutes later, whatever else the machine did. What a kill costs by itself is seen
# inside the run: seconds of work missing from half a second before it to 4 s after, measured by the median speed of the seconds around.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
seconds=${1:-300}
job=${2:-jobs/mnist.yaml}
silos=${3:-3}
only=${4:-}
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
    [[ -z $only || $only == "$name" ]] || return 0
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


def lost_by_kills(events):
    """Seconds of work that each kill took; kills too near each other to see the speed around them are left out."""
    progress = [e for e in events[:events.index(next(e for e in events if e["event"] == "churned"))] if e["event"] == "progress"]
    turns = [(a["seconds"], b["seconds"], b["tickets"] - a["tickets"]) for a, b in zip(progress, progress[1:]) if b["seconds"] > a["seconds"]]
    kills = [e["seconds"] for e in events if e["event"] == "chaos" and e["kind"] == "kill" and "skipped" not in e]
    lost = []
    for kill in kills:
        around = [n / (b - a) for a, b, n in turns if kill - 3 <= a and b <= kill - 0.5 or kill + 4 <= a and b <= kill + 6.5]
        if len(around) >= 10 and not any(0 < abs(other - kill) < 10 for other in kills):
            speed = statistics.median(around)
            lost.append(sum(b - a - n / speed for a, b, n in turns if kill - 0.5 <= a and b <= kill + 4))
    return lost


def full_speed(churned):
    """Seconds from a kill to full speed, and what a run without kills took from the same moments: the machine's own ups and downs."""
    if "killToFullSpeedSecondsMax" not in churned:
        return "–"
    most, calm = churned["killToFullSpeedSecondsMax"], churned.get("undisturbedToFullSpeedSecondsMax", float("nan"))
    return f'{churned["killToFullSpeedSecondsMedian"]:.2f} s in the median, {most:.1f} at most (undisturbed {calm:.1f})'


head = ["run", "steps", "lost", "partial", "twice", "unused", "speed", "accuracy", "kill to full speed", "work lost by a kill", "leave took", "not clear", "broken"]
print("| " + " | ".join(head) + " |\n|" + " --- |" * len(head))
ended_badly = False
for name in ["kill-30s", "kill-5s", "leave-join"]:
    if not os.path.exists(os.path.join(sys.argv[1], name + ".jsonl")):
        continue
    events = [json.loads(line) for line in open(os.path.join(sys.argv[1], name + ".jsonl"))]
    last, churned = events[-1], next((e for e in events if e["event"] == "churned"), None)
    if last["event"] != "completed" or churned is None:
        print(f"| {name} | {last.get('error', last['event'])} |")
        ended_badly = True
        continue
    leaves = [e for e in events if e["event"] == "chaos" and e["kind"] == "leave" and "skipped" not in e]
    lost = lost_by_kills(events)
    took = statistics.median(e["secondsTaken"] for e in leaves) if leaves else None
    row = [
        name, churned["steps"], last["updatesLost"], last["updatesPartial"], last["samplesRepeated"], last["samplesUnused"],
        f'{100 * churned.get("speedRatio", float("nan")):.1f} %', f'{100 * churned.get("accuracyDifference", float("nan")):+.2f} points',
        full_speed(churned),
        f"{statistics.mean(lost):.2f} s ± {statistics.stdev(lost) / len(lost) ** 0.5:.2f}, {len(lost)} kills" if len(lost) > 1 else "–",
        f"{took:.2f} s" if took is not None else "–",
        sum(e.get("cleared") is False for e in leaves), "; ".join(churned.get("broken", [])) or "nothing",
    ]
    ended_badly |= bool(churned.get("broken"))
    print("| " + " | ".join(str(cell) for cell in row) + " |")
sys.exit(1 if ended_badly else 0)
PY
