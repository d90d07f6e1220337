"""torch as it is from the start, whatever somebody's code has set for all of the process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch


@contextmanager
def undisturbed() -> Iterator[None]:
    """Inside, new tensors are float32 on the CPU and gradients are kept, as torch begins."""
    dtype, device = torch.get_default_dtype(), torch.get_default_device()
    torch.set_default_dtype(torch.float32)
    try:
        with torch.device("cpu") if device.type != "cpu" else torch.enable_grad(), torch.enable_grad():
            yield
    finally:
        torch.set_default_dtype(dtype)


def settings() -> dict[str, str]:
    """What holds for all of the process and may change what a module computes, in words."""
    return {
        "torch's default dtype": str(torch.get_default_dtype()),
        "torch's default device": str(torch.get_default_device()),
        "whether torch keeps gradients": str(torch.is_grad_enabled()),
        "the working directory": str(Path.cwd()),
    }
