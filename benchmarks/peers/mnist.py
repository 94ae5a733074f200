"""The four IDX files of MNIST as tensors: images float32 [count, 784] in 0..1, labels int64 [count]."""

import math
import struct
from pathlib import Path

import numpy
import torch

PIXELS = 28 * 28
CLASSES = 10
IMAGES, LABELS = 0x00000803, 0x00000801  # magic: unsigned bytes, with 3 dimensions and with 1


def load(folder):
    """Reads ((train images, labels), (test images, labels)); ValueError or OSError says which file and why."""
    return _part(Path(folder), "train"), _part(Path(folder), "t10k")


def _part(folder, prefix):
    images = read_idx(folder / f"{prefix}-images-idx3-ubyte", IMAGES)
    labels = read_idx(folder / f"{prefix}-labels-idx1-ubyte", LABELS)
    if images.shape[1:] != (28, 28):
        raise ValueError(f"{folder}: {prefix} images are {images.shape[1]} x {images.shape[2]}, expected 28 x 28.")
    if len(images) != len(labels):
        raise ValueError(f"{folder}: {prefix} has {len(images)} images but {len(labels)} labels.")
    if len(labels) == 0:
        raise ValueError(f"{folder}: {prefix} holds no samples.")
    if labels.max() >= CLASSES:
        raise ValueError(f"{folder}: {prefix} label {labels.argmax()} is {labels.max()}; "
                         f"labels are 0 to {CLASSES - 1}.")
    pixels = torch.from_numpy(images.reshape(-1, PIXELS)).float().mul_(1 / 255)  # rounds as the grid does
    return pixels, torch.from_numpy(labels).long()


def read_idx(path, magic):
    """The array of one uncompressed IDX file of unsigned bytes, in the shape its header states."""
    content = path.read_bytes()
    dimensions = magic & 0xFF
    header = 4 + 4 * dimensions
    if len(content) < header:
        raise ValueError(f"{path} ends at byte {len(content)}, inside its header of {header} bytes. Fetch it again.")
    found, *shape = struct.unpack_from(f">{1 + dimensions}I", content)
    if found != magic:
        raise ValueError(f"{path} begins with {found:#010x}, expected {magic:#010x}: not this kind of IDX file, "
                         "or still compressed.")
    expected = header + math.prod(shape)
    if len(content) != expected:
        raise ValueError(f"{path} has {len(content)} bytes, but its header {shape} makes {expected}. Fetch it again.")
    return numpy.frombuffer(content, numpy.uint8, offset=header).reshape(shape).copy()
