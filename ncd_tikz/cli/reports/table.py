"""The report for people: a line for each thing that was checked, and what to try where it is not good."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from ncd_tikz.cli.reports.characters import visible
from ncd_tikz.cli.reports.outcome import NO_SPEC, Checked, Outcome
from ncd_tikz.cli.terminal import bad, bold, faint, good

_MARK = len("other version")
_MOST_DETAILS = 12  # lines
_NARROWEST = 30  # columns for words, however long the names are


def lines(checked: Checked, name_width: int, width: int) -> list[str]:
    """The lines of one spec.

    Args:
        checked: what was found.
        name_width: columns for the spec's name, the same for all specs.
        width: of the terminal; only command lines, which are there to be copied, are longer.
    """
    written: list[str] = []
    for number, outcome in enumerate(checked.outcomes):
        name = bold(_padded(checked.name, name_width)) if number == 0 else " " * name_width
        written += _outcome(outcome, name, name_width, width)
    if not checked.outcomes:
        written.append(f"{bold(_padded(checked.name, name_width))}  {bad('NOTHING CHECKED')}")
    return written


def total(all_checked: Sequence[Checked]) -> str:
    """The last line: how many agree, or which do not."""
    if not all_checked:
        return bad("nothing was checked")
    specs = [checked for checked in all_checked if checked.name != NO_SPEC]
    wrong = [checked.name for checked in specs if not checked.ok]
    orphans = sum(len(checked.outcomes) for checked in all_checked if checked.name == NO_SPEC)
    said = []
    if wrong:
        names = ", ".join(wrong[:20]) + (f" and {len(wrong) - 20} more" if len(wrong) > 20 else "")
        said.append(f"{len(wrong)} of {_count(len(specs), 'spec')} {_do(len(wrong))} not agree: {names}")
    if orphans:
        said.append(f"{_count(orphans, 'generated file')} without a spec")
    return bad("; ".join(said)) if said else good(_success(specs))


def _success(specs: Sequence[Checked]) -> str:
    kinds = [outcome.kind for checked in specs for outcome in checked.outcomes]
    files = _count(kinds.count("fresh"), "generated file")
    if set(kinds) == {"fresh"}:
        return f"{files} fresh"
    many = len(specs) > 1
    said = f"all {len(specs)} specs agree" if many else "the spec agrees"
    if "figure" in kinds:
        said += ", and their figures show them" if many else ", and its figure shows it"
    return f"{said}; {files} fresh" if "fresh" in kinds else said


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _do(number: int) -> str:
    return "does" if number == 1 else "do"


def text(all_checked: Sequence[Checked], width: int = 100) -> str:
    """The whole table, total and all."""
    widest = name_width(checked.name for checked in all_checked)
    written = [line for checked in all_checked for line in lines(checked, widest, width)]
    return "\n".join([*written, total(all_checked)]) + "\n"


def name_width(names: Iterable[str]) -> int:
    """Columns that the names of specs take, within reason."""
    return min(max(map(_columns, names), default=0), 40)


def _outcome(outcome: Outcome, name: str, taken: int, width: int) -> Iterator[str]:
    mark = outcome.state if outcome.ok else outcome.state.upper()
    mark = (good if outcome.ok else bad)(mark.ljust(_MARK))
    indent = taken + _MARK + 4
    if width - indent < _NARROWEST:  # a narrow terminal: what follows starts further left
        indent = 4
    fact = outcome.subject if outcome.state == "fresh" else f"{outcome.subject}: {outcome.fact}"
    first, *rest = _wrapped(fact, width - taken - _MARK - 4, width - indent)
    yield f"{name}  {mark}  {first}".rstrip()
    yield from (" " * indent + line for line in rest)
    inner = " " * (min(indent, taken + 2) + 2)
    for number, problem in enumerate(outcome.problems[:3] if not outcome.ok else ()):
        sentence = problem.sentence
        if number == 0 and sentence in (f"{outcome.subject}: {outcome.fact}", outcome.fact):
            sentence = ""
        room = width - len(inner)
        yield from (inner + line for line in (_wrapped(sentence, room, room) if sentence else ()))
        if problem.command:
            yield f"{inner}run: {bold(visible(problem.remedy))}"
        elif problem.remedy:
            yield from (inner + line for line in _wrapped(f"try: {problem.remedy}", room, room))
    details = outcome.details
    for detail in details[:_MOST_DETAILS]:
        room = width - len(inner)
        yield from (inner + faint(line) for line in _wrapped(detail, room, room - 2, "  "))
    if len(details) > _MOST_DETAILS:
        yield inner + faint(f"and {len(details) - _MOST_DETAILS} lines more")


def _wrapped(words: str, first: int, rest: int, hanging: str = "") -> list[str]:
    """Lines of bounded width; the first one may have another bound than the rest.

    >>> _wrapped("one two three", 8, 20), _wrapped("", 10, 10)
    (['one two', 'three'], [''])
    """
    found: list[str] = []
    for paragraph in words.splitlines() or [""]:
        shown = visible(paragraph.rstrip().expandtabs())
        lead = shown[: len(shown) - len(shown.lstrip())]
        if not found and _columns(shown) <= first:
            found.append(shown)
            continue
        filled = textwrap.wrap(
            shown.lstrip(),
            max(min(first, rest) - len(lead), 10),
            initial_indent=lead,
            subsequent_indent=lead + hanging,
            break_on_hyphens=False,
        )
        found += filled or [""]
    return found


def _columns(words: str) -> int:
    """How many columns a terminal gives to a text: wide letters two, combining ones none."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in words
    )


def _padded(words: str, width: int) -> str:
    return visible(words) + " " * max(width - _columns(words), 0)
