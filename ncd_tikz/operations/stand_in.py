"""A fixed linear function that stands for any: its coefficients do not ask which side an axis is on."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from ncd_tikz.axes import Application, Axis, Expression
from ncd_tikz.operations.contract import Call

MODULUS = 10007  # a prime; products stay exact in 64 bits up to half a billion coefficients
MIDDLE = 5003

Slot = tuple[str, int, int]  # name, tensor (inputs first, then the output), place in the base's order


def axes_of(application: Application) -> tuple[tuple[Slot, Axis], ...]:
    """The axes of both sides in the order of their names; of one name the left one first."""
    sides = [application.own_axes(number) for number in range(len(application.inputs))]
    sides.append(application.made_axes(0))
    slots = {
        (axis.name, number, place): axis
        for number, axes in enumerate(sides)
        for place, axis in enumerate(axes)
    }
    return tuple(sorted(slots.items(), key=lambda entry: entry[0]))


def apply(seed: int, inputs: Sequence[Any], sizes: Mapping[str, int], application: Application) -> Any:
    """The sum of coefficients times inputs over the own axes, number by number of the output."""
    axes = axes_of(application)
    extents = [axis.sizes[0].evaluate(sizes) for _, axis in axes]
    count = 1
    for extent in extents:
        count *= extent
    entries = [((37 * n * n + 11 * n + seed) % MODULUS) / MIDDLE - 1 for n in range(count)]
    if not inputs:
        import torch

        coefficients = torch.tensor(entries, dtype=torch.float64).reshape(extents)
    else:
        coefficients = inputs[0].new_tensor(entries).reshape(extents)
    order = [slot for slot, _ in axes]
    result = coefficients
    for number, tensor in enumerate(inputs):
        own = [slot for slot in order if slot[1] == number]
        front = [slot for slot in order if slot[1] != number]
        result = result.permute([order.index(slot) for slot in (*front, *own)])
        argument = tensor.permute([slot[2] for slot in own])
        shape = result.shape[: len(front)]
        result = (result * argument).reshape(*shape, -1).sum(-1)
        order = front
    return result.permute(
        [place for _, place in sorted((slot[2], place) for place, slot in enumerate(order))]
    )


def source(
    seed: int, letter: str, call: Call, arguments: Sequence[str], spread: Sequence[Hashable]
) -> tuple[str, tuple[str, ...]]:
    """Code of the result with its made axes last, and the statements before it.

    `arguments` are codes of the inputs, broadcast axes in the order of `spread` in front, own axes last.
    """
    axes = axes_of(call.application)
    words = {slot: "abcdefghijklmnopqrstuvwxyz"[number] for number, (slot, _) in enumerate(axes)}

    def side(number: int) -> str:
        return "".join(words[slot] for slot in sorted(words, key=lambda slot: slot[2]) if slot[1] == number)

    count = call.size(Expression.product(axis.sizes[0] for _, axis in axes))
    like = call.arguments[0] if call.arguments else call.like
    place = f"torch.arange({count}, device={like}.device)" if like else f"torch.arange({count})"
    number = f"{letter}_place"
    sizes = ", ".join(call.size(axis.sizes[0]) for _, axis in axes) or "()"
    entry = f"{letter}_entry"
    cast = f".to({like}.dtype)" if like else ""
    before = (
        f"{number} = {place}",
        f"{entry} = (37 * {number}**2 + 11 * {number} + {seed}) % {MODULUS}",
        f"{letter}_linear = ({entry}{cast} / {MIDDLE} - 1).view({sizes})",
    )
    if not arguments:
        right = "".join(words[slot] for slot, _ in axes)
        same = right == side(0)
        whole = f"{letter}_linear"
        return whole if same else f'torch.einsum("{right}->{side(0)}", {whole})', before
    left = ",".join(f"...{side(index)}" for index in range(len(arguments)))
    right = "".join(words[slot] for slot, _ in axes)
    equation = f"{left},{right}->...{side(len(arguments))}"
    return f'torch.einsum("{equation}", {", ".join(arguments)}, {letter}_linear)', before
