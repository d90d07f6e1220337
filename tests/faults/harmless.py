"""Changes that leave the function what it is: the same formula, otherwise written."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from tests.faults.operators import MODULES, calls, nodes
from tests.faults.source import Change, Edit, Place, called

Operator = Callable[[Place], Iterator[Change]]
F = "torch.nn.functional"

# Method or function of one tensor -> equivalent formulas of {x}, and of {d}, what it is given besides.
# None that overflows where the other does not (log(1 + exp(x))): check gives large inputs, too.
FORMULAS: dict[str, tuple[str, ...]] = {
    "relu": ("{x}.clamp(min=0)", "torch.relu({x})", "({x} + {x}.abs()) / 2"),
    "leaky_relu": ("torch.where({x} > 0, {x}, {x} * {d})",),
    "elu": ("torch.where({x} > 0, {x}, torch.expm1({x}) * {d})",),
    "gelu": ("0.5 * {x} * (1 + torch.erf({x} / 2**0.5))",),
    "silu": ("{x} * torch.sigmoid({x})", "{x} / (1 + torch.exp(-{x}))"),
    "softplus": ("-torch.nn.functional.logsigmoid(-{x})",),
    "sigmoid": ("torch.sigmoid({x})", "1 / (1 + torch.exp(-{x}))"),
    "tanh": ("torch.tanh({x})", "2 * torch.sigmoid(2 * {x}) - 1"),
    "exp": ("torch.exp({x})",),
    "log": ("torch.log({x})", "torch.log2({x}) * 0.6931471805599453"),
    "sqrt": ("{x} ** 0.5", "torch.sqrt({x})"),
    "square": ("{x} * {x}", "{x}.pow(2)"),
    "abs": ("torch.abs({x})", "torch.maximum({x}, -{x})"),
    "reciprocal": ("1 / {x}", "{x} ** -1"),
    "sin": ("torch.sin({x})",),
    "cos": ("torch.cos({x})",),
    "softmax": (
        f"{F}.softmax({{x}}, dim={{d}})",
        "torch.exp({x} - torch.logsumexp({x}, {d}, keepdim=True))",
        f"{F}.log_softmax({{x}}, {{d}}).exp()",
    ),
    "sum": ("torch.sum({x}, dim={d})",),
    "mean": ("torch.mean({x}, dim={d})",),
    "amax": ("torch.amax({x}, {d})",),
    "amin": ("-(-{x}).amax({d})",),
    "argmax": ("torch.argmax({x}, dim={d})", "(-{x}).argmin({d})"),
    "squeeze": ("torch.squeeze({x}, {d})",),
    "unsqueeze": ("torch.unsqueeze({x}, {d})",),
    "transpose": ("{x}.swapaxes({d})",),
    "flatten": ("{x}.contiguous().flatten({d})",),
}


def comment(place: Place) -> Iterator[Change]:
    """A remark, and a line that does nothing."""
    statement = place.statement
    if isinstance(statement, (ast.Assign, ast.Return)):
        start, _ = place.source.span(statement)
        indent = " " * statement.col_offset
        text = f"# what follows is as it was\n{indent}"
        yield place.change("a comment", text.strip(), Edit(start, start, text))
        yield place.change(
            "a line that does nothing", "assert True", Edit(start, start, f"assert True\n{indent}")
        )


def formula(place: Place) -> Iterator[Change]:
    """An activation, a reduction, a norm by an equal formula."""
    for node in calls(place):
        if not isinstance(node.func, ast.Attribute) or node.keywords:
            continue
        value, name = place.source.written(node.func.value), called(node)
        method = value not in MODULES and not value.startswith("self.")
        if value not in ("F", "torch", "nn.functional") and not method:
            continue
        given = node.args if method else node.args[1:]
        argument = node.func.value if method else node.args[0] if node.args else None
        if argument is None or not isinstance(argument, ast.Name):
            continue
        rest = ", ".join(map(place.source.written, given))
        for text in FORMULAS.get(name, ()):
            if "{d}" in text and not rest:
                continue
            made = text.replace("{x}", place.source.written(argument)).replace("{d}", rest)
            yield place.replace("an equal formula", node, f"({made})")


def commuted(place: Place) -> Iterator[Change]:
    """Sums and products the other way round, a quotient for a product."""
    for node in nodes(place):
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mult)):
            left, right = place.source.written(node.left), place.source.written(node.right)
            sign = "+" if isinstance(node.op, ast.Add) else "*"
            yield place.replace("operands commuted", node, f"({right} {sign} {left})")
            if isinstance(node.op, ast.Mult) and "**" in right:
                yield place.replace("a quotient for a product", node, f"({left} / ({right}) ** -1)")
            if isinstance(node.op, ast.Add):
                yield place.replace("a difference for a sum", node, f"({left} - (-({right})))")


def letters(place: Place) -> Iterator[Change]:
    """Other letters of an einsum; its operands the other way round; by multiplying and adding."""
    for node in calls(place):
        if called(node) != "einsum" or not isinstance(node.args[0], ast.Constant):
            continue
        string = str(node.args[0].value)
        used = sorted({letter for letter in string if letter.isalpha()})
        others = dict(zip(used, "abcdefgnopqr"[::-1], strict=False))
        renamed = "".join(others.get(each, each) for each in string)
        yield place.replace("other letters", node.args[0], repr(renamed))
        operands = list(map(place.source.written, node.args[1:]))
        if len(operands) == 2:
            left, _, right = string.partition("->")
            one, two = left.split(",")
            swapped = f"{two},{one}->{right}"
            text = f"torch.einsum({swapped!r}, {operands[1]}, {operands[0]})"
            yield place.replace("operands of einsum exchanged", node, text)


def reshaped(place: Place) -> Iterator[Change]:
    """reshape for unflatten and flatten, permute for transpose, a dimension from the front."""
    reductions = ("softmax", "sum", "mean", "amax", "amin")
    for node in calls(place):
        if not isinstance(node.func, ast.Attribute):
            continue
        value = place.source.written(node.func.value)
        args = list(map(place.source.written, node.args))
        name = called(node)
        if name == "unflatten" and args[0] == "-1":
            text = f"(lambda r: r.reshape(*r.shape[:-1], *{args[1]}))({value})"
            yield place.replace("reshape for unflatten", node, text)
        elif name == "flatten" and args == ["-2"]:
            text = f"(lambda r: r.reshape(*r.shape[:-2], r.shape[-2] * r.shape[-1]))({value})"
            yield place.replace("reshape for flatten", node, text)
        elif name == "transpose" and args == ["-2", "-1"]:
            yield place.replace("mT for transpose", node, f"{value}.mT")
        elif name in reductions and len(args) == 1 and re.fullmatch(r"-\d", args[0]):
            text = f"(lambda r: r.{name}(r.dim() {args[0]}))({value})"
            if value not in MODULES:
                yield place.replace("a dimension from the front", node, text)
        elif name == "reshape":
            yield place.replace("contiguous first", node.func, f"{value}.contiguous().reshape")


def linear(place: Place) -> Iterator[Change]:
    """A learned map by its weight: as a function, a product, in two halves, fused with another."""
    for node in calls(place):
        part = node.func
        if (
            not isinstance(part, ast.Attribute)
            or place.built.get(part.attr) != "Linear"
            or len(node.args) != 1
        ):
            continue
        layer, given = place.source.written(part), place.source.written(node.args[0])
        call = f"{F}.linear"
        yield place.replace("a function for a layer", node, f"{call}({given}, {layer}.weight, {layer}.bias)")
        yield place.replace(
            "a product for a layer", node,
            f"({given} @ {layer}.weight.mT + (0 if {layer}.bias is None else {layer}.bias))",
        )  # fmt: skip
        yield place.replace(
            "a projection in two halves", node,
            f"torch.cat([{call}({given}, w) for w in {layer}.weight.tensor_split(2)], -1)"
            f" + (0 if {layer}.bias is None else {layer}.bias)",
        )  # fmt: skip
        for other, kind in place.built.items():
            if kind == "Linear" and other != part.attr:
                yield place.replace(
                    "projections fused", node,
                    f"({call}({given}, torch.cat([self.{other}.weight, {layer}.weight]))"
                    f"[..., self.{other}.weight.shape[0]:] + (0 if {layer}.bias is None else {layer}.bias))",
                )  # fmt: skip


def norms(place: Place) -> Iterator[Change]:
    """A norm by hand."""
    for node in calls(place):
        part = node.func
        if (
            not isinstance(part, ast.Attribute)
            or len(node.args) != 1
            or not isinstance(node.args[0], ast.Name)
        ):
            continue
        layer, x = place.source.written(part), node.args[0].id
        if place.built.get(part.attr) == "LayerNorm":
            spread = f"({x}.var(-1, unbiased=False, keepdim=True) + {layer}.eps).sqrt()"
            text = f"(({x} - {x}.mean(-1, keepdim=True)) / {spread} * {layer}.weight + {layer}.bias)"
            yield place.replace("a norm by hand", node, text)
        elif place.built.get(part.attr) == "RMSNorm":
            text = f"({x} * torch.rsqrt({x}.square().mean(-1, keepdim=True) + {layer}.eps) * {layer}.weight)"
            yield place.replace("a norm by hand", node, text)


def copies(place: Place) -> Iterator[Change]:
    """A copy, a cast to the same type, a step in two, in place of a copy."""
    value, targets = place.value, place.targets
    if value is None or place.building or isinstance(place.statement, ast.Return):
        return
    if len(targets) != 1 or isinstance(value, (ast.Dict, ast.Constant)):
        return
    text, indent = place.source.written(value), " " * place.statement.col_offset
    target = targets[0]
    yield place.replace("a copy", value, f"({text}).clone()")
    yield place.replace("a cast to the same type", value, f"(lambda r: r.to(r.dtype))({text})")
    yield place.replace("nothing added", value, f"({text}) + 0")
    _, end = place.source.span(place.statement)
    yield place.change("a cast afterwards", f"{target} = {target}.to({target}.dtype)",
                       Edit(end, end, f"\n{indent}{target} = {target}.to({target}.dtype)"))  # fmt: skip


def in_two(place: Place) -> Iterator[Change]:
    """A step in two, and one in place."""
    value = place.value
    if value is None or place.building or isinstance(value, ast.Dict):
        return
    indent = " " * place.statement.col_offset
    start, _ = place.source.span(place.statement)
    for node in nodes(place):
        if node is not value and isinstance(node, ast.Call) and _pure(node):
            inner = place.source.written(node)
            yield place.change(
                "a step in two", f"kept = {inner}",
                Edit(start, start, f"kept = {inner}\n{indent}"), place.source.replaced(node, "kept"),
            )  # fmt: skip
            break
    if isinstance(value, ast.BinOp) and isinstance(value.op, (ast.Add, ast.Mult, ast.Sub)):
        left, right = place.source.written(value.left), place.source.written(value.right)
        name = {ast.Add: "add_", ast.Mult: "mul_", ast.Sub: "sub_"}[type(value.op)]
        yield place.replace("in place, of a copy", value, f"({left}).clone().{name}({right})")


def _pure(node: ast.Call) -> bool:
    """Whether what is inside depends on no variable of its own, such as that of a lambda."""
    return not any(isinstance(part, (ast.Lambda, ast.comprehension, ast.Starred)) for part in ast.walk(node))


def renamed(place: Place) -> Iterator[Change]:
    """A variable by another name, from here to the end; once for each function and variable."""
    if isinstance(place.statement, ast.For) or place.building:
        return
    inputs = {each.arg for each in place.function.args.args}
    for target in place.targets:
        if target in place.scope or target in inputs:
            continue
        everywhere = [
            node
            for statement in place.function.body
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and node.id == target
        ]
        edits = [place.source.replaced(node, f"{target}_renamed") for node in everywhere]
        yield place.change("a variable renamed", f"{target} -> {target}_renamed", *edits)


def defaults(place: Place) -> Iterator[Change]:
    """A keyword given that is the default; a loop by numbers."""
    said = {
        "Linear": ("bias", "True"), "LayerNorm": ("eps", "1e-5"), "BatchNorm1d": ("momentum", "0.1"),
        "Conv1d": ("dilation", "1"), "Conv2d": ("padding_mode", "'zeros'"), "GroupNorm": ("affine", "True"),
        "ConvTranspose2d": ("output_padding", "0"), "Embedding": ("sparse", "False"),
    }  # fmt: skip
    for node in calls(place):
        name, value = said.get(called(node), ("", ""))
        if name and name not in {keyword.arg for keyword in node.keywords}:
            text = place.source.written(node)
            yield place.replace("a default said", node, f"{text[:-1]}, {name}={value})")
    statement = place.statement
    if isinstance(statement, ast.For) and "range" not in (over := place.source.written(statement.iter)):
        yield place.replace(
            "a loop by numbers", statement.iter, f"[list({over})[n] for n in range(len(list({over})))]"
        )


def reordered(place: Place) -> Iterator[Change]:
    """Two statements that do not depend on each other, the other way round."""
    body = place.function.body
    if place.statement not in body[:-1]:
        return
    one, two = place.statement, body[body.index(place.statement) + 1]
    if not (isinstance(one, ast.Assign) and isinstance(two, ast.Assign)):
        return
    if _reads(two) & _makes(one) or _reads(one) & _makes(two) or _makes(one) & _makes(two):
        return
    first, second = place.source.written(one), place.source.written(two)
    yield place.change(
        "statements exchanged", f"{first}; {second}",
        place.source.replaced(one, second), place.source.replaced(two, first),
    )  # fmt: skip


def _reads(statement: ast.Assign) -> set[str]:
    read = (ast.Name, ast.Attribute)
    return {ast.unparse(node) for node in ast.walk(statement.value) if isinstance(node, read)}


def _makes(statement: ast.Assign) -> set[str]:
    made = [part for target in statement.targets for part in ast.walk(target)]
    return {ast.unparse(part) for part in made if isinstance(getattr(part, "ctx", None), ast.Store)}


def scale_earlier(place: Place) -> Iterator[Change]:
    """A constant factor taken into a linear step before it."""
    body = place.function.body
    if place.statement not in body[1:] or not isinstance(place.statement, ast.Assign):
        return
    value, before = place.value, body[body.index(place.statement) - 1]
    if not (
        isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult) and isinstance(value.left, ast.Name)
    ):
        return
    if not (
        isinstance(before, ast.Assign)
        and isinstance(before.value, ast.Call)
        and called(before.value) == "einsum"
    ):
        return
    if [ast.unparse(each) for each in before.targets] != [value.left.id] or any(
        isinstance(node, ast.Name) and node.id != "self" for node in ast.walk(value.right)
    ):
        return
    operand = before.value.args[1]
    factor = place.source.written(value.right)
    yield place.change(
        "a factor taken earlier", f"{place.source.written(operand)} * {factor}",
        place.source.replaced(operand, f"{place.source.written(operand)} * ({factor})"),
        place.source.replaced(value, value.left.id),
    )  # fmt: skip


HARMLESS: tuple[Operator, ...] = (
    formula, commuted, letters, reshaped, linear, norms, in_two, defaults, reordered, scale_earlier,
)  # fmt: skip
TRIVIAL: tuple[Operator, ...] = (comment, copies, renamed)
