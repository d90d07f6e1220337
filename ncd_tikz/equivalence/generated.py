"""Generated modules, from their source: what they compute, and the step at which they part."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import nn

from ncd_tikz.diagram import BlockCall, Diagram, Repeat
from ncd_tikz.equivalence.backward import find_gradient_parting
from ncd_tikz.equivalence.case import Case, compare_case
from ncd_tikz.equivalence.cases import Cases
from ncd_tikz.equivalence.compare import compare
from ncd_tikz.equivalence.drawing import SizesError
from ncd_tikz.equivalence.evaluate import Link
from ncd_tikz.equivalence.lift import LiftError
from ncd_tikz.equivalence.modes import set_mode
from ncd_tikz.equivalence.report import Comparison, Draw, Parting, Verdict
from ncd_tikz.equivalence.structure import buffer, compare_structure, copy_parameters
from ncd_tikz.equivalence.trace import Recorder, find_parting, instrument, link_parting, returned_parting
from ncd_tikz.pytorch import arguments, class_names, part_name, run_source

UNKNOWN = "the spec itself cannot be evaluated"


def check_source(cases: Cases, source: str, name: str, draws: int, subject: str) -> Verdict:
    """Compare the class called `name` in `source`.

    Args:
        cases: of the diagram.
        source: the whole module.
        name: of the class.
        draws: how many.
        subject: what the verdict calls it.
    """
    return _Source(cases, source, name, subject).verdict(draws)


class _Source:
    def __init__(self, cases: Cases, source: str, name: str, subject: str) -> None:
        self.cases, self.source, self.name, self.subject = cases, source, name, subject
        self.diagram = cases.diagram
        self.file = f"<ncd-tikz {cases.sides[0].name}>"

    def verdict(self, draws: int) -> Verdict:
        try:
            build = run_source(self.source, self.file)[self.name]
        except KeyError:
            return Verdict(self.subject, (), f"the source has no class {self.name}")
        except Exception as error:
            return Verdict(self.subject, (), f"the source does not run: {self.tell(error)}")
        taken = _keywords(self.source, self.name, arguments(self.diagram))
        done: list[Draw] = []
        try:
            for case in self.cases.draws(draws):
                sizes = {key: case.sizes[symbol] for symbol, key in taken.items()}
                try:
                    model = build(**sizes)
                except Exception as error:
                    words = f"{self.name} cannot be built: {self.tell(error)}"
                    return Verdict(self.subject, tuple(done), words, self.init_parting(error))
                draw, structure = run(case, model, self.tell)
                done.append(draw)
                if not draw.ok:
                    if draw.undefined:
                        return Verdict(self.subject, tuple(done))
                    parting = structure or self.trace(sizes, case, draw)
                    return Verdict(self.subject, tuple(done), "", parting)
        except (LiftError, SizesError) as error:
            return Verdict(self.subject, tuple(done), f"{UNKNOWN}: {error}", set_up=True)
        return Verdict(self.subject, tuple(done))

    def trace(self, sizes: dict[str, int], case: Case, draw: Draw) -> Parting | None:
        """The step at which the values, or the gradients, part."""
        recorder = Recorder()
        model = set_mode(instrument(self.source, self.file, recorder)[self.name](**sizes), case.training)
        copy_parameters(model, case.parameters, case.names)
        recorder.watch(model)
        stopped = ""
        outputs: Any = ()
        try:
            outputs = model(*case.inputs)
        except Exception as error:
            stopped = self.tell(error)
        parting = find_parting(self.diagram, self.source, recorder.events, case.evaluation.moments, stopped)
        if parting:
            return parting
        bad = [comparison for comparison in draw.comparisons if not comparison.ok]
        if bad and all(comparison.what.startswith("gradient") for comparison in bad):
            wrong = {comparison.what.removeprefix("gradient of ") for comparison in bad}
            made = outputs if isinstance(outputs, tuple) else (outputs,)
            found = find_gradient_parting(case, made, recorder.events, wrong) or _of_one_step(case, wrong)
            if found:
                return found
        if bad and bad[0].what.startswith("buffer"):
            return _of_buffer(case, bad[0])
        if bad and bad[0].what.startswith("output") and not stopped:
            returned = returned_parting(self.diagram, self.source, recorder.events, case.evaluation.moments)
            if returned:
                return returned
        words = stopped or "all steps agree, but not what is returned"
        if bad and not bad[0].what.startswith("output"):
            words = "all values agree, but not the " + bad[0].what
        return Parting("outputs", "", "", "", None, words)

    def init_parting(self, error: Exception) -> Parting | None:
        """The step whose learned part could not be built, by the line that failed."""
        line = _line(error, self.file)
        target = _assigned_at(self.source, line)
        if target is None:
            return None
        owner, attribute = target
        wanted = dict(class_names(self.cases.sides[0])).get(owner)
        for inside, links in _diagrams(self.diagram, ()):
            if inside != wanted:
                continue
            for step in inside.steps:
                if part_name(step.attribute) == attribute:
                    words = f"its part cannot be built: {error}"
                    return link_parting((*links, Link(step)), attribute, words)
        return None

    def tell(self, error: Exception) -> str:
        """Type and message of an error, and the line of the source where it is raised."""
        message = str(error).strip().split("\n")[0]
        line = getattr(error, "lineno", 0) if isinstance(error, SyntaxError) else _line(error, self.file)
        lines = self.source.splitlines()
        code = f" in line {line}: {lines[line - 1].strip()}" if line and line <= len(lines) else ""
        return f"{type(error).__name__}: {message}{code}"


def run(case: Case, model: nn.Module, tell: Callable[[Exception], str]) -> tuple[Draw, Parting | None]:
    """One draw of a module whose parameters have the generated names; where those already part.

    Args:
        case: the draw.
        model: built with its sizes.
        tell: words for an error that its forward raises.
    """

    def failed(words: str) -> Draw:
        return Draw(case.shown, case.batch, (), words, training=case.training, special=case.special)

    words, entry = compare_structure(model, case.learned, case.names, "the module")
    if words:
        known = link_parting(entry.links, case.names[entry.name], words) if entry else None
        return failed(words), known or _of_part(case, words)
    model = set_mode(model, case.training)
    parameters = copy_parameters(model, case.parameters, case.names)
    try:
        result = model(*case.inputs)
    except Exception as error:
        return failed(f"forward fails: {tell(error)}"), None
    outputs = result if isinstance(result, tuple) else (result,)
    wrong = _output_words(outputs, len(case.diagram.outputs))
    if wrong:
        return failed(wrong), None
    compared = compare_case(case, outputs, case.inputs, parameters)
    made = (*compared, *_compare_buffers(case, model))
    return Draw(case.shown, case.batch, made, training=case.training, special=case.special), None


def _compare_buffers(case: Case, model: nn.Module) -> list[Comparison]:
    names = case.names
    return [
        compare(f"buffer {names[name]}", buffer(model, names[name]).to(torch.float64), expected)
        for name, expected in case.evaluation.buffers.items()
    ]


def _output_words(outputs: Sequence[object], expected: int) -> str:
    """What is wrong with the outputs as such; empty where nothing is."""
    if len(outputs) != expected:
        return f"the module returns {len(outputs)} outputs, expected {expected}"
    foreign = [type(output).__name__ for output in outputs if not isinstance(output, torch.Tensor)]
    return f"the module returns {', '.join(foreign)} where tensors are expected" if foreign else ""


def _of_buffer(case: Case, comparison: Comparison) -> Parting | None:
    name = comparison.what.removeprefix("buffer ")
    for entry in case.learned:
        if case.names[entry.name] == name:
            size = comparison.words or f"differs by {comparison.error:.3g}"
            words = f"the values agree, but its buffer {name!r} {size} after a step of training"
            return link_parting(entry.links, name, words)
    return None


def _of_one_step(case: Case, wrong: set[str]) -> Parting | None:
    """The step that alone has the learned tensors whose gradients differ, where those of all else agree."""
    entries = [entry for entry in case.learned if entry.name in wrong]
    if len(entries) < len(wrong) or len({entry.links for entry in entries}) != 1:
        return None
    shown = " and ".join(repr(entry.name) for entry in entries)
    words = f"all values agree, but not the gradient of {shown}"
    return link_parting(entries[0].links, entries[0].name, words)


def _of_part(case: Case, words: str) -> Parting | None:
    """The step whose learned part the words speak of: it has a parameter too many."""
    found = re.match(r"the module has '([\w.]+)'", words)
    if not found:
        return None
    links: list[Link] = []
    inside: Diagram | None = case.diagram
    for part in found[1].split("."):
        if part.isdigit() and links:
            repeat = links[-1].step.operation
            if isinstance(repeat, Repeat):
                index = repeat.start.evaluate(case.sizes) + int(part)
                links[-1] = Link(links[-1].step, int(part), index)
                continue
        steps = inside.steps if inside else ()
        step = next((step for step in steps if part_name(step.attribute) == part), None)
        if step is None:
            break
        links.append(Link(step))
        operation = step.operation
        inside = operation.diagram if isinstance(operation, (BlockCall, Repeat)) else None
    return link_parting(links, found[1], words) if links else None


def _assigned_at(source: str, line: int) -> tuple[str, str] | None:
    """The class and the attribute that the statement in this line assigns."""
    for owner in ast.parse(source).body:
        if isinstance(owner, ast.ClassDef) and owner.lineno <= line <= (owner.end_lineno or 0):
            for node in ast.walk(owner):
                if isinstance(node, ast.Assign) and node.lineno <= line <= (node.end_lineno or 0):
                    target = node.targets[0]
                    return (owner.name, target.attr) if isinstance(target, ast.Attribute) else None
    return None


def _diagrams(diagram: Diagram, links: tuple[Link, ...]) -> list[tuple[Diagram, tuple[Link, ...]]]:
    found = [(diagram, links)]
    for step in diagram.steps:
        if isinstance(step.operation, (BlockCall, Repeat)):
            found.extend(_diagrams(step.operation.diagram, (*links, Link(step))))
    return found


def _keywords(source: str, name: str, symbols: Sequence[str]) -> Mapping[str, str]:
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
