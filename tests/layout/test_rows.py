"""Rows: the exact optimum, order and distances kept, long wires straight."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy
import pytest

from ncd_tikz.diagram import load, loads
from ncd_tikz.layout import stacks as stacks_module
from ncd_tikz.layout.columns import plan
from ncd_tikz.layout.compose import decide
from ncd_tikz.layout.paint import Drawing
from ncd_tikz.layout.simplex import DifferenceProgram
from ncd_tikz.layout.stacks import NEIGHBOURS, PAIR, TENSORS
from tests.layout.hand import spec
from tests.layout.pictures import FEW, SPECS, diagram_of


@dataclass
class Program:
    """The same program for two solvers."""

    pulls: list[int] = field(default_factory=list)
    apart: list[tuple[int, int, int]] = field(default_factory=list)
    terms: list[tuple[int, int, int]] = field(default_factory=list)
    fixed: list[tuple[int, int]] = field(default_factory=list)

    def ours(self) -> list[int]:
        program = DifferenceProgram()
        for pull in self.pulls:
            program.variable(pull)
        for low, high, distance in self.apart:
            program.at_least(low, high, distance)
        for first, second, weight in self.terms:
            program.near(first, second, weight)
        for variable, row in self.fixed:
            program.fix(variable, row)
        return program.solve()

    def cost(self, rows: list[int]) -> int:
        moved = sum(weight * abs(rows[first] - rows[second]) for first, second, weight in self.terms)
        return moved + sum(pull * row for pull, row in zip(self.pulls, rows, strict=True))

    def broken(self, rows: list[int]) -> list[object]:
        """The constraints that rows do not keep."""
        return [
            *((low, high, d) for low, high, d in self.apart if rows[high] - rows[low] < d),
            *((variable, row) for variable, row in self.fixed if rows[variable] != row),
            *(row for row in rows if row < 0 or row != int(row)),
        ]

    def least(self) -> float:
        """The optimum by linear programming: a further variable for each absolute difference."""
        optimize: Any = pytest.importorskip("scipy.optimize")
        sparse: Any = pytest.importorskip("scipy.sparse")
        count = len(self.pulls)
        entries: list[tuple[int, int, float]] = []
        right: list[float] = []

        def at_most(terms: list[tuple[int, float]], bound: float) -> None:
            entries.extend((len(right), variable, factor) for variable, factor in terms)
            right.append(bound)

        for low, high, distance in self.apart:
            at_most([(low, 1), (high, -1)], -distance)
        for number, (first, second, _) in enumerate(self.terms):
            at_most([(first, 1), (second, -1), (count + number, -1)], 0)
            at_most([(first, -1), (second, 1), (count + number, -1)], 0)
        costs = numpy.array([*self.pulls, *(weight for _, _, weight in self.terms)], dtype=float)
        held = dict(self.fixed)
        bounds = [(held[v], held[v]) if v in held else (0, None) for v in range(count)]
        bounds += [(0, None)] * len(self.terms)
        rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
        matrix = sparse.csr_matrix((values, (rows, columns)), shape=(len(right), len(costs)))
        found = optimize.linprog(costs, A_ub=matrix, b_ub=numpy.array(right), bounds=bounds, method="highs")
        assert found.status == 0, found.message
        return float(found.fun)

    def check(self) -> None:
        rows = self.ours()
        assert not self.broken(rows)
        least = self.least()
        assert abs(self.cost(rows) - least) <= 1e-6 * max(1.0, abs(least)), (self.cost(rows), least)


def random_program(seed: int) -> Program:
    """A program that has a solution: distances are at most what some rows have."""
    draw = random.Random(seed)
    count = draw.choice((1, 2, 3, 5, 8, 13, 25))
    witness = [draw.randrange(0, 3 * count) for _ in range(count)]
    program = Program([draw.choice((1, 1, 1, 2, 7)) for _ in range(count)])
    for _ in range(draw.randrange(0, 3 * count)):
        low, high = draw.randrange(count), draw.randrange(count)
        if low != high:
            program.apart.append((low, high, witness[high] - witness[low] - draw.choice((0, 0, 1, 4))))
    for _ in range(draw.randrange(0, 4 * count)):
        first, second = draw.randrange(count), draw.randrange(count)
        if first != second:
            program.terms.append((first, second, draw.choice((1, 2, 5, 1000, 400_000))))
    for variable in range(count):
        if draw.random() < 0.08:
            program.fixed.append((variable, witness[variable]))
    return program


@pytest.mark.slow
def test_the_simplex_finds_the_optimum_of_random_programs() -> None:
    for seed in range(300):
        random_program(seed).check()


def test_equal_programs_have_equal_rows() -> None:
    """Of several optima always the same one is taken."""
    for seed in range(50):
        assert random_program(seed).ours() == random_program(seed).ours()


class Recorder(DifferenceProgram):
    """Writes down what the layout asks for."""

    made: list[Program] = []

    def __init__(self) -> None:
        super().__init__()
        self.program = Program()
        Recorder.made.append(self.program)

    def variable(self, pull: int = 1) -> int:
        self.program.pulls.append(pull)
        return super().variable(pull)

    def at_least(self, low: int, high: int, distance: int) -> None:
        self.program.apart.append((low, high, distance))
        super().at_least(low, high, distance)

    def near(self, first: int, second: int, weight: int) -> None:
        self.program.terms.append((first, second, weight))
        super().near(first, second, weight)

    def fix(self, variable: int, row: int) -> None:
        self.program.fixed.append((variable, row))
        super().fix(variable, row)


@pytest.mark.parametrize("name", [*SPECS, *range(20)])
@pytest.mark.slow
def test_rows_of_pictures_are_optimal(name: str | int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The layout's own programs, solved by linear programming too."""
    Recorder.made = []
    monkeypatch.setattr(stacks_module, "DifferenceProgram", Recorder)
    decide(diagram_of(name))
    assert Recorder.made
    for program in Recorder.made:
        program.check()


