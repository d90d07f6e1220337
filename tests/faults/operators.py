"""What a single fault does to one statement: each operator gives every change that it can make there."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import pairwise

from tests.faults.source import Change, Place, called

Operator = Callable[[Place], Iterator[Change]]

# Another function of the same kind, by name; a method or a function of torch or F.
SUBSTITUTES: dict[str, tuple[str, ...]] = {
    "relu": ("gelu", "leaky_relu", "silu"),
    "leaky_relu": ("relu", "elu"),
    "elu": ("celu", "leaky_relu"),
    "gelu": ("relu", "silu"),
    "silu": ("gelu", "relu", "mish"),
    "softplus": ("relu", "softsign"),
    "sigmoid": ("tanh", "logit"),
    "tanh": ("sigmoid", "sin"),
    "exp": ("expm1", "exp2"),
    "log": ("log1p", "log2"),
    "sqrt": ("abs", "square"),
    "rsqrt": ("sqrt",),
    "square": ("abs", "exp"),
    "abs": ("relu", "neg"),
    "reciprocal": ("neg", "rsqrt"),
    "sin": ("cos", "tan"),
    "cos": ("sin", "cosh"),
    "softmax": ("log_softmax",),
    "mean": ("sum", "amax"),
    "sum": ("mean", "amax"),
    "amax": ("amin", "mean"),
    "amin": ("amax", "mean"),
    "argmax": ("argmin",),
    "cat": ("stack",),
    "max_pool1d": ("avg_pool1d",),
    "max_pool2d": ("avg_pool2d",),
    "avg_pool1d": ("max_pool1d",),
    "avg_pool2d": ("max_pool2d",),
    "adaptive_avg_pool1d": ("adaptive_max_pool1d",),
    "adaptive_avg_pool2d": ("adaptive_max_pool2d",),
    "adaptive_max_pool1d": ("adaptive_avg_pool1d",),
    "adaptive_max_pool2d": ("adaptive_avg_pool2d",),
    "layer_norm": ("group_norm",),
    "eye": ("ones",),
    "triu": ("tril",),
    "tril": ("triu",),
    "LayerNorm": ("RMSNorm",),
    "RMSNorm": ("LayerNorm",),
    "BatchNorm1d": ("InstanceNorm1d",),
    "BatchNorm2d": ("InstanceNorm2d",),
    "chunk": ("split",),
}

# A keyword that a constructor or function is given too much, or with another value.
KEYWORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "Linear": (("bias", "False"),),
    "Conv1d": (("bias", "False"), ("padding_mode", "'circular'")),
    "Conv2d": (("bias", "False"), ("padding_mode", "'reflect'")),
    "Conv3d": (("bias", "False"),),
    "ConvTranspose1d": (("bias", "False"), ("padding", "1")),
    "ConvTranspose2d": (("bias", "False"), ("padding", "1")),
    "LayerNorm": (("eps", "1e-3"), ("bias", "False"), ("elementwise_affine", "False")),
    "RMSNorm": (("eps", "1e-3"), ("elementwise_affine", "False")),
    "GroupNorm": (("eps", "1e-3"), ("affine", "False")),
    "BatchNorm1d": (("eps", "1e-3"), ("momentum", "0.3"), ("track_running_stats", "False")),
    "BatchNorm2d": (("eps", "1e-3"), ("momentum", "0.3"), ("affine", "False")),
    "InstanceNorm1d": (("eps", "1e-3"), ("affine", "True")),
    "InstanceNorm2d": (("eps", "1e-3"), ("affine", "True")),
    "Embedding": (("padding_idx", "0"), ("max_norm", "0.5"), ("scale_grad_by_freq", "True")),
    "gelu": (("approximate", "'tanh'"),),
    "topk": (("largest", "False"),),
    "softplus": (("beta", "2"), ("threshold", "1")),
    "avg_pool1d": (("count_include_pad", "False"), ("ceil_mode", "True")),
    "avg_pool2d": (("count_include_pad", "False"), ("ceil_mode", "True")),
    "max_pool1d": (("stride", "1"), ("dilation", "2")),
    "max_pool2d": (("stride", "1"), ("dilation", "2")),
    "interpolate": (("mode", "'linear'"),),
}

WORDS: dict[str, tuple[str, ...]] = {  # of strings
    "same": ("valid",),
    "nearest": ("bilinear",),
    "nearest-exact": ("linear",),
    "-inf": ("inf", "-1"),
    "tanh": ("none",),
    "ij": ("xy",),
    "reflect": ("zeros",),
}

RESULTS = {  # kinds of changes of what a step has made, before others take it
    "scaled", "doubled", "negated", "shifted", "reversed", "moved along", "reversed before the last",
    "transposed", "cut off from its gradient", "in single precision", "clipped", "mixed over the first axis",
    "the upper triangle hidden", "a summand too many",
}  # fmt: skip
ARGUMENTS = {"another value", "a gradient lost", "an argument reversed", "an argument moved along"}

MODULES = {"torch", "F", "nn", "math", "self", "torch.nn.functional", "nn.functional"}


def nodes(place: Place) -> Iterator[ast.expr]:
    """The expressions of the statement, without annotations, targets and what stands inside a loop."""
    statement = place.statement
    roots = [place.value]
    if isinstance(statement, ast.For):
        roots = [statement.iter]
    elif isinstance(statement, (ast.If, ast.While)):
        roots = [statement.test]
    for root in roots:
        if root is not None:
            yield from (node for node in ast.walk(root) if isinstance(node, ast.expr))


def calls(place: Place) -> Iterator[ast.Call]:
    """The calls of the statement; casts and devices say nothing."""
    yield from (node for node in nodes(place) if isinstance(node, ast.Call))


def other_number(place: Place) -> Iterator[Change]:
    """A dimension, an offset, a size, an exponent: one more, one less; a fraction otherwise."""
    negative = {node.operand for node in nodes(place) if isinstance(node, ast.UnaryOp)}
    for node in nodes(place):
        sign, constant = 1, node
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            sign, constant = -1, node.operand
        elif node in negative:
            continue
        if not isinstance(constant, ast.Constant) or isinstance(constant.value, (bool, str)):
            continue
        number = constant.value
        if isinstance(number, int):
            others = {sign * number + 1, sign * number - 1} | ({0} if sign * number < -1 else set())
            for other in sorted(others):
                yield place.replace("another number", node, str(other))
        elif isinstance(number, float):
            for factor in (0.5, 2.0):
                yield place.replace("another constant", node, repr(sign * number * factor))


def other_word(place: Place) -> Iterator[Change]:
    """A truth value or a word that says how."""
    for node in nodes(place):
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield place.replace("a switch turned", node, str(not node.value))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            for other in WORDS.get(node.value, ()):
                yield place.replace("another word", node, repr(other))


def other_letters(place: Place) -> Iterator[Change]:
    """The string of an einsum: two letters exchanged in one operand or in the result, or one unpaired."""
    for node in nodes(place):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or "->" not in node.value:
            continue
        left, _, result = node.value.partition("->")
        parts = [*left.split(","), result]
        for number, part in enumerate(parts):
            letters = part.strip().removeprefix("...")
            for one in range(len(letters) - 1):
                pair = letters[one : one + 2]
                others = [*parts]
                others[number] = part.replace(pair, pair[::-1])
                yield place.replace("letters exchanged", node, _letters(others))
            for letter in letters if number < len(parts) - 1 else "":
                free = next(each for each in "zwvutsr" if each not in node.value)
                others = [*parts]
                others[number] = part.replace(letter, free)
                yield place.replace("letters not paired", node, _letters(others))


def _letters(parts: list[str]) -> str:
    return repr(f"{','.join(parts[:-1])}->{parts[-1]}")


def other_function(place: Place) -> Iterator[Change]:
    """Another activation, pool, norm, reduction."""
    for node in calls(place):
        name = called(node)
        for other in SUBSTITUTES.get(name, ()):
            if isinstance(node.func, ast.Attribute):
                value = place.source.written(node.func.value)
                if value == "torch" and other in ("gelu", "silu", "leaky_relu", "mish"):
                    value = "torch.nn.functional"
                text = f"{value}.{other}"
                method = value not in MODULES and not value.startswith(("nn.", "torch."))
                if method and other in ("gelu", "silu", "leaky_relu", "mish"):
                    continue
                yield place.replace("another function", node.func, text)


def other_keyword(place: Place) -> Iterator[Change]:
    """A keyword left out, or one too many."""
    for node in calls(place):
        for keyword in node.keywords:
            if keyword.arg in ("dtype", "device", None):
                continue
            inside = [
                *map(place.source.written, node.args),
                *(f"{k.arg}={place.source.written(k.value)}" for k in node.keywords if k is not keyword),
            ]
            text = f"{place.source.written(node.func)}({', '.join(inside)})"
            yield place.replace(f"{keyword.arg} left out", node, text)
        known = {keyword.arg for keyword in node.keywords}
        for name, value in KEYWORDS.get(called(node), ()):
            if name not in known:
                inside = ", ".join(
                    [
                        *map(place.source.written, node.args),
                        *(f"{k.arg}={place.source.written(k.value)}" for k in node.keywords),
                        f"{name}={value}",
                    ]
                )
                yield place.replace(f"another {name}", node, f"{place.source.written(node.func)}({inside})")


def other_arithmetic(place: Place) -> Iterator[Change]:
    """Another sign, an operand dropped, operands exchanged, an exponent dropped."""
    swapped = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*"}
    for node in nodes(place):
        if not isinstance(node, ast.BinOp) or _shape(node):
            continue
        left, right = place.source.written(node.left), place.source.written(node.right)
        sign = swapped.get(type(node.op))
        if sign:
            yield place.replace("another sign", node, f"({left} {sign} {right})")
            yield place.replace("an operand dropped", node, left)
            yield place.replace("an operand dropped", node, right)
        if isinstance(node.op, (ast.Sub, ast.Div, ast.MatMult)):
            sign = {ast.Sub: "-", ast.Div: "/", ast.MatMult: "@"}[type(node.op)]
            yield place.replace("operands exchanged", node, f"({right} {sign} {left})")
        if isinstance(node.op, ast.Pow):
            yield place.replace("an exponent dropped", node, left)
            yield place.replace("an exponent turned", node, f"{left} ** -({right})")


def _shape(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Attribute) and part.attr == "shape" for part in ast.walk(node))


def other_value(place: Place) -> Iterator[Change]:
    """Another variable, in place of one that the statement reads."""
    for node in nodes(place):
        if isinstance(node, ast.Name) and node.id in place.scope:
            for other in place.scope:
                if other != node.id:
                    yield place.replace("another value", node, other)


def other_part(place: Place) -> Iterator[Change]:
    """Another learned part of the same kind, or another size."""
    for node in nodes(place):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            kind = place.built.get(node.attr)
            for other, its in place.built.items():
                if kind is not None and its == kind and other != node.attr:
                    yield place.replace("another part", node, f"self.{other}")


def exchanged_arguments(place: Place) -> Iterator[Change]:
    """Two arguments, or two members of a list or tuple, the other way round."""
    for node in nodes(place):
        members: list[ast.expr] = []
        if isinstance(node, ast.Call):
            members = [each for each in node.args if not isinstance(each, (ast.Starred, ast.Constant))]
        elif isinstance(node, (ast.List, ast.Tuple)):
            members = [each for each in node.elts if not isinstance(each, ast.Starred)]
        for one, two in pairwise(members):
            first, second = place.source.written(one), place.source.written(two)
            if first != second:
                yield place.change(
                    "arguments exchanged",
                    f"{first}, {second} -> {second}, {first}",
                    place.source.replaced(one, second),
                    place.source.replaced(two, first),
                )


def dropped_call(place: Place) -> Iterator[Change]:
    """A function that is not applied, or applied twice."""
    for node in calls(place):
        inner = _argument(place, node)
        if inner is None:
            continue
        yield place.replace("a call dropped", node, place.source.written(inner))
        start, end = place.source.span(node)
        raw = place.source.bytes[start:end].decode()
        one, two = (edge - start for edge in place.source.span(inner))
        head, tail = raw.encode()[:one].decode(), raw.encode()[two:].decode()
        yield place.replace("a call doubled", node, head + raw + tail)


def _argument(place: Place, node: ast.Call) -> ast.expr | None:
    """What a call is applied to: the object of a method, the first argument of a function."""
    if isinstance(node.func, ast.Attribute):
        value = place.source.written(node.func.value)
        if value not in MODULES and not value.startswith(("nn.", "torch.", "self.")):
            return node.func.value
        if value == "nn":
            return None
    elif not isinstance(node.func, ast.Name) or node.func.id in ("range", "float", "int", "enumerate"):
        return None
    first = node.args[0] if node.args else None
    return first if isinstance(first, (ast.Name, ast.Call, ast.Attribute, ast.BinOp)) else None


def other_cut(place: Place) -> Iterator[Change]:
    """A slice off by one, another index, another place for a new axis."""
    for node in nodes(place):
        if not isinstance(node, ast.Subscript):
            continue
        members = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        base = place.source.written(node.value)
        if base.endswith("shape"):
            continue
        for number, member in enumerate(members):
            if isinstance(member, ast.Slice):
                for lower, upper in ((1, 0), (0, -1)):
                    text = f"{_moved(place, member.lower, lower)}:{_moved(place, member.upper, upper)}"
                    if member.step is not None:
                        text += f":{place.source.written(member.step)}"
                    yield place.replace(
                        "a slice off by one", node, _subscript(place, base, members, number, text)
                    )
            elif isinstance(member, ast.Constant) and member.value is None and number + 1 < len(members):
                others = [place.source.written(each) for each in members]
                others[number], others[number + 1] = others[number + 1], others[number]
                yield place.replace("a new axis elsewhere", node, f"{base}[{', '.join(others)}]")


def _moved(place: Place, bound: ast.expr | None, by: int) -> str:
    if bound is None:
        return {0: "", 1: "1", -1: "-1"}[by]
    return place.source.written(bound) + (f" + {by}" if by > 0 else f" - {-by}" if by else "")


def _subscript(place: Place, base: str, members: list[ast.expr], number: int, text: str) -> str:
    others = [place.source.written(each) for each in members]
    others[number] = text
    return f"{base}[{', '.join(others)}]"


def bias_forgotten(place: Place) -> Iterator[Change]:
    """A linear layer whose bias, or whose weight's gradient, is not used."""
    for node in calls(place):
        part = node.func
        if isinstance(part, ast.Attribute) and place.built.get(part.attr) == "Linear" and len(node.args) == 1:
            layer, argument = place.source.written(part), place.source.written(node.args[0])
            yield place.replace(
                "the bias not used", node, f"torch.nn.functional.linear({argument}, {layer}.weight)"
            )
            yield place.replace(
                "the weight detached", node,
                f"torch.nn.functional.linear({argument}, {layer}.weight.detach(), {layer}.bias)",
            )  # fmt: skip


