#!/usr/bin/python3
"""PyTorch Hogwild: processes that update the same parameters in shared memory, without locks and without waiting."""

import environment

environment.tune()  # must come before torch is loaded

import bench
import training

WITHOUT = ["resnet20"]  # its batch normalisation keeps counts that no two processes may change at once


def worker(rank, chosen, model, batches, table, barrier):
    initial = [value.clone() for value in model.state]
    barrier.wait()  # everybody has the initial values before anybody changes them
    step = training.STEPS[chosen.step](model, chosen.rate)
    bench.warm_up(step, batches)
    barrier.wait()  # nobody is still warming up when the values are put back
    if rank == 0:
        for value, first in zip(model.state, initial):
            value.copy_(first)
    bench.timed(rank, chosen, step, batches, table, barrier)


if __name__ == "__main__":
    bench.measure("pytorch-hogwild", bench.options(__doc__, processes=2, without=WITHOUT), worker)
