"""The process around PyTorch: what must be set before it is loaded, and what it turned out to run on.

Two things decide most of the speed of small models on a CPU, and both are settled when a library is loaded: the
allocator (tcmalloc, preloaded) and the BLAS (OpenBLAS, built with OpenMP; it picks its kernels for the processor).
Variables that steer these libraries may be left over in a shell for other reasons, and can slow the peer down without
a sign: OPENBLAS_CORETYPE=Haswell on a processor with AVX-512 cost about a third of the speed. They are set aside for
this run, and that is said on stderr, so that the peer is not handicapped by accident.
"""

import ctypes
import os
import sys

ALLOCATOR = "libtcmalloc_minimal.so.4"
MARK = "ORLEANSSGD_PEER_TUNED"
STEERING = ("ATEN_", "GOMP_", "KMP_", "MALLOC_", "MKL_", "OMP_", "OPENBLAS_", "TCMALLOC_")
REMEDY = "Run benchmarks/peers/setup.sh."


def tune():
    """Starts this program again with the settings in its environment; returns at once in the second life."""
    if MARK in os.environ:
        return
    try:
        ctypes.CDLL(ALLOCATOR)
    except OSError:
        sys.exit(f"{ALLOCATOR} cannot be loaded; without it PyTorch is not at its best. {REMEDY}")
    settings, aside = tuned(os.environ)
    if aside:
        print("set aside for this run: " + " ".join(aside), file=sys.stderr)
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], settings)


def tuned(environment):
    """(the environment to run in, ["NAME=value", ...] of what was left out of it)."""
    steering = sorted(name for name in environment if name.startswith(STEERING))
    settings = {name: value for name, value in environment.items() if name not in steering}
    settings[MARK] = "1"
    settings["LD_PRELOAD"] = " ".join(filter(None, [ALLOCATOR, settings.get("LD_PRELOAD")]))
    settings.setdefault("GLOO_SOCKET_IFNAME", "lo")  # all processes are on this machine
    return settings, [f"{name}={environment[name]}" for name in steering]


def blas_in_use():
    """Name, version, threading and kernels of the BLAS in this process. Call after importing torch."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        files = {line.split()[-1] for line in maps if ".so" in line}
    for file in sorted(files):
        if "openblas" not in file:
            continue
        library = ctypes.CDLL(file)
        if not hasattr(library, "openblas_get_config"):
            continue  # the LAPACK half carries the same name
        library.openblas_get_config.restype = ctypes.c_char_p
        library.openblas_get_corename.restype = ctypes.c_char_p
        version = " ".join(library.openblas_get_config().decode().split()[:2])
        threading = {0: "sequential", 1: "pthread", 2: "openmp"}[library.openblas_get_parallel()]
        return f"{version} {threading} {library.openblas_get_corename().decode()}"
    if any("libmkl" in file for file in files):
        return "MKL"
    sys.exit(f"PyTorch runs on neither OpenBLAS nor MKL here; its figures would be too low to compare with. {REMEDY}")


def pin(rank, threads):
    """Gives process `rank` its own `threads` processors out of those this program may use, which must be enough."""
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, allowed[rank * threads:(rank + 1) * threads])
