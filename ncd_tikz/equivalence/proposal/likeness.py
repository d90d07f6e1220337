"""How well a name of theirs fits one of ours."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

# Words for the same thing in the code of transformers and convolutional networks.
_ALIKE = (
    "q query queries wq",
    "k key keys wk",
    "v value values wv",
    "o out output proj wo dense",
    "u up fc1 linear1 c_fc intermediate w1 wi in",
    "d down fc2 linear2 c_proj output w2 wo out",
    "g gate w1 w3",
    "norm ln layernorm layer_norm rmsnorm bn gn groupnorm ln_1 ln_2",
    "conv convolution kernel c",
    "embedding embed embeddings wte tokens token word_embeddings e t",
    "positions position pos position_embeddings wpe pos_embed",
    "head lm_head classifier fc logits h",
    "attention attn self_attn self_attention attentions",
    "network mlp ffn ff feed_forward feedforward",
    "layers layer blocks block h encoder decoder stages resnets",
)
_GROUPS = [frozenset(line.split()) for line in _ALIKE]
_TAILS = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


def likeness(ours: str, theirs: str) -> float:
    """Larger is better; names of a weight and of a bias do not go together.

    >>> likeness("attention.Q.weight", "self_attn.q_proj.weight") > likeness(
    ...     "attention.Q.weight", "self_attn.k_proj.weight")
    True
    """
    tail, their_tail = _tail(ours), _tail(theirs)
    if tail and their_tail and tail != their_tail:
        return -100.0
    score = 2.0 if tail == their_tail else 0.0
    mine, other = _words(ours.removesuffix(tail)), _words(theirs.removesuffix(their_tail))
    for place, word in enumerate(reversed(mine)):
        weight = 3.0 if not place else 1.0  # the last word says most
        best = 0.0
        for distance, each in enumerate(reversed(other)):
            best = max(best, _of_words(word, each) / (1 + 0.3 * abs(distance - place)))
        score += weight * best
    numbers, their_numbers = re.findall(r"\d+", ours), re.findall(r"\d+", theirs)
    score += 0.5 * sum(number in their_numbers for number in numbers)
    score -= 1.0 * sum(number not in numbers for number in their_numbers)  # one layer of several
    return score + SequenceMatcher(None, ours.lower(), theirs.lower()).ratio()


def _of_words(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if any(one in group and other in group for group in _GROUPS):
        return 0.8
    short, long = sorted((one, other), key=len)
    if len(short) > 1 and short in long:
        return 0.5
    return 0.3 if short[0] == long[0] else 0.0


def _tail(name: str) -> str:
    last = name.rpartition(".")[2]
    return last if last in _TAILS else ""


def _words(name: str) -> list[str]:
    whole = [part for part in name.lower().split(".") if part and part != "{}"]
    found: list[str] = []
    for part in whole:
        pieces = [piece for piece in part.split("_") if piece and piece != "{}"]
        found.extend([part] if len(pieces) < 2 else [*pieces, part])
    return found or [""]
