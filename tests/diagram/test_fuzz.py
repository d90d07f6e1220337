"""Random steps on random axes: typed, or told as mistakes; never anything else."""

from __future__ import annotations

import random

import pytest

from ncd_tikz.diagram import loads
from ncd_tikz.errors import SpecError
from ncd_tikz.operations import OPERATIONS, Operation

NAMES = ("x", "y", "m", "k", "p", "i", "x'", "k'", "(x y)", "(m k)", "3", "2", "z")
FACTORS = ("k**(-1/2)", "1/(x-5)", "p", "q+1", "-2", "(-x)**(1/2)")
HEAD = "ncd: 1\nname: t\naxes: {x: 5, y: 3, m: 6, k: x*y, p: 15, i: {size: [2, 3]}}\n"


def some(chance: random.Random, most: int) -> str:
    return " ".join(chance.choice(NAMES) for _ in range(chance.randint(0, most)))


def step(room: type[Operation], values: list[str], chance: random.Random) -> str:
    count = chance.randint(1, 3)
    inputs = [chance.choice(values) for _ in range(count)]
    parts = [f"op: {room.name}", f"in: [{', '.join(inputs)}]", f"out: {chance.choice('abc')}"]
    for field in room.fields:
        if field.type == "axes":
            parts.append(f'{field.name}: "{some(chance, 2)}"')
        elif field.type == "map":
            tensors = count if chance.random() < 0.8 else 1
            left = ", ".join(some(chance, 2) for _ in range(tensors))
            parts.append(f'{field.name}: "{left} -> {some(chance, 3)}"')
        elif field.type == "expression":
            parts.append(f"{field.name}: {chance.choice(FACTORS)}")
        elif field.type == "identifier":
            parts.append(f"{field.name}: f")
    return "{" + ", ".join(parts) + "}"


def spec(chance: random.Random) -> str:
    below = chance.choice(["p", "7"])
    wires = [some(chance, most) for most in (3, 3, 2, 2)]
    inputs = 'X: "{}", Y: "{}", M: {{axes: "{}", kind: mask}}, t: {{axes: "{}", kind: index, below: {}}}'
    inputs = "{" + inputs.format(*wires, below) + "}"
    values = ["X", "Y", "M", "t", "a", "X", "Y"]
    lines = [f"  - {step(chance.choice(OPERATIONS), values, chance)}\n" for _ in range(chance.randint(1, 4))]
    return f"{HEAD}inputs: {inputs}\nsteps:\n{''.join(lines)}outputs: [a, b]\n"


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.slow
def test_only_mistakes_are_raised(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(25):
        try:
            diagram = loads(spec(chance))
        except SpecError as error:
            assert all(mistake.fact and mistake.position.line for mistake in error.mistakes)
        else:
            assert len(diagram.steps) >= 1
