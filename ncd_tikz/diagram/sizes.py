"""The declared sizes of a spec or block, in an order that can be evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from ncd_tikz.axes import Axis, Expression, ExpressionError
from ncd_tikz.errors import ShapeError
from ncd_tikz.operations import Scope
from ncd_tikz.operations.scope import AxisFamily
from ncd_tikz.spec.nodes import AxisNode, Spec


def declared(spec: Spec, around: tuple[AxisNode, ...]) -> tuple[AxisNode, ...]:
    """What a spec declares; a block takes over the axes of its inputs from around it, as numbers."""
    nodes = {node.name: node for node in (*spec.params, *spec.axes)}
    outer = {node.name: node for node in around}
    scope = scope_of(around)
    numbers = {name: Expression.number(number) for name, number in scope.defaults.items()}
    for name in (name.strip("()") for each in spec.inputs for name in each.axes):
        for member in (part.rstrip("'").partition("[")[0] for part in name.split()):
            if member in outer and member not in nodes:
                node = outer[member]
                known = {symbol: size for symbol, size in numbers.items() if symbol != node.index}
                with suppress(ExpressionError, ShapeError):  # a mistake that is told where it stands
                    sizes = tuple(scope.settled(size).substitute(known) for size in node.sizes)
                    if not node.index:
                        sizes = tuple(Expression.number(size.evaluate({})) for size in sizes)
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
            if any(symbol in names for size in node.sizes for symbol in _needs(size, node.index)):
                later.append(node)
            else:
                ordered[node.name] = node
                names.discard(node.name)
        if len(later) == len(waiting):
            return (*ordered.values(), *waiting)
        waiting = later
    return tuple(ordered.values())


def _needs(size: Expression, index: str) -> tuple[str, ...]:
    """The sizes and families that a size is derived from."""
    symbols = (symbol for symbol in size.symbols if symbol != index)
    return (*symbols, *(name for name, _ in size.families))


def scope_of(nodes: tuple[AxisNode, ...]) -> Scope:
    """The axes that signatures may name: each of its own symbol's size, groups of what they say."""
    axes: dict[str, Axis] = {}
    declared: dict[str, Expression] = {}
    families = {node.name: AxisFamily(node.index, node.sizes, node.label) for node in nodes if node.index}
    for node in nodes:
        if node.index:
            continue
        sizes = settled(node, families)
        if len(sizes) == 1:
            declared[node.name] = sizes[0]
            axes[node.name] = Axis(node.name, (Expression.symbol(node.name),), node.label)
        else:
            axes[node.name] = Axis(node.name, sizes, node.label)
    return Scope(axes, declared, families)


def settled(node: AxisNode, families: Mapping[str, AxisFamily]) -> tuple[Expression, ...]:
    """Its sizes, where members of families know theirs; as they stand where that is a mistake."""
    try:
        return tuple(Scope({}, {}, families).settled(size) for size in node.sizes)
    except ShapeError:
        return node.sizes
