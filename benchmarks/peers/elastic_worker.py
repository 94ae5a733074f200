#!/usr/bin/python3
"""One worker that elastic.py has torchrun start: the MLP on normal numbers, a line in a file for every step."""

import environment

environment.tune()  # must come before torch is loaded

import json
import os
import time
from pathlib import Path

import torch
import torch.distributed as distributed
from torch.nn.parallel import DistributedDataParallel

import ddp_gloo
import training

CHECKPOINT_EVERY = 50
BATCH = 64


def main():
    folder, rank = Path(os.environ["ELASTIC_FOLDER"]), int(os.environ["RANK"])
    (folder / f"pid-{rank}").write_text(str(os.getpid()), encoding="ascii")
    torch.set_num_threads(1)
    distributed.init_process_group("gloo")
    module = training.new_model("mlp", 1).module()
    step = 0
    kept = folder / "checkpoint"
    if kept.exists():
        state = torch.load(kept)
        module.load_state_dict(state["module"])
        step = state["step"]
    advance = ddp_gloo.ddp_step(DistributedDataParallel(module, broadcast_buffers=False, gradient_as_bucket_view=True), 0.01)
    chance = torch.Generator().manual_seed(rank)
    images, labels = torch.randn(BATCH, training.PIXELS, generator=chance), torch.randint(0, training.CLASSES, (BATCH,), generator=chance)
    if rank == 0:
        (folder / "versions").write_text(json.dumps({"torch": torch.__version__}), encoding="ascii")
    with open(folder / "steps", "a", encoding="ascii", buffering=1) as lines:
        while True:  # elastic.py ends it
            advance(images, labels)
            step += 1
            if rank == 0:
                lines.write(f"{step} {time.perf_counter()}\n")
                if step % CHECKPOINT_EVERY == 0:
                    torch.save({"module": module.state_dict(), "step": step}, folder / "checkpoint.new")
                    os.replace(folder / "checkpoint.new", kept)


if __name__ == "__main__":
    main()
