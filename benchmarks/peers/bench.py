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
DATA = Path(__file__).resolve().parents[2] / "data" / "mnist"
START, END, SAMPLES = range(3)  # columns of the result table: seconds on the machine's monotonic clock, and a count


def options(description, processes, steps=("autograd", "manual")):
    """Parses the command line; each script says how many processes it uses by default and which steps it can make."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--model", choices=sorted(training.LAYERS), default="softmax")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the four uncompressed IDX files")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=_whole, help="passes over the training set (default 10)")
    length.add_argument("--seconds", type=_positive, help="train this long instead of a number of epochs")
    parser.add_argument("--rate", type=_positive, default=0.1, help="learning rate (default 0.1)")
    parser.add_argument("--step", choices=steps, default=steps[0], help="how a gradient is made")
    parser.add_argument("--order", choices=["batches", "samples"], default="batches", help="what an epoch shuffles")
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
    available = len(os.sched_getaffinity(0))
    if chosen.processes * chosen.threads > available:
        parser.error(f"{chosen.processes} process(es) of {chosen.threads} thread(s) need as many processors; "
                     f"this program may use {available}.")
    return chosen


def measure(system, chosen, worker):
    """Runs worker(rank, chosen, parameters, batches, table, barrier) in every process, then prints the JSON line.

    The worker trains on `parameters`, which lie in shared memory, and fills its row of `table`. With one process it
    runs in this one. Any failure ends all processes and this program with a message and exit code 1.
    """
    torch.set_num_threads(1)  # no pool of threads may exist when the workers are forked
    torch.set_flush_denormal(True)
    blas = environment.blas_in_use()
    try:
        train, test = mnist.load(chosen.data)
        table = torch.zeros(chosen.processes, 3, dtype=torch.double).share_memory_()
        parameters = [parameter.share_memory_() for parameter in training.new_parameters(chosen.model, SEED)]
        shares = [share(train, rank, chosen) for rank in range(chosen.processes)]
        barrier = multiprocessing.get_context("fork").Barrier(chosen.processes)
        arguments = (chosen, parameters, shares, table, barrier, worker)
        if chosen.processes == 1:
            _life(0, *arguments)
        else:
            multiprocessing.start_processes(_life, arguments, nprocs=chosen.processes, start_method="fork")
        result = training.accuracy(parameters, *test)
    except (OSError, ValueError, multiprocessing.ProcessExitedException,
            multiprocessing.ProcessRaisedException) as trouble:
        sys.exit(f"{system}: {trouble}")
    seconds = float(table[:, END].max() - table[:, START].min())
    print(json.dumps({
        "system": system if chosen.step == "autograd" else f"{system}-{chosen.step}",
        "workload": f"mnist-{chosen.model}-b{training.BATCH}" + ("-resampled" if chosen.order == "samples" else ""),
        "samplesPerSecond": round(float(table[:, SAMPLES].sum()) / seconds),
        "testAccuracy": round(result, 4),
        "processes": chosen.processes,
        "threads": chosen.threads,
        "torch": torch.__version__,
        "blas": blas,
    }))


def share(train, rank, chosen):
    """Worker `rank`'s batches: every processes-th sample, with targets as the chosen step wants them."""
    images, labels = train[0][rank::chosen.processes], train[1][rank::chosen.processes]
    targets = torch.eye(mnist.CLASSES)[labels] if chosen.step == "manual" else labels
    return training.Batches(images, targets, chosen.order, SEED + rank)


def timed(rank, chosen, step, batches, table, barrier, expired=None):
    """The measured part: all processes start together, and the row of `rank` gets start, end and samples."""
    barrier.wait()
    start = time.perf_counter()  # CLOCK_MONOTONIC on Linux: one clock for all processes
    if expired is None:
        deadline = float("inf") if chosen.seconds is None else start + chosen.seconds

        def expired():
            return time.perf_counter() >= deadline

    samples = training.run(step, batches, chosen.epochs, expired)
    table[rank] = torch.tensor([start, time.perf_counter(), samples], dtype=torch.double)


def warm_up(step, batches):
    """One epoch that is not measured, to warm code, caches and allocator. The caller restores the parameters."""
    training.run(step, batches, 1, lambda: False)


def _life(rank, chosen, parameters, shares, table, barrier, worker):
    if chosen.pin:
        environment.pin(rank, chosen.threads)
    torch.set_num_threads(chosen.threads)
    torch.set_flush_denormal(True)  # per thread, and not inherited by every kind of start
    worker(rank, chosen, parameters, shares[rank], table, barrier)


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
