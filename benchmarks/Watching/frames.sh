#!/usr/bin/env bash
# How smooth the pages are while they follow a run of 10 000 steps by 64 workers, in a headless Chromium that draws without a graphics card: frames
# per second over the whole run and in its slowest second, script heap, growth of the page's process. The scripted run is some hundred times as fast as a
# real one. The figures are those of one machine; the tests hold the memory against its bounds, and nobody holds times against any.
#   benchmarks/Watching/frames.sh [TIMES]     default 1; builds first
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
figures=artifacts/screenshots/long-run.txt
rm -f "$figures"
dotnet build tests/Dashboard.Tests -c Release -v q --nologo >&2
echo "load of the machine before: $(cat /proc/loadavg)"
for ((time = 0; time < ${1:-1}; time++)); do
    dotnet test tests/Dashboard.Tests -c Release --no-build --nologo --filter FullyQualifiedName~LongRunTests >&2
done
cat "$figures"
echo "load of the machine after: $(cat /proc/loadavg)"
