"""Repetition: a body typed on what it takes, what is fed back, and every mistake about it."""

from __future__ import annotations

import pytest

from ncd_tikz.axes import Expression
from ncd_tikz.diagram import BlockCall, Diagram, Repeat, Step, loads
from ncd_tikz.errors import SpecError

E = Expression.parse
HEAD = """\
ncd: 1
name: t
axes:
  x: 5
  m: {size: 6, label: M}
  k: 3
  d: 2*m
  N: 4
  c: {index: i, size: "1 if i == 0 else 4*2**i"}
blocks:
  widen:
    params: {n1: 5}
    axes: {n0: 3}
    inputs: {a: n0}
    steps: [{op: linear, map: n0 -> n1}]
    outputs: a
"""


def spec(inputs: str, *steps: str, outputs: str = "Y") -> Diagram:
    lines = "".join(f"  - {step}\n" for step in steps)
    return loads(f"{HEAD}inputs: {inputs}\nsteps:\n{lines}outputs: {outputs}\n", "t.yaml")


def only(diagram: Diagram, number: int = 0) -> tuple[Step, Repeat]:
    step = diagram.steps[number]
    assert isinstance(step.operation, Repeat)
    return step, step.operation


def types(diagram: Diagram) -> list[str]:
    return [f"{value.name}{value.tensor}" for value in diagram.values]


def test_the_example() -> None:
    diagram = loads(Repeat.example)
    step, repeat = only(diagram)
    assert types(diagram) == ["X(x, m)", "Y(x, m)"]
    assert (repeat.index, repeat.start, repeat.stop, repeat.carried) == ("i", E("1"), E("N"), 1)
    assert not repeat.share
    assert step.application.own == ((0, 1),)
    assert [out.sources for out in step.application.outputs[0]] == [(), ()]
    body = repeat.diagram
    assert types(body) == ["X(x, m)", "X(x, m')", "X(x, m')"]
    assert (body.inputs, body.outputs, body.name) == ((0,), (2,), "repeat_example_Y")
    assert [each.path for each in body.steps] == ["steps[0].steps[0]", "steps[0].steps[1]"]
    assert [entry.axis.name for entry in body.sizes] == ["x", "m", "i"]
    assert body.sizes[-1].parameter and body.default_sizes() == {"x": 3, "m": 4, "i": 1}


def test_what_comes_from_outside_is_an_input() -> None:
    """Carried first, then constants in the order of first use."""
    diagram = spec(
        "{A: m, X: x m, B: m}",
        "{op: add, in: [X, B], out: G}",
        "{op: repeat, times: 3, in: X, out: Y, label: F, steps: [{op: add, in: [X, B]}, "
        "{op: relu, out: r}, {op: add, in: [r, A]}, {op: add, in: [r, B]}]}",
        "{op: add, in: [Y, G]}",
    )
    step, repeat = only(diagram, 1)
    body = repeat.diagram
    names = [diagram.values[value].name for value in step.inputs]
    assert names == [body.values[value].name for value in body.inputs] == ["X", "B", "A"]
    assert repeat.carried == 1 and len(body.outputs) == 1
    assert step.attribute == "F" and body.name == "t_F"
    assert [each.attribute for each in diagram.steps] == ["G", "F", "Y"]
    assert body.values[body.outputs[0]].name == "r"


def test_in_place() -> None:
    diagram = spec("{Y: x m}", "{op: repeat, times: 2, steps: [relu]}", "tanh")
    assert types(diagram) == ["Y(x, m)"] * 3
    assert [step.inputs for step in diagram.steps] == [(0,), (1,)]
    assert diagram.steps[0].attribute == "Y" and diagram.steps[1].attribute == "Y_2"


def test_a_body_uses_names_of_its_own() -> None:
    """A name that the body gives again is its own; what stands outside stays as it is."""
    diagram = spec(
        "{X: x m, B: x m}",
        "{op: repeat, times: 2, in: X, steps: [{op: exp, in: B, out: B}, {op: add, in: [X, B]}]}",
        "{op: add, in: [X, B], out: Y}",
    )
    body = only(diagram)[1].diagram
    assert [body.values[value].name for value in body.inputs] == ["X", "B"]
    assert body.steps[1].inputs == (0, 2)
    assert diagram.steps[1].inputs == (2, 1)


