"""Tables over two positions, one that asks and one that answers: what they are made along."""

from __future__ import annotations

from ncd_tikz.axes import Application, Axis, Expression
from ncd_tikz.errors import ShapeError
from ncd_tikz.operations.arranging import moved
from ncd_tikz.operations.contract import Call, Scope
from ncd_tikz.operations.fitting import apply
from ncd_tikz.operations.parameter import named_axes

Names = tuple[str, ...]
Sizes = tuple[Expression, ...]  # one, or none where it is left out


def bind_table(over: Names, axes: Names, offset: Sizes, scope: Scope) -> Application:
    """A tensor made of nothing, whose axes are two positions and others.

    Raises:
        ShapeError: the axes are not those, or the positions are groups.
    """
    if len(over) != 2:
        found = " ".join(over) or "none"
        raise ShapeError(
            f"expected two axes, one that asks and one that answers, found {found}", field="over"
        )
    if len(offset) > 1:
        raise ShapeError(f"expected one number, found {len(offset)}", field="offset")
    application = apply((), (), (named_axes(axes, scope),), scope, "axes")
    made = {axis.name: axis for axis in application.made_axes(0)}
    for name in over:
        if name not in made:
            fact = f"expected an axis '{name}' among the axes, found {' '.join(axes)}"
            raise ShapeError(fact, f"as in axes: h {' '.join(over)}", "axes")
        if made[name].rank != 1:
            raise ShapeError(f"expected two single axes, found a group: {name}", field="over")
    return application


def others(application: Application, over: Names) -> tuple[Axis, ...]:
    """The axes besides the positions."""
    return tuple(axis for axis in application.made_axes(0) if axis.name not in over)


def ago_code(call: Call, over: Names, offset: Sizes, settings: str) -> list[str]:
    """Statements that make `_ago`, how long ago what answers is, with the axes asks, answers."""
    made = {axis.name: axis for axis in call.application.made_axes(0)}
    asks, answers = (call.size(made[name].sizes[0]) for name in over)
    bounds, prefix = asks, call.attribute
    if offset:
        end = Expression(("+", offset[0].tree, made[over[0]].sizes[0].tree)).simplified()
        bounds = f"{call.size(offset[0])}, {call.size(end)}"
    return [
        f"{prefix}_asks = torch.arange({bounds}{settings})",
        f"{prefix}_answers = torch.arange({answers}{settings})",
        f"{prefix}_ago = {prefix}_asks[:, None] - {prefix}_answers",
    ]


def placed(code: str, call: Call, have: Names) -> str:
    """The table in the order of its axes, from code with the axes `have`."""
    return moved(code, have, [axis.name for axis in call.application.made_axes(0)])
