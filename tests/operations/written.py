"""An operation bound to named axes, as a torch.nn.Module of nothing but its own source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from ncd_tikz.axes import Application, Axis, Expression, Kind, Signature, Tensor
from ncd_tikz.diagram import expand
from ncd_tikz.operations import Call, Operation, Scope, make_operation

MAPS = ("map", "along")
NAMES = ("over", "channels", "axes", "before")
SIZES = ("at", "start", "stop", "step", "sizes", "window", "offset", "part", "buckets", "distance")


def scope_of(sizes: Mapping[str, int | str]) -> Scope:
    """Axes declared with these sizes: numbers, or expressions over the others."""
    axes = {name: Axis(name, (Expression.symbol(name),), name) for name in sizes}
    return Scope(axes, {name: Expression.parse(size) for name, size in sizes.items()})


def tensor(text: str, scope: Scope, kind: Kind = "real", below: str = "") -> Tensor:
    """A tensor type from the names of its axes."""
    axes = tuple(scope.resolve(name) for name in text.split())
    return Tensor(axes, kind, Expression.parse(below) if below else None)


def operation(name: str, /, **settings: Any) -> Operation:
    """The operation with settings written as in a spec."""
    parsed: dict[str, Any] = {}
    for key, value in settings.items():
        if key in MAPS and "->" in str(value):
            parsed[key] = Signature.parse(value)
        elif key in NAMES or key in MAPS:
            parsed[key] = tuple(str(value).split())
        elif key in SIZES:
            values = value if isinstance(value, list) else [value]
            parsed[key] = tuple(Expression.parse(each) for each in values)
        elif key in ("groups", "count"):
            parsed[key] = Expression.parse(value)
        else:
            parsed[key] = value
    return make_operation(name, parsed)


class Written(torch.nn.Module):
    """What the source says, in double precision."""

    def __init__(
        self,
        operation: Operation,
        application: Application,
        sizes: Mapping[str, int],
        unbatched: tuple[bool, ...] = (),
    ) -> None:
        super().__init__()
        letters: dict[str, str] = {}
        expanded = expand(application)
        self.names = [f"t{number}" for number in range(len(expanded.inputs))]
        self.source = operation.source(
            Call(
                application=expanded,
                arguments=tuple(self.names),
                attribute="part",
                size=lambda size: size.python(lambda name: f"self.{name}"),
                init_size=lambda size: size.python(lambda name: name),
                letters=lambda axis: letters.setdefault(axis.name, "abcdefghijklmnop"[len(letters)]),
                unbatched=unbatched,
                like="like",
            )
        )
        self.space: dict[str, Any] = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, **sizes}
        for line in self.source.imports:
            exec(line, self.space)
        self.space["like"] = torch.zeros((), dtype=torch.float64)
        for name, size in sizes.items():
            setattr(self, name, size)
        if self.source.init:
            self.part = eval(self.source.init, self.space)  # noqa: S307
        self.double()

    def forward(self, *inputs: Any) -> Any:
        space = {**self.space, "self": self, **dict(zip(self.names, inputs, strict=True))}
        for line in self.source.before:
            exec(line, space)
        return eval(self.source.forward, space)  # noqa: S307
