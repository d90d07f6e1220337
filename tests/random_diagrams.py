"""Random well-typed specs, as YAML: the same for the same seed.

Every operation is drawn on values that it can take, so the spec is well typed by construction;
what the language refuses all the same (two axes of one name, say) is drawn anew.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from ncd_tikz.diagram import Diagram, loads
from ncd_tikz.errors import NcdError
from tests.random_operations import STEPS
from tests.random_published import STEPS as PUBLISHED
from tests.random_structure import REPEATS, equation

AXES: dict[str, Any] = {
    "x": {"size": 20, "label": r"\bar{x}", "about": "positions"},
    "y": {"size": 22, "label": r"\bar{y}"},
    "m": {"size": 128, "about": "width of the model"},
    "k": 16,
    "h": 4,
    "n": 12,
    "d_ff": {"size": 512, "label": "d_{ff}"},
    "n1": 48,
    "heads": 8,
    "p": {"size": "x*y", "label": r"\bar{x}\bar{y}"},
    "w": {"size": [3, 5], "label": "w", "about": "rows and columns of a window"},
}
NAMES = ("x", "y", "m", "k", "h", "n", "d_ff", "n1", "heads")
NUMBERS = ("2", "3", "10")
GROUP = "w"
COLORS = ("lavender", "peach", "green", "rose", "periwinkle", "straw")
BLOCKS: dict[str, Any] = {
    "feed_forward": {
        "title": "Feed Forward",
        "params": {"f": {"size": 512, "label": "d_{ff}"}},
        "axes": {"m": 128},
        "inputs": {"X": "m"},
        "steps": [
            {"op": "linear", "in": "X", "out": "a", "map": "m -> f", "label": "W_1"},
            {"op": "relu", "in": "a"},
            {"op": "linear", "in": "a", "out": "b", "map": "f -> m", "label": "W_2"},
            {"op": "add", "in": ["b", "X"], "out": "c"},
        ],
        "outputs": "c",
    },
    "gate": {
        "title": "Gate",
        "axes": {"m": 128},
        "inputs": {"A": "m", "B": "m"},
        "steps": [
            {"op": "sigmoid", "in": "A", "out": "g"},
            {"op": "multiply", "in": ["g", "B"], "out": "c"},
        ],
        "outputs": "c",
    },
    "parts": {
        "title": "Mean and Spread",
        "params": {"k": 16},
        "axes": {"m": 128},
        "inputs": {"X": "m"},
        "steps": [
            {"op": "linear", "in": "X", "out": "a", "map": "m -> k"},
            {"op": "linear", "in": "X", "out": "b", "map": "m -> k"},
            {"op": "softplus", "in": "b", "out": "c"},
        ],
        "outputs": ["a", "c"],
    },
}
BLOCKS |= {
    "tower": {
        "title": "Tower",
        "params": {"N": 2},
        "axes": {"m": 128},
        "inputs": {"X": "m"},
        "steps": [
            {
                "op": "repeat",
                "for": "i in 1..N",
                "carry": ["X"],
                "steps": [
                    {"op": "layer_norm", "in": "X", "out": "a", "over": "m"},
                    {"op": "linear", "in": "a", "out": "b", "map": "m -> m'"},
                    {"op": "gelu", "in": "b"},
                    {"op": "linear", "in": "b", "out": "d", "map": "m' -> m"},
                    {"op": "add", "in": ["X", "d"], "out": "X"},
                ],
            }
        ],
        "outputs": "X",
    },
    "nested": {
        "title": "Gated Tower",
        "axes": {"m": 128},
        "inputs": {"X": "m"},
        "steps": [
            {"op": "feed_forward", "in": "X", "out": "a", "open": True},
            {"op": "gate", "in": ["a", "X"], "out": "b"},
        ],
        "outputs": "b",
    },
}
NEEDED = {"nested": ("feed_forward", "gate")}
ELEMENTWISE = (
    "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "sigmoid", "tanh", "exp", "log", "sqrt",
    "mish", "hard_swish", "square", "abs", "reciprocal", "negate", "sin", "cos",
)  # fmt: skip
Names = tuple[str, ...]


def stem(name: str) -> str:
    return name.rstrip("'")


@dataclass
class Recipe:
    """A spec that grows step by step; `values` holds the axes of what can be used."""

    draw: random.Random
    values: dict[str, Names] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    unused: set[str] = field(default_factory=set)
    inputs: dict[str, Any] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)
    blocks: set[str] = field(default_factory=set)
    axes: dict[str, Any] = field(default_factory=dict)  # families that were declared on the way
    count: int = 0

    # Choosing --------------------------------------------------------------------------------

    def chance(self, part: float) -> bool:
        return self.draw.random() < part

    def pick(self, fits: Callable[[Names], bool] = bool, kind: str = "real") -> str | None:
        """A value, one that nobody has used yet where there is one, mostly."""
        all_of = [name for name, axes in self.values.items() if self.kinds[name] == kind and fits(axes)]
        fresh = [name for name in all_of if name in self.unused]
        if fresh and self.chance(0.7):
            return self.draw.choice(fresh)
        return self.draw.choice(all_of) if all_of else None

    def some(self, axes: Names, most: int = 2) -> Names:
        count = min(len(axes), self.draw.choice((1,) * 3 + (most,)))
        return tuple(self.draw.sample(axes, count))

    def fresh_axes(self, taken: Names, count: int) -> Names:
        """Axes that a tensor with the axes `taken` does not have."""
        found: list[str] = []
        for _ in range(count):
            pool = NAMES if self.chance(0.85) else (*NUMBERS, GROUP)
            name = self.draw.choice(pool)
            while name in taken or name in found:
                name = self.draw.choice(NAMES) if name in NUMBERS else name + "'"
            found.append(name)
        return tuple(found)

    def emit(self, operands: list[str], results: list[tuple[str, Names]], **step: Any) -> None:
        if operands:
            step["in"] = operands[0] if len(operands) == 1 else operands
        names = [name for name, _ in results]
        step["out"] = names[0] if len(names) == 1 else names
        for name in operands:
            self.unused.discard(name)
        for name, axes in results:
            self.values[name] = axes
            self.kinds[name] = "real"
            self.unused.add(name)
        if names and names == operands and self.chance(0.5):
            del step["out"]
        self.steps.append(step)

    def name(self, operand: str | None = None) -> str:
        """A new value's name; that of the operand where it is renamed in place."""
        if operand is not None and operand in self.unused and self.chance(0.5):
            return operand
        return f"v{len(self.steps)}"

    # Operations ------------------------------------------------------------------------------

    def linear(self) -> bool:
        operand = self.pick()
        if operand is None:
            return False
        axes = self.values[operand]
        taken = self.some(axes)
        rest = tuple(axis for axis in axes if axis not in taken)
        made = self.fresh_axes(rest, self.draw.choice((1, 1, 1, 2, 3)))
        step: dict[str, Any] = {"op": "linear", "map": f"{' '.join(taken)} -> {' '.join(made)}"}
        if self.chance(0.4):
            step["label"] = self.draw.choice(("Q", "K", "V", "O", "W_1"))
        if self.chance(0.5):
            step["bias"] = False
        self.emit([operand], [(self.name(), replaced(axes, taken, made))], **step)
        return True

    def einsum_one(self) -> bool:
        operand = self.pick()
        if operand is None:
            return False
        axes = self.values[operand]
        names = list(axes)
        kind = self.draw.choice(("transpose", "sum", "diagonal"))
        if kind == "diagonal":
            twins = [(i, j) for i in range(len(axes)) for j in range(i) if stem(axes[i]) == stem(axes[j])]
            if not twins:
                kind = "transpose"
            else:
                second, first = self.draw.choice(twins)
                names[second] = names[first]
        right = list(dict.fromkeys(names))
        self.draw.shuffle(right)
        if (kind == "sum" or (kind == "diagonal" and self.chance(0.4))) and len(right) > 1:
            right.pop()
        result = (self.name(), tuple(right))
        self.emit([operand], [result], op="einsum", map=f"{' '.join(names)} -> {' '.join(right)}")
        return True

    def einsum(self) -> bool:
        """A product of two tensors, or of three: shared axes are contracted or meet in dots."""
        operands = [self.pick() for _ in range(3 if self.chance(0.08) else 2)]
        if None in operands:
            return False
        names: list[list[str]] = []
        met: dict[str, int] = {}
        parted = {axis for axis in NAMES if self.chance(0.2)}  # not shared, though of one size
        for operand in operands:
            row: list[str] = []
            for axis in self.values[operand or ""]:
                name = axis
                while (
                    name in row
                    or (stem(name) in parted and name in met)
                    or self._elsewhere(operand, axis, name)
                ):
                    name += "'"
                row.append(name)
            for name in row:
                met[name] = met.get(name, 0) + 1
            names.append(row)
        every = list(dict.fromkeys(name for row in names for name in row))
        right = [name for name in every if met[name] == 1 and self.chance(0.97)]
        right += [name for name in every if met[name] == 2 and self.chance(0.5)]
        right += [name for name in every if met[name] > 2]
        if self.chance(0.3):
            self.draw.shuffle(right)
        if len(right) > 5:
            return False
        result = (self.name(), tuple(right))
        left = ", ".join(" ".join(row) for row in names)
        self.emit([o for o in operands if o], [result], op="einsum", map=f"{left} -> {' '.join(right)}")
        if self.chance(0.4):
            by = self.draw.choice(("k**(-1/2)", "1/2", "h**(-1/2)"))
            scaled = self.name(result[0])
            self.emit([result[0]], [(scaled, tuple(right))], op="scale", by=by)
        return True

    def _elsewhere(self, operand: str | None, axis: str, name: str) -> bool:
        """Whether the tensor has an axis of that name at another place."""
        return name != axis and name in self.values[operand or ""]

    def scale(self) -> bool:
        return self._same(lambda axes: True, op="scale", by=self.draw.choice(("k**(-1/2)", "2", "m*h")))

    def elementwise(self) -> bool:
        return self._same(lambda axes: True, op=self.draw.choice(ELEMENTWISE))

    def dropout(self) -> bool:
        return self._same(lambda axes: True, op="dropout", p=0.1)

    def over(self) -> bool:
        operand = self.pick()
        if operand is None:
            return False
        axes = self.values[operand]
        op = self.draw.choice(("softmax", "softmax", "layer_norm", "rms_norm"))
        step: dict[str, Any] = {"op": op, "over": " ".join(self.some(axes))}
        if op != "softmax" and self.chance(0.3):
            step["affine"] = False
        self.emit([operand], [(self.name(operand), axes)], **step)
        return True

    def _same(self, fits: Callable[[Names], bool], **step: Any) -> bool:
        operand = self.pick(fits)
        if operand is None:
            return False
        self.emit([operand], [(self.name(operand), self.values[operand])], **step)
        return True

    def arithmetic(self) -> bool:
        first = self.pick(lambda axes: True)
        if first is None:
            return False
        shared = set(self.values[first])
        operands = [first]
        for _ in range(2 if self.chance(0.15) else 1):
            other = self.pick(lambda axes: not axes or bool(shared & set(axes)))
            operands.append(other or first)
        op = self.draw.choice(("add", "add", "multiply", "subtract"))
        if op == "subtract":
            operands = operands[:2]
        axes = tuple(dict.fromkeys(axis for operand in operands for axis in self.values[operand]))
        if len(axes) > 5:
            return False
        self.emit(operands, [(self.name(), axes)], op=op)
        return True

    def view(self) -> bool:
        operand = self.pick()
        if operand is None:
            return False
        axes = self.values[operand]
        if "p" in axes and not {"x", "y"} & set(axes):
            taken, made = ("p",), ("x", "y")
        elif any(axis.startswith("(") for axis in axes):
            group = next(axis for axis in axes if axis.startswith("("))
            taken, made = (group,), tuple(group.strip("()").split())
            if set(made) & set(axes):
                return False
        elif {"x", "y"} <= set(axes) and "p" not in axes:
            taken, made = ("x", "y"), ("p",)
        else:
            plain = [axis for axis in axes if axis in NAMES]
            if len(plain) < 2:
                return False
            taken = tuple(self.draw.sample(plain, 2))
            made = (f"({' '.join(taken)})",)
        step = f"{' '.join(taken)} -> {' '.join(made)}"
        self.emit([operand], [(self.name(), replaced(axes, taken, made))], op="view", map=step)
        return True

    def causal(self) -> bool:
        operand = self.pick(lambda axes: any(axis + "'" in axes for axis in axes if stem(axis) in NAMES))
        if operand is None:
            return False
        axes = self.values[operand]
        one = next(axis for axis in axes if axis + "'" in axes and stem(axis) in NAMES)
        self.emit([operand], [(self.name(operand), axes)], op="mask", over=f"{one} {one}'")
        return True

    def mask(self) -> bool:
        given = self.pick(lambda axes: True, "mask")
        if given is None:
            return False
        operand = self.pick(lambda axes: set(self.values[given]) <= set(axes))
        if operand is None:
            return False
        self.emit([operand, given], [(self.name(operand), self.values[operand])], op="mask")
        return True

    def embedding(self) -> bool:
        operand = self.pick(lambda axes: True, "index")
        if operand is None:
            return False
        axes = self.values[operand]
        made = self.fresh_axes(axes, self.draw.choice((1, 1, 2)))
        self.emit([operand], [(self.name(), (*axes, *made))], op="embedding", map=f"n1 -> {' '.join(made)}")
        return True

    def function(self) -> bool:
        operands = [self.pick() for _ in range(self.draw.choice((1, 2, 2, 3)))]
        if None in operands:
            return False
        operands = list(dict.fromkeys(operands))
        chosen = [self.some(self.values[o or ""], 3) for o in operands]
        rest = tuple(
            dict.fromkeys(
                axis
                for operand, own in zip(operands, chosen, strict=True)
                for axis in self.values[operand or ""]
                if axis not in own
            )
        )
        if len(rest) > 3:
            return False
        count = self.draw.choice((1, 1, 2, 2, 3))
        outputs = [self.fresh_axes(rest, self.draw.choice((1, 1, 2))) for _ in range(count)]
        before = 0
        seen: list[str] = []
        for operand, own in zip(operands, chosen, strict=True):
            for axis in self.values[operand or ""]:
                if axis in own:
                    before = len(seen)
                    break
                if axis not in seen:
                    seen.append(axis)
            else:
                continue
            break
        results = [
            (
                f"v{len(self.steps)}{'abc'[number] if count > 1 else ''}",
                (*rest[:before], *made, *rest[before:]),
            )
            for number, made in enumerate(outputs)
        ]
        left = ", ".join(" ".join(own) for own in chosen)
        right = ", ".join(" ".join(made) for made in outputs)
        letter = self.draw.choice(("f", "g", "phi", "attend"))
        self.emit([o for o in operands if o], results, op="function", name=letter, map=f"{left} -> {right}")
        return True

    def block(self) -> bool:
        name = self.draw.choice(tuple(BLOCKS))
        operand = self.pick(lambda axes: axes[-1:] == ("m",))
        if operand is None:
            return False
        axes = self.values[operand]
        operands, results = [operand], [(self.name(), axes)]
        step: dict[str, Any] = {"op": name}
        if name == "gate":
            other = self.pick(lambda other: other == axes or other == ("m",))
            operands.append(other or operand)
        elif name == "parts":
            if "k" in axes:
                return False
            step["with"] = {"k": "k"}
            made = (*axes[:-1], "k")
            results = [(f"v{len(self.steps)}{letter}", made) for letter in "ab"]
        elif name == "feed_forward" and self.chance(0.5):
            step["with"] = {"f": "d_ff"}
        elif name == "tower" and self.chance(0.5):
            step["with"] = {"N": 3}
        if self.chance(0.4):
            step["open"] = True
        self.blocks |= {name, *NEEDED.get(name, ())}
        self.emit(operands, results, **step)
        return True

    # The whole spec --------------------------------------------------------------------------

    def begin(self) -> None:
        for number in range(self.draw.choice((1, 1, 2, 2, 3))):
            name = "ABC"[number]
            count = self.draw.choice((0, 1, 1, 2, 2, 2, 3, 3, 4))
            axes = self.fresh_axes((), count)
            if self.chance(0.35) and "m" not in axes:
                axes = (*axes[:-1], "m")
            axes = tuple(dict.fromkeys(axes))
            if self.chance(0.2) and axes and stem(axes[0]) in NAMES and axes[0] + "'" not in axes:
                axes = (axes[0], axes[0] + "'", *axes[1:3])
            self.add_input(name, axes)
        if self.chance(0.1):
            self.add_input("T", self.draw.choice((("x",), ("y", "x"), ())), "index")
        if self.chance(0.1):
            known = [axes for name, axes in self.values.items() if axes and self.kinds[name] == "real"]
            if known:
                axes = self.draw.choice(known)
                self.add_input("M", tuple(axis for axis in axes if self.chance(0.6)) or axes[:1], "mask")

    def add_input(self, name: str, axes: Names, kind: str = "real") -> None:
        self.values[name], self.kinds[name] = axes, kind
        self.unused.add(name)
        if kind == "real":
            self.inputs[name] = " ".join(axes)
        else:
            self.inputs[name] = {"axes": " ".join(axes), "kind": kind}
            if kind == "index":
                self.inputs[name]["below"] = "n1"

    def grow(self, count: int) -> None:
        kinds = (
            [self.linear] * 5 + [self.einsum] * 5 + [self.einsum_one] * 2 + [self.over] * 3 + [self.scale]
            + [self.elementwise] * 4 + [self.arithmetic] * 3 + [self.view] * 2 + [self.causal] * 2
            + [self.mask] * 2 + [self.embedding] * 2 + [self.dropout] + [self.function] * 2 + [self.block] * 2
        )  # fmt: skip
        tries = 0
        while len(self.steps) < count and tries < 200:
            tries += 1
            if self.chance(0.5):
                self.draw.choice((*STEPS, *STEPS, *REPEATS * 2, *PUBLISHED))(self)
            else:
                self.draw.choice(kinds)()
        for name, finish in (("T", self.embedding), ("M", self.mask)):
            if name in self.unused and not finish():
                del self.inputs[name]
                self.unused.discard(name)

    def outputs(self) -> list[str]:
        made = [
            name
            for name in self.values
            if name in self.unused and (self.kinds[name] == "real" or name not in self.inputs)
        ]
        used = [
            n
            for n in self.values
            if n not in self.unused and self.kinds[n] == "real" and n not in self.inputs
        ]
        if used and self.chance(0.15):
            made.append(self.draw.choice(used))
        if not made:
            made = [next(iter(reversed(self.values)))]
        if self.chance(0.3):
            self.draw.shuffle(made)
        return made

    def figure(self, outputs: list[str]) -> dict[str, Any]:
        """Groups, notes and the rest, for about every second spec."""
        figure: dict[str, Any] = {}
        if self.chance(0.5):
            return figure
        made: list[str] = []
        for step in self.steps:
            out = step.get("out", step.get("in", []))
            made += [out] if isinstance(out, str) else out[:1]
        made = list(dict.fromkeys(made))
        if self.chance(0.4):
            figure["title"] = True
        if self.chance(0.3):
            figure["legend"] = True
        if self.chance(0.2):
            figure["definition"] = True
        if self.chance(0.4):
            start = self.draw.randrange(len(made) or 1)
            chosen = made[start : start + self.draw.choice((1, 2, 3))]
            title = self.draw.choice(("Linear", "Scaled Dot-Product Attention", ""))
            group: dict[str, Any] = {"over": chosen, "color": self.draw.choice(COLORS)}
            if title:
                group["title"] = title
            if self.chance(0.3):
                group["style"] = "dotted"
            figure["groups"] = [group]
        if self.chance(0.4):
            texts = ("Heads attend on their own.", r"Every position $\bar{x}$ is compared with all others.")
            figure["notes"] = [
                {"at": [name], "text": text}
                for name, text in zip(self.draw.sample(made, min(2, len(made))), texts, strict=False)
            ]
            if self.chance(0.3):
                note = {"text": "All of it at once.", "color": "straw"}
                note["side"] = self.draw.choice(("above", "below", "auto"))
                figure["notes"].append(note)
        if self.chance(0.2):
            figure["break"] = self.draw.sample(made, min(len(made), self.draw.choice((1, 1, 2))))
        if self.chance(0.2):
            figure["grids"] = self.grids(outputs)
        if self.chance(0.3):
            axes = [axis for axes in self.values.values() for axis in axes if axis in NAMES]
            if axes:
                figure["highlight"] = [self.draw.choice(axes)]
        if self.chance(0.3):
            figure["tags"] = {next(iter(self.inputs)): "X", outputs[0]: r"\hat{Y}"}
        if self.chance(0.2):
            figure["width"] = self.draw.choice(("icml-column", "neurips", "article"))
        return figure

    def grids(self, outputs: list[str]) -> list[dict[str, Any]]:
        """Cells beside an input and an output of one or two axes; sometimes an arrow between them."""

        def small(names: Iterable[str]) -> list[str]:
            every = ((name, self.values[name]) for name in names)
            return [
                name for name, axes in every if 0 < len(axes) < 3 and {*map(stem, axes)} <= {*NAMES, *NUMBERS}
            ]

        taken, made = small(self.inputs), small(outputs)
        grids: list[dict[str, Any]] = [{"of": name} for name in dict.fromkeys(taken[:1] + made[-1:])]
        if taken and self.chance(0.6):
            grids[0]["fill"] = {self.draw.choice(self.values[taken[0]]): 1}
        if taken and made and self.chance(0.6):
            grids[-1]["arrow"] = "G"
        return grids


