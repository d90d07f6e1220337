"""The picture cannot lie: what is read from a scene alone is the diagram's wiring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest

from ncd_tikz.diagram import Diagram
from ncd_tikz.errors import NcdError
from ncd_tikz.layout import lay_out
from ncd_tikz.layout.columns import plan
from ncd_tikz.layout.labels import label_of
from ncd_tikz.layout.places import rider_text
from ncd_tikz.layout.wiring import expected_wiring, misrelated
from ncd_tikz.scene import (
    Anchor,
    Card,
    Circle,
    CurveTo,
    Dashes,
    Dot,
    Item,
    LineTo,
    Move,
    Point,
    Primitive,
    Scene,
    Segment,
    Shape,
    Text,
    Wire,
)
from ncd_tikz.scene.moving import moved
from ncd_tikz.scene.reading import Wiring, read
from ncd_tikz.scene.sides import side_of
from tests.layout.pictures import (
    FEW,
    SPECS,
    scene_of,
    sides_of_picture,
    spec_diagram,
    told,
)


def riders(diagram: Diagram) -> dict[int, str]:
    """The scales that sit on a contraction's arrow."""
    planned = plan(diagram)
    return {
        act.step: rider_text(planned, act)
        for acts in planned.columns
        for act in acts
        if act.riders and act.step is not None
    }


def wrong(diagram: Diagram, scene: Scene) -> str:
    """In what a picture differs from its diagram; empty where it shows exactly that."""
    if what := misrelated(diagram, scene):
        return what
    return next((what for each in sides_of_picture(diagram, scene) if (what := wrong_side(*each))), "")


def wrong_side(diagram: Diagram, scene: Scene) -> str:
    """The same of one side of an equation, its blocks opened."""
    made = (*diagram.inputs, *(value for step in diagram.steps for value in step.outputs))
    everything = replace(diagram, outputs=made)
    expected = expected_wiring(everything, riders(diagram))
    numbers = dict(zip(made, expected.outputs, strict=True))
    try:
        found = read(scene, Wiring(list(expected.descriptions), dict(expected.numbers)))
    except NcdError as error:
        return f"unreadable: {error}"
    for what, mine, theirs in (
        ("inputs", diagram.inputs, found.inputs),
        ("outputs", diagram.outputs, found.outputs),
    ):
        if [numbers[value] for value in mine] != theirs:
            shown = [found.descriptions[value] for value in theirs]
            return f"{what} are {shown}, not {[expected.descriptions[numbers[v]] for v in mine]}"
    orders = [expected.wires[numbers[value]] for value in diagram.outputs]
    if orders != found.orders:
        return f"the wires of the outputs stand as {found.orders}, not {orders}"
    if expected.ended != found.ended:
        return "what ends without a result is another"
    known: set[tuple[int, str]] = set()
    needed: set[tuple[int, str]] = set()
    for value in made:
        entry = diagram.values[value]
        wires = expected.wires[numbers[value]]
        for wire, axis in zip(wires, entry.tensor.axes, strict=False):
            label = label_of(axis)
            known.add((wire, label))
            if value in diagram.inputs or value in diagram.outputs:
                needed.add((wire, label))
        if not entry.tensor.axes:
            known.add((wires[0], "1"))
    if found.labels - known:
        return f"labels {sorted(found.labels - known)} are none of their wires'"
    if needed - found.labels:
        return f"labels {sorted(needed - found.labels)} are missing"
    written = sum(isinstance(item.primitive, Text) and item.primitive.of == "wire"
                  for item in scene.items if item.part != "definition")  # fmt: skip
    if written and not found.labels:
        return "no label stands on a wire"
    return ""


def failures(names: Iterable[str | int]) -> dict[str | int, str]:
    found = {}
    for name in names:
        try:
            what = wrong(spec_diagram(name), scene_of(name))
        except (LookupError, ValueError, TypeError) as error:
            what = f"{type(error).__name__}: {error}"
        if what:
            found[name] = what
    return found


