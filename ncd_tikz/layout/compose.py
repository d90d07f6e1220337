"""The stages of the layout, one after the other."""

from __future__ import annotations

from ncd_tikz.diagram import Diagram
from ncd_tikz.glyphs import InnerProducts
from ncd_tikz.layout.breaks import choose_breaks, costs_of_breaks, forced_breaks, units, widest_row
from ncd_tikz.layout.columns import Plan, plan
from ncd_tikz.layout.dashes import draw_dashes
from ncd_tikz.layout.definition import FENCE
from ncd_tikz.layout.describe import describe
from ncd_tikz.layout.equation import draw_equation
from ncd_tikz.layout.extent import bounds_of
from ncd_tikz.layout.grids import draw_grids
from ncd_tikz.layout.groups import draw_columns, draw_fences, draw_title, fences, overhangs, title_heights
from ncd_tikz.layout.inside import Inside, arrange
from ncd_tikz.layout.notes import draw_notes
from ncd_tikz.layout.opening import opened
from ncd_tikz.layout.order import order_members
from ncd_tikz.layout.paint import Drawing, Painter, Picture
from ncd_tikz.layout.places import assign_places
from ncd_tikz.layout.regions import steps_within
from ncd_tikz.layout.rows import assign_rows
from ncd_tikz.layout.settle import settle_titles
from ncd_tikz.layout.surround import surround
from ncd_tikz.layout.tags import draw_tags, tag_width
from ncd_tikz.layout.titles import guessed_heights, title_room
from ncd_tikz.scene import Anchor, Item, Scene
from ncd_tikz.spec import width_of

MARGIN = 0.1  # around everything
TITLE_MARGIN = 0.12  # between what the title's card holds and its edge
HAIR = 0.02  # so much wider than asked for does not show
NARROWEST = 0.7  # of the width asked for: rows are not made narrower than that to fit
BETWEEN = 0.9  # between the rows of a broken diagram


def arrange_all(diagram: Diagram, planned: Plan) -> tuple[tuple[Inside | None, ...], ...]:
    """The rows inside every operation; None for copies."""
    known: dict[tuple[object, ...], Inside] = {}

    def inside(step: int) -> Inside:
        glyph = planned.glyphs[step]
        pairs = glyph.pairs if isinstance(glyph, InnerProducts) else ()
        needs = planned.needs[step]
        key = (diagram.steps[step].application, pairs, needs.by_place, needs.leading, needs.scattered)
        if key not in known:
            known[key] = arrange(diagram.steps[step].application, pairs, needs)
        return known[key]

    return tuple(
        tuple(None if act.step is None else inside(act.step) for act in column) for column in planned.columns
    )


def decide(diagram: Diagram) -> Drawing:
    """All decisions about a diagram: columns, orders, rows, places, breaks."""
    diagram = opened(diagram)
    planned = plan(diagram)
    levels = order_members(planned)
    insides = arrange_all(diagram, planned)
    widest = units(diagram.figure.width)
    if widest is not None:
        widest -= _around(diagram)
    held = tuple(steps_within(diagram, group.over) for group in diagram.figure.groups)
    heights = guessed_heights(diagram, planned, held)
    forced = breaks = forced_breaks(diagram, planned)
    parted = costs_of_breaks(held, planned, levels)
    spare: dict[int, float] = {}
    target, kept = widest, None
    while True:
        if target is not None:
            room = title_room(held, planned, levels, heights, forced)
            rows = assign_rows(diagram, planned, levels, insides, room, forced)
            unbroken = assign_places(diagram, planned, levels, insides, rows, frozenset(), spare)
            breaks = choose_breaks(unbroken, target, forced, parted)
        room = title_room(held, planned, levels, heights, breaks)
        rows = assign_rows(diagram, planned, levels, insides, room, breaks)
        places = assign_places(diagram, planned, levels, insides, rows, breaks, spare)
        drawing = Drawing(diagram, planned, levels, insides, rows, places, room, held)
        # Room only grows, so this ends; wider columns may break elsewhere and ask for other room.
        needed = tuple(map(max, heights, title_heights(drawing)))
        wider = dict(spare)
        for level, more in overhangs(drawing).items():
            wider[level] = max(more, spare.get(level, 0.0))
        if needed != heights or wider != spare:
            heights, spare = needed, wider
            continue
        if widest is None or target is None:
            return drawing
        # Rows that begin anew are laid out anew: what comes out wider is asked to be narrower.
        over = widest_row(places) - widest
        if over <= HAIR or target < widest * NARROWEST:
            return drawing if kept is None or over <= HAIR else kept
        kept = kept or drawing
        target -= over


