#!/usr/bin/python3
"""PyTorch Hogwild on sparse rows: processes that update one weight vector in shared memory, without locks.

A step takes 64 rows at once, for PyTorch's cost is by the call: their margins from one gather, their gradients in one scatter.
Every row counts as an update, as if they had been made one by one: the gradients are added up, not averaged.
"""

import environment

environment.tune()  # must come before torch is loaded

import argparse
import json
import sys
import time

import torch
import torch.multiprocessing as multiprocessing

import sparse_rows

BATCH = 64
RATE = 0.1


def batches(pointers, indices, values, labels, rank, processes):
    """One worker's share as [(features, values, row of each entry, labels)]: every processes-th batch, whole ones only."""
    made = []
    for first in range(rank * BATCH, len(labels) - BATCH + 1, processes * BATCH):
        start, end = pointers[first], pointers[first + BATCH]
        lengths = torch.from_numpy((pointers[first + 1:first + BATCH + 1] - pointers[first:first + BATCH]).astype("int64"))
        made.append((torch.from_numpy(indices[start:end].astype("int64")), torch.from_numpy(values[start:end]).float(),
                     torch.repeat_interleave(torch.arange(BATCH), lengths), torch.from_numpy(labels[first:first + BATCH]).float()))
    return made


def train(weights, mine, epochs, order):
    """Passes over the batches, in another order each time; the number of rows."""
    count = 0
    for _ in range(epochs):
        for index in torch.randperm(len(mine), generator=order).tolist():
            features, values, rows, labels = mine[index]
            margins = torch.zeros(BATCH).index_add_(0, rows, weights[features] * values)
            errors = margins.sigmoid_().sub_(labels)
            weights.index_add_(0, features, errors[rows].mul_(values), alpha=-RATE)
            count += BATCH
    return count


def life(rank, weights, shares, epochs, barrier, table):
    torch.set_num_threads(1)
    order = torch.Generator().manual_seed(rank)
    train(weights, shares[rank][:20], 1, order)
    barrier.wait()
    start = time.perf_counter()  # CLOCK_MONOTONIC on Linux: one clock for all processes
    count = train(weights, shares[rank], epochs, order)
    table[rank] = torch.tensor([start, time.perf_counter(), count], dtype=torch.double)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=20_000)
    parser.add_argument("--features", type=int, default=47_236)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=10)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    rows = sparse_rows.make(chosen.samples, chosen.features)
    shares = [batches(*rows, rank, chosen.processes) for rank in range(chosen.processes)]
    weights = torch.zeros(chosen.features).share_memory_()
    table = torch.zeros(chosen.processes, 3, dtype=torch.double).share_memory_()
    barrier = multiprocessing.get_context("fork").Barrier(chosen.processes)
    multiprocessing.start_processes(life, (weights, shares, chosen.epochs, barrier, table), nprocs=chosen.processes, start_method="fork")
    if not bool(weights.isfinite().all()):
        sys.exit("Parameters are not finite: the run diverged.")
    seconds = float(table[:, 1].max() - table[:, 0].min())
    print(json.dumps({"system": "pytorch-hogwild", "workload": "sparse-logistic", "updatesPerSecond": float(table[:, 2].sum()) / seconds,
                      "processes": chosen.processes, "samples": chosen.samples, "features": chosen.features, "torch": torch.__version__}))


if __name__ == "__main__":
    main()