@pytest.mark.parametrize("name", SPECS)
def test_every_spec_reads_back(name: str) -> None:
    assert not wrong(spec_diagram(name), scene_of(name))


@pytest.mark.slow
def test_random_diagrams_read_back() -> None:
    found = failures(FEW)
    assert not found, told(found)


# A reader that never objects proves nothing: break pictures, and see that it notices. ------------

Change = Callable[[Primitive], Primitive | None]


def changed(scene: Scene, fits: Callable[[Item], bool], change: Change, at: int | None = 0) -> Scene:
    """The scene with the `at`-th item that fits (all where `at` is None) changed, or left out."""
    items: list[Item] = []
    count = 0
    for item in scene.items:
        if fits(item):
            count += 1
            if at is None or count == at + 1:
                primitive = change(item.primitive)
                if primitive is not None:
                    items.append(Item(item.part, primitive))
                continue
        items.append(item)
    assert count > (at or 0), "nothing to break"
    return replace(scene, items=tuple(items))


def of(kind: type[Primitive], fits: Callable[[Primitive], bool] = lambda p: True) -> Callable[[Item], bool]:
    return lambda item: isinstance(item.primitive, kind) and fits(item.primitive)


def shift(dx: float, dy: float) -> Change:
    return lambda primitive: moved(Item("", primitive), dx, dy).primitive


def gone(primitive: Primitive) -> None:
    return None


def text_becomes(text: str) -> Change:
    return lambda primitive: replace(primitive, text=text)  # type: ignore[call-arg]


def level(wire: Wire, x: float) -> float | None:
    """The row of a wire at x, where it runs level."""
    here = wire.segments[0].to
    for segment in wire.segments[1:]:
        if here[0] <= x <= segment.to[0]:
            return here[1] if isinstance(segment, LineTo) and abs(here[1] - segment.to[1]) < 1e-6 else None
        here = segment.to
    return None


def parts_at(wire: Wire, x: float) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """A wire cut in two at x, both with an end there."""
    here = wire.segments[0].to
    for number, segment in enumerate(wire.segments[1:], 1):
        if here[0] < x < segment.to[0]:
            middle = (x, here[1])
            return ((*wire.segments[:number], LineTo(middle)), (Move(middle), *wire.segments[number:]))
        here = segment.to
    raise AssertionError("the wire is not there")


def swap_tails(scene: Scene) -> Scene:
    """Two level wires of one tensor go on in each other's place."""
    wires = [
        item.primitive
        for item in scene.items
        if isinstance(item.primitive, Wire) and item.part != "definition"
    ]
    for one in wires:
        for other in wires:
            start = max(one.segments[0].to[0], other.segments[0].to[0])
            stop = min(one.segments[-1].to[0], other.segments[-1].to[0])
            x = (start + stop) / 2
            if one is other or stop - start < 1.0:
                continue
            rows = level(one, x), level(other, x)
            if None in rows or level(one, x + 0.2) is None or level(other, x + 0.2) is None:
                continue
            (head, tail), (other_head, other_tail) = parts_at(one, x), parts_at(other, x)
            if tail[1].to[0] < x + 0.25 or other_tail[1].to[0] < x + 0.25:
                continue

            def joined(
                wire: Wire, begin: tuple[Segment, ...], end: tuple[Segment, ...], across: float = x
            ) -> Wire:
                y = end[0].to[1]
                middle, row = across + 0.1, begin[-1].to[1]
                curve = CurveTo((middle, row), (middle, y), (across + 0.2, y))
                return replace(wire, segments=(*begin, curve, *end[1:]))

            mine, theirs = joined(one, head, other_tail), joined(other, other_head, tail)
            items = tuple(
                Item(
                    item.part,
                    mine if item.primitive is one else theirs if item.primitive is other else item.primitive,
                )
                for item in scene.items
            )
            return replace(scene, items=items)
    raise AssertionError("nothing to break")


