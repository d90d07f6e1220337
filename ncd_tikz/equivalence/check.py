"""The verdict: do the spec's own meaning, the generated module and other modules compute the same?"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from ncd_tikz.diagram import Diagram
from ncd_tikz.equivalence.backward import find_gradient_parting
from ncd_tikz.equivalence.case import Case, compare_case, make_case, state_name
from ncd_tikz.equivalence.foreign import check_foreign
from ncd_tikz.equivalence.lift import LiftError
from ncd_tikz.equivalence.report import Draw, Parting, Report, Verdict
from ncd_tikz.equivalence.sizes import SizesError
from ncd_tikz.equivalence.structure import compare_structure, copy_parameters
from ncd_tikz.equivalence.trace import Recorder, find_parting, instrument, step_parting
from ncd_tikz.pytorch import arguments, main_class, part_name, run_source, to_source
from ncd_tikz.pytorch.names import class_name

BATCHES: tuple[tuple[int, ...], ...] = ((), (2,), (1, 2))
_SUBJECT = "generated module"
_UNKNOWN = "the spec itself cannot be evaluated"


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
    pairwise different prime sizes; the first draw without batch axes, the next ones with.

    Args:
        diagram: what `load` or `loads` gave.
        source: instead of the generated module's source, for example after an edit by hand.
        module: instead of the generated module: a class or factory that takes the sizes it takes, or an
            instance at the spec's own sizes; parameters have the generated module's names.
        draws: how many.
        seed: of the draws.
        against: whether to check the modules under `check:`, too.
    """
    cases = _Cases(diagram, seed)
    if module is not None:
        verdicts = [_check_module(diagram, module, draws, cases)]
    else:
        verdicts = [_check_source(diagram, to_source(diagram) if source is None else source, draws, cases)]
    if against:
        verdicts += [check_foreign(node, draws, cases) for node in diagram.checks]
    return Report(diagram.name, tuple(verdicts))


class _Cases:
    """The draws of one check, each made once."""

    def __init__(self, diagram: Diagram, seed: int) -> None:
        self.diagram = diagram
        self.seed = seed
        self.made: dict[tuple[int, tuple[int, ...]], Case] = {}

    def __call__(self, number: int, batch: tuple[int, ...]) -> Case:
        key = (number, batch)
        if key not in self.made:
            self.made[key] = make_case(self.diagram, self.seed, number, batch)
        return self.made[key]


def _check_source(diagram: Diagram, source: str, draws: int, cases: _Cases) -> Verdict:
    name, file = main_class(diagram), f"<ncd-tikz {diagram.name}>"
    try:
        build = run_source(source, file)[name]
    except KeyError:
        return Verdict(_SUBJECT, (), f"the source has no class {name}")
    except Exception as error:
        return Verdict(_SUBJECT, (), f"the source does not run: {_tell(error, source, file)}")
    taken = _keywords(source, name, arguments(diagram))
    done: list[Draw] = []
    for number in range(draws):
        try:
            case = cases(number, BATCHES[number % len(BATCHES)])
        except (LiftError, SizesError) as error:
            return Verdict(_SUBJECT, tuple(done), f"{_UNKNOWN}: {error}", set_up=True)
        sizes = {key: case.sizes[symbol] for symbol, key in taken.items()}
        try:
            model = build(**sizes)
        except Exception as error:
            words = f"{name} cannot be built: {_tell(error, source, file)}"
            return Verdict(_SUBJECT, tuple(done), words, _init_parting(diagram, source, error, file))
        draw, structure = _run(case, model, lambda error: _tell(error, source, file))
        done.append(draw)
        if not draw.ok:
            if draw.undefined:
                return Verdict(_SUBJECT, tuple(done))
            parting = structure or _trace(diagram, source, file, name, sizes, case, draw)
            return Verdict(_SUBJECT, tuple(done), "", parting)
    return Verdict(_SUBJECT, tuple(done))


def _check_module(
    diagram: Diagram, module: Callable[..., nn.Module] | nn.Module, draws: int, cases: _Cases
) -> Verdict:
    """A module that comes without source: nothing can be traced, outputs and gradients are compared."""
    subject = "given module"
    done: list[Draw] = []
    for number in range(draws):
        batch = BATCHES[number % len(BATCHES)]
        try:
            if isinstance(module, nn.Module):
                case = make_case(diagram, cases.seed, number, batch, sizes={})
            else:
                case = cases(number, batch)
        except (LiftError, SizesError) as error:
            return Verdict(subject, tuple(done), f"{_UNKNOWN}: {error}", set_up=True)
        try:
            model = (
                module
                if isinstance(module, nn.Module)
                else module(**{symbol: case.sizes[symbol] for symbol in arguments(diagram)})
            )
        except Exception as error:
            return Verdict(subject, tuple(done), f"it cannot be built: {type(error).__name__}: {error}")
        draw, structure = _run(case, model, lambda error: f"{type(error).__name__}: {error}")
        done.append(draw)
        if not draw.ok:
            return Verdict(subject, tuple(done), "", structure)
    return Verdict(subject, tuple(done))


