"""One step as a function of whole tensors, from its operation's own PyTorch source."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ncd_tikz.axes import Application, Expression
from ncd_tikz.diagram import expand
from ncd_tikz.operations import Call, Operation, Source
from ncd_tikz.pytorch.letters import Letters

Tensors = tuple[Tensor, ...]
PART = "part"
LIKE = "like_"


@dataclass(frozen=True, slots=True)
class Writing:
    """The source of a step, its sizes written as numbers; the inputs are called a0, a1, ..."""

    source: Source
    arguments: tuple[str, ...]
    outputs: int
    learned: tuple[tuple[str, bool], ...]  # names below the part, and whether it is a buffer


class Compiled:
    """A step that can be run: its inputs and the values of its parameters in, its outputs out."""

    def __init__(self, writing: Writing, training: bool) -> None:
        source = writing.source
        names: dict[str, Any] = {"torch": torch, "nn": nn, "F": nn.functional, "math": math, "Tensor": Tensor}
        for line in source.imports:
            exec(line, names)
        arguments = ", ".join(("self", *writing.arguments, LIKE))
        body = [*source.before, f"return {source.forward or '()'}"]
        exec(f"def run({arguments}):\n" + "\n".join(f"    {line}" for line in body), names)
        self._run = names["run"]
        self._outputs = writing.outputs
        self._learned = writing.learned
        self._holder = nn.Module()
        if source.init:
            exec(f"made_ = {source.init}", names)
            setattr(self._holder, PART, names["made_"])
        self._holder.double().train(training)
        for part in self._holder.modules():
            if isinstance(part, nn.modules.dropout._DropoutNd):
                part.eval()

    def __call__(
        self, inputs: Sequence[Tensor], parameters: Sequence[Tensor], like: Tensor | None
    ) -> Tensors:
        """Run it; buffers are copied first, since a step of training changes them."""
        for (name, buffer), value in zip(self._learned, parameters, strict=True):
            self._put(name, buffer, value)
        made = self._run(self._holder, *inputs, like)
        return (made,) if self._outputs == 1 and isinstance(made, Tensor) else tuple(made)

    def _put(self, name: str, buffer: bool, value: Tensor) -> None:
        path = [PART, *name.split(".")] if name else [PART]
        owner = self._holder.get_submodule(".".join(path[:-1]))
        kept: dict[str, Any] = owner._buffers if buffer else owner._parameters
        kept[path[-1]] = value.detach().clone() if buffer else value


def write(
    operation: Operation, application: Application, sizes: Mapping[str, int], lacking: Sequence[bool]
) -> Writing:
    """The source of a step with these sizes."""
    expanded = expand(application)
    names = tuple(f"a{number}" for number in range(len(application.inputs)))

    def number(size: Expression) -> str:
        try:
            return str(size.evaluate(sizes))
        except Exception:
            return repr(size.evaluate_real(sizes))

    call = Call(
        application=expanded,
        arguments=names,
        attribute=PART,
        size=number,
        init_size=number,
        letters=Letters().of(expanded),
        unbatched=tuple(lacking),
        like=LIKE,
    )
    learned = tuple((entry.name, entry.buffer) for entry in operation.parameters(expanded))
    return Writing(operation.source(call), names, len(expanded.outputs), learned)


def glue(code: str, count: int) -> Writing:
    """A rearrangement of axes between diagrams, as a step without learned parts."""
    return Writing(Source(code), tuple(f"a{number}" for number in range(count)), 1, ())
