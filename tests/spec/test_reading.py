"""What a good spec reads as, and how mistakes come together."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ncd_tikz.axes import Expression, Signature
from ncd_tikz.errors import Position, SpecError
from ncd_tikz.spec import Spec, load_spec, read, text_of
from ncd_tikz.spec.mistakes import MOST
from ncd_tikz.spec.their_tensors import TheirTensor

GOOD = (Path(__file__).parent / "good.yaml").read_text(encoding="utf-8")
HEAD = "ncd: 1\nname: a\naxes: {x: 2, y: 3}\ninputs: {X: x y}\n"


def good(text: str) -> Spec:
    """A spec without mistakes."""
    spec, mistakes = read(text, "a.yaml")
    assert mistakes == ()
    assert spec is not None
    return spec


def told(text: str) -> list[str]:
    """The first lines of all mistakes, without the file's name."""
    return [str(mistake).splitlines()[0].removeprefix("a.yaml:") for mistake in read(text, "a.yaml")[1]]


class TestNodes:
    """The nodes of a good spec."""

    def test_head(self) -> None:
        spec = good(GOOD)
        assert (spec.name, spec.title) == ("encoder_block", "An Encoder Block")
        assert spec.description == "Attention with heads, then a feed-forward network."

    def test_title_from_the_name(self) -> None:
        assert good(HEAD + "steps: [relu]\noutputs: X").title == "A"
        assert good(GOOD.replace("title: An Encoder Block\n", "")).title == "Encoder Block"

    def test_axes(self) -> None:
        axes = {axis.name: axis for axis in good(GOOD).axes}
        assert axes["x"].label == r"\bar{x}"
        assert axes["x"].about == "positions"
        assert axes["k"].sizes == (Expression.parse("m/h"),)
        assert axes["g"].sizes == (Expression.number(28), Expression.number(28))
        assert axes["m"].at == Position("a.yaml", 9, 6)

    def test_a_size_stands_behind_those_it_needs(self) -> None:
        axes = good(
            HEAD.replace("{x: 2, y: 3}", "{p: x*q, q: y+1, y: 3, x: 2}") + "steps: [relu]\noutputs: X"
        ).axes
        assert [axis.name for axis in axes] == ["x", "y", "q", "p"]

    @pytest.mark.slow
    def test_a_long_chain_of_sizes(self) -> None:
        chain = ", ".join(f"a{i}: a{i + 1}" for i in range(5000))
        spec = good(HEAD.replace("x: 2", f"x: 2, {chain}, a5000: 7") + "steps: [relu]\noutputs: X")
        assert len(spec.axes) == 5003

    def test_inputs(self) -> None:
        t, c, x = good(GOOD).inputs
        assert (t.name, t.axes, t.kind, t.below) == ("t", ("x",), "index", Expression.symbol("v"))
        assert (c.axes, c.kind, c.below) == (("x", "x'"), "mask", None)
        assert (x.axes, x.kind) == (("x", "m"), "real")

    def test_steps(self) -> None:
        steps = good(GOOD).steps
        assert [step.path for step in steps] == [f"steps[{i}]" for i in range(9)]
        query, scale, block = steps[2], steps[5], steps[8]
        assert query.arguments == {"map": Signature.parse("m -> h k"), "bias": False}
        assert (query.inputs, query.outputs, query.label) == (("y",), ("q",), "Q")
        assert (scale.inputs, scale.outputs) == (("s",), None)
        assert scale.places["by"] == Position("a.yaml", 35, 28)
        assert (block.op, block.open) == ("feed_forward", True)
        assert block.bindings == {"f": Expression.parse("2*m"), "r": Expression.number(1)}

    def test_a_bare_word_is_a_step_without_fields(self) -> None:
        relu = good(GOOD).blocks[0].steps[1]
        assert (relu.op, relu.inputs, relu.outputs, relu.arguments) == ("relu", None, None, {})

    def test_defaults_are_filled_in(self) -> None:
        assert good(GOOD).steps[0].arguments["map"] == Signature.parse("v -> m")
        assert good(GOOD).blocks[0].steps[0].arguments["bias"] is True

    def test_a_block_leaves_sizes_to_its_callers(self) -> None:
        block = good(GOOD).blocks[0]
        params = {node.name: [str(size) for size in node.sizes] for node in block.params}
        assert params == {"f": ["256"], "e": ["4*m"], "r": ["24"]}
        assert block.axes[0].about == "width"
        assert block.figure.color == "teal"

    def test_an_open_size_is_that_of_the_same_name_around(self) -> None:
        block = "b: {axes: {y: {about: rows}}, inputs: {u: z x y}, steps: [relu], outputs: u}"
        spec = good(
            HEAD.replace("x: 2", "x: {size: 2, label: u}") + f"blocks: {{{block}}}\nsteps: [b]\noutputs: X"
        )
        sizes = {node.name: (str(node.sizes[0]), node.label, node.about) for node in spec.blocks[0].axes}
        assert sizes == {"z": ("24", "z", ""), "x": ("2", "u", ""), "y": ("3", "y", "rows")}

    def test_blocks_stand_behind_those_they_use(self) -> None:
        inner = "{inputs: {u: x}, steps: [relu], outputs: u}"
        outer = "{inputs: {u: x}, steps: [inner], outputs: u}"
        spec = good(HEAD + f"blocks:\n  outer: {outer}\n  inner: {inner}\nsteps: [outer]\noutputs: X")
        assert [block.name for block in spec.blocks] == ["inner", "outer"]

    def test_blocks_inside_blocks(self) -> None:
        inner = "inner: {inputs: {u: x}, steps: [relu], outputs: u}"
        outer = f"outer: {{blocks: {{{inner}}}, inputs: {{u: x}}, steps: [inner], outputs: u}}"
        spec = good(HEAD + f"blocks: {{{outer}}}\nsteps: [outer]\noutputs: X")
        assert [block.name for block in spec.blocks[0].blocks] == ["inner"]

    def test_a_block_inside_a_block_is_not_seen_outside(self) -> None:
        inner = "inner: {inputs: {u: x}, steps: [relu], outputs: u}"
        outer = f"outer: {{blocks: {{{inner}}}, inputs: {{u: x}}, steps: [inner], outputs: u}}"
        assert told(HEAD + f"blocks: {{{outer}}}\nsteps: [inner]\noutputs: X") == [
            "6:9: steps[0].op: unknown operation 'inner'"
        ]

    def test_figure(self) -> None:
        figure = good(GOOD).figure
        assert figure.groups[0].over == ("q", "s")
        assert (figure.groups[0].color, figure.groups[0].style) == ("lavender", "dotted")
        assert (figure.notes[0].over, figure.notes[0].side) == (("Q",), "above")
        assert (figure.highlight, figure.legend, figure.width) == (("h",), True, "neurips")
        assert figure.tags == {"z": r"\hat{Y}"}
        assert good(HEAD + "steps: [relu]\noutputs: X").figure.at is None

    def test_check(self) -> None:
        check = good(GOOD).checks[0]
        assert check.against == "package.module:Block"
        assert check.init == {"m": Expression.symbol("m"), "heads": Expression.symbol("h"), "bias": True}
        assert check.parameters == {"Q.weight": TheirTensor("heads.0.q")}
        assert check.arguments == {"X": ("input",)}