def test_axes_that_depend_on_the_iteration() -> None:
    diagram = spec(
        "{X: 'x c[0]'}",
        "{op: repeat, for: i in 1..N, in: X, carry: {X: 'x c[i-1]'}, out: Y, steps: "
        "[{op: linear, map: 'c[i-1] -> c[i]'}, {op: scale, by: 1/i}, {op: scale, by: 'c[i]**(-1/2)'}]}",
    )
    _, repeat = only(diagram)
    assert types(diagram) == ["X(x, c[0])", "Y(x, c[N])"]
    body = repeat.diagram
    assert types(body) == ["X(x, c[i-1])", *["X(x, c[i])"] * 3]
    assert body.values[1].tensor.axes[1].label == "c_i"
    assert diagram.values[1].tensor.axes[1].sizes[0].evaluate({"N": 4}) == 64
    assert [entry.axis.name for entry in body.sizes] == ["x", "c", "i"]  # N is of no use inside
    assert [each.label for each in body.steps] == ["", "1/i", "c_i^{-1/2}"]


def test_what_follows_has_simple_axes() -> None:
    diagram = spec(
        "{X: 'x c[3]'}",
        "{op: repeat, for: j in 2..4, carry: {X: 'x c[5-j]'}, in: X, out: Y, steps: "
        "[{op: linear, map: 'c[5-j] -> c[4-j]'}]}",
    )
    assert types(diagram) == ["X(x, c[3])", "Y(x, c[0])"]


def test_several_values_are_carried_by_name() -> None:
    diagram = spec(
        "{X: x m, h: m, c0: m}",
        "{op: repeat, times: 3, carry: [h, c0], steps: [{op: einsum, in: [X, h], "
        "map: 'x m, m -> m', out: a}, {op: add, in: [a, c0], out: c0}, {op: tanh, in: c0, out: h}]}",
        "{op: add, in: [h, c0], out: Y}",
    )
    step, repeat = only(diagram)
    assert repeat.carried == 2
    assert [diagram.values[value].name for value in step.inputs] == ["h", "c0", "X"]
    assert [diagram.values[value].name for value in step.outputs] == ["h", "c0"]
    assert repeat.diagram.outputs == (5, 4)


def test_several_values_run() -> None:
    """A tuple is fed in, the last step's tuple is fed back."""
    diagram = spec(
        "{X: x m, Z: x m}",
        "{op: repeat, times: 3, in: [X, Z], out: [A, B], steps: [{op: function, name: f, "
        "map: 'm, m -> m, m', out: [p, r]}]}",
        "{op: add, in: [A, B], out: Y}",
    )
    step, repeat = only(diagram)
    assert step.inputs == (0, 1) and step.outputs == (2, 3)
    assert repeat.diagram.steps[0].inputs == (0, 1)


def test_what_is_carried_may_have_other_names_outside() -> None:
    diagram = spec(
        "{X: x m, h: x m}",
        "{op: repeat, times: 3, carry: [X, h], out: [A, B], steps: [{op: relu, in: h, out: t}, "
        "{op: exp, in: X, out: h}, {op: tanh, in: t, out: X}]}",
        "{op: add, in: [A, B], out: Y}",
    )
    assert [diagram.values[value].name for value in diagram.steps[0].outputs] == ["A", "B"]


def test_nested() -> None:
    diagram = spec(
        "{X: 'x c[1]', B: x}",
        "{op: repeat, for: i in 1..3, in: X, carry: {X: 'x c[i]'}, out: Y, label: outer, steps: "
        "[{op: repeat, for: j in i..N, label: inner, share: true, steps: [{op: add, in: [X, B]}, "
        "{op: scale, by: d/(i+j)}]}, {op: linear, map: 'c[i] -> c[i+1]'}]}",
    )
    outer = only(diagram)[1]
    inner = only(outer.diagram)[1]
    assert (inner.start, inner.stop, inner.share, outer.share) == (E("i"), E("N"), True, False)
    assert [outer.diagram.name, inner.diagram.name] == ["t_outer", "t_outer_inner"]
    for body in (outer.diagram, inner.diagram):
        assert [body.values[value].name for value in body.inputs] == ["X", "B"]
    assert {entry.axis.name for entry in outer.diagram.sizes} == {"x", "m", "d", "N", "c", "i"}
    assert inner.diagram.default_sizes() == {"x": 5, "m": 6, "d": 12, "i": 1, "j": 1}
    assert types(diagram)[-1] == "Y(x, c[4])"


