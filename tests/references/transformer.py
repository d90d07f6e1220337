"""The transformer around torch.nn.Transformer: tables, positions, and a softmax over the vocabulary.

Vaswani et al., Attention Is All You Need (2017).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def sinusoids(length: int, width: int) -> Tensor:
    """p[x, 2 j] = sin(x / 10000 ** (2 j / width)), p[x, 2 j + 1] the cosine of the same."""
    positions = torch.arange(length, dtype=torch.float64).unsqueeze(-1)
    angles = positions / 10000 ** (torch.arange(0, width, 2, dtype=torch.float64) / width)
    encoding = torch.empty(length, width, dtype=torch.float64)
    encoding[:, 0::2] = angles.sin()
    encoding[:, 1::2] = angles.cos()[:, : width // 2]
    return encoding


class Translator(nn.Module):
    """Probabilities of the next token of `target`, given `source` and the target before it."""

    def __init__(self, source: int, target: int, width: int, heads: int, inner: int, depth: int) -> None:
        super().__init__()
        self.source = nn.Embedding(source, width)
        self.target = nn.Embedding(target, width)
        self.transformer = nn.Transformer(width, heads, depth, depth, inner, dropout=0.0, batch_first=True)
        self.head = nn.Linear(width, target)

    def embedded(self, table: nn.Embedding, tokens: Tensor) -> Tensor:
        width = table.embedding_dim
        return table(tokens) * width**0.5 + sinusoids(tokens.shape[-1], width).to(table.weight)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        later = nn.Transformer.generate_square_subsequent_mask(target.shape[-1]).to(self.head.weight)
        decoded = self.transformer(
            self.embedded(self.source, source), self.embedded(self.target, target), tgt_mask=later
        )
        return self.head(decoded).softmax(dim=-1)
