"""Operations that take nothing or make nothing."""

from __future__ import annotations

import pytest

from ncd_tikz.diagram import Diagram, loads
from ncd_tikz.errors import SpecError

HEAD = "ncd: 1\nname: t\naxes: {x: 5, m: 6}\n"


def spec(inputs: str, *steps: str, outputs: str = "Y") -> Diagram:
    lines = "".join(f"  - {step}\n" for step in steps)
    return loads(f"{HEAD}inputs: {inputs}\nsteps:\n{lines}outputs: {outputs}\n", "t.yaml")


def test_a_discard_uses_what_it_takes() -> None:
    diagram = spec("{X: x m, Z: m}", "{op: discard, in: Z}", "{op: relu, in: X, out: Y}")
    assert diagram.steps[0].outputs == () and diagram.steps[0].application.outputs == ()
    assert diagram.steps[0].attribute == "discard"


def test_a_unit_takes_nothing() -> None:
    diagram = spec(
        "{X: x m}",
        '{op: unit, map: "-> x x\'", out: I}',
        "{op: einsum, in: [I, X], map: \"x x', x' m -> x m\", out: Y}",
    )
    assert diagram.steps[0].inputs == () and diagram.steps[0].application.inputs == ()
    assert [axis.sizes for axis in diagram.values[1].tensor.axes] == [
        diagram.values[0].tensor.axes[0].sizes
    ] * 2


def test_a_unit_between_other_steps_takes_nothing_of_them() -> None:
    diagram = spec(
        "{X: x m}", "{op: relu, out: a}", "{op: unit, map: \"-> m m'\", out: I}",
        "{op: einsum, in: [a, I], map: \"x m, m m' -> x m'\", out: Y}",
    )  # fmt: skip
    assert diagram.steps[1].inputs == ()


@pytest.mark.parametrize(
    ("inputs", "steps", "message"),
    [
        (
            "{X: x m, Z: m}",
            ["{op: discard, in: Z}", "{op: relu, out: Y}"],
            "steps[1]: expected the values that it takes, as in in: X\n  the step before makes nothing",
        ),
        ("{X: x m}", ["{op: unit, map: \"-> x x'\"}", "{op: relu, in: X, out: Y}"], "steps[0]"),
        ("{X: x m}", ["{op: discard, in: X, out: Y}"], "steps[0].out"),
        ("{Y: x}", ["{op: discard, in: Y}", "{op: repeat, times: 2, steps: [relu]}"], "makes nothing"),
        ("{X: x}", ["{op: repeat, times: 2, in: X, out: Y, steps: [discard]}"], "the last step makes no"),
    ],
)  # fmt: skip
def test_mistakes(inputs: str, steps: list[str], message: str) -> None:
    with pytest.raises(SpecError) as told:
        spec(inputs, *steps)
    assert message in str(told.value)
    assert len(told.value.mistakes) == 1
