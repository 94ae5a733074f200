#!/usr/bin/python3
"""torch.topk alone, on one thread: what the grid's choice of the largest coordinates is compared with.

The peer gets less to do: magnitudes are made beforehand, nothing is added to a residual, no value is looked up and none
is cleared. It is at its best: no sorting, results written into tensors that are there already.
"""

import environment

environment.tune()  # must come before torch is loaded

import argparse
import json
import statistics
import sys
import time

import torch


class TopK:
    """The largest `count` of `length` magnitudes of a normal distribution."""

    def __init__(self, length, count):
        generator = torch.Generator().manual_seed(1)
        self.magnitudes = torch.randn(length, generator=generator).abs_()
        self.count = count
        self.out = torch.empty(count), torch.empty(count, dtype=torch.int64)

    def milliseconds(self):
        """Of one call."""
        start = time.perf_counter()
        torch.topk(self.magnitudes, self.count, sorted=False, out=self.out)
        return (time.perf_counter() - start) * 1000


def serve(lines, out):
    """Answers each line 'LENGTH COUNT' with the milliseconds of one call, after one that is not counted."""
    print(f"torch {torch.__version__}, {torch.get_num_threads()} thread", file=out, flush=True)
    asked, peer = None, None
    for line in lines:
        length, count = map(int, line.split())
        if asked != (length, count):
            asked, peer = (length, count), TopK(length, count)
        peer.milliseconds()
        print(peer.milliseconds(), file=out, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--length", type=int, default=1_000_000)
    parser.add_argument("--count", type=int, help="default: a hundredth of the length")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--serve", action="store_true", help="answer lines 'LENGTH COUNT' of stdin instead")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    if chosen.serve:
        serve(sys.stdin, sys.stdout)
        return
    count = chosen.count or max(1, chosen.length // 100)
    if not (1 <= count <= chosen.length and chosen.rounds >= 1):
        parser.error("use --count from 1 to --length, and --rounds of 1 or more")
    peer = TopK(chosen.length, count)
    peer.milliseconds()
    times = [peer.milliseconds() for _ in range(chosen.rounds)]
    print(json.dumps({
        "system": "pytorch-topk", "workload": f"top-k-{chosen.length}-{count}", "milliseconds": statistics.median(times),
        "millisecondsMin": min(times), "millisecondsMax": max(times), "processes": 1, "threads": 1, "torch": torch.__version__,
    }))


if __name__ == "__main__":
    main()
