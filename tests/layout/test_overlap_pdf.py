"""Nothing touches what it should not: measured on the compiled PDF, in points.

Texts are boxes around the letters' own outlines, strokes are sampled with their width; the scene
only tells which letters belong together and which filled paths are glyphs.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import pytest

from ncd_tikz.layout.extent import Box, box_of, points_box, text_box
from ncd_tikz.render import PALETTES, to_tikz
from ncd_tikz.scene import Card, Circle, Scene, Shape, Text
from ncd_tikz.scene.sides import side_of
from tests.layout.pictures import SPECS, scene_of, scenes_at_all_widths
from tests.layout.test_overlap import planted
from tests.layout.touching import Path as Line
from tests.layout.touching import is_glyph, polygon_meets

pytestmark = [pytest.mark.slow, pytest.mark.tex]

BORDER = 4.0  # bp around each picture
NEAR = 0.12  # grid units: letters this far outside the measured box still belong to a text
HAIR = 0.1  # bp that boxes may share
DARK = 0.45  # luminance
PARTS = 6  # into which the catalogue is divided

PREAMBLE = r"""\documentclass[tikz,border=4bp]{standalone}
\usepackage{amsmath,amssymb}
\pgfkeyssetvalue{/ncd/palette}{PALETTE}
\begin{document}
"""


def compiled(scenes: Sequence[Scene], palette: str, folder: Path) -> Any:
    """One page for each scene."""
    pymupdf: Any = pytest.importorskip("pymupdf")
    body = "\n".join(map(to_tikz, scenes))
    source = PREAMBLE.replace("PALETTE", palette) + body + "\\end{document}\n"
    (folder / "pages.tex").write_text(source, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "pages.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    document = pymupdf.open(folder / "pages.pdf")
    assert len(document) == len(scenes)
    return document


@dataclass
class Words:
    """A text of the scene and its letters on the page."""

    text: Text
    region: Box
    letters: list[Box] = field(default_factory=list)

    @property
    def label(self) -> bool:
        return self.text.of != "glyph"


@dataclass
class Sheet:
    """A page: texts, strokes, dark fills, glyphs' cards."""

    words: list[Words]
    strokes: list[Line] = field(default_factory=list)
    dashes: list[Line] = field(default_factory=list)
    fills: list[tuple[Box, list[tuple[float, float]]]] = field(default_factory=list)
    cards: list[Box] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_page(page: Any, scene: Scene) -> Sheet:
    left, top, right, _ = scene.bounds
    unit = (page.rect.width - 2 * BORDER) / (right - left)

    def place(box: Box, more: float = 0.0) -> Box:
        return Box(
            BORDER + (box.left - left - more) * unit,
            BORDER + (box.top - top - more) * unit,
            BORDER + (box.right - left + more) * unit,
            BORDER + (box.bottom - top + more) * unit,
        )

    texts = [item.primitive for item in scene.items if isinstance(item.primitive, Text)]
    sheet = Sheet([Words(text, place(text_box(text), NEAR)) for text in texts])
    for box, letter in letters(page):
        middle = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
        homes = [words for words in sheet.words if holds(words.region, middle)]
        if not homes:
            sheet.faults.append(f"'{letter}' at {middle} is outside every measured box")
        for words in homes[:1] if len(homes) < 2 else [min(homes, key=lambda w: away(w.region, middle))]:
            words.letters.append(box)
    sheet.faults += [f"{words.text.text!r} is not on the page" for words in sheet.words if not words.letters]
    for drawing in page.get_drawings():
        read_path(drawing, sheet)
    for item in scene.items:
        p = item.primitive
        closed = isinstance(p, (Card, Circle)) or (isinstance(p, Shape) and p.closed)
        if closed and is_glyph(item.part, p) and side_of(item.part)[1] != "tag":
            box = box_of(p)
            assert box is not None
            sheet.cards.append(place(box))
    return sheet


def letters(page: Any) -> Iterator[tuple[Box, str]]:
    """The boxes of the letters' own outlines."""
    import pymupdf

    for block in page.get_text("rawdict", flags=pymupdf.TEXT_ACCURATE_BBOXES)["blocks"]:
        for line in block.get("lines", ()):
            for span in line["spans"]:
                for char in span["chars"]:
                    if char["c"].strip():
                        yield Box(*char["bbox"]), char["c"]


def read_path(drawing: dict[str, Any], sheet: Sheet) -> None:
    chains = list(chained(drawing["items"]))
    stroked = "s" in drawing["type"] and (drawing.get("stroke_opacity") or 0) > 0.5
    if stroked and luminance(drawing["color"]) < DARK:
        lines = [Line("stroke", chain, drawing["width"] / 2) for chain in chains]
        sheet.strokes += lines
        if not drawing["dashes"].startswith("[]"):
            sheet.dashes += lines
    filled = "f" in drawing["type"] and (drawing.get("fill_opacity") or 0) > 0.5
    if filled and luminance(drawing["fill"]) < DARK:
        sheet.fills += [(points_box(chain), chain) for chain in chains]


