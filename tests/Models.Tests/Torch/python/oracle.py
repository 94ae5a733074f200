"""What PyTorch computes for the same network, parameters and batch. One JSON line in, one JSON line out, until the input ends.

A request has "do" and, except for "script", the network under "kind" with its extents. Arrays are float32, little-endian, base64.
"""

import base64
import json
import sys
import traceback

import torch
import torch.nn.functional as functional
from torch import nn

import deep
import networks
import scripts


def decode(text):
    return torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.float32).clone()


def encode(tensor):
    return base64.b64encode(tensor.detach().to(torch.float32).contiguous().numpy().tobytes()).decode()


def build(request):
    kind, shape, classes = request["kind"], request["shape"], request["classes"]
    outputs = max(classes, 1)
    if kind == "lenet5" and shape == [1, 28, 28]:
        return networks.LeNet5(classes)
    if kind == "lenet5":
        network = networks.LeNet5(classes)
        network.conv1 = nn.Conv2d(shape[0], 6, 5, padding=2)
        rows, columns = ((extent // 2 - 4) // 2 for extent in shape[1:])
        network.fc1 = nn.Linear(16 * rows * columns, 120)
        return network
    if kind == "resnet":
        return networks.ResNet(request["depth"], classes)
    if kind == "wideresnet":
        return deep.WideResNet(request["depth"], request["width"], shape[0], classes)
    if kind == "torch-mlp":
        features = torch.Size(shape).numel()
        return deep.Perceptron([features, *request["hidden"], outputs], request["activation"], request["bias"])
    if kind == "transformer":
        return deep.Decoder(classes, shape[0] - 1, request["depth"], request["width"], request["heads"])
    if kind == "torchscript":
        return scripts.MODULES[request["name"]]()
    raise ValueError(kind)


def load(network, values):
    nn.utils.vector_to_parameters(values, network.parameters())


def batch_of(request, samples, labels):
    shape = request["shape"]
    inputs = decode(samples).reshape(-1, *shape)
    labels = decode(labels) if labels else torch.empty(0)
    if request["kind"] == "transformer":
        tokens = inputs.long()
        return tokens[:, :-1], tokens[:, 1:]
    if request["kind"] in ("lenet5", "resnet", "wideresnet"):
        inputs = inputs.contiguous(memory_format=torch.channels_last)
    return inputs, labels if request["classes"] == 0 else labels.long()


def measure(request, network, inputs, targets):
    """Mean loss with the l2 term, how many are classified correctly, and the scores."""
    scores = network(inputs)
    if request["classes"] == 0:
        loss, correct = 0.5 * functional.mse_loss(scores.reshape(-1), targets.to(scores.dtype)), 0
    else:
        loss = functional.cross_entropy(scores.reshape(-1, scores.shape[-1]), targets.reshape(-1))
        last, wanted = (scores[:, -1], targets[:, -1]) if scores.dim() == 3 else (scores, targets)
        correct = int((last.argmax(1) == wanted).sum())
    vector = nn.utils.parameters_to_vector(network.parameters())
    return loss + 0.5 * request["l2"] * vector.square().sum(), correct, scores


def layout(request):
    network = build(request)
    return {
        "parameters": [[name, list(value.shape)] for name, value in network.named_parameters()],
        "buffers": [[name, list(value.shape)] for name, value in network.named_buffers()],
    }


def gradient(request):
    network = build(request)
    load(network, decode(request["parameters"]))
    inputs, targets = batch_of(request, request["samples"], request["labels"])
    loss, correct, _ = measure(request, network, inputs, targets)
    loss.backward()
    parts = [torch.zeros(value.numel()) if value.grad is None else value.grad.reshape(-1) for value in network.parameters()]
    return {"loss": loss.item(), "correct": correct, "gradient": encode(torch.cat(parts))}


def slope(request):
    """The derivative of the loss along a direction: central differences in double precision."""
    network = build(request).double()
    start, direction = decode(request["parameters"]).double(), decode(request["direction"]).double()
    inputs, targets = batch_of(request, request["samples"], request["labels"])
    inputs = inputs.double() if inputs.is_floating_point() else inputs
    losses = []
    for step in (request["step"], -request["step"]):
        load(network, start + step * direction)
        with torch.no_grad():
            losses.append(measure(request, network, inputs, targets)[0].item())
    return {"slope": (losses[0] - losses[1]) / (2 * request["step"])}


def evaluate(request):
    """Statistics over the training batches, each with the same weight, then loss and scores on the samples."""
    network = build(request)
    load(network, decode(request["parameters"]))
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None
            module.reset_running_stats()
    with torch.no_grad():
        for samples in request["training"]:
            network.train()
            network(batch_of(request, samples, "")[0])
        network.eval()
        inputs, targets = batch_of(request, request["samples"], request["labels"])
        loss, correct, scores = measure(request, network, inputs, targets)
    statistics = [value.reshape(-1).float() for value in network.buffers()]
    return {
        "loss": loss.item(),
        "correct": correct,
        "scores": encode(scores),
        "statistics": encode(torch.cat(statistics)) if statistics else "",
    }


def start(request):
    """Largest magnitude, mean and deviation of PyTorch's own first values of each parameter."""
    torch.manual_seed(1)
    return {
        "parameters": [
            [float(value.abs().max()), float(value.mean()), float(value.std(unbiased=False))] for value in build(request).parameters()
        ]
    }


def script(request):
    scripts.save(request["name"], request["path"])
    return {}


COMMANDS = {f.__name__: f for f in (layout, gradient, slope, evaluate, start, script)}

if __name__ == "__main__":
    torch.set_num_threads(1)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = COMMANDS[asked["do"]](asked)
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)
