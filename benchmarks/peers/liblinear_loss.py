#!/usr/bin/python3
"""LIBLINEAR's logistic regression (-s 0 -c 1, its default tolerance) on the rows of a file: seconds, and the mean loss that it reaches."""

import argparse
import json
import sys
import time

REMEDY = "Run benchmarks/peers/setup.sh."

try:
    import rows_file

    rows_file.scipy.ctypeslib = rows_file.numpy.ctypeslib  # LIBLINEAR 2.3 looks for it there, where this scipy has it no more
    from liblinearutil import parameter, predict, problem, train
except ImportError as missing:
    sys.exit(f"{missing.name} is not installed. {REMEDY}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", required=True)
    parser.add_argument("--loss", type=float, required=True, help="what everybody is to reach; a higher loss of LIBLINEAR's is an error")
    chosen = parser.parse_args()
    try:
        rows, labels = rows_file.read(chosen.rows)
    except (OSError, ValueError) as trouble:
        sys.exit(str(trouble))
    task, settings = problem(labels * 2.0 - 1, rows), parameter("-s 0 -c 1 -q")
    start = time.perf_counter()
    model = train(task, settings)
    seconds = time.perf_counter() - start
    _, _, values = predict([], rows, model, "-q")
    margins = rows_file.numpy.array(values)[:, 0] * (1 if model.get_labels()[0] == 1 else -1)
    loss = rows_file.mean_loss(margins, labels)
    if loss > chosen.loss:
        sys.exit(f"LIBLINEAR reaches {loss}, not {chosen.loss}: the rows are others than the goal was set on.")
    print(json.dumps({"system": "liblinear", "workload": "sparse-logistic to a loss", "seconds": seconds, "loss": loss, "liblinear": "2.3"}))


if __name__ == "__main__":
    main()
