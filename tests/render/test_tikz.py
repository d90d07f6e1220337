from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ncd_tikz.render import to_tikz
from ncd_tikz.render.plain import plain
from ncd_tikz.render.tikz import fill
from ncd_tikz.resources import template_folder
from ncd_tikz.scene import Card, Dot, Item, Scene, Shape, Text, Wire
from tests.render.figures import FIGURES, figure
from tests.render.scenes import attention, box, everything, straight


def one(*primitives: object) -> str:
    """The statements of a scene of one part."""
    fragment = to_tikz(Scene((0, 0, 99, 99), tuple(Item("part", each) for each in primitives), name="one"))  # type: ignore[arg-type]
    return fragment.split("rectangle (99,99);\n")[1].split("\\end{tikzpicture}")[0]


def code(fragment: str) -> str:
    """Without comments."""
    return re.sub(r"(?<!\\)%.*", "", fragment)


@pytest.mark.parametrize("name", FIGURES)
class TestEveryFigure:
    def test_nothing_is_loaded_looped_computed_or_global(self, name: str) -> None:
        fragment = code(to_tikz(figure(name)))
        for word in (
            "foreach", "usetikzlibrary", "usepackage", "RequirePackage", "pgfmath", "\\global", "gdef",
            "xdef", "newcommand", "let\\ncd", "arrows.meta", "externalize", "directlua", "includegraphics",
        ):  # fmt: skip
            assert word not in fragment, word
        assert fragment.count("\\begingroup") == fragment.count("\\endgroup") == 1
        assert fragment.count("\\begin{tikzpicture}") == 1

    def test_it_is_short_lined_ascii_without_space_around_the_picture(self, name: str) -> None:
        fragment = to_tikz(figure(name))
        assert fragment.isascii()
        assert fragment.endswith("\\end{tikzpicture}%\n\\endgroup\n")
        assert not re.search(r"[ \t]+$", fragment, re.MULTILINE)
        words = ("\\node", "alt/", "%", "{")
        drawing = [line for line in fragment.splitlines() if not line.lstrip().startswith(words)]
        assert max(map(len, drawing)) <= 110

    def test_its_head_names_spec_digest_and_version_and_no_date(self, name: str) -> None:
        import ncd_tikz

        scene = figure(name)
        head = to_tikz(scene).split("\\begingroup")[0]
        assert scene.name in head and scene.digest in head and ncd_tikz.__version__ in head
        assert "ncd-tikz draw" in head
        assert not re.search(r"\b20\d\d\b|\d\d:\d\d", head.replace(scene.digest, ""))

    def test_every_part_is_announced(self, name: str) -> None:
        fragment = to_tikz(figure(name))
        for item in figure(name).items:
            if isinstance(item.primitive, (Wire, Text, Dot)):
                assert f"  % {plain(item.part)}\n" in fragment

    def test_every_style_and_colour_it_uses_is_defined_once_and_no_other(self, name: str) -> None:
        fragment = to_tikz(figure(name))
        head, body = fragment.split("\\begin{tikzpicture}")
        defined = re.findall(r"^  ncd ([a-z ]+)/\.", head, re.MULTILINE)
        assert len(defined) == len(set(defined))
        used = set(re.findall(r"\bncd ([a-z]+(?: text)?)\b(?=[],=])", body))
        assert used <= set(defined)
        colors = re.findall(r"\\definecolor\{(ncd-[a-z]+)\}", head)
        assert all(colors.count(color) == 3 for color in colors)


def test_holes_are_filled_once_and_a_forgotten_one_is_an_error() -> None:
    assert fill("{{ a }}{{ b }}", {"a": "{{ b }}", "b": "2"}) == "{{ b }}2"
    with pytest.raises(KeyError):
        fill("{{ a }}", {})


def test_jinja_fills_the_template_alike() -> None:
    jinja2 = pytest.importorskip("jinja2")
    template = (template_folder() / "fragment.tex.j2").read_text(encoding="utf-8")
    names = re.findall(r"\{\{ (\w+) \}\}", template)
    assert template.count("{{") == len(names)
    holes = {hole: f"<{hole}>" for hole in names}
    environment = jinja2.Environment(
        keep_trailing_newline=True, block_start_string="<%", block_end_string="%>",
        comment_start_string="<#", comment_end_string="#>",
    )  # fmt: skip
    assert environment.from_string(template).render(holes) == fill(template, holes)


def test_every_primitive_has_its_statement() -> None:
    assert (
        one(Wire(straight((0, 1), (2.5, 1)), "wire", "x"))
        == "  % part\n  \\draw[ncd wire] (0,1) -- (2.5,1);\n"
    )
    assert "(0,0.94) -- (2,0.94) (0,1.06) -- (2,1.06);" in one(Wire(straight((0, 1), (2, 1)), "double", "x"))
    assert "\\fill[ncd ink] (1,2) circle[radius=0.16];" in one(Dot((1, 2), 0.16))
    assert "\\path[ncd raised=rose] (0,0) rectangle (1,2);" in one(Card(box(0, 0, 1, 2), "rose"))
    assert "\\path[ncd card=rose] (0,0) -- (1,2) -- (2,0) -- cycle;" in one(
        Card(((0, 0), (1, 2), (2, 0)), "rose", False)
    )
    assert "\\path[ncd card=sky, ncd dotted]" in one(Card(box(0, 0, 1, 2), "sky", False, "dotted"))
    assert "-- cycle;" in one(Shape(straight((0, 0), (1, 0), (1, 1)), "outline", "", True))
    assert one(Card(box(0, 0, 1, 1), "")) == "\n" == one(Shape(straight((0, 0), (1, 0)), "none"))


def test_highlights_lie_above_cards_and_below_all_wires() -> None:
    body = to_tikz(attention()).split("\\begin{tikzpicture}")[1]
    rim, pale, wire = body.index("[ncd rim"), body.index("[ncd pale"), body.index("[ncd wire]")
    assert body.rindex("[ncd raised") < rim < pale < wire
    assert body.rindex("[ncd rim") < pale
    assert body.count("[ncd rim") == 3 and body.count("[ncd wire]") == 10


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (Text((1, 2), "k", font="math"), "\\node[ncd math] at (1,2) {$k$};"),
        (Text((1, 2), "k", "left"), "\\node[ncd math, anchor=base west] at (1,2) {$k$};"),
        (
            Text((1, 2), "A $k$", "right", "sans", 0.8),
            "\\node[ncd sans, anchor=base east, scale=0.8] at (1,2) {A $k$};",
        ),
        (Text((1, 2), "A", font="bold"), "\\node[ncd bold text] at (1,2) {A};"),
        (Text((1, 2), "5% of\n 7\\%", font="serif"), "\\node[ncd serif] at (1,2) {5\\% of 7\\%};"),
    ],
)
def test_text(text: Text, written: str) -> None:
    assert written in one(text)


def test_the_scenes_font_is_a_default_that_the_document_overrides() -> None:
    assert "\\ncddefault{font}{\\footnotesize}%" in to_tikz(everything("footnotesize"))
    assert "\\ncddefault{font}{}%" in to_tikz(everything())


def test_a_title_cannot_break_out_of_its_comment() -> None:
    nasty = replace(attention(), title="a\n\\input{x}\r\u2028b", description="}]\\draw{%", name="n")
    fragment = to_tikz(nasty)
    assert "\\input{x}" not in fragment
    assert "alt/.try={] draw}" in fragment