def crossed_labels(scene: Scene) -> Scene:
    texts = [item.primitive for item in scene.items if of(Text)(item)]
    labels = [text for text in texts if isinstance(text, Text) and text.of == "wire"]
    first = labels[0]
    second = next(label for label in labels if label.text != first.text)
    scene = changed(scene, lambda item: item.primitive is first, text_becomes(second.text))
    return changed(scene, lambda item: item.primitive is second, text_becomes(first.text))


def longer_dashes(scene: Scene) -> Scene:
    """Every dashed line that stops before the end goes on a little."""
    right = max(item.primitive.segments[-1].to[0] for item in scene.items if isinstance(item.primitive, Wire))

    def stops(p: Primitive) -> bool:
        return isinstance(p, Dashes) and p.segments[-1].to[0] < right - 4

    def longer(p: Primitive) -> Primitive:
        assert isinstance(p, Dashes)
        x, y = p.segments[-1].to
        return Dashes((*p.segments, LineTo((x + 4, y))))

    return changed(scene, lambda item: stops(item.primitive), longer)


def shorter_dashes(scene: Scene) -> Scene:
    def shorter(p: Primitive) -> Primitive:
        assert isinstance(p, Dashes)
        x, y = p.segments[0].to
        return Dashes((p.segments[0], LineTo((x + 0.2, y))))

    return changed(scene, of(Dashes), shorter)


def wire_broken(scene: Scene) -> Scene:
    """A wire with a gap: two loose ends."""
    items: list[Item] = []
    broken = False
    for item in scene.items:
        wire = item.primitive
        if isinstance(wire, Wire) and not broken:
            start, end = wire.segments[0].to[0], wire.segments[1].to[0]
            middle = (start + end) / 2
            before, after = parts_at(wire, middle)
            x, y = after[0].to
            items.append(Item(item.part, replace(wire, segments=before)))
            items.append(Item(item.part, replace(wire, segments=(Move((x + 0.1, y)), *after[1:]))))
            broken = True
        else:
            items.append(item)
    return replace(scene, items=tuple(items))


def extra_wire(scene: Scene) -> Scene:
    """One more axis, all the way."""
    bottom = scene.bounds[3] + 1
    wires = [item.primitive for item in scene.items if isinstance(item.primitive, Wire)]
    left = min(wire.segments[0].to[0] for wire in wires)
    right = max(wire.segments[-1].to[0] for wire in wires)
    wire = Wire((Move((left, bottom)), LineTo((right, bottom))), "wire", "m")
    return replace(scene, items=(*scene.items, Item("wire", wire)))


def floating_moved(scene: Scene, dy: float) -> Scene:
    """The glyph that floats stands over another tensor: its ink and its place."""
    part = next(
        item.part
        for item in scene.items
        if isinstance(item.primitive, Text)
        and item.primitive.text in ("R", "*k^{-1/2}")
        and item.part[0] == "g"
    )
    return changed(scene, lambda item: item.part == part, shift(0, dy), None)


def circle_closes_another(scene: Scene) -> Scene:
    """The half circle's lower end on the wire below: shape and anchor both."""
    part, shape = next(
        (item.part, item.primitive)
        for item in scene.items
        if isinstance(item.primitive, Shape)
        and len(item.primitive.segments) == 3
        and isinstance(item.primitive.segments[1], CurveTo)
    )
    x, y = shape.segments[2].to
    new = (x, y + 1.0)
    end = shape.segments[2]
    assert isinstance(end, CurveTo)
    shape_changed = replace(shape, segments=(*shape.segments[:2], replace(end, to=new)))
    scene = changed(scene, lambda item: item.primitive is shape, lambda p: shape_changed)

    def ends_there(item: Item) -> bool:
        p = item.primitive
        return item.part == part and isinstance(p, Anchor) and near(p.at, (x, y))

    return changed(scene, ends_there, shift(0, 1.0))


def near(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) < 1e-6 and abs(one[1] - other[1]) < 1e-6


