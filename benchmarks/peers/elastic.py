#!/usr/bin/python3
"""torchrun elastic: two workers train by DDP over gloo with a checkpoint every 50 steps, and one of them is killed with -9.

torchrun then starts both again, from the checkpoint. Measured: the longest time without a step after the kill, and the steps that are made again.
With --tuned torchrun looks after its workers every 0.05 s instead of every 5 s.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REMEDY = "Run benchmarks/peers/setup.sh."
STEPS_BEFORE = 230  # the kill comes after so many steps, between two checkpoints
STEPS_AFTER = 400  # and the run is followed for so many more than it had
PATIENCE = 120  # seconds; this only keeps a defect from hanging the session


def torchrun(folder, tuned):
    """Starts the run; whatever torchrun says goes to a file in the folder."""
    settings = {**os.environ, "GLOO_SOCKET_IFNAME": "lo", "ELASTIC_FOLDER": folder}
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nnodes=1", "--nproc_per_node=2", "--max_restarts=3"]
    # No output goes elsewhere, which is torchrun's default; but torch 1.13 on Python 3.11 reads its own default as nothing at all and fails. A rank that
    # does not exist says the same.
    command += ["--redirects=9:1", "--tee=9:1"]
    if tuned:
        command.append("--monitor_interval=0.05")
    with open(os.path.join(folder, "torchrun.log"), "wb") as log:
        return subprocess.Popen([*command, str(HERE / "elastic_worker.py")], env=settings, stdout=log, stderr=log, start_new_session=True)


def steps(folder):
    """[(step, seconds)] in the order in which rank 0 made them, over all lives."""
    path = Path(folder) / "steps"
    lines = path.read_text(encoding="ascii").split("\n")[:-1] if path.exists() else []
    return [(int(step), float(at)) for step, at in (line.split() for line in lines)]


def wait_for(folder, run, step):
    """Waits until some life has made the step."""
    end = time.monotonic() + PATIENCE
    while not any(made >= step for made, _ in steps(folder)):
        if run.poll() is not None or time.monotonic() > end:
            said = (Path(folder) / "torchrun.log").read_text(encoding="utf-8", errors="replace").strip().split("\n")
            sys.exit(f"torchrun did not reach step {step}: {said[-1]} {REMEDY}")
        time.sleep(0.02)


def measure(made, killed):
    """(longest seconds between two steps after `killed`, steps made again) of [(step, seconds)]."""
    after = [at for _, at in made if at > killed]
    gaps = [later - earlier for earlier, later in zip([max([at for _, at in made if at <= killed], default=killed), *after], after)]
    return max(gaps), len(made) - len({step for step, _ in made})


def end(run):
    """Ends torchrun, which then ends its workers; by force when it does not."""
    run.terminate()
    try:
        run.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tuned", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = torchrun(folder, chosen.tuned)
        try:
            wait_for(folder, run, STEPS_BEFORE)
            killed = time.perf_counter()  # CLOCK_MONOTONIC on Linux: one clock for all processes
            os.kill(int((Path(folder) / "pid-1").read_text(encoding="ascii")), signal.SIGKILL)
            wait_for(folder, run, STEPS_BEFORE + STEPS_AFTER)
            seconds, again = measure(steps(folder), killed)
        finally:
            end(run)
        versions = json.loads((Path(folder) / "versions").read_text(encoding="ascii"))
    print(json.dumps({"system": "torchrun-elastic" + ("-tuned" if chosen.tuned else ""), "workload": "mlp, a worker of two killed",
                      "secondsWithoutProgress": seconds, "stepsRedone": again, **versions}))


if __name__ == "__main__":
    main()
