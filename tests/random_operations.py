"""Random steps of convolutions, norms and structure, for `random_diagrams`."""

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
    inputs: dict[str, Any]
    steps: list[dict[str, Any]]
    axes: dict[str, Any]
    count: int

    def chance(self, part: float) -> bool: ...
    def pick(self, fits: Callable[[Names], bool] = bool, kind: str = "real") -> str | None: ...
    def some(self, axes: Names, most: int = 2) -> Names: ...
    def fresh_axes(self, taken: Names, count: int) -> Names: ...
    def emit(self, operands: list[str], results: list[tuple[str, Names]], **step: Any) -> None: ...
    def name(self, operand: str | None = None) -> str: ...
    def add_input(self, name: str, axes: Names, kind: str = "real") -> None: ...


EVEN = ("x", "y", "m", "k", "h", "n", "d_ff", "n1", "heads")
"""Declared axes; all of their sizes are even."""


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
    if step["op"] == "conv" and recipe.chance(0.3) and channel in EVEN and made[0] in EVEN:
        step["groups"] = 2
    if recipe.chance(0.2) and step["op"] == "conv" and step["padding"] == "same":
        step["dilation"] = 2
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
    chosen = recipe.some(axes)
    spatial = tuple(axis for axis in axes if axis in chosen)
    op = recipe.draw.choice(
        ("max_pool", "average_pool", "upsample", "adaptive_average_pool", "adaptive_max_pool")
    )
    step: dict[str, Any] = {"op": op}
    if op.startswith("adaptive"):
        after = recipe.fresh_axes(axes, len(spatial))
        if "w" in (*axes, *after):
            return False
    else:
        after = tuple(made_axis(recipe) for _ in spatial)
        step["factor" if op == "upsample" else "kernel"] = recipe.draw.choice((2, 2, 3))
        if op == "average_pool" and recipe.chance(0.3):
            step |= {"padding": 1, "count_include_pad": False}
    step["over"] = f"{' '.join(spatial)} -> {' '.join(after)}"
    recipe.emit([operand], [(recipe.name(), swapped(axes, spatial, after))], **step)
    return True


def patches(recipe: Growing) -> bool:
    operand = recipe.pick(lambda axes: len(axes) > 1 and bool(set(axes) & set(EVEN)))
    if operand is None:
        return False
    axes = recipe.values[operand]
    spatial = tuple(axis for axis in axes if axis in EVEN)[: recipe.draw.choice((1, 2))]
    others = [axis for axis in axes if axis not in spatial]
    if not others:
        spatial, others = spatial[:-1], [spatial[-1]]
    if not spatial:
        return False
    channel = recipe.draw.choice(others)
    after = tuple(made_axis(recipe) for _ in spatial)
    made = recipe.fresh_axes(tuple(axis for axis in axes if axis != channel), 1)
    step: dict[str, Any] = {"op": "patch_embedding", "patch": 2, "map": f"{channel} -> {made[0]}"}
    step["over"] = f"{' '.join(spatial)} -> {' '.join(after)}"
    if recipe.chance(0.5):
        step["open"] = True
    result = swapped(axes, (*spatial, channel), (*after, *made))
    recipe.emit([operand], [(recipe.name(), result)], **step)
    return True


def depthwise(recipe: Growing) -> bool:
    operand = recipe.pick(lambda axes: len(axes) > 1 and axes[-1] in EVEN)
    if operand is None:
        return False
    axes = recipe.values[operand]
    channel, spatial = axes[-1], recipe.draw.choice(axes[:-1])
    step = {"op": "conv", "over": spatial, "kernel": 3, "padding": "same", "groups": channel}
    recipe.emit([operand], [(recipe.name(), axes)], map=f"{channel} -> {channel}", **step)
    return True


def gather(recipe: Growing) -> bool:
    """Entries picked by an index that comes in beside: some of its axes are shared."""
    operand = recipe.pick(lambda axes: bool(set(axes) & set(EVEN)))
    if operand is None:
        return False
    axes = recipe.values[operand]
    own = recipe.draw.choice([axis for axis in axes if axis in EVEN])
    rest = tuple(axis for axis in axes if axis != own)
    shared = tuple(axis for axis in rest if axis in EVEN and recipe.chance(0.3))
    new = recipe.fresh_axes(axes, recipe.draw.choice((0, 1, 1)))
    if len(rest) + len(new) > 5 or not {*shared, *new} <= {*EVEN, "2", "3", "10"}:
        return False
    recipe.count += 1
    name = f"G{recipe.count}"
    recipe.add_input(name, (*shared, *new), "index")
    recipe.inputs[name]["below"] = own
    recipe.kinds[name] = "picked"  # by nothing else: other indexes are below another number
    place = axes.index(own)
    result = (*axes[:place], *new, *axes[place + 1 :])
    recipe.emit([operand, name], [(recipe.name(), result)], op="gather", over=own)
    return True


def traced(recipe: Growing) -> bool:
    operand = recipe.pick(lambda axes: any(axis + "'" in axes for axis in axes))
    if operand is None:
        return False
    axes = recipe.values[operand]
    one = next(axis for axis in axes if axis + "'" in axes)
    rest = tuple(axis for axis in axes if axis not in (one, one + "'"))
    recipe.emit([operand], [(recipe.name(), rest)], op="trace", over=f"{one} {one}'")
    return True


def linear_function(recipe: Growing) -> bool:
    """A tensor as a function, or its associated transpose."""
    operand = recipe.pick()
    if operand is None:
        return False
    axes = recipe.values[operand]
    own = recipe.some(axes)
    own = tuple(axis for axis in axes if axis in own)
    rest = tuple(axis for axis in axes if axis not in own)
    made = recipe.fresh_axes(rest, recipe.draw.choice((1, 1, 2)))
    step: dict[str, Any] = {"op": "function", "name": "F", "linear": True}
    if recipe.chance(0.5):
        step["label"] = "F^T"
    result = (recipe.name(), swapped_in(axes, own, made))
    recipe.emit([operand], [result], map=f"{' '.join(own)} -> {' '.join(made)}", **step)
    return True


