"""Settings and inputs for random norms and random arrangements: mostly sensible, not always."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from ncd_tikz.axes import Axis, Expression, Signature, Tensor
from ncd_tikz.operations import Scope

Names = tuple[str, ...]
Settings = dict[str, Any]


def some(chance: random.Random, names: Names, most: int = 3) -> Names:
    """Some of the names, in any order."""
    return tuple(chance.sample(names, min(chance.randint(0, most), len(names))))


def numbers(chance: random.Random, *texts: str) -> tuple[Expression, ...]:
    """One of these sizes, or none."""
    return (Expression.parse(chance.choice(texts)),) if chance.random() < 0.7 else ()


class Draw:
    """One random operation's inputs and settings."""

    def __init__(self, chance: random.Random, scope: Scope) -> None:
        self.chance, self.scope = chance, scope

    def tensor(self, names: Names, kind: Any = "real", below: Any = None) -> Tensor:
        return Tensor(tuple(self.scope.resolve(name) for name in dict.fromkeys(names)), kind, below)

    def axes(self, fewest: int, most: int, *more: str) -> Names:
        drawn = [*more, *(self.chance.choice(("x", "y", "m", "p", "i", "x'", "2")) for _ in range(most))]
        drawn = drawn[: self.chance.randint(max(fewest, len(more)), max(most, len(more)))]
        self.chance.shuffle(drawn)
        return tuple(dict.fromkeys(drawn))

    def batch_norm(self) -> Any:
        names = self.axes(2, 5)
        channels = some(self.chance, names, 2)
        over = tuple(name for name in names if name not in channels)
        if self.chance.random() < 0.1:
            over = over[1:]
        settings = {"over": over, "channels": channels, "affine": self.chance.random() < 0.7}
        return (self.tensor(names),), settings

    def group_norm(self) -> Any:
        names = self.axes(1, 4)
        channels = some(self.chance, names, 2)
        over = some(self.chance, tuple(name for name in names if name not in channels))
        groups = Expression.parse(self.chance.choice(("1", "2", "x", "y")))
        return (self.tensor(names),), {"over": over, "channels": channels, "groups": groups}

    def instance_norm(self) -> Any:
        inputs, settings = self.group_norm()
        return inputs, {**settings, "affine": self.chance.random() < 0.7, "groups": None}

    def concat(self) -> Any:
        shared = self.axes(0, 2)
        owns = [self.chance.choice(("x", "y", "m", "p", "z")) for _ in range(self.chance.choice((2, 2, 3)))]
        inputs = []
        for own in owns:
            names = [own, *(name for name in shared if self.chance.random() < 0.8)]
            self.chance.shuffle(names)
            inputs.append(self._with_undeclared(tuple(names)))
        kept = tuple(inputs)
        if self.chance.random() < 0.2:
            kept = tuple(Tensor(each.axes, "index", Expression.symbol("m")) for each in kept)
        return kept, {"along": Signature(tuple((own,) for own in owns), (("u",),))}

    def _with_undeclared(self, names: Names) -> Tensor:
        axes = [
            Axis("z", (Expression.parse("x + 1"),), "z") if name == "z" else self.scope.resolve(name)
            for name in dict.fromkeys(names)
        ]
        return Tensor(tuple(axes))

    def split(self) -> Any:
        names = self.axes(1, 3)
        own = self.chance.choice(names)
        parts = self.chance.choice((("u",), ("u", "v"), ("x", "v"), ("u", "u"), ("u", "2")))
        settings: Settings = {"along": Signature(((own,),), tuple((part,) for part in parts))}
        if self.chance.random() < 0.3:
            settings["sizes"] = (Expression.number(1), Expression.parse(f"{own.rstrip(chr(39))} - 1"))
        return (self.tensor(names),), settings

    def stack(self) -> Any:
        shared = self.axes(0, 3)
        inputs = tuple(
            self.tensor(tuple(name for name in self.chance.sample(shared, len(shared)) if name))
            for _ in range(self.chance.choice((2, 3)))
        )
        before = some(self.chance, shared, 1)
        return inputs, {"along": (self.chance.choice(("u", "u", "2")),), "before": before}

    def squeeze(self) -> Any:
        names = self.axes(0, 3, "1")
        over = ("1",) if self.chance.random() < 0.8 else some(self.chance, names, 2)
        return (self.tensor(names),), {"over": over}

    def unsqueeze(self) -> Any:
        names = self.axes(0, 3)
        before = some(self.chance, names, 1)
        return (self.tensor(names),), {"along": (self.chance.choice(("u", "u", "1", "x")),), "before": before}

    def index(self) -> Any:
        names = self.axes(1, 3)
        over = some(self.chance, names, 2)
        at = tuple(Expression.parse(self.chance.choice(("0", "1", "-1", "x - 1"))) for _ in over)
        return (self.tensor(names),), {"over": over, "at": at}

    def slice(self) -> Any:
        names = self.axes(1, 3)
        own = self.chance.choice(names)
        return (self.tensor(names),), {
            "along": Signature(((own,),), (("u",),)),
            "start": numbers(self.chance, "0", "1", "-1", "-2"),
            "stop": numbers(self.chance, "2", "3", "-1", own if own.isalpha() and own != "i" else "1"),
            "step": numbers(self.chance, "1", "2", "x"),
        }

    def gather(self) -> Any:
        names = self.axes(1, 3)
        own = self.chance.choice(names)
        entries = self.tensor(names)
        below = entries.axes[entries.names.index(own)].sizes[0]
        return (entries, self.tensor(self.axes(0, 2), "index", below)), {"over": (own,)}

    def scatter(self) -> Any:
        own, made = self.chance.choice("xy"), self.chance.choice("xym")
        names, shared = self.axes(1, 3, own), self.axes(1, 2, own)
        entries, indexes = self.tensor(names), self.tensor(shared, "index", Expression.symbol(made))
        return (entries, indexes), {"along": Signature(((own,),), ((made,),))}

    def rotary_embedding(self) -> Any:
        names = self.axes(2, 4)
        settings = {"over": some(self.chance, names, 2), "style": self.chance.choice(("half", "interleaved"))}
        return (self.tensor(names),), {**settings, "part": numbers(self.chance, "2", "x", "4")}

    def relative_position_bias(self) -> Any:
        settings: Settings = {
            "buckets": numbers(self.chance, "4", "8", "p", "3"),
            "distance": numbers(self.chance, "5", "x", "16"),
            "causal": self.chance.random() < 0.5,
        }
        return (), {**self.alibi()[1], **settings}

    def alibi(self) -> Any:
        axes = self.axes(3, 3, *self.chance.sample(("x", "y", "m", "x'"), 2))
        offset = numbers(self.chance, "0", "2", "-1", "y - x")
        return (), {"over": tuple(self.chance.sample(axes, 2)), "axes": axes, "offset": offset}

    def timestep_embedding(self) -> Any:
        kind = self.chance.choice(("real", "index", "index", "mask"))
        inputs = self.tensor(self.axes(0, 2), kind, Expression.symbol("m") if kind == "index" else None)
        settings: Settings = {"axes": (self.chance.choice(("m", "m", "p", "x", "y")),)}
        settings |= {"shift": self.chance.choice((0, 0.5, 1)), "first": self.chance.choice(("sin", "cos"))}
        return (inputs,), {**settings, "scale": self.chance.choice((1, 0.3))}

    def mask(self) -> Any:
        if self.chance.random() < 0.2:
            return (self.tensor(self.axes(0, 3)), self.tensor(self.axes(0, 2), "mask")), {}
        names = self.axes(1, 4, "x", self.chance.choice(("x'", "y", "m")))
        return (self.tensor(names),), {
            "over": tuple(self.chance.sample(names, 2)),
            "window": numbers(self.chance, "1", "2", "x"),
            "offset": numbers(self.chance, "0", "1", "y - x", "m - 2"),
            "causal": self.chance.random() < 0.6,
        }

    def top_k(self) -> Any:
        names = self.axes(1, 3)
        own, taken = self.chance.choice(names), self.chance.choice(("x", "2", "y"))
        settings = {"along": Signature(((own,),), ((taken,),)), "largest": self.chance.random() < 0.5}
        return (self.tensor(names),), settings

    def keep_top_k(self) -> Any:
        names = self.axes(1, 3)
        count = Expression.parse(self.chance.choice(("1", "x", "2")))
        settings = {"over": (self.chance.choice(names),), "count": count}
        return (self.tensor(names),), {**settings, "outside": self.chance.choice(("hidden", "zero"))}

    def trace(self) -> Any:
        names = self.axes(2, 4, "x", "x'")
        return (self.tensor(names),), {"over": ("x", "x'") if self.chance.random() < 0.9 else names[:2]}

    def unit(self) -> Any:
        one, other = self.chance.choice("xym"), self.chance.choice("xym")
        right = self.chance.choice(((one, one + "'"), (one, other, other + "'", one + "'"), (one, other)))
        return (), {"map": Signature(((),), (right,))}

    def parameter(self) -> Any:
        return (), {"axes": self.axes(0, 3), "std": self.chance.choice((0, 0.02))}

    def positional_encoding(self) -> Any:
        return (), {"axes": self.axes(2, 2), "period": self.chance.choice((10000, 7.5))}


def drawn(name: str, chance: random.Random, scope: Scope) -> Any:
    """Inputs and settings of an operation, where this file knows how; else None."""
    draw: Callable[[], Any] | None = getattr(Draw(chance, scope), name, None)
    if draw is None:
        return None
    inputs, settings = draw()
    return inputs, {key: value for key, value in settings.items() if value is not None}
