"""What PyTorch makes of an exported model: its mean loss and hits on the first rows of an IDX set, as one JSON object.

exported.py script NETWORKS FILE                       writes an untrained LeNet-5 as TorchScript
exported.py loss NETWORKS FILE KIND IMAGES LABELS N    evaluates FILE, .safetensors or .pt, on N rows
"""

import json
import struct
import sys

import torch
import torch.nn.functional as functional
from torch import nn

TYPES = {"F32": torch.float32, "I64": torch.int64}


def read_safetensors(path):
    """By the format's own description, so that no library of ours or of others stands between."""
    with open(path, "rb") as file:
        data = bytearray(file.read())
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(bytes(data[8:8 + size]))
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + size + offset for offset in entry["data_offsets"])
        flat = torch.frombuffer(bytearray(data[begin:end]), dtype=TYPES[entry["dtype"]])
        tensors[name] = flat.reshape(entry["shape"]).clone()
    return tensors


def build(networks, kind):
    if kind == "lenet5":
        return networks.LeNet5()
    network = networks.ResNet(8)
    network.conv1 = nn.Conv2d(1, 16, 3, padding=1, bias=False)
    return network


def images_of(path, count):
    with open(path, "rb") as file:
        data = bytearray(file.read(16 + count * 784))
    return torch.frombuffer(data, dtype=torch.uint8, offset=16).reshape(count, 1, 28, 28).to(torch.float32) / 255


def labels_of(path, count):
    with open(path, "rb") as file:
        data = bytearray(file.read(8 + count))
    return torch.frombuffer(data, dtype=torch.uint8, offset=8).to(torch.int64)


def main():
    torch.set_num_threads(1)
    verb, folder, path = sys.argv[1:4]
    sys.path.insert(0, folder)
    import networks

    if verb == "script":
        torch.manual_seed(3)
        torch.jit.script(networks.LeNet5()).save(path)
        return
    kind, images, labels, count = sys.argv[4], sys.argv[5], sys.argv[6], int(sys.argv[7])
    if path.endswith(".pt"):
        network = torch.jit.load(path)
    else:
        network = build(networks, kind)
        network.load_state_dict(read_safetensors(path), strict=True)
    network.eval()
    with torch.no_grad():
        scores = network(images_of(images, count))
    truth = labels_of(labels, count)
    print(json.dumps({
        "loss": functional.cross_entropy(scores.double(), truth).item(),
        "correct": int((scores.argmax(1) == truth).sum()),
        "tracked": [int(value) for name, value in network.state_dict().items() if name.endswith("num_batches_tracked")][:1],
    }))


main()
