"""A step's source with one thing in it changed: the last resort, since any operation has a source."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from torch import Tensor

from ncd_tikz.equivalence.diagnosis.change import Change, Edit, Run
from ncd_tikz.equivalence.diagnosis.compiled import Compiled, Tensors, Writing
from ncd_tikz.equivalence.diagnosis.program import Node, Program
from ncd_tikz.operations import Source

_NAMES: tuple[tuple[str, ...], ...] = (  # what is easily taken for each other
    ("triu", "tril"),
    ("softmax", "log_softmax", "softmin"),
    ("sum", "mean", "amax", "amin", "prod"),
    ("sin", "cos"),
    ("argmax", "argmin"),
    ("sigmoid", "tanh", "exp"),
    ("max_pool1d", "avg_pool1d"),
    ("max_pool2d", "avg_pool2d"),
    ("max_pool3d", "avg_pool3d"),
    ("adaptive_avg_pool1d", "adaptive_max_pool1d"),
    ("adaptive_avg_pool2d", "adaptive_max_pool2d"),
    ("ones", "zeros"),
    ("new_ones", "new_zeros"),
    ("repeat_interleave", "repeat"),
    ("cumsum", "cumprod"),
    ("clamp_min", "clamp_max"),
    ("BatchNorm1d", "InstanceNorm1d"),
    ("BatchNorm2d", "InstanceNorm2d"),
    ("flatten", "flatten"),
)
_OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult,),
    ast.LtE: (ast.Lt, ast.GtE, ast.Gt),
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE),
    ast.GtE: (ast.Gt, ast.LtE, ast.Lt),
    ast.Gt: (ast.GtE, ast.Lt, ast.LtE),
    ast.Eq: (ast.NotEq,),
}
_MOST = 240

Place = tuple[int, int]  # the line, and which change of it
Swap = tuple[ast.AST, ast.AST]  # what stands there, and what may stand there instead


def by_source(program: Program, node: Node) -> Iterator[Change]:
    """Every single change of the source: numbers, signs, names, keywords, arguments exchanged."""
    if node.operation is None:
        return
    seen = {_text(node.writing)}
    for place, writing, old, new in list(_changed(node.writing))[:_MOST]:
        if _text(writing) in seen:
            continue
        seen.add(_text(writing))
        yield _change(program, node, writing, (old, new), place)


def _change(program: Program, node: Node, writing: Writing, texts: tuple[str, str], where: Place) -> Change:
    assert node.operation is not None
    (old, new), mine, run = texts, _text(node.writing), _runner(program, writing)

    def at(each: Node) -> Edit | None:
        if each is node or _text(each.writing) == mine:
            return Edit(runs={each.number: run})
        for place, other, _, _ in _changed(each.writing):
            if place == where:  # its numbers and names may be others
                return Edit(runs={each.number: _runner(program, other)})
        return None

    kind = node.operation.name
    theirs, ours = excerpts(_shown(program, node, new), _shown(program, node, old))
    words = f"their {kind} computes `{theirs}`, the diagram's `{ours}`"
    return Change("replaced", words, "compute it as the diagram does", node, at, 2.0)


def _runner(program: Program, writing: Writing) -> Run:
    made: list[Compiled] = []

    def run(inputs: Sequence[Tensor], parameters: Sequence[Tensor], like: Tensor) -> Tensors:
        if not made:
            made.append(Compiled(writing, program.training))
        return made[0](inputs, parameters, like)

    return run


def _text(writing: Writing) -> str:
    return "\n".join((writing.source.init, *writing.source.before, writing.source.forward))


def _shown(program: Program, node: Node, code: str) -> str:
    for place, slot in reversed(list(enumerate(node.inputs))):
        code = code.replace(f"a{place}", program.slots[slot].name)
    return code.replace("self.part", node.links[-1].step.attribute)


def excerpts(one: str, other: str, around: int = 24) -> tuple[str, str]:
    """Two texts, but for what they have in common far from where they differ.

    >>> excerpts("a.softmax(-1)", "a.softmax(-2)")
    ('a.softmax(-1)', 'a.softmax(-2)')
    """
    first = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    pairs = zip(reversed(one[first:]), reversed(other[first:]), strict=False)
    shortest = min(len(one), len(other)) - first
    last = next((at for at, (a, b) in enumerate(pairs) if a != b), shortest)
    start, stop = max(0, first - around), max(0, last - around)
    texts = (text[start : len(text) - stop] for text in (one, other))
    before, after = "..." if start else "", "..." if stop else ""
    theirs, ours = (f"{before}{text}{after}" for text in texts)
    return theirs, ours


def _changed(writing: Writing) -> Iterator[tuple[Place, Writing, str, str]]:
    """Every change: where it is, the writing, and the line before and after."""
    source = writing.source
    texts = [*enumerate(source.before), (len(source.before), source.forward), (-1, source.init)]
    for line, text in texts:
        for number, (old, new) in enumerate(_in_text(text)):
            if line < 0:
                changed = _with(source, init=new)
            elif line == len(source.before):
                changed = _with(source, forward=new)
            else:
                changed = _with(source, before=(*source.before[:line], new, *source.before[line + 1 :]))
            yield (line, number), replace(writing, source=changed), old, new


def _with(source: Source, **changes: object) -> Source:
    fields = {
        "forward": source.forward,
        "init": source.init,
        "imports": source.imports,
        "before": source.before,
    }
    return Source(**{**fields, **changes})  # type: ignore[arg-type]


def _in_text(text: str) -> Iterator[tuple[str, str]]:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    old = ast.unparse(tree)
    if tree.body and isinstance(tree.body[0], ast.Assign):
        copy = deepcopy(tree)
        _Replace(copy.body[0].value, ast.UnaryOp(ast.USub(), tree.body[0].value)).visit(copy)  # type: ignore[attr-defined]
        yield old, ast.unparse(ast.fix_missing_locations(copy))
    for number, node in enumerate(ast.walk(tree)):
        for other in _instead(node):
            copy = deepcopy(tree)
            _Replace(list(ast.walk(copy))[number], other).visit(copy)
            yield old, ast.unparse(ast.fix_missing_locations(copy))


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def _instead(node: ast.AST) -> Iterator[ast.expr]:
    """Expressions that may be written for this one by mistake."""
    if isinstance(node, ast.Constant):
        yield from (ast.Constant(value) for value in _constants(node.value))
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
        if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            value = node.operand.value
            if isinstance(value, int):
                yield from (ast.Constant(-value + step) for step in (-1, 1, -2, 2))
    elif isinstance(node, ast.BinOp):
        for kind in _OPERATORS.get(type(node.op), ()):
            yield ast.BinOp(node.left, kind(), node.right)
        yield node.left
        yield node.right
        if isinstance(node.op, (ast.Sub, ast.Div, ast.Pow, ast.MatMult)):
            yield ast.BinOp(node.right, node.op, node.left)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for kind in _OPERATORS.get(type(node.ops[0]), ()):
            yield ast.Compare(node.left, [kind()], node.comparators)
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.List):
        for one in range(len(node.elts)):
            for two in range(one + 1, len(node.elts)):
                yield ast.List(_swapped(node.elts, one, two), ast.Load())


def _constants(value: object) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value - 1, value + 1)
        yield from (other for other in (0, 1, 2) if abs(other - value) > 1)
    elif isinstance(value, float):
        yield from (0.0, -value, value * 2, value / 2, value * 10, value / 10, 1.0)
    elif value == "-inf":
        yield from ("inf", "0", "-1e4")
    elif value == "none":
        yield "tanh"


def _swapped(given: Sequence[ast.expr], one: int, two: int) -> list[ast.expr]:
    swapped = list(given)
    swapped[one], swapped[two] = swapped[two], swapped[one]
    return swapped


def _calls(node: ast.Call) -> Iterator[ast.expr]:
    function = node.func
    if isinstance(function, ast.Attribute):
        for group in _NAMES:
            for name in group if function.attr in group else ():
                if name != function.attr:
                    yield ast.Call(ast.Attribute(function.value, name, ast.Load()), node.args, node.keywords)
        if not isinstance(function.value, ast.Name) or function.value.id not in ("torch", "F", "nn", "self"):
            yield function.value  # the method left out
    for place, keyword in enumerate(node.keywords):
        rest = [*node.keywords[:place], *node.keywords[place + 1 :]]
        yield ast.Call(function, node.args, rest)
        if isinstance(keyword.value, ast.Constant):
            for value in _constants(keyword.value.value):
                yield ast.Call(function, node.args, [*rest, ast.keyword(keyword.arg, ast.Constant(value))])
    if isinstance(function, ast.Attribute) and function.attr in ("masked_fill", "where") and node.args:
        for place, argument in enumerate(node.args[:1]):
            inverted = ast.UnaryOp(ast.Invert(), argument)
            yield ast.Call(function, [*node.args[:place], inverted, *node.args[place + 1 :]], node.keywords)
    arguments = node.args
    for one in range(len(arguments)):
        for two in range(one + 1, len(arguments)):
            yield ast.Call(function, _swapped(arguments, one, two), node.keywords)
    if isinstance(function, ast.Attribute) and function.attr == "topk":
        yield ast.Call(function, arguments, [ast.keyword("largest", ast.Constant(False))])
