"""The networks of the deep workloads as plain PyTorch modules, with the names that PyTorch's users know.

Importing this needs torch alone, so that whoever checks a gradient or a file of parameters can use the same modules.
"""

import torch
import torch.nn.functional as functional
from torch import nn


class LeNet5(nn.Module):
    """LeCun et al. 1998 as it is built today, with ReLU and max-pooling: 61 706 parameters. Images are [n, 1, 28, 28]."""

    def __init__(self, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, classes)

    def forward(self, images):
        values = functional.max_pool2d(functional.relu(self.conv1(images)), 2)
        values = functional.max_pool2d(functional.relu(self.conv2(values)), 2)
        values = functional.relu(self.fc1(values.flatten(1)))
        return self.fc3(functional.relu(self.fc2(values)))


class Block(nn.Module):
    """Two 3 × 3 convolutions and the way around them."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self._stride = stride
        self._padding = (outputs - inputs) // 2

    def forward(self, values):
        changed = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(values)))))
        if self._stride != 1 or self._padding != 0:
            # Option A: every second pixel, zeros for the channels that are new; it has no parameters.
            values = functional.pad(values[:, :, ::2, ::2], (0, 0, 0, 0, self._padding, self._padding))
        return functional.relu(changed + values)


class ResNet(nn.Module):
    """He et al. 2016 for CIFAR, depth 6n + 2: three groups of n blocks, 16, 32 and 64 channels. Images are [n, 3, 32, 32].

    Depth 20 has 269 722 parameters.
    """

    def __init__(self, depth=20, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        count = (depth - 2) // 6
        self.layer1 = self._group(16, 16, 1, count)
        self.layer2 = self._group(16, 32, 2, count)
        self.layer3 = self._group(32, 64, 2, count)
        self.fc = nn.Linear(64, classes)

    def forward(self, images):
        values = functional.relu(self.bn1(self.conv1(images)))
        values = self.layer3(self.layer2(self.layer1(values)))
        return self.fc(values.mean((2, 3)))

    @staticmethod
    def _group(inputs, outputs, stride, count):
        blocks = [Block(inputs, outputs, stride)]
        blocks += [Block(outputs, outputs, 1) for _ in range(count - 1)]
        return nn.Sequential(*blocks)


NETWORKS = {"lenet5": LeNet5, "resnet20": ResNet}


def new(name, seed):
    """The network with PyTorch's own first values, drawn from `seed`."""
    torch.manual_seed(seed)
    return NETWORKS[name]()
