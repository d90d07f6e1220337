"""What a check may find, with everything in it that a format could stumble over."""

from __future__ import annotations

from ncd_tikz.cli.reports.outcome import Checked, Outcome, Problem, from_freshness
from ncd_tikz.errors import Position
from ncd_tikz.project.freshness import Freshness, Path

AXIS = Problem(
    "axis",
    "their softmax runs over h, the diagram's over x",
    "softmax(dim=-2) in attention.py:33",
    where="steps[5] (softmax), specs/attention.yaml:21:5",
    at=Position("specs/attention.yaml", 21, 5),
    place="attention.py:33",
    step="steps[5]",
    operation="softmax",
    axis="h",
)
SECOND = Problem(
    "scale", "off by the factor 4", "scale by k**(-1/2)", at=Position("specs/attention.yaml", 20, 5)
)
GOOD = Outcome(
    "module", "generated module", "same", True, "same function: 100 numbers in 3 draws", (), (), 100, 3
)
WRONG = Outcome(
    "against",
    "mypackage.attention:Attention",
    "differs",
    False,
    "NOT the same function",
    ("with x=3, m=5:", "  output z: differs by 0.3 at most (relative 0.9), but allowed is 1e-09"),
    (AXIS, SECOND),
    60,
    1,
    "hello from their code",
)
CRASHED = Outcome(
    "against",
    "mypackage.attention:Other",
    "not compared",
    False,
    "could not be compared",
    (),
    (Problem("crash", "the process died of SIGSEGV while calling", "run it by itself"),),
    broken=True,
)
STALE = from_freshness(
    Freshness(
        Path("figures/attention.svg"),
        "stale",
        "specs/attention.yaml",
        "the spec has changed since (digest 0123456789ab, now ba9876543210)",
        "ncd-tikz draw specs/attention.yaml -o figures/attention.svg",
    )
)
FIGURE = Outcome("figure", "figure", "shown", True, "its lines and dots show the spec")

NASTY = (
    "50% of it:\r\nline two, with \x1b[31mred\x1b[0m, \x00\x0b\ufffe, \ud800, é 注意 😀, <b>&amp;</b> \"'"
    " ]]> ::error file=x::y and C:\\a\\b"
)
NASTY_OUTCOME = Outcome(
    "against",
    "odd.名:Thing",
    "differs",
    False,
    NASTY,
    (NASTY,),
    (Problem("unheard-of", NASTY, NASTY, NASTY, Position("specs/a b,c:d%é.yaml", 3, 1), "C:\\code\\a.py:7"),),
    printed=NASTY,
)

ATTENTION = Checked("attention", "specs/attention.yaml", (GOOD, WRONG, CRASHED, FIGURE, STALE), 1.25)
FINE = Checked("fine", "specs/fine.yaml", (GOOD, FIGURE), 0.5)
ODD = Checked("odd", "specs/a b,c:d%é.yaml", (NASTY_OUTCOME,))
EMPTY = Checked("empty", "specs/empty.yaml", ())
ALL = (ATTENTION, FINE, ODD, EMPTY)


def thousands(count: int = 5000) -> tuple[Checked, ...]:
    """Very many findings."""
    problems = tuple(
        Problem("scale", f"off by {number}", at=Position("specs/many.yaml", number + 1, 1))
        for number in range(count)
    )
    return (
        Checked("many", "specs/many.yaml", (Outcome("module", "m", "differs", False, "no", (), problems),)),
    )
