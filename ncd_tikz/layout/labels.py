"""The labels of wires: what they say, how high they rise."""

from __future__ import annotations

from ncd_tikz.axes import Axis
from ncd_tikz.text import measure

GAP = 0.14  # between a label and its wire
HALO = 0.07  # more of it over a wire with a halo, or a double one


def label_of(axis: Axis) -> str:
    r"""An axis's label as it is set: the letter of an axis group is bold, its scripts are not.

    >>> from ncd_tikz.axes import Expression
    >>> group = Axis("x", (Expression.number(8),) * 2, r"\bar{x}_\lambda/2")
    >>> label_of(group)
    '\\mathbf{\\bar{x}}_\\lambda/2'
    """
    if axis.rank == 1:
        return axis.label
    factor = axis.label[: len(axis.label) - len(axis.label.lstrip("0123456789"))]
    label = axis.label[len(factor) :]
    if not label or label[0] in "_^/":
        return rf"\mathbf{{{factor}}}{label}"
    depth = 0
    for place, mark in enumerate(label):
        depth += (mark == "{") - (mark == "}")
        if place and not depth and mark in "_^/":
            return rf"{factor}\mathbf{{{label[:place]}}}{label[place:]}"
    return rf"{factor}\mathbf{{{label}}}"


def gap_of(axis: Axis, highlighted: bool) -> float:
    """Room between the wire and the foot of its label."""
    return GAP + (HALO if highlighted or axis.rank > 1 else 0.0)


def rise_of(axis: Axis, highlighted: bool = False) -> float:
    """How far the label reaches above its wire."""
    extent = measure(label_of(axis))
    return gap_of(axis, highlighted) + extent.height + extent.depth
