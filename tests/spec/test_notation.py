"""Repetitions, families, memory, equations and imports as nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ncd_tikz.axes import Expression, Signature
from ncd_tikz.errors import SpecError
from ncd_tikz.spec import Spec, load_spec, read
from ncd_tikz.spec.mistakes import Told
from ncd_tikz.spec.source import Entries, Items, Scalar, parse
from tests.spec.table import HERE

HEAD = "ncd: 1\nname: a\naxes: {b: 2, x: 4, m: 8, c: {index: i, size: 2**i, label: '\\gamma'}}\n"


def spec(text: str) -> Spec:
    return load_spec(HEAD + text, "a.yaml")


def mistakes(text: str) -> list[str]:
    return [str(mistake) for mistake in read(HEAD + text, "a.yaml")[1]]


def test_a_family_is_an_axis_with_an_index() -> None:
    found = spec("inputs: {X: 'b c[1]'}\nsteps: [relu]\noutputs: X")
    family = found.axes[-1]
    assert (family.name, family.index, family.label) == ("c", "i", r"\gamma")
    assert family.sizes == (Expression.parse("2**i"),)
    assert found.inputs[0].axes == ("b", "c[1]")


def test_the_members_of_families_know_their_sizes() -> None:
    text = (
        "inputs: {X: b}\nparams: {p: c[2] + 1}\n"
        "blocks: {f: {params: {n}, inputs: {a: x}, steps: [relu], outputs: a}}\n"
        "steps: [{op: repeat, for: j in c[0]..c[1], steps: [{op: f, with: {n: c[j]}}]}]\noutputs: X"
    )
    found = spec(text)
    assert found.params[0].sizes[0].evaluate({}) == 5
    repeat = found.steps[0].repeat
    assert repeat is not None
    assert (repeat.index, repeat.start.evaluate({}), repeat.stop.evaluate({})) == ("j", 1, 2)
    binding = repeat.steps[0].bindings["n"]
    assert str(binding) == "c[j]"
    assert binding.evaluate({"j": 3}) == 8


@pytest.mark.parametrize(
    ("given", "taken", "index"),
    [
        ("times: 3", "", "i"),
        ("times: 3, index: n", "", "n"),
        ("for: k in 0..2", "", "k"),
        ("times: 3", "i: 5, ", "j"),
        ("times: 3", "i: 5, j: 5, k: 2, ", "l"),
    ],
)
def test_the_index_of_a_repetition(given: str, taken: str, index: str) -> None:
    head = HEAD.replace("b: 2", taken + "b: 2")
    if taken:
        head = head.replace("index: i, size: 2**i", "index: n, size: 2**n")
    text = f"inputs: {{X: b}}\nsteps: [{{op: repeat, {given}, steps: [relu]}}]\noutputs: X"
    repeat = load_spec(head + text, "a.yaml").steps[0].repeat
    assert repeat is not None
    assert repeat.index == index
    assert (repeat.carry, repeat.share) == (None, False)


def test_repetitions_inside_each_other_have_different_indexes() -> None:
    inner = "{op: repeat, times: 2, steps: [relu]}"
    found = spec(
        f"inputs: {{X: b}}\nsteps: [{{op: repeat, times: 3, share: true, steps: [{inner}]}}]\noutputs: X"
    )
    outer = found.steps[0].repeat
    assert outer is not None and outer.share
    assert outer.steps[0].repeat is not None
    assert (outer.index, outer.steps[0].repeat.index) == ("i", "j")
    assert outer.steps[0].path == "steps[0].steps[0]"


def test_what_is_carried() -> None:
    steps = (
        "steps: [{op: relu, in: X, out: Y}, {op: repeat, times: 2, carry: %s, steps: [{op: relu, in: X}]}]"
    )
    text = "inputs: {X: b}\n" + steps + "\noutputs: X"
    for carry, expected in (
        ("X", [("X", None)]),
        ("[X, Y]", [("X", None), ("Y", None)]),
        ("{X: b c[i-1+1], Y: ''}", [("X", ("b", "c[i]")), ("Y", ())]),
    ):
        repeat = spec(text % carry).steps[1].repeat
        assert repeat is not None
        assert [(node.name, node.axes) for node in repeat.carry or ()] == expected


def test_names_in_memory_are_simplified() -> None:
    text = (
        "inputs: {X: b}\nsteps:\n"
        "  - {op: repeat, for: i in 1..4, in: X, steps: [{op: relu, out: C[i+1-1]}]}\n"
        "  - {op: add, in: [X, 'C[ 2*2 ]', C[1 if 2 == 2 else 3]], out: Y}\noutputs: Y"
    )
    found = spec(text)
    repeat = found.steps[0].repeat
    assert repeat is not None
    assert repeat.steps[0].outputs == ("C[i]",)
    assert found.steps[1].inputs == ("X", "C[4]", "C[1]")


def test_steps_without_inputs_or_outputs() -> None:
    text = (
        "inputs: {X: b, Y: x}\nsteps:\n  - {op: unit, map: -> m m', out: U}\n"
        "  - {op: discard, in: X, out: []}\n  - {op: discard, in: Y}\noutputs: U"
    )
    found = spec(text)
    assert [(step.inputs, step.outputs) for step in found.steps] == [
        ((), ("U",)),
        (("X",), ()),
        (("Y",), None),
    ]


def test_transitions_and_sizes() -> None:
    text = (
        "inputs: {X: b x m}\nsteps:\n"
        "  - {op: conv, over: x -> y, map: m -> k, kernel: [3], padding: same, open: true}\n"
        "  - {op: max_pool, over: y, kernel: 1 + 1, stride: 1}\noutputs: X"
    ).replace("m -> k", "m -> m'")
    conv, pool = spec(text).steps
    assert conv.arguments["over"] == Signature.parse("x -> y")
    assert conv.arguments["kernel"] == (Expression.parse("3"),)
    assert conv.arguments["padding"] == "same"
    assert conv.arguments["open"] is True
    assert conv.open is False
    assert pool.arguments["over"] == Signature.parse("y -> y")
    assert pool.arguments["kernel"] == (Expression.parse("1 + 1"),)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("over: x -> y -> z", "2 arrows"),
        ("over: 'x -> y, z'", "found a comma"),
        ("over: [x, y]", "expected axes before and after"),
        ("over: x!", "no name of an axis"),
        ("over: x, padding: smae", "unknown"),
        ("over: x, padding: []", "a size, or a list of sizes"),
        ("over: x, padding: true", "expected a number or an expression"),
        ("over: x, padding: [same]", "size"),
        ("over: x, open: yes", "true or false"),
    ],
)
def test_mistaken_transitions_and_sizes(field: str, message: str) -> None:
    kernel = "" if "kernel" in field else ", kernel: 3"
    text = f"inputs: {{X: b x}}\nsteps: [{{op: conv, {field}{kernel}}}]\noutputs: X"
    told = mistakes(text)
    if message in ("unknown", "size"):  # a word that may be a size is the operation's to judge
        assert told == []
    else:
        assert len(told) == 1
        assert message in told[0]


def test_axes_that_steps_make_are_known_where_sizes_are_given() -> None:
    text = (
        "inputs: {X: b x}\nblocks: {f: {params: {n}, inputs: {a: x}, steps: [relu], outputs: a}}\n"
        "steps: [{op: max_pool, over: x -> y, kernel: 2}, {op: f, with: {n: %s}}]\noutputs: X\n"
        "figure: {highlight: %s}"
    )
    assert mistakes(text % ("y", "y")) == []
    assert "unknown size 'z'" in mistakes(text % ("z", "y"))[0]
    assert "unknown axis 'z'" in mistakes(text % ("y", "z"))[0]


def test_brackets_behind_names_need_no_quotes() -> None:
    told = Told("a.yaml")
    text = "a: {b: c[i-1], d: [e[0], 'f[1]', g[h[2]]], k[3]: '\\sqrt[3]{x}'}\nm: C[4] # n[5]\n"
    root = parse(text, told)
    assert told.mistakes == []
    assert isinstance(root, Entries)
    inner = root.entries["a"][1]
    assert isinstance(inner, Entries)
    assert list(inner.entries) == ["b", "d", "k[3]"]
    values = {key: node for key, (_, node) in inner.entries.items()}
    assert isinstance(values["b"], Scalar) and isinstance(values["d"], Items)
    assert (values["b"].value, values["b"].place) == ("c[i-1]", (1, 8))
    assert [item.value for item in values["d"].items if isinstance(item, Scalar)] == [
        "e[0]",
        "f[1]",
        "g[h[2]]",
    ]
    assert isinstance(values["k[3]"], Scalar) and values["k[3]"].value == r"\sqrt[3]{x}"
    assert isinstance(root.entries["m"][1], Scalar) and root.entries["m"][1].value == "C[4]"


def test_an_equation_has_sides() -> None:
    found = load_spec(HERE / "good_equation.yaml")
    assert [step.op for step in found.steps] == ["twice", "relu"]
    assert found.figure.highlight == ("x",)
    assert found.figure.width == "12cm"
    assert [note.over for note in found.figure.notes] == [()]
    second, third = found.sides
    assert (second.relation, second.over, second.new_line) == ("=", "def", False)
    assert (third.relation, third.over, third.new_line) == (r"\mapsto", "", True)
    assert second.spec.inputs == found.inputs
    assert [node.name for node in third.spec.inputs] == ["E"]
    assert [side.spec.name for side in found.sides] == ["two_ways_2", "two_ways_3"]
    assert second.spec.figure.notes[0].text == "first"
    assert second.spec.axes == found.axes
    assert second.spec.steps[1].path == "equation[1].steps[1]"
    assert [block.name for block in third.spec.blocks] == ["same", "twice"]


def test_mistakes_of_all_sides_are_told_and_none_is_equal_then() -> None:
    text = (HERE / "good_equation.yaml").read_text(encoding="utf-8")
    found, told = read(text.replace("by: 2", "by: 2, of: 3"), str(HERE / "a.yaml"))
    assert [str(each.position).rpartition("/")[2] for each in told] == ["a.yaml:16:28"]
    assert found is not None
    assert [side.relation for side in found.sides] == ["", ""]
    assert [step.op for step in found.sides[0].spec.steps] == ["relu"]


def test_imported_blocks_bring_those_they_use() -> None:
    found = load_spec(HERE / "good_equation.yaml")
    assert [block.name for block in found.blocks] == ["same", "twice"]
    assert [Path(name).name for name in found.imports] == ["library.yaml", "library_of_library.yaml"]
    assert found.blocks[0].at.file.endswith("library_of_library.yaml")


def test_the_digest_speaks_of_imported_files(tmp_path: Path) -> None:
    main = "ncd: 1\nname: a\naxes: {x: 3}\ninputs: {X: x}\nimport: [{from: b.yaml}]\nsteps: [f]\noutputs: X\n"
    library = "ncd: 1\nblocks: {f: {inputs: {a: x}, steps: [relu], outputs: a}}\n"
    (tmp_path / "a.yaml").write_text(main)
    (tmp_path / "b.yaml").write_text(library)
    before = load_spec(tmp_path / "a.yaml").digest
    assert load_spec(tmp_path / "a.yaml").digest == before
    (tmp_path / "b.yaml").write_text(library.replace("relu", "tanh"))
    assert load_spec(tmp_path / "a.yaml").digest != before


def test_whole_specs_lend_their_blocks(tmp_path: Path) -> None:
    lender = (
        "ncd: 1\nname: lender\naxes: {x: 3}\ninputs: {X: x}\nsteps: [f, linaer]\noutputs: X\n"
        "blocks: {f: {inputs: {a: x}, steps: [relu], outputs: a}, g: {inputs: 3}}\n"
    )
    main = (
        "ncd: 1\nname: a\naxes: {x: 3}\ninputs: {X: x}\nsteps: [f]\noutputs: X\n"
        "import: [{from: folder/lender.yml, blocks: f}, {from: folder/lender.yml, blocks: [f]}]\n"
    )
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "lender.yml").write_text(lender)
    (tmp_path / "a.yaml").write_text(main)
    assert [block.name for block in load_spec(tmp_path / "a.yaml").blocks] == ["f"]


def test_a_whole_spec_is_a_block_where_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "cell.yaml").write_text(
        "ncd: 1\nname: cell\naxes: {x: 3}\ninputs: {a: x}\nsteps: [f]\noutputs: a\n"
        "blocks: {f: {inputs: {a: x}, steps: [relu], outputs: a}}\n"
    )
    main = (
        "ncd: 1\nname: a\naxes: {x: 3}\ninputs: {X: x}\nimport: [{from: cell.yaml%s}]\n"
        "steps: [cell]\noutputs: X\n"
    )
    (tmp_path / "a.yaml").write_text(main % ", blocks: cell")
    assert [block.name for block in load_spec(tmp_path / "a.yaml").blocks] == ["f", "cell"]
    (tmp_path / "a.yaml").write_text(main % "")
    with pytest.raises(SpecError, match="unknown operation 'cell'"):
        load_spec(tmp_path / "a.yaml")


def test_mistakes_of_several_files(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(
        "ncd: 1\nblocks:\n  f: {inputs: {a: x}, steps: [rleu], outputs: a}\nwords: 3\n"
    )
    (tmp_path / "c.yaml").write_text("ncd: 1\nblocks:\n  g: {inputs: {a: x}, steps: [rule], outputs: b}\n")
    (tmp_path / "a.yaml").write_text(
        "ncd: 1\nname: a\naxes: {x: 3}\ninputs: {X: x}\nimport: [{from: b.yaml}, {from: c.yaml}]\n"
        "steps: [f, g, {op: softmax, over: 3!}]\noutputs: Q\n"
    )
    with pytest.raises(SpecError) as caught:
        load_spec(tmp_path / "a.yaml")
    places = [
        (Path(each.position.file).name, each.position.line, each.path) for each in caught.value.mistakes
    ]
    assert places == [
        ("a.yaml", 6, "steps[2].over"),
        ("a.yaml", 7, "outputs"),
        ("b.yaml", 3, "blocks.f.steps[0].op"),
        ("b.yaml", 4, ""),
        ("c.yaml", 3, "blocks.g.steps[0].op"),
        ("c.yaml", 3, "blocks.g.outputs"),
    ]


def test_grids_breaks_and_notes_on_the_whole() -> None:
    figure = load_spec(HERE / "good_loops.yaml").figure
    assert figure.breaks == ("A", "K")
    assert figure.notes[0].over == ()
    assert [(grid.of, dict(grid.fill), grid.arrow) for grid in figure.grids] == [
        ("Z", {"4": 2, "c[3]": 1}, "G"),
        ("X", {}, None),
    ]
