"""Specs become diagrams: axes inferred, values assigned once, parts named."""

from __future__ import annotations

import pytest

from ncd_tikz.axes import Axis, Expression
from ncd_tikz.diagram import Diagram, load, loads
from ncd_tikz.resources import spec_names


def spec(inputs: str, *steps: str, outputs: str, axes: str = "{x: 5, y: 4, m: 6, k: 3, h: 2}") -> Diagram:
    lines = "".join(f"  - {step}\n" for step in steps)
    return loads(f"ncd: 1\nname: t\naxes: {axes}\ninputs: {inputs}\nsteps:\n{lines}outputs: {outputs}\n")


def types(diagram: Diagram) -> list[str]:
    return [f"{value.name}{value.tensor}" for value in diagram.values]


@pytest.mark.parametrize("name", spec_names())
def test_the_catalogue_loads(name: str) -> None:
    diagram = load(f"@{name}")
    assert diagram.name == name
    assert diagram.description and diagram.title
    assert all(entry.about for entry in diagram.sizes)
    assert all(size > 0 for size in diagram.default_sizes().values())


def test_multi_head_attention() -> None:
    diagram = load("@multi_head_attention")
    assert types(diagram) == [
        "E(y, m)", "X(x, m)", "q(y, k, h)", "k(x, k, h)", "v(x, k, h)",
        "s(y, x, h)", "s(y, x, h)", "s(y, x, h)", "o(y, k, h)", "z(y, m)",
    ]  # fmt: skip
    assert [step.attribute for step in diagram.steps] == ["Q", "K", "V", "s", "s_2", "s_3", "o", "O"]
    assert [step.path for step in diagram.steps] == [f"steps[{number}]" for number in range(8)]
    assert diagram.steps[4].label.endswith("k^{-1/2}")
    scores = diagram.steps[3].application
    assert [out.sources for out in scores.outputs[0]] == [((0, 0),), ((1, 0),), ((0, 2), (1, 2))]
    assert scores.own == ((1,), (1,))


def test_values_are_assigned_once() -> None:
    diagram = spec("{X: x m}", "relu", "{op: linear, in: X, map: m -> k}", outputs="X")
    assert types(diagram) == ["X(x, m)", "X(x, m)", "X(x, k)"]
    assert [(step.inputs, step.outputs) for step in diagram.steps] == [((0,), (1,)), ((1,), (2,))]
    assert diagram.inputs == (0,) and diagram.outputs == (2,)


def test_a_left_out_input_is_the_previous_output() -> None:
    diagram = spec(
        "{X: x m, Y: x m}", "{op: add, in: [X, Y], out: a}", "relu", "{op: exp, out: b}", outputs="[a, b]"
    )
    assert [step.inputs for step in diagram.steps] == [(0, 1), (2,), (3,)]
    assert diagram.outputs == (3, 4)


def test_made_axes_stand_where_the_first_own_axis_stood() -> None:
    def made(wires: str, map: str) -> str:
        diagram = spec(f"{{a: {wires}}}", f"{{op: linear, in: a, out: b, map: {map}}}", outputs="b")
        return str(diagram.values[-1].tensor)

    assert made("x m y", "m -> k h") == "(x, k, h, y)"
    assert made("m x y", "y m -> k h") == "(k, h, x)"
    assert made("x y m", "m y -> k") == "(x, k)"
    assert made("x m", "-> k") == "(x, m, k)"
    assert made("x m", "m ->") == "(x)"


def test_arithmetic_puts_new_axes_behind() -> None:
    diagram = spec("{a: x m, b: m y k}", "{op: add, in: [a, b], out: c}", outputs="c")
    application = diagram.steps[0].application
    assert str(application.results[0]) == "(x, m, y, k)"
    assert [out.sources for out in application.outputs[0]] == [
        ((0, 0),),
        ((0, 1), (1, 0)),
        ((1, 1),),
        ((1, 2),),
    ]


def test_primes_are_aliases() -> None:
    diagram = spec("{a: x k}", "{op: einsum, in: [a, a], out: s, map: \"x k, x' k -> x x'\"}", outputs="s",
                   axes="{x: {size: 5, label: '\\bar{x}'}, k: 3}")  # fmt: skip
    assert diagram.values[-1].tensor.axes == (
        Axis("x", (Expression.symbol("x"),), r"\bar{x}"),
        Axis("x'", (Expression.symbol("x"),), r"\bar{x}"),
    )


def test_aliases_by_position() -> None:
    """A new name has the size and label of the axis it stands for; a declared one is itself."""
    diagram = spec("{a: x x'}", "{op: einsum, in: a, out: b, map: t z -> z t}", outputs="b",
                   axes="{x: 5, t: {size: x, label: T}}")  # fmt: skip
    last, first = diagram.values[-1].tensor.axes
    assert (last.name, last.label, last.sizes) == ("z", "x", (Expression.symbol("x"),))
    assert (first.name, first.label, first.sizes) == ("t", "T", (Expression.symbol("t"),))


def test_numbers_are_axes() -> None:
    diagram = spec("{a: 4 2, b: 6}", '{op: function, name: f, in: [a, b], out: c, map: "4 2, 6 -> 3 3"}',
                   '{op: linear, in: c, map: 3 3 -> 7}', outputs="c", axes="{x: 1}")  # fmt: skip
    square = diagram.values[2].tensor
    assert square.names == ("3", "3'")
    assert [axis.label for axis in square.axes] == ["3", "3"]
    assert str(diagram.values[3].tensor) == "(7)"


def test_sizes_stand_behind_what_they_are_derived_from() -> None:
    diagram = spec("{a: p q}", "relu", outputs="a", axes="{p: q*r, q: 2*r, r: 3}")
    assert [entry.axis.name for entry in diagram.sizes] == ["r", "q", "p"]
    assert [entry.derived for entry in diagram.sizes] == [False, True, True]
    assert diagram.default_sizes() == {"r": 3, "q": 6, "p": 18}


def test_parameters_are_marked() -> None:
    (d_ff,) = [entry for entry in load("@two_layer_residual_mlp").sizes if entry.parameter]
    assert d_ff.axis.label == "d_{ff}"


def test_parts_with_parameters_choose_their_names_first() -> None:
    diagram = spec("{X: x m}", "relu", "{op: linear, map: m -> k}", "relu", "{op: linear, map: k -> m}",
                   outputs="X")  # fmt: skip
    assert [step.attribute for step in diagram.steps] == ["X_3", "X", "X_4", "X_2"]


def test_the_same_text_gives_the_same_diagram() -> None:
    assert load("@multi_head_attention") == load("@multi_head_attention")


@pytest.mark.slow
def test_time_grows_with_the_number_of_steps() -> None:
    """Counted in calls, not seconds: ten times the steps make at most eleven times the calls."""
    import cProfile
    import pstats

    from ncd_tikz.diagram import build
    from ncd_tikz.spec import load_spec

    def calls(steps: int) -> int:
        lines = "".join(
            ["  - {op: linear, in: X, map: m -> k}\n  - {op: linear, map: k -> m}\n"] * (steps // 2)
        )
        node = load_spec(
            f"ncd: 1\nname: t\naxes: {{m: 6, k: 3}}\ninputs: {{X: m}}\nsteps:\n{lines}outputs: X\n"
        )
        profile = cProfile.Profile()
        profile.runcall(build, node)
        return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]

    assert calls(2000) < 11 * calls(200)
