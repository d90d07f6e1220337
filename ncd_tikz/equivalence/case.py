"""One draw: sizes, inputs, parameters, and what the lifted meaning makes of them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ncd_tikz.diagram import Diagram
from ncd_tikz.equivalence.compare import RELATIVE, compare, rounding, spread
from ncd_tikz.equivalence.cost import cost
from ncd_tikz.equivalence.drawing import draw_sizes
from ncd_tikz.equivalence.evaluate import Evaluation, Learned, Link, evaluate, learned
from ncd_tikz.equivalence.report import Comparison
from ncd_tikz.equivalence.sizes import complete, free_symbols
from ncd_tikz.equivalence.special import LARGE, special_inputs
from ncd_tikz.equivalence.values import random_inputs, random_parameters
from ncd_tikz.pytorch import part_name
from ncd_tikz.pytorch.fronts import unbatched

_TRIES = 6
_SPECIAL = 10_000  # applications of base definitions that all special inputs together may take

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
    special: tuple[str, ...] = ()  # what is special, along the batch axis; then there are no gradients

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
    def parameters_with_gradients(self) -> tuple[str, ...]:
        """Learned tensors, buffers left out, by their name in the lifted meaning."""
        return tuple(name for name, tensor in self.parameters.items() if tensor.requires_grad)

    def rounding(self, dtype: torch.dtype = torch.float64) -> float:
        """What is allowed of the largest value expected: of the dtype, and of how much is summed.

        The most that any sum adds up is taken to be the entries of the largest tensor.
        """
        tensors = [
            *self.inputs,
            *self.parameters.values(),
            *(each.tensor for each in self.evaluation.moments),
        ]
        return rounding(dtype, max((tensor.numel() for tensor in tensors), default=1))

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
    tied: Sequence[Sequence[str]] = (),
) -> Case:
    """Draw number `number` under `seed`.

    Where the values come out NaN (a logarithm of a negative number), other draws are tried, positive
    ones too. `sizes` fixes the sizes instead of drawing them; sizes that are drawn fit `others`, too.
    Learned tensors that are `tied` (by their names in the generated module) get the same values.
    """
    chance = random.Random(f"{seed} {number}")
    chosen = draw_sizes(diagram, chance, others) if sizes is None else complete(diagram, sizes)
    generator = torch.Generator().manual_seed(chance.randrange(2**31))
    front = tuple(batch) if diagram.inputs else ()
    entries = learned(diagram, chosen)
    for attempt in range(_TRIES):
        positive = attempt % 2 == 1
        inputs = random_inputs(diagram, chosen, generator, front, positive)
        drawn = random_parameters(entries, generator, positive, sign=-1 if number % 2 else 1)
        parameters = tie(entries, drawn, tied)
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


def tie(
    entries: Sequence[Learned], values: Mapping[str, Tensor], groups: Sequence[Sequence[str]]
) -> dict[str, Tensor]:
    """The values with those of each group made equal to its first."""
    names = {state_name(entry): entry.name for entry in entries}
    tied = dict(values)
    for group in groups:
        first, *others = [names[name] for name in group if name in names] or [""]
        for other in others:
            same = tied[first].detach().reshape(tied[other].shape).clone()
            tied[other] = same.requires_grad_(tied[other].requires_grad)
    return tied


def pull_back(outputs: Sequence[Tensor], leaves: Sequence[Tensor], cotangents: Sequence[Tensor]) -> Gradients:
    """The gradients of all leaves; None for those that no output depends on."""
    # One number to go back from: given cotangents, torch would import all of sympy first.
    paired = [(y * c).sum() for y, c in zip(outputs, cotangents, strict=True) if y.requires_grad]
    if not paired or not leaves:
        return (None,) * len(leaves)
    total = torch.stack(paired).sum()
    gradients: Gradients = torch.autograd.grad(total, list(leaves), allow_unused=True, retain_graph=True)
    return gradients


def special_case(case: Case) -> Case | None:
    """The same sizes and parameters on special inputs, one after the other along a batch axis.

    As many as can be evaluated in reasonable time; None where there are none.

    Args:
        case: without batch axes.
    """
    specials = special_inputs(case.diagram, case.inputs, case.sizes)
    most = max(3, _SPECIAL // max(1, cost(case.diagram, case.sizes)))
    specials = specials[:most]
    if not specials:
        return None
    names = tuple(name for name, _ in specials)
    inputs = tuple(torch.stack(column) for column in zip(*(given for _, given in specials), strict=True))
    with torch.no_grad():
        evaluation = evaluate(case.diagram, inputs, case.parameters, case.sizes, 1)
    return Case(
        case.diagram,
        case.sizes,
        (len(names),),
        inputs,
        case.learned,
        case.parameters,
        (),
        evaluation,
        (),
        special=names,
    )


def compare_outputs(
    case: Case, outputs: Sequence[Tensor], allowed: float = RELATIVE
) -> tuple[Comparison, ...]:
    """Outputs of a module, as many as the diagram has, beside the lifted ones.

    Args:
        outputs: in the diagram's layout.
        allowed: relative to the largest value expected.
    """
    made: list[Comparison] = []
    for number, found, expected in zip(case.diagram.outputs, outputs, case.evaluation.outputs, strict=True):
        name = case.diagram.values[number].name
        given = spread(found, expected.shape) if case.lacking(number) else found
        if not case.special or given.shape != expected.shape:
            made.append(compare(f"output {name}", given, expected, allowed))
        else:
            made.extend(_compare_special(case, name, given, expected, allowed))
    return tuple(made)


def _compare_special(
    case: Case, name: str, found: Tensor, expected: Tensor, allowed: float
) -> Iterator[Comparison]:
    """Each of them beside its own; what is not finite in the lifted meaning says nothing here."""
    worst = Comparison(f"output {name} of special inputs", True, 0)
    for place, words in enumerate(case.special):
        mine, wanted = found[place], expected[place]
        factor = LARGE if words == f"inputs times {LARGE:g}" else 1.0
        if wanted.dtype.is_floating_point:
            finite = wanted.isfinite()
            if not bool(finite.any()):
                continue
            mine, wanted = mine[finite], wanted[finite]
        one = compare(f"output {name} with {words}", mine, wanted, allowed * factor)
        if not one.ok:
            yield one
        entries, relative = worst.entries + one.entries, max(worst.relative, one.relative)
        worst = Comparison(worst.what, True, entries, max(worst.error, one.error), relative)
    if worst.entries:
        yield worst


def compare_case(
    case: Case, outputs: Sequence[Tensor], inputs: Sequence[Tensor], parameters: Sequence[tuple[str, Tensor]]
) -> tuple[Comparison, ...]:
    """Outputs and gradients of a module against the lifted ones.

    Args:
        outputs: of the module, as many as the diagram has.
        inputs: what the module was given.
        parameters: the module's own, in the order of `case.learned`, with the names to show.
    """
    allowed = case.rounding()
    made = [*compare_outputs(case, outputs, allowed)]
    if any(comparison.words for comparison in made) or case.special:  # no cotangent fits
        return tuple(made)
    outputs = [
        spread(found, expected.shape) if case.lacking(number) else found
        for number, found, expected in zip(
            case.diagram.outputs, outputs, case.evaluation.outputs, strict=True
        )
    ]
    leaves = [tensor for tensor in inputs if tensor.requires_grad]
    gradients = pull_back(outputs, [*leaves, *(tensor for _, tensor in parameters)], case.cotangents)
    shown = [*(name for name, _ in case.leaves), *(name for name, _ in parameters)]
    made.extend(
        compare(f"gradient of {name}", found, expected, allowed)
        for name, found, expected in zip(shown, gradients, case.gradients, strict=True)
    )
    return tuple(made)