def negated(place: Place) -> Iterator[Change]:
    """A mask that is not turned, a comparison the other way."""
    for node in nodes(place):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Invert, ast.USub)):
            if not isinstance(node.operand, ast.Constant):
                yield place.replace("a sign dropped", node, place.source.written(node.operand))
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            turned = {ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}
            sign = turned.get(type(node.ops[0]))
            if sign:
                left, right = place.source.written(node.left), place.source.written(node.comparators[0])
                yield place.replace("another comparison", node, f"({left} {sign} {right})")


def loops(place: Place) -> Iterator[Change]:
    """A loop once too few or too many, backwards, over one layer; layers that are shared."""
    statement = place.statement
    if isinstance(statement, ast.For):
        over = place.source.written(statement.iter)
        if "range" in over or "enumerate" in over:
            yield place.replace("an iteration too few", statement.iter, f"list({over})[:-1]")
            yield place.replace("an iteration too many", statement.iter, f"[*{over}, list({over})[-1]]")
        else:
            yield place.replace("the last layer left out", statement.iter, f"{over}[:-1]")
            yield place.replace("the layers backwards", statement.iter, f"reversed({over})")
            yield place.replace("the first layer again", statement.iter, f"[{over}[0]] * len({over})")
    for node in nodes(place):
        if isinstance(node, ast.ListComp):
            built = place.source.written(node)
            yield place.replace("one layer shared", node, f"[{built}[0]] * len({built})")
            yield place.replace("a layer too few", node, f"{built}[:-1]")
            yield place.replace("a layer too many", node, f"({built} + {built}[:1])")


