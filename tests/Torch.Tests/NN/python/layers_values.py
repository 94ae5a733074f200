"""The numbers of these tests."""
import torch


def values(shape, salt):
    """Numbers in ±1 that both sides compute exactly: neighbours differ, so that no maximum is shared."""
    count = 1
    for extent in shape:
        count *= extent
    flat = [((i * 37 + salt * 101) % 199 - 99) / 100 for i in range(count)]
    return torch.tensor(flat, dtype=torch.float64).to(torch.float32).reshape(shape)
