"""The legend: derived sizes, by cases where they have them; else what the axes are for."""

from __future__ import annotations

from ncd_tikz.axes import Expression
from ncd_tikz.axes.label import default_label, indexed_label
from ncd_tikz.diagram import AxisSize, Diagram
from ncd_tikz.frozen import frozen
from ncd_tikz.layout.cards import PADDING, baselines, set_text
from ncd_tikz.layout.extent import Box, bounds_of, boxes_of
from ncd_tikz.layout.labels import label_of
from ncd_tikz.layout.paint import Picture
from ncd_tikz.scene import Card, CurveTo, Item, LineTo, Move, Point, Shape
from ncd_tikz.scene.moving import moved
from ncd_tikz.text import measure, wrap

SIZE = 0.9
WIDEST = 20.0  # width at which its lines are wrapped
AWAY = 0.55  # between the diagram and a legend beside it
BRACE = 0.3  # width of the brace before cases
BESIDE = 0.35  # between the values of cases and their conditions
TALL = 0.25  # more room above and below a brace
PART = "legend"


@frozen
class Case:
    """One case of a size: its value, and the condition under which it is taken (`else` in words)."""

    value: str
    condition: str


@frozen
class Entry:
    """A line of text, or `head` followed by a brace and cases."""

    head: str
    cases: tuple[Case, ...] = ()


@frozen
class Legend:
    """The card at the origin."""

    items: tuple[Item, ...]
    width: float
    height: float

    def at(self, left: float, top: float) -> tuple[Item, ...]:
        """The card with its upper left corner at a point."""
        return tuple(moved(item, left, top) for item in self.items)


def legend_entries(diagram: Diagram) -> list[Entry]:
    """Derived sizes; what the axes are for where nothing is derived."""
    labels = {entry.axis.name: entry.axis.label for entry in diagram.sizes}
    derived = [entry for entry in diagram.sizes if entry.derived or entry.index]
    if formulas := [line for entry in derived for line in _formula(entry, labels)]:
        return formulas
    return [Entry(f"${_head(entry, labels)}$: {entry.about}") for entry in diagram.sizes if entry.about]


def _head(entry: AxisSize, labels: dict[str, str]) -> str:
    """The symbol, bold for a group, with the index of a family."""
    label = label_of(entry.axis)
    if not entry.index:
        return label
    return indexed_label(label, labels.get(entry.index, default_label(entry.index)))


def _formula(entry: AxisSize, labels: dict[str, str]) -> list[Entry]:
    """`c = d^2`, or its cases behind a brace; nothing where the size is what the symbol says already."""
    head = _head(entry, labels)
    sizes = tuple(dict.fromkeys(entry.axis.sizes))  # a group of equal sizes is told once
    cases = _cases(sizes[0], labels) if len(sizes) == 1 else ()
    if len(cases) > 1:
        return [Entry(f"${head} =$", cases)]
    size = r" \times ".join(size.latex(labels) for size in sizes)
    return [Entry(f"${head} = {size}$")] if size not in (head, entry.axis.label) else []


def _cases(size: Expression, labels: dict[str, str]) -> tuple[Case, ...]:
    """The cases of a conditional size; none of any other."""
    cases = size.cases(labels)
    if len(cases) < 2:
        return ()
    return tuple(
        Case(f"${value.latex(labels)},$", f"${condition}$" if condition else "else")
        for value, condition in cases
    )


def legend_card(diagram: Diagram, widest: float | None) -> Legend | None:
    """The card headed Legend; none where it would be empty."""
    entries = legend_entries(diagram)
    if not entries:
        return None
    room = WIDEST if widest is None else min(WIDEST, widest - 2 * PADDING)
    rows = [
        row
        for entry in entries
        for row in (
            [entry] if entry.cases else [Entry(line) for line in wrap(entry.head, "serif", SIZE, room)]
        )
    ]
    # A row of cases has a line for each of them, and some room around its brace.
    lines = tuple(line for row in rows for line in ([c.value for c in row.cases] or [row.head]))
    widths = [measure("Legend", "serif", SIZE).width, *map(_width, rows)]
    width = max(widths) + 2 * PADDING
    offsets = iter(baselines(lines, "serif", SIZE))
    items: list[Item] = []
    more = last = 0.0
    for row in rows:
        more += TALL if row.cases else 0.0
        heights = [1.95 + more + next(offsets) for _ in row.cases or (row,)]
        items += _row_items(row, heights)
        last = heights[-1]
        more += TALL if row.cases else 0.0
        last += TALL if row.cases else 0.0
    height = last + 0.6
    card = Card(Box(0.0, 0.0, width, height).corners(), "grey")
    heading = set_text((width / 2, 0.8), "Legend", font="sans", of="legend", size=SIZE)
    rule = Shape((Move((0.2, 1.1)), LineTo((width - 0.2, 1.1))))
    return Legend((Item(PART, card), Item(PART, heading), Item(PART, rule), *items), width, height)


