"""Plain SGD on the benchmark's models, with as little Python around each step as PyTorch allows.

Shapes: a batch is images and targets. Images are [64, 784] for softmax and mlp, [64, 1, 28, 28] for lenet5 and
[128, 3, 32, 32] for resnet20; targets are labels [batch], or one-hot rows [batch, 10] for the hand-written gradient.
Parameters are always changed in place, so that they may lie in memory shared by several processes (Hogwild).
"""

from itertools import islice

import torch
import torch.nn.functional as functional

import cifar
import mnist
import networks
from mnist import CLASSES, PIXELS

HIDDEN = 256
LAYERS = {"softmax": (PIXELS, CLASSES), "mlp": (PIXELS, HIDDEN, CLASSES)}
MODELS = [*LAYERS, *networks.NETWORKS]
LAYOUTS = {"channels-last": torch.channels_last, "contiguous": torch.contiguous_format}


class Workload:
    """What a model is measured on: the set of data, the samples of a batch, and how images lie in memory."""

    def __init__(self, data, read, batch=64, clock_every=64, layout="contiguous"):
        self.data = data
        self.read = read
        self.batch = batch
        self.clock_every = clock_every  # batches between two looks at the clock, and so the most that a run is too long
        self.layout = layout


WORKLOADS = {
    "softmax": Workload("mnist", mnist.load),
    "mlp": Workload("mnist", mnist.load),
    "lenet5": Workload("mnist", mnist.load, clock_every=8, layout="channels-last"),
    "resnet20": Workload("cifar10", cifar.load, batch=128, clock_every=2, layout="channels-last"),
}


def new_model(name, seed, layout=None):
    """The model with first values from `seed`; everything it is made of can be put into shared memory."""
    return Layers(name, seed) if name in LAYERS else Network(name, seed, layout or WORKLOADS[name].layout)


class Layers:
    """Softmax regression or a multilayer perceptron as bare tensors: [weight, bias, weight, bias, ...]."""

    def __init__(self, name, seed):
        chance = torch.Generator().manual_seed(seed)
        self.parameters = []  # uniform in ±1/sqrt(inputs); they do not ask for gradients
        for inputs, outputs in zip(LAYERS[name], LAYERS[name][1:]):
            for shape in ((outputs, inputs), (outputs,)):
                self.parameters.append((torch.rand(shape, generator=chance) * 2 - 1) / inputs ** 0.5)
        self.state = self.parameters

    def share(self):
        self.parameters = self.state = [parameter.share_memory_() for parameter in self.parameters]

    def prepared(self, images):
        return images

    def leaves(self):
        """The parameters as leaves of autograd, in the same memory, and the function from images to logits over them."""
        leaves = [parameter.detach().requires_grad_() for parameter in self.parameters]
        return leaves, lambda images: logits(leaves, images)

    def module(self):
        return Copied(self.parameters)

    def take(self, module):
        for value, leaf in zip(self.parameters, module.parameters()):
            value.copy_(leaf.detach())

    def answers(self, images):
        return logits(self.parameters, images)


class Copied(torch.nn.Module):
    """Layers as a module over parameters of its own, for what works on modules only."""

    def __init__(self, parameters):
        super().__init__()
        self.values = torch.nn.ParameterList([torch.nn.Parameter(value.clone()) for value in parameters])
        self._plain = list(self.values)  # a plain list: looking into a ParameterList in every step costs time

    def forward(self, images):
        return logits(self._plain, images)


class Network:
    """A convolutional network. Its module lies in shared memory as a whole, statistics of batch normalisation included."""

    def __init__(self, name, seed, layout):
        self._name, self._format = name, LAYOUTS[layout]
        self._module = networks.new(name, seed).to(memory_format=self._format)
        self._refresh()

    def _refresh(self):
        self.parameters = [parameter.detach() for parameter in self._module.parameters()]
        self.state = [value.detach() for value in self._module.state_dict().values()]

    def share(self):
        self._module.share_memory()
        self._refresh()

    def prepared(self, images):
        shape = (-1, 1, 28, 28) if images.dim() == 2 else images.shape
        return images.reshape(shape).contiguous(memory_format=self._format)

    def leaves(self):
        return list(self._module.parameters()), self._module

    def module(self):
        copied = networks.NETWORKS[self._name]().to(memory_format=self._format)
        copied.load_state_dict(self._module.state_dict())
        return copied

    def take(self, module):
        self._module.load_state_dict(module.state_dict())

    def answers(self, images):
        self._module.eval()
        found = torch.cat([self._module(part) for part in self.prepared(images).split(500)])
        self._module.train()
        return found


