"""Every mistake of shape: where it stands, what was found and expected, what is known, what to try."""

from __future__ import annotations

import pytest

from ncd_tikz.diagram import loads
from ncd_tikz.errors import SpecError

HEAD = """\
ncd: 1
name: t
axes: {x: 5, y: 4, m: 6, k: 3, h: 2, p: x*y, q: 20, i: {size: [2, 3]}}
"""


def told(inputs: str, steps: str, outputs: str = "a") -> str:
    lines = "".join(f"  - {step}\n" for step in steps.strip().split("\n"))
    with pytest.raises(SpecError) as error:
        loads(f"{HEAD}inputs: {inputs}\nsteps:\n{lines}outputs: {outputs}\n", file="t.yaml")
    return str(error.value)


SINGLE = {
    "an axis that the input lacks": (
        "{X: x m}",
        "{op: linear, in: X, out: a, map: k -> m}",
        "t.yaml:6:38: steps[0].map: expected an axis 'k', found (x, m)\n  known here: X has axes (x=5, m=6)",
    ),
    "an axis that nobody declares": (
        "{X: x m}",
        "{op: linear, in: X, out: a, map: m -> mm}",
        (
            "t.yaml:6:38: steps[0].map: nothing declares an axis 'mm'\n"
            "  known here: X has axes (x=5, m=6); axes x=5, y=4, m=6, k=3, h=2, p=20, q=20, i=2*3\n"
            "  did you mean 'm'?"
        ),
    ),
    "a kernel of a size that nobody declares": (
        "{X: x m}",
        "{op: conv, in: X, out: a, over: x -> z, map: m -> k, kernel: kk}",
        (
            "t.yaml:6:66: steps[0].kernel: nothing declares a size 'kk'\n"
            "  known here: X has axes (x=5, m=6); axes x=5, y=4, m=6, k=3, h=2, p=20, q=20, i=2*3\n"
            "  did you mean 'k'?"
        ),
    ),
    "a stack along an axis that may have other sizes": (
        "{X: x h}",
        "{op: stack, in: [X, X], out: a, along: h}",
        "the size of 'h' would always be 2, but others may be chosen for 'h'",
    ),
    "a padding that there is not": (
        "{X: x m}",
        "{op: conv, in: X, out: a, over: x -> z, map: m -> k, kernel: 3, padding: full}",
        "padding: nothing declares a size 'full', and the words here are same, valid, causal",
    ),
    "a word that pools do not know": (
        "{X: x m}",
        "{op: max_pool, in: X, out: a, over: x -> z, kernel: 3, padding: same}",
        "max_pool takes numbers here",
    ),
    "an axis named twice": (
        "{X: x m}",
        "{op: linear, in: X, out: a, map: m m -> k}",
        "steps[0].map: the axis 'm' is named twice",
    ),
    "two axes of one name": (
        "{X: x m}",
        "{op: linear, in: X, out: a, map: m -> x}",
        (
            "steps[0].map: the output would have two axes 'x': (x, x)\n"
            "  known here: X has axes (x=5, m=6)\n"
            "  name one of them otherwise, such as x'"
        ),
    ),
    "too many tensors in a map": (
        "{X: x m}",
        "{op: linear, in: X, out: a, map: 'm, x -> k'}",
        "steps[0].map: expected 1 tensor on the left of 'm, x -> k', found 2",
    ),
    "too few tensors in a map": (
        "{X: x m, Y: 'y'}",
        "{op: einsum, in: [X, Y], out: a, map: 'x m -> x'}",
        "steps[0].map: expected 2 tensors on the left of 'x m -> x', found 1",
    ),
    "softmax over an axis that is not there": (
        "{X: x m}",
        "{op: softmax, in: X, out: a, over: xx}",
        (
            "t.yaml:6:40: steps[0].over: expected an axis 'xx', found (x, m)\n"
            "  known here: X has axes (x=5, m=6)\n"
            "  did you mean 'x'?"
        ),
    ),
    "contraction of axes of two sizes": (
        "{X: x m, Y: y k}",
        "{op: einsum, in: [X, Y], out: a, map: 'x m, y m -> x y'}",
        "steps[0].map: 'm' stands for axes of two sizes: m=6 and k=3",
    ),
    "sizes that agree by chance": (
        "{X: p m, Y: q m}",
        "{op: einsum, in: [X, Y], out: a, map: 'z m, z m -> m'}",
        (
            "'z' stands for axes of two sizes: p=20 and q=20\n"
            "  known here: X has axes (p=20, m=6); Y has axes (q=20, m=6)\n"
            "  they agree by their defaults only: declare one as an expression of the other"
        ),
    ),
    "an alias that is an axis of another size": (
        "{X: x m}",
        "{op: einsum, in: X, out: a, map: x k -> x}",
        "steps[0].map: 'k' stands for axes of two sizes: m=6 and k=3",
    ),
    "einsum with a name too few": (
        "{X: x m}",
        "{op: einsum, in: X, out: a, map: x -> x}",
        "steps[0].map: expected a name for each of the axes (x, m), found 'x'",
    ),
    "einsum out of order": (
        "{X: x m}",
        "{op: einsum, in: X, out: a, map: m x -> x m}",
        "steps[0].map: expected 'x m', found 'm x': 'm' stands elsewhere",
    ),
    "einsum with a new name on the right": (
        "{X: x m}",
        "{op: einsum, in: X, out: a, map: x m -> x z}",
        (
            "steps[0].map: 'z' is on the right of the map only\n"
            "  known here: X has axes (x=5, m=6)\n"
            "  the left names x, m"
        ),
    ),
    "einsum with a name twice on the right": (
        "{X: x m}",
        "{op: einsum, in: X, out: a, map: x m -> x x}",
        "steps[0].map: an axis is named twice on the right",
    ),
    "a view of other size": (
        "{X: x y}",
        "{op: view, in: X, out: a, map: x y -> m k}",
        "steps[0].map: both sides must hold equally many entries, found x=5 y=4 and m=6 k=3",
    ),
    "a view that fits by chance": (
        "{X: x y}",
        "{op: view, in: X, out: a, map: x y -> q}",
        "they agree by their defaults only: declare q: x*y",
    ),
    "a causal mask over axes of two sizes": (
        "{X: x y}",
        "{op: mask, in: X, out: a, over: x y}",
        "steps[0].over: a causal mask needs two axes of one size, found x=5 and y=4",
    ),
    "a mask without axes": (
        "{X: x y}",
        "{op: mask, in: X, out: a}",
        "expected two axes, one that asks and one that answers, found none",
    ),
    "a causal mask over a group": (
        "{X: i i'}",
        "{op: mask, in: X, out: a, over: i i'}",
        "expected two single axes, found a group: i i'",
    ),
    "a mask of numbers": (
        "{X: x y, Y: x y}",
        "{op: mask, in: [X, Y], out: a}",
        "mask takes booleans, found numbers with axes (x, y)",
    ),
    "a mask with an axis too many": (
        "{X: x, M: {axes: x y, kind: mask}}",
        "{op: mask, in: [X, M], out: a}",
        "the mask has an axis 'y' that is not among (x)",
    ),
    "both kinds of mask": (
        "{X: x x', M: {axes: x, kind: mask}}",
        "{op: mask, in: [X, M], out: a, over: x x'}",
        "expected either two axes or a given mask, found both",
    ),
    "a function of booleans": (
        "{M: {axes: x y, kind: mask}}",
        "{op: relu, in: M, out: a}",
        "relu takes numbers, found booleans with axes (x, y)",
    ),
    "an embedding of numbers": (
        "{X: x}",
        "{op: embedding, in: X, out: a, map: q -> m}",
        "embedding takes indexes, found numbers with axes (x)",
    ),
    "an embedding with another table": (
        "{t: {axes: x, kind: index, below: q}}",
        "{op: embedding, in: t, out: a, map: m -> k}",
        "the indexes are below q, the table has m entries",
    ),
    "a probability above one": (
        "{X: x}",
        "{op: dropout, in: X, out: a, p: 2}",
        "t.yaml:6:37: steps[0].p: expected a probability between 0 and 1, found 2",
    ),
    "a negative eps": (
        "{X: x}",
        "{op: layer_norm, in: X, out: a, over: x, eps: -1}",
        "steps[0].eps: expected eps of zero or more, found -1",
    ),
    "a factor of unknown size": (
        "{X: x}",
        "{op: scale, in: X, out: a, by: n/2}",
        "steps[0].by: nothing declares a size 'n'",
    ),
    "an input that is never used": (
        "{X: x, Y: 'y'}",
        "{op: relu, in: X, out: a}",
        (
            "t.yaml:4:19: inputs.Y: input 'Y' is never used\n"
            "  take it in a step, or take it out: a figure cannot show it"
        ),
    ),
    "a result that is never used": (
        "{X: x}",
        "{op: relu, in: X, out: a}\n{op: exp, in: X, out: b}",
        (
            "t.yaml:7:5: steps[1]: what it makes, 'b', is never used\n"
            "  take 'b' in a step, name it under outputs, or take the step out"
        ),
    ),
    "two names for one output": (
        "{X: x, Y: 'y'}",
        "{op: add, in: [X, Y], out: [a, b]}",
        "t.yaml:6:32: steps[0].out: expected one name under out, found a, b\n  as in out: a",
    ),
    "one name for two outputs": (
        "{X: x}",
        "{op: function, name: f, in: X, out: a, map: 'x -> x, k'}",
        "steps[0].out: expected 2 names under out, found a\n  as in out: [a, b]",
    ),
    "a stand-in for a function of indexes": (
        "{t: {axes: x, kind: index, below: q}}",
        "{op: function, name: f, in: t, out: a, map: x -> k}",
        "a stand-in (give `call` for another function) takes numbers, found indexes",
    ),
}


