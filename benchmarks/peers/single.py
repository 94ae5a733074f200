#!/usr/bin/python3
"""PyTorch in one process: the base line that the parallel peers are compared with."""

import environment

environment.tune()  # must come before torch is loaded

import bench
import training


def worker(rank, chosen, parameters, batches, table, barrier):
    initial = [parameter.clone() for parameter in parameters]
    step = training.STEPS[chosen.step](parameters, chosen.rate)
    bench.warm_up(step, batches)
    for parameter, value in zip(parameters, initial):
        parameter.copy_(value)
    bench.timed(rank, chosen, step, batches, table, barrier)


if __name__ == "__main__":
    bench.measure("pytorch-single", bench.options(__doc__, processes=1), worker)
