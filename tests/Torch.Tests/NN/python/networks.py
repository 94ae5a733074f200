"""What PyTorch says about whole modules: names, states, statistics and starts as JSON. ModuleTests.cs has the same modules."""
import json
import torch
from torch import nn

from layers_values import values


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(4, 4, 3, padding=1, groups=2)
        self.bn1 = nn.BatchNorm2d(4)

    def forward(self, x):
        return torch.relu(self.bn1(self.conv1(x)) + x)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 4, (3, 5), stride=(2, 1), padding=(1, 2), bias=False)
        self.bn1 = nn.BatchNorm2d(4, momentum=0.25)
        self.pool = nn.MaxPool2d(2)
        self.layer1 = nn.Sequential(Block(), nn.ReLU(), Block())
        self.blocks = nn.ModuleList([nn.Identity(), nn.Conv2d(4, 3, 1)])
        self.head = nn.Sequential()
        self.head.add_module("flatten", nn.Flatten())
        self.head.add_module("norm", nn.LayerNorm(18))
        self.head.add_module("act", nn.GELU())
        self.head.add_module("fc", nn.Linear(18, 5))
        self.scale = nn.Parameter(torch.ones(5))

    def forward(self, x):
        x = self.layer1(self.pool(torch.tanh(self.bn1(self.conv1(x)))))
        for block in self.blocks:
            x = block(x)
        return self.head(x) * self.scale


network = Network()
with torch.no_grad():
    for index, parameter in enumerate(network.parameters()):
        parameter.copy_(values(tuple(parameter.shape), index))
network.train()
first = network(values((6, 2, 8, 6), 70))
loss = nn.functional.cross_entropy(first, torch.tensor([0, 1, 2, 3, 4, 0]))
loss.backward()
gradients = [p.grad.flatten().tolist() for p in network.parameters()]
network.eval()
with torch.no_grad():
    second = network(values((3, 2, 8, 6), 71))

starts = {}
for name, make in {
    "linear": lambda: nn.Linear(7, 5),
    "conv2d": lambda: nn.Conv2d(4, 6, 3, groups=2),
    "embedding": lambda: nn.Embedding(6, 3, padding_idx=2),
}.items():
    torch.manual_seed(7)
    starts[name] = [p.detach().flatten().tolist() for p in make().parameters()]

print(json.dumps({
    "parameters": [[name, list(p.shape)] for name, p in network.named_parameters()],
    "buffers": [[name, list(b.shape)] for name, b in network.named_buffers()],
    "training": first.flatten().tolist(),
    "loss": loss.item(),
    "gradients": gradients,
    "statistics": [b.flatten().tolist() for b in network.buffers()],
    "evaluating": second.flatten().tolist(),
    "starts": starts,
}))
