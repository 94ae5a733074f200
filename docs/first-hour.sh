#!/usr/bin/env bash
# Lives through a newcomer's first hour in a fresh clone and writes down what happened, with times: docs/first-hour.md.
#
#   docs/first-hour.sh [--here] [FILE]     --here: in this checkout instead of a clone of it; FILE: default docs/first-hour.md
#
# Ends with 1 when a step does not end as it should; what was written until then is kept. Ports: GRID_GATEWAY_PORT and GRID_HTTP, else the usual ones.
# Needs bash, git, curl, chromium, and what ./grid needs. The times are those of the machine it ran on.
set -euo pipefail

root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
is_here=false
if [ "${1:-}" = --here ]; then
    is_here=true
    shift
fi
transcript=$(realpath -m "${1:-$root/docs/first-hour.md}")
http=${GRID_HTTP:-127.0.0.1:8265}
work=$(mktemp -d)
silo=
failed=0

# Only what this script started is ended.
finish() {
    if [ -n "$silo" ]; then
        kill -9 "$silo" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT

say() { printf '%s\n' "$*" >>"$transcript"; }

# step WANTED COMMAND: runs a line as a reader would type it, and writes down the line, what it printed and how long it took.
step() {
    local wanted=$1 command=$2 begun ended code=0
    printf 'first-hour: %s\n' "$command" >&2
    begun=$(date +%s%N)
    bash -c "$command" >"$work/out" 2>&1 </dev/null || code=$?
    ended=$(date +%s%N)
    {
        printf '```sh\n%s\n```\n\n```text\n' "$command"
        sed -e "s|$work|…|g" -e "s|$root|…|g" "$work/out" | shorten
        printf '```\n\n*%s s, exit code %d.*\n\n' "$(awk -v a="$begun" -v b="$ended" 'BEGIN { printf "%.1f", (b - a) / 1e9 }')" "$code"
    } >>"$transcript"
    if [ "$code" -ne "$wanted" ]; then
        printf 'first-hour: that ended with %d, expected %d\n' "$code" "$wanted" >&2
        sed 's/^/    /' "$work/out" | tail -n 20 >&2
        failed=1
    fi
}

# A reader wants to see how it begins and how it ends.
shorten() {
    awk '{ line[NR] = $0 }
        END { for (i = 1; i <= NR; i++) if (NR <= 24 || i <= 10 || i > NR - 12) print line[i]; else if (i == 11) print "…" }'
}

# start LOG: the first terminal.
start() {
    ./grid silo --store runs/store --checkpoint 2 >"$1" 2>&1 </dev/null &
    silo=$!
    for _ in $(seq 1 240); do
        if curl -fs "http://$http/health/ready" >/dev/null 2>&1; then
            return
        fi
        kill -0 "$silo" 2>/dev/null || break
        sleep 0.5
    done
    printf 'first-hour: the silo is not ready; it said:\n' >&2
    cat "$1" >&2
    exit 1
}

: >"$transcript"
say '# The first hour'
say ''
say 'What a newcomer sees, from a fresh clone to an exported model. Every line below was run, in this order, by `docs/first-hour.sh`, which wrote this page; paths are'
say "shortened, and so is what is long. The machine: $(nproc) processors, $(date -u +%Y-%m-%d)."
say ''
say '## Clone and build'
say ''
cd "$work"
if $is_here; then
    mkdir here
    ln -s "$root/grid" here/grid
    cd here
else
    export CHECKOUT=$root
    step 0 'git clone --quiet "$CHECKOUT" grid'
    cd grid
fi
step 0 './grid version'

cat >first.yaml <<'JOB'
name: first
data:
  kind: synthetic
  shape: gaussian-mixture
  sampleCount: 40000
  testSampleCount: 4000
  featureCount: 64
  separation: 3
model:
  kind: mlp
  hidden: [128]
workers: 4
shards: 4
batch: 32
epochs: 200
rate: { kind: cosine, rate: 0.01, rateMin: 0.001 }
JOB
say '## A job'
say ''
say '`first.yaml` makes its own samples, so nothing is fetched:'
say ''
say '```yaml'
cat first.yaml >>"$transcript"
say '```'
say ''
say '## A grid in one terminal'
say ''
say '```sh'
say './grid silo --store runs/store --checkpoint 2'
say '```'
say ''
start "$work/silo-1.log"
step 0 "curl -s http://$http/health/ready"
step 0 './grid doctor'
say '## Submit and watch in another'
say ''
step 0 './grid submit first.yaml'
step 0 './grid list'
say 'Ctrl-C ends the watching, not the job; here after eight seconds:'
say ''
step 130 'timeout --preserve-status --foreground --signal INT 8 ./grid watch first-1'
say "The page of the grid is at http://$http/ in a browser of this machine; this one draws it into a file:"
say ''
export PAGE=http://$http/
step 0 'chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --timeout=8000 --window-size=1280,900 --screenshot=page.png "$PAGE" >page.log 2>&1; test -s page.png && ls page.png'
say '## Scale while it trains'
say ''
step 0 './grid scale grid 4'
step 0 './grid show first-1'
step 0 './grid scale grid 1'
say '## Pause and go on'
say ''
step 0 './grid pause first-1'
step 0 './grid list'
step 0 './grid resume first-1'
say '## Kill it'
say ''
say 'The process of the first terminal dies with `kill -9`. Nobody answers then:'
say ''
kill -9 "$silo"
wait "$silo" 2>/dev/null || true
silo=
step 3 './grid list'
say 'Started again on the same store, it goes on from the newest checkpoint:'
say ''
say '```sh'
say './grid silo --store runs/store --checkpoint 2'
say '```'
say ''
start "$work/silo-2.log"
step 0 './grid watch first-1'
say '## Take the model away'
say ''
step 0 './grid export first-1 --out first.safetensors'
step 0 'ls -l first.safetensors runs/*/report.html'
step 0 './grid certify "$(ls -t runs/*/trace.jsonl | head -n 1)"'
say '## Stop'
say ''
say 'SIGTERM, or Ctrl-C in the first terminal, lets the silo hand over and end:'
say ''
code=0
kill -TERM "$silo"
wait "$silo" || code=$?
silo=
say "It ended with code $code."
[ "$code" -eq 0 ] || failed=1
exit "$failed"
