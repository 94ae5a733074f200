"""One more process that serves others by torch.distributed.rpc: what the parameter server and the push share."""

import multiprocessing
import os
import tempfile
from contextlib import contextmanager

import torch
import torch.distributed.rpc as rpc

NAME = "server"
THREADS = 4  # that answer calls; more than callers, so that nobody waits for a thread


def join(name, rank, members, folder):
    """Enters the group; returns when everybody is there."""
    os.environ.setdefault("TP_SOCKET_IFNAME", "lo")  # all processes are on this machine
    options = rpc.TensorPipeRpcBackendOptions(num_worker_threads=THREADS, init_method=f"file://{folder}/meeting")
    rpc.init_rpc(name, rank=rank, world_size=members, rpc_backend_options=options)


def leave():
    """Leaves the group, once nobody in it has a call under way."""
    rpc.shutdown()


@contextmanager
def server(callers, prepare, *arguments):
    """A forked process that calls prepare(*arguments), answers `callers` others and ends with them. Gives the folder they meet in.

    The caller must not have started threads of torch, nor have joined.
    """
    with tempfile.TemporaryDirectory() as folder:
        process = multiprocessing.get_context("fork").Process(target=_serve, args=(callers, folder, prepare, arguments), daemon=True)
        process.start()
        try:
            yield folder
            process.join()
        finally:
            process.kill()


def _serve(callers, folder, prepare, arguments):
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    prepare(*arguments)
    join(NAME, callers, callers + 1, folder)
    leave()
