#!/usr/bin/python3
"""PyTorch in one process: the base line that the parallel peers are compared with."""

import environment

environment.tune()  # must come before torch is loaded

import bench
import training


def worker(rank, chosen, model, batches, table, barrier):
    initial = [value.clone() for value in model.state]
    step = training.STEPS[chosen.step](model, chosen.rate)
    bench.warm_up(step, batches)
    for value, first in zip(model.state, initial):
        value.copy_(first)
    bench.timed(rank, chosen, step, batches, table, barrier)


if __name__ == "__main__":
    bench.measure("pytorch-single", bench.options(__doc__, processes=1), worker)