def _around(diagram: Diagram) -> float:
    """The width that goes to what stands around the wires: fence, title's card, tags."""
    figure = diagram.figure
    around = 2 * FENCE if figure.definition else 0.0
    around += 2 * TITLE_MARGIN if figure.title else 0.0
    for ends in (diagram.inputs, diagram.outputs):
        names = {diagram.values[value].name for value in ends}
        tags = (tag_width(tag) for name, tag in (figure.tags or {}).items() if name in names)
        around += max(tags, default=0.0)
    return around


def lay_out(diagram: Diagram) -> Scene:
    """The scene of a diagram.

    Deterministic: equal diagrams give equal scenes.
    """
    picture = draw_equation(diagram, _draw) if diagram.equals else _draw(diagram)[1]
    figure = diagram.figure
    items = surround(diagram, picture).items()
    box = bounds_of(items)
    return Scene(
        bounds=(box.left - MARGIN, box.top - MARGIN, box.right + MARGIN, box.bottom + MARGIN),
        items=items,
        title=diagram.title,
        description=describe(diagram),
        digest=diagram.digest,
        name=diagram.name,
        width=width_of(figure.width).length if figure.width else "",
        font=width_of(figure.width).font if figure.width else "",
    )


def _draw(diagram: Diagram) -> tuple[Drawing, Picture]:
    """A diagram that is no equation, without what stands around it."""
    drawing = decide(diagram)
    return drawing, _paint(drawing)


def _paint(drawing: Drawing) -> Picture:
    """Every row of the diagram with its groups and notes; the rows below each other."""
    places, figure = drawing.places, drawing.diagram.figure
    breaks = sorted(places.entries)
    edges = [0, *breaks, len(drawing.plan.columns)]
    pictures = [Picture() for _ in range(len(breaks) + 1)]
    draw_dashes(drawing, pictures)
    Painter(drawing, pictures).paint()
    draw_tags(drawing, pictures)
    whole = Picture()
    bottom = 0.0
    for number, (picture, columns) in enumerate(zip(pictures, map(range, edges, edges[1:]), strict=True)):
        wires = bounds_of(picture.items())
        if figure.columns:
            draw_columns(drawing, picture, columns, bounds_of(picture.items()))
        cards = draw_fences(picture, fences(drawing, columns))
        if figure.title and not breaks:
            left = min([places.shapes[0].right, *(box.left for box in cards)]) - TITLE_MARGIN
            right = max([places.shapes[-1].left, *(box.right for box in cards)]) + TITLE_MARGIN
            draw_title(drawing, picture, bounds_of(picture.items()), left, right)
        draw_grids(drawing, picture, first=number == 0, last=number == len(breaks))
        draw_notes(drawing, picture, bounds_of(picture.items()), columns, units(figure.width))
        settle_titles(picture)
        box = bounds_of(picture.items())
        shift = (0.0, 0.0) if number == 0 else (-wires.left, bottom + BETWEEN - box.top)
        bottom = box.bottom + shift[1]
        mark = (
            (places.start, wires.top) if number == 0 else (places.entries[breaks[number - 1]].left, wires.top)
        )
        picture.glyphs.append(Item("break", Anchor(f"row{number}.row", mark)))
        whole.extend(picture, *shift)
    if figure.title and breaks:
        box = bounds_of(whole.items())
        draw_title(drawing, whole, box, box.left - TITLE_MARGIN, box.right + TITLE_MARGIN)
    return whole
