"""Our learned tensors inside their module: written there, and their gradients read back as ours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ncd_tikz.axes import ExpressionError
from ncd_tikz.equivalence.case import Case, state_name
from ncd_tikz.equivalence.evaluate import Learned, sizes_at
from ncd_tikz.equivalence.foreign.errors import Theirs
from ncd_tikz.equivalence.foreign.layout import Layout
from ncd_tikz.equivalence.foreign.patterns import Spelled, dotted, spell_out
from ncd_tikz.spec.mistakes import did_you_mean
from ncd_tikz.spec.nodes import CheckNode
from ncd_tikz.spec.their_tensors import TheirTensor


@dataclass(frozen=True, slots=True)
class Held:
    """A learned tensor of ours, and where theirs holds it."""

    entry: Learned
    ours: str  # its name in the generated module
    theirs: TheirTensor
    layout: Layout | None  # where the entry gives `axes`
    sizes: Mapping[str, int]

    def view(self, tensor: Tensor) -> Tensor:
        """The part of their tensor that is ours, as a view with our stored shape or our axes.

        Raises:
            Theirs: it has another shape.
        """
        if self.layout is not None:
            if tuple(tensor.shape) != self.layout.shape:
                raise self._shape(tensor.shape, self.layout.shape)
            return self.layout.unfold(tensor, at=self.theirs.at)
        part = tensor
        for dimension, one in enumerate(self.theirs.slices):
            if dimension >= part.dim():
                raise Theirs(
                    f"'parameters' slices {len(self.theirs.slices)} dimensions of {self.theirs.name!r}, "
                    f"which has {tensor.dim()}",
                    "not-compared",
                    parameter=self.ours,
                )
            try:
                start = one.start.evaluate(self.sizes) if one.start is not None else 0
                stop = one.stop.evaluate(self.sizes) if one.stop is not None else part.shape[dimension]
            except ExpressionError as error:
                raise Theirs(f"'parameters', {self.ours!r}: {error}", "not-compared") from None
            start, stop = (end + part.shape[dimension] if end < 0 else end for end in (start, stop))
            part = part.narrow(dimension, start, max(0, min(stop, part.shape[dimension]) - start))
        part = part.transpose(-1, -2) if self.theirs.transposed and part.dim() > 1 else part
        if tuple(part.shape) != self.entry.stored:
            raise self._shape(part.shape, self.entry.stored)
        return part

    def _shape(self, found: Sequence[int], wanted: Sequence[int]) -> Theirs:
        axes = " ".join(axis.name for axis in self.entry.parameter.axes)
        kind = "buffer" if self.entry.parameter.buffer else "parameter"
        words = (
            f"their {kind} {self.theirs.name!r} has shape {tuple(found)}, "
            f"expected {tuple(wanted)} ({axes}) for {self.ours!r}"
        )
        turned = tuple(found) == tuple(wanted)[::-1] and not self.theirs.transposed
        remedy = f"if it is stored transposed, write {self.theirs.name}.T" if turned else ""
        if not turned and len(found) == len(wanted) == len(self.entry.parameter.flatten):
            apart, remedy = self._apart(found, wanted)
            words = f"{words}: {apart}"
        return Theirs(words, "shape", remedy, self.ours, self.theirs.name, differs=True)

    def _apart(self, found: Sequence[int], wanted: Sequence[int]) -> tuple[str, str]:
        """Which axes have other sizes, or that the kernel has, and what to try."""
        axes, flatten = [axis.name for axis in self.entry.parameter.axes], self.entry.parameter.flatten
        ends = [sum(flatten[: place + 1]) for place in range(len(flatten))]
        names = [axes[end - count : end] for end, count in zip(ends, flatten, strict=True)]
        other = [place for place, pair in enumerate(zip(found, wanted, strict=True)) if pair[0] != pair[1]]
        kernel = [place for place, name in enumerate(names) if len(name) == 1 and name[0].isdigit()]
        if hasattr(self.entry.links[-1].step.operation, "kernel") and other and set(other) <= set(kernel):
            theirs, ours = (" x ".join(str(shape[place]) for place in kernel) for shape in (found, wanted))
            remedy = f"a kernel of {ours} in their code, or another 'kernel' in the step"
            return f"their kernel is {theirs}, the diagram's {ours}", remedy
        told = [f"{' '.join(names[place]) or 'a dimension'} is {found[place]} there" for place in other]
        return f"{' and '.join(told)}, {' and '.join(str(wanted[place]) for place in other)} in this draw", ""

    def stored(self, tensor: Tensor) -> Tensor:
        """What `view` gives, in the shape in which ours is stored."""
        return tensor.reshape(self.entry.stored)

    def like_view(self, tensor: Tensor, view: Tensor) -> Tensor:
        """Ours in the shape of the view."""
        return tensor.reshape(view.shape)


class Parameters:
    """All of them, for one built module.

    Raises:
        Theirs: the mapping and the module do not fit.
    """

    def __init__(self, node: CheckNode, model: nn.Module | None, case: Case) -> None:
        self.node, self.model, self.case = node, model, case
        self.named = named_tensors(model) if model is not None else {}
        self.tied = [frozenset(dotted(name) for name in names) for names in node.tied]
        entries = {state_name(entry): entry for entry in case.learned}
        told = spell_out(node.parameters, list(entries), case.sizes)
        self.held = [self._held(entry, told.get(name), name) for name, entry in entries.items()]
        if model is None:
            if self.held:
                raise Theirs("it is a plain function and has no parameters to map to", "not-compared")
            return
        self._check_covered()
        self._check_left()

    @property
    def names(self) -> dict[str, str]:
        """Our learned tensors, by their name in the lifted meaning -> theirs."""
        return {held.entry.name: held.theirs.name for held in self.held}

    def _held(self, entry: Learned, told: Spelled | None, ours: str) -> Held:
        if told is None:
            lacking = f"'parameters' does not say what is theirs for {ours!r}"
            remedy = "ncd-tikz check --propose prints a mapping"
            raise Theirs(lacking, "missing-parameter", remedy, ours)
        theirs, kind = told.theirs, "buffer" if entry.parameter.buffer else "parameter"
        if self.model is not None:
            tensor = self.named.get(theirs.name)
            if tensor is None:
                raise self._lacking(kind, ours, theirs.name)
            if isinstance(tensor, nn.Parameter) is entry.parameter.buffer:
                found = "parameter" if entry.parameter.buffer else "buffer"
                words = f"their {theirs.name!r} is a {found}, expected a {kind} for {ours!r}"
                raise Theirs(words, "shape", "", ours, theirs.name, differs=True)
        layout = None
        if theirs.axes is not None:
            layout = Layout(ours, entry.parameter.axes, sizes_at(entry.links, self.case.sizes), theirs.axes)
            if len(layout.extra) != len(theirs.at):
                numbers = ", ".join(map(str, layout.extra)) or "none"
                words = (
                    f"{ours!r}: 'axes' has the further dimensions {numbers}, 'at' {len(theirs.at)} indexes"
                )
                raise Theirs(words, "not-compared", "one index for each number in 'axes'", ours)
        return Held(entry, ours, theirs, layout, self.case.sizes)

    def _lacking(self, kind: str, ours: str, name: str) -> Theirs:
        hidden = unregistered(self.model, name) if self.model is not None else ""
        if hidden:
            words = (
                f"their module has no {kind} {name!r} for {ours!r}: {hidden} holds modules in a plain "
                "list, which torch does not register"
            )
            remedy = f"nn.ModuleList in place of the list {hidden}"
            return Theirs(words, "unregistered", remedy, ours, name, differs=True)
        words = f"their module has no {kind} {name!r} for {ours!r}"
        near = did_you_mean(name, list(self.named))
        last = name.rpartition(".")[2]
        if last == "bias" and f"{name[:-4]}weight" in self.named:
            remedy = near or f"bias=True there, or bias: false in the step that makes {ours!r}"
            return Theirs(words, "bias-missing", remedy, ours, name, differs=True)
        return Theirs(words, "missing-parameter", near or "ncd-tikz check --propose", ours, name)

    def _check_covered(self) -> None:
        """Every entry of every tensor of theirs that is spoken of is one of ours, once."""
        counts: dict[int, Tensor] = {}
        first: dict[int, Held] = {}
        for held in self.held:
            tensor = self.named[held.theirs.name]
            count = counts.setdefault(id(tensor), torch.zeros(tensor.shape, dtype=torch.int64))
            part = held.view(count)
            before = first.get(id(tensor))
            if bool((part > 0).any()):
                assert before is not None
                if not any({held.ours, before.ours} <= group for group in self.tied):
                    raise self._twice(before, held)
            else:
                part += 1
            first.setdefault(id(tensor), held)
        for held in self.held:
            count = counts[id(self.named[held.theirs.name])]
            if not bool((count > 0).all()):
                left = int((count == 0).sum())
                words = f"{left} of {count.numel()} entries of their {held.theirs.name!r} are none of ours"
                raise Theirs(
                    words, "extra-parameter", "map the rest of it", held.ours, held.theirs.name, differs=True
                )

    def _twice(self, one: Held, other: Held) -> Theirs:
        if one.theirs.name == other.theirs.name:
            words = f"'parameters' maps two of ours to {one.theirs.name!r}: {one.ours!r} and {other.ours!r}"
            remedy = f"if they are meant to be one tensor: tied: [[{one.ours}, {other.ours}]]"
            return Theirs(words, "not-compared", remedy, other.ours, other.theirs.name)
        words = (
            f"their {one.theirs.name!r} and {other.theirs.name!r} are one tensor, "
            f"the spec has two: {one.ours!r} and {other.ours!r}"
        )
        alike = re.sub(r"\d+", "*", one.theirs.name) == re.sub(r"\d+", "*", other.theirs.name)
        remedy = (
            "build each layer anew: [Block() for _ in range(N)] and not [Block()] * N; or share: true here"
            if alike
            else f"if they are meant to be one: tied: [[{one.ours}, {other.ours}]]"
        )
        return Theirs(words, "shared", remedy, other.ours, other.theirs.name, differs=True)

    def _check_left(self) -> None:
        assert self.model is not None
        known = {id(self.named[held.theirs.name]) for held in self.held}
        left = [
            name
            for name, tensor in self.model.named_parameters(remove_duplicate=False)
            if id(tensor) not in known and not self._is_unused(name)
        ]
        if left:
            shown = ", ".join(map(repr, left[:6])) + (f" and {len(left) - 6} more" if len(left) > 6 else "")
            words = f"their module has {shown}, which the spec has not"
            remedy = "map it under 'parameters', or name it under 'unused' if the outputs do not depend on it"
            raise Theirs(words, "extra-parameter", remedy, self._beside(left[0]), left[0], differs=True)

    def _beside(self, name: str) -> str:
        """Ours that another tensor of the same submodule of theirs holds; may be empty."""
        around = name.rpartition(".")[0]
        beside = (held.ours for held in self.held if held.theirs.name.rpartition(".")[0] == around)
        return next(beside, "") if around else ""

    def _is_unused(self, name: str) -> bool:
        return any(
            re.fullmatch(re.escape(dotted(each)).replace(r"\*", ".*"), name) for each in self.node.unused
        )

    def write(self, values: Mapping[str, Tensor]) -> None:
        """Copy ours, by their name in the lifted meaning, into theirs; of tied ones the first."""
        met: set[str] = set()
        with torch.no_grad():
            for held in self.held:
                if held.entry.name in values and held.ours not in met:
                    view = held.view(self.named[held.theirs.name])
                    view.copy_(held.like_view(values[held.entry.name], view))
                met.update(*(group for group in self.tied if held.ours in group))

    def leaves(self) -> list[nn.Parameter]:
        """Their parameters that gradients are asked of, each once: mapped ones, then unused ones."""
        assert self.model is not None or not self.held
        mapped = [self.named[held.theirs.name] for held in self.held]
        unused = [tensor for name, tensor in self.named.items() if self._is_unused(name)]
        found: dict[int, nn.Parameter] = {}
        for each in (*mapped, *unused):
            if isinstance(each, nn.Parameter):
                found[id(each)] = each
                each.requires_grad_()
        return list(found.values())

    def unused(self) -> list[tuple[str, nn.Parameter]]:
        """Those that the outputs must not depend on."""
        known = {id(self.named[held.theirs.name]) for held in self.held}
        return [
            (name, each)
            for name, each in self.named.items()
            if isinstance(each, nn.Parameter) and id(each) not in known and self._is_unused(name)
        ]

    def groups(self) -> list[list[Held]]:
        """Those whose gradients are compared together: one each, tied ones as their sum."""
        groups: list[list[Held]] = []
        for held in self.held:
            if held.entry.parameter.buffer:
                continue
            mate = next(
                (group for group in groups for tie in self.tied if {held.ours, group[0].ours} <= tie), None
            )
            if mate is None:
                groups.append([held])
            else:
                mate.append(held)
        return groups


def named_tensors(model: nn.Module) -> dict[str, Tensor]:
    """All parameters and buffers by name, shared ones under each."""
    named: dict[str, Tensor] = dict(model.named_parameters(remove_duplicate=False))
    named.update(model.named_buffers(remove_duplicate=False))
    return named


def unregistered(model: nn.Module, name: str) -> str:
    """The attribute on the way to `name` that holds modules in a plain list; empty where none does."""
    for path, part in model.named_modules():
        for attribute, value in vars(part).items():
            inside = value.values() if isinstance(value, dict) else value
            if attribute.startswith("_") or not isinstance(value, (list, tuple, dict)):
                continue
            if any(isinstance(each, nn.Module) for each in inside):
                full = f"{path}.{attribute}" if path else attribute
                if name == full or name.startswith(full + "."):
                    return f"self.{attribute}" if not path else full
    return ""
