"""What is to be checked, and within which limits."""

from __future__ import annotations

from dataclasses import dataclass, field

from ncd_tikz.diagram import Diagram
from ncd_tikz.equivalence.isolation.limits import Limits


@dataclass(frozen=True, slots=True)
class Job:
    """One spec.

    `only` are the places of the entries under `check:` that are compared, left out: all. Without `own`
    the spec's own comparison is left out. `propose` looks for mappings in place of comparing.
    """

    diagram: Diagram
    draws: int = 3
    seed: int = 0
    limits: Limits = field(default_factory=Limits)
    own: bool = True
    only: tuple[int, ...] | None = None
    propose: bool = False

    @property
    def entries(self) -> tuple[int, ...]:
        """The places of the entries under `check:` that are compared."""
        every = range(len(self.diagram.checks))
        return tuple(every if self.only is None else (each for each in every if each in self.only))
