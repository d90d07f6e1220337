"""Their module, built for one draw and held to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ncd_tikz.equivalence.case import Case, compare_outputs, pull_back
from ncd_tikz.equivalence.compare import compare
from ncd_tikz.equivalence.foreign.build import DTYPES, build
from ncd_tikz.equivalence.foreign.calling import Signature
from ncd_tikz.equivalence.foreign.errors import failed
from ncd_tikz.equivalence.foreign.parameters import Held, Parameters
from ncd_tikz.equivalence.report import Comparison
from ncd_tikz.equivalence.stages import enter
from ncd_tikz.spec.nodes import CheckNode


class Subject:
    """One entry under `check:`, for one draw.

    Args:
        node: the entry.
        target: what it names.
        case: the draw.
        batched: whether it takes batch axes; else special inputs are given to it one by one.

    Raises:
        Theirs: it cannot be built, or the entry does not fit it.
    """

    def __init__(self, node: CheckNode, target: Any, case: Case, batched: bool = True) -> None:
        self.node, self.case, self.batched = node, case, batched
        self.signature = Signature(node, case)
        self.function: Callable[..., Any] = build(node, target, case)
        self.model = self.function if isinstance(self.function, nn.Module) else None
        self.parameters = Parameters(node, self.model, case)
        self.dtype = DTYPES[node.dtype]

    @property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """Our learned tensors, by their name in the lifted meaning -> what holds them in theirs."""
        return {ours: (theirs,) for ours, theirs in self.parameters.names.items()}

    def run(self, inputs: Sequence[Tensor], parameters: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
        """Their outputs, in our layout, with our parameters.

        Raises:
            Theirs: calling it fails, or it returns something else.
        """
        self.parameters.write(parameters)
        return tuple(self.signature.to_ours(self.signature.call(self.function, inputs)))

    def gradients(self, outputs: Sequence[Tensor]) -> Mapping[str, Tensor | None]:
        """Of our learned tensors, those of tied ones left out, after `run` has given these outputs."""
        leaves = [tensor for tensor in self.case.inputs if tensor.requires_grad]  # torch minds if left out
        leaves += self.parameters.leaves()
        found = pull_back(outputs, leaves, self.case.cotangents)
        theirs = dict(zip(map(id, leaves), found, strict=True))
        known: dict[str, Tensor | None] = {}
        for held, *others in self.parameters.groups():
            gradient = theirs.get(id(self.parameters.named[held.theirs.name]))
            if not others:
                known[held.entry.name] = None if gradient is None else held.stored(held.view(gradient))
        return known

    def compare(self) -> tuple[Comparison, ...]:
        """Outputs, gradients, and in training mode buffers, beside the lifted ones.

        Raises:
            Theirs: calling it fails, or it returns something else.
        """
        case, rounding = self.case, self.case.rounding(self.dtype)
        self.parameters.write(case.parameters)
        theirs = self._call(case.inputs)
        wrong = self.signature.wrong_shapes(theirs)
        outputs = self.signature.to_ours(theirs)
        made = [
            Comparison(each.what, False, 0, words=wrong[each.what]) if each.what in wrong else each
            for each in compare_outputs(case, outputs, rounding)
        ]
        if any(comparison.words for comparison in made) or case.special:
            return tuple(made)
        return (*made, *self._gradients(outputs, rounding), *self._buffers(rounding))

    def _call(self, inputs: Sequence[Tensor]) -> list[Tensor]:
        """Their outputs, in their layout; special inputs one by one where they take no batch axis."""
        if self.batched or not self.case.special:
            return self.signature.call(self.function, inputs)
        rows = [
            self.signature.call(self.function, row)
            for row in zip(*(each.unbind(0) for each in inputs), strict=True)
        ]
        place = [layout.batch_at for _, layout in self.signature.outputs]
        return [torch.stack(column, at) for at, column in zip(place, zip(*rows, strict=True), strict=True)]

    def _gradients(self, outputs: Sequence[Tensor], rounding: float) -> list[Comparison]:
        case = self.case
        inputs = [tensor for tensor in case.inputs if tensor.requires_grad]
        leaves = self.parameters.leaves()
        enter("backward")
        try:
            found = pull_back(outputs, [*inputs, *leaves], case.cotangents)
        except Exception as error:
            raise failed("its backward", "gradient", error) from None
        ours = dict(zip(case.parameters_with_gradients, case.gradients[len(inputs) :], strict=True))
        theirs = dict(zip(map(id, leaves), found[len(inputs) :], strict=True))
        made = [
            compare(f"gradient of {name}", mine, expected, rounding)
            for (name, _), mine, expected in zip(case.leaves, found, case.gradients, strict=False)
        ]
        for group in self.parameters.groups():
            tensor = self.parameters.named[group[0].theirs.name]
            made.append(self._of_group(group, theirs.get(id(tensor)), ours, rounding))
        for name, parameter in self.parameters.unused():
            gradient = theirs.get(id(parameter))
            if gradient is not None and bool((gradient != 0).any()):
                words = "is not zero, though 'unused' says that the outputs do not depend on it"
                made.append(Comparison(f"gradient of {name}", False, gradient.numel(), words=words))
        return made

    def _of_group(
        self, group: Sequence[Held], found: Tensor | None, ours: Mapping[str, Tensor | None], rounding: float
    ) -> Comparison:
        """The gradient of one learned tensor of theirs, beside ours (of tied ones, beside their sum)."""
        first = group[0]
        known = [each for held in group if (each := ours.get(held.entry.name)) is not None]
        expected = None
        if known:
            expected = torch.stack([each.reshape(first.entry.stored) for each in known]).sum(0)
        mine = None if found is None else first.stored(first.view(found))
        name = first.theirs.name if first.theirs.is_whole else f"{first.theirs.name} ({first.ours})"
        return compare(f"gradient of {name}", mine, expected, rounding)

    def _buffers(self, rounding: float) -> list[Comparison]:
        updates = self.case.evaluation.buffers
        return [
            compare(
                f"buffer {held.theirs.name}",
                held.stored(held.view(self.parameters.named[held.theirs.name])).detach().to(torch.float64),
                updates[held.entry.name],
                rounding,
            )
            for held in self.parameters.held
            if held.entry.name in updates
        ]