class TestScalars:
    """Scalars are read by the core rules of YAML 1.2."""

    @pytest.mark.parametrize("name", ["y", "n", "no", "on", "off", "yes", "Y", "N", "NO"])
    def test_words_that_older_yaml_takes_for_booleans(self, name: str) -> None:
        spec = good(f"ncd: 1\nname: a\naxes: {{{name}: 3}}\ninputs: {{X: {name}}}\nsteps: [relu]\noutputs: X")
        assert spec.axes[0].name == name

    @pytest.mark.parametrize(
        ("text", "size"), [("0o17", 15), ("0x1F", 31), ("017", 17), ("+5", 5), ("1e2", 100), ("'12'", 12)]
    )
    def test_numbers(self, text: str, size: int) -> None:
        spec = good(HEAD.replace("x: 2", f"x: {text}") + "steps: [relu]\noutputs: X")
        assert spec.axes[0].sizes[0].evaluate({}) == size

    @pytest.mark.parametrize("text", ["1_000", "12:30", "0b11", "1,000"])
    def test_what_older_yaml_takes_for_numbers(self, text: str) -> None:
        assert len(told(HEAD.replace("x: 2", f"x: '{text}'") + "steps: [relu]\noutputs: X")) == 1
        assert len(told(HEAD.replace("x: 2,", f"x: {text}\n ,") + "steps: [relu]\noutputs: X")) >= 1

    def test_a_byte_order_mark_and_any_line_ends(self) -> None:
        plain = good(GOOD)
        for text in ("\ufeff" + GOOD, GOOD.replace("\n", "\r\n")):
            spec = good(text)
            assert spec.steps == plain.steps
        assert good(GOOD.replace("\n", "\r\n")).digest == plain.digest

    def test_aliases_may_stand_for_a_few_nodes(self) -> None:
        text = HEAD + "steps:\n  - &r {op: relu}\n  - *r\n  - *r\noutputs: X"
        assert [step.op for step in good(text).steps] == ["relu"] * 3


