from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from ncd_tikz import __version__
from ncd_tikz.errors import RenderError
from ncd_tikz.render import svg_text, to_svg
from ncd_tikz.render.plain import plain
from ncd_tikz.scene import Card, Item, Scene, Text
from tests.render.figures import FIGURES, figure
from tests.render.scenes import attention, box

SVG = "{http://www.w3.org/2000/svg}"
KNOWN = {"svg", "title", "desc", "rect", "g", "path", "circle"}


def texts(svg: str) -> list[ElementTree.Element]:
    return [
        element for element in ElementTree.fromstring(svg).iter(f"{SVG}g") if "aria-label" in element.attrib
    ]


def lone(text: Text) -> ElementTree.Element:
    [found] = texts(to_svg(Scene((0, 0, 9, 9), (Item("part", text),), name="lone")))
    return found


@pytest.mark.parametrize("name", FIGURES)
class TestEveryFigure:
    def test_it_is_plain_xml_with_a_name_and_nothing_active(self, name: str) -> None:
        scene = figure(name)
        root = ElementTree.fromstring(to_svg(scene))
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= KNOWN
        assert root.attrib["role"] == "img"
        described = {root.find(f"{SVG}title").attrib["id"], root.find(f"{SVG}desc").attrib["id"]}  # type: ignore[union-attr]
        assert set(root.attrib["aria-labelledby"].split()) == described
        assert root.findtext(f"{SVG}desc")
        for element in root.iter():
            assert not any(key.startswith("on") or "href" in key or key == "style" for key in element.attrib)

    def test_every_text_of_the_scene_is_set(self, name: str) -> None:
        wanted = [
            plain(item.primitive.text) for item in figure(name).items if isinstance(item.primitive, Text)
        ]
        found = texts(to_svg(figure(name)))
        assert sorted(element.attrib["aria-label"] for element in found) == sorted(wanted)
        for element in found:
            assert list(element), f"{element.attrib['aria-label']} has no ink"


@pytest.mark.slow
def test_the_same_again_after_others_and_after_strange_settings() -> None:
    """Nothing that was set for one picture, by this program or by its user, shows in another one."""
    import ziamath

    first = {name: to_svg(figure(name)) for name in FIGURES}
    svg_text._set.cache_clear()
    ziamath.config.svg2, ziamath.config.math.variant, ziamath.config.precision = True, "bold", 5
    try:
        for name in reversed(FIGURES):
            assert to_svg(figure(name)) == first[name]
        found = ziamath.config.svg2, ziamath.config.math.variant, ziamath.config.precision
        assert found == (True, "bold", 5)
    finally:
        ziamath.config.svg2, ziamath.config.math.variant, ziamath.config.precision = True, "", 3


def scale_of(element: ElementTree.Element) -> float:
    transform = element.attrib["transform"]
    return float(transform.split("scale(")[1].rstrip(")")) if "scale(" in transform else 1.0


def test_text_is_shrunk_to_its_measured_room_and_never_stretched() -> None:
    text = Text((4, 4), "Attention", font="sans", width=2.0)
    natural = scale_of(lone(replace(text, width=50.0)))
    assert natural == 1.0
    assert scale_of(lone(text)) < 0.8
    assert scale_of(lone(replace(text, width=1.0))) == pytest.approx(scale_of(lone(text)) / 2, abs=2e-3)


def test_lines_of_a_note_have_one_size() -> None:
    lines = (
        Text((1, 1), "Learned layers generate", "left", "sans", 0.9, "note", 4.0),
        Text((1, 2), "$Q$.", "left", "sans", 0.9, "note", 4.0),
    )
    svg = to_svg(Scene((0, 0, 9, 9), tuple(Item("note", line) for line in lines)))
    first, second = (scale_of(element) for element in texts(svg))
    assert first == second < 1


def test_what_ziamath_cannot_read_is_shown_as_words() -> None:
    assert list(lone(Text((1, 1), r"\nosuchthing{k}^{")))


@pytest.mark.parametrize("words", ["{}", "$ $", "$$", " "])
def test_words_that_set_nothing_draw_nothing(words: str) -> None:
    assert not list(lone(Text((1, 1), words, font="sans")).iter(f"{SVG}path"))


def test_palette_and_shadow() -> None:
    scene = Scene((0, 0, 9, 9), (Item("card", Card(box(1, 1, 5, 5), "peach")),))
    assert 'fill="#FFE2BB"' in to_svg(scene)
    assert 'fill="#EFEFEF"' in to_svg(scene, palette="grayscale")
    assert to_svg(scene).count("<path") == 5
    assert to_svg(scene, shadow=False).count("<path") == 1
    with pytest.raises(RenderError, match="no palette 'gray'\n  there are: reference, okabe-ito, grayscale"):
        to_svg(scene, palette="gray")


def test_a_title_cannot_break_the_markup() -> None:
    nasty = replace(attention(), title='a < b & "c" -->', description="]]> <script>", name='x" onload="y')
    root = ElementTree.fromstring(to_svg(nasty))
    assert root.findtext(f"{SVG}title") == 'a < b "c" -->'
    assert "onload" not in root.attrib


def test_text_says_what_the_figure_says() -> None:
    """Accents, quotes and dashes are spelled; no control sequence is drawn as letters."""
    for written, meant in ((r"G\'erard \emph{so}", "Gérard so"), ("``a'' -- b", "“a” – b")):
        assert drawn_outlines(written) == drawn_outlines(meant)


def drawn_outlines(text: str) -> list[dict[str, str]]:
    return [dict(path.attrib) for path in lone(Text((1, 1), text, font="sans", width=9)).iter(f"{SVG}path")]


def test_it_says_where_it_comes_from_and_how_it_was_drawn() -> None:
    scene = replace(attention(), name="a--b", digest="0123456789ab")
    third = to_svg(scene).splitlines()[2]
    assert third == f"<!-- a__b (0123456789ab), drawn by ncd-tikz {__version__}. -->"
    plainer = to_svg(scene, palette="grayscale", shadow=False).splitlines()[2]
    assert plainer.endswith(f"{__version__}, palette grayscale, no shadow. -->")
