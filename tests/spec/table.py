"""The table of broken specs, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
GOOD = (HERE / "good.yaml").read_text(encoding="utf-8")
GOODS = ("good.yaml", "good_loops.yaml", "good_equation.yaml")


@dataclass
class Fault:
    """One entry of the table."""

    title: str
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)
    first: str = ""
    others: list[str] = field(default_factory=list)
    base: str = "good.yaml"

    def text(self) -> str:
        """The broken spec."""
        if self.whole:
            return "\n".join(
                line.encode("latin-1", "backslashreplace").decode("unicode_escape") for line in self.whole
            )
        old, new = "\n".join(self.old), "\n".join(self.new)
        good = good_text(self.base)
        assert good.count(old) == 1, f"{old!r} must stand once in {self.base}"
        return good.replace(old, new) if new else good.replace(old + "\n", "").replace(old, "")


def good_text(name: str) -> str:
    """The text of a good spec."""
    return (HERE / name).read_text(encoding="utf-8")


def faults() -> list[Fault]:
    """The table's entries."""
    found: list[Fault] = []
    for line in (HERE / "broken_specs.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            found.append(Fault(line[3:]))
        elif not line or not found or found[-1].title == "what is wrong":
            continue
        elif line.startswith("@ "):
            found[-1].base = line[2:]
        elif line[:2] in ("- ", "+ ", "= ", "? ") or line in "-+=":
            {"-": found[-1].old, "+": found[-1].new, "=": found[-1].whole, "?": found[-1].others}[
                line[0]
            ].append(line[2:])
        else:
            assert not found[-1].first, f"{found[-1].title}: more than one message"
            found[-1].first = line
    return found[1:]


TABLE = faults()
