"""One draw: sizes, inputs, parameters, and what the lifted meaning makes of them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ncd_tikz.diagram import Diagram
from ncd_tikz.equivalence.compare import compare, spread
from ncd_tikz.equivalence.drawing import draw_sizes
from ncd_tikz.equivalence.evaluate import Evaluation, Learned, Link, evaluate, learned
from ncd_tikz.equivalence.report import Comparison
from ncd_tikz.equivalence.sizes import complete, free_symbols
from ncd_tikz.equivalence.values import random_inputs, random_parameters
from ncd_tikz.pytorch import part_name
from ncd_tikz.pytorch.fronts import unbatched

_TRIES = 6

Gradients = tuple["Tensor | None", ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A draw, evaluated by lifting."""

    diagram: Diagram
    sizes: Mapping[str, int]
    batch: tuple[int, ...]
    inputs: tuple[Tensor, ...]
    learned: tuple[Learned, ...]
    parameters: Mapping[str, Tensor]  # by their name in the lifted meaning
    cotangents: tuple[Tensor, ...]  # one per output
    evaluation: Evaluation
    gradients: Gradients  # of the leaves: real inputs, then parameters
    training: bool = False

    @property
    def shown(self) -> tuple[tuple[str, int], ...]:
        """The free sizes, in source order."""
        return tuple((name, self.sizes[name]) for name in free_symbols(self.diagram))

    @property
    def leaves(self) -> tuple[tuple[str, Tensor], ...]:
        """The inputs that have gradients."""
        names = [self.diagram.values[number].name for number in self.diagram.inputs]
        return tuple((name, x) for name, x in zip(names, self.inputs, strict=True) if x.requires_grad)

    @property
    def names(self) -> dict[str, str]:
        """Learned tensors and buffers -> their names in the generated module's state dict."""
        return {entry.name: state_name(entry) for entry in self.learned}

    def lacking(self, value: int) -> bool:
        """Whether a value of the diagram may lack the batch axes: no input reaches it."""
        return bool(self.batch) and unbatched(self.diagram)[value]


def state_name(entry: Learned) -> str:
    """The name of a learned tensor in the generated module's state dict."""
    return ".".join(part for part in (path_name(entry.links), entry.parameter.name) if part)


def path_name(links: Sequence[Link]) -> str:
    """The submodule that the steps lead to, in the generated module."""
    parts: list[str] = []
    for link in links:
        parts.append(part_name(link.step.attribute))
        if link.part >= 0:
            parts.append(str(link.part))
    return ".".join(parts)


def make_case(
    diagram: Diagram,
    seed: int,
    number: int,
    batch: Sequence[int],
    sizes: Mapping[str, int] | None = None,
    others: Sequence[Diagram] = (),
    training: bool = False,
) -> Case:
    """Draw number `number` under `seed`.

    Where the values come out NaN (a logarithm of a negative number), other draws are tried, positive
    ones too. `sizes` fixes the sizes instead of drawing them; sizes that are drawn fit `others`, too.
    """
    chance = random.Random(f"{seed} {number}")
    chosen = draw_sizes(diagram, chance, others) if sizes is None else complete(diagram, sizes)
    generator = torch.Generator().manual_seed(chance.randrange(2**31))
    front = tuple(batch) if diagram.inputs else ()
    entries = learned(diagram, chosen)
    for attempt in range(_TRIES):
        positive = attempt % 2 == 1
        inputs = random_inputs(diagram, chosen, generator, front, positive)
        parameters = random_parameters(entries, generator, positive)
        evaluation = evaluate(diagram, inputs, parameters, chosen, len(front), training)
        cotangents = tuple(
            torch.randn(output.shape, generator=generator, dtype=torch.float64)
            for output in evaluation.outputs
        )
        leaves = [tensor for tensor in (*inputs, *parameters.values()) if tensor.requires_grad]
        gradients = pull_back(evaluation.outputs, leaves, cotangents)
        made = [*evaluation.outputs, *(gradient for gradient in gradients if gradient is not None)]
        if not any(bool(tensor.isnan().any()) for tensor in made):
            break
    made_of = (inputs, entries, parameters, cotangents, evaluation, gradients)
    return Case(diagram, chosen, front, *made_of, training)


def pull_back(outputs: Sequence[Tensor], leaves: Sequence[Tensor], cotangents: Sequence[Tensor]) -> Gradients:
    """The gradients of all leaves; None for those that no output depends on."""
    paired = [(y, c) for y, c in zip(outputs, cotangents, strict=True) if y.requires_grad]
    if not paired or not leaves:
        return (None,) * len(leaves)
    gradients: Gradients = torch.autograd.grad(
        [y for y, _ in paired], list(leaves), [c for _, c in paired], allow_unused=True, retain_graph=True
    )
    return gradients


def compare_case(
    case: Case, outputs: Sequence[Tensor], inputs: Sequence[Tensor], parameters: Sequence[tuple[str, Tensor]]
) -> tuple[Comparison, ...]:
    """Outputs and gradients of a module against the lifted ones.

    Args:
        outputs: of the module, as many as the diagram has.
        inputs: what the module was given.
        parameters: the module's own, in the order of `case.learned`, with the names to show.
    """
    outputs = [
        spread(found, expected.shape) if case.lacking(number) else found
        for number, found, expected in zip(
            case.diagram.outputs, outputs, case.evaluation.outputs, strict=True
        )
    ]
    names = [case.diagram.values[number].name for number in case.diagram.outputs]
    made = [
        compare(f"output {name}", found, expected)
        for name, found, expected in zip(names, outputs, case.evaluation.outputs, strict=True)
    ]
    if any(comparison.words for comparison in made):  # no cotangent fits
        return tuple(made)
    leaves = [tensor for tensor in inputs if tensor.requires_grad]
    gradients = pull_back(outputs, [*leaves, *(tensor for _, tensor in parameters)], case.cotangents)
    shown = [*(name for name, _ in case.leaves), *(name for name, _ in parameters)]
    made.extend(
        compare(f"gradient of {name}", found, expected)
        for name, found, expected in zip(shown, gradients, case.gradients, strict=True)
    )
    return tuple(made)