def test_blocks_inside() -> None:
    diagram = spec(
        "{X: 'x c[1]'}",
        "{op: repeat, for: i in 1..3, in: X, carry: {X: 'x c[i]'}, out: Y, steps: "
        "[{op: widen, with: {n1: 'c[i+1]'}}]}",
    )
    body = only(diagram)[1].diagram
    assert [block.name for block in body.blocks] == ["widen"] and not diagram.blocks
    call = body.steps[0].operation
    assert isinstance(call, BlockCall)
    assert [call.bindings["n0"].evaluate({"i": 2}), call.bindings["n1"].evaluate({"i": 2})] == [16, 32]
    assert types(body)[-1] == "X(x, c[i+1])"


def test_kinds_go_round() -> None:
    diagram = spec(
        "{M: {axes: x x', kind: mask}, X: x x'}",
        "{op: repeat, times: 3, in: X, out: Y, steps: [{op: mask, in: [X, M]}]}",
    )
    step, _ = only(diagram)
    assert [tensor.kind for tensor in step.application.inputs] == ["real", "mask"]
    assert step.application.kinds == ()


def test_repeats_may_own_parameters_and_choose_their_names_first() -> None:
    diagram = spec("{Y: x m}", "relu", "{op: repeat, times: 2, steps: [{op: linear, map: m -> m}]}")
    assert [step.attribute for step in diagram.steps] == ["Y_2", "Y"]