def _run(case: Case, model: nn.Module, tell: Callable[[Exception], str]) -> tuple[Draw, Parting | None]:
    """One draw; with the parting where the parameters already differ."""
    names = {entry.name: state_name(entry) for entry in case.learned}
    words, entry = compare_structure(model, case.learned, names, "the module")
    if words:
        parting = step_parting(entry.steps, names[entry.name], words) if entry else _of_part(case, words)
        return Draw(case.shown, case.batch, (), words), parting
    model = model.double().eval()
    parameters = copy_parameters(model, case.parameters, names)
    try:
        result = model(*case.inputs)
    except Exception as error:
        return Draw(case.shown, case.batch, (), f"forward fails: {tell(error)}"), None
    outputs = result if isinstance(result, tuple) else (result,)
    wrong = output_words(outputs, len(case.diagram.outputs))
    if wrong:
        return Draw(case.shown, case.batch, (), wrong), None
    return Draw(case.shown, case.batch, compare_case(case, outputs, case.inputs, parameters)), None


def output_words(outputs: Sequence[object], expected: int) -> str:
    """What is wrong with the outputs as such; empty where nothing is."""
    if len(outputs) != expected:
        return f"the module returns {len(outputs)} outputs, expected {expected}"
    foreign = [type(output).__name__ for output in outputs if not isinstance(output, torch.Tensor)]
    return f"the module returns {', '.join(foreign)} where tensors are expected" if foreign else ""


def _trace(
    diagram: Diagram, source: str, file: str, name: str, sizes: dict[str, int], case: Case, draw: Draw
) -> Parting | None:
    recorder = Recorder()
    model = instrument(source, file, recorder)[name](**sizes).double().eval()
    copy_parameters(model, case.parameters, {entry.name: state_name(entry) for entry in case.learned})
    recorder.watch(model)
    stopped = ""
    outputs: Any = ()
    try:
        outputs = model(*case.inputs)
    except Exception as error:
        stopped = _tell(error, source, file)
    parting = find_parting(diagram, source, recorder.events, case.evaluation.moments, stopped)
    if parting:
        return parting
    bad = [comparison for comparison in draw.comparisons if not comparison.ok]
    if bad and all(comparison.what.startswith("gradient") for comparison in bad):
        wrong = {comparison.what.removeprefix("gradient of ") for comparison in bad}
        made = outputs if isinstance(outputs, tuple) else (outputs,)
        found = find_gradient_parting(case, made, recorder.events, wrong)
        if found:
            return found
        words = "all values agree, but not the " + bad[0].what
    else:
        words = stopped or "all steps agree, but not what is returned"
    return Parting("outputs", "", "", "", None, words)


def _of_part(case: Case, words: str) -> Parting | None:
    """The step whose learned part the words speak of: it has a parameter too many."""
    found = re.match(r"the module has '([\w.]+)'", words)
    if not found:
        return None
    path = found[1].split(".")
    steps, inside = [], case.diagram
    for part in path:
        step = next((step for step in inside.steps if part_name(step.attribute) == part), None)
        if step is None:
            break
        steps.append(step)
        inside = getattr(step.operation, "diagram", inside)
    return step_parting(steps, found[1], words) if steps else None


def _init_parting(diagram: Diagram, source: str, error: Exception, file: str) -> Parting | None:
    """The step whose learned part could not be built, by the line that failed."""
    line = _line(error, file)
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    for diagram_inside, steps in _diagrams(diagram, ()):
        owner = next((node for node in classes if node.name == class_name(diagram_inside.name)), None)
        if owner is None or not owner.lineno <= line <= (owner.end_lineno or 0):
            continue
        statement = next(
            (
                node
                for node in ast.walk(owner)
                if isinstance(node, ast.Assign) and node.lineno <= line <= (node.end_lineno or 0)
            ),
            None,
        )
        if statement is None:
            return None
        target = statement.targets[0]
        for step in diagram_inside.steps:
            if isinstance(target, ast.Attribute) and part_name(step.attribute) == target.attr:
                return step_parting((*steps, step), target.attr, f"its part cannot be built: {error}")
    return None


def _diagrams(diagram: Diagram, steps: tuple[Any, ...]) -> list[tuple[Diagram, tuple[Any, ...]]]:
    found = [(diagram, steps)]
    for step in diagram.steps:
        inner = getattr(step.operation, "diagram", None)
        if isinstance(inner, Diagram):
            found.extend(_diagrams(inner, (*steps, step)))
    return found


def _keywords(source: str, name: str, symbols: Sequence[str]) -> dict[str, str]:
    """Symbols -> keyword arguments of the class, in order; all symbols where the source says otherwise."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and part.name == "__init__":
                    keys = [argument.arg for argument in part.args.kwonlyargs]
                    if len(keys) == len(symbols):
                        return dict(zip(symbols, keys, strict=True))
    return {symbol: symbol for symbol in symbols}


def _line(error: BaseException, file: str) -> int:
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _tell(error: Exception, source: str, file: str) -> str:
    message = str(error).strip().split("\n")[0]
    line = getattr(error, "lineno", 0) if isinstance(error, SyntaxError) else _line(error, file)
    lines = source.splitlines()
    code = f" in line {line}: {lines[line - 1].strip()}" if line and line <= len(lines) else ""
    return f"{type(error).__name__}: {message}{code}"
