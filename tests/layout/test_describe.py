"""The picture in words: repetitions, memory, equations."""

from __future__ import annotations

from ncd_tikz.diagram import loads
from ncd_tikz.layout import lay_out
from ncd_tikz.layout.describe import describe
from tests.layout import hand
from tests.layout.test_groups import MEMORY


def test_repetitions_and_memory_are_told_in_order() -> None:
    said = describe(loads(MEMORY))
    pieces = [
        "Neural circuit diagram of memory.",
        "Inputs: X with axes x m.",
        "repeat for i from 1 to 2, X fed back",
        "tanh of X gives X",
        "X is saved as C[i]",
        "relu of X gives X",
        "end of the repetition, which gives X",
        "C[3-i] is loaded",
        "Outputs: X with axes x m.",
    ]
    places = [said.index(piece) for piece in pieces]
    assert places == sorted(places)


def test_shared_parameters_are_told() -> None:
    text = (
        "ncd: 1\nname: shared\naxes: {m: 4}\ninputs: {X: m}\nsteps:\n"
        "  - {op: repeat, times: 3, share: true, steps: [relu]}\noutputs: X\n"
    )
    assert "repeat for i from 1 to 3, with the same parameters each time" in describe(loads(text))


def test_all_sides_of_an_equation_are_told() -> None:
    said = describe(hand.associated_transpose())
    assert said.startswith("Equation of neural circuit diagrams: associated transpose. Side 1. Inputs: x")
    assert "This becomes (Associated Transpose) side 2. Inputs: x with axes b a." in said
    assert "This equals side 3." in said
    assert "This is by definition side 2." in describe(hand.broadcasting_definition())


def test_words_with_formulas_are_left_out() -> None:
    said = describe(hand.broadcasting())
    assert "This becomes side 2." in said
    assert "$" not in said and "\\" not in said


def test_the_scene_carries_it() -> None:
    diagram = hand.zigzag()
    assert lay_out(diagram).description == describe(diagram)


def test_long_diagrams_are_cut_short() -> None:
    steps = ", ".join(["relu"] * 50)
    said = describe(hand.spec("long", "x: a", steps, "x"))
    assert said.count("relu of x gives x") == 40
    assert "10 more steps" in said
