"""The mode and dtype in which a module is compared."""

from __future__ import annotations

import torch
from torch import nn


def set_mode(model: nn.Module, training: bool, dtype: torch.dtype = torch.float64) -> nn.Module:
    """In this dtype and mode; dropout stays off, since specs mean what it leaves alone."""
    model = model.to(dtype).train(training)
    for part in model.modules():
        if isinstance(part, nn.modules.dropout._DropoutNd):
            part.eval()
    return model
