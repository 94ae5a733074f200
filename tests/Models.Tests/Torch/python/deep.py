"""The networks of src/Models/Torch/Networks that no benchmark needs, as plain PyTorch modules with the same names."""

import math

import torch
import torch.nn.functional as functional
from torch import nn


class Perceptron(nn.Sequential):
    """Linear layers with an activation after every hidden one; `widths` from features to outputs."""

    def __init__(self, widths, activation, bias):
        layers = []
        for inputs, outputs in zip(widths, widths[1:]):
            layers += [nn.Linear(inputs, outputs, bias), nn.Tanh() if activation == "tanh" else nn.ReLU()]
        super().__init__(*layers[:-1])

    def forward(self, samples):
        return super().forward(samples.flatten(1))


class WideBlock(nn.Module):
    """Batch norm, ReLU and a 3 × 3 convolution, twice, and the way around them."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
        else:
            self.shortcut = None

    def forward(self, values):
        active = functional.relu(self.bn1(values))
        changed = self.conv2(functional.relu(self.bn2(self.conv1(active))))
        return changed + (values if self.shortcut is None else self.shortcut(active))


class WideResNet(nn.Module):
    """Zagoruyko and Komodakis 2016, depth 6n + 4, `width` times as wide as the plain one, no dropout."""

    def __init__(self, depth, width, channels, classes):
        super().__init__()
        count = (depth - 4) // 6
        self.conv1 = nn.Conv2d(channels, 16, 3, padding=1, bias=False)
        self.layer1 = self._group(16, 16 * width, 1, count)
        self.layer2 = self._group(16 * width, 32 * width, 2, count)
        self.layer3 = self._group(32 * width, 64 * width, 2, count)
        self.bn = nn.BatchNorm2d(64 * width)
        self.fc = nn.Linear(64 * width, classes)

    def forward(self, images):
        values = self.layer3(self.layer2(self.layer1(self.conv1(images))))
        return self.fc(functional.relu(self.bn(values)).mean((2, 3)))

    @staticmethod
    def _group(inputs, outputs, stride, count):
        return nn.Sequential(WideBlock(inputs, outputs, stride), *[WideBlock(outputs, outputs, 1) for _ in range(count - 1)])


class DecoderBlock(nn.Module):
    """Causal attention and two linear layers, each after layer norm, each with a way around it."""

    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 4 * width)
        self.contract = nn.Linear(4 * width, width)
        self._heads = heads

    def forward(self, values):
        values = values + self.projection(self._attend(self.attention(self.norm1(values))))
        return values + self.contract(functional.gelu(self.expand(self.norm2(values))))

    def _attend(self, parts):
        heads = []
        queries, keys, rows = parts.chunk(3, dim=2)
        size = queries.shape[2] // self._heads
        for start in range(0, queries.shape[2], size):
            head = slice(start, start + size)
            scores = queries[:, :, head] @ keys[:, :, head].transpose(1, 2) / math.sqrt(size)
            future = torch.ones_like(scores, dtype=torch.bool).triu(1)
            heads.append(scores.masked_fill(future, -math.inf).softmax(2) @ rows[:, :, head])
        return torch.cat(heads, dim=2)


class Decoder(nn.Module):
    """Tokens [n, length] in, scores of each next token [n, length, vocabulary] out."""

    def __init__(self, vocabulary, length, depth, width, heads):
        super().__init__()
        self.token = nn.Embedding(vocabulary, width)
        self.position = nn.Embedding(length, width)
        self.blocks = nn.Sequential(*[DecoderBlock(width, heads) for _ in range(depth)])
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens):
        values = self.token(tokens) + self.position(torch.arange(tokens.shape[1]))
        return self.head(self.norm(self.blocks(values)))
