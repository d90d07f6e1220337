"""Code that brings axes into an order: run on every order of up to four axes."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest

from ncd_tikz.operations.arranging import aligned, moved

torch = pytest.importorskip("torch")

SIZES = {"a": 2, "b": 3, "c": 5, "d": 7}
BATCHES = ((), (4,), (4, 6))


def tensor(names: tuple[str, ...], batch: tuple[int, ...]) -> torch.Tensor:
    shape = [*batch, *(SIZES[name] for name in names)]
    return torch.arange(float(torch.Size(shape).numel())).reshape(shape)


@pytest.mark.parametrize("count", range(5))
def test_moved_is_a_permutation(count: int) -> None:
    have = tuple("abcd"[:count])
    for want in permutations(have):
        for batch in BATCHES:
            x = tensor(have, batch)
            front = list(range(len(batch)))
            expected = x.permute([*front, *(len(batch) + have.index(name) for name in want)])
            assert torch.equal(eval(moved("x", have, want), {"x": x}), expected)  # noqa: S307


@pytest.mark.parametrize("count", range(5))
def test_aligned_broadcasts(count: int) -> None:
    want = tuple("abcd"[:count])
    for size in range(count + 1):
        for chosen in combinations(want, size):
            for have in permutations(chosen):
                for batch in BATCHES:
                    x = tensor(have, batch)
                    found = eval(aligned("x", have, want), {"x": x})  # noqa: S307
                    assert list(found.shape) == [*batch, *(SIZES[n] if n in have else 1 for n in want)]
                    back = found.reshape([*batch, *(SIZES[n] for n in want if n in have)])
                    order = [len(batch) + [n for n in want if n in have].index(n) for n in have]
                    assert torch.equal(back.permute([*range(len(batch)), *order]), x)


def test_as_little_as_possible_is_moved() -> None:
    assert moved("x", "abcd", "bcda") == "x.movedim(-4, -1)"
    assert moved("x", "abcd", "cdab") == "x.movedim((-4, -3), (-2, -1))"
    assert moved("x", "abcd", "adcb") == "x.transpose(-3, -1)"
