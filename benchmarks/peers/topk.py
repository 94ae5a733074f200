#!/usr/bin/python3
"""torch.topk on one thread, of magnitudes that lie ready: no residual is added, nothing is written."""

import environment

environment.tune()  # must come before torch is loaded

import argparse
import json

import torch

import timing

SEED = 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--length", type=int, default=1_000_000)
    parser.add_argument("--fraction", type=float, default=0.01)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    count = max(1, int(chosen.length * chosen.fraction))
    magnitudes = torch.randn(chosen.length, generator=torch.Generator().manual_seed(SEED)).abs_()
    microseconds = timing.median(lambda: torch.topk(magnitudes, count, sorted=False))
    print(json.dumps({"system": "torch-topk", "workload": "top-k", "length": chosen.length, "count": count,
                      "microseconds": microseconds, "torch": torch.__version__}))


if __name__ == "__main__":
    main()
