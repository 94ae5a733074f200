"""Writes a small network as a TorchScript file and prints its parameters' names and its answer to a fixed input."""
import json
import sys

import torch


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Tanh())
        self.norm = torch.nn.BatchNorm1d(3)
        self.out = torch.nn.Linear(3, 2)

    def forward(self, x):
        return self.out(self.norm(self.inner(x)))


class Pair(torch.nn.Module):
    def forward(self, x):
        return x + 1, x * 2


torch.manual_seed(5)
network = Network()
x = torch.arange(20, dtype=torch.float32).view(5, 4) / 10
torch.jit.script(network).save(sys.argv[1])
torch.jit.script(Pair()).save(sys.argv[2])
network.train()
loss = network(x).square().sum()
loss.backward()
print(json.dumps({
    "parameters": [name for name, _ in network.named_parameters()],
    "buffers": [name for name, _ in network.named_buffers()],
    "loss": loss.item(),
    "gradient": network.inner[0].weight.grad.flatten().tolist(),
    "mean": network.norm.running_mean.tolist(),
}))
