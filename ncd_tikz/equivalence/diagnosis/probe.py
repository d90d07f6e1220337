"""What a diagnosis asks of a module: to be run on values that it chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from torch import Tensor, nn

from ncd_tikz.equivalence.case import Case


class Probe(Protocol):
    """Their function, ready to be run."""

    @property
    def case(self) -> Case:
        """The draw, as the diagram means it."""

    @property
    def model(self) -> nn.Module | None:
        """Their module; None for a plain function."""

    @property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """Our learned tensors -> theirs that hold them."""

    def gradients(self, outputs: Sequence[Tensor]) -> Mapping[str, Tensor | None]:
        """Of our learned tensors, as far as each is known alone, after `run` has given these outputs."""

    def run(self, inputs: Sequence[Tensor], parameters: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
        """Their outputs, with the axes in our order, for these inputs and parameters (by our names)."""
