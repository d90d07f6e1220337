"""Random steps of what published models are made of, for `random_diagrams`."""

from __future__ import annotations

from typing import Any

from tests.random_operations import EVEN, Growing


def rotation(recipe: Growing) -> bool:
    operand = recipe.pick(lambda axes: len(axes) > 1 and bool(set(axes) & set(EVEN)))
    if operand is None:
        return False
    axes = recipe.values[operand]
    depth = recipe.draw.choice([axis for axis in axes if axis in EVEN])
    place = recipe.draw.choice([axis for axis in axes if axis != depth])
    if place.startswith("("):
        return False
    step: dict[str, Any] = {"op": "rotary_embedding", "over": f"{place} {depth}"}
    if recipe.chance(0.3):
        step |= {"style": "interleaved", "part": 2}
    recipe.emit([operand], [(recipe.name(operand), axes)], **step)
    return True


def window(recipe: Growing) -> bool:
    """Who looks back, and how far: axes of one size, or of others that begin later."""
    operand = recipe.pick(lambda axes: len(set(axes) & set(EVEN)) > 1)
    if operand is None:
        return False
    axes = recipe.values[operand]
    one, other = recipe.draw.sample([axis for axis in axes if axis in EVEN], 2)
    step: dict[str, Any] = {"op": "mask", "over": f"{one} {other}", "offset": f"{other} - {one}"}
    if recipe.chance(0.5):
        step |= {"window": 2, "causal": recipe.chance(0.5)}
    recipe.emit([operand], [(recipe.name(operand), axes)], **step)
    return True


def scatter(recipe: Growing) -> bool:
    """Entries put where an index says that comes in beside: some of its axes are shared."""
    operand = recipe.pick(lambda axes: bool(set(axes) & set(EVEN)))
    if operand is None:
        return False
    axes = recipe.values[operand]
    own = recipe.draw.choice([axis for axis in axes if axis in EVEN])
    free = [axis for axis in EVEN if axis not in axes]
    if not free:
        return False
    made = recipe.draw.choice(free)
    shared = tuple(axis for axis in axes if axis in EVEN and (axis == own or recipe.chance(0.4)))
    recipe.count += 1
    name = f"G{recipe.count}"
    recipe.add_input(name, shared, "index")
    recipe.inputs[name]["below"] = made
    recipe.kinds[name] = "picked"
    result = tuple(made if axis == own else axis for axis in axes)
    recipe.emit([operand, name], [(recipe.name(), result)], op="scatter", along=f"{own} -> {made}")
    return True


def slope(recipe: Growing) -> bool:
    operand = recipe.pick()
    if operand is None:
        return False
    axes = recipe.values[operand]
    step: dict[str, Any] = {"op": "prelu"}
    if recipe.chance(0.7):
        step["channels"] = " ".join(recipe.some(axes))
    recipe.emit([operand], [(recipe.name(operand), axes)], **step)
    return True


def bias(recipe: Growing) -> bool:
    """A table over two of a value's axes and a third, added to it."""
    operand = recipe.pick(lambda axes: len(set(axes) & set(EVEN)) > 2)
    if operand is None:
        return False
    axes = recipe.values[operand]
    one, other, head = recipe.draw.sample([axis for axis in axes if axis in EVEN], 3)
    order = tuple(axis for axis in axes if axis in (one, other, head))
    step: dict[str, Any] = {"op": "alibi", "over": f"{one} {other}", "axes": " ".join(order)}
    if recipe.chance(0.6):
        step |= {"op": "relative_position_bias", "buckets": 8, "causal": recipe.chance(0.5)}
    name = recipe.name()
    recipe.emit([], [(name, order)], **step)
    recipe.emit([operand, name], [(f"v{len(recipe.steps)}", axes)], op="add")
    return True


def time_step(recipe: Growing) -> bool:
    """Waves of a number, or of each of several."""
    operand = recipe.pick(lambda axes: len(axes) < 4, recipe.draw.choice(("real", "index")))
    if operand is None:
        return False
    axes = recipe.values[operand]
    free = [axis for axis in EVEN if axis not in axes]
    made = recipe.draw.choice(free)
    recipe.emit([operand], [(recipe.name(), (*axes, made))], op="timestep_embedding", axes=made)
    return True


def largest(recipe: Growing) -> bool:
    operand = recipe.pick(lambda axes: bool(set(axes) & set(EVEN)))
    if operand is None:
        return False
    axes = recipe.values[operand]
    own = recipe.draw.choice([axis for axis in axes if axis in EVEN])
    step = {"op": "keep_top_k", "over": own, "count": recipe.draw.choice((2, 3))}
    recipe.emit([operand], [(recipe.name(operand), axes)], **step)
    return True


STEPS = [rotation, rotation, window, scatter, scatter, slope, bias, bias, time_step, largest]
