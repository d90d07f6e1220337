"""Their module, built for one draw: arguments from sizes, in its dtype and mode."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from ncd_tikz.axes import Expression, ExpressionError
from ncd_tikz.equivalence.case import Case
from ncd_tikz.equivalence.foreign.errors import Theirs, failed
from ncd_tikz.equivalence.foreign.find import find
from ncd_tikz.equivalence.modes import set_mode
from ncd_tikz.equivalence.stages import enter
from ncd_tikz.spec.given import Each, Given, Made, Pairs, Text, Thing
from ncd_tikz.spec.nodes import CheckNode

DTYPES = {
    "float64": torch.float64,
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}


def build(node: CheckNode, target: Any, case: Case) -> Callable[..., Any]:
    """A module in its dtype and in the draw's mode, or a plain function of the inputs.

    Raises:
        Theirs: it cannot be built.
    """
    made = target
    if isinstance(target, type) or (not isinstance(target, nn.Module) and _is_factory(node, target)):
        enter("building")
        values = values_of(node.init, case.sizes, "init")
        try:
            with default_dtype(node):
                made = target(**values)
        except Exception as error:
            shown = ", ".join(f"{name}={_short(value)}" for name, value in values.items())
            raise failed(f"building it with ({shown})", "build-fails", error) from None
    if not callable(made):
        kind = type(made).__name__
        raise Theirs(f"it is no module and no function: {kind}", "not-compared", "name a class or a function")
    return set_mode(made, case.training, DTYPES[node.dtype]) if isinstance(made, nn.Module) else made


def values_of(given: Mapping[str, Given], sizes: Mapping[str, int], key: str) -> dict[str, Any]:
    """The arguments under `init` or `options`.

    Raises:
        Theirs: an expression does not come out, or what makes a value fails.
    """
    try:
        return {name: value_of(each, sizes) for name, each in given.items()}
    except ExpressionError as error:
        words = f"its {key!r} cannot be evaluated with these sizes: {error}"
        raise Theirs(words, "not-compared") from None


def value_of(given: Given, sizes: Mapping[str, int]) -> Any:
    """One value: a number over sizes, or what `{call: ...}` and its like stand for."""
    if isinstance(given, Expression):
        try:
            return given.evaluate(sizes)
        except ExpressionError:
            return given.evaluate_real(sizes)
    if isinstance(given, tuple):
        return [value_of(each, sizes) for each in given]
    if isinstance(given, Each):
        ends = given.start.evaluate(sizes), given.stop.evaluate(sizes) + 1
        return [value_of(given.entry, {**sizes, given.index: index}) for index in range(*ends)]
    if isinstance(given, Text):
        return given.text
    if isinstance(given, Thing):
        return find(given.name)
    if isinstance(given, Pairs):
        return {name: value_of(each, sizes) for name, each in given.table.items()}
    if isinstance(given, Made):
        arguments = {name: value_of(each, sizes) for name, each in given.arguments.items()}
        target = find(given.call)
        try:
            return target(**arguments)
        except Exception as error:
            raise failed(f"calling {given.call}", "build-fails", error) from None
    return given


@contextmanager
def default_dtype(node: CheckNode) -> Iterator[None]:
    """What modules that name no dtype take."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(DTYPES[node.dtype])
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def _is_factory(node: CheckNode, target: Any) -> bool:
    """A function is a factory when it is given `init`, or takes nothing."""
    if node.init or not callable(target):
        return callable(target)
    try:
        return not inspect.signature(target).parameters
    except (TypeError, ValueError):
        return False


def _short(value: object) -> str:
    text = repr(value).replace("\n", " ")
    return text if len(text) <= 60 else f"{type(value).__name__}(...)"
