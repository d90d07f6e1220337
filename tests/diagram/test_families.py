"""Families of axes: members by their index, sizes at every moment of a repetition."""

from __future__ import annotations

import pytest

from ncd_tikz.axes import Axis, Expression
from ncd_tikz.diagram import BlockCall, Diagram, loads
from ncd_tikz.errors import ShapeError, SpecError
from ncd_tikz.operations import Scope
from ncd_tikz.operations.scope import AxisFamily, UnknownAxis

E = Expression.parse
SCOPE = Scope(
    {"m": Axis("m", (E("m"),), "m"), "N": Axis("N", (E("N"),), "N")},
    {"m": E("6"), "N": E("3")},
    {
        "c": AxisFamily("i", (E("1 if i == 0 else 64*2**i"),), "c"),
        "x": AxisFamily("j", (E("1024/2**j"), E("512/2**j")), r"\bar{x}"),
    },
)
INSIDE = SCOPE.inside("i", E("1"), E("N+1"))


@pytest.mark.parametrize(
    ("written", "name", "sizes", "label"),
    [
        ("c[0]", "c[0]", [1], "c_0"),
        ("c[2+1-1]", "c[2]", [256], "c_2"),
        ("c[N]", "c[N]", [512], "c_N"),
        ("c[N+1-N]", "c[1]", [128], "c_1"),
        ("c[2]''", "c[2]''", [256], "c_2"),
        ("x[ 2 ]", "x[2]", [256, 128], r"\bar{x}_2"),
        ("(c[0] m)", "(c[0] m)", [6], "c_0m"),
    ],
)
def test_members(written: str, name: str, sizes: list[int], label: str) -> None:
    axis = SCOPE.resolve(written)
    assert (axis.name, axis.label) == (name, label)
    assert [size.evaluate(SCOPE.defaults) for size in axis.sizes] == sizes


def test_members_of_a_moment() -> None:
    axis = INSIDE.resolve("c[i-1]")
    assert (axis.name, axis.label) == ("c[i-1]", "c_{i-1}")
    assert [axis.sizes[0].evaluate(moment) for moment in INSIDE.moments] == [1, 128, 256, 512]
    assert [moment["i"] for moment in INSIDE.moments] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("c[j]", "nothing is known about 'j' in c[j]"),
        ("c[i]", "nothing is known about 'i' in c[i]"),
        ("d[1]", "nothing declares a family of axes 'd'"),
        ("m[1]", "'m' is no family, found m[1]"),
        ("c", "'c' is a family of axes"),
    ],
)
def test_names_that_mean_nothing(name: str, fact: str) -> None:
    with pytest.raises(UnknownAxis) as told:
        SCOPE.resolve(name)
    assert told.value.fact == fact
    assert told.value.hint


def test_a_member_without_a_size() -> None:
    with pytest.raises(ShapeError, match=r"^x\[i\+8\] has no size at i = 2: 512/1024 does not come out"):
        INSIDE.resolve("x[i+8]")
    assert INSIDE.resolve("x[i+5]").rank == 2
    with pytest.raises(ShapeError, match=r"^c\[i-9\] has no size at i = 1: .*1/4 is not a whole number"):
        INSIDE.resolve("c[i-9]")


def test_sizes_agree_at_all_moments_or_not_at_all() -> None:
    here = INSIDE.resolve("c[i]")
    assert INSIDE.agree_axes(here, INSIDE.resolve("c[i+1-1]")) == "always"
    assert INSIDE.agree_axes(here, INSIDE.resolve("c[1]")) == "never"
    assert INSIDE.agree(here.sizes[0], E("64*2**i")) == "always"  # i is never zero there
    assert INSIDE.agree(E("N - i"), E("3 - i")) == "by default"
    assert INSIDE.agree(E("i*N + N"), E("N*(i + 1)")) == "always"


def test_inner_moments_may_depend_on_outer_ones() -> None:
    nested = SCOPE.inside("i", E("1"), E("N")).inside("j", E("i"), E("N"))
    assert [(each["i"], each["j"]) for each in nested.moments] == [
        (1, 1),
        (1, 2),
        (1, 3),
        (2, 2),
        (2, 3),
        (3, 3),
    ]


def test_long_repetitions_are_looked_at_in_places() -> None:
    scope = SCOPE.inside("t", E("1"), E("1000"))
    assert [scope.moments[place]["t"] for place in (0, 1, -2, -1)] == [1, 2, 999, 1000]
    for index in "abcdefgh":
        scope = scope.inside(index, E("1"), E("1000"))
    assert len(scope.moments) <= 512
    assert {moment["h"] for moment in scope.moments} == {1, 1000}


