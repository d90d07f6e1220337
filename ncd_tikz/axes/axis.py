"""Axes and tensors: what wires stand for."""

from __future__ import annotations

from typing import Literal

from ncd_tikz.axes.expression import Expression
from ncd_tikz.frozen import frozen

Kind = Literal["real", "mask", "index"]


@frozen
class Axis:
    """One axis of a tensor: a wire.

    `name` is unique within a tensor and is how signatures speak of the axis (`y`, `x'`, `28`,
    `(k h)`); `sizes` has one entry, or several for an axis group, which is drawn double;
    `label` is LaTeX for math mode, without dollars.
    """

    name: str
    sizes: tuple[Expression, ...]
    label: str

    @property
    def rank(self) -> int:
        """How many tensor dimensions the axis stands for: one, or more for a group."""
        return len(self.sizes)

    def alias(self, name: str) -> Axis:
        """The same size and label under another name."""
        return Axis(name, self.sizes, self.label)


@frozen
class Tensor:
    """A tensor type: its axes top to bottom, and what its entries are.

    `kind` is `real`, `mask` (booleans, true keeps) or `index` (whole numbers in [0, below)).
    """

    axes: tuple[Axis, ...]
    kind: Kind = "real"
    below: Expression | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The axes' names, in order."""
        return tuple(axis.name for axis in self.axes)

    def __str__(self) -> str:
        return "(" + ", ".join(self.names) + ")"