# Order and distances ------------------------------------------------------------------------------


def faults(drawing: Drawing) -> list[str]:
    """Where rows are out of order or too near."""
    found = []
    members = drawing.plan.members
    for level, (order, rows) in enumerate(zip(drawing.levels.before, drawing.rows.levels, strict=True)):
        stack = [(member, place) for member in order for place in range(len(members[member].wires))]
        for upper, lower in pairwise(stack):
            least = NEIGHBOURS if upper[0] == lower[0] else TENSORS
            if rows[lower] - rows[upper] < least:
                found.append(f"level {level}: {rows[upper]} and {rows[lower]}")
    for column, (insides, acts) in enumerate(zip(drawing.insides, drawing.rows.acts, strict=True)):
        for inside, inner in zip(insides, acts, strict=True):
            if inside is None:
                continue
            entering = [inner.nodes[node] for node in inside.entering]
            leaving = [inner.nodes[e] if isinstance(e, int) else inner.made[e] for e in inside.leaving]
            for what, stack_rows in (("entering", entering), ("leaving", leaving)):
                if any(b - a < NEIGHBOURS for a, b in pairwise(stack_rows)):
                    found.append(f"column {column}, {what}: {stack_rows}")
            for upper_node, lower_node in inside.pairs:
                if inner.nodes[lower_node] - inner.nodes[upper_node] < PAIR:
                    found.append(f"column {column}: a half circle of {inner.nodes}")
    lowest = min(row for rows in drawing.rows.levels for row in rows.values())
    if lowest < 0:
        found.append(f"row {lowest}")
    return found


@pytest.mark.parametrize("name", SPECS)
def test_rows_of_specs_keep_order_and_distances(name: str) -> None:
    assert not faults(decide(diagram_of(name)))


