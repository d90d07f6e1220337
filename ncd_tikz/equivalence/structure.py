"""Whether a module has the learned tensors it should, and copying them by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from ncd_tikz.equivalence.evaluate import Learned
from ncd_tikz.equivalence.report import Finding
from ncd_tikz.equivalence.trace import link_parting


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
    theirs = _named(model)
    for entry in learned:
        name = names[entry.name]
        kind = "buffer" if entry.parameter.buffer else "parameter"
        if name not in theirs:
            return f"{owner} has no {kind} {name!r}", entry
        if isinstance(theirs[name], nn.Parameter) is entry.parameter.buffer:
            found = "parameter" if entry.parameter.buffer else "buffer"
            return f"{owner}'s {name!r} is a {found}, expected a {kind}", entry
        if tuple(theirs[name].shape) != entry.stored:
            axes = " ".join(axis.name for axis in entry.parameter.axes)
            shapes = f"{tuple(theirs[name].shape)}, expected {entry.stored} ({axes})"
            return f"{owner}'s {kind} {name!r} has shape {shapes}", entry
    met: dict[int, str] = {}
    for entry in learned:
        name = names[entry.name]
        if met.setdefault(id(theirs[name]), name) != name:
            other = met[id(theirs[name])]
            return f"{owner}'s {other!r} and {name!r} are one tensor, the spec has two", entry
    known = set(names.values())
    left = [name for name, _ in model.named_parameters(remove_duplicate=False) if name not in known]
    if left:
        shown = ", ".join(repr(name) for name in left)
        return f"{owner} has {shown}, which the spec has not", None
    return "", None


def copy_parameters(
    model: nn.Module, values: Mapping[str, Tensor], names: Mapping[str, str]
) -> list[tuple[str, Tensor]]:
    """Copy by name; gives the module's own parameters in the order of `values`, with their names.

    Buffers are copied, too, and not among what is given back.
    """
    theirs = _named(model)
    with torch.no_grad():
        for ours, value in values.items():
            theirs[names[ours]].copy_(value)
    pairs = [(names[ours], theirs[names[ours]]) for ours in values]
    return [(name, tensor.requires_grad_()) for name, tensor in pairs if isinstance(tensor, nn.Parameter)]


def buffer(model: nn.Module, name: str) -> Tensor:
    """The module's buffer of this name, as it is now."""
    return _named(model)[name].detach()


def _named(model: nn.Module) -> dict[str, Tensor]:
    named: dict[str, Tensor] = dict(model.named_parameters(remove_duplicate=False))
    named.update(model.named_buffers(remove_duplicate=False))
    return named


def place_of_learned(entry: Learned, finding: Finding) -> Finding:
    """The finding at the step whose learned tensor it is about."""
    place = link_parting(entry.links, "", "")
    return replace(
        finding,
        step=place.path,
        operation=place.operation,
        label=place.label,
        at=place.at,
        iteration=place.iteration,
    )
