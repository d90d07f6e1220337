"""A scene as SVG: the same picture for places without TeX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ncd_tikz import __version__
from ncd_tikz.render.halos import split_halos
from ncd_tikz.render.palettes import PALETTES
from ncd_tikz.render.paths import HALF_GAP, parallel, tidy
from ncd_tikz.render.plain import plain
from ncd_tikz.render.svg_text import Typesetter, quoted
from ncd_tikz.render.theme import Theme
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

UNIT = 20.0  # pixels
EM = UNIT / EM_PER_UNIT

_LINE = 0.05 * EM
_HALO = 0.28 * EM
_SHADOW = ((0.44, 0.04), (0.32, 0.05), (0.2, 0.08), (0.09, 0.1))  # width in em, opacity: as in TikZ


def _stroke(lines: float, dashes: tuple[float, ...] = (), cap: str = "") -> str:
    """A stroke some lines wide; dashes in em."""
    paint = f'stroke-width="{number(lines * _LINE)}"'
    if dashes:
        paint += f' stroke-dasharray="{" ".join(number(dash * EM) for dash in dashes)}"'
    return f'{paint} stroke-linecap="{cap}"' if cap else paint


_STROKES = {
    "wire": _stroke(1),
    "double": _stroke(1),
    "outline": _stroke(1),
    "tuple": _stroke(2.2, (0.45, 0.3)),
    "bold": _stroke(2.4),
    "dotted": _stroke(1.6, (0, 0.25), "round"),
    "none": 'stroke="none"',
}


def to_svg(scene: Scene, *, palette: str = "reference", shadow: bool = True) -> str:
    """The picture as one SVG file, text and all: no script, no font, nothing to fetch.

    Args:
        scene: the positioned picture; 1 unit is 20 pixels.
        palette: `reference`, `okabe-ito` or `grayscale`.
        shadow: whether cards have their soft shadow.

    Raises:
        RenderError: there is no such palette.
    """
    theme = Theme(palette, shadow)
    colors = {name: f"#{value}" for name, value in PALETTES[theme.palette].items()}
    texts = (item.primitive for item in scene.items if isinstance(item.primitive, Text))
    painter = _Painter(colors, shadow, Typesetter(texts, EM, UNIT))
    left, top, right, bottom = (UNIT * side for side in scene.bounds)
    width, height = number(right - left), number(bottom - top)
    view = f"{number(left)} {number(top)} {width} {height}"
    name = "".join(sign if sign.isalnum() else "_" for sign in scene.name) or "figure"
    title = quoted(plain(scene.title or scene.name))
    description = quoted(plain(scene.description or scene.title or scene.name))
    size = f'viewBox="{view}" width="{width}" height="{height}"'
    labels = f'aria-labelledby="{name}-title {name}-description"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {labels}>',
        _origin(name, scene.digest, palette, shadow),
        f'<title id="{name}-title">{title}</title>',
        f'<desc id="{name}-description">{description}</desc>',
        # White paper, so that black lines stay visible on a dark page.
        f'<rect x="{number(left)}" y="{number(top)}" width="{width}" height="{height}" fill="#FFFFFF"/>',
        '<g fill="none" stroke="#000000" stroke-linejoin="miter">',
        *painter.picture(scene),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _origin(name: str, digest: str, palette: str, shadow: bool) -> str:
    """Where the picture comes from and how it was drawn, for people and for `check`."""
    options = f", palette {palette}" if palette != "reference" else ""
    options += "" if shadow else ", no shadow"
    return f"<!-- {name} ({digest or 'unknown'}), drawn by ncd-tikz {__version__}{options}. -->"


class _Painter:
    """Primitives to elements, under one palette."""

    def __init__(self, colors: dict[str, str], shadow: bool, typesetter: Typesetter) -> None:
        self._colors = colors
        self._shadow = shadow
        self._typesetter = typesetter

    def picture(self, scene: Scene) -> Iterator[str]:
        """All elements, in painting order, a group per part."""
        below, haloed, above = split_halos(scene)
        yield from self._parts(below)
        if haloed:
            yield "<g><!-- highlight -->"
            for color, width in (("black", _HALO + _LINE), ("halo", _HALO - _LINE)):
                for item in haloed:
                    yield from self._halo(item.primitive, self._colors[color], width)
            yield "</g>"
        yield from self._parts(above)

    def _parts(self, items: Iterable[Item]) -> Iterator[str]:
        part = None
        for item in items:
            elements = list(self._elements(item.primitive))
            if elements and item.part != part:
                if part is not None:
                    yield "</g>"
                part = item.part
                yield f"<g><!-- {plain(part).replace('--', '-')} -->"
            yield from elements
        if part is not None:
            yield "</g>"

    def _halo(self, primitive: Primitive, color: str, width: float) -> Iterator[str]:
        stroke = f'stroke="{color}" stroke-width="{number(width)}"'
        if isinstance(primitive, Circle):
            yield _circle(primitive.center, primitive.radius, f'fill="{color}" {stroke}')
        elif isinstance(primitive, (Wire, Shape)):
            yield _path(primitive.segments, stroke, isinstance(primitive, Shape) and primitive.closed)

    def _elements(self, primitive: Primitive) -> Iterator[str]:
        match primitive:
            case Wire(segments, stroke):
                yield _path(_doubled(segments) if stroke == "double" else segments, _STROKES[stroke])
            case Dashes(segments):
                yield _path(segments, _STROKES["tuple"])
            case Shape(segments, stroke, fill, closed, color):
                paint = f' fill="{self._colors[fill]}"' if fill else ""
                if color != "black" and stroke != "none":
                    paint += f' stroke="{self._colors[color]}"'
                lines = _doubled(segments) if stroke == "double" and not closed else segments
                yield _path(lines, _STROKES[stroke] + paint, closed)
            case Card():
                yield from self._card(primitive)
            case Dot(center, radius):
                yield _circle(center, radius, 'fill="#000000" stroke="none"')
            case Circle(center, radius, stroke):
                yield _circle(center, radius, f'fill="#FFFFFF" {_STROKES[stroke]}')
            case Text():
                fill = self._colors[primitive.color]
                yield f'<g fill="{fill}" stroke="none">{self._typesetter.svg(primitive)}</g>'
            case Anchor():
                pass

    def _card(self, card: Card) -> Iterator[str]:
        first, *rest = card.corners
        outline: tuple[Segment, ...] = (Move(first), *(LineTo(corner) for corner in rest))
        if card.shadow and self._shadow and card.fill:
            for width, opacity in _SHADOW:
                blur = f'stroke-width="{number(width * EM)}" stroke-opacity="{number(opacity)}"'
                yield _path(outline, f'{blur} stroke-linejoin="round"', closed=True)
        stroke = _STROKES[card.stroke]
        fill = f'fill="{self._colors[card.fill]}" ' if card.fill else ""
        yield _path(outline, fill + stroke, closed=True)


def _doubled(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    return (*parallel(segments, -HALF_GAP), *parallel(segments, HALF_GAP))


def _circle(center: Point, radius: float, paint: str) -> str:
    x, y = (number(UNIT * value) for value in center)
    return f'<circle cx="{x}" cy="{y}" r="{number(UNIT * radius)}" {paint}/>'


def _path(segments: tuple[Segment, ...], paint: str, closed: bool = False) -> str:
    words = []
    for index, segment in enumerate(tidy(segments)):
        match segment:
            case Move(to):
                words.append(f"{'Z ' if closed and index else ''}M {_at(to)}")
            case LineTo(to):
                words.append(f"L {_at(to)}")
            case CurveTo(first, second, to):
                words.append(f"C {_at(first)} {_at(second)} {_at(to)}")
    if closed:
        words.append("Z")
    return f'<path d="{" ".join(words)}" {paint}/>'


def _at(point: Point) -> str:
    return f"{number(UNIT * point[0])} {number(UNIT * point[1])}"