ONE = {
    "axes that change": (
        "{X: x m}",
        "{op: repeat, times: N, in: X, out: Y, steps: [relu, {op: linear, map: m -> k}]}",
        (
            "t.yaml:19:57: steps[0].steps[1]: an iteration leaves 'X' with axes (x, k), the next one takes "
            "(x, m): k=3 and m=6 differ"
        ),
    ),
    "axes that change with the index": (
        "{X: 'x c[1]'}",
        "{op: repeat, times: N, in: X, out: Y, steps: [{op: linear, map: 'c[1] -> c[i]'}]}",
        (
            "steps[0].steps[0]: an iteration leaves 'X' with axes (x, c[i]), the next one takes (x, c[1]): "
            "c[i]=16 and c[1]=8 differ at i = 2\n  where its axes depend on i, say so: carry: {X: AXES}"
        ),
    ),
    "axes of the next iteration": (
        "{X: 'x c[1]'}",
        "{op: repeat, times: N, carry: {X: 'x c[i]'}, out: Y, steps: [{op: linear, map: 'c[i] -> c[i+2]'}]}",
        "(x, c[i+2]), the next one takes (x, c[i+1]): c[i+2]=32 and c[i+1]=16 differ at i = 1",
    ),
    "sizes that agree by chance": (
        "{X: 'x d'}",
        "{op: repeat, times: N, in: X, out: Y, steps: [{op: linear, map: d -> 12}]}",
        "(x, 12), the next one takes (x, d): 12 and d have one size by their defaults only",
    ),
    "another order": (
        "{X: x m}",
        "{op: repeat, times: N, in: X, out: Y, steps: [{op: einsum, map: x m -> m x}]}",
        "the axes stand in another order",
    ),
    "another start": (
        "{X: x m}",
        "{op: repeat, times: N, carry: {X: 'x c[i]'}, out: Y, steps: [{op: linear, map: 'c[i] -> d'}]}",
        (
            "steps[0].carry.X: 'X' has axes (x, m) before, expected (x, c[1]) "
            "(the carried (x, c[i]) at i = 1): c[1]=8 and m=6 differ"
        ),
    ),
    "too few axes carried": (
        "{X: x m}",
        "{op: repeat, times: N, in: X, carry: {X: 'm'}, out: Y, steps: [relu]}",
        "'X' has axes (x, m) before, expected (m) (the carried (m) at i = 1): found 1 axis, expected 2",
    ),
    "an unknown axis carried": (
        "{X: x m}",
        "{op: repeat, times: N, in: X, carry: {X: 'x e[i]'}, out: Y, steps: [relu]}",
        "'e",
    ),
    "nothing to feed back": (
        "{X: x m, h: x m}",
        "{op: repeat, times: N, carry: [X, h], out: [Y, Z], steps: [{op: add, in: [X, h], out: X}]}",
        "steps[0].carry: no step makes 'h' anew, so there is nothing to feed back",
    ),
    "two values where one runs": (
        "{X: x m}",
        "{op: repeat, times: N, out: Y, steps: [{op: function, name: f, map: 'm -> m, m', out: [a, r]}]}",
        "the steps end with 2, expected 1 to feed back: X\n  name what is fed back under carry",
    ),
    "a value under in that is of no use": (
        "{X: x m, Y: x m}",
        "{op: repeat, times: 2, in: X, carry: [Y], steps: [{op: relu, in: Y}]}\n{op: add, in: [X, Y]}",
        "steps[0].in: no step of the repetition takes 'X'\n  leave it out, or carry it: carry: [Y, X]",
    ),
    "one of two values is of no use afterwards": (
        "{X: m, Y: m}",
        "{op: repeat, times: N, carry: [X, Y], steps: [{op: exp, in: Y, out: X}, {op: relu, in: X, out: Y}]}",
        "steps[0]: what it makes, 'X', is never used\n  take 'X' in a step, discard it",
    ),
    "a value from inside": (
        "{X: x m}",
        (
            "{op: repeat, times: N, in: X, steps: [{op: exp, out: a}, {op: relu, in: a, out: X}]}\n"
            "{op: add, in: [X, a], out: Y}"
        ),
        "unknown value 'a'",
    ),
    "a value that nothing takes": (
        "{X: x m}",
        "{op: repeat, times: N, in: X, out: Y, steps: [{op: exp, in: X, out: a}, {op: relu, in: X, out: b}]}",
        "t.yaml:19:51: steps[0].steps[0]: what it makes, 'a', is never used",
    ),
    "a size that does not come out": (
        "{X: 'x c[1]'}",
        "{op: repeat, for: i in 1..70, carry: {X: 'x c[i]'}, out: Y, steps: [{op: tanh}]}",
        "c[i] has no size at i = 61",
    ),
    "an index that is taken": (
        "{X: x m}",
        "{op: repeat, for: m in 1..3, in: X, out: Y, steps: [relu]}",
        "the index 'm'",
    ),
    "an empty range": (
        "{X: x m}",
        "{op: repeat, for: j in 5..N, in: X, out: Y, steps: [relu]}",
        "5",
    ),
    "an inner range that is empty in the end": (
        "{X: x m}",
        "{op: repeat, for: i in 1..3, in: X, out: Y, steps: [{op: repeat, for: j in i..2, steps: [relu]}]}",
        "expected one iteration at least, found j from 3 to 2 at i = 3",
    ),
    "an unknown bound": (
        "{X: x m}",
        "{op: repeat, times: M, in: X, out: Y, steps: [relu]}",
        "'M'",
    ),
    "a mistake inside, and what follows is checked": (
        "{X: x m}",
        "{op: repeat, times: N, in: X, out: Y, steps: [{op: softmax, over: k}, {op: linear, map: m -> k}]}",
        "steps[0].steps[0].over: expected an axis 'k', found (x, m)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("inputs", "steps", "message"), ONE.values(), ids=ONE.keys())
def test_one_mistake(inputs: str, steps: str, message: str) -> None:
    with pytest.raises(SpecError) as told:
        spec(inputs, *steps.split("\n"))
    assert message in str(told.value)
    assert len(told.value.mistakes) == 1


def test_sizes_in_messages_go_from_the_first_iteration_to_the_last() -> None:
    with pytest.raises(SpecError, match=r"known here: X has axes \(x=5, c\[i\]=8\.\.64\)"):
        spec(
            "{X: 'x c[1]'}",
            "{op: repeat, for: i in 1..N, carry: {X: 'x c[i]'}, out: Y, steps: [{op: softmax, over: k}]}",
        )


def test_mistakes_after_a_mistaken_body_are_told() -> None:
    with pytest.raises(SpecError) as told:
        spec(
            "{X: x m}",
            "{op: repeat, times: N, in: X, steps: [{op: softmax, over: k}, {op: exp, out: 'C[i]'}]}",
            "{op: add, in: [X, 'C[1]'], out: A}",
            "{op: softmax, in: X, out: B, over: k}",
            "{op: add, in: [A, B], out: Y}",
        )
    assert [each.path for each in told.value.mistakes] == ["steps[0].steps[0].over", "steps[2].over"]


def test_the_same_text_gives_the_same_diagram() -> None:
    assert loads(Repeat.example) == loads(Repeat.example)
