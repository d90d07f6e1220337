"""Their module called: our inputs as it takes them, its outputs as ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from ncd_tikz.diagram import Value
from ncd_tikz.equivalence.case import Case
from ncd_tikz.equivalence.foreign.build import DTYPES, default_dtype, values_of
from ncd_tikz.equivalence.foreign.constructed import constructed, remedy
from ncd_tikz.equivalence.foreign.errors import Theirs, failed
from ncd_tikz.equivalence.foreign.layout import Layout
from ncd_tikz.equivalence.stages import enter
from ncd_tikz.spec.nodes import CheckNode

_STEP = re.compile(r"\.?([A-Za-z_][A-Za-z0-9_]*)|\[(-?[0-9]+)\]")


class Signature:
    """How their function is called, for one draw.

    Raises:
        Theirs: `check:` speaks of values that the spec has not.
    """

    def __init__(self, node: CheckNode, case: Case) -> None:
        self.node, self.case = node, case
        diagram = case.diagram
        values = diagram.values
        names = [values[number].name for number in (*diagram.inputs, *diagram.outputs)]
        for key, said in (("theirs", node.theirs), ("outputs", node.outputs)):
            known = names if key == "theirs" else names[len(diagram.inputs) :]
            what = "input or output" if key == "theirs" else "output"
            for name in said:
                if name not in known:
                    words = f"'{key}' names {name!r}, which is no {what}; there are: {', '.join(known)}"
                    raise Theirs(words, "not-compared")
        self.inputs = [(values[n].name, self._layout(values[n])) for n in diagram.inputs]
        self.outputs = [(values[n].name, self._layout(values[n])) for n in diagram.outputs]
        self.options = values_of(node.options, case.sizes, "options")

    def _layout(self, value: Value) -> Layout:
        theirs = self.node.theirs.get(value.name)
        return Layout(value.name, value.tensor.axes, self.case.sizes, theirs)

    def arguments(self, inputs: Sequence[Tensor]) -> tuple[list[Tensor], dict[str, Any]]:
        """Our inputs as they take them."""
        positional, named = [], dict(self.options)
        for (name, layout), ours in zip(self.inputs, inputs, strict=True):
            tensor = layout.to_theirs(self._converted(name, ours))
            if name in self.node.arguments:
                for place in self.node.arguments[name]:
                    _put(named, place, tensor)
            else:
                positional.append(tensor)
        tuples = {
            key: tuple(each[n] for n in sorted(each))
            for key, each in named.items()
            if isinstance(each, _Places)
        }
        return positional, {**named, **tuples}

    def _converted(self, name: str, tensor: Tensor) -> Tensor:
        dtype = DTYPES[self.node.dtype]
        way = self.node.convert.get(name)
        if way is not None and tensor.dtype != torch.bool:
            raise Theirs(f"'convert' names {name!r}, which is no mask", "not-compared")
        if way == "inverted":
            return ~tensor
        if way == "additive":
            return torch.zeros(tensor.shape, dtype=dtype).masked_fill(~tensor, float("-inf"))
        if way == "number":
            return tensor.to(torch.int64)
        return tensor.to(dtype) if tensor.dtype.is_floating_point else tensor

    def call(self, function: Callable[..., Any], inputs: Sequence[Tensor]) -> list[Tensor]:
        """What it returns for these inputs, our outputs in their layout.

        Raises:
            Theirs: it fails, or returns something else.
        """
        positional, named = self.arguments(inputs)
        enter("calling")
        try:
            with default_dtype(self.node):
                result = function(*positional, **named)
        except Exception as error:
            name = constructed(error)
            told = failed("calling it", "call-fails", error, remedy(name) if name else "")
            told.made = name
            raise told from None
        return self.take(result)

    def take(self, result: Any) -> list[Tensor]:
        """Our outputs among what was returned."""
        names = [name for name, _ in self.outputs]
        told = self.node.outputs
        listed = _listed(result) if any(name not in told for name in names) else []
        found = [
            _inside(result, told[name]) if name in told else listed[place]
            for place, name in enumerate(names)
            if name in told or place < len(listed)
        ]
        if not told:
            found = listed
        if len(found) != len(names):
            words = f"it returns {len(found)} outputs, the spec has {len(names)}"
            where = ", ".join(f"{name}: ..." for name in names)
            raise Theirs(words, "output", f"say where ours are: outputs: {{{where}}}", differs=True)
        for name, each in zip(names, found, strict=True):
            if not isinstance(each, Tensor):
                raise _no_tensor(name, each)
        return found

    def to_ours(self, outputs: Sequence[Tensor]) -> list[Tensor]:
        """Their outputs in our layout; one with another shape as it is."""
        return [layout.to_ours(each) for (_, layout), each in zip(self.outputs, outputs, strict=True)]

    def wrong_shapes(self, outputs: Sequence[Tensor]) -> dict[str, str]:
        """Outputs that have another shape, and how."""
        return {
            f"output {name}": layout.words(each, self.case.batch)
            for (name, layout), each in zip(self.outputs, outputs, strict=True)
            if not layout.fits(each)
        }


class _Places(dict[int, Tensor]):
    """The entries of a tuple that they take as one argument."""


def _put(named: dict[str, Any], place: str, tensor: Tensor) -> None:
    """As the argument `place`, or of `hx[0]` as an entry of the tuple hx."""
    name, bracket, number = place.partition("[")
    if not bracket:
        named[name] = tensor
        return
    named.setdefault(name, _Places())[int(number[:-1])] = tensor


def _listed(result: Any) -> list[Any]:
    if isinstance(result, Mapping):  # what transformers calls a ModelOutput is one, too
        raise Theirs(
            f"it returns a {type(result).__name__} with {', '.join(map(str, list(result)[:8]))}",
            "output",
            "say which of them are ours: outputs: {NAME: ...}",
        )
    return list(result) if isinstance(result, (tuple, list)) else [result]


def _inside(result: Any, path: str) -> Any:
    found = result
    for step in _STEP.finditer(path):
        try:
            if step[2] is not None:
                found = found[int(step[2])]
            else:
                found = found[step[1]] if isinstance(found, Mapping) else getattr(found, step[1])
        except (AttributeError, KeyError, IndexError, TypeError):
            has = list(found) if isinstance(found, Mapping) else _attributes(found)
            words = f"what it returns has no {path!r}: a {type(found).__name__} with {', '.join(has[:8])}"
            raise Theirs(words, "output", "mend 'outputs' in the check") from None
    return found


def _attributes(found: Any) -> list[str]:
    if isinstance(found, (tuple, list)):
        return [f"[{n}]" for n in range(len(found))]
    return [name for name in vars(found) if name[0] != "_"] if hasattr(found, "__dict__") else ["nothing"]


def _no_tensor(name: str, found: Any) -> Theirs:
    kind = type(found).__name__
    words = f"it returns {kind} where the spec has the tensor {name}"
    if not isinstance(found, torch.nn.Module):
        return Theirs(words, "output", differs=True)
    words = f"it returns the module {kind} itself, not what it computes"
    told = Theirs(words, "output", f"call it: {kind}(...)(x), not {kind}(x)", differs=True)
    told.made = kind
    return told
