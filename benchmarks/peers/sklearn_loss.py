#!/usr/bin/python3
"""scikit-learn's SGDClassifier on the rows of a file until the mean loss is what is asked: runs of 1, 2, 3, ... epochs, each from the start."""

import argparse
import json
import sys
import time

REMEDY = "Run benchmarks/peers/setup.sh."
EPOCHS_MAX = 20

try:
    import sklearn
    import rows_file
    import sklearn_sgd
except ImportError as missing:
    sys.exit(f"{missing.name} is not installed. {REMEDY}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", required=True)
    parser.add_argument("--loss", type=float, required=True)
    parser.add_argument("--rate", type=float, default=1)
    chosen = parser.parse_args()
    try:
        rows, labels = rows_file.read(chosen.rows)
    except (OSError, ValueError) as trouble:
        sys.exit(str(trouble))
    sklearn_sgd.classifier(1, chosen.rate).fit(rows[:100], labels[:100])
    for epochs in range(1, EPOCHS_MAX + 1):
        start = time.perf_counter()
        model = sklearn_sgd.classifier(epochs, chosen.rate).fit(rows, labels)
        seconds = time.perf_counter() - start
        loss = rows_file.mean_loss(model.decision_function(rows), labels)
        if loss <= chosen.loss:
            print(json.dumps({"system": "scikit-learn", "workload": "sparse-logistic to a loss", "seconds": seconds, "loss": loss, "epochs": epochs,
                              "scikitLearn": sklearn.__version__}))
            return
    sys.exit(f"The loss is {loss} after {EPOCHS_MAX} epochs; {chosen.loss} was to be reached.")


if __name__ == "__main__":
    main()
