#!/usr/bin/python3
"""scikit-learn's SGDClassifier on sparse rows: one sample an update, log loss, no penalty, constant rate.

Several processes each have a share of the rows and a model of their own, started together; nothing is exchanged, which is their best case.
"""

import argparse
import json
import multiprocessing
import sys
import time

REMEDY = "Run benchmarks/peers/setup.sh."
RATE = 0.1

try:
    import numpy
    import scipy.sparse
    import sklearn
    from sklearn.linear_model import SGDClassifier
except ImportError as missing:
    sys.exit(f"{missing.name} is not installed. {REMEDY}")

import sparse_rows


def classifier(epochs, rate=RATE):
    return SGDClassifier(loss="log_loss", penalty=None, learning_rate="constant", eta0=rate, max_iter=epochs, tol=None, random_state=1)


def life(rank, processes, rows, labels, epochs, barrier, table):
    mine, targets = rows[rank::processes], labels[rank::processes]
    classifier(1).fit(mine[:100], targets[:100])
    barrier.wait()
    start = time.perf_counter()  # CLOCK_MONOTONIC on Linux: one clock for all processes
    model = classifier(epochs).fit(mine, targets)
    table[2 * rank], table[2 * rank + 1] = start, time.perf_counter()
    if not numpy.isfinite(model.coef_).all():
        sys.exit("Parameters are not finite: the run diverged.")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=20_000)
    parser.add_argument("--features", type=int, default=47_236)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=10)
    chosen = parser.parse_args()
    pointers, indices, values, labels = sparse_rows.make(chosen.samples, chosen.features)
    rows = scipy.sparse.csr_matrix((values, indices, pointers), shape=(chosen.samples, chosen.features))
    context = multiprocessing.get_context("fork")
    barrier, table = context.Barrier(chosen.processes), context.Array("d", 2 * chosen.processes)
    lives = [context.Process(target=life, args=(rank, chosen.processes, rows, labels, chosen.epochs, barrier, table))
             for rank in range(chosen.processes)]
    for one in lives:
        one.start()
    for one in lives:
        one.join()
    if any(one.exitcode for one in lives):
        sys.exit("A process failed; what it said is above.")
    seconds = max(table[1::2]) - min(table[0::2])
    print(json.dumps({"system": "scikit-learn", "workload": "sparse-logistic", "updatesPerSecond": chosen.samples * chosen.epochs / seconds,
                      "processes": chosen.processes, "samples": chosen.samples, "features": chosen.features, "scikitLearn": sklearn.__version__}))


if __name__ == "__main__":
    main()