def _width(entry: Entry) -> float:
    width = measure(entry.head, "serif", SIZE).width
    if not entry.cases:
        return width
    values = max(measure(case.value, "serif", SIZE).width for case in entry.cases)
    conditions = max(measure(case.condition, "serif", SIZE).width for case in entry.cases)
    return width + 0.12 + BRACE + 0.12 + values + BESIDE + conditions


def _row_items(entry: Entry, heights: list[float]) -> list[Item]:
    """A line at its baseline; or a head, a brace and the cases at theirs."""

    def words(x: float, y: float, content: str) -> Item:
        text = set_text((x, y), content, font="serif", of="legend", size=SIZE, align="left")
        return Item(PART, text)

    if not entry.cases:
        return [words(PADDING, heights[0], entry.head)]
    middle = (heights[0] + heights[-1]) / 2
    left = PADDING + measure(entry.head, "serif", SIZE).width + 0.12
    values = max(measure(case.value, "serif", SIZE).width for case in entry.cases)
    axis = 0.22  # the middle of a letter above its baseline
    brace = _brace(left, heights[0] - axis - 0.45, heights[-1] - axis + 0.45)
    items = [words(PADDING, middle, entry.head), Item(PART, brace)]
    x = left + BRACE + 0.12
    for case, y in zip(entry.cases, heights, strict=True):
        items += [words(x, y, case.value), words(x + values + BESIDE, y, case.condition)]
    return items


def _brace(left: float, top: float, bottom: float) -> Shape:
    """A brace that opens to the right."""
    right, spine, middle = left + BRACE, left + BRACE / 2, (top + bottom) / 2
    bend = min(0.3, (bottom - top) / 4)

    def corner(start: Point, end: Point) -> CurveTo:
        """Out of the first point across, into the other one upright; or the other way round."""
        upright = (spine, start[1] if start[0] != spine else end[1])
        return CurveTo(upright, upright, end)

    return Shape(
        (
            Move((right, top)), corner((right, top), (spine, top + bend)),
            LineTo((spine, middle - bend)), corner((spine, middle - bend), (left, middle)),
            corner((left, middle), (spine, middle + bend)), LineTo((spine, bottom - bend)),
            corner((spine, bottom - bend), (right, bottom)),
        )
    )  # fmt: skip


def draw_legend(legend: Legend, picture: Picture, widest: float | None) -> None:
    """To the right of the picture, as far inside as it fits, or below where that is too wide."""
    items = picture.items()
    bounds, boxes = bounds_of(items), boxes_of(items)
    width, height = legend.width, legend.height
    left, top = min(
        ((_beside(boxes, top, height, bounds), top) for top in (bounds.top, bounds.bottom - height)),
        key=lambda place: place[0],
    )
    if widest is not None and max(left + width, bounds.right) - bounds.left > widest:
        left, top = bounds.left, bounds.bottom + AWAY
    lay_card(legend, picture, left, top)


def lay_card(legend: Legend, picture: Picture, left: float, top: float) -> None:
    """The card in the background, what it says in front."""
    card, *words = legend.at(left, top)
    picture.backdrop.append(card)
    picture.labels.extend(words)


def _beside(boxes: list[Box], top: float, height: float, bounds: Box) -> float:
    """The leftmost place at a height that has nothing at its right."""
    band = Box(bounds.left, top, float("inf"), top + height)
    return max((box.right for box in boxes if box.overlaps(band, AWAY)), default=bounds.left) + AWAY
