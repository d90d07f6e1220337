"""The declared sizes of a spec or block, in an order that can be evaluated."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from ncd_tikz.axes import Axis, Expression, ExpressionError
from ncd_tikz.operations import Scope
from ncd_tikz.spec.nodes import AxisNode, Spec


def declared(spec: Spec, around: tuple[AxisNode, ...]) -> tuple[AxisNode, ...]:
    """What a spec declares; a block takes over the axes of its inputs from around it, as numbers."""
    nodes = {node.name: node for node in (*spec.params, *spec.axes)}
    outer = {node.name: node for node in around}
    defaults = scope_of(around).defaults
    for name in (name.strip("()") for each in spec.inputs for name in each.axes):
        for member in (part.rstrip("'") for part in name.split()):
            if member in outer and member not in nodes:
                node = outer[member]
                with suppress(ExpressionError):  # a mistake that is told where it stands
                    sizes = tuple(Expression.number(size.evaluate(defaults)) for size in node.sizes)
                    nodes[member] = replace(node, sizes=sizes)
    return in_order(tuple(nodes.values()))


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
