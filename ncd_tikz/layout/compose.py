"""The stages of the layout, one after the other."""

from __future__ import annotations

from functools import reduce

from ncd_tikz.diagram import Diagram
from ncd_tikz.glyphs import InnerProducts, Slot
from ncd_tikz.layout.annotate import draw_fences, draw_legend, draw_notes, draw_tags, draw_title, fences
from ncd_tikz.layout.columns import Plan, plan
from ncd_tikz.layout.dashes import draw_dashes
from ncd_tikz.layout.definition import define
from ncd_tikz.layout.describe import describe
from ncd_tikz.layout.extent import Box, box_of
from ncd_tikz.layout.order import Inside, arrange, order_members
from ncd_tikz.layout.paint import Drawing, Painter, Picture
from ncd_tikz.layout.places import assign_places
from ncd_tikz.layout.rows import assign_rows
from ncd_tikz.layout.titles import title_room
from ncd_tikz.scene import Item, Scene


def arrange_all(diagram: Diagram, planned: Plan) -> tuple[tuple[Inside | None, ...], ...]:
    """The rows inside every operation; None for copies."""
    known: dict[tuple[object, tuple[tuple[Slot, Slot], ...]], Inside] = {}

    def inside(step: int) -> Inside:
        glyph = planned.glyphs[step]
        pairs = glyph.pairs if isinstance(glyph, InnerProducts) else ()
        key = (diagram.steps[step].application, pairs)
        if key not in known:
            known[key] = arrange(diagram.steps[step].application, pairs)
        return known[key]

    return tuple(
        tuple(None if act.step is None else inside(act.step) for act in column) for column in planned.columns
    )


def decide(diagram: Diagram) -> Drawing:
    """All decisions about a diagram: columns, orders, rows, places."""
    planned = plan(diagram)
    levels = order_members(planned)
    insides = arrange_all(diagram, planned)
    rows = assign_rows(diagram, planned, levels, insides, title_room(diagram, planned, levels))
    places = assign_places(diagram, planned, levels, insides, rows, {})
    return Drawing(diagram, planned, levels, insides, rows, places)


def lay_out(diagram: Diagram) -> Scene:
    """The scene of a diagram.

    Deterministic: equal diagrams give equal scenes.
    """
    drawing = decide(diagram)
    picture = Picture()
    draw_dashes(drawing, picture)
    Painter(drawing, picture).paint()
    draw_tags(drawing, picture)
    draw_fences(drawing, picture, fences(drawing))
    figure = diagram.figure
    if figure.title:
        draw_title(drawing, picture, bounds_of(picture.items()))
    if figure.legend:
        draw_legend(drawing, picture, bounds_of(picture.items()))
    draw_notes(drawing, picture, bounds_of(picture.items()))
    items = picture.items()
    if figure.definition:
        items = define(diagram, items, bounds_of(items), None)
    box = bounds_of(items)
    margin = 0.1
    return Scene(
        bounds=(box.left - margin, box.top - margin, box.right + margin, box.bottom + margin),
        items=items,
        title=diagram.title,
        description=describe(diagram),
        digest=diagram.digest,
        name=diagram.name,
        width=figure.width,
    )


def bounds_of(items: tuple[Item, ...]) -> Box:
    """The box around everything drawn so far."""
    boxes = [box for item in items if (box := box_of(item.primitive)) is not None]
    return reduce(Box.joined, boxes)
