"""Expressions: exact, bounded, and the same in text, Python and arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncd_tikz.axes import Expression, ExpressionError
from ncd_tikz.axes.expression import LARGEST
from ncd_tikz.axes.grammar import COMPARISONS
from ncd_tikz.axes.label import default_label

SIZES = {"a": 2, "b": 3, "c": 12, "n1": 8}
FAMILIES = {"f": ("i", Expression.parse("3*i - 2"))}


def expressions() -> st.SearchStrategy[Expression]:
    """Random trees of every operator."""
    leaves = st.one_of(
        st.sampled_from(list(SIZES)).map(Expression.symbol), st.integers(0, 9).map(Expression.number)
    )

    def grown(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        sides = st.tuples(st.sampled_from(COMPARISONS), inner, inner)
        conditions = st.tuples(sides, inner, inner)
        pairs = st.tuples(st.sampled_from(["+", "-", "*", "/", "//", "%", "**"]), inner, inner)
        return st.one_of(
            pairs.map(lambda pair: Expression((pair[0], pair[1].tree, pair[2].tree))),
            inner.map(lambda one: Expression(("neg", one.tree))),
            conditions.map(
                lambda parts: Expression(
                    (
                        "if",
                        (parts[0][0], parts[0][1].tree, parts[0][2].tree),
                        parts[1].tree,
                        parts[2].tree,
                    )
                )
            ),
            inner.map(lambda one: Expression(("family", "f", one.tree))),
        )

    return st.recursive(leaves, grown, max_leaves=8)


def exact(tree: Any) -> Fraction:
    """A second, independent meaning: exact fractions; None of our code."""
    if isinstance(tree, str):
        return Fraction(SIZES[tree])
    if not isinstance(tree, tuple):
        return Fraction(tree)
    if len(tree) == 2:
        return -exact(tree[1])
    if tree[0] == "if":
        left, right = exact(tree[1][1]), exact(tree[1][2])
        if (left.denominator, right.denominator) != (1, 1):
            raise OverflowError
        return exact(tree[2] if eval(f"left {tree[1][0]} right") else tree[3])  # noqa: S307
    if tree[0] == "family":  # f[i] is 3*i - 2
        value = 3 * exact(tree[2]) - 2
        if value.denominator != 1 or abs(value) > LARGEST:
            raise OverflowError
        return value
    mark, left, right = tree[0], exact(tree[1]), exact(tree[2])
    if mark == "**" and abs(right) > 64:
        raise OverflowError
    if mark not in ("+", "-", "*") and (left.denominator, right.denominator) != (1, 1):
        raise OverflowError
    value = {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
        "//": lambda: Fraction(left // right),
        "%": lambda: left % right,
        "**": lambda: Fraction(left) ** int(right),
    }[mark]()
    if (value.denominator != 1 and mark == "/") or abs(value.numerator) > LARGEST:
        raise OverflowError
    if value.denominator > LARGEST:
        raise OverflowError
    return value


@given(expressions())
def test_text_round_trip(expression: Expression) -> None:
    assert Expression.parse(str(expression)) == expression
    assert eval(repr(expression), {"Expression": Expression}) == expression  # noqa: S307


@given(expressions())
def test_the_number_is_the_exact_one(expression: Expression) -> None:
    try:
        expected = exact(expression.tree)
        if expected.denominator != 1:
            raise OverflowError
    except (ZeroDivisionError, OverflowError):
        with pytest.raises(ExpressionError):
            expression.resolve(FAMILIES).evaluate(SIZES)
    else:
        assert expression.resolve(FAMILIES).evaluate(SIZES) == expected


@given(expressions())
def test_python_means_the_same(expression: Expression) -> None:
    expression = expression.resolve(FAMILIES)
    try:
        expected = expression.evaluate(SIZES)
    except ExpressionError:
        return
    names = {"s": type("S", (), SIZES), "f": lambda i: 3 * i - 2}
    for members in (None, lambda family, index: f"{family}({index})"):
        code = expression.python(lambda name: f"s.{name}", members)
        found = eval(code, dict(names))  # noqa: S307
        assert found == expected, code
        assert type(found) is int, code


@given(expressions())
def test_a_simplified_expression_means_the_same(expression: Expression) -> None:
    expression = expression.resolve(FAMILIES)
    simple = expression.simplified()
    assert simple.simplified() == simple
    try:
        expected = expression.evaluate(SIZES)
    except ExpressionError:
        return
    assert simple.evaluate(SIZES) == expected


@given(expressions())
def test_the_first_case_that_holds_is_the_value(expression: Expression) -> None:
    cases = expression.cases()
    assert len(cases) <= 32 or cases == ((expression, None),)
    assert cases[-1][1] is None
    assert (len(cases) == 1) == (cases[0][1] is None)


@given(expressions())
def test_real_python_means_the_same(expression: Expression) -> None:
    expression = expression.resolve(FAMILIES)
    try:
        expected = expression.evaluate_real(SIZES)
    except ExpressionError:
        return
    code = expression.real_python(lambda name: name)
    assert eval(code, {}, dict(SIZES)) == pytest.approx(expected, rel=1e-12, abs=1e-12)  # noqa: S307


@given(expressions())
def test_substitution_commutes_with_evaluation(expression: Expression) -> None:
    expression = expression.resolve(FAMILIES)
    swapped = expression.substitute({"a": Expression.parse("c - 10"), "c": Expression.parse("4*b")})
    try:
        expected = expression.evaluate(SIZES)
    except ExpressionError:
        return
    assert swapped.evaluate(SIZES) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("h*w", 784),
        ("n/4", 25),
        ("n//3", 33),
        ("n % 7", 2),
        ("2**10", 1024),
        ("-(2 - 5)", 3),
        ("2**3**2", 512),
        ("-2**2", -4),
        ("(-2)**2", 4),
        ("1e3", 1000),
        ("12 / 3 / 2", 2),
        ("1 - 2 - 3", -4),
        ("0**0", 1),
        ("(-1)**7", -1),
        ("7.0", 7),
        ("  n  ", 100),
    ],
)
def test_numbers(text: str, number: int) -> None:
    assert Expression.parse(text).evaluate({"h": 28, "w": 28, "n": 100}) == number


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "found nothing"),
        ("n +", "ends where"),
        ("n n", "found 'n'"),
        ("(n", "')'"),
        ("n)", "found ')'"),
        ("n ^ 2", "no part"),
        ("n'", "no part"),
        ("n.real", "no part"),
        ("n[0", "']'"),
        ("n[]", "found ']'"),
        ("n]", "found ']'"),
        ("n[0]'", "no part"),
        ("2[0]", "found '['"),
        ("f(n)", "found '('"),
        ("1 if n else 2", "found 'else'"),
        ("1 if n == 2", "ends where 'else'"),
        ("1 if n == 2 else", "ends where"),
        ("1 if n == 2 and m == 1 else 3", "found 'and'"),
        ("1 if 0 < n < 2 else 3", "found '<'"),
        ("1 if n = 2 else 3", "no part"),
        ("(n == 1)*2", "found '=='"),
        ("and", "found 'and'"),
        ("lambda: 1", "no part"),
        ("n == 1", "found '=='"),
        ("2n", "no part"),
        ("9" * 30, "too large"),
        ("((((" * 20 + "n" + "))))" * 20, "too deeply"),
        ("+".join("n" * 400), "too long"),
        ("-" * 60 + "n", "too deeply"),
        ("2**" * 60 + "2", "too deeply"),
        ("*n", "found '*'"),
        ("1..2", "no part"),
        ("ñ", "no part"),
        ("1e400", "too large"),
        ("()", "found ')'"),
    ],
)
def test_what_is_no_expression(text: str, fragment: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        Expression.parse(text)
    assert fragment in caught.value.fact


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("n/3", "10/3 does not come out"),
        ("n/0", "divides by zero"),
        ("n//0", "divides by zero"),
        ("n % 0", "divides by zero"),
        ("2**-1", "'2**-1' = 1/2 is not a whole number"),
        ("2**-1 + 1", "3/2 is not a whole number"),
        ("2**-1//1", "is not a whole number"),
        ("0**-1", "divides by zero"),
        ("3**-60", "too large"),
        ("3**-20*3**-20*3**-20", "too large"),
        ("c[1]", "sizes of the family 'c'"),
        ("n**(-1/2)", "does not come out"),
        ("0.5*n", "0.5 is not a whole number"),
        ("9**9**9", "too large"),
        ("m", "size of 'm'"),
        ("4611686018427387904*2", "too large"),
        ("(-9)**(9**9)", "too large"),
        ("2**62 + 1", "too large"),
    ],
)
def test_what_has_no_whole_number(text: str, fragment: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        Expression.parse(text).evaluate({"n": 10})
    assert fragment in caught.value.fact


@pytest.mark.parametrize("text", ["1/0", "(-2)**(1/2)", "0**(-1)", "1e18**1e18", "m", "1%0"])
def test_what_has_no_real_number(text: str) -> None:
    with pytest.raises(ExpressionError):
        Expression.parse(text).evaluate_real({"n": 10})


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 10**30, True, False])
def test_what_is_no_number(value: float) -> None:
    with pytest.raises(ExpressionError):
        Expression.parse(value)


def test_real_numbers() -> None:
    assert Expression.parse("k**(-1/2)").evaluate_real({"k": 64}) == 0.125
    assert Expression.parse(0.1).evaluate_real({}) == 0.1
    assert Expression.parse("7//2 + 7/2").evaluate_real({}) == 6.5


def test_unknown_sizes_get_a_suggestion() -> None:
    with pytest.raises(ExpressionError) as caught:
        Expression.parse("heds").evaluate({"heads": 4})
    assert caught.value.hint == "did you mean 'heads'?"


def test_symbols_by_first_occurrence() -> None:
    assert Expression.parse("b*a + b - c").symbols == ("b", "a", "c")
    assert Expression.number(3).symbols == ()


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("k**(-1/2)", "k^{-1/2}"),
        ("28**2", "28^2"),
        ("h*w", "hw"),
        ("2*h", "2h"),
        ("h*2", r"h\cdot 2"),
        ("n1/4", "n_1/4"),
        ("h + w - 1", "h+w-1"),
        ("(h + w)*2", r"(h+w)\cdot 2"),
        ("2*(h + w)", "2(h+w)"),
        ("(h*w)**2", "(hw)^2"),
        ("n//2", r"\lfloor n/2\rfloor"),
        ("n % 2", r"n\bmod 2"),
        ("-n", "-n"),
        ("heads*k", r"\mathrm{heads}\,k"),
        ("alpha*h", r"\alpha h"),
        ("d_ff*2", r"d_{ff}\cdot 2"),
        ("a/(b*c)", "a/(bc)"),
        ("a - (b - c)", "a-(b-c)"),
        ("2**n1", "2^{n_1}"),
        ("4*d_model", "4d_{model}"),
    ],
)
def test_latex(text: str, latex: str) -> None:
    assert Expression.parse(text).latex() == latex


def test_latex_with_labels() -> None:
    assert Expression.parse("x*m").latex({"x": r"\bar{x}"}) == r"\bar{x}m"
    assert Expression.parse("x**2").latex({"x": "x'"}) == "{x'}^2"


@pytest.mark.parametrize(
    ("text", "python", "real"),
    [
        ("h*w/4", "h * w // 4", "h * w / 4"),
        ("k**(-1/2)", "round(k ** (-1 // 2))", "k**-0.5"),
        ("512*2**(1 - i)", "round(512 * 2 ** (1 - i))", "512 * 2 ** (1 - i)"),
        ("512*2**(1 - i)/4", "round(512 * 2 ** (1 - i)) // 4", "512 * 2 ** (1 - i) / 4"),
        ("1 if i == 0 else 64*2**i", "1 if i == 0 else 64 * 2**i", "1 if i == 0 else 64 * 2**i"),
        ("(1 if i < 2 else 3)*i", "(1 if i < 2 else 3) * i", "(1 if i < 2 else 3) * i"),
        (
            "(1 if i < 2 else 3) if i != 1 else 2",
            "(1 if i < 2 else 3) if i != 1 else 2",
            "(1 if i < 2 else 3) if i != 1 else 2",
        ),
        (
            "1 if (1 if i > 2 else 3) >= 1 else 2",
            "1 if (1 if i > 2 else 3) >= 1 else 2",
            "1 if (1 if i > 2 else 3) >= 1 else 2",
        ),
        ("(a+b)**2", "(a + b) ** 2", "(a + b) ** 2"),
        ("a/(b/c)", "a // (b // c)", "a / (b / c)"),
        ("-(a+b)", "-(a + b)", "-(a + b)"),
        ("a**b**c", "a**b**c", "a**b**c"),
        ("(a**b)**c", "(a**b)**c", "(a**b)**c"),
        ("k**(1/2)", "k ** (1 // 2)", "k**0.5"),
        ("(1/2)**k", "(1 // 2) ** k", "0.5**k"),
        ("1/3", "1 // 3", "1 / 3"),
        ("a*(1/2)", "a * (1 // 2)", "a * 0.5"),
    ],
)
def test_python(text: str, python: str, real: str) -> None:
    expression = Expression.parse(text)
    assert expression.python(str) == python
    assert expression.real_python(str) == real


@pytest.mark.parametrize(
    "text",
    [
        "(1 if i < 2 else 3) if i != 1 else 2",
        "1 if (1 if i > 2 else 3) >= 1 else 2",
        "1 if i == 1 else 2 if i == 2 else 3",
        "-(1 if i <= 0 else 2) + 1",
    ],
)
def test_conditions_keep_their_parentheses(text: str) -> None:
    assert str(Expression.parse(text)) == text
    assert Expression.parse(text).python(str) == text


def test_product() -> None:
    assert Expression.product([]) == Expression.number(1)
    assert (
        str(Expression.product([Expression.symbol("k"), Expression.symbol("h"), Expression.parse("a+1")]))
        == "k*h*(a + 1)"
    )


def test_expressions_are_values() -> None:
    assert len({Expression.parse("h*w"), Expression.parse(" h * w "), Expression.parse("w*h")}) == 2


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("x", "x"),
        ("x''", "x''"),
        ("alpha", r"\alpha"),
        ("Omega", r"\Omega"),
        ("beta_1", r"\beta_1"),
        ("d_ff", "d_{ff}"),
        ("d_k", "d_k"),
        ("n1", "n_1"),
        ("n12", "n_{12}"),
        ("heads", r"\mathrm{heads}"),
        ("heads2", r"\mathrm{heads}_2"),
        ("x_alpha", r"x_{\alpha}"),
        ("28", "28"),
        ("(k h)", "kh"),
        ("(x 2)", r"x\cdot 2"),
        ("a_b_c", r"a_{b\_c}"),
    ],
)
def test_default_labels(name: str, label: str) -> None:
    assert default_label(name) == label


@given(st.text(alphabet="abcxyzN_0123456789", min_size=1, max_size=12).filter(lambda name: name[0].isalpha()))
def test_default_labels_are_good_latex(name: str) -> None:
    from ncd_tikz.spec.latex import wrong_latex

    assert wrong_latex(default_label(name), "math") is None


def test_families_know_where_they_come_from() -> None:
    size = Expression.parse("c[i-1] + 2*c[i]").resolve({"c": ("j", Expression.parse("base*2**j"))})
    assert str(size) == "c[i-1] + 2*c[i]"
    assert size.symbols == ("i", "base")
    assert size.evaluate({"i": 1, "base": 3}) == 3 + 12
    assert size.latex({"i": r"\lambda", "c": r"\gamma"}) == r"\gamma_{\lambda-1}+2\gamma_{\lambda}"
    assert (
        size.python(str, lambda family, index: f"self.{family}({index})") == "self.c(i - 1) + 2 * self.c(i)"
    )
    assert eval(repr(size), {"Expression": Expression}) == size  # noqa: S307
    again = size.substitute({"i": Expression.parse("5 - i")})
    assert str(again) == "c[5-i-1] + 2*c[5-i]"
    assert str(again.simplified()) == "c[4-i] + 2*c[5-i]"
    assert again.evaluate({"i": 4, "base": 3}) == 3 + 12
    # With another base it is no longer the family of that name.
    assert str(size.substitute({"base": Expression.parse("m")})) == "m*2**(i - 1) + 2*(m*2**i)"
    assert str(size.substitute({"base": Expression.symbol("base")})) == str(size)


def test_families_of_families() -> None:
    families = {"c": ("i", Expression.parse("2*i")), "d": ("j", Expression.parse("c[j+1] + c[2]"))}
    size = Expression.parse("d[i] + k").resolve(families)
    assert size.evaluate({"i": 3, "k": 5}) == 8 + 4 + 5
    assert [name for name, _ in Expression.parse("d[c[i]] + c[1]").families] == ["d", "c", "c"]
    turns = {f"f{n}": ("i", Expression.parse(f"f{n + 1}[i]*f{n + 1}[i]*f{n + 1}[i]")) for n in range(30)}
    with pytest.raises(ExpressionError, match="too large"):
        Expression.parse("f0[1]").resolve({**turns, "f30": ("i", Expression.parse("i"))})


@pytest.mark.parametrize(
    ("text", "simple"),
    [
        ("i + 1 - 1", "i"),
        ("1 + i", "i + 1"),
        ("-1 + i", "i - 1"),
        ("5 - i", "5 - i"),
        ("i - i", "0"),
        ("2*i + 3*i - 1", "5*i - 1"),
        ("2*(i + 1) - 2", "2*i"),
        ("-i", "-i"),
        ("-2*i - 3", "-2*i - 3"),
        ("2**3 + i", "i + 8"),
        ("i*j + j*i", "i*j + j*i"),
        ("(i + 1)**2 - (1 + i)**2", "0"),
        ("n/2 + n/2", "2*(n/2)"),
        ("1/2", "1/2"),
        ("c[i+1-1]", "c[i]"),
        ("4611686018427387904 + 4611686018427387904 + i", "4611686018427387904 + 4611686018427387904 + i"),
    ],
)
def test_simplified(text: str, simple: str) -> None:
    assert str(Expression.parse(text).simplified()) == simple


def test_numbers_are_written_as_the_spec_has_them_whatever_was_simplified_before() -> None:
    """2 and 2.0 are equal to Python: nothing may be remembered of one for the other."""
    for texts in (("n**2.0", "n**2"), ("n**2", "n**2.0"), ("n**3.0", "n**3")):
        assert [str(Expression.parse(text).simplified()) for text in texts] == list(texts)


@pytest.mark.parametrize(
    ("text", "cases"),
    [
        ("64*i", [("64*i", None)]),
        ("1 if i == 0 else 64*2**i", [("1", "i=0"), ("64*2**i", None)]),
        (
            "1 if i < 1 else 2 if i <= 2 else 3",
            [("1", "i<1"), ("2", r"i\le 2"), ("3", None)],
        ),
        (
            "(1 if i != 1 else 2) if j > 1 else 3",
            [("1", r"j>1,\ i\ne 1"), ("2", "j>1"), ("3", None)],
        ),
        ("4*(1 if i >= 2 else 3)", [("4*1", r"i\ge 2"), ("4*3", None)]),
    ],
)
def test_cases(text: str, cases: list[tuple[str, str | None]]) -> None:
    assert [(str(value), when) for value, when in Expression.parse(text).cases()] == cases


def test_too_many_cases_are_one() -> None:
    size = Expression.parse("*".join(["(1 if i == 0 else 2)"] * 20))
    assert size.cases() == ((size, None),)


def test_conditions_in_latex() -> None:
    from ncd_tikz.spec.latex import wrong_latex

    for text in ("1 if i == 0 else 2", "2*(1 if i == 0 else c[i-1])", "c[i]**2", "n1[i]"):
        assert wrong_latex(Expression.parse(text).latex(), "math") is None, text
    assert Expression.parse("c[i]**2").latex() == "c_i^2"
    assert Expression.parse("n1[i]").latex() == "{n_1}_i"
