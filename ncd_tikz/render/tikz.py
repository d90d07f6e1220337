r"""A scene as a TikZ fragment: one `tikzpicture`, to be `\input` where `tikz` is loaded.

The fragment's frame is the Jinja2 template `fragment.tex.j2`. It has plain `{{ name }}` holes only and
is filled here without importing Jinja2, whose import takes 35 to 70 ms, half the time of drawing a
figure; a test holds that Jinja2 gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import ncd_tikz
from ncd_tikz.render.halos import split_halos
from ncd_tikz.render.palettes import NAMES, PALETTES
from ncd_tikz.render.paths import HALF_GAP, parallel
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

LINE_LENGTH = 100

# One style per role; only the roles that a figure has are written into it, in this order.
_STYLES = {
    "wire": "ncd line",
    "double": "ncd line",
    "outline": "ncd line",
    "tuple": "ncd line, line width=2.2*\\ncdline, dash pattern=on 0.45em off 0.3em",
    "bold": "ncd line, line width=5*\\ncdline",
    "dotted": "ncd line, line cap=round, line width=1.6*\\ncdline, dash pattern=on 0pt off 0.25em",
    "rim": "ncd line, draw=black!75, line width=0.28em+\\ncdline",
    "pale": "ncd line, draw=ncd-halo, line width=0.28em-\\ncdline",
    "ink": "draw=none, fill=black, sharp corners, opacity=1",
    "blur": "draw=black, draw opacity=0.075, line width=#1, line join=round",
    "shadow true": "preaction={ncd blur=0.34em}, preaction={ncd blur=0.2em}, preaction={ncd blur=0.09em}",
    "shadow false": "",
    "card": "draw=none, fill=ncd-#1, sharp corners, opacity=1",
    "raised": "ncd card=#1, ncd shadow \\pgfkeysvalueof{/ncd/shadow}",
    "text": "shape=rectangle, draw=none, fill=none, text=black, opacity=1, inner sep=0pt, outer sep=0pt, "
    "minimum size=0pt, text width={}, align=none, rotate=0, anchor=base, node font={}",
    "math": "ncd text, font={}",
    "sans": "ncd text, font=\\sffamily",
    "serif": "ncd text, font=\\rmfamily",
    "bold text": "ncd text, font=\\rmfamily\\bfseries",
}  # fmt: skip
_NEEDED_BY = {
    "raised": ("card", "blur", "shadow true", "shadow false"),
    "math": ("text",), "sans": ("text",), "serif": ("text",), "bold text": ("text",),
}  # fmt: skip
_ANCHORS = {"left": "base west", "middle": "", "right": "base east"}


def to_tikz(scene: Scene) -> str:
    r"""The fragment: ASCII, one trailing newline, the same bytes for the same scene.

    >>> wire = Wire((Move((0, 0)), LineTo((2, 0))), "wire", "x")
    >>> fragment = to_tikz(Scene((0, -1, 2, 1), (Item("column 0", wire),), name="one_wire"))
    >>> [line.strip() for line in fragment.splitlines() if "ncd wire]" in line]
    ['\\draw[ncd wire] (0,0) -- (2,0);']
    """
    page = _Page()
    body = "\n".join(_body(scene, page))
    left, top, right, bottom = scene.bounds
    holes = {
        "name": scene.name or "figure",
        "title": f": {plain(scene.title)}" if scene.title else "",
        "version": ncd_tikz.__version__,
        "digest": scene.digest or "unknown",
        "font": f"\\{scene.font}" if scene.font else "",
        "palettes": "\n".join(page.palettes()),
        "styles": "\n".join(page.styles()),
        "unit": number(EM_PER_UNIT),
        "alt": plain(scene.description or scene.title or scene.name),
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


class _Page:
    """The colours and roles that a figure has used so far."""

    def __init__(self) -> None:
        self._colors: set[str] = set()
        self._roles: set[str] = set()

    def role(self, name: str) -> str:
        """The style of a role."""
        self._roles.update((name, *_NEEDED_BY.get(name, ())))
        return f"ncd {name}"

    def color(self, name: str) -> str:
        """The fragment's name of a colour."""
        self._colors.add(name)
        return f"ncd-{name}"

    def palettes(self) -> Iterator[str]:
        """One line per palette, its used colours in the scene's order."""
        names = [name for name in NAMES if name in self._colors]
        for palette, values in PALETTES.items():
            yield f"  ncd palette {palette}/.code={{%"
            pieces = [f"\\definecolor{{ncd-{name}}}{{HTML}}{{{values[name]}}}%" for name in names]
            yield from (f"    {piece}" for piece in pieces)
            yield "  },"

    def styles(self) -> Iterator[str]:
        """One line per used role."""
        for role, options in _STYLES.items():
            if role in self._roles:
                yield f"  ncd {role}/.style={{{options}}},"


