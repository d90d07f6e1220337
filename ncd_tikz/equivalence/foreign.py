"""Modules that people wrote themselves, named under `check: against`."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from ncd_tikz.axes import Expression, ExpressionError
from ncd_tikz.diagram import Value
from ncd_tikz.equivalence.case import Case, compare_case, state_name
from ncd_tikz.equivalence.cases import Cases
from ncd_tikz.equivalence.drawing import SizesError
from ncd_tikz.equivalence.lift import LiftError
from ncd_tikz.equivalence.report import Draw, Verdict
from ncd_tikz.equivalence.structure import compare_structure, copy_parameters
from ncd_tikz.spec.nodes import CheckNode

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Theirs(Exception):
    """Their code failed, or is not what `check:` says: there is nothing to compare."""


class _Differs(_Theirs):
    """Their function has other outputs."""


def check_foreign(node: CheckNode, draws: int, cases: Cases) -> Verdict:
    """Compare with the module of one entry under `check:`.

    It is given one batch axis in front first; where that fails, none.
    """
    with _importable():
        try:
            target = _find(node.against)
        except _Theirs as error:
            return Verdict(node.against, (), f"{node.at}: {error}", missing=True)
        first = _with_batch(node, target, draws, cases, (2,))
        if first.ok or not cases.diagram.inputs:
            return first
        second = _with_batch(node, target, draws, cases, ())
    if second.ok:
        return Verdict(second.subject, second.draws, note="without batch axes: with one it does not agree")
    return first if any(draw.comparisons for draw in first.draws) else _better(first, second)


def _better(first: Verdict, second: Verdict) -> Verdict:
    return second if any(draw.comparisons for draw in second.draws) else first


@contextmanager
def _importable() -> Iterator[None]:
    """The working directory on sys.path, as for `python -m`."""
    folder = str(Path.cwd())
    if folder in sys.path:
        yield
        return
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def _find(against: str) -> Any:
    place, _, name = against.partition(":")
    if not place or not name:
        raise _Theirs(f"expected package.module:Name under 'against', found {against!r}")
    try:
        importlib.invalidate_caches()
        found: Any = importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name and (place == error.name or place.startswith(error.name + ".")):
            raise _Theirs(
                f"there is no module {error.name!r} on the import path or in {Path.cwd()}"
            ) from None
        raise _Theirs(f"importing {place} fails in their code: {_tell(error)}") from None
    except Exception as error:
        raise _Theirs(f"importing {place} fails in their code: {_tell(error)}") from None
    for part in name.split("."):
        if not hasattr(found, part):
            raise _Theirs(f"module {place} has no {name!r}")
        found = getattr(found, part)
    return found


def _with_batch(node: CheckNode, target: Any, draws: int, cases: Cases, batch: tuple[int, ...]) -> Verdict:
    done: list[Draw] = []
    for number in range(draws):
        try:
            case = cases(number, batch)
        except (LiftError, SizesError) as error:
            words = f"the spec itself cannot be evaluated: {error}"
            return Verdict(node.against, tuple(done), words, set_up=True)
        try:
            done.append(_draw(node, target, case))
        except _Theirs as error:
            words, set_up = str(error), not isinstance(error, _Differs)
            done.append(Draw(case.shown, case.batch, (), words, set_up))
        if not done[-1].ok:
            break
    return Verdict(node.against, tuple(done))


def _draw(node: CheckNode, target: Any, case: Case) -> Draw:
    function = _build(node, target, case)
    parameters = _parameters(node, function, case)
    positional, named = _arguments(node, case)
    try:
        result = function(*positional, **named)
    except Exception as error:
        raise _Theirs(f"calling it fails in their code: {_tell(error)}") from None
    outputs: Sequence[Any] = result if isinstance(result, (tuple, list)) else (result,)
    expected = len(case.diagram.outputs)
    if len(outputs) != expected:
        raise _Differs(f"it returns {len(outputs)} outputs, the spec has {expected}")
    foreign = [type(output).__name__ for output in outputs if not isinstance(output, Tensor)]
    if foreign:
        raise _Differs(f"it returns {', '.join(foreign)} where the spec has tensors")
    outputs = [
        output if order is None else _permuted(output, _inverse(order))
        for output, order in zip(outputs, _orders(node, case, case.diagram.outputs), strict=True)
    ]
    return Draw(case.shown, case.batch, compare_case(case, outputs, case.inputs, parameters))


def _build(node: CheckNode, target: Any, case: Case) -> Callable[..., Any]:
    """A module in float64, or a plain function of the inputs."""
    made = target
    if isinstance(target, type) or (not isinstance(target, nn.Module) and _is_factory(node, target)):
        try:
            values = {name: _number(size, case.sizes) for name, size in node.init.items()}
        except ExpressionError as error:
            raise _Theirs(f"its 'init' cannot be evaluated with these sizes: {error}") from None
        try:
            made = target(**values)
        except Exception as error:
            shown = ", ".join(f"{name}={value}" for name, value in values.items())
            raise _Theirs(f"building it with ({shown}) fails in their code: {_tell(error)}") from None
    if not callable(made):
        raise _Theirs(f"it is no module and no function: {type(made).__name__}")
    return made.double().eval() if isinstance(made, nn.Module) else made


def _is_factory(node: CheckNode, target: Any) -> bool:
    """A function is a factory when it is given `init`, or takes nothing."""
    if node.init or not callable(target):
        return callable(target)
    try:
        return not inspect.signature(target).parameters
    except (TypeError, ValueError):
        return False


def _number(size: Expression | bool, sizes: Mapping[str, int]) -> int | float:
    if isinstance(size, bool):
        return size
    try:
        return size.evaluate(sizes)
    except ExpressionError:
        return size.evaluate_real(sizes)


def _parameters(node: CheckNode, function: Callable[..., Any], case: Case) -> list[tuple[str, Tensor]]:
    ours = {state_name(entry): entry.name for entry in case.learned}
    told = _spelled_out(node.parameters, list(ours))
    unknown = [name for name in told if name not in ours]
    if unknown:
        known = ", ".join(ours) or "none"
        raise _Theirs(f"'parameters' names {unknown[0]!r}, which the spec has not; it has: {known}")
    unmapped = [name for name in ours if name not in told]
    if unmapped:
        raise _Theirs(f"'parameters' does not say what is theirs for {', '.join(map(repr, unmapped))}")
    twice = [name for name in told.values() if list(told.values()).count(name) > 1]
    if twice:
        raise _Theirs(f"'parameters' maps two of ours to {twice[0]!r}")
    if not isinstance(function, nn.Module):
        if ours:
            raise _Theirs("it is a plain function and has no parameters to map to")
        return []
    names = {ours[name]: theirs for name, theirs in told.items()}
    words, _ = compare_structure(function, case.learned, names, "their module")
    if words:
        raise _Theirs(words)
    return copy_parameters(function, case.parameters, names)


def _spelled_out(mapping: Mapping[str, str], ours: Sequence[str]) -> dict[str, str]:
    """Every `*` for each number that stands there: `layers.*.W.weight: blocks.*.linear.weight`."""
    found: dict[str, str] = {}
    for name, theirs in mapping.items():
        if "*" not in name:
            found[name] = theirs
            continue
        pattern = re.compile(re.escape(name).replace(r"\*", r"(\d+)"))
        matches = [match for match in map(pattern.fullmatch, ours) if match]
        if not matches or theirs.count("*") not in (0, name.count("*")):
            found[name] = theirs  # an unknown name, told as such
        for match in matches:
            if match[0] not in mapping:
                parts = theirs.split("*")
                numbers = (*match.groups(), "")
                found[match[0]] = "".join(part + number for part, number in zip(parts, numbers, strict=False))
    return found


def _arguments(node: CheckNode, case: Case) -> tuple[list[Tensor], dict[str, Tensor]]:
    names = [case.diagram.values[number].name for number in case.diagram.inputs]
    unknown = [name for name in node.arguments if name not in names]
    if unknown:
        raise _Theirs(f"'arguments' names {unknown[0]!r}, which is no input; inputs are: {', '.join(names)}")
    positional, named = [], {}
    orders = _orders(node, case, case.diagram.inputs)
    for name, given, order in zip(names, case.inputs, orders, strict=True):
        tensor = given if order is None else _permuted(given, order)
        if name in node.arguments:
            named[node.arguments[name]] = tensor
        else:
            positional.append(tensor)
    return positional, named


def _orders(node: CheckNode, case: Case, values: Sequence[int]) -> list[tuple[int, ...] | None]:
    """For each value where its dimensions stand in their order; None where that is ours."""
    theirs = node.theirs or {}
    known = [case.diagram.values[number].name for number in (*case.diagram.inputs, *case.diagram.outputs)]
    unknown = [name for name in theirs if name not in known]
    if unknown:
        raise _Theirs(
            f"'theirs' names {unknown[0]!r}, which is no input or output; there are: {', '.join(known)}"
        )
    return [_order(theirs, case.diagram.values[number]) for number in values]


def _order(theirs: Mapping[str, tuple[str, ...]], value: Value) -> tuple[int, ...] | None:
    if value.name not in theirs:
        return None
    ours, wanted = value.tensor.names, theirs[value.name]
    if sorted(ours) != sorted(wanted):
        raise _Theirs(f"'theirs' gives {value.name} the axes ({', '.join(wanted)}), it has {value.tensor}")
    starts: list[int] = []
    count = 0
    for axis in value.tensor.axes:
        starts.append(count)
        count += axis.rank
    ranks = dict(zip(ours, (axis.rank for axis in value.tensor.axes), strict=True))
    return tuple(starts[ours.index(name)] + part for name in wanted for part in range(ranks[name]))


def _inverse(order: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(order.index(place) for place in range(len(order)))


def _permuted(tensor: Tensor, order: tuple[int, ...]) -> Tensor:
    """The last dimensions in another order; batch dimensions stay in front."""
    front = tensor.dim() - len(order)
    if front < 0:
        return tensor  # it is compared, and differs in shape
    return tensor.permute(*range(front), *(front + place for place in order))


def _tell(error: BaseException) -> str:
    """Type, message, and the last place outside of torch."""
    message = str(error).strip().split("\n")[0]
    own = str(Path(torch.__file__).parent)
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(own)
    ]
    frames = [
        frame for frame in frames if frame.filename != __file__ and not frame.filename.startswith("<frozen")
    ]
    place = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {message}{place}"
