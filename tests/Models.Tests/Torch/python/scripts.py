"""TorchScript files that tests train, or must refuse. Images are [n, 1, 12, 12], classes 4."""

import torch
from torch import nn

import networks


def _small(momentum=0.1):
    torch.manual_seed(3)
    return nn.Sequential(
        nn.Conv2d(1, 5, 3, stride=2), nn.BatchNorm2d(5, momentum=momentum), nn.ReLU(), nn.Flatten(), nn.Linear(125, 4))


def _plain(outputs=4):
    torch.manual_seed(4)
    return nn.Sequential(nn.Flatten(), nn.Linear(144, 9), nn.Tanh(), nn.Linear(9, outputs))


def _frozen():
    network = _plain()
    network[1].weight.requires_grad_(False)
    return network


def _lenet():
    torch.manual_seed(5)
    return networks.LeNet5()


class Pair(nn.Module):
    """Makes two tensors, of which no loss is known."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(144, 4)

    def forward(self, images):
        scores = self.layer(images.flatten(1))
        return scores, scores


MODULES = {
    "plain": _plain,
    "one output": lambda: _plain(1),
    "frozen layer": _frozen,
    "batch norm": _small,
    "batch norm, cumulative": lambda: _small(None),
    "no parameters": nn.Flatten,
    "double": lambda: _plain().double(),
    "pair": Pair,
    "lenet5": _lenet,
}


def save(name, path):
    if name == "batch norm, traced":
        # Traced while it evaluates, so the statistics are constants of the trace.
        module = torch.jit.trace(_small().eval(), torch.zeros(2, 1, 12, 12))
    else:
        module = torch.jit.script(MODULES[name]())
    module.save(path)