class TestMistakesTogether:
    """All mistakes of a file are told at once, in source order, each once."""

    def test_all_at_once(self) -> None:
        text = """\
ncd: 2
name: my spec
titel: A
axes: {x: 2, p: q*2, h: -1}
inputs: {X: x z}
steps:
  - {op: linaer, in: X, out: Y}
  - {op: softmax, in: YY}
  - {op: relu, in: Y, bais: false}
outputs: [Y, W]
figure: {width: 3, groups: [{over: V, color: pink}]}
check: [{against: nowhere}]
"""
        places = [message.split(": ", 1)[0] for message in told(text)]
        assert places == sorted(places, key=lambda place: tuple(map(int, place.split(":"))))
        assert [place.split(":")[0] for place in places] == [
            "1", "2", "3", "4", "4", "5", "7", "8", "8", "9", "10", "11", "11", "11", "12",
        ]  # fmt: skip

    def test_the_error_holds_them_all(self) -> None:
        with pytest.raises(SpecError) as caught:
            load_spec(HEAD + "steps: [rleu, sofmax]\noutputs: X")
        assert len(caught.value.mistakes) == 2
        assert str(caught.value).count("did you mean") == 2

    def test_mistakes_in_blocks(self) -> None:
        block = (
            "b:\n    axes: {p: q}\n    inputs: {u: x}\n    steps: [rleu, {op: relu, in: w}]\n    outputs: v"
        )
        assert told(HEAD + f"blocks:\n  {block}\nsteps: [b]\noutputs: X") == [
            "7:15: blocks.b.axes.p: unknown size 'q'",
            "9:13: blocks.b.steps[0].op: unknown operation 'rleu'",
            "9:34: blocks.b.steps[1].in: unknown value 'w'",
            "10:14: blocks.b.outputs: unknown value 'v'",
        ]

    @pytest.mark.slow
    def test_no_more_than_anybody_reads(self) -> None:
        steps = "".join(f"  - {{op: relu, in: v{i}}}\n" for i in range(3000))
        messages = told(HEAD + "steps:\n" + steps + "outputs: X")
        assert len(messages) == MOST
        assert "the others are not told" in messages[-1]

    def test_good_steps_before_a_mistaken_one_are_kept(self) -> None:
        text = (
            HEAD
            + "steps: [relu, {op: tanh, out: Y}, rleu, {op: exp, in: Y}]\noutputs: Y\n"
            + "figure: {groups: [{over: Y}]}"
        )
        spec, mistakes = read(text, "a.yaml")
        assert len(mistakes) == 1
        assert spec is not None
        assert [step.op for step in spec.steps] == ["relu", "tanh"]
        assert [output.name for output in spec.outputs] == ["Y"]
        assert spec.figure.groups == ()

    def test_mistaken_axes_leave_no_spec(self) -> None:
        spec, mistakes = read(HEAD.replace("x: 2", "x: -2") + "steps: [relu]\noutputs: X", "a.yaml")
        assert spec is None
        assert len(mistakes) == 1

    def test_a_step_that_uses_a_mistaken_block_is_left_out(self) -> None:
        block = "{inputs: {u: x}, steps: [rleu], outputs: u}"
        spec, _ = read(HEAD + f"blocks: {{b: {block}}}\nsteps: [relu, b]\noutputs: X", "a.yaml")
        assert spec is not None
        assert [step.op for step in spec.steps] == ["relu"]
        assert spec.blocks == ()


