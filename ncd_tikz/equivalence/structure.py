"""Whether a module has the learned tensors it should, and copying them by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from ncd_tikz.equivalence.lift import Learned


def compare_structure(
    model: nn.Module, learned: Sequence[Learned], names: Mapping[str, str], owner: str
) -> tuple[str, Learned | None]:
    """What is wrong in words, empty where nothing is; and the learned tensor it is about, if it is one.

    Args:
        model: the module.
        learned: what it should have.
        names: ours -> the names in the module.
        owner: how to call the module, e.g. "the module".
    """
    theirs = dict(model.named_parameters(remove_duplicate=False))
    for entry in learned:
        name = names[entry.name]
        if name not in theirs:
            return f"{owner} has no parameter {name!r}", entry
        if tuple(theirs[name].shape) != entry.stored:
            axes = " ".join(axis.name for axis in entry.parameter.axes)
            shapes = f"{tuple(theirs[name].shape)}, expected {entry.stored} ({axes})"
            return f"{owner}'s parameter {name!r} has shape {shapes}", entry
    left = [name for name in theirs if name not in set(names.values())]
    if left:
        shown = ", ".join(repr(name) for name in left)
        return f"{owner} has {shown}, which the spec has not", None
    return "", None


def copy_parameters(
    model: nn.Module, values: Mapping[str, Tensor], names: Mapping[str, str]
) -> list[tuple[str, Tensor]]:
    """Copy by name; gives the module's own parameters in the order of `values`, with their names."""
    theirs = dict(model.named_parameters(remove_duplicate=False))
    with torch.no_grad():
        for ours, value in values.items():
            theirs[names[ours]].copy_(value)
    return [(names[ours], theirs[names[ours]].requires_grad_()) for ours in values]
