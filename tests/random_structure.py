"""Random repetitions, families of axes and equations, for `random_diagrams`."""

from __future__ import annotations

from typing import Any

from tests.random_operations import Growing, Names

Steps = list[dict[str, Any]]


def repetition(recipe: Growing) -> bool:
    """A body that gives back the axes that it takes; it may save, repeat, or take what is constant."""
    operand = recipe.pick(lambda axes: bool({"m", "k", "n"} & set(axes)))
    if operand is None:
        return False
    axes = recipe.values[operand]
    own = recipe.draw.choice([axis for axis in axes if axis in ("m", "k", "n")])
    wide = recipe.fresh_axes(axes, 1)[0]
    number = len(recipe.steps)
    running = f"r{number}"
    middle = {"op": recipe.draw.choice(("relu", "softmax", "layer_norm")), "in": f"s{number}"}
    if middle["op"] != "relu":
        middle["over"] = wide
    body: Steps = [
        {"op": "linear", "in": running, "out": f"s{number}", "map": f"{own} -> {wide}", "label": "A"},
        middle,
    ]
    if recipe.chance(0.3):
        body.append(_inner(recipe, f"s{number}", wide))
    last = f"t{number}"
    body.append({"op": "linear", "in": f"s{number}", "out": last, "map": f"{wide} -> {own}", "label": "B"})
    if recipe.chance(0.5):
        body.append({"op": "add", "in": [running, last], "out": f"w{number}"})
        last = f"w{number}"
    constant = recipe.pick(lambda other: bool(other) and set(other) <= set(axes))
    if constant is not None and constant != operand and recipe.chance(0.4):
        body.append({"op": "multiply", "in": [last, constant], "out": f"z{number}"})
        recipe.unused.discard(constant)
        last = f"z{number}"
    saves = recipe.chance(0.5)
    if saves:
        body[-1]["out"] = f"C{number}[i]"
    body.append({"op": "tanh", "out": running})
    step: dict[str, Any] = {"op": "repeat", "for": "i in 1..2", "carry": [running], "steps": body}
    if recipe.chance(0.3):
        step |= {"times": 3, "index": "i"}
        del step["for"]
    if recipe.chance(0.2):
        step["share"] = True
    recipe.emit([operand], [(running, axes)], op="relu")
    recipe.steps.append(step)
    if saves:
        load = {"op": "relu", "in": f"C{number}[{recipe.draw.choice((1, 2))}]", "out": f"l{number}"}
        recipe.steps.append(load)
        _known(recipe, f"l{number}", axes)
    return True


def _inner(recipe: Growing, value: str, own: str) -> dict[str, Any]:
    """A repetition between parentheses of another one."""
    steps: Steps = [{"op": recipe.draw.choice(("relu", "gelu")), "in": value}]
    if recipe.chance(0.5):
        steps.append({"op": "linear", "in": value, "map": f"{own} -> {own}'"})
        steps.append({"op": "linear", "in": value, "out": value, "map": f"{own}' -> {own}"})
    else:
        steps.append({"op": "tanh", "in": value, "out": value})
    return {"op": "repeat", "for": "j in 1..3", "carry": [value], "steps": steps}


def _known(recipe: Growing, name: str, axes: Names) -> None:
    recipe.values[name], recipe.kinds[name] = axes, "real"
    recipe.unused.add(name)