def _body(scene: Scene, page: _Page) -> Iterator[str]:
    below, haloed, above = split_halos(scene)
    yield from _parts(below, page)
    if haloed:
        yield "  % highlight"
        for role in ("rim", "pale"):
            for item in haloed:
                yield from _indented(_halo(item.primitive, page.role(role), page))
    yield from _parts(above, page)


def _parts(items: Iterable[Item], page: _Page) -> Iterator[str]:
    part = None
    for item in items:
        lines = list(_indented(_statement(item.primitive, page)))
        if lines and item.part != part:
            part = item.part
            yield f"  % {plain(part)}"
        yield from lines


def _halo(primitive: Primitive, style: str, page: _Page) -> list[str]:
    if style.endswith("pale"):
        page.color("halo")
    if isinstance(primitive, Circle):
        return [f"\\draw[{style}]", *_circle(primitive.center, primitive.radius)]
    if isinstance(primitive, (Wire, Shape)):
        return [f"\\draw[{style}]", *_path(primitive.segments, isinstance(primitive, Shape) and primitive.closed)]
    return []


def _statement(primitive: Primitive, page: _Page) -> list[str]:
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


def _shape(shape: Shape, page: _Page) -> list[str]:
    path = _path(shape.segments, shape.closed)
    if shape.stroke == "none":
        if not shape.fill:
            return []
        if shape.fill == "black":
            return [f"\\fill[{page.role('ink')}]", *path]
        page.color(shape.fill)
        return [f"\\path[{page.role('card')}={shape.fill}]", *path]
    if shape.stroke == "double":
        lines = (*parallel(shape.segments, -HALF_GAP), *parallel(shape.segments, HALF_GAP))
        return [f"\\draw[{page.role('double')}]", *_path(lines, shape.closed)]
    fill_option = f", fill={page.color(shape.fill)}" if shape.fill else ""
    return [f"\\draw[{page.role(shape.stroke)}{fill_option}]", *path]


def _card(card: Card, page: _Page) -> list[str]:
    path = _outline(card.corners)
    if not card.fill:
        return [f"\\draw[{page.role('dotted')}]", *path] if card.stroke == "dotted" else []
    style = f"{page.role('raised' if card.shadow else 'card')}={card.fill}"
    page.color(card.fill)
    # Options given later win: the fence's draw must follow the card's draw=none.
    border = f", {page.role('dotted')}" if card.stroke == "dotted" else ""
    return [f"\\path[{style}{border}]", *path]


def _text(text: Text, page: _Page) -> list[str]:
    options = [page.role("bold text" if text.font == "bold" else text.font)]
    if anchor := _ANCHORS[text.align]:
        options.append(f"anchor={anchor}")
    if text.size != 1:
        options.append(f"scale={number(text.size)}")
    words = _one_line(text.text)
    content = f"{{${words}$}}" if text.font == "math" else f"{{{words}}}"
    return [f"\\node[{', '.join(options)}]", "at", _at(text.at), f"{content}"]


def _one_line(text: str) -> str:
    """LaTeX on one line of ASCII; a bare percent sign would swallow the rest of the statement."""
    words = " ".join(text.split())
    return "".join(
        "\\%" if sign == "%" and words[index - 1 : index] != "\\" else sign for index, sign in enumerate(words)
    )


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
    for index, segment in enumerate(segments):
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


def _indented(pieces: list[str]) -> Iterator[str]:
    """The pieces of a statement as lines of bounded length, with its semicolon."""
    if not pieces:
        return
    line = f"  {pieces[0]}"
    for piece in pieces[1:]:
        if len(line) + len(piece) + 2 > LINE_LENGTH:
            yield line
            line = f"    {piece}"
        else:
            line += f" {piece}"
    yield f"{line};"