@pytest.mark.parametrize(("inputs", "step", "message"), SINGLE.values(), ids=SINGLE.keys())
def test_one_mistake(inputs: str, step: str, message: str) -> None:
    text = told(inputs, step)
    assert message in text
    assert text.count("t.yaml:") == 1


def test_all_mistakes_are_told_and_none_twice() -> None:
    text = told(
        "{X: x m}",
        """
        {op: softmax, in: X, out: a, over: 'y'}
        {op: relu, in: a, out: b}
        {op: linear, in: b, out: c, map: k -> m}
        {op: linear, in: X, out: d, map: h -> m}
        {op: add, in: [c, d], out: a}
        """.replace("        ", ""),
    )
    assert [line.split(": ")[1] for line in text.split("\n") if line.startswith("t.yaml")] == [
        "steps[0].over",
        "steps[3].map",
    ]


def test_mistakes_of_shape_and_of_form_come_together() -> None:
    text = told("{X: x m}", "{op: softmax, in: X, over: k}\n{op: linaer, in: X, out: a}", "X")
    assert text.index("steps[0].over: expected an axis 'k'") < text.index("steps[1].op: unknown operation")


def test_a_value_is_known_again_after_a_sound_step() -> None:
    text = told(
        "{X: x m}",
        "{op: softmax, in: X, out: a, over: k}\n{op: relu, in: X, out: a}\n{op: softmax, in: a, over: h}",
    )
    assert text.count("t.yaml:") == 2
    assert "steps[2].over: expected an axis 'h', found (x, m)" in text
