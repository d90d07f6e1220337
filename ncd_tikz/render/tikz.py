r"""A scene as a TikZ fragment: one `tikzpicture`, to be `\input` where `tikz` is loaded.

The fragment's frame is the Jinja2 template `fragment.tex.j2`. It has plain `{{ name }}` holes only and
is filled here without importing Jinja2, whose import takes 35 to 70 ms, half the time of drawing a
figure; a test holds that Jinja2 gives the same bytes (its block and comment signs set to others than
`{%` and `{#`, which are TeX here).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import ncd_tikz
from ncd_tikz.render.halos import split_halos
from ncd_tikz.render.page import Page, statement
from ncd_tikz.render.paths import HALF_GAP, parallel, tidy
from ncd_tikz.render.plain import plain
from ncd_tikz.resources import template_folder
from ncd_tikz.scene import (
    EM_PER_UNIT,
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
    number,
)

_ANCHORS = {"left": "base west", "middle": "", "right": "base east"}


def to_tikz(scene: Scene) -> str:
    r"""The fragment: ASCII, one trailing newline, the same bytes for the same scene.

    >>> wire = Wire((Move((0, 0)), LineTo((2, 0))), "wire", "x")
    >>> fragment = to_tikz(Scene((0, -1, 2, 1), (Item("column 0", wire),), name="one_wire"))
    >>> [line.strip() for line in fragment.splitlines() if "ncd wire]" in line]
    ['\\draw[ncd wire] (0,0) -- (2,0);']
    """
    page = Page()
    body = "\n".join(_body(scene, page))
    left, top, right, bottom = scene.bounds
    holes = {
        "name": scene.name or "figure",
        "title": f": {plain(scene.title)}" if scene.title else "",
        "version": ncd_tikz.__version__,
        "digest": scene.digest or "unknown",
        "font": f"{{\\{scene.font}}}" if scene.font else "{}",
        "palettes": "\n".join(page.palettes()),
        "styles": "\n".join(page.styles()),
        "unit": number(EM_PER_UNIT),
        "samples": "\n".join(page.samples()),
        "alt": f"{{{plain(scene.description or scene.title or scene.name)}}}",
        "bounds": f"{_at((left, top))} rectangle {_at((right, bottom))}",
        "body": body,
    }
    return fill(template_folder().joinpath("fragment.tex.j2").read_text(encoding="utf-8"), holes)


def fill(template: str, holes: dict[str, str]) -> str:
    """A template with each `{{ name }}` replaced; what is filled in is not looked at again.

    >>> fill("a {{ b }} c", {"b": "{{ c }}"})
    'a {{ c }} c'
    """
    first, *rest = template.split("{{ ")
    written = [first]
    for piece in rest:
        name, after = piece.split(" }}", 1)
        written += (holes[name], after)
    return "".join(written)


def _body(scene: Scene, page: Page) -> Iterator[str]:
    below, haloed, above = split_halos(scene)
    yield from _parts(below, page)
    if haloed:
        yield "  % highlight"
        for role in ("rim", "pale"):
            for item in haloed:
                yield from statement(_halo(item.primitive, page.role(role), page))
    yield from _parts(above, page)


def _parts(items: Iterable[Item], page: Page) -> Iterator[str]:
    part = None
    for item in items:
        lines = list(statement(_statement(item.primitive, page)))
        if lines and item.part != part:
            part = item.part
            yield f"  % {plain(part)}"
        yield from lines


def _halo(primitive: Primitive, style: str, page: Page) -> list[str]:
    page.color("halo")
    if isinstance(primitive, Circle):
        return [f"\\draw[{style}, fill=ncd-halo]", *_circle(primitive.center, primitive.radius)]
    if isinstance(primitive, (Wire, Shape)):
        closed = isinstance(primitive, Shape) and primitive.closed
        return [f"\\draw[{style}]", *_path(primitive.segments, closed)]
    return []


def _statement(primitive: Primitive, page: Page) -> list[str]:
    """The pieces of one TikZ statement, to be joined by spaces."""
    match primitive:
        case Wire(segments, "double"):
            style = page.role("double")
            lines = (*parallel(segments, -HALF_GAP), *parallel(segments, HALF_GAP))
            return [f"\\draw[{style}]", *_path(lines)]
        case Wire(segments):
            return [f"\\draw[{page.role('wire')}]", *_path(segments)]
        case Dashes(segments):
            return [f"\\draw[{page.role('tuple')}]", *_path(segments)]
        case Shape():
            return _shape(primitive, page)
        case Card():
            return _card(primitive, page)
        case Dot(center, radius):
            return [f"\\fill[{page.role('ink')}]", *_circle(center, radius)]
        case Circle(center, radius, stroke):
            style = page.role(stroke) if stroke != "none" else "draw=none"
            return [f"\\draw[{style}, fill=white]", *_circle(center, radius)]
        case Text():
            return _text(primitive, page)
        case Anchor():
            return []


def _shape(shape: Shape, page: Page) -> list[str]:
    path = _path(shape.segments, shape.closed)
    if shape.stroke == "none":
        if not shape.fill:
            return []
        if shape.fill == "black":
            return [f"\\fill[{page.role('ink')}]", *path]
        page.color(shape.fill)
        return [f"\\path[{page.role('card')}={shape.fill}]", *path]
    color = f", draw={page.color(shape.color)}" if shape.color != "black" else ""
    if shape.stroke == "double" and not shape.closed:
        lines = (*parallel(shape.segments, -HALF_GAP), *parallel(shape.segments, HALF_GAP))
        return [f"\\draw[{page.role('double')}{color}]", *_path(lines)]
    fill_option = f", fill={page.color(shape.fill)}" if shape.fill else ""
    return [f"\\draw[{page.role(shape.stroke)}{color}{fill_option}]", *path]


def _card(card: Card, page: Page) -> list[str]:
    path = _outline(card.corners)
    if not card.fill:
        return [f"\\draw[{page.role('dotted')}]", *path] if card.stroke == "dotted" else []
    page.color(card.fill)
    style = f"{page.role('raised' if card.shadow else 'card')}={card.fill}"
    # Options given later win: the fence's draw must follow the card's draw=none.
    border = f", {page.role('dotted')}" if card.stroke == "dotted" else ""
    return [f"\\path[{style}{border}]", *path]


def _text(text: Text, page: Page) -> list[str]:
    options = [page.role("bold text" if text.font == "bold" else text.font)]
    if anchor := _ANCHORS[text.align]:
        options.append(f"anchor={anchor}")
    if text.size != 1:
        options.append(f"scale={number(text.size)}")
    if text.color != "black":
        options.append(f"text={page.color(text.color)}")
    words = _one_line(text.text)
    content = f"{{${words}$}}" if text.font == "math" else f"{{{words}}}"
    return [f"\\node[{', '.join(options)}]", "at", _at(text.at), f"{content}"]


def _one_line(text: str) -> str:
    """LaTeX on one line; a bare percent sign would swallow the rest of the statement."""
    words = " ".join(text.split())
    return words.replace("\\%", "%").replace("%", "\\%")


def _outline(corners: tuple[Point, ...]) -> list[str]:
    if len(corners) == 4:
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
        if x0 == x3 and x1 == x2 and y0 == y1 and y2 == y3:
            return [f"{_at((x0, y0))} rectangle {_at((x2, y2))}"]
    return [_at(corners[0]), *(f"-- {_at(corner)}" for corner in corners[1:]), "-- cycle"]


def _circle(center: Point, radius: float) -> list[str]:
    return [f"{_at(center)} circle[radius={number(radius)}]"]


def _path(segments: tuple[Segment, ...], closed: bool = False) -> list[str]:
    pieces = []
    for index, segment in enumerate(tidy(segments)):
        match segment:
            case Move(to):
                if closed and index:
                    pieces.append("-- cycle")
                pieces.append(_at(to))
            case LineTo(to):
                pieces.append(f"-- {_at(to)}")
            case CurveTo(first, second, to):
                pieces.append(f".. controls {_at(first)} and {_at(second)} .. {_at(to)}")
    return [*pieces, "-- cycle"] if closed else pieces


def _at(point: Point) -> str:
    return f"({number(point[0])},{number(point[1])})"
