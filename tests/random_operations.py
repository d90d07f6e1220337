"""Random steps of convolutions, norms, structure and repetition, for `random_diagrams`."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Protocol

Names = tuple[str, ...]


class Growing(Protocol):
    """The part of a recipe that steps are drawn with."""

    draw: random.Random
    values: dict[str, Names]
    kinds: dict[str, str]
    unused: set[str]
    steps: list[dict[str, Any]]
    count: int

    def chance(self, part: float) -> bool: ...
    def pick(self, fits: Callable[[Names], bool] = bool, kind: str = "real") -> str | None: ...
    def some(self, axes: Names, most: int = 2) -> Names: ...
    def fresh_axes(self, taken: Names, count: int) -> Names: ...
    def emit(self, operands: list[str], results: list[tuple[str, Names]], **step: Any) -> None: ...
    def name(self, operand: str | None = None) -> str: ...


def made_axis(recipe: Growing) -> str:
    """An axis that nothing declares: its size follows."""
    recipe.count += 1
    return f"u{recipe.count}"


def swapped(axes: Names, taken: Names, made: Names) -> Names:
    """Every axis taken gives way to the one made in its place."""
    new = dict(zip(taken, made, strict=True))
    return tuple(new.get(axis, axis) for axis in axes)


def convolution(recipe: Growing) -> bool:
    operand = recipe.pick(lambda axes: len(axes) > 1)
    if operand is None:
        return False
    axes = recipe.values[operand]
    channel, *others = recipe.draw.sample(axes, len(axes))
    spatial = tuple(axis for axis in axes if axis in others[: recipe.draw.choice((1, 1, 2))])
    step: dict[str, Any] = {"op": "conv", "kernel": recipe.draw.choice((1, 3))}
    if recipe.chance(0.4):
        step |= {"op": "conv_transpose", "kernel": 2, "stride": 2}
        after = tuple(made_axis(recipe) for _ in spatial)
    elif recipe.chance(0.5):
        step |= {"stride": 2, "padding": step["kernel"] // 2}
        after = tuple(made_axis(recipe) for _ in spatial)
    else:
        step["padding"] = "same"
        after = spatial
    step["over"] = " ".join(spatial) + (f" -> {' '.join(after)}" if after != spatial else "")
    made = recipe.fresh_axes(tuple(axis for axis in axes if axis != channel), 1)
    step["map"] = f"{channel} -> {made[0]}"
    if recipe.chance(0.5):
        step["open"] = True
    if recipe.chance(0.3):
        step["label"] = "K"
    result = swapped(axes, (*spatial, channel), (*after, *made))
    recipe.emit([operand], [(recipe.name(), result)], **step)
    return True


def pool(recipe: Growing) -> bool:
    operand = recipe.pick()
    if operand is None:
        return False
    axes = recipe.values[operand]
    spatial = tuple(axis for axis in axes if axis in recipe.some(axes))
    after = tuple(made_axis(recipe) for _ in spatial)
    op = recipe.draw.choice(("max_pool", "average_pool", "upsample"))
    step: dict[str, Any] = {"op": op, "over": f"{' '.join(spatial)} -> {' '.join(after)}"}
    step["factor" if op == "upsample" else "kernel"] = 2
    recipe.emit([operand], [(recipe.name(), swapped(axes, spatial, after))], **step)
    return True


def norm(recipe: Growing) -> bool:
    operand = recipe.pick(lambda axes: len(axes) > 1)
    if operand is None:
        return False
    axes = recipe.values[operand]
    channel, *others = recipe.draw.sample(axes, len(axes))
    op = recipe.draw.choice(("batch_norm", "batch_norm", "instance_norm"))
    step = {"op": op, "over": " ".join(others), "channels": channel}
    recipe.emit([operand], [(recipe.name(operand), axes)], **step)
    return True


def join(recipe: Growing) -> bool:
    """Concatenation and stacking: a value with another one of the same axes."""
    first = recipe.pick()
    if first is None:
        return False
    axes = recipe.values[first]
    second = recipe.pick(lambda other: other == axes) or first
    if recipe.chance(0.6):
        own = recipe.draw.choice(axes)
        made = made_axis(recipe)
        result = tuple(made if axis == own else axis for axis in axes)
        recipe.emit([first, second], [(recipe.name(), result)], op="concat", along=f"{own}, {own} -> {made}")
    elif len(axes) < 5:
        made = made_axis(recipe)
        recipe.emit([first, second], [(recipe.name(), (made, *axes))], op="stack", along=made)
    return True


def split(recipe: Growing) -> bool:
    operand = recipe.pick(lambda axes: bool({"m", "h", "heads", "n"} & set(axes)))
    if operand is None:
        return False
    axes = recipe.values[operand]
    own = recipe.draw.choice([axis for axis in axes if axis in ("m", "h", "heads", "n")])
    parts = (made_axis(recipe), made_axis(recipe))
    results = [
        (f"v{len(recipe.steps)}{letter}", tuple(part if axis == own else axis for axis in axes))
        for letter, part in zip("ab", parts, strict=True)
    ]
    along = f"{own} -> {', '.join(parts)}"
    recipe.emit([operand], results, op="split", along=along, sizes=[2, f"{own} - 2"])
    return True


def pick_out(recipe: Growing) -> bool:
    """Index, slice, and the reductions."""
    operand = recipe.pick()
    if operand is None:
        return False
    axes = recipe.values[operand]
    own = recipe.draw.choice(axes)
    kind = recipe.draw.choice(("index", "slice", "reduce", "reduce", "top_k"))
    rest = tuple(axis for axis in axes if axis != own)
    if kind == "index":
        recipe.emit([operand], [(recipe.name(), rest)], op="index", over=own, at=1)
    elif kind == "slice":
        made = made_axis(recipe)
        result = tuple(made if axis == own else axis for axis in axes)
        step = {"op": "slice", "along": f"{own} -> {made}", "start": 0, "stop": 2}
        recipe.emit([operand], [(recipe.name(), result)], **step)
    elif kind == "reduce":
        over = recipe.some(axes)
        op = recipe.draw.choice(("sum", "mean", "max", "min", "global_average_pool"))
        rest = tuple(axis for axis in axes if axis not in over)
        recipe.emit([operand], [(recipe.name(), rest)], op=op, over=" ".join(over))
    elif own == "x" and "k" not in axes:
        result = tuple("k" if axis == own else axis for axis in axes)
        values, places = f"v{len(recipe.steps)}a", f"v{len(recipe.steps)}b"
        recipe.emit([operand], [(values, result), (places, result)], op="top_k", along="x -> k")
        recipe.kinds[places] = "index"
    else:
        recipe.emit([operand], [(recipe.name(), rest)], op="arg_max", over=own)
        recipe.kinds[recipe.steps[-1].get("out", recipe.steps[-1]["in"])] = "index"
    return True


def unit_axis(recipe: Growing) -> bool:
    ones = recipe.pick(lambda axes: any(axis.startswith("one") for axis in axes))
    if ones is not None and recipe.chance(0.7):
        axes = recipe.values[ones]
        one = next(axis for axis in axes if axis.startswith("one"))
        rest = tuple(axis for axis in axes if axis != one)
        recipe.emit([ones], [(recipe.name(), rest)], op="squeeze", over=one)
        return True
    operand = recipe.pick(lambda axes: len(axes) < 5)
    if operand is None:
        return False
    recipe.count += 1
    one = f"one{recipe.count}"
    axes = (one, *recipe.values[operand])
    recipe.emit([operand], [(recipe.name(), axes)], op="unsqueeze", along=one)
    return True


def source(recipe: Growing) -> bool:
    """A value that comes from nothing: a learned tensor, a table, the unit; and one that goes."""
    kind = recipe.draw.choice(("parameter", "parameter", "unit", "table", "discard"))
    if kind == "discard":
        operand = recipe.pick()
        if operand is None or len([name for name in recipe.unused if recipe.kinds[name] == "real"]) < 2:
            return False
        recipe.emit([operand], [], op="discard")
        return True
    operand = recipe.pick()
    if operand is None:
        return False
    axes = recipe.values[operand]
    if kind == "unit":
        own = recipe.fresh_axes((), 1)[0]
        recipe.emit([], [(recipe.name(), (own, own + "'"))], op="unit", map=f"-> {own} {own}'")
        return True
    own = recipe.some(axes)
    own = tuple(axis for axis in axes if axis in own and not axis.startswith(("u", "one")))
    if not own:
        return False
    name = recipe.name()
    if kind == "table" and len(own) == 2 and "w" not in own:
        recipe.emit([], [(name, own)], op="positional_encoding", axes=" ".join(own))
    else:
        recipe.emit([], [(name, own)], op="parameter", axes=" ".join(own), label="P")
    recipe.emit([operand, name], [(f"v{len(recipe.steps)}", axes)], op="add")
    return True


def repetition(recipe: Growing) -> bool:
    """A body that gives back the axes that it takes; sometimes it saves, or takes what is constant."""
    operand = recipe.pick(lambda axes: bool({"m", "k", "n"} & set(axes)))
    if operand is None:
        return False
    axes = recipe.values[operand]
    own = recipe.draw.choice([axis for axis in axes if axis in ("m", "k", "n")])
    wide = recipe.fresh_axes(axes, 1)[0]
    number = len(recipe.steps)
    body: list[dict[str, Any]] = [
        {"op": "linear", "in": f"r{number}", "out": f"s{number}", "map": f"{own} -> {wide}", "label": "A"},
        {"op": recipe.draw.choice(("relu", "softmax", "layer_norm")), "in": f"s{number}"},
        {"op": "linear", "in": f"s{number}", "out": f"t{number}", "map": f"{wide} -> {own}", "label": "B"},
    ]
    if body[1]["op"] != "relu":
        body[1]["over"] = wide
    last = f"t{number}"
    operands = [operand]
    if recipe.chance(0.5):
        body.append({"op": "add", "in": [f"r{number}", last], "out": f"w{number}"})
        last = f"w{number}"
    constant = recipe.pick(lambda other: bool(other) and set(other) <= set(axes))
    if constant is not None and constant != operand and recipe.chance(0.4):
        body.append({"op": "multiply", "in": [last, constant], "out": f"z{number}"})
        recipe.unused.discard(constant)
        last = f"z{number}"
    if recipe.chance(0.5):
        body[-1]["out"] = f"C{number}[i]"
        last = f"C{number}[i]"
        load = {"op": "relu", "in": f"C{number}[{recipe.draw.choice((1, 2))}]", "out": f"l{number}"}
    else:
        load = None
    step: dict[str, Any] = {"op": "repeat", "for": "i in 1..2", "carry": [f"r{number}"], "steps": body}
    if recipe.chance(0.3):
        step |= {"times": 3, "index": "i"}
        del step["for"]
    if last != f"r{number}":
        body.append({"op": "tanh", "out": f"r{number}"})
    recipe.emit(operands, [(f"r{number}", axes)], op="relu")
    recipe.unused.discard(f"r{number}")
    recipe.steps.append(step)
    recipe.unused.add(f"r{number}")
    if load is not None:
        recipe.steps.append(load)
        recipe.values[f"l{number}"] = axes
        recipe.kinds[f"l{number}"] = "real"
        recipe.unused.add(f"l{number}")
    return True


STEPS = (
    [convolution] * 3 + [pool] * 2 + [norm] * 2 + [join] * 2 + [split] + [pick_out] * 2 + [unit_axis]
    + [source] * 2
)  # fmt: skip
REPEATS = (repetition,) * 2
