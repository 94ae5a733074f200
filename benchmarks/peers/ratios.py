#!/usr/bin/python3
"""Ratios of the grid to its peers from the lines of JSON that compare.sh collects: first the ratios, then the medians."""

import json
import statistics
import sys

OURS = "orleans-sgd"


def setting(record):
    """(the workload without its order, how many members, threads of each): what must agree for two lines to be compared."""
    members = record["workers"] if record["system"] == OURS else record["processes"]
    return record["workload"].removesuffix("-resampled"), members, record["threads"]


def name(record):
    order = " (samples drawn anew each epoch)" if record["workload"].endswith("-resampled") else ""
    return record["system"] + order


def report(lines):
    """The sentences to print. Runs are compared within a round too, so that a machine that slows down does less harm."""
    runs, pushes = {}, []
    for record in map(json.loads, lines):
        if "samplesPerSecond" in record:
            runs.setdefault(setting(record), {}).setdefault(name(record), []).append(record)
        else:
            pushes.append(record)
    ratios, medians = [], []
    for (workload, members, threads), systems in sorted(runs.items()):
        where = f"{workload}, {members} × {threads} thread{'s' if threads > 1 else ''}"
        speeds = {system: [record["samplesPerSecond"] for record in records] for system, records in systems.items()}
        for system, theirs in speeds.items():
            accuracies = [record["testAccuracy"] for record in systems[system]]
            medians.append(f"{where}: {system}: median {statistics.median(theirs):,.0f} samples/s ({min(theirs):,.0f} to "
                           f"{max(theirs):,.0f}), test accuracy {statistics.median(accuracies):.4f}")
            if system != OURS and OURS in speeds:
                pairs = [ours / other for ours, other in zip(speeds[OURS], theirs)]
                ratios.append(f"{where}: grid / {system} = {statistics.median(speeds[OURS]) / statistics.median(theirs):.2f} "
                              f"(pairs {min(pairs):.2f} to {max(pairs):.2f})")
    for record in pushes:
        ratios.append(f"push of {record['length']} floats: {record['pushToMemcpy']:.2f} x memcpy; "
                      f"with the pull in its answer {record['pushAndPullToMemcpy']:.2f} x")
    return ratios + medians


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print("\n".join(report(file)))
