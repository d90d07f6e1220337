"""Values saved to memory and loaded from it, in steps and in repetitions."""

from __future__ import annotations

import pytest

from ncd_tikz.axes import Expression
from ncd_tikz.diagram import Diagram, Family, Load, Repeat, Save, loads
from ncd_tikz.errors import SpecError

E = Expression.parse
HEAD = """\
ncd: 1
name: t
axes:
  x: 5
  m: 6
  k: 3
  N: 4
  c: {index: i, size: "1 if i == 0 else 4*2**i"}
  p: {index: i, size: ["64/2**i", "64/2**i"]}
"""
DOWN = "{op: repeat, for: i in 1..N, carry: {X: 'p[i] c[i-1]'}, steps: [{op: linear, map: 'c[i-1] -> c[i]'}, \
{op: relu, out: 'C[%s]'}, {op: function, name: f, map: 'p[i] -> p[i+1]'}]}"
UP = "{op: repeat, for: j in 1..N, carry: {X: 'p[N+2-j] c[N+1-j]'}, out: Y, steps: [{op: function, name: g, \
map: 'p[N+2-j] -> p[N+1-j]'}, {op: add, in: [X, 'C[%s]']}, {op: linear, map: 'c[N+1-j] -> c[N-j]'}]}"


def spec(inputs: str, *steps: str, outputs: str = "Y") -> Diagram:
    lines = "".join(f"  - {step}\n" for step in steps)
    return loads(f"{HEAD}inputs: {inputs}\nsteps:\n{lines}outputs: {outputs}\n", "t.yaml")


def body(diagram: Diagram, number: int) -> Diagram:
    operation = diagram.steps[number].operation
    assert isinstance(operation, Repeat)
    return operation.diagram


def values(diagram: Diagram) -> list[str]:
    return [f"{value.name}{value.tensor}" + " kept" * value.memory for value in diagram.values]


def test_outside_of_repetitions() -> None:
    diagram = spec("{X: x m}", "{op: relu, in: X, out: 'C[1]'}", "exp", "{op: add, in: [X, 'C[1]'], out: Y}")
    assert values(diagram) == ["X(x, m)", "X(x, m)", "C[1](x, m) kept", "X(x, m)", "C[1](x, m)", "Y(x, m)"]
    assert [step.operation.name for step in diagram.steps] == ["relu", "save", "exp", "load", "add"]
    _, keep, _, take, _ = diagram.steps
    assert keep.operation == Save("C", E("1"), "C_1") and (keep.inputs, keep.outputs) == ((1,), (2,))
    assert take.operation == Load("C", E("1"), "C_1") and (take.inputs, take.outputs) == ((2,), (4,))
    assert keep.application.own == ((0, 1),)
    assert [out.sources for out in take.application.outputs[0]] == [(), ()]
    assert keep.operation.base(("tensor",), {}, {}, keep.application) == ("tensor",)
    assert diagram.steps[2].inputs == (1,)  # the running value goes on
    assert diagram.steps[4].inputs == (3, 4)
    assert (keep.attribute, take.attribute) == ("save_C", "load_C")
    assert keep.path == "steps[0]" and take.path == "steps[2]"


def test_a_later_value_under_the_same_index() -> None:
    diagram = spec(
        "{X: x m}",
        "{op: relu, in: X, out: 'C[1]'}",
        "{op: add, in: ['C[1]', X], out: 'C[1]'}",
        "{op: add, in: [X, 'C[1]'], out: Y}",
    )
    loads = [step.inputs for step in diagram.steps if isinstance(step.operation, Load)]
    saves = [step.outputs for step in diagram.steps if isinstance(step.operation, Save)]
    assert loads == saves


def test_from_one_repetition_to_the_next() -> None:
    """The skips of a U-Net: what is saved at i is loaded at N + 1 - j, in axes of that index."""
    diagram = spec("{X: 'p[1] c[0]'}", DOWN % "i", UP % "N+1-j")
    assert values(diagram) == [
        "X(p[1], c[0])", "X(p[N+1], c[N])", "C(p[i], c[i]) kept", "Y(p[1], c[0])",
    ]  # fmt: skip
    assert diagram.values[2].family == Family("i", E("1"), E("N"))
    assert [(step.inputs, step.outputs) for step in diagram.steps] == [((0,), (1, 2)), ((1, 2), (3,))]
    down, up = body(diagram, 0), body(diagram, 1)
    assert [down.values[value].name for value in down.outputs] == ["X", "C[i]"]
    assert down.values[down.outputs[1]].memory and down.values[down.outputs[1]].family is None
    save = next(step.operation for step in down.steps if isinstance(step.operation, Save))
    assert (save.memory, save.at, save.text) == ("C", E("i"), "C_i")
    assert up.inputs == (0, 2) and up.values[2] == diagram.values[2]
    load = next(step for step in up.steps if isinstance(step.operation, Load))
    assert load.operation == Load("C", E("N+1-j"), "C_{N+1-j}")
    assert str(up.values[load.outputs[0]].tensor) == "(p[N+1-j], c[N+1-j])"
    assert [entry.axis.name for entry in up.sizes] == ["N", "c", "p", "j"]


