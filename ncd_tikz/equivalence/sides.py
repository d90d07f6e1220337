"""What the sides of an equation share: inputs by name, and learned tensors by name."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from ncd_tikz.diagram import Diagram
from ncd_tikz.equivalence.evaluate import Learned


class Apart(Exception):
    """The sides cannot be given the same inputs and parameters."""


def arranged(tensor: Tensor, held: Learned, wanted: Learned, sizes: Mapping[str, int]) -> Tensor:
    """A parameter as another side stores it: its axes by their names, in the order wanted there."""
    names = [axis.name for axis in held.parameter.axes]
    order = [axis.name for axis in wanted.parameter.axes]
    if sorted(names) == sorted(order) and len(set(names)) == len(names):
        extents = [size.evaluate(sizes) for axis in held.parameter.axes for size in axis.sizes]
        if all(axis.rank == 1 for axis in held.parameter.axes):
            placed = tensor.reshape(extents).permute([names.index(name) for name in order])
            return placed.reshape(wanted.stored)
    if held.stored == wanted.stored:
        return tensor
    axes, others = " ".join(names), " ".join(order)
    fact = f"{wanted.name!r} has axes ({axes}) on one side and ({others}) on the next one"
    raise Apart(f"{fact}; learned parts of one name are one tensor in an equation")


def input_names(diagram: Diagram) -> list[str]:
    """The names of a diagram's inputs."""
    return [diagram.values[number].name for number in diagram.inputs]


def inputs_of(diagram: Diagram, known: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """What a side takes of the inputs.

    Raises:
        Apart: the other side has no input of that name.
    """
    for name in input_names(diagram):
        if name not in known:
            has = ", ".join(known) or "none"
            raise Apart(f"one side takes {name!r}, the side before it does not: it takes {has}")
    return known