def dropped_statement(place: Place) -> Iterator[Change]:
    """A statement that only renews a variable is left out, or stands twice."""
    statement, value = place.statement, place.value
    if (
        not isinstance(statement, (ast.Assign, ast.AugAssign))
        or value is None
        or place.function.name == "__init__"
    ):
        return
    read = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    written = place.source.written(statement)
    known = all(target in place.scope for target in place.targets)
    if known and (set(place.targets) <= read or isinstance(statement, ast.AugAssign)):
        yield place.change("a statement dropped", f"{written} -> (nothing)", place.source.deleted(statement))
        yield place.change("a statement doubled", f"{written} twice", place.source.after(statement, written))


def spoilt_result(place: Place) -> Iterator[Change]:
    """What a statement makes: scaled, moved, turned round, cut off from its gradient, in low precision."""
    value = place.value
    if (
        value is None
        or isinstance(place.statement, (ast.Return, ast.Expr))
        or place.function.name == "__init__"
    ):
        return
    if len(place.targets) != 1 or isinstance(value, (ast.Dict, ast.Constant, ast.Tuple)):
        return
    text = place.source.written(value)
    for kind, made in (
        ("scaled", f"({text}) * 1.01"),
        ("doubled", f"({text}) * 2"),
        ("negated", f"-({text})"),
        ("shifted", f"({text}) + 0.1"),
        ("reversed", f"({text}).flip(-1)"),
        ("moved along", f"({text}).roll(1, -1)"),
        ("reversed before the last", f"({text}).flip(-2)"),
        ("transposed", f"({text}).transpose(-1, -2)"),
        ("cut off from its gradient", f"({text}).detach()"),
        ("in single precision", f"(lambda r: r.float().to(r.dtype))({text})"),
        ("clipped", f"({text}).clamp(-1, 1)"),
        ("mixed over the first axis", f"(lambda r: r - 0.1 * r.mean(0, keepdim=True))({text})"),
        ("the upper triangle hidden", f"({text}).tril()"),
    ):
        yield place.replace(kind, value, made)
    for other in place.scope:
        yield place.replace("a summand too many", value, f"({text}) + {other}")


def spoilt_argument(place: Place) -> Iterator[Change]:
    """What a statement is given: cut off from its gradient, turned round, negated."""
    if place.function.name == "__init__":
        return
    for node in nodes(place):
        if (
            isinstance(node, ast.Name)
            and node.id in place.scope
            and not isinstance(place.statement, ast.Return)
        ):
            yield place.replace("a gradient lost", node, f"{node.id}.detach()")
            yield place.replace("an argument reversed", node, f"{node.id}.flip(-1)")
            yield place.replace("an argument moved along", node, f"{node.id}.roll(1, -1)")


SPECIFIC: tuple[Operator, ...] = (
    other_number, other_word, other_letters, other_function, other_keyword, other_arithmetic, other_part,
    exchanged_arguments, dropped_call, other_cut, bias_forgotten, negated, loops, dropped_statement,
)  # fmt: skip
GENERAL: tuple[Operator, ...] = (other_value, spoilt_result, spoilt_argument)
OPERATORS = SPECIFIC + GENERAL
