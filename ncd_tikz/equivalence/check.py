"""The verdict: do the spec's own meaning, the generated module and other modules compute the same?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from torch import nn

from ncd_tikz.diagram import Diagram
from ncd_tikz.equivalence.case import make_case
from ncd_tikz.equivalence.cases import Cases
from ncd_tikz.equivalence.drawing import SizesError
from ncd_tikz.equivalence.equation import check_sides
from ncd_tikz.equivalence.foreign import check_foreign
from ncd_tikz.equivalence.generated import UNKNOWN, check_source, run
from ncd_tikz.equivalence.lift import LiftError
from ncd_tikz.equivalence.proposal import propose
from ncd_tikz.equivalence.report import Draw, Report, Verdict
from ncd_tikz.pytorch import arguments, side_classes, to_source


def check(
    diagram: Diagram,
    *,
    source: str | None = None,
    module: Callable[..., nn.Module] | nn.Module | None = None,
    draws: int = 3,
    seed: int = 0,
    against: bool = True,
) -> Report:
    """Compare lifted evaluation with the generated module, and with the modules under `check:`.

    Forward and gradients (of inputs and all parameters, random cotangents), in float64, over draws of
    pairwise different prime sizes; the first draw without batch axes, the next ones with. Where an
    operation is another function in training mode, further draws compare that, and what its buffers
    become. Of an equation each side is compared with its module, and with the side before it where
    they are joined by `=`.

    Args:
        diagram: what `load` or `loads` gave.
        source: instead of the generated module's source, for example after an edit by hand.
        module: instead of the generated module: a class or factory that takes the sizes it takes, or an
            instance at the spec's own sizes; parameters have the generated module's names.
        draws: how many.
        seed: of the draws.
        against: whether to check the modules under `check:`, too.
    """
    parts = Checking(diagram, draws, seed)
    verdicts = list(parts.own(source, module))
    if against:
        verdicts += [parts.entry(number) for number in range(len(diagram.checks))]
    return Report(diagram.name, tuple(verdicts))


class Checking:
    """A check in parts: what the spec says about itself, then each module under `check:`.

    The parts share their draws, so the lifted meaning is evaluated once for all of them.
    """

    def __init__(self, diagram: Diagram, draws: int = 3, seed: int = 0, propose: bool = False) -> None:
        self.diagram, self.draws, self.propose = diagram, draws, propose
        self.sides = (diagram, *(side.diagram for side in diagram.equals))
        self.cases = [Cases(side, seed, self.sides) for side in self.sides]

    def own(
        self, source: str | None = None, module: Callable[..., nn.Module] | nn.Module | None = None
    ) -> Iterator[Verdict]:
        """The generated module's verdict, and of an equation each side's; for the arguments see `check`."""
        if module is not None:
            yield _check_module(self.cases[0], module, self.draws)
            return
        text = to_source(self.diagram) if source is None else source
        named = zip(self.cases, side_classes(self.diagram), _subjects(self.sides), strict=True)
        for cases, name, subject in named:
            yield check_source(cases, text, name, self.draws, subject)
        yield from check_sides(self.diagram, self.cases, self.draws)

    def entry(self, number: int) -> Verdict:
        """The verdict on one module under `check:`; this imports it, which runs its code."""
        node = self.diagram.checks[number]
        if self.propose:
            return propose(node, self.cases[0])
        return check_foreign(node, self.draws, self.cases[0])


def _subjects(sides: Sequence[Diagram]) -> list[str]:
    if len(sides) == 1:
        return ["generated module"]
    return [f"generated module of side {number}" for number in range(1, len(sides) + 1)]


def _check_module(cases: Cases, module: Callable[..., nn.Module] | nn.Module, draws: int) -> Verdict:
    """A module that comes without source: nothing can be traced, outputs and gradients are compared."""
    subject, diagram = "given module", cases.diagram
    done: list[Draw] = []
    try:
        schedule = cases.schedule(draws)
    except SizesError as error:
        return Verdict(subject, (), f"{UNKNOWN}: {error}", set_up=True)
    for number, batch, training in schedule:
        try:
            if isinstance(module, nn.Module):
                case = make_case(diagram, cases.seed, number, batch, sizes={}, training=training)
            else:
                case = cases(number, batch, training)
        except (LiftError, SizesError) as error:
            return Verdict(subject, tuple(done), f"{UNKNOWN}: {error}", set_up=True)
        try:
            model = (
                module
                if isinstance(module, nn.Module)
                else module(**{symbol: case.sizes[symbol] for symbol in arguments(diagram)})
            )
        except Exception as error:
            return Verdict(subject, tuple(done), f"it cannot be built: {type(error).__name__}: {error}")
        draw, structure = run(case, model, lambda error: f"{type(error).__name__}: {error}")
        done.append(draw)
        if not draw.ok:
            return Verdict(subject, tuple(done), "", structure)
    return Verdict(subject, tuple(done))
