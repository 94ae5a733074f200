#!/usr/bin/python3
"""How long a peer must train to have a share of the test set right: to_accuracy.py ACCURACY SCRIPT OPTIONS...

Runs the script for 1, 2, 3, ... epochs, each from the start; the first run that reaches the share is the answer, and its seconds are
samples over speed. So no test is ever on the clock.
"""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SAMPLES = 60_000
MOST = 10


def first(accuracy, run, most=MOST):
    """(epochs, line) of the first run(epochs) whose testAccuracy is high enough; (None, None) when none is."""
    for epochs in range(1, most + 1):
        line = run(epochs)
        if line["testAccuracy"] >= accuracy:
            return epochs, line
    return None, None


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    accuracy, script, options = float(sys.argv[1]), sys.argv[2], sys.argv[3:]

    def run(epochs):
        command = [sys.executable, str(HERE / script), *options, "--epochs", str(epochs)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{script} ended with {done.returncode}.")
        return json.loads(done.stdout)

    epochs, line = first(accuracy, run)
    if epochs is None:
        sys.exit(f"{script} does not reach {accuracy} in {MOST} epochs.")
    print(json.dumps({**line, "epochs": epochs, "seconds": epochs * SAMPLES / line["samplesPerSecond"]}))


if __name__ == "__main__":
    main()
