"""Random repetitions: typed, or told as mistakes; what is typed fits at every iteration."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

import pytest

from ncd_tikz.axes import Tensor
from ncd_tikz.diagram import Diagram, Load, Repeat, Value, loads
from ncd_tikz.errors import SpecError

HEAD = """\
ncd: 1
name: t
axes: {m: 6, k: 3, N: 4, c: {index: i, size: "5 if i < 2 else i + 4"}, e: {index: n, size: c[n] + 1}}
inputs: {X: m, Z: 'c[1]'}
"""
RANGES = (("1", "3"), ("1", "N"), ("2", "N"), ("0", "2"))


class _Chance:
    """Writes random steps on a value X of one axis; most of them fit."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.memories = 0

    def axis(self, index: str) -> str:
        if not index or self.chance.random() < 0.3:
            return self.chance.choice(("m", "k", "c[1]", "c[3]", "e[2]", "c[N]"))
        return self.chance.choice((f"c[{index}]", f"c[{index}+2]", f"e[{index}+1]", f"c[N+1-{index}]"))

    def steps(self, index: str, start: str, end: str, depth: int, more: str = "") -> str:
        """Steps from the axis `start` to the axis `end`, with `more` in between."""
        parts, here = [], start
        for _ in range(self.chance.randint(1, 2)):
            there = self.axis(index)
            parts.append(f"{{op: linear, map: '{here} -> {there}'}}")
            here = there
            if depth and self.chance.random() < 0.6:
                text, here = self.chance.choice((self.repeat, self.repeat, self.skips))(here, depth)
                parts.append(text)
        if more:
            parts.append(more.replace("HERE", here))
        parts.append(f"{{op: linear, map: '{here} -> {end}'}}")
        return f"[{', '.join(parts)}]"

    def repeat(
        self, here: str, depth: int, more: str = "", bounds: tuple[str, str] = ("", "")
    ) -> tuple[str, str]:
        """A repetition, and the axis that it leaves."""
        index = "hij"[depth]
        first, last = bounds if bounds[0] else self.chance.choice(RANGES)
        head = f"op: repeat, for: {index} in {first}..{last}"
        if self.chance.random() < 0.4 or not here.startswith("c"):
            return f"{{{head}, steps: {self.steps(index, here, here, depth - 1, more)}}}", here
        wrong = "+1" if self.chance.random() < 0.05 else ""
        at = f"{index}+{here[2:-1]}-{first}"
        body = self.steps(index, f"c[{at}]", f"c[{at}{wrong}+1]", depth - 1, more)
        return f"{{{head}, carry: {{X: 'c[{at}]'}}, steps: {body}}}", f"c[{last}+1+{here[2:-1]}-{first}]"

    def skips(self, here: str, depth: int) -> tuple[str, str]:
        """A repetition that saves, and one that loads what it saved."""
        index, name = "hij"[depth], f"M{self.memories}"
        self.memories += 1
        first, last = bounds = self.chance.choice(RANGES)
        saved, loaded = self.chance.choice(
            (
                (index, index),
                (f"{index}+1", f"{index}+1"),
                (index, f"{last}+{first}-{index}"),
                (f"5-{index}", f"5-{index}"),
            )
        )
        if self.chance.random() < 0.1:
            loaded += self.chance.choice(("+1", "-1"))
        one, here = self.repeat(here, depth, f"{{op: relu, out: '{name}[{saved}]'}}", bounds)
        load = f"{{op: einsum, in: [X, '{name}[{loaded}]'], map: 'HERE, y -> HERE'}}"
        two, here = self.repeat(here, depth, load, bounds)
        return f"{one}, {two}", here

    def spec(self) -> str:
        """A whole spec."""
        body = self.steps("", "m", "m", 2)
        last = "{op: einsum, in: [X, Z], map: 'm, y -> m'}"
        return f"{HEAD}steps: [{{op: relu, in: X, out: X}}, {body[1:-1]}, {last}]\noutputs: X\n"