def swapped_in(axes: Names, taken: Names, made: Names) -> Names:
    """The axes made stand together where the first of those taken stood."""
    place = min(axes.index(axis) for axis in taken)
    before = [axis for axis in axes[:place] if axis not in taken]
    return (*before, *made, *(axis for axis in axes[place:] if axis not in taken))


def norm(recipe: Growing) -> bool:
    operand = recipe.pick(lambda axes: len(axes) > 1)
    if operand is None:
        return False
    axes = recipe.values[operand]
    channel, *others = recipe.draw.sample(axes, len(axes))
    op = recipe.draw.choice(("batch_norm", "batch_norm", "instance_norm", "group_norm"))
    step: dict[str, Any] = {"op": op, "channels": channel, "over": " ".join(others)}
    if op == "group_norm":
        if channel not in EVEN:
            return False
        step |= {"groups": 2, "over": " ".join(others[: recipe.draw.choice((0, 1, 2))])}
        if not step["over"]:
            del step["over"]
    elif op != "batch_norm" and recipe.chance(0.5):
        step |= {"over": others[0], "affine": True}
    recipe.emit([operand], [(recipe.name(operand), axes)], **step)
    return True


def join(recipe: Growing) -> bool:
    """Concatenation and stacking: a value with others of the same axes."""
    first = recipe.pick()
    if first is None:
        return False
    axes = recipe.values[first]
    count = recipe.draw.choice((1, 1, 2))
    operands = [first, *(recipe.pick(lambda other: other == axes) or first for _ in range(count))]
    if recipe.chance(0.6):
        own = recipe.draw.choice(axes)
        made = made_axis(recipe)
        result = tuple(made if axis == own else axis for axis in axes)
        along = f"{', '.join([own] * len(operands))} -> {made}"
        recipe.emit(operands, [(recipe.name(), result)], op="concat", along=along)
    elif len(axes) < 5:
        made = made_axis(recipe)
        step = {"op": "stack", "along": made}
        place = len(axes)
        if recipe.chance(0.5):
            place = recipe.draw.randrange(len(axes))
            step["before"] = axes[place]
        recipe.emit(operands, [(recipe.name(), (*axes[:place], made, *axes[place:]))], **step)
    return True


def split(recipe: Growing) -> bool:
    operand = recipe.pick(lambda axes: bool({"m", "h", "heads", "n"} & set(axes)))
    if operand is None:
        return False
    axes = recipe.values[operand]
    own = recipe.draw.choice([axis for axis in axes if axis in ("m", "h", "heads", "n")])
    count = recipe.draw.choice((2, 2, 3))
    parts = tuple(made_axis(recipe) for _ in range(count))
    results = [
        (f"v{len(recipe.steps)}{letter}", tuple(part if axis == own else axis for axis in axes))
        for letter, part in zip("abc", parts, strict=False)
    ]
    sizes: list[Any] = [2, f"{own} - 2"] if count == 2 else [1, 2, f"{own} - 3"]
    recipe.emit([operand], results, op="split", along=f"{own} -> {', '.join(parts)}", sizes=sizes)
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
        step: dict[str, Any] = {"op": "slice", "along": f"{own} -> {made}", "start": 0, "stop": 2}
        if recipe.chance(0.3):
            step["step"] = 2
        recipe.emit([operand], [(recipe.name(), result)], **step)
    elif kind == "reduce":
        over = recipe.some(axes)
        op = recipe.draw.choice(("sum", "mean", "max", "min", "global_average_pool", "global_max_pool"))
        rest = tuple(axis for axis in axes if axis not in over)
        recipe.emit([operand], [(recipe.name(), rest)], op=op, over=" ".join(over))
    elif own in EVEN and "2" not in axes and recipe.chance(0.6):
        result = tuple("2" if axis == own else axis for axis in axes)
        values, places = f"v{len(recipe.steps)}a", f"v{len(recipe.steps)}b"
        recipe.emit([operand], [(values, result), (places, result)], op="top_k", along=f"{own} -> 2")
        recipe.kinds[places] = "picked"
    else:
        recipe.emit([operand], [(recipe.name(), rest)], op="arg_max", over=own)
        recipe.kinds[recipe.steps[-1].get("out", recipe.steps[-1]["in"])] = "picked"
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
    kind = recipe.draw.choice(("parameter", "parameter", "unit", "table", "table", "discard", "discard"))
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
        own = recipe.draw.choice(EVEN)
        recipe.emit([], [(recipe.name(), (own, own + "'"))], op="unit", map=f"-> {own} {own}'")
        return True
    own = recipe.some(axes)
    own = tuple(axis for axis in axes if axis in own and not axis.startswith(("u", "one")))
    if not own:
        return False
    name = recipe.name()
    if kind == "table":
        own = tuple(axis for axis in axes if axis in EVEN)[:2]
        if len(own) < 2:
            return False
        recipe.emit([], [(name, own)], op="positional_encoding", axes=" ".join(own))
    else:
        recipe.emit([], [(name, own)], op="parameter", axes=" ".join(own), label="P")
    recipe.emit([operand, name], [(f"v{len(recipe.steps)}", axes)], op="add")
    return True


STEPS = (
    [convolution] * 3 + [pool] * 2 + [norm] * 2 + [join] * 2 + [split] + [pick_out] * 3 + [unit_axis]
    + [source] * 2 + [patches, depthwise, gather, traced, linear_function]
)  # fmt: skip