@pytest.mark.slow
def test_rows_of_random_diagrams_keep_order_and_distances() -> None:
    found = {seed: what for seed in FEW if (what := faults(decide(diagram_of(seed))))}
    assert not found, "\n".join(f"{seed}: {what}" for seed, what in found.items())


def rows_of(name: str) -> list[dict[str, list[float]]]:
    """Of each level the rows of its members, by value; a value's copies one after the other."""
    diagram = load(f"@{name}")
    drawing = decide(diagram)
    levels = []
    for order, rows in zip(drawing.levels.before, drawing.rows.levels, strict=True):
        level: dict[str, list[float]] = {}
        for member in order:
            found = drawing.plan.members[member]
            value = level.setdefault(diagram.values[found.value].name, [])
            value += [rows[member, place] / 2 for place in range(len(found.wires))]
        levels.append(level)
    return levels


def test_rows_of_multi_head_attention_are_those_of_the_reference() -> None:
    """As its author drew them, but for half a row more for each dashed line."""
    assert rows_of("multi_head_attention") == [
        {"E": [0, 1], "X": [3.5, 4.5]},
        {"E": [0, 1], "X": [3.5, 4.5, 7, 8]},
        {"q": [0, 1, 2], "k": [3.5, 4.5, 5.5], "v": [7, 8, 9]},
        {"s": [0, 3.5, 5.5], "v": [7, 8, 9]},
        {"s": [0, 3.5, 5.5], "v": [7, 8, 9]},
        {"o": [7, 8, 9]},
        {"z": [7, 8]},
    ]


# Straightness -------------------------------------------------------------------------------------


def bends(drawing: Drawing, value: str) -> int:
    """How often wires of a value change their row on the way, from its first level to its last."""
    diagram = drawing.diagram
    count = 0
    for column, (before, after) in enumerate(pairwise(drawing.rows.levels)):
        for wire in before:
            if wire in after and diagram.values[drawing.plan.members[wire[0]].value].name == value:
                within = drawing.rows.passing[column].get(wire, before[wire])
                count += len({before[wire], within, after[wire]}) - 1
    return count


def test_a_wire_beside_a_long_chain_is_straight() -> None:
    steps = ", ".join("{op: linear, in: a, map: m -> m}, relu" for _ in range(8))
    text = f"{{ncd: 1, name: chain, axes: {{x: 2, m: 3}}, inputs: {{a: x m, b: x m}}, steps: [{steps}, "
    text += "{op: add, in: [a, b], out: c}], outputs: c}"
    drawing = decide(loads(text))
    assert bends(drawing, "b") == 0


@pytest.mark.parametrize("name", ["two_layer_residual_mlp", "multi_head_attention", "tensors_and_tuples"])
def test_wires_that_pass_columns_are_straight(name: str) -> None:
    drawing = decide(diagram_of(name))
    assert all(bends(drawing, value.name) == 0 for value in drawing.diagram.values)


def test_broadcast_wires_ride_straight_across() -> None:
    """An axis that an operation does not take leaves it in the row in which it came."""
    drawing = decide(diagram_of("image_recogniser"))
    for insides, acts, before in zip(drawing.insides, drawing.rows.acts, drawing.rows.levels, strict=False):
        for inside, inner in zip(insides, acts, strict=True):
            if inside is not None:
                for node, row in zip(inside.nodes, inner.nodes, strict=True):
                    assert not node.results or row in before.values()


def test_what_comes_from_nothing_stands_where_it_is_needed_with_all_that_is_made_of_it() -> None:
    """A learned number, its exponential, and a product with the end of a long chain."""
    chain = "".join("{op: softmax, over: a}, " for _ in range(6))
    steps = (
        "{op: relu, in: X, out: Y}, " + chain + "{op: parameter, axes: '', out: p}, {op: exp, in: p}, "
        "{op: multiply, in: [Y, p], out: Z}"
    )
    columns = plan(spec("late", "X: a", steps, "Z")).columns
    assert min(level for level, acts in enumerate(columns) for act in acts if act.step in (7, 8)) >= 5