class TestLoading:
    """Files and texts."""

    def test_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "a.yaml"
        path.write_text(GOOD, encoding="utf-8")
        assert load_spec(path) == load_spec(str(path)) == load_spec(GOOD, str(path))

    def test_the_same_twice(self) -> None:
        assert good(GOOD) == good(GOOD)

    def test_the_digest_is_of_the_text(self) -> None:
        assert good(GOOD).digest != good(GOOD + "# more\n").digest
        assert len(good(GOOD).digest) == 12

    @pytest.mark.parametrize(
        ("content", "fragment"),
        [
            (b"ncd: 1\nname: a\xff\n", ":2:8: found the byte 0xff, which is not UTF-8"),
            (b"\xfe\xff\x00n", ":1:1: found the byte 0xfe"),
            (b"a" * (1024 * 1024 + 1), ":1:1: the file has 1048577 bytes"),
        ],
    )
    def test_files_that_are_no_text(self, tmp_path: Path, content: bytes, fragment: str) -> None:
        path = tmp_path / "a.yaml"
        path.write_bytes(content)
        with pytest.raises(SpecError) as caught:
            text_of(path)
        assert fragment in str(caught.value)

    def test_files_that_cannot_be_read(self, tmp_path: Path) -> None:
        for path in (tmp_path, tmp_path / "missing.yaml", tmp_path / "a\0b"):
            with pytest.raises(SpecError, match="the file cannot be read"):
                load_spec(path)

    def test_a_text_that_is_too_large(self) -> None:
        _, mistakes = read("# " + "é" * 600_000, "a.yaml")
        assert "bytes; a spec has at most" in mistakes[0].fact

    def test_nesting_beyond_any_stack(self) -> None:
        for text in ("[" * 500_000, "{a: " * 100_000, "- " * 100_000 + "a"):
            assert ["nested too deeply" in message for message in told(text)] == [True]

    def test_a_long_text(self) -> None:
        messages = told(GOOD.replace("text: Learned", "text: " + "long " * 600))
        assert messages == [
            "44:21: figure.notes[0].text: the text is too long: at most 2000 characters are allowed"
        ]

    @pytest.mark.slow
    def test_ten_thousand_steps(self) -> None:
        steps = "".join(f"  - {{op: linear, in: x{i}, out: x{i + 1}, map: m -> m}}\n" for i in range(10_000))
        spec = good(f"ncd: 1\nname: a\naxes: {{m: 3}}\ninputs: {{x0: m}}\nsteps:\n{steps}outputs: x10000\n")
        assert len(spec.steps) == 10_000

    def test_import_is_light(self) -> None:
        heavy = "torch numpy sympy jinja2 pylatex ziamath jsonschema difflib hashlib click"
        code = f"import sys, ncd_tikz.spec; print([m for m in '{heavy}'.split() if m in sys.modules])"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"


def test_a_date_is_no_size() -> None:
    text = "ncd: 1\nname: t\naxes: {x: 2020-01-01}\ninputs: {X: x}\nsteps: [relu]\noutputs: X\n"
    _, mistakes = read(text, "t.yaml")
    assert [str(mistake).splitlines()[0] for mistake in mistakes] == [
        "t.yaml:3:11: axes.x: found the date 2020-01-01 where a size is expected"
    ]
    assert read(text.replace("2020-01-01", "2020 - 01 - 01"), "t.yaml")[1] == ()
