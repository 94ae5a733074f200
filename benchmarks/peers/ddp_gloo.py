#!/usr/bin/python3
"""PyTorch DistributedDataParallel over gloo: processes that average their gradients in every step.

Each process takes whole batches, as each Hogwild process does, so one step of the group covers batch times the processes.
"""

import environment

environment.tune()  # must come before torch is loaded

import os
import tempfile
import time

import torch
import torch.distributed as distributed
import torch.nn.functional as functional
from torch.nn.parallel import DistributedDataParallel

import bench
import training


def ddp_step(network, rate):
    """One step through DDP: backward averages the gradients, the update is in place, gradients are dropped."""
    leaves = list(network.parameters())
    values = [leaf.detach() for leaf in leaves]
    loss_of = functional.cross_entropy

    def step(images, labels):
        loss_of(network(images), labels).backward()
        for leaf, value in zip(leaves, values):
            value.add_(leaf.grad, alpha=-rate)
            leaf.grad = None

    return step


def worker(rank, chosen, model, batches, table, barrier):
    distributed.init_process_group("gloo", init_method=f"file://{chosen.meeting}",
                                   rank=rank, world_size=chosen.processes)
    module = model.module()  # every process has its own
    initial = {name: value.clone() for name, value in module.state_dict().items()}
    step = ddp_step(DistributedDataParallel(module, broadcast_buffers=False, gradient_as_bucket_view=True), chosen.rate)
    bench.warm_up(step, batches)
    module.load_state_dict(initial)

    deadline = time.perf_counter() + chosen.seconds if chosen.seconds else None
    spent = torch.zeros(1)

    def expired():
        if deadline is None:
            return False
        spent[0] = float(time.perf_counter() >= deadline)
        distributed.all_reduce(spent, distributed.ReduceOp.MAX)  # all stop together, or one would wait for ever
        return bool(spent)

    bench.timed(rank, chosen, step, batches, table, barrier, expired)
    if rank == 0:
        model.take(module)
    distributed.destroy_process_group()


if __name__ == "__main__":
    chosen = bench.options(__doc__, processes=2, steps=("autograd",))
    with tempfile.TemporaryDirectory() as folder:
        chosen.meeting = os.path.join(folder, "meeting")
        bench.measure("pytorch-ddp-gloo", chosen, worker)