def chained(items: Sequence[Any]) -> Iterator[list[tuple[float, float]]]:
    """Points along the subpaths of a drawing."""
    chain: list[tuple[float, float]] = []
    for kind, *points in items:
        if kind == "re":
            box = points[0]
            yield [(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1), (box.x0, box.y0)]
            continue
        if kind == "qu":
            quad = points[0]
            yield [(p.x, p.y) for p in (quad.ul, quad.ur, quad.lr, quad.ll, quad.ul)]
            continue
        start = (points[0].x, points[0].y)
        if not chain or abs(chain[-1][0] - start[0]) + abs(chain[-1][1] - start[1]) > 1e-3:
            if len(chain) > 1:
                yield chain
            chain = [start]
        if kind == "l":
            chain.append((points[1].x, points[1].y))
        else:
            for number in range(1, 25):
                t = number / 24
                parts = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
                chain.append(
                    (
                        sum(part * point.x for part, point in zip(parts, points, strict=True)),
                        sum(part * point.y for part, point in zip(parts, points, strict=True)),
                    )
                )
    if len(chain) > 1:
        yield chain


def luminance(color: Sequence[float] | None) -> float:
    if color is None:
        return 1.0
    red, green, blue = color
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def holds(box: Box, point: tuple[float, float]) -> bool:
    return box.left <= point[0] <= box.right and box.top <= point[1] <= box.bottom


def away(box: Box, point: tuple[float, float]) -> float:
    return abs((box.top + box.bottom) / 2 - point[1]) / (box.bottom - box.top)


def smaller(box: Box) -> Box:
    return Box(box.left + HAIR, box.top + HAIR, box.right - HAIR, box.bottom - HAIR)


def touching(sheet: Sheet) -> list[str]:
    """Everything on a page that touches what it should not."""
    found = list(sheet.faults)
    for one, other in combinations(sheet.words, 2):
        if one.region.overlaps(other.region) and any(
            a.overlaps(b, -HAIR) for a in one.letters for b in other.letters
        ):
            found.append(f"{one.text.text!r} touches {other.text.text!r}")
    for words in sheet.words:
        if not words.label:
            if any(line.enters(smaller(letter)) for line in sheet.dashes for letter in words.letters):
                found.append(f"a dashed line touches {words.text.text!r}")
            continue
        for letter in map(smaller, words.letters):
            if letter.left >= letter.right or letter.top >= letter.bottom:
                continue  # thinner than two hairs: a bar, a minus sign
            if any(stroke.enters(letter) for stroke in sheet.strokes):
                found.append(f"a stroke touches {words.text.of} label {words.text.text!r}")
            if any(box.overlaps(letter) and polygon_meets(fill, letter) for box, fill in sheet.fills):
                found.append(f"dark ink touches {words.text.of} label {words.text.text!r}")
            if any(card.overlaps(letter) for card in sheet.cards):
                found.append(f"{words.text.of} label {words.text.text!r} touches a glyph")
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("some", range(PARTS))
def test_nothing_touches_on_paper(some: int, tmp_path: Path) -> None:
    """As wide as it likes and at two presets; all of them are looked at as scenes (`test_every_width`)."""
    pages = [entry for name in SPECS[some::PARTS] for entry in islice(scenes_at_all_widths(name), 3)]
    assert_untouched(pages, next(iter(PALETTES)), tmp_path)


@pytest.mark.parametrize("palette", list(PALETTES)[1:])
def test_nothing_touches_in_other_colours(palette: str, tmp_path: Path) -> None:
    """Palettes change nothing else: some specs, at one width."""
    assert_untouched([next(scenes_at_all_widths(name)) for name in SPECS[::PARTS]], palette, tmp_path)


def assert_untouched(pages: Sequence[tuple[str, Scene]], palette: str, folder: Path) -> None:
    document = compiled([scene for _, scene in pages], palette, folder)
    found = [
        f"{what}: {fault}"
        for page, (what, scene) in zip(document, pages, strict=True)
        for fault in touching(read_page(page, scene))
    ]
    assert not found, f"{len(found)} faults on {len(pages)} pages\n" + "\n".join(found[:40])


def test_random_diagrams_on_paper(tmp_path: Path) -> None:
    scenes = {}
    for seed in range(0, 2000, 50):
        try:
            scenes[seed] = scene_of(seed)
        except (LookupError, ValueError):
            continue  # told by the test on scenes
    document = compiled(list(scenes.values()), "reference", tmp_path)
    found = [
        f"{seed}: {fault}"
        for page, (seed, scene) in zip(document, scenes.items(), strict=True)
        for fault in touching(read_page(page, scene))
    ]
    assert not found, f"{len(found)} faults\n" + "\n".join(found[:40])


def test_the_checker_notices(tmp_path: Path) -> None:
    """Faults of which a label is part, planted in scenes, are found in their PDF."""
    wanted = {
        what: scene for what, scene in planted().items() if "letter" not in what and "glyph on" not in what
    }
    document = compiled(list(wanted.values()), "reference", tmp_path)
    for page, (what, scene) in zip(document, wanted.items(), strict=True):
        assert touching(read_page(page, scene)), what
