#!/usr/bin/env bash
# The grid beside PyTorch on this machine, in one session, A B A B. Prints every line of JSON, then medians and ratios.
#   benchmarks/compare.sh [ROUNDS]     ROUNDS: runs of each, default 5
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
rounds=${1:-5}
dotnet build benchmarks/Training -c Release -v q -nologo
training=$(ls artifacts/*/bin/Training/release/OrleansSgd.Training | head -n 1)
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
for ((round = 0; round < rounds; round++)); do
    "$training" softmax --workers 2 --shards 4 --epochs 40 | tee -a "$lines"
    benchmarks/peers/hogwild.py --model softmax --epochs 40 2>/dev/null | tee -a "$lines"
    benchmarks/peers/hogwild.py --model softmax --epochs 40 --order samples 2>/dev/null | tee -a "$lines"
    benchmarks/peers/ddp_gloo.py --model softmax --epochs 5 2>/dev/null | tee -a "$lines"
done
"$training" push | tee -a "$lines"
/usr/bin/python3 - "$lines" <<'PY'
import json, statistics, sys
runs = {}
for line in open(sys.argv[1]):
    record = json.loads(line)
    if "samplesPerSecond" in record:
        order = " (samples drawn anew each epoch, as the grid does)" if "resampled" in record["workload"] else ""
        runs.setdefault(record["system"] + order, []).append(record["samplesPerSecond"])
    else:
        print(f"push of {record['length']} floats: {record['pushToMemcpy']:.2f} x memcpy; "
              f"with the pull in its answer {record['pushAndPullToMemcpy']:.2f} x")
ours = statistics.median(runs["orleans-sgd"])
for system, rates in runs.items():
    print(f"{system}: median {statistics.median(rates):,.0f} samples/s "
          f"({min(rates):,.0f} to {max(rates):,.0f}); grid / {system} = {ours / statistics.median(rates):.2f}")
PY
