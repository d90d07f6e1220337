"""The declared sizes of a spec or block, in an order that can be evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ncd_tikz.axes import Axis, Expression
from ncd_tikz.axes.label import default_label
from ncd_tikz.operations import Scope
from ncd_tikz.spec.nodes import AxisNode, Spec

# A block's size that only callers know stands for a number with many divisors, so that sizes
# derived from it come out.
_STAND_IN = 24


def with_defaults(spec: Spec, around: tuple[AxisNode, ...]) -> tuple[AxisNode, ...]:
    """What a spec declares; for a block, also the axes of its inputs, which callers settle.

    A size that the block leaves open defaults to what the spec around it says of that name.
    """
    nodes = {node.name: node for node in (*spec.params, *spec.axes)}
    for axis in spec.inputs:
        for name in _names(axis.axes):
            if name not in nodes:
                nodes[name] = AxisNode(name, (), default_label(name), "", axis.at)
    outer = {node.name: node for node in reversed(around)}
    known = scope_of(tuple(outer.values())).defaults
    found: list[AxisNode] = []
    for node in nodes.values():
        if not node.sizes:
            same = outer.get(node.name)
            number = known.get(node.name, _STAND_IN * (len(found) + 1))
            node = replace(node, sizes=(Expression.number(number),))
            if same is not None and node.label == default_label(node.name):
                node = replace(node, label=same.label, about=node.about or same.about)
        found.append(node)
    return tuple(found)


def _names(axes: tuple[str, ...]) -> Iterator[str]:
    for name in axes:
        for member in name.strip("()").split():
            if not member.isdigit():
                yield member.rstrip("'")


def in_order(nodes: tuple[AxisNode, ...]) -> tuple[AxisNode, ...]:
    """Each after those it is derived from; otherwise as they stand. What needs itself comes last."""
    ordered: dict[str, AxisNode] = {}
    waiting = list(nodes)
    while waiting:
        names = {node.name for node in waiting}
        later = []
        for node in waiting:
            if any(symbol in names for size in node.sizes for symbol in size.symbols):
                later.append(node)
            else:
                ordered[node.name] = node
                names.discard(node.name)
        if len(later) == len(waiting):
            return (*ordered.values(), *waiting)
        waiting = later
    return tuple(ordered.values())


def scope_of(nodes: tuple[AxisNode, ...]) -> Scope:
    """The axes that signatures may name: each of its own symbol's size, groups of what they say."""
    axes: dict[str, Axis] = {}
    declared: dict[str, Expression] = {}
    for node in nodes:
        if len(node.sizes) == 1:
            declared[node.name] = node.sizes[0]
            axes[node.name] = Axis(node.name, (Expression.symbol(node.name),), node.label)
        else:
            axes[node.name] = Axis(node.name, node.sizes, node.label)
    return Scope(axes, declared)
