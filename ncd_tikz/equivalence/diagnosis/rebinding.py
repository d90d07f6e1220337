"""A step's operation put in another one's place: typed anew, with the parameters that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from torch import Tensor

from ncd_tikz.axes import Application, Axis, Expression
from ncd_tikz.diagram import Diagram, expand
from ncd_tikz.equivalence.diagnosis.change import Edit
from ncd_tikz.equivalence.diagnosis.compiled import Compiled, Tensors, write
from ncd_tikz.equivalence.diagnosis.program import Node, Program, extent
from ncd_tikz.operations import Operation, Scope
from ncd_tikz.operations.scope import AxisFamily


def scope_of(diagram: Diagram) -> Scope:
    """What the names in a diagram's signatures mean."""
    axes: dict[str, Axis] = {}
    declared: dict[str, Expression] = {}
    families: dict[str, AxisFamily] = {}
    for entry in diagram.sizes:
        axis = entry.axis
        if entry.index:
            families[axis.name] = AxisFamily(entry.index, axis.sizes, axis.label)
        elif axis.rank == 1:
            declared[axis.name] = axis.sizes[0]
            axes[axis.name] = Axis(axis.name, (Expression.symbol(axis.name),), axis.label)
        else:
            axes[axis.name] = axis
    return Scope(axes, declared, families)


def rebound(program: Program, node: Node, operation: Operation, resized: bool = False) -> Edit | None:
    """The edit by which a node has another operation; None where that does not fit.

    Args:
        resized: whether the outputs may have other sizes.
    """
    if node.application is None or node.operation is None:
        return None
    try:
        application = operation.bind(node.application.inputs, scope_of(node.diagram))
        flags = tuple(program.slots[slot].lacking for slot in node.inputs)
        writing = write(operation, application, node.sizes, flags)
    except Exception:
        return None
    orders = _orders(application, node, resized)
    which = _parameters(operation, application, node)
    if orders is None or which is None:
        return None
    made: list[Compiled] = []

    def run(inputs: Sequence[Tensor], parameters: Sequence[Tensor], like: Tensor) -> Tensors:
        if not made:
            made.append(Compiled(writing, program.training))
        outputs = made[0](inputs, [parameters[place] for place in which], like)
        return tuple(arranged(output, order) for output, order in zip(outputs, orders, strict=True))

    return Edit(runs={node.number: run})


def arranged(tensor: Tensor, order: Sequence[int]) -> Tensor:
    """The last dimensions in another order."""
    front = tensor.dim() - len(order)
    return tensor.permute(*range(front), *(front + place for place in order)) if order else tensor


def stored(
    operation: Operation, application: Application, sizes: Mapping[str, int]
) -> dict[str, tuple[int, ...]]:
    """The shapes of the learned tensors as they are stored, by name."""
    found = {}
    for entry in operation.parameters(expand(application)):
        extents = [extent(axis, sizes) for axis in entry.axes]
        shape, start = [], 0
        for count in entry.flatten:
            shape.append(prod(extents[start : start + count]))
            start += count
        found[entry.name] = tuple(shape)
    return found


def _orders(application: Application, node: Node, resized: bool) -> list[tuple[int, ...]] | None:
    """For each output how its dimensions are brought into the diagram's order."""
    assert node.application is not None
    before, now = expand(node.application).results, expand(application).results
    if len(before) != len(now):
        return None
    orders = []
    for old, new in zip(before, now, strict=True):
        if old.kind != new.kind or len(old.axes) != len(new.axes):
            return None
        if sorted(old.names) == sorted(new.names) and len(set(old.names)) == len(old.names):
            orders.append(tuple(new.names.index(name) for name in old.names))
            continue
        sizes = [[extent(axis, node.sizes) for axis in each.axes] for each in (old, new)]
        if sizes[0] != sizes[1] and not resized:
            return None
        orders.append(tuple(range(len(old.axes))))
    return orders


def _parameters(operation: Operation, application: Application, node: Node) -> list[int] | None:
    """Which of the node's parameters the other operation takes, in its order."""
    assert node.operation is not None and node.application is not None
    has = stored(node.operation, node.application, node.sizes)
    needs = stored(operation, application, node.sizes)
    places = list(has)
    if any(has.get(name) != shape for name, shape in needs.items()):
        return None
    return [places.index(name) for name in needs]