def logits(parameters, images):
    if len(parameters) == 2:
        return functional.linear(images, *parameters)
    return functional.linear(torch.relu(functional.linear(images, *parameters[:2])), *parameters[2:])


def autograd_step(model, rate):
    """One step by autograd. `grad` allocates fresh gradients and the update is in place: nothing is ever zeroed."""
    leaves, forward = model.leaves()
    values = [leaf.detach() for leaf in leaves]  # the same memory
    gradient_of, loss_of = torch.autograd.grad, functional.cross_entropy

    def step(images, labels):
        gradients = gradient_of(loss_of(forward(images), labels), leaves)
        for value, gradient in zip(values, gradients):
            value.add_(gradient, alpha=-rate)

    return step


def manual_step(model, rate):
    """The same step with the gradient written by hand and folded into the update. Targets are one-hot rows."""
    parameters = model.parameters
    scale = -rate / WORKLOADS["softmax"].batch  # every training batch is full

    def softmax(images, targets):
        weight, bias = parameters
        error = torch.addmm(bias, images, weight.t()).softmax(1).sub_(targets)  # [64, 10]
        weight.addmm_(error.t(), images, alpha=scale)
        bias.add_(error.sum(0), alpha=scale)

    def mlp(images, targets):
        weight1, bias1, weight2, bias2 = parameters
        hidden = torch.addmm(bias1, images, weight1.t()).relu_()  # [64, 256]
        error = torch.addmm(bias2, hidden, weight2.t()).softmax(1).sub_(targets)  # [64, 10]
        error1 = torch.mm(error, weight2).mul_(hidden > 0)  # [64, 256], before weight2 changes
        weight2.addmm_(error.t(), hidden, alpha=scale)
        bias2.add_(error.sum(0), alpha=scale)
        weight1.addmm_(error1.t(), images, alpha=scale)
        bias1.add_(error1.sum(0), alpha=scale)

    return softmax if len(parameters) == 2 else mlp


STEPS = {"autograd": autograd_step, "manual": manual_step}


class Batches:
    """One worker's share of the training set as full batches, in a new order every epoch.

    Order "batches" shuffles the samples once, before the clock starts, and then only the batches: a batch is a view,
    nothing is copied. Order "samples" draws a new permutation of the samples each epoch and gathers every batch.
    A rest that fills no batch is left out, so that every process makes the same number of steps.
    """

    def __init__(self, images, targets, order, seed, size=64, prepared=lambda images: images):
        self.size = size
        self.count = len(images) // size
        if self.count == 0:
            raise ValueError(f"A worker's share is {len(images)} samples, less than one batch of {size}.")
        self._chance = torch.Generator().manual_seed(seed)
        self._gathered = order == "samples"
        self._prepared = prepared
        once = torch.randperm(len(images), generator=self._chance)
        self._images, self._targets = prepared(images[once]), targets[once]
        self._views = list(zip(self._images.split(size), self._targets.split(size)))[:self.count]

    def epoch(self):
        if self._gathered:
            order = torch.randperm(len(self._images), generator=self._chance)
            for rows in order.split(self.size)[:self.count]:
                yield self._prepared(self._images.index_select(0, rows)), self._targets.index_select(0, rows)
        else:
            for index in torch.randperm(self.count, generator=self._chance).tolist():
                yield self._views[index]


def run(step, batches, epochs, expired, clock_every=64):
    """Trains for `epochs` (None: without end) or until `expired()`; the number of samples trained on."""
    steps = epoch = 0
    while epochs is None or epoch < epochs:
        rest = batches.count
        pairs = batches.epoch()
        while rest > 0:
            if expired():
                return steps * batches.size
            for images, targets in islice(pairs, clock_every):
                step(images, targets)
            done = min(rest, clock_every)
            rest -= done
            steps += done
        epoch += 1
    return steps * batches.size


def accuracy(model, images, labels):
    """Share of samples whose largest logit is the label's; ValueError when the parameters are no longer finite."""
    if not all(bool(parameter.isfinite().all()) for parameter in model.parameters):
        raise ValueError("Parameters are not finite: the run diverged. Use a smaller --rate.")
    with torch.no_grad():
        return float((model.answers(images).argmax(1) == labels).double().mean())
