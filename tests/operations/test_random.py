"""Random operations on random axes: refused with a reason, or typed so that both meanings agree."""

from __future__ import annotations

import random
from typing import Any

import pytest

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

from ncd_tikz.axes import Axis, Expression, Signature, Tensor  # noqa: E402
from ncd_tikz.errors import ShapeError  # noqa: E402
from ncd_tikz.operations import OPERATIONS, Field, Operation, Scope  # noqa: E402
from tests.operations.harness import compare  # noqa: E402
from tests.operations.random_structure import drawn  # noqa: E402

DECLARED = {name: Expression.parse(size) for name, size in (("x", "2"), ("y", "3"), ("m", "4"), ("p", "x*y"))}
SCOPE = Scope(
    {name: Axis(name, (Expression.symbol(name),), name) for name in DECLARED}
    | {"i": Axis("i", (Expression.number(3), Expression.symbol("x")), "i")},
    DECLARED,
)
NAMES = ("x", "x", "y", "y", "m", "p", "i", "x'", "2", "(x y)")
TRIES = 150


def names(chance: random.Random, most: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chance.choice(NAMES) for _ in range(chance.randint(0, most))))


def tensor(chance: random.Random, kind: Any) -> Tensor:
    below = Expression.symbol("m") if kind == "index" else None
    return Tensor(tuple(SCOPE.resolve(name) for name in names(chance, 3)), kind, below)


def value(field: Field, inputs: tuple[Tensor, ...], chance: random.Random) -> Any:
    """Mostly sensible: names of axes are mostly those of the inputs."""
    if field.type == "axes":
        return tuple(chance.sample(inputs[0].names, min(chance.randint(0, 2), len(inputs[0].names))))
    if field.type == "map":
        return _map(inputs, chance)
    if field.type == "transition":
        return _transition(inputs, chance)
    if field.type == "sizes":
        return _sizes(field, chance)
    if field.name == "groups":
        return Expression.parse(chance.choice(("1", "1", "2", "x")))
    if field.type == "expression":
        return Expression.parse(chance.choice(("x**(-1/2)", "1/(m+1)", "-2", "x/y")))
    if field.type == "bool":
        return chance.choice((True, False))
    return "f" if field.type == "identifier" else field.default


def _map(inputs: tuple[Tensor, ...], chance: random.Random) -> Signature:
    whole = chance.random() < 0.4
    left = []
    for each in inputs:
        some = [name for name in each.names if whole or chance.random() < 0.5]
        left.append(tuple(some if whole else chance.sample(some, len(some))))
    known = list(dict.fromkeys(name for side in left for name in side))
    right = names(chance, 2) if not whole else tuple(chance.sample(known, chance.randint(0, len(known))))
    return Signature(tuple(left), (right,))


def _transition(inputs: tuple[Tensor, ...], chance: random.Random) -> Signature:
    """Axes of one input that stay, become new ones, or become declared ones."""
    own = inputs[0].names if inputs else ()
    before = tuple(chance.sample(own, min(chance.choice((1, 1, 1, 2)), len(own))))
    after = chance.choice((before, ("u", "v")[: len(before)], names(chance, 2)))
    return Signature((before,), (after,))


def _sizes(field: Field, chance: random.Random) -> Any:
    if field.choices and chance.random() < 0.3:
        return chance.choice(field.choices)
    if not field.required and chance.random() < 0.4:
        return field.default
    low = 0 if "padding" in field.name else 1
    texts = [*map(str, range(low, 3)), "x", "1 + 0*m" if low else "x - 1"]
    return tuple(Expression.parse(chance.choice(texts)) for _ in range(chance.choice((1, 1, 1, 2))))


def kinds(room: type[Operation], count: int) -> tuple[str, ...]:
    if room.name == "embedding":
        return ("index",)
    return ("real", "mask") if room.name == "mask" and count == 2 else ("real",) * count


def _inputs_and_arguments(
    room: type[Operation], chance: random.Random
) -> tuple[tuple[Tensor, ...], dict[str, Any]]:
    fewest, most = room.inputs
    inputs = tuple(tensor(chance, kind) for kind in kinds(room, chance.randint(fewest, min(most or 3, 3))))
    arguments = {field.name: value(field, inputs, chance) for field in room.fields}
    if room.name == "embedding":
        arguments["map"] = Signature((("m",),), (names(chance, 2),))
    return inputs, arguments


@pytest.mark.slow
@pytest.mark.parametrize("room", OPERATIONS, ids=lambda room: room.name)
def test_refused_or_right(room: type[Operation]) -> None:
    chance = random.Random(room.name)
    accepted = 0
    window_and_map = {"transition", "map"} <= {field.type for field in room.fields}
    for _ in range(TRIES * (10 if window_and_map else 1)):
        known = drawn(room.name, chance, SCOPE)
        inputs, arguments = known if known else _inputs_and_arguments(room, chance)
        operation = room.make(arguments)
        try:
            application = operation.bind(inputs, SCOPE)
        except ShapeError as error:
            assert error.fact
            continue
        accepted += 1
        for output in application.outputs:
            assert len({out.axis.name for out in output}) == len(output)
        if accepted <= 20:
            compare(operation, application, SCOPE.defaults, (2,) if accepted % 3 else ())
    assert accepted >= (5 if room.name in ("view", "mask") else 15)
