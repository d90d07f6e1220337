"""Two specs compared, as data: what `ncd-tikz diff` tells in words, as JSON and in pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ncd_tikz.diagram.changes import Change
from ncd_tikz.diagram.difference import Difference, StepDifference, differences, sides
from ncd_tikz.diagram.dressing import dress_changes
from ncd_tikz.diagram.renaming import renamed_axes
from ncd_tikz.diagram.wording import learns, operation_of, said
from ncd_tikz.layout import lay_out
from ncd_tikz.layout.likeness import Likeness, likeness

if TYPE_CHECKING:
    from ncd_tikz.diagram import Diagram
    from ncd_tikz.equivalence import Verdict

State = Literal["same", "sizes", "differs", "not compared", "not run"]
Run = Callable[[tuple[Difference, ...], int, int], "tuple[Verdict, ...]"]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two specs, aligned side by side, run where that was possible, and drawn."""

    left: Diagram
    right: Diagram
    names: tuple[str, str]
    differences: tuple[Difference, ...]
    verdicts: tuple[Verdict, ...] | None  # None: nothing was run
    figures: Likeness
    dress: tuple[Change, ...]

    @property
    def text_is_same(self) -> bool:
        """Whether it is one text, imports and all."""
        return self.left.digest == self.right.digest

    @property
    def state(self) -> State:
        """What they are as functions, in a word.

        "sizes": the same at equal sizes, but declared with others; "not run": torch is missing, or
        nobody wants it.
        """
        if self.text_is_same:
            return "same"
        if len(sides(self.left)) != len(sides(self.right)):
            return "differs"
        if self.verdicts is None:
            return "not run"
        states = {verdict.state for verdict in self.verdicts}
        if "differs" in states:
            return "differs"
        if states != {"same"}:
            return "not compared"
        return "sizes" if self.other_sizes else "same"

    @property
    def other_sizes(self) -> tuple[tuple[str, int, int], ...]:
        """Declared sizes that have other numbers: name, in the left one, in the right one."""
        mine, theirs = self.left.default_sizes(), self.right.default_sizes()
        words = renamed_axes(self.differences[0].alignment)
        pairs = [(words.get(name, name), number) for name, number in mine.items()]
        return tuple(
            (name, number, theirs[name]) for name, number in pairs if theirs.get(name, number) != number
        )

    @property
    def only_names(self) -> bool:
        """Whether nothing but names, order and presentation is written otherwise."""
        return all(each.only_names for each in self.differences)

    @property
    def changed(self) -> tuple[tuple[int, int, StepDifference], ...]:
        """The steps that differ, with their numbers in text and picture and their side."""
        found = [(side, step) for side, each in enumerate(self.differences, 1) for step in each.changed]
        return tuple((number, side, step) for number, (side, step) in enumerate(found, 1))

    @property
    def code(self) -> int:
        """The exit code: 0 for the same function."""
        if self.state == "not run":
            return 0 if self.only_names else 1
        return 0 if self.state == "same" else 1


def compare(
    left: Diagram, right: Diagram, names: tuple[str, str], run: Run | None, draws: int, seed: int
) -> Compared:
    """Align, run where `run` says how, and lay out.

    Args:
        left: drawn first, called A.
        right: called B.
        names: as they were given.
        run: evaluates what was aligned; None where nothing is to be run.
        draws: of sizes.
        seed: of the draws.
    """
    found = differences(left, right)
    same = left.digest == right.digest
    verdicts = run(found, draws, seed) if run is not None and not same else None
    dress = tuple(
        Change(
            change.kind,
            f"{change.what}{f' of side {number}' if len(found) > 1 else ''}",
            change.before,
            change.after,
        )
        for number, each in enumerate(found, 1)
        for change in dress_changes(each.alignment)
    )
    return Compared(left, right, names, found, verdicts, likeness(lay_out(left), lay_out(right)), dress)


def headline(found: Compared) -> str:
    """What they are as functions, in a sentence."""
    state, count = found.state, [len(sides(each)) for each in (found.left, found.right)]
    if found.text_is_same:
        return "the same text"
    if state == "differs" and count[0] != count[1]:
        return f"NOT the same: A has {count[0]} side{'s' * (count[0] > 1)}, B has {count[1]}"
    if state == "not run":
        told = (
            "nothing but names and presentation differs"
            if found.only_names
            else "they are written differently"
        )
        return f"{told}; values were not compared"
    notes = [verdict.note for verdict in found.verdicts or () if verdict.note]
    note = f" ({'; '.join(dict.fromkeys(notes))})" if notes else ""
    if state == "same":
        return f"the same function{note}: {_evidence(found)}"
    if state == "sizes":
        sizes = ", ".join(f"{name} is {one} in A and {other} in B" for name, one, other in found.other_sizes)
        return f"the same function at equal sizes{note}, but {sizes}: {_evidence(found)}"
    return "NOT the same function" if state == "differs" else "could not be compared"


def details(found: Compared) -> list[str]:
    """Why, where, and by how much."""
    lines: list[str] = []
    for number, verdict in enumerate(found.verdicts or (), 1):
        if verdict.ok:
            continue
        told = [verdict.failure] if verdict.failure else []
        if verdict.parting:
            told.append(f"first part at {verdict.parting}")
        bad = next((draw for draw in verdict.draws if not draw.ok), None)
        if bad is not None:
            worst = next((str(each) for each in bad.comparisons if not each.ok), bad.failure)
            told.append(f"with {bad}: {worst or 'nothing was compared'}")
        lines += [f"side {number}: {line}" if len(found.verdicts or ()) > 1 else line for line in told]
    return lines


def _evidence(found: Compared) -> str:
    verdicts = found.verdicts or ()
    numbers = sum(verdict.entries for verdict in verdicts)
    draws = sum(len(verdict.draws) for verdict in verdicts)
    worst = max(each.relative for verdict in verdicts for draw in verdict.draws for each in draw.comparisons)
    return (
        f"{numbers:,} numbers forward and backward in {draws} draws of sizes, "
        f"largest relative difference {worst:.2g}"
    )


def step_words(step: StepDifference) -> tuple[str, str]:
    """A step's name, and what is otherwise about it."""
    shown, home = (step.right, step.right_home) if step.right else (step.left, step.left_home)
    assert shown is not None
    if step.sign in "+-":
        return operation_of(shown), said(home, shown).partition(" ")[2] or said(home, shown)
    if step.sign == ">":
        assert step.left is not None
        return operation_of(shown), f"moved from {step.left.path}, the same otherwise"
    made = ", ".join(home.values[value].name for value in shown.outputs)
    label = f" {shown.label}" if shown.label and learns(shown) else f" ({made})" if made else ""
    return f"{operation_of(shown)}{label}", "; ".join(map(str, step.changes))


def places(step: StepDifference) -> str:
    """Where a step stands in both files: `a.yaml:20:5, b.yaml:21:5`."""
    return ", ".join(dict.fromkeys(str(each.at) for each in (step.left, step.right) if each))