def families(recipe: Growing) -> bool:
    """Axes whose size depends on the index: on the way there something is saved, on the way back taken."""
    operand = recipe.pick(lambda axes: bool({"m", "k", "n"} & set(axes)))
    if operand is None or "c" in recipe.axes:
        return False
    axes = recipe.values[operand]
    own = recipe.draw.choice([axis for axis in axes if axis in ("m", "k", "n")])
    recipe.axes["c"] = {"index": "i", "size": "8 * 2**i"}
    number = len(recipe.steps)
    running = f"r{number}"

    def at(index: str) -> str:
        return " ".join(f"c[{index}]" if axis == own else axis for axis in axes)

    def with_own(name: str) -> Names:
        return tuple(name if axis == own else axis for axis in axes)

    recipe.emit([operand], [(running, with_own("c[1]"))], op="linear", map=f"{own} -> c[1]", label="I")
    saves = recipe.chance(0.7)
    down: Steps = [
        {"op": "linear", "in": running, "out": "C[i]" if saves else running, "map": "c[i] -> c[i+1]"},
        {"op": recipe.draw.choice(("relu", "tanh")), "out": running},
    ]
    if saves and recipe.chance(0.3):
        down.insert(0, {"op": "layer_norm", "in": running, "over": "c[i]"})
    recipe.steps.append({"op": "repeat", "for": "i in 1..3", "carry": {running: at("i")}, "steps": down})
    result = with_own("c[4]")
    if saves and recipe.chance(0.7):
        meets = {"op": "add", "in": [running, "C[4-i]"], "out": "both"}
        up: Steps = [meets, {"op": "linear", "in": "both", "out": running, "map": "c[5-i] -> c[4-i]"}]
        if recipe.chance(0.4):
            recipe.axes["e"] = {"index": "i", "size": "2*c[i]", "label": "2c"}
            meets |= {"op": "concat", "along": "c[5-i], c[5-i] -> e[5-i]"}
            up[1]["map"] = "e[5-i] -> c[4-i]"
        recipe.steps.append({"op": "repeat", "for": "i in 1..3", "carry": {running: at("5-i")}, "steps": up})
        result = with_own("c[1]")
    elif saves:
        recipe.steps.append({"op": "relu", "in": "C[2]", "out": f"l{number}"})
        _known(recipe, f"l{number}", with_own("c[3]"))
    _known(recipe, running, result)
    return True


def equation(recipe: Growing, outputs: list[str]) -> list[dict[str, Any]] | None:
    """The steps, and a function of everything, or what else comes of the same inputs."""
    real = [name for name in recipe.inputs if recipe.kinds[name] == "real"]
    made = [recipe.values[name] for name in outputs]
    taken = [tuple(recipe.inputs[name].split()) for name in real]
    if not all((*taken, *made)) or len(real) < len(recipe.inputs):
        return None
    if any(recipe.kinds[name] != "real" for name in outputs) or any(
        a[0] in "u(" for axes in made for a in axes
    ):
        return None
    left = ", ".join(map(" ".join, taken))
    right = ", ".join(map(" ".join, made))
    names = [f"o{number}" for number in range(len(outputs))]
    whole: dict[str, Any] = {
        "op": "function",
        "name": "F",
        "in": real[0] if len(real) == 1 else real,
        "out": names[0] if len(names) == 1 else names,
        "map": f"{left} -> {right}",
    }
    sides: list[dict[str, Any]] = [
        {"steps": recipe.steps, "outputs": outputs[0] if len(outputs) == 1 else outputs},
        {"steps": [whole], "outputs": whole["out"]},
    ]
    if recipe.chance(0.5):
        sides[1] |= {"relation": recipe.draw.choice(("=", r"\approx", r"\mapsto", r"\Rightarrow"))}
        sides[1] |= {"over": recipe.draw.choice(("def", "Broadcasting", "associated transpose"))}
    if recipe.chance(0.3):
        acts = [{"op": "negate", "in": name, "out": f"{name}n"} for name in real]
        sides.append({"steps": acts, "outputs": [f"{name}n" for name in real], "relation": r"\mapsto"})
    if recipe.chance(0.3):
        sides[-1]["new_line"] = True
    if recipe.chance(0.5):
        sides.reverse()
        relation = {key: sides[-1].pop(key) for key in ("relation", "over", "new_line") if key in sides[-1]}
        first = {key: sides[0].pop(key) for key in ("relation", "over", "new_line") if key in sides[0]}
        sides[-1] |= first or relation
    return sides


REPEATS = [repetition, repetition, families]
