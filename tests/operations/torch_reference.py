"""Operations on windows beside a module of torch.nn: axes in any order, forward and gradients."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import torch

from ncd_tikz.axes import Axis, Expression, Signature, Tensor
from ncd_tikz.diagram import expand
from ncd_tikz.operations import Operation, Scope
from tests.operations.harness import lift, run

CLOSE = 1e-10
SPATIAL = ("u", "v", "w")


@dataclass(frozen=True)
class Layout:
    """Where the axes of a tensor stand: channels, re-indexed axes (one group, or one by one), another one."""

    scope: Scope
    names: tuple[str, ...]  # of the input, in order
    taken: tuple[str, ...]  # channels
    new: tuple[str, ...]
    spatial: tuple[int, ...]
    group: bool
    batch: tuple[int, ...]

    @property
    def over(self) -> Signature:
        """The axes that are re-indexed."""
        names = ("g",) if self.group else SPATIAL[: len(self.spatial)]
        return Signature((names,), (tuple(f"{name}2" for name in names),))

    @property
    def map(self) -> Signature:
        """The channels."""
        return Signature((self.taken,), (self.new,))

    def tensor(self) -> Tensor:
        """The type of the input."""
        return Tensor(tuple(self.scope.resolve(name) for name in self.names))

    def dims(self, names: Sequence[str]) -> list[str]:
        """The names of dimensions: a group has as many as it has sizes."""
        return [
            part
            for name in names
            for part in (SPATIAL[: len(self.spatial)] if name == "g" else (name.removesuffix("2"),))
        ]

    def made(self) -> list[str]:
        """The dimensions of the output: channels stand where the first one stood."""
        made: list[str] = []
        for name in self.names:
            if self.taken and name == next(each for each in self.names if each in self.taken):
                made += self.new
            if not self.taken and not set(made) & set(self.new) and name in ("g", *SPATIAL):
                made += self.new
            if name not in self.taken:
                made.append(name)
        return self.dims(made)


def drawn(
    chance: random.Random,
    spatial: tuple[int, ...],
    taken: list[int],
    new: list[int],
    after: tuple[int, ...] = (),
) -> Layout:
    """A layout in any order, with axes in front that are not named at all.

    The sizes `after` are declared, for operations that do not say them.
    """
    group = chance.random() < 0.4
    sizes = {f"c{number}": size for number, size in enumerate(taken)}
    sizes |= {f"d{number}": size for number, size in enumerate(new)}
    sizes |= dict(zip(SPATIAL, spatial, strict=False)) | {"r": 2}
    axes = {name: Axis(name, (Expression.symbol(name),), name) for name in sizes}
    axes["g"] = Axis("g", tuple(Expression.number(size) for size in spatial), "g")
    if after:
        axes["g2"] = Axis("g2", tuple(map(Expression.number, after)), "g2")
        for name, size in zip(SPATIAL, after, strict=False):
            axes[f"{name}2"] = Axis(f"{name}2", (Expression.number(size),), f"{name}2")
    scope = Scope(axes, {name: Expression.number(size) for name, size in sizes.items()})
    taken_names = [name for name in sizes if name[0] == "c"]
    names = ["g"] if group else list(SPATIAL[: len(spatial)])
    names += [*taken_names, *(["r"] if chance.random() < 0.4 else [])]
    chance.shuffle(names)
    chance.shuffle(taken_names)
    new_names = [name for name in sizes if name[0] == "d"]
    batch = chance.choice(((), (2,), (2, 1)))
    return Layout(scope, tuple(names), tuple(taken_names), tuple(new_names), spatial, group, batch)


def agree(operation: Operation, layout: Layout, module: Any, seed: int) -> None:
    """Fail where base, source and `module` differ; the module takes (rows, channels, spatial)."""
    generator = torch.Generator().manual_seed(seed)
    application = expand(operation.bind((layout.tensor(),), layout.scope))
    sizes = dict(layout.scope.defaults)
    dims = layout.dims(layout.names)
    extents = [sizes[name] for name in dims]
    x = torch.rand((*layout.batch, *extents), generator=generator, dtype=torch.float64, requires_grad=True)
    module = module.double()
    stored = dict(module.named_parameters())
    for each in stored.values():
        each.data = torch.rand(each.shape, generator=generator, dtype=torch.float64) - 0.5
    parameters = operation.parameters(application)
    assert [parameter.name for parameter in parameters] == list(stored)
    unflattened = {
        parameter.name: stored[parameter.name].reshape(
            [prod(size.evaluate(sizes) for size in axis.sizes) for axis in parameter.axes]
        )
        for parameter in parameters
    }

    rest = [name for name in dims if name == "r"]
    inner = [*rest, *layout.taken, *SPATIAL[: len(layout.spatial)]]
    front = len(layout.batch)
    straight = x.permute([*range(front), *(front + dims.index(name) for name in inner)])
    channels = prod(sizes[name] for name in layout.taken)
    rows = module(straight.reshape(-1, channels, *layout.spatial))
    rest_sizes = [sizes[name] for name in rest]
    result = rows.reshape(
        [*layout.batch, *rest_sizes, *(sizes[name] for name in layout.new), *rows.shape[2:]]
    )
    have, want = [*rest, *layout.new, *SPATIAL[: len(layout.spatial)]], layout.made()
    expected = result.permute([*range(front), *(front + have.index(name) for name in want)])

    parts = [lift(operation, application, (row,), unflattened, sizes)[0] for row in x.reshape(-1, *extents)]
    lifted = torch.stack(parts).reshape([*layout.batch, *parts[0].shape])
    (written,) = run(operation, application, (x,), stored, sizes)
    leaves = [x, *stored.values()]
    weights = torch.rand(expected.shape, generator=generator, dtype=torch.float64)
    gradients = torch.autograd.grad((expected * weights).sum(), leaves)
    for found in (lifted, written):
        assert found.shape == expected.shape
        assert torch.allclose(found, expected, rtol=CLOSE, atol=CLOSE)
        for ours, theirs in zip(torch.autograd.grad((found * weights).sum(), leaves), gradients, strict=True):
            assert torch.allclose(ours, theirs, rtol=CLOSE, atol=CLOSE)


def several(chance: random.Random, rank: int, low: int, high: int) -> tuple[int, ...]:
    """One number for all dimensions, or one for each."""
    if chance.random() < 0.5:
        return (chance.randint(low, high),) * rank
    return tuple(chance.randint(low, high) for _ in range(rank))


def field(values: Sequence[int]) -> tuple[Expression, ...]:
    """One size where all are alike."""
    return tuple(map(Expression.number, values[:1] if len(set(values)) == 1 else values))