def numbers(tensor: Tensor, sizes: Mapping[str, int]) -> list[int]:
    return [size.evaluate(sizes) for axis in tensor.axes for size in axis.sizes]


def check(diagram: Diagram, sizes: Mapping[str, int]) -> int:
    """Every repetition, at every iteration; gives how many there are."""
    count = 0
    values = diagram.values
    for step in diagram.steps:
        for value, tensor in zip(step.outputs, step.application.results, strict=True):
            if values[value].family is None:
                assert numbers(values[value].tensor, sizes) == numbers(tensor, sizes)
        if isinstance(step.operation, Load):
            (kept,) = (values[value] for value in step.inputs)
            taken = numbers(values[step.outputs[0]].tensor, sizes)
            assert taken == numbers(kept.tensor, at_index(kept, step.operation, sizes))
        if isinstance(step.operation, Repeat):
            count += 1 + rounds(step.operation, [values[value] for value in step.inputs],
                                [values[value] for value in step.outputs], sizes)  # fmt: skip
    return count


def at_index(kept: Value, load: Load, sizes: Mapping[str, int]) -> Mapping[str, int]:
    if kept.family is None:
        return sizes
    assert load.at is not None
    at = load.at.evaluate(sizes)
    assert kept.family.start.evaluate(sizes) <= at <= kept.family.stop.evaluate(sizes)
    return {**sizes, kept.family.index: at}


def rounds(repeat: Repeat, inputs: list[Value], outputs: list[Value], sizes: Mapping[str, int]) -> int:
    body, count = repeat.diagram, 0
    now = [numbers(value.tensor, sizes) for value in inputs[: repeat.carried]]
    for index in range(repeat.start.evaluate(sizes), repeat.stop.evaluate(sizes) + 1):
        inside = {**sizes, repeat.index: index}
        assert {entry.axis.name for entry in body.sizes if not entry.index} <= inside.keys()
        carried = [body.values[value].tensor for value in body.inputs[: repeat.carried]]
        assert [numbers(tensor, inside) for tensor in carried] == now
        for value, outer in zip(body.inputs[repeat.carried :], inputs[repeat.carried :], strict=True):
            assert body.values[value] == outer
        now = [numbers(body.values[value].tensor, inside) for value in body.outputs[: repeat.carried]]
        count += check(body, inside)
    assert now == [numbers(value.tensor, sizes) for value in outputs[: repeat.carried]]
    return count


def outcomes(seeds: range) -> Iterator[tuple[int, Diagram | SpecError]]:
    for seed in seeds:
        try:
            yield seed, loads(_Chance(seed).spec())
        except SpecError as error:
            yield seed, error


def test_the_check_notices_a_fault() -> None:
    repeat = "{op: repeat, for: i in 1..3, carry: {X: 'c[i]'}, steps: [{op: linear, map: 'c[i] -> c[i+1]'}]}"
    around = "[{op: linear, in: X, map: 'm -> c[1]', out: X}, %s, {op: einsum, in: [X, Z], map: 'x, y -> x'}]"
    diagram = loads(f"{HEAD}steps: {around % repeat}\noutputs: X\n")
    assert check(diagram, diagram.default_sizes()) == 1
    wrong = diagram.steps[1].operation
    assert isinstance(wrong, Repeat)
    values = [diagram.values[value] for value in diagram.steps[1].inputs]
    with pytest.raises(AssertionError):
        rounds(wrong, values, values, diagram.default_sizes())


@pytest.mark.parametrize("first", [0, 60])
@pytest.mark.slow
def test_random_repetitions(first: int) -> None:
    typed = repeated = 0
    for seed, found in outcomes(range(first, 60 if first == 0 else 1000)):
        if isinstance(found, SpecError):
            assert all(mistake.fact and mistake.position.line for mistake in found.mistakes), seed
            continue
        typed += 1
        repeated += check(found, found.default_sizes())
    assert typed > 40 and repeated > 40, (typed, repeated)
