#!/usr/bin/python3
"""Push and pull by torch.distributed.rpc: one call to another process that subtracts an update and answers with the parameters.

Of a sparse update the answer has the coordinates of the update only.
"""

import environment

environment.tune()  # must come before torch is loaded

import argparse
import json

import torch
import torch.distributed.rpc as rpc

import remote
import timing

_parameters = None  # of the server


def prepare(length):
    global _parameters
    _parameters = torch.zeros(length)


def dense(update):
    _parameters.sub_(update)
    return _parameters


def sparse(indices, values):
    _parameters.index_add_(0, indices, values, alpha=-1)
    return _parameters[indices]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--length", type=int, default=1_000_000)
    parser.add_argument("--fraction", type=float, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    count = max(1, int(chosen.length * chosen.fraction))
    with remote.server(1, prepare, chosen.length) as folder:
        remote.join("client", 0, 2, folder)
        if chosen.fraction < 1:
            indices = torch.arange(count) * chosen.length // count
            arguments, function = (indices, torch.full((count,), 1e-6)), sparse
        else:
            arguments, function = (torch.full((chosen.length,), 1e-6),), dense
        microseconds = timing.median(lambda: rpc.rpc_sync(remote.NAME, function, args=arguments))
        remote.leave()
    print(json.dumps({"system": "pytorch-rpc", "workload": "push-pull", "length": chosen.length, "fraction": chosen.fraction,
                      "microseconds": microseconds, "torch": torch.__version__}))


if __name__ == "__main__":
    main()
