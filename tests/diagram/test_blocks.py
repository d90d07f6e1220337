"""Blocks as operations: axes meet by position, the rest is broadcast, sizes are bound."""

from __future__ import annotations

import pytest

from ncd_tikz.axes import Expression
from ncd_tikz.diagram import BlockCall, Diagram, Step, expand, load, loads
from ncd_tikz.errors import SpecError

BLOCK = """\
ncd: 1
name: t
axes: {b: 7, x: 5, m: 6, w: 8, c: {size: 3, label: C}, z: 2*c}
blocks:
  widen:
    params: {f: 4}
    axes: {d: 9, e: 2*d}
    inputs: {a: d}
    steps:
      - {op: linear, in: a, out: r, map: d -> f, label: U}
      - {op: linear, in: r, out: s, map: f -> e}
    outputs: [r, s]
  scores:
    axes: {y: 9, x: 8, k: 3}
    inputs: {q: y k, t: x k}
    steps:
      - {op: einsum, in: [q, t], out: s, map: "y k, x k -> y x"}
    outputs: s
  masked:
    axes: {x: 8}
    inputs: {s: x x', M: {axes: x x', kind: mask}}
    steps:
      - {op: mask, in: [s, M], out: s}
    outputs: s
"""


WIDEN = "{op: widen, in: X, out: [r, s]}"


def spec(inputs: str, *steps: str, outputs: str = "r", text: str = BLOCK) -> Diagram:
    lines = "".join(f"  - {step}\n" for step in steps)
    return loads(f"{text}inputs: {inputs}\nsteps:\n{lines}outputs: {outputs}\n")


def used(inputs: str, step: str) -> tuple[Diagram, Step, BlockCall]:
    diagram = spec(inputs, step, outputs="[r, s]" if "[r, s]" in step else "r")
    operation = diagram.steps[0].operation
    assert isinstance(operation, BlockCall)
    return diagram, diagram.steps[0], operation


def told(inputs: str, step: str) -> str:
    with pytest.raises(SpecError) as error:
        spec(inputs, step)
    return str(error.value)


def test_axes_meet_from_the_right() -> None:
    _, step, block = used("{X: b x m}", "{op: widen, in: X, out: [r, s], with: {f: w}}")
    assert block.bindings == {"d": Expression.symbol("m"), "f": Expression.symbol("w")}
    application = step.application
    assert application.own == ((2,),)
    assert [str(tensor) for tensor in application.results] == ["(b, x, w)", "(b, x, e)"]
    assert [out.sources for out in application.outputs[0]] == [((0, 0),), ((0, 1),), ()]
    assert application.results[1].axes[-1].sizes == (Expression.parse("2*m"),)


def test_what_nothing_settles_keeps_the_blocks_size() -> None:
    _, step, block = used("{X: m}", "{op: widen, in: X, out: [r, s]}")
    assert "f" not in block.bindings
    assert step.application.results[0].axes[0].sizes == (Expression.number(4),)


def test_a_size_that_is_given_may_be_an_expression() -> None:
    _, step, block = used("{X: m}", "{op: widen, in: X, out: [r, s], with: {f: 4*m}}")
    assert step.application.results[0].axes[0].sizes == (Expression.parse("4*m"),)
    assert block.parameters_text == "($f=4m$)"


def test_one_axis_may_meet_two_of_the_blocks() -> None:
    _, step, block = used("{X: x m}", "{op: scores, in: [X, X], out: r}")
    assert str(step.application.results[0]) == "(x, x')"
    assert block.bindings["y"] == block.bindings["x"] == Expression.symbol("x")


def test_outputs_depend_on_what_reaches_them() -> None:
    """Axes in front of one input are not in front of outputs that it does not reach."""
    text = BLOCK.replace("outputs: s\n  masked", "outputs: [s, t]\n  masked")
    diagram = spec("{X: b x m, T: c m}", "{op: scores, in: [X, T], out: [r, t]}", outputs="[r, t]", text=text)
    assert [str(tensor) for tensor in diagram.steps[0].application.results] == ["(b, x, c)", "(c, m)"]


def test_masks_keep_their_kind() -> None:
    _, step, _ = used("{X: b c c', N: {axes: c c', kind: mask}}", "{op: masked, in: [X, N], out: r}")
    assert str(step.application.results[0]) == "(b, c, c')"
    assert "is of kind mask, found real" in told("{X: c c', N: c c'}", "{op: masked, in: [X, N], out: r}")


@pytest.mark.parametrize(
    ("inputs", "step", "message"),
    [
        ("{X: m}", "{op: scores, in: [X, X], out: r}", "input q of block 'scores' has axes (y, k), found"),
        ("{X: x m, Y: x w}", "{op: scores, in: [X, Y], out: r}", "of t has size m (= 6), found w (= 8)"),
        ("{X: b x m, Y: c x m}", "{op: scores, in: [X, Y], out: r}", "each index of (b), found (c, x, m)"),
        ("{X: m}", "{op: widen, in: X, out: [r, s], with: {e: 5}}", "'e' is 2*d, here 2*m (= 12), found 5"),
        ("{X: m}", "{op: widen, in: X, out: [r, s], with: {d: 5}}", "axis 'd' of a has size 5, found m"),
        ("{X: m}", "{op: widen, in: X, out: [r, s], with: {ff: 5}}", "has no size 'ff'"),
        ("{X: m}", "{op: widen, in: X, out: r}", "found 1"),
        ("{X: m}", "{op: widen, in: [X, X], out: [r, s]}", "found 2"),
    ],
)  # fmt: skip
def test_mistakes(inputs: str, step: str, message: str) -> None:
    text = told(inputs, step)
    assert message in text
    assert text.count("<string>:") == 1