def test_symbols_are_replaced_in_names_too() -> None:
    def at(name: str, index: str) -> str:
        return SCOPE.inside("j", E("1"), E("2")).reindexed(INSIDE.resolve(name), {"i": E(index)}).name

    assert at("c[i-1]", "5-j") == "c[4-j]"
    assert at("c[i-1]'", "N+1") == "c[N]'"
    assert at("(c[i-1] m)", "4") == "(c[3] m)"
    assert at("m", "4") == "m"
    made = Axis("w", (E("i + 2"),), "w")
    assert SCOPE.reindexed(made, {"i": E("4")}) == Axis("w", (E("6"),), "w")


HEAD = """\
ncd: 1
name: t
axes:
  m: 6
  N: 3
  c: {index: i, size: "1 if i == 0 else 4*2**i"}
  x: {index: i, size: ["96/2**i", "96/2**i"], label: '\\bar{x}'}
  z: c[1] + c[2]
blocks:
  widen:
    params: {n1: 5}
    axes: {n0: 3, h: 4, w: 4, p: {size: [h, w]}}
    inputs: {a: p n0}
    steps: [{op: linear, map: n0 -> n1}]
    outputs: a
  own:
    axes: {c: {index: i, size: "4*2**i"}}
    inputs: {a: "c[1]"}
    steps: [{op: linear, map: "c[1] -> c[3]"}]
    outputs: a
"""


def spec(inputs: str, *steps: str) -> Diagram:
    lines = "".join(f"  - {step}\n" for step in steps)
    return loads(f"{HEAD}inputs: {inputs}\nsteps:\n{lines}outputs: X\n", "t.yaml")


def test_families_among_the_sizes() -> None:
    diagram = spec("{X: 'x[1] c[0]'}", "{op: linear, map: 'c[0] -> z'}")
    assert diagram.default_sizes() == {"m": 6, "N": 3, "z": 24}
    assert {entry.axis.name: entry.index for entry in diagram.sizes} == {
        "m": "", "N": "", "c": "i", "x": "i", "z": "",
    }  # fmt: skip
    assert [str(value.tensor) for value in diagram.values] == ["(x[1], c[0])", "(x[1], z)"]
    assert [axis.label for axis in diagram.values[0].tensor.axes] == [r"\bar{x}_1", "c_0"]


def test_fields_speak_of_members() -> None:
    step = spec("{X: m}", "{op: scale, by: 'c[2]**(-1/2)'}").steps[0]
    assert step.label == "c_2^{-1/2}"
    assert step.operation.by.evaluate_real({}) == 0.25  # type: ignore[attr-defined]


def test_a_block_is_given_a_member() -> None:
    diagram = spec("{X: 'm x[2] c[0]'}", "{op: widen, with: {n1: 'c[2]'}}")
    call = diagram.steps[0].operation
    assert isinstance(call, BlockCall)
    assert str(diagram.values[1].tensor) == "(m, x[2], c[2])"
    assert {name: size.evaluate({}) for name, size in call.bindings.items()} == {
        "n1": 16, "h": 24, "w": 24, "n0": 1,
    }  # fmt: skip
    assert call.parameters_text == "($n_1=c_2$)"


def test_a_block_with_a_family_of_its_own() -> None:
    diagram = spec("{X: 'c[1]'}", "{op: own}")
    assert str(diagram.values[1].tensor) == "(c[3])"  # the two families agree there
    text = HEAD.replace('size: "4*2**i"}}', 'size: "8 if i == 1 else 3*i"}}')
    with pytest.raises(
        SpecError, match=r"block 'own' makes an axis 'c\[3\]' of size .*9.*, declared is c\[3\]=32"
    ):
        loads(f"{text}inputs: {{X: 'c[1]'}}\nsteps: [{{op: own}}]\noutputs: X\n")


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("{op: linear, map: 'c[1] -> c[i]'}", "nothing is known about 'i' in c[i]"),
        ("{op: linear, map: 'c[i] -> m'}", "expected an axis 'c[i]', found (x[1], c[1])"),
        ("{op: linear, map: 'c[1] -> d[2]'}", "nothing declares a family of axes 'd'"),
        ("{op: scale, by: 'x[2]'}", "'x' is a family of groups of axes and has no single size"),
        ("{op: scale, by: 'd[2]'}", "nothing declares a family of axes 'd'"),
        ("{op: widen, with: {n1: 'd[2]'}}", "unknown family 'd' in 'd[2]'"),
        ("{op: linear, map: 'c[1] -> c'}", "'c' is a family"),
        ("{op: linear, map: 'c[1] -> m[2]'}", "'m' is no family, found m[2]"),
    ],
)
def test_mistakes(step: str, message: str) -> None:
    with pytest.raises(SpecError) as told:
        spec("{X: 'x[1] c[1]'}", step)
    assert message in str(told.value)
    assert str(told.value).startswith("t.yaml:23:")
    assert len(told.value.mistakes) == 1