@pytest.mark.parametrize(
    ("saved", "loaded", "start", "stop", "axis"),
    [
        ("i", "N+1-j", "1", "N", "c[i]"),
        ("i-1", "N-j", "0", "N - 1", "c[i+1]"),
        ("i+N", "2*N+1-j", "N + 1", "2*N", "c[i-N]"),
        ("N-i", "j-1", "0", "N - 1", "c[N-i]"),
    ],
)
def test_any_index_that_goes_by_one(saved: str, loaded: str, start: str, stop: str, axis: str) -> None:
    diagram = spec("{X: 'p[1] c[0]'}", DOWN % saved, UP % loaded)
    family = diagram.values[2]
    assert family.family == Family("i", E(start), E(stop))
    assert family.tensor.names[1] == axis
    up = body(diagram, 1)
    load = next(step for step in up.steps if isinstance(step.operation, Load))
    assert str(up.values[load.outputs[0]].tensor) == "(p[N+1-j], c[N+1-j])"


def test_a_member_outside_of_repetitions() -> None:
    diagram = spec("{X: 'p[1] c[0]'}", DOWN % "i", "{op: exp, in: 'C[2]', out: Y}", outputs="[X, Y]")
    assert values(diagram)[-2:] == ["C[2](p[2], c[2])", "Y(p[2], c[2])"]


def test_of_use_inside_only() -> None:
    steps = "[{op: relu, out: 'C[%s]'}, exp, {op: add, in: [X, 'C[%s]']}]"
    inside = "{op: repeat, times: 3, in: X, out: Y, steps: " + steps + "}"
    for index in ("i", "1"):
        diagram = spec("{X: x m}", inside % (index, index))
        assert diagram.outputs == (1,)
        assert [step.operation.name for step in body(diagram, 0).steps] == [
            "relu",
            "save",
            "exp",
            "load",
            "add",
        ]


def test_from_outside_into_a_repetition() -> None:
    diagram = spec(
        "{X: x m}",
        "{op: relu, in: X, out: 'C[1]'}",
        "{op: repeat, times: 3, in: X, out: Y, steps: [{op: add, in: [X, 'C[1]']}]}",
    )
    inner = body(diagram, 2)
    assert diagram.steps[2].inputs == (1, 2)
    assert [inner.values[value].memory for value in inner.inputs] == [False, True]


def test_repetitions_inside_a_repetition() -> None:
    """What inner repetitions save belongs to the iteration around them."""
    diagram = spec(
        "{X: x m}",
        "{op: repeat, times: 2, index: t, in: X, out: Y, steps: ["
        "{op: repeat, times: 3, steps: [{op: relu, out: 'C[i]'}]}, "
        "{op: repeat, times: 3, steps: [{op: add, in: [X, 'C[4-i]']}]}]}",
    )
    inner = body(diagram, 0)
    assert [step.outputs for step in inner.steps] == [(1, 2), (3,)]
    assert inner.steps[1].inputs == (1, 2) and inner.outputs == (3,)
    assert [value.memory for value in diagram.values] == [False, False]


def test_several_in_one_iteration() -> None:
    diagram = spec(
        "{X: x m}",
        "{op: repeat, times: 3, in: X, out: A, steps: [{op: relu, out: 'C[i]'}, {op: exp, out: 'D[i]'}]}",
        "{op: repeat, times: 3, in: A, out: Y, "
        "steps: [{op: add, in: ['D[i]', A]}, {op: add, in: [A, 'C[i]']}]}",
    )
    assert diagram.steps[0].outputs == (1, 2, 3)
    assert [diagram.values[value].name for value in diagram.steps[1].inputs] == ["A", "D", "C"]


