"""What a check found, as data and as text. Nothing here prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ncd_tikz.errors import Position


@dataclass(frozen=True, slots=True)
class Comparison:
    """One tensor against another: an output, or the gradient of an input or parameter.

    `entries` counts what was really compared: equal infinities count as equal, entries that are NaN on
    both sides are not compared and do not count.
    """

    what: str  # "output z", "gradient of Q.weight"
    ok: bool
    entries: int
    error: float = 0.0  # largest absolute difference
    relative: float = 0.0  # the same over the largest absolute value expected
    tolerance: float = 0.0  # absolute
    words: str = ""  # why there is no number, e.g. shapes that differ

    @property
    def allowed(self) -> float:
        """The tolerance, relative to the largest absolute value expected; zero where none was stated."""
        return self.tolerance * self.relative / self.error if self.error and self.relative else 0.0

    def __str__(self) -> str:
        if self.words:
            return f"{self.what}: {self.words}"
        sign = "within" if self.ok else "but allowed is"
        return (
            f"{self.what}: differs by {self.error:.3g} at most (relative {self.relative:.3g}), "
            f"{sign} {self.tolerance:.3g}"
        )


@dataclass(frozen=True, slots=True)
class Parting:
    """The first step at which the values part."""

    path: str  # "steps[5]", inside a block "steps[3] > blocks.mlp.steps[0]"
    name: str  # of the value or learned part
    operation: str
    label: str
    at: Position | None
    words: str
    iteration: str = ""  # "i = 2", inside repetitions

    def __str__(self) -> str:
        shown = f" labelled {self.label!r}" if self.label else ""
        step = f"{self.path} ({self.operation}{shown})" if self.operation else self.path
        step = f"{step} at {self.iteration}" if self.iteration else step
        return f"{step}, {self.at}: {self.words}" if self.at else f"{step}: {self.words}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnosis: what is wrong, where, and what to try.

    >>> print(Finding("axis", "their softmax runs over h", "softmax(dim=-2)", step="steps[5]", axis="h"))
    steps[5]: their softmax runs over h; try: softmax(dim=-2)
    """

    rule: str  # a stable identifier, as "axis" or "bias-missing"
    words: str  # one sentence without its place
    remedy: str  # what to try
    step: str = ""  # "steps[5]", inside a block "steps[3] > blocks.mlp.steps[0]"
    operation: str = ""
    label: str = ""
    at: Position | None = None  # in the YAML
    axis: str = ""
    parameter: str = ""  # ours
    their_parameter: str = ""
    place: str = ""  # in their code, "attention.py:33"
    iteration: str = ""  # "i = 2", inside repetitions

    @property
    def where(self) -> str:
        """The step and its line in the YAML: "steps[5] (softmax), attention.yaml:21:5"."""
        shown = f" labelled {self.label!r}" if self.label else ""
        step = f"{self.step} ({self.operation}{shown})" if self.step and self.operation else self.step
        step = f"{step} at {self.iteration}" if step and self.iteration else step
        return ", ".join(part for part in (step, str(self.at) if self.at else "") if part)

    def __str__(self) -> str:
        sentence = f"{self.where}: {self.words}" if self.where else self.words
        sentence = f"{sentence} ({self.place})" if self.place and self.place not in sentence else sentence
        return f"{sentence}; try: {self.remedy}" if self.remedy else sentence


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw of sizes and what was compared with it."""

    sizes: tuple[tuple[str, int], ...]
    batch: tuple[int, ...]
    comparisons: tuple[Comparison, ...]
    failure: str = ""  # in words, where it did not come to comparing
    set_up: bool = False  # the failure is of `check:` in the spec, and says nothing about their function
    training: bool = False  # in training mode
    special: tuple[str, ...] = ()  # what is special about the inputs, along the batch axis

    @property
    def ok(self) -> bool:
        """Everything agreed, and something of every output was compared."""
        compared = any(c.entries for c in self.comparisons) and not self.undefined
        return self.agrees and (compared or bool(self.special))

    @property
    def agrees(self) -> bool:
        """Nothing differs, if only because nothing could be compared."""
        return not self.failure and all(c.ok for c in self.comparisons)

    @property
    def undefined(self) -> tuple[str, ...]:
        """The outputs that are not a number anywhere, on both sides."""
        if not self.agrees or self.special:
            return ()
        return tuple(c.what for c in self.comparisons if c.what.startswith("output") and not c.entries)

    def __str__(self) -> str:
        sizes = ", ".join(f"{name}={size}" for name, size in self.sizes) or "no free sizes"
        if self.special:
            return f"{sizes}; {len(self.special)} special inputs"
        batch = f"; batch {self.batch}" if self.batch else ""
        return f"{sizes}{batch}{'; in training mode' if self.training else ''}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One module against the diagram's own meaning."""

    subject: str  # "generated module", "mypackage.attention:MultiHeadAttention"
    draws: tuple[Draw, ...]
    failure: str = ""
    parting: Parting | None = None
    note: str = ""
    missing: bool = False  # what `against` names cannot be imported; `failure` says why and where
    set_up: bool = False  # `failure` says nothing about the function
    example: tuple[str, ...] = ()  # the smallest one found where sides differ, in lines
    findings: tuple[Finding, ...] = ()  # why, the best first
    proposal: str = ""  # a mapping of parameters, as YAML
    printed: str = ""  # what their code printed or warned, cut to a few lines

    @property
    def state(self) -> Literal["same", "differs", "undefined", "not compared"]:
        """The verdict in a word."""
        if self.ok:
            return "same"
        if self.missing or self.set_up or any(draw.set_up for draw in self.draws):
            return "not compared"
        if any(draw.undefined for draw in self.draws) and all(draw.agrees for draw in self.draws):
            return "undefined"
        return "differs"

    @property
    def ok(self) -> bool:
        """All draws agreed, and there was at least one."""
        return not self.failure and bool(self.draws) and all(draw.ok for draw in self.draws)

    @property
    def entries(self) -> int:
        """How many numbers were compared."""
        return sum(comparison.entries for draw in self.draws for comparison in draw.comparisons)

    def text(self) -> str:
        """The verdict for people: a line where it is good, what and where where it is not."""
        note = f" ({self.note})" if self.note else ""
        if self.ok:
            compared = [c for draw in self.draws for c in draw.comparisons]
            worst = max(c.relative for c in compared)
            allowed = min((c.allowed for c in compared if c.allowed), default=0.0)
            stated = f", allowed {allowed:.2g}" if allowed else ""
            line = (
                f"{self.subject}: same function{note}: {self.entries} numbers in {len(self.draws)} draws, "
                f"largest relative difference {worst:.2g}{stated}"
            )
            return "\n  ".join([line, *self._printed()])
        state = self.state
        if state == "undefined":
            return "\n  ".join([f"{self.subject}: {self._undefined()}{note}", *self._printed()])
        words = "could not be compared" if state == "not compared" else "NOT the same function"
        lines = [f"{self.subject}: {words}{note}"]
        if self.findings:
            lines.append(str(self.findings[0]))
        if self.failure and not (self.findings and self.failure in lines[-1]):
            lines.append(self.failure)
        if self.parting:
            lines.append(f"first parts at {self.parting}")
        for draw in self.draws:
            if draw.ok:
                continue
            lines.append(f"with {draw}:")
            if draw.failure:
                lines.append(f"  {draw.failure}")
            bad = [comparison for comparison in draw.comparisons if not comparison.ok]
            lines.extend(f"  {comparison}" for comparison in bad[:6])
            if len(bad) > 6:
                lines.append(f"  and {len(bad) - 6} more")
            if not draw.failure and not any(c.entries for c in draw.comparisons):
                lines.append("  nothing was compared")
            break
        if not self.draws and not self.failure:
            lines.append("nothing was compared")
        lines.extend(self.example)
        lines.extend(self._printed())
        return "\n  ".join(lines)

    def _printed(self) -> list[str]:
        if not self.printed:
            return []
        first, *rest = self.printed.split("\n")
        if not rest:
            return [f"their code printed: {first}"]
        return ["their code printed:", *(f"  {line}" for line in (first, *rest))]

    def _undefined(self) -> str:
        draw = next(draw for draw in self.draws if draw.undefined)
        if len(draw.undefined) == sum(c.what.startswith("output") for c in draw.comparisons):
            return "undefined (not a number) on every input tried: nothing could be compared"
        names = " and ".join(draw.undefined)
        return f"{names} undefined (not a number) on every input tried: could not be compared"


@dataclass(frozen=True, slots=True)
class Report:
    """All verdicts on one diagram."""

    name: str
    verdicts: tuple[Verdict, ...]

    @property
    def ok(self) -> bool:
        """Every verdict is good, and there is at least one."""
        return bool(self.verdicts) and all(verdict.ok for verdict in self.verdicts)

    @property
    def parting(self) -> Parting | None:
        """The first parting found."""
        return next((verdict.parting for verdict in self.verdicts if verdict.parting), None)

    def text(self) -> str:
        """All verdicts, a paragraph each."""
        return "\n".join(f"{self.name}: {verdict.text()}" for verdict in self.verdicts)

    __str__ = text
