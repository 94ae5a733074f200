"""Plain SGD on softmax regression or a multilayer perceptron, with as little Python around each step as PyTorch allows.

Shapes: a batch is images [64, 784] and targets, which are labels [64] for autograd and one-hot rows [64, 10] for the
hand-written gradient. Parameters are weights [out, in] and biases [out], layer by layer, always changed in place, so
that they may lie in memory shared by several processes (Hogwild).
"""

from itertools import islice

import torch
import torch.nn.functional as functional

from mnist import CLASSES, PIXELS

BATCH = 64
HIDDEN = 256
LAYERS = {"softmax": (PIXELS, CLASSES), "mlp": (PIXELS, HIDDEN, CLASSES)}
CLOCK_EVERY = 64  # batches between two looks at the clock: under 0.2 % of the time, and an overrun of at most 64 steps


def new_parameters(model, seed):
    """[weight, bias, weight, bias, ...], uniform in ±1/sqrt(inputs) from `seed`; they do not ask for gradients yet."""
    chance = torch.Generator().manual_seed(seed)
    parameters = []
    for inputs, outputs in zip(LAYERS[model], LAYERS[model][1:]):
        for shape in ((outputs, inputs), (outputs,)):
            parameters.append((torch.rand(shape, generator=chance) * 2 - 1) / inputs ** 0.5)
    return parameters


def logits(parameters, images):
    if len(parameters) == 2:
        return functional.linear(images, *parameters)
    return functional.linear(torch.relu(functional.linear(images, *parameters[:2])), *parameters[2:])


def autograd_step(parameters, rate):
    """One step by autograd. `grad` allocates fresh gradients and the update is in place: nothing is ever zeroed."""
    leaves = [parameter.detach().requires_grad_() for parameter in parameters]  # the same memory
    gradient_of, loss_of = torch.autograd.grad, functional.cross_entropy

    def step(images, labels):
        gradients = gradient_of(loss_of(logits(leaves, images), labels), leaves)
        for parameter, gradient in zip(parameters, gradients):
            parameter.add_(gradient, alpha=-rate)

    return step


def manual_step(parameters, rate):
    """The same step with the gradient written by hand and folded into the update. Targets are one-hot rows."""
    scale = -rate / BATCH  # every training batch is full

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
    """One worker's share of the training set as full batches of 64, in a new order every epoch.

    Order "batches" shuffles the samples once, before the clock starts, and then only the batches: a batch is a view,
    nothing is copied. Order "samples" draws a new permutation of the samples each epoch and gathers every batch.
    A rest that fills no batch is left out, so that every process makes the same number of steps.
    """

    def __init__(self, images, targets, order, seed):
        self.count = len(images) // BATCH
        if self.count == 0:
            raise ValueError(f"A worker's share is {len(images)} samples, less than one batch of {BATCH}.")
        self._chance = torch.Generator().manual_seed(seed)
        self._gathered = order == "samples"
        once = torch.randperm(len(images), generator=self._chance)
        self._images, self._targets = images[once], targets[once]
        self._views = list(zip(self._images.split(BATCH), self._targets.split(BATCH)))[:self.count]

    def epoch(self):
        if self._gathered:
            order = torch.randperm(len(self._images), generator=self._chance)
            for rows in order.split(BATCH)[:self.count]:
                yield self._images.index_select(0, rows), self._targets.index_select(0, rows)
        else:
            for index in torch.randperm(self.count, generator=self._chance).tolist():
                yield self._views[index]


def run(step, batches, epochs, expired):
    """Trains for `epochs` (None: without end) or until `expired()`; the number of samples trained on."""
    steps = epoch = 0
    while epochs is None or epoch < epochs:
        rest = batches.count
        pairs = batches.epoch()
        while rest > 0:
            if expired():
                return steps * BATCH
            for images, targets in islice(pairs, CLOCK_EVERY):
                step(images, targets)
            done = min(rest, CLOCK_EVERY)
            rest -= done
            steps += done
        epoch += 1
    return steps * BATCH


def accuracy(parameters, images, labels):
    """Share of samples whose largest logit is the label's; ValueError when the parameters are no longer finite."""
    if not all(bool(parameter.isfinite().all()) for parameter in parameters):
        raise ValueError("Parameters are not finite: the run diverged. Use a smaller --rate.")
    with torch.no_grad():
        return float((logits(parameters, images).argmax(1) == labels).double().mean())