def test_what_a_repetition_makes_is_saved() -> None:
    diagram = spec(
        "{X: x m}",
        "{op: repeat, times: 3, in: X, out: 'C[1]', steps: [relu]}",
        "{op: add, in: [X, 'C[1]'], out: Y}",
    )
    assert [step.operation.name for step in diagram.steps] == ["repeat", "save", "load", "add"]


REPEAT = "{op: repeat, times: 3, in: X, out: A, steps: [%s]}"
AGAIN = "\n{op: repeat, times: %s, in: %s, out: Y, steps: [%s]}"
SUM = "\n{op: add, in: [A, '%s'], out: Y}"
INNER = "{op: repeat, times: 2, index: t, steps: [{op: relu, out: 'C[t]'}, {op: add, in: [X, 'C[t]']}]}"
ONE = {
    "an index that was never saved": (
        "{op: relu, in: X, out: 'C[1]'}\n{op: add, in: [X, 'C[2]'], out: Y}",
        "t.yaml:13:19: steps[1].in: C[2] was never saved\n  saved are C[1]",
    ),
    "an index that was never saved, in a repetition": (
        REPEAT % "{op: relu, out: 'C[i]'}" + AGAIN % (3, "A", "{op: add, in: [A, 'C[5-i]']}"),
        "steps[1].steps[0].in: C[4] was never saved (at i = 1)\n  saved are C[1] to C[3]",
    ),
    "an iteration before the first": (
        REPEAT % "{op: relu, out: 'C[i]'}, {op: add, in: [X, 'C[i-1]']}" + SUM % "C[3]",
        "C[0] was never saved (at i = 1)\n  saved are C[i]; what the next iteration takes is carried",
    ),
    "the same index each time": (
        REPEAT % "{op: relu, out: 'C[1]'}" + SUM % "C[1]",
        "steps[0].out: every iteration would save C[1] again\n  its index must change with i, as in C[i]",
    ),
    "an index that leaves gaps": (
        REPEAT % "{op: relu, out: 'C[2*i]'}" + SUM % "C[2]",
        "steps[0].out: the index of C[2*i] does not go up or down by one with i\n  as in C[i], C[i+1]",
    ),
    "two steps that save what one load takes": (
        "{op: relu, in: X, out: 'C[1]'}\n{op: exp, out: 'C[2]'}"
        + AGAIN % (2, "X", "{op: add, in: [X, 'C[i]']}"),
        "steps[2].steps[0].in: no single step saved all that C[i] takes; saved are C[1], C[2]",
    ),
    "nothing of that name": (
        "{op: relu, in: X, out: 'C[1]'}\n{op: add, in: [X, 'C[1]', 'B[1]'], out: Y}",
        "steps[1].in: nothing is saved as 'B'",
    ),
    "what inner repetitions saved": (
        REPEAT % INNER + SUM % "C[1]",
        "steps[1].in: nothing was saved under C before",
    ),
    "what is never loaded": (
        REPEAT % "{op: relu, out: 'C[i]'}" + "\n{op: relu, in: A, out: Y}",
        "steps[0]: what is saved as C[1] to C[3] is never loaded\n  load it by in: C[1]",
    ),
    "what is never loaded outside of repetitions": (
        "{op: relu, in: X, out: 'C[1]'}\n{op: relu, in: X, out: Y}",
        "steps[0]: what is saved as C[1] is never loaded",
    ),
    "a value of that name": (
        "{op: relu, in: X, out: 'X[1]'}\n{op: add, in: [X, 'X[1]'], out: Y}",
        "the name 'X' is that of a value already",
    ),
    "a value called like memory": (
        "{op: relu, in: X, out: 'C[1]'}\n{op: relu, in: 'C[1]', out: C}\n{op: add, in: [C, 'C[1]'], out: Y}",
        "steps[1].out: the name 'C' is that of memory already",
    ),
    "an index of nothing": (
        "{op: relu, in: X, out: 'C[j]'}\n{op: add, in: [X, 'C[1]'], out: Y}",
        "'j'",
    ),
    "no name for what is made of memory": (
        "{op: relu, in: X, out: 'C[1]'}\n{op: exp, in: 'C[1]'}\n{op: relu, out: Y}",
        "steps[1]: expected one name under out, found none\n  as in out: a",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "message"), ONE.values(), ids=ONE.keys())
def test_one_mistake(steps: str, message: str) -> None:
    with pytest.raises(SpecError) as told:
        spec("{X: x m}", *steps.split("\n"))
    assert message in str(told.value)
    assert len(told.value.mistakes) == 1
