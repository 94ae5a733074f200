"""The six binary files of CIFAR-10 as tensors: images float32 [count, 3, 32, 32] in 0..1, labels int64 [count]."""

from pathlib import Path

import numpy
import torch

CLASSES = 10
RECORD = 1 + 3 * 32 * 32  # a label, then the red, green and blue planes, row by row
INNER = "cifar-10-batches-bin"  # the folder inside the official archive
TRAIN = [f"data_batch_{number}.bin" for number in range(1, 6)]
TEST = ["test_batch.bin"]


def load(folder):
    """Reads ((train images, labels), (test images, labels)); ValueError or OSError says which file and why."""
    folder = Path(folder)
    if not (folder / TEST[0]).exists() and (folder / INNER).is_dir():
        folder = folder / INNER
    return _part(folder, TRAIN), _part(folder, TEST)


def _part(folder, names):
    records = numpy.concatenate([read_records(folder / name) for name in names])
    labels = torch.from_numpy(records[:, 0].copy()).long()
    images = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32)).float().mul_(1 / 255)  # rounds as the grid does
    return images, labels


def read_records(path):
    """[count, 3073] bytes of one file."""
    content = path.read_bytes()
    if len(content) == 0 or len(content) % RECORD != 0:
        raise ValueError(f"{path} has {len(content)} bytes, not a whole number of records of {RECORD}. Fetch it again.")
    records = numpy.frombuffer(content, numpy.uint8).reshape(-1, RECORD)
    labels = records[:, 0]
    if labels.max() >= CLASSES:
        raise ValueError(f"{path}: label {labels.argmax()} is {labels.max()}; labels are 0 to {CLASSES - 1}.")
    return records