def test_an_axis_that_the_block_makes_must_be_the_declared_one() -> None:
    text = BLOCK.replace("z: 2*c}", "z: 2*c, e: 11}")
    with pytest.raises(SpecError, match=r"makes an axis 'e' of size 2\*m \(= 12\), declared is e=11"):
        spec("{X: m}", WIDEN, outputs="[r, s]", text=text)
    diagram = spec("{X: m}", WIDEN, outputs="[r, s]", text=text.replace("e: 11", "e: 2*m"))
    assert diagram.values[-1].tensor.axes[0].sizes == (Expression.symbol("e"),)


def test_a_mistake_inside_a_block_is_told_once() -> None:
    text = BLOCK.replace("map: f -> e", "map: g -> e")
    with pytest.raises(SpecError) as error:
        spec("{X: m}", WIDEN, "{op: relu, in: r}", text=text)
    assert len(error.value.mistakes) == 1
    assert error.value.mistakes[0].path == "blocks.widen.steps[1].map"


def test_blocks_of_the_encoder_layer() -> None:
    diagram = load("@transformer_encoder_layer")
    assert [block.name for block in diagram.blocks] == ["multi_head_attention", "feed_forward"]
    attention = diagram.steps[0].operation
    assert isinstance(attention, BlockCall)
    glyph = attention.glyph(diagram.steps[0].application, "")
    assert repr(glyph) == "DepthBox(title='Multi-Head Attention', parameters='($k$, $h$)', color='peach')"
    assert diagram.steps[0].application.own == ((0, 1), (0, 1))


def test_groups_expand() -> None:
    diagram = loads(
        "ncd: 1\nname: t\naxes: {i: {size: [2, 3]}, m: 4, k: 5}\ninputs: {X: m i, Y: i k}\nsteps:\n"
        "  - {op: einsum, in: [X, Y], out: Z, map: 'm i, i k -> i k m'}\n"
        "  - {op: linear, map: i -> m'}\noutputs: Z\n"
    )
    einsum, linear = (expand(step.application) for step in diagram.steps)
    assert [str(tensor) for tensor in einsum.inputs] == ["(m, i.0, i.1)", "(i.0, i.1, k)"]
    assert [out.sources for out in einsum.outputs[0]] == [
        ((0, 1), (1, 0)),
        ((0, 2), (1, 1)),
        ((1, 2),),
        ((0, 0),),
    ]
    assert linear.own == ((0, 1),)
    plain = load("@multi_head_attention").steps[0].application
    assert expand(plain) is plain


def bomb(depth: int, is_open: str) -> str:
    """Blocks that each use the last one twice."""
    body = "axes: {x: 5}, inputs: {X: x}, outputs: X, steps: "
    blocks = [f"b0: {{{body}[relu]}}"]
    for n in range(1, depth):
        use = f"{{op: b{n - 1}, open: {is_open}}}"
        blocks.append(f"b{n}: {{{body}[{use}, {use}]}}")
    last = f"[{{op: b{depth - 1}, open: {is_open}}}]"
    head = "ncd: 1\nname: bomb\naxes: {x: 5}\ninputs: {X: x}\n"
    return f"{head}blocks: {{{', '.join(blocks)}}}\nsteps: {last}\noutputs: X\n"


@pytest.mark.parametrize("is_open", ["true", "false"])
def test_blocks_that_double_are_refused_at_once(is_open: str) -> None:
    with pytest.raises(
        SpecError, match=r"blocks\.b11\.steps\[1\]\.op: blocks inside blocks make 6142"
    ) as told:
        loads(bomb(40, is_open))
    assert len(told.value.mistakes) == 1
    assert len(loads(bomb(8, is_open)).blocks) == 1


GROUPED = """\
ncd: 1
name: grouped
axes: {b: 2, x: [8, 6], y: [3, 5], c: 4}
inputs: {X: b x c, Y: b y c}
blocks:
  stage:
    axes: {x: [p, q], p, q, c, h: 2*c}
    inputs: {a: x c}
    steps:
      - {op: conv, in: a, out: r, over: x, map: c -> h, kernel: 3, padding: same}
    outputs: r
steps:
  - {op: stage, in: X, out: r}
  - {op: stage, in: Y, out: s}
outputs: [r, s]
"""


def test_the_shapes_settle_the_sizes_of_a_group() -> None:
    diagram = loads(GROUPED)
    calls = [step.operation for step in diagram.steps]
    assert [(str(call.bindings["p"]), str(call.bindings["q"])) for call in calls] == [("8", "6"), ("3", "5")]
    assert [str(tensor) for tensor in (diagram.values[value].tensor for value in diagram.outputs)] == [
        "(b, x, h)", "(b, y, h)",
    ]  # fmt: skip


def test_numbers_of_a_group_hold() -> None:
    with pytest.raises(SpecError, match="axis 'x' of a has size 8, found 3") as caught:
        loads(GROUPED.replace("x: [p, q], p, q", "x: [8, 6]"))
    assert "name what callers choose: axes: {x: [p, q], p, q}" in str(caught.value)
