"""The wiring that a diagram's picture must show, from the diagram alone."""

from __future__ import annotations

from collections.abc import Hashable

from ncd_tikz.axes import Application
from ncd_tikz.diagram import Diagram, Step
from ncd_tikz.glyphs import Glyph, InnerProducts, Site, Slot
from ncd_tikz.layout.columns import plan
from ncd_tikz.layout.compose import lay_out
from ncd_tikz.layout.equation import relation_sign
from ncd_tikz.layout.inside import ending_wires, passing_wires
from ncd_tikz.layout.opening import opened
from ncd_tikz.layout.places import rider_text
from ncd_tikz.scene import Scene
from ncd_tikz.scene.reading import ReadingError, Wiring, ink, read
from ncd_tikz.scene.sides import relations_of, said, sides_of
from ncd_tikz.scene.wiring import Connections


def unfaithful(diagram: Diagram) -> str:
    """In what a diagram's picture differs from it, read back from the picture alone; empty if in nothing.

    Of an equation every side is read by itself.
    """
    picture = lay_out(diagram)
    diagrams, pictures = (diagram, *(side.diagram for side in diagram.equals)), sides_of(picture)
    if wrong := misrelated(diagram, picture):
        return wrong
    for number, (one, picture) in enumerate(zip(diagrams, pictures, strict=True), 1):
        if wrong := _misread(one, picture):
            return f"side {number}: {wrong}" if diagram.equals else wrong
    return ""


def misrelated(diagram: Diagram, picture: Scene) -> str:
    """In what the picture has other sides, or signs between them, than the equation; empty if in nothing."""
    if len(sides_of(picture)) != 1 + len(diagram.equals):
        return f"the picture shows {len(sides_of(picture))} sides, the equation has {1 + len(diagram.equals)}"
    try:
        shown = relations_of(picture) if diagram.equals else ()
    except ReadingError as error:
        return f"the picture cannot be read: {error}"
    meant = tuple(said(relation_sign(side.relation, side.over).items) for side in diagram.equals)
    return "" if shown == meant else f"the picture relates its sides by {shown}, the equation by {meant}"


def _misread(diagram: Diagram, picture: Scene) -> str:
    planned = plan(opened(diagram))
    riders = {
        act.step: rider_text(planned, act)
        for acts in planned.columns
        for act in acts
        if act.step is not None and act.riders
    }
    expected = expected_wiring(diagram, riders)
    try:
        shown = read(picture, Wiring(list(expected.descriptions), dict(expected.numbers)))
    except ReadingError as error:
        return f"the picture cannot be read: {error}"
    for what in ("inputs", "outputs", "orders", "ended"):
        if getattr(shown, what) != getattr(expected, what):
            return f"the picture shows other {what} than the diagram has"
    return ""


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
        values[value] = wiring.taken_in(place, max(1, len(tensor.axes)))
    wiring.inputs = [values[value] for value in diagram.inputs]
    ridden = _ridden(diagram, riders)
    for number, step in enumerate(diagram.steps):
        if number in ridden:
            values[step.outputs[0]] = values[step.inputs[0]]
            continue
        glyph = step.glyph()
        look = _ink(glyph, step.application, riders.get(number, ""))
        operands = tuple(values[value] for value in step.inputs)
        connections, results = _connections(step, glyph, [wiring.wires[value] for value in operands])
        made = wiring.applied(look, operands, connections, results)
        values.update(zip(step.outputs, made, strict=True))
    wiring.outputs = [values[value] for value in diagram.outputs]
    wiring.orders = [wiring.wires[value] for value in wiring.outputs]
    return wiring


def _ridden(diagram: Diagram, riders: dict[int, str]) -> set[int]:
    makers = {value: number for number, step in enumerate(diagram.steps) for value in step.outputs}
    return {
        number
        for number, step in enumerate(diagram.steps)
        if step.operation.name == "scale" and makers.get(step.inputs[0]) in riders
    }


def _connections(
    step: Step, glyph: Glyph, wires: list[tuple[int, ...]]
) -> tuple[Connections, tuple[tuple[Hashable, ...], ...]]:
    """Which wires end in the glyph, pass and meet; and where the wires of each result come from."""
    application = step.application
    passing = passing_wires(application)
    groups = glyph.pairs if isinstance(glyph, InnerProducts) else ()

    def named(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
        return tuple(sorted((number, wires[number][place]) for number, place in slots))

    pairs = [tuple(sorted((named(group[:-1]), named(group[-1:])))) for group in groups]
    paired = {slot for group in groups for slot in group}
    ends = [
        named((slot,)) for slot in ending_wires(application, passing, glyph.needs()) if slot not in paired
    ]
    ends += [end for pair in pairs for end in pair]
    origin: dict[Slot, Hashable] = {}
    for sources, targets in passing.items():
        origin.update({target: ("passed", named(sources)) for target in targets})
    for number, slot in enumerate(_made(application, passing)):
        origin[slot] = ("made", number)
    free = isinstance(glyph, InnerProducts) and (glyph.pairs or glyph.sums)
    results = tuple(
        tuple(origin[number, place] for place in range(max(1, len(output))))
        for number, output in enumerate(application.outputs)
    )
    return (
        tuple(sorted(ends) if free else ends),
        tuple(sorted(pairs)),
        tuple(sorted(named(sources) for sources in passing)),
    ), results


def _made(application: Application, passing: dict[tuple[Slot, ...], tuple[Slot, ...]]) -> list[Slot]:
    passed = {slot for slots in passing.values() for slot in slots}
    slots = [(j, p) for j, output in enumerate(application.outputs) for p in range(max(1, len(output)))]
    return [slot for slot in slots if slot not in passed]


def _ink(glyph: Glyph, application: Application, rider: str) -> Hashable:
    """The ink of a glyph at some place or other."""
    passing = passing_wires(application)
    made = _made(application, passing)
    taken = {
        slot: float(3 * number)
        for number, slot in enumerate(ending_wires(application, passing, glyph.needs()))
    }
    site = Site(
        0.0, 5.0, taken, {slot: float(number) for number, slot in enumerate(made)}, 0.0, 9.0, (), rider
    )
    drawn = glyph.draw(site)
    return ink((*drawn.behind, *drawn.front))
