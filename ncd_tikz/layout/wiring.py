"""The wiring that a diagram's picture must show, from the diagram alone."""

from __future__ import annotations

from collections.abc import Hashable

from ncd_tikz.axes import Application
from ncd_tikz.diagram import Diagram, Step
from ncd_tikz.glyphs import Glyph, InnerProducts, Site, Slot
from ncd_tikz.layout.inside import ending_wires, passing_wires
from ncd_tikz.layout.opening import opened
from ncd_tikz.scene.reading import Wiring, ink


def expected_wiring(diagram: Diagram, riders: dict[int, str], wiring: Wiring | None = None) -> Wiring:
    """Values described as the reader describes them.

    `riders` are the scales drawn on a contraction's arrow: contraction step -> text; the scale's
    own step is the one that follows it.
    """
    diagram = opened(diagram)
    wiring = wiring if wiring is not None else Wiring()
    values: dict[int, int] = {}
    for place, value in enumerate(diagram.inputs):
        tensor = diagram.values[value].tensor
        values[value] = wiring.value(("input", place, max(1, len(tensor.axes))))
    wiring.inputs = [values[value] for value in diagram.inputs]
    ridden = _ridden(diagram, riders)
    for number, step in enumerate(diagram.steps):
        if number in ridden:
            values[step.outputs[0]] = values[step.inputs[0]]
            continue
        glyph = step.operation.glyph(step.application, step.label)
        description = (
            "apply",
            _ink(glyph, step.application, riders.get(number, "")),
            tuple(values[value] for value in step.inputs),
            _connections(step, glyph),
        )
        for output, value in enumerate(step.outputs):
            wires = max(1, len(diagram.values[value].tensor.axes))
            values[value] = wiring.value((*description, output, wires))
    wiring.outputs = [values[value] for value in diagram.outputs]
    return wiring


def _ridden(diagram: Diagram, riders: dict[int, str]) -> set[int]:
    makers = {value: number for number, step in enumerate(diagram.steps) for value in step.outputs}
    return {
        number
        for number, step in enumerate(diagram.steps)
        if step.operation.name == "scale" and makers.get(step.inputs[0]) in riders
    }


def _connections(step: Step, glyph: Glyph) -> Hashable:
    """Which wires pass and meet, which end in the glyph and which start there."""
    application = step.application
    passing = passing_wires(application)
    groups = glyph.pairs if isinstance(glyph, InnerProducts) else ()
    pairs = [(tuple(sorted(group[:-1])), (group[-1],)) for group in groups]
    paired = {slot for group in groups for slot in group}
    ends = [(slot,) for slot in ending_wires(application, passing) if slot not in paired]
    return (
        tuple(
            sorted((tuple(sorted(sources)), tuple(sorted(targets))) for sources, targets in passing.items())
        ),
        tuple(sorted(ends + [end for pair in pairs for end in pair])),
        tuple(sorted(tuple(sorted(pair)) for pair in pairs)),
        tuple(_made(application, passing)),
    )


def _made(application: Application, passing: dict[tuple[Slot, ...], tuple[Slot, ...]]) -> list[Slot]:
    passed = {slot for slots in passing.values() for slot in slots}
    slots = [(j, p) for j, output in enumerate(application.outputs) for p in range(max(1, len(output)))]
    return [slot for slot in slots if slot not in passed]


def _ink(glyph: Glyph, application: Application, rider: str) -> Hashable:
    """The ink of a glyph at some place or other."""
    passing = passing_wires(application)
    made = _made(application, passing)
    taken = {slot: float(3 * number) for number, slot in enumerate(ending_wires(application, passing))}
    site = Site(
        0.0, 5.0, taken, {slot: float(number) for number, slot in enumerate(made)}, 0.0, 9.0, (), rider
    )
    drawn = glyph.draw(site)
    return ink((*drawn.behind, *drawn.front))
