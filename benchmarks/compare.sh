#!/usr/bin/env bash
# The grid beside PyTorch on this machine, in one session, in turn. Prints ratios, then medians; every line of JSON goes to LINES.
#   benchmarks/compare.sh [--rounds N] [--lines FILE] [MODEL ...]     N: runs of each, default 5; MODEL: softmax, lenet5, resnet20; default: the first two
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
rounds=5
lines=
models=()
while (($# > 0)); do
    case $1 in
        --rounds) rounds=$2; shift 2 ;;
        --lines) lines=$2; shift 2 ;;
        softmax | lenet5 | resnet20) models+=("$1"); shift ;;
        *) echo "compare: there is no '$1'; use --rounds N, --lines FILE, softmax, lenet5, resnet20." >&2; exit 2 ;;
    esac
done
((${#models[@]} > 0)) || models=(softmax lenet5)
if [[ -z $lines ]]; then
    lines=$(mktemp)
    trap 'rm -f "$lines"' EXIT
fi
: >"$lines"

dotnet build benchmarks/Training -c Release -v q -nologo
training=$(ls artifacts/*/bin/Training/release/OrleansSgd.Training | head -n 1)

# Without variables that steer the BLAS, as the peers. Nothing is preloaded: the grid keeps freed tensors' memory itself.
ours() {
    env $(env | sed -n 's/^\(\(ATEN\|GOMP\|KMP\|MALLOC\|MKL\|OMP\|OPENBLAS\|TCMALLOC\)_[A-Za-z0-9_]*\)=.*/-u \1/p') \
        "$training" "$@" | tee -a "$lines" >&2
}

theirs() { "benchmarks/peers/$1" "${@:2}" 2>/dev/null | tee -a "$lines" >&2; }

softmax() {
    ours softmax --workers 2 --shards 4 --epochs 40
    theirs hogwild.py --model softmax --epochs 40
    theirs hogwild.py --model softmax --epochs 40 --order samples
    theirs ddp_gloo.py --model softmax --epochs 5
}

lenet5() {
    ours lenet5 --workers 2 --shards 2 --epochs 3
    theirs hogwild.py --model lenet5 --epochs 3 --order samples
    theirs ddp_gloo.py --model lenet5 --epochs 2 --order samples
    for threads in 1 2; do
        ours lenet5 --workers 1 --shards 1 --threads "$threads" --epochs 2
        theirs single.py --model lenet5 --threads "$threads" --epochs 2 --order samples
    done
}

# Two fifths of the set and a fifth: a step takes as long whichever samples it is of, but a shorter run would be half start. One epoch: the
# grid evaluates after each, and only what comes after the last is off the clock, as all of it is with the peers.
resnet20() {
    ours resnet20 --workers 2 --shards 2 --epochs 1 --limit 20480
    theirs ddp_gloo.py --model resnet20 --epochs 1 --limit 20480 --order samples
    for threads in 1 2; do
        ours resnet20 --workers 1 --shards 1 --threads "$threads" --epochs 1 --limit 10240
        theirs single.py --model resnet20 --threads "$threads" --epochs 1 --limit 10240 --order samples
    done
}

for ((round = 0; round < rounds; round++)); do
    for model in "${models[@]}"; do
        "$model"
    done
done
if [[ " ${models[*]} " == *" softmax "* ]]; then
    ours push
fi
/usr/bin/python3 benchmarks/peers/ratios.py "$lines"
