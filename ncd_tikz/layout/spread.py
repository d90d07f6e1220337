"""Things of some length along a line: in order, apart, and moved as little as can be."""

from __future__ import annotations

from collections.abc import Sequence


def spread(middles: Sequence[float], lengths: Sequence[float], apart: float) -> list[float]:
    """Where each starts, so that neighbours are `apart` and the squares of all moves are least.

    Those that are in each other's way form blocks, and each block stands at the mean of what its
    members wish (pool adjacent violators).

    >>> spread([0.0, 1.0, 9.0], [2.0, 2.0, 2.0], 0.0)
    [-1.5, 0.5, 8.0]
    """
    blocks: list[tuple[float, float, list[int]]] = []  # start, length, members
    for number, (middle, own) in enumerate(zip(middles, lengths, strict=True)):
        start, length, members = middle - own / 2, own, [number]
        while blocks and blocks[-1][0] + blocks[-1][1] + apart > start:
            _, before_length, before = blocks.pop()
            members = before + members
            wishes, offset = [], 0.0
            for member in members:
                wishes.append(middles[member] - lengths[member] / 2 - offset)
                offset += lengths[member] + apart
            start, length = sum(wishes) / len(wishes), before_length + apart + length
        blocks.append((start, length, members))
    starts = [0.0] * len(middles)
    for start, _, members in blocks:
        for member in members:
            starts[member] = start
            start += lengths[member] + apart
    return starts
