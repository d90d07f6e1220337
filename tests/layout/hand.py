"""Diagrams put together by hand: equations of specs, figures with grids and notes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ncd_tikz.diagram import Diagram, load, loads
from ncd_tikz.diagram.diagram import Side
from ncd_tikz.errors import Position
from ncd_tikz.spec.nodes import FigureNode, GridNode, NoteNode

HERE = Position("hand.yaml", 1, 1)


def spec(name: str, inputs: str, steps: str, outputs: str, axes: str = "a: 3, b: 4, c: 5, d: 6") -> Diagram:
    """A diagram of one-line pieces of YAML."""
    return loads(
        f"ncd: 1\nname: {name}\ntitle: {name.replace('_', ' ').title()}\naxes: {{{axes}}}\n"
        f"inputs: {{{inputs}}}\nsteps: [{steps}]\noutputs: {outputs}\n"
    )


def figured(diagram: Diagram, **keys: Any) -> Diagram:
    """The same diagram with other keys under `figure:`."""
    return replace(diagram, figure=replace(diagram.figure, **keys))


def equation(first: Diagram, *sides: tuple[str, str, Diagram], new_lines: tuple[int, ...] = ()) -> Diagram:
    """An equation of sides (relation, words over it, diagram)."""
    return replace(
        first,
        equals=tuple(
            Side(relation, over, number in new_lines, diagram)
            for number, (relation, over, diagram) in enumerate(sides)
        ),
    )


def note(text: str, side: str = "auto", *over: str) -> NoteNode:
    """A note, on the whole figure where it is over nothing."""
    return NoteNode(over, text, "note", side, HERE)


def grid(of: str, arrow: str | None = None, **fill: int) -> GridNode:
    """Cells of an input or output; axes that are numbers are written `_4=2`."""
    return GridNode(of, {name.lstrip("_"): index for name, index in fill.items()}, arrow, HERE)


def letters(steps: str) -> str:
    """Steps of functions from `F: a -> b; G: b -> c`."""
    return ", ".join(
        f'{{op: function, name: {name.strip()}, map: "{signature.strip()}"}}'
        for name, signature in (step.split(":") for step in steps.split(";"))
    )


def associated_transpose() -> Diagram:
    """F goes to its associated transpose, drawn with a unit."""
    first = spec("associated_transpose", "x: a", letters("F: a -> b c"), "x")
    second = spec("bent", "x: b a", letters("F: a -> b' c; T: b b' c -> c"), "x")
    third = spec("transposed", "x: b a", letters("F: b a -> c"), "x")
    return equation(first, (r"\mapsto", "Associated Transpose", second), ("=", "", third))


def broadcasting_definition() -> Diagram:
    """An index applied after is an index applied before."""
    after = spec("broadcasting_definition", "x: 4 3", letters("G: 3 -> 2; i: 4 2 -> 2"), "x", "a: 1")
    before = spec("before", "x: 4 3", letters("i: 4 3 -> 3; G: 3 -> 2"), "x", "a: 1")
    text = (
        r"Broadcasting can be formally defined in terms of indexes. The left and right hand side below are "
        r"equal. Graphically, we see that broadcasting allows indexes to pass over expressions. Note how the "
        r"expression holds for $2$ replaced by any valid index $i_4 \in \{0, 1, 2, 3\}$."
    )
    whole = figured(equation(after, ("=", "def", before)), columns=True, notes=(note(text),))
    return whole


def zigzag() -> Diagram:
    """A chain of five sides in two lines."""
    first = spec("zigzag", "x: a", letters("G: a -> b; H: b -> c"), "x")
    second = spec("second", "x: a", letters("G: a -> b; S: b -> b' b'' b'''; H: b' b'' b''' -> c"), "x")
    third = spec("third", "x: a", letters("G: a -> b b' b''; H: b'' -> c; E: b b' c -> c"), "x")
    return equation(
        first, ("=", "", second), ("=", "", third), ("=", "", first), ("=", "", second), new_lines=(1,)
    )


def attention_twice() -> Diagram:
    """The catalogue's attention is itself."""
    attention = load("@scaled_dot_product_attention")
    attention = replace(attention, figure=FigureNode())
    return equation(attention, ("=", "obviously", attention))


def subtensor() -> Diagram:
    """A row of a matrix, with the cells beside the wires."""
    diagram = spec("subtensor", "A: 4 3", letters("i: 4 3 -> 3"), "A", "a: 1")
    text = r"We express subtensor extractions, grabbing $A[2, :]$, by an index applied on the relevant axis."
    return figured(
        named_outputs(diagram, "B"),
        columns=True,
        notes=(note(text),),
        grids=(grid("A", _4=2), grid("B", "")),
    )


def broadcasting() -> Diagram:
    """An operation on a row is one on every row."""
    row = figured(
        named_outputs(spec("broadcasting", "A: 3", letters("G: 3 -> 2"), "A", "a: 1"), "B"),
        grids=(grid("A"), grid("B")),
        columns=True,
    )
    rows = figured(
        named_outputs(spec("rows", "A: 4 3", letters("G: 3 -> 2"), "A", "a: 1"), "B"),
        grids=(grid("A", _4=2), grid("B", "G", _4=2)),
    )
    text = (
        r"An operation over a single $3$-length row is applied in parallel over $4$ separate rows by "
        r"broadcasting. This lifts an operation $G : \mathbf{R}^3 \to \mathbf{R}^2$ to "
        r"$\mathbf{R}^{4\times3} \to \mathbf{R}^{4\times2}$."
    )
    whole = equation(row, (r"\mapsto", r"$\times\,4$ Broadcasting", rows))
    return figured(whole, notes=(note(text),))


def inner_broadcasting() -> Diagram:
    """One of two tensors is the same for every row of the other."""
    diagram = spec(
        "inner_broadcasting",
        "A: n 3, v: 4",
        '{op: function, name: H, in: [A, v], out: B, map: "3, 4 -> 2"}',
        "B",
        "n: {size: 4, label: '4'}",
    )
    return figured(diagram, columns=True, grids=(grid("A", n=2), grid("v"), grid("B", "H", n=2)))


def long_grids() -> Diagram:
    """Axes too long to show every cell."""
    diagram = spec("long_grids", "A: x m", letters("G: m -> k"), "A", "x: 20, m: 12, k: 2")
    return figured(named_outputs(diagram, "B"), grids=(grid("A", x=7), grid("B", "G", x=7)))


def named_outputs(diagram: Diagram, name: str) -> Diagram:
    """The same diagram with another name for what comes out."""
    values = tuple(
        replace(value, name=name) if number in diagram.outputs else value
        for number, value in enumerate(diagram.values)
    )
    return replace(diagram, values=values)
