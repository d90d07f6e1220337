"""Attention as seven boxes in DisCoPy, drawn to TikZ: what `benchmarks.drawing` compares with."""

from __future__ import annotations

import tempfile
from pathlib import Path

from discopy.symmetric import Box, Ty


def main() -> None:
    """Compose the diagram and write it."""
    e, x, q, k, v, s, a, o, z = map(Ty, "E X q k v s a o z".split())
    learned = Box("Q", e, q) @ Box("K", x, k) @ Box("V", x, v)
    scores, softmax = Box("scores", q @ k, s), Box("softmax", s, a)
    attention = learned >> scores @ v >> softmax @ v >> Box("mix", a @ v, o) >> Box("O", o, z)
    with tempfile.TemporaryDirectory() as folder:
        attention.draw(to_tikz=True, path=str(Path(folder) / "attention.tex"))


if __name__ == "__main__":
    main()