def letter(text: str) -> Callable[[Item], bool]:
    return lambda item: (
        isinstance(item.primitive, Text) and item.primitive.text == text and item.primitive.of == "glyph"
    )


def exchanged(first: str, second: str) -> Callable[[Scene], Scene]:
    """Two letters of glyphs change places."""

    def change(scene: Scene) -> Scene:
        marked = changed(scene, letter(first), text_becomes("?"))
        return changed(
            changed(marked, letter(second), text_becomes(first)), letter("?"), text_becomes(second)
        )

    return change


def dot_of_diagonal(item: Item) -> bool:
    return isinstance(item.primitive, Dot)


def ring_gone(scene: Scene) -> Scene:
    """Without the outline of a norm: its diameter is left."""
    return changed(
        scene, lambda item: isinstance(item.primitive, Shape) and len(item.primitive.segments) == 6, gone
    )


def inputs_exchanged(scene: Scene) -> Scene:
    """The anchors of a glyph's two wires, each at the other's place."""
    part = next(i.part for i in scene.items if of(Anchor, lambda p: p.name.endswith(".in.1.0"))(i))  # type: ignore[union-attr]
    mine = {
        item.primitive.name: item.primitive
        for item in scene.items
        if item.part == part and isinstance(item.primitive, Anchor) and ".in." in item.primitive.name
    }
    last = sorted(mine)[-1]
    return changed(scene, lambda item: item.primitive is mine[last], shift(0, 1.0))


BREAKS: dict[str, tuple[str, Callable[[Scene], Scene]]] = {
    "a dot one row lower": ("multi_head_attention", lambda s: changed(s, dot_of_diagonal, shift(0, 1))),
    "a dot a bit to the right": (
        "multi_head_attention",
        lambda s: changed(s, dot_of_diagonal, shift(0.3, 0)),
    ),
    "a dot is gone": ("multi_head_attention", lambda s: changed(s, dot_of_diagonal, gone, 1)),
    "two wires go on in each other's place": ("two_layer_residual_mlp", swap_tails),
    "the same among many": ("multi_head_attention", swap_tails),
    "a dashed line is gone": ("multi_head_attention", lambda s: changed(s, of(Dashes), gone)),
    "a dashed line is too long": ("scaled_dot_product_attention", longer_dashes),
    "a dashed line is too short": ("multi_head_attention", shorter_dashes),
    "a dashed line is one row higher": (
        "multi_head_attention",
        lambda s: changed(s, of(Dashes), shift(0, -1)),
    ),
    "a wire is gone": ("image_recogniser", lambda s: changed(s, of(Wire), gone)),
    "a wire too much": ("image_recogniser", extra_wire),
    "a wire has a gap": ("multi_head_attention", wire_broken),
    "two labels have changed places": ("multi_head_attention", crossed_labels),
    "a label says something else": (
        "multi_head_attention",
        lambda s: changed(s, of(Text, lambda p: p.of == "wire"), text_becomes("z")),  # type: ignore[union-attr]
    ),
    "a label stands on the next wire": (
        "multi_head_attention",
        lambda s: changed(s, of(Text, lambda p: p.of == "wire"), shift(0, 1)),  # type: ignore[union-attr]
    ),
    "labels stand far from their wires": (
        "multi_head_attention",
        lambda s: changed(s, of(Text, lambda p: p.of == "wire"), shift(0, -0.5), None),  # type: ignore[union-attr]
    ),
    "two cards' letters have changed places": ("multi_head_attention", exchanged("Q", "K")),
    "keys and values have changed places": ("multi_head_attention", exchanged("K", "V")),
    "a card has another letter": (
        "image_recogniser",
        lambda s: changed(s, letter(r"\mathbf{L}"), text_becomes(r"\mathbf{E}")),
    ),
    "a card has lost its bias": ("image_recogniser", lambda s: changed(s, letter("+"), gone)),
    "an elementwise function over another tensor": (
        "two_layer_residual_mlp",
        lambda s: floating_moved(s, 3.0),
    ),
    "another elementwise function": (
        "two_layer_residual_mlp",
        lambda s: changed(s, letter("R"), text_becomes("G")),
    ),
    "a half circle closes another wire": ("scaled_dot_product_attention", circle_closes_another),
    "a scale is gone": ("multi_head_attention", lambda s: changed(s, letter("*k^{-1/2}"), gone)),
    "a scale is another": (
        "multi_head_attention",
        lambda s: changed(s, letter("*k^{-1/2}"), text_becomes("*m^{-1/2}")),
    ),
    "softmax is gone": (
        "image_recogniser",
        lambda s: changed(s, of(Shape, lambda p: p.closed and not p.fill), gone),
    ),  # type: ignore[union-attr]
    "the causal mask is turned": (
        "causal_self_attention",
        lambda s: changed(
            s, of(Shape, lambda p: p.closed and len(p.segments) == 3 and p.fill == "black"), gone
        ),  # type: ignore[union-attr]
    ),
    "a function takes another axis": ("tensors_and_tuples", inputs_exchanged),
    "functions f and g have changed places": ("tensors_and_tuples", exchanged("f", "g")),
    "a norm has no diameter": (
        "transformer_encoder_layer",
        lambda s: changed(s, of(Shape, lambda p: not p.closed and len(p.segments) == 2), gone),  # type: ignore[union-attr]
    ),
    "a norm is a box": ("transformer_encoder_layer", ring_gone),
}


