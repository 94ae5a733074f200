#!/usr/bin/python3
"""MPI all-reduce between two processes of this machine: the time of one sum of --length floats, in place."""

import argparse
import json
import os
import sys

REMEDY = "Run benchmarks/peers/setup.sh."
INNER = "--inner"


def outer(arguments):
    """Becomes mpirun, which starts this script once for each process."""
    settings = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    command = ["mpirun", "--oversubscribe", "-n", "2", sys.executable, os.path.abspath(__file__), INNER, *arguments]
    try:
        os.execvpe(command[0], command, settings)
    except FileNotFoundError:
        sys.exit(f"openmpi is not installed: there is no mpirun. {REMEDY}")


def inner(length):
    import numpy
    import timing
    from mpi4py import MPI

    values = numpy.zeros(length, numpy.float32)
    # Both make equally many, or one would wait for ever.
    microseconds = timing.median(lambda: MPI.COMM_WORLD.Allreduce(MPI.IN_PLACE, values), seconds=float("inf"), most=501)
    if MPI.COMM_WORLD.rank == 0:
        version = MPI.Get_library_version().split(",")[0].strip()
        print(json.dumps({"system": "openmpi-all-reduce", "workload": "all-reduce", "length": length,
                          "microseconds": microseconds, "mpi": version, "processes": MPI.COMM_WORLD.size}))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--length", type=int, default=61_706)
    parser.add_argument(INNER, action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    try:
        import mpi4py  # noqa: F401 - only whether it is there
    except ImportError:
        sys.exit(f"mpi4py is not installed. {REMEDY}")
    if chosen.inner:
        inner(chosen.length)
    else:
        outer(["--length", str(chosen.length)])


if __name__ == "__main__":
    main()
