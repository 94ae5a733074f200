"""What the three peers share: options, the measured part of a worker, and the one line of JSON at the end."""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import torch
import torch.multiprocessing as multiprocessing

import environment
import mnist
import training

SEED = 1
DATA = Path(__file__).resolve().parents[2] / "data"
START, END, SAMPLES = range(3)  # columns of the result table: seconds on the machine's monotonic clock, and a count


def options(description, processes, steps=("autograd", "manual"), without=()):
    """Parses the command line; each script says how many processes it uses by default and which steps it can make."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--model", choices=[model for model in training.MODELS if model not in without], default="softmax")
    parser.add_argument("--data", type=Path, help="folder with the four uncompressed IDX files of MNIST, or with the six "
                        "binary files of CIFAR-10 (default data/mnist or data/cifar10)")
    parser.add_argument("--limit", type=_whole, help="use the first samples of the training set only")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=_whole, help="passes over the training set (default 10)")
    length.add_argument("--seconds", type=_positive, help="train this long instead of a number of epochs")
    parser.add_argument("--rate", type=_positive, default=0.1, help="learning rate (default 0.1)")
    parser.add_argument("--step", choices=steps, default=steps[0], help="how a gradient is made")
    parser.add_argument("--order", choices=["batches", "samples"], default="batches", help="what an epoch shuffles")
    parser.add_argument("--layout", choices=list(training.LAYOUTS), help="how images lie in memory (default: what was faster)")
    parser.add_argument("--pin", action="store_true", help="keep each process on processors of its own")
    if processes == 1:
        parser.add_argument("--threads", type=_whole, default=1)
        parser.set_defaults(processes=1)
    else:
        parser.add_argument("--processes", type=_whole, default=processes)
        parser.set_defaults(threads=1)
    chosen = parser.parse_args()
    if chosen.epochs is None and chosen.seconds is None:
        chosen.epochs = 10
    workload = training.WORKLOADS[chosen.model]
    if chosen.data is None:
        chosen.data = DATA / workload.data
    if chosen.model in training.LAYERS and chosen.layout is not None:
        parser.error(f"--layout is for networks of convolutions; {chosen.model} has none.")
    if chosen.model not in training.LAYERS and chosen.step == "manual":
        parser.error(f"--step manual is written for {' and '.join(training.LAYERS)} only.")
    if chosen.layout is None:
        chosen.layout = workload.layout
    available = len(os.sched_getaffinity(0))
    if chosen.processes * chosen.threads > available:
        parser.error(f"{chosen.processes} process(es) of {chosen.threads} thread(s) need as many processors; "
                     f"this program may use {available}.")
    return chosen


def measure(system, chosen, worker):
    """Runs worker(rank, chosen, model, batches, table, barrier) in every process, then prints the JSON line.

    The worker trains `model`, which lies in shared memory, and fills its row of `table`. With one process it
    runs in this one. Any failure ends all processes and this program with a message and exit code 1.
    """
    torch.set_num_threads(1)  # no pool of threads may exist when the workers are forked
    torch.set_flush_denormal(True)
    blas = environment.blas_in_use()
    workload = training.WORKLOADS[chosen.model]
    try:
        train, test = workload.read(chosen.data)
        train = tuple(values[:chosen.limit] for values in train)
        table = torch.zeros(chosen.processes, 3, dtype=torch.double).share_memory_()
        model = training.new_model(chosen.model, SEED, chosen.layout)
        model.share()
        shares = [share(train, rank, chosen, model) for rank in range(chosen.processes)]
        barrier = multiprocessing.get_context("fork").Barrier(chosen.processes)
        arguments = (chosen, model, shares, table, barrier, worker)
        if chosen.processes == 1:
            _life(0, *arguments)
        else:
            multiprocessing.start_processes(_life, arguments, nprocs=chosen.processes, start_method="fork")
        result = training.accuracy(model, *test)
    except (OSError, ValueError, multiprocessing.ProcessExitedException,
            multiprocessing.ProcessRaisedException) as trouble:
        sys.exit(f"{system}: {trouble}")
    seconds = float(table[:, END].max() - table[:, START].min())
    print(json.dumps({
        "system": "-".join([system, *(["manual"] if chosen.step == "manual" else []),
                            *([chosen.layout] if chosen.layout != workload.layout else [])]),
        "workload": f"{workload.data}-{chosen.model}-b{workload.batch}" + ("-resampled" if chosen.order == "samples" else ""),
        "samplesPerSecond": round(float(table[:, SAMPLES].sum()) / seconds),
        "testAccuracy": round(result, 4),
        "processes": chosen.processes,
        "threads": chosen.threads,
        "torch": torch.__version__,
        "blas": blas,
    }))


def share(train, rank, chosen, model):
    """Worker `rank`'s batches: every processes-th sample, with targets as the chosen step wants them."""
    images, labels = train[0][rank::chosen.processes], train[1][rank::chosen.processes]
    targets = torch.eye(mnist.CLASSES)[labels] if chosen.step == "manual" else labels
    size = training.WORKLOADS[chosen.model].batch
    return training.Batches(images, targets, chosen.order, SEED + rank, size, model.prepared)


def timed(rank, chosen, step, batches, table, barrier, expired=None):
    """The measured part: all processes start together, and the row of `rank` gets start, end and samples."""
    barrier.wait()
    start = time.perf_counter()  # CLOCK_MONOTONIC on Linux: one clock for all processes
    if expired is None:
        deadline = float("inf") if chosen.seconds is None else start + chosen.seconds

        def expired():
            return time.perf_counter() >= deadline

    samples = training.run(step, batches, chosen.epochs, expired, training.WORKLOADS[chosen.model].clock_every)
    table[rank] = torch.tensor([start, time.perf_counter(), samples], dtype=torch.double)


def warm_up(step, batches):
    """One epoch that is not measured, to warm code, caches and allocator. The caller restores the model's state."""
    training.run(step, batches, 1, lambda: False)


def _life(rank, chosen, model, shares, table, barrier, worker):
    if chosen.pin:
        environment.pin(rank, chosen.threads)
    torch.set_num_threads(chosen.threads)
    torch.set_flush_denormal(True)  # per thread, and not inherited by every kind of start
    worker(rank, chosen, model, shares[rank], table, barrier)


def _whole(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not 1 or more")
    return value


def _positive(text):
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value