def replaced(axes: Names, taken: Names, made: Names) -> Names:
    """The axes made stand where the first of those taken stood."""
    place = min(axes.index(axis) for axis in taken)
    before = [axis for axis in axes[:place] if axis not in taken]
    return (*before, *made, *(axis for axis in axes[place:] if axis not in taken))


def attempt(seed: str) -> str:
    """A spec drawn with this seed, not yet checked."""
    recipe = Recipe(random.Random(seed))
    recipe.begin()
    recipe.grow(recipe.draw.choice((1, 2, 3, 4, 5, 6, 8, 10, 12)))
    if not recipe.steps:
        recipe.add_input("Z", ("x", "m"))
        recipe.grow(1)
    outputs = recipe.outputs()
    spec: dict[str, Any] = {"ncd": 1, "name": "random_diagram", "title": "A Random Diagram"}
    spec["axes"] = {**AXES, **recipe.axes}
    spec["inputs"] = recipe.inputs
    if recipe.blocks:
        spec["blocks"] = {name: BLOCKS[name] for name in BLOCKS if name in recipe.blocks}
    figure = recipe.figure(outputs)
    sides = equation(recipe, outputs) if recipe.chance(0.2) else None
    if sides:
        spec["equation"] = sides
        figure = {key: figure[key] for key in ("title", "legend", "width", "highlight") if key in figure}
    else:
        spec["steps"] = recipe.steps
        spec["outputs"] = outputs[0] if len(outputs) == 1 else outputs
    if figure:
        spec["figure"] = figure
    return yaml.safe_dump(spec, sort_keys=False, default_flow_style=None, width=110)


def found(seed: int) -> tuple[str, Diagram]:
    """The first spec of this seed that loads, and its diagram."""
    for trial in range(20):
        text = attempt(f"{seed}.{trial}")
        try:
            return text, loads(text)
        except NcdError:
            continue
    raise ValueError(f"no spec of seed {seed} loads")


def random_spec(seed: int) -> str:
    """The random spec of a seed."""
    return found(seed)[0]


@cache
def random_diagram(seed: int) -> Diagram:
    """The diagram of the random spec."""
    return found(seed)[1]
