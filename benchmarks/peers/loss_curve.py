#!/usr/bin/python3
"""Makes the steps of a recorded run of the grid again, with PyTorch, and compares the losses.

Takes the folder that 'training record' writes: the same first values, the same samples in every batch, the same rates.
Now and then the grid computes a batch as two halves, to measure the noise; so does this, at the same steps, since batch
normalisation normalises each half by itself. Prints one line of JSON; ends with 1 when some loss is further off than
--difference.
"""

import environment

environment.tune()  # must come before torch is loaded

import argparse
import json
import sys
from pathlib import Path

import numpy
import torch
import torch.nn.functional as functional

import ledger
import networks
import training

DATA = Path(__file__).resolve().parents[2] / "data"


def started(folder):
    """(what start.json says, the network with the grid's first values)."""
    start = json.loads((folder / "start.json").read_text(encoding="utf-8"))
    values = torch.from_numpy(numpy.fromfile(folder / "start.f32", "<f4"))
    network = networks.NETWORKS[start["model"]]()
    parameters = dict(network.named_parameters())
    names = [tensor["name"] for tensor in start["tensors"]]
    if names != list(parameters):
        raise ValueError(f"The grid's tensors are {', '.join(names)}; PyTorch's are {', '.join(parameters)}.")
    at = 0
    with torch.no_grad():
        for tensor in start["tensors"]:
            parameter = parameters[tensor["name"]]
            if list(parameter.shape) != tensor["shape"]:
                raise ValueError(f"{tensor['name']} is {tensor['shape']} in the grid and {list(parameter.shape)} in PyTorch.")
            parameter.copy_(values[at:at + parameter.numel()].view_as(parameter))
            at += parameter.numel()
    if at != len(values):
        raise ValueError(f"start.f32 has {len(values)} values, but its tensors have {at}.")
    return start, network


def losses(network, images, labels, rows, steps):
    """The mean loss of every step, of a network that is changed.

    Every operation rounds as the grid's does: deep networks are chaotic, and a difference in the last bit of a weight is
    one of a tenth of the loss some ten steps later.
    """
    network.train()
    parameters = list(network.parameters())
    found = []
    for row, batch in zip(steps, rows):
        half = len(batch) // 2  # the larger half is the second
        parts = [batch[:half], batch[half:]] if row.halved else [batch]
        total, gradients = 0.0, []
        for part in parts:
            loss = functional.cross_entropy(network(images[part].contiguous(memory_format=torch.channels_last)), labels[part])
            gradients.append(torch.autograd.grad(loss, parameters))
            total += loss.item() * len(part)
        weight = len(parts[-1]) / len(batch)
        with torch.no_grad():
            for index, parameter in enumerate(parameters):
                gradient = gradients[0][index]
                if row.halved:
                    gradient = gradient + (gradients[1][index] - gradient) * weight
                parameter.sub_(gradient * row.rate)
        found.append(total / len(batch))
    return found


def compare(folder, data):
    """The result as one object."""
    start, network = started(folder)
    steps = ledger.read(folder / "trace.jsonl")
    rows = torch.from_numpy(numpy.fromfile(folder / "rows.i32", "<i4")).long().view(-1, start["batch"])
    if [row.ticket for row in steps] != list(range(len(rows))):
        raise ValueError(f"The trace has {len(steps)} tickets, but there are {len(rows)} batches.")
    workload = training.WORKLOADS[start["model"]]
    (images, labels), _ = workload.read(data or DATA / workload.data)
    if images.dim() == 2:
        images = images.view(-1, 1, 28, 28)
    ours = [row.loss_sum / row.sample_count for row in steps]
    theirs = losses(network, images, labels, rows, steps)
    differences = [abs(a - b) / abs(b) for a, b in zip(ours, theirs)]
    return {
        "model": start["model"],
        "steps": len(steps),
        "differenceMax": max(differences),
        "differenceMean": sum(differences) / len(differences),
        "lossFirst": [ours[0], theirs[0]],
        "lossLast": [ours[-1], theirs[-1]],
        "torch": torch.__version__,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="what 'training record' wrote")
    parser.add_argument("--data", type=Path, help="folder of the files of MNIST or CIFAR-10 (default data/mnist or data/cifar10)")
    parser.add_argument("--difference", type=float, default=1e-3, help="largest relative difference of a loss (default 0.001)")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    try:
        result = compare(chosen.folder, chosen.data)
    except (OSError, ValueError) as trouble:
        sys.exit(f"loss_curve: {trouble}")
    print(json.dumps(result))
    if not result["differenceMax"] <= chosen.difference:
        sys.exit(f"loss_curve: the losses differ by {result['differenceMax']:.2g}, which is more than {chosen.difference:g}.")


if __name__ == "__main__":
    main()
