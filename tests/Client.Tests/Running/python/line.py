"""A TorchScript module with one linear layer, ten features to three classes.

line.py write FILE                    writes it, untrained
line.py compare MODULE SAFETENSORS    ends with 1 unless both files have the same parameters, and others than the untrained module's
"""

import json
import struct
import sys

import torch
from torch import nn


def untrained():
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(10, 3))


def read_safetensors(path):
    with open(path, "rb") as file:
        data = bytearray(file.read())
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(bytes(data[8:8 + size]))
    header.pop("__metadata__", None)
    return {
        name: torch.frombuffer(bytearray(data[slice(*(8 + size + offset for offset in entry["data_offsets"]))]), dtype=torch.float32).reshape(entry["shape"])
        for name, entry in header.items()
    }


def main():
    torch.set_num_threads(1)
    if sys.argv[1] == "write":
        torch.jit.script(untrained()).save(sys.argv[2])
        return
    module = torch.jit.load(sys.argv[2]).state_dict()
    values = read_safetensors(sys.argv[3])
    before = untrained().state_dict()
    if sorted(module) != sorted(values):
        sys.exit(f"the module has {sorted(module)}, the file has {sorted(values)}")
    for name in module:
        if not torch.equal(module[name], values[name]):
            sys.exit(f"{name} differs")
        if torch.equal(module[name], before[name]):
            sys.exit(f"{name} was not trained")


main()
