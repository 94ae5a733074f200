"""What PyTorch says about single layers: outputs and gradients as JSON. LayerCases.cs has the same table."""
import json
import torch
import torch.nn.functional as F

from layers_values import values

CLASSES = torch.tensor([2, 0, 3, 1])
HOLES = torch.tensor([2, -1, 3, 1])
ROWS = torch.tensor([[1, 4, 4], [0, 2, 1]])
MASK = torch.tensor([[True, False, True], [True, True, True]])


def attention(q, k, v, mask=None, causal=False):
    scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
    if causal:
        mask = torch.ones(q.size(-2), k.size(-2), dtype=torch.bool).tril()
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, -1) @ v


def normalized(x, w, b, training):
    mean, variance = values((3,), 90), values((3,), 91) ** 2 + 1
    y = F.batch_norm(x, mean, variance, w, b, training, 0.3, 1e-3)
    return torch.cat([y.flatten(), mean, variance])

CASES = {
    "linear": ([(3, 5), (4, 5), (4,)], F.linear),
    "linear without bias": ([(2, 3, 5), (4, 5)], F.linear),
    "conv2d": ([(2, 3, 7, 6), (4, 3, 3, 3), (4,)], lambda x, w, b: F.conv2d(x, w, b)),
    "conv2d strided": ([(2, 3, 8, 9), (4, 3, 3, 5)], lambda x, w: F.conv2d(x, w, None, (2, 1), (1, 2), (1, 2))),
    "conv2d in groups": ([(2, 4, 6, 6), (6, 2, 3, 3), (6,)], lambda x, w, b: F.conv2d(x, w, b, groups=2)),
    "conv2d same": ([(1, 2, 6, 5), (3, 2, 5, 3), (3,)], lambda x, w, b: F.conv2d(x, w, b, padding="same")),
    "batch norm training": ([(4, 3, 2, 5), (3,), (3,)], lambda x, w, b: normalized(x, w, b, True)),
    "batch norm evaluating": ([(4, 3, 2, 5), (3,), (3,)], lambda x, w, b: normalized(x, w, b, False)),
    "batch norm of the batch alone": ([(4, 3, 2, 5)], lambda x: F.batch_norm(x, None, None, training=True)),
    "layer norm": ([(4, 3, 5), (3, 5), (3, 5)], lambda x, w, b: F.layer_norm(x, (3, 5), w, b, 1e-4)),
    "max pool": ([(2, 3, 7, 6)], lambda x: F.max_pool2d(x, 2)),
    "max pool padded": ([(2, 3, 7, 6)], lambda x: F.max_pool2d(x, (3, 2), (2, 1), (1, 1), 1, True)),
    "average pool": ([(2, 3, 7, 6)], lambda x: F.avg_pool2d(x, 3, 2, 1)),
    "average pool without the border": ([(2, 3, 7, 6)], lambda x: F.avg_pool2d(x, (3, 2), (2, 2), (1, 1), True, False)),
    "average pool with a divisor": ([(2, 3, 7, 6)], lambda x: F.avg_pool2d(x, 3, divisor_override=5)),
    "adaptive average pool": ([(2, 3, 7, 6)], lambda x: F.adaptive_avg_pool2d(x, (3, 2))),
    "relu": ([(3, 50)], F.relu),
    "tanh": ([(3, 50)], torch.tanh),
    "sigmoid": ([(3, 50)], torch.sigmoid),
    "silu": ([(3, 50)], F.silu),
    "gelu": ([(3, 50)], F.gelu),
    "gelu by tanh": ([(3, 50)], lambda x: F.gelu(x, approximate="tanh")),
    "softmax": ([(3, 7)], lambda x: F.softmax(x, 1)),
    "log softmax": ([(3, 7, 2)], lambda x: F.log_softmax(x, 1)),
    "embedding": ([(5, 4)], lambda w: F.embedding(ROWS, w)),
    "embedding with a padding row": ([(5, 4)], lambda w: F.embedding(ROWS, w, 4)),
    "pad": ([(2, 3, 4)], lambda x: F.pad(x, (1, 2, 0, 3), value=0.5)),
    "pad by reflection": ([(1, 2, 4, 5)], lambda x: F.pad(x, (1, 2, 3, 0), mode="reflect")),
    "pad by the edge": ([(1, 2, 4, 5)], lambda x: F.pad(x, (1, 2, 3, 0), mode="replicate")),
    "pad around": ([(1, 2, 4, 5)], lambda x: F.pad(x, (1, 2, 3, 0), mode="circular")),
    "attention": ([(2, 3, 4, 5), (2, 3, 6, 5), (2, 3, 6, 7)], attention),
    "attention causal": ([(2, 4, 5), (2, 4, 5), (2, 4, 5)], lambda q, k, v: attention(q, k, v, causal=True)),
    "attention masked": ([(2, 5), (3, 5), (3, 4)], lambda q, k, v: attention(q, k, v, MASK)),
    "cross entropy": ([(4, 5)], lambda x: F.cross_entropy(x, CLASSES)),
    "cross entropy smoothed": ([(4, 5), (5,)], lambda x, w: F.cross_entropy(x, CLASSES, w.detach() ** 2 + 1, label_smoothing=0.1)),
    "cross entropy with a hole": ([(4, 5)], lambda x: F.cross_entropy(x, HOLES, ignore_index=-1, reduction="sum")),
    "cross entropy of each": ([(4, 5, 1)], lambda x: F.cross_entropy(x, CLASSES.view(4, 1), reduction="none")),
    "negative log-likelihood": ([(4, 5), (5,)], lambda x, w: F.nll_loss(x, CLASSES, w.detach() ** 2 + 1)),
    "squared error": ([(4, 5), (4, 5)], F.mse_loss),
    "squared error of each": ([(4, 5), (4, 5)], lambda x, y: F.mse_loss(x, y, reduction="none")),
}

answers = {}
for name, (shapes, function) in CASES.items():
    inputs = [values(shape, salt + 1).requires_grad_() for salt, shape in enumerate(shapes)]
    output = function(*inputs)
    # Every output counts, and each by another amount.
    (output * values(tuple(output.shape), 50)).sum().backward()
    gradients = [[] if x.grad is None else x.grad.flatten().tolist() for x in inputs]
    answers[name] = {"shape": list(output.shape), "output": output.flatten().tolist(), "gradients": gradients}
print(json.dumps(answers))