@pytest.mark.parametrize("what", BREAKS)
def test_the_reader_notices(what: str) -> None:
    name, broken = BREAKS[what]
    assert wrong(spec_diagram(name), broken(scene_of(name)))


def removals(scene: Scene) -> Iterator[tuple[str, Scene]]:
    """The scene without one item, for every item that says something."""
    for number, item in enumerate(scene.items):
        p, part = item.primitive, side_of(item.part)[1]
        glyph = part.startswith("g") and part[1:].isdigit()
        if part == "definition" or not (
            isinstance(p, (Wire, Dashes, Dot, Circle, Anchor))
            or (isinstance(p, (Text, Shape)) and (glyph or part == "relation"))
        ):
            continue
        if isinstance(p, Anchor) and not (glyph and (".in." in p.name or ".out." in p.name)):
            continue  # a glyph's place is needed only where it floats
        rest = (*scene.items[:number], *scene.items[number + 1 :])
        yield f"{number}: {item}", replace(scene, items=rest)


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.slow
def test_every_stroke_is_needed(name: str) -> None:
    """Whatever is taken away, the picture says something else or nothing."""
    diagram, scene = spec_diagram(name), scene_of(name)
    unnoticed = [what for what, rest in removals(scene) if not wrong(diagram, rest)]
    assert not unnoticed, "\n".join(unnoticed)


@pytest.mark.slow
def test_another_diagram_is_another_picture() -> None:
    """Scenes of specs that differ do not read as each other's diagram."""
    for name in SPECS:
        for other in SPECS:
            if name != other:
                assert wrong(spec_diagram(name), scene_of(other)), (name, other)


@pytest.mark.slow
def test_cards_and_colours_say_nothing() -> None:
    """What is background may go without changing what is read."""
    for name in SPECS:
        scene = scene_of(name)
        bare = tuple(
            item for item in scene.items if not isinstance(item.primitive, Card) or item.part == "relation"
        )
        assert not wrong(spec_diagram(name), replace(scene, items=bare))


def test_reading_is_of_the_scene_alone() -> None:
    """A scene made twice reads the same, with numbers of its own."""
    diagram = spec_diagram("multi_head_attention")
    one, other = read(lay_out(diagram)), read(lay_out(diagram))
    assert one.descriptions == other.descriptions
    assert (one.inputs, one.outputs, one.labels) == (other.inputs, other.outputs, other.labels)
