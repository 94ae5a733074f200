#!/usr/bin/python3
"""How long a peer must train to have a share of the test set right: to_accuracy.py ACCURACY SCRIPT OPTIONS...

Runs the script over the first N samples, N growing, each from the start; the first run that reaches the share is the answer, and its seconds are
samples over speed. So no test is ever on the clock.
"""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
STEP = 5000
MOST = 60_000


def first(accuracy, run, step=STEP, most=MOST):
    """(samples, line) of the first run(samples) whose testAccuracy is high enough; (None, None) when none is."""
    for samples in range(2 * step, most + 1, step):
        line = run(samples)
        if line["testAccuracy"] >= accuracy:
            return samples, line
    return None, None


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    accuracy, script, options = float(sys.argv[1]), sys.argv[2], sys.argv[3:]

    def run(samples):
        command = [sys.executable, str(HERE / script), *options, "--epochs", "1", "--limit", str(samples)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{script} ended with {done.returncode}.")
        return json.loads(done.stdout)

    samples, line = first(accuracy, run)
    if samples is None:
        sys.exit(f"{script} does not reach {accuracy} in {MOST} samples.")
    print(json.dumps({**line, "samples": samples, "seconds": samples / line["samplesPerSecond"]}))


if __name__ == "__main__":
    main()
