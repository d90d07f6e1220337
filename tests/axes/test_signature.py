"""Signatures: parsed once, printed back the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncd_tikz.axes import ExpressionError, Signature
from ncd_tikz.axes.signature import parse_names

MEMBERS = st.sampled_from(["x", "x'", "x''", "d_ff", "n1", "28", "M", "1", "c[i-1]", "c[2]'", "n1[2*i]"])
NAMES = st.one_of(
    MEMBERS, st.lists(MEMBERS, min_size=2, max_size=3).map(lambda names: "(" + " ".join(names) + ")")
)
TENSORS = st.lists(NAMES, min_size=1, max_size=4).map(tuple)
SIDES = st.one_of(st.just(((),)), st.lists(TENSORS, min_size=1, max_size=3).map(tuple))


@given(SIDES, SIDES)
@pytest.mark.slow
def test_round_trip(inputs: tuple[tuple[str, ...], ...], outputs: tuple[tuple[str, ...], ...]) -> None:
    signature = Signature(inputs, outputs)
    assert Signature.parse(str(signature)) == signature
    assert eval(repr(signature), {"Signature": Signature}) == signature  # noqa: S307


@pytest.mark.parametrize(
    ("text", "inputs", "outputs"),
    [
        ("m -> k h", (("m",),), (("k", "h"),)),
        ("x k h, x' k h -> x x' h", (("x", "k", "h"), ("x'", "k", "h")), (("x", "x'", "h"),)),
        ("x ->", (("x",),), ((),)),
        ("-> m", ((),), (("m",),)),
        ("->", ((),), ((),)),
        ("4 2, 6 -> 3 3", (("4", "2"), ("6",)), (("3", "3"),)),
        ("x y->(x   y)", (("x", "y"),), (("(x y)",),)),
        ("(k) -> k", (("k",),), (("k",),)),
        ("a(b c)d -> a", (("a", "(b c)", "d"),), (("a",),)),
        ("c[i+1 - 1] -> c[ 4-i ]'", (("c[i]",),), (("c[4-i]'",),)),
        ("(c[1] h)x[d[i]] -> c[(i)*2]", (("(c[1] h)", "x[d[i]]"),), (("c[2*i]",),)),
        ("x -> a, b", (("x",),), (("a",), ("b",))),
    ],
)
def test_signatures(text: str, inputs: object, outputs: object) -> None:
    signature = Signature.parse(text)
    assert (signature.inputs, signature.outputs) == (inputs, outputs)


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("x y", "no arrow"),
        ("x -> y -> z", "2 arrows"),
        ("", "no arrow"),
        ("x, -> y", "beside a comma"),
        (", x -> y", "beside a comma"),
        ("(x -> y", "'(' without ')'"),
        ("x) -> y", "')' without '('"),
        ("((x) y) -> x", "inside a group"),
        ("() -> x", "empty group"),
        ("x-y -> z", "'x-y'"),
        ("x! -> y", "'x!'"),
        ("'x -> y", "no name"),
        ("x'y -> z", "no name"),
        ("0 -> x", "no size"),
        ("01 -> x", "no size"),
        ("2x -> x", "no name"),
        ("x -> é", "no name"),
        ("x... -> x", "no name"),
        ("x [y] -> x", "no name"),
        ("c[i -> x", "'[' without ']'"),
        ("c[] -> x", "found nothing"),
        ("c[i]] -> x", "found ']'"),
        ("c[i]d -> x", "found 'd'"),
        ("c[1 if i == 0 else 2] -> x", "found the index"),
        ("c[i+] -> x", "ends where"),
        ("c'[i] -> x", "no name"),
        ("(x, y) -> z", "'(' without ')'"),
        ("x" * 2000 + "-> y", "too long"),
        ("9" * 30 + " -> x", "no size"),
    ],
)
def test_what_is_no_signature(text: str, fragment: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        Signature.parse(text)
    assert fragment in caught.value.fact


def test_names_of_one_tensor() -> None:
    assert parse_names("") == ()
    assert parse_names(" x  (k h) 28 ") == ("x", "(k h)", "28")
    with pytest.raises(ExpressionError):
        parse_names("x, y")


@pytest.mark.slow
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (Signature.parse, parse_names):
        try:
            read(text)
        except ExpressionError as error:
            assert error.fact
