#!/usr/bin/python3
"""PyTorch Hogwild: processes that update the same parameters in shared memory, without locks and without waiting."""

import environment

environment.tune()  # must come before torch is loaded

import bench
import training


def worker(rank, chosen, parameters, batches, table, barrier):
    initial = [parameter.clone() for parameter in parameters]
    barrier.wait()  # everybody has the initial values before anybody changes them
    step = training.STEPS[chosen.step](parameters, chosen.rate)
    bench.warm_up(step, batches)
    barrier.wait()  # nobody is still warming up when the values are put back
    if rank == 0:
        for parameter, value in zip(parameters, initial):
            parameter.copy_(value)
    bench.timed(rank, chosen, step, batches, table, barrier)


if __name__ == "__main__":
    bench.measure("pytorch-hogwild", bench.options(__doc__, processes=2), worker)
