#!/usr/bin/python3
"""A parameter server over torch.distributed.rpc: workers compute gradients, one more process has the parameters.

A step is one call: it carries the gradient as one flat vector, and its answer the parameters. Nobody waits for anybody else, and updates are not
locked against each other, as with Hogwild.
"""

import environment

environment.tune()  # must come before torch is loaded

import torch
import torch.distributed.rpc as rpc
import torch.nn.functional as functional

import bench
import remote
import training

WITHOUT = ["resnet20"]  # the server has no statistics of batch normalisation

_parameters = None  # of the server: flat, [d]
_first = None
_rate = None


def prepare(chosen):
    global _parameters, _first, _rate
    model = training.new_model(chosen.model, bench.SEED, chosen.layout)
    _first = torch.cat([value.detach().reshape(-1) for value in model.parameters])
    _parameters, _rate = _first.clone(), chosen.rate


def push_and_pull(gradient):
    _parameters.add_(gradient, alpha=-_rate)
    return _parameters


def begin_again():
    _parameters.copy_(_first)
    return _parameters


def rpc_step(module):
    leaves = list(module.parameters())
    values = [leaf.detach() for leaf in leaves]  # the same memory
    sizes = [value.numel() for value in values]
    gradient_of, loss_of = torch.autograd.grad, functional.cross_entropy

    def take(parameters):
        for value, part in zip(values, parameters.split(sizes)):
            value.copy_(part.view(value.shape))

    def step(images, labels):
        gradients = gradient_of(loss_of(module(images), labels), leaves)
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
        take(rpc.rpc_sync(remote.NAME, push_and_pull, args=(flat,)))

    return step, take


def worker(rank, chosen, model, batches, table, barrier):
    remote.join(f"worker{rank}", rank, chosen.processes + 1, chosen.meeting)
    module = model.module()
    step, take = rpc_step(module)
    bench.warm_up(step, batches)
    barrier.wait()  # nobody is still warming up when the values are put back
    if rank == 0:
        rpc.rpc_sync(remote.NAME, begin_again)
    barrier.wait()
    take(rpc.rpc_sync(remote.NAME, push_and_pull, args=(torch.zeros(sum(leaf.numel() for leaf in module.parameters())),)))
    bench.timed(rank, chosen, step, batches, table, barrier)
    barrier.wait()  # the last update of everybody is in
    if rank == 0:
        take(rpc.rpc_sync(remote.NAME, push_and_pull, args=(torch.zeros(sum(leaf.numel() for leaf in module.parameters())),)))
        model.take(module)
    remote.leave()


if __name__ == "__main__":
    chosen = bench.options(__doc__, processes=2, steps=("autograd",), without=WITHOUT)
    with remote.server(chosen.processes, prepare, chosen) as chosen.meeting:
        bench.measure("pytorch-rpc-server", chosen, worker)
