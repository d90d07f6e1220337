"""Python source as text and as a tree: what may be changed in it, and the text after a change."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes from `start` to `end` of a source become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a source, and where it is made."""

    kind: str  # of the operator, in words: "another dimension"
    what: str  # "s.softmax(-2) -> s.softmax(-1)"
    owner: str  # the class, empty for a function of the module
    function: str
    line: int  # of the statement
    attribute: str  # of self, where the statement assigns one
    edits: tuple[Edit, ...]

    def __str__(self) -> str:
        place = f"{self.owner}.{self.function}" if self.owner else self.function
        return f"{self.kind} in {place}, line {self.line}: {self.what}"


class Source:
    """A source whose nodes are found as text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.bytes = text.encode()
        self.tree = ast.parse(text)
        self._starts = [0]
        for line in self.bytes.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """The bytes of a node."""
        start = self._starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        end = self._starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
        return start, end

    def written(self, node: ast.AST) -> str:
        """A node as it is written, on one line, in brackets where something may be put beside it."""
        start, end = self.span(node)
        text = self.bytes[start:end].decode()
        text = text if "\n" not in text else ast.unparse(node)
        return f"({text})" if _is_loose(node) else text

    def replaced(self, node: ast.AST, text: str) -> Edit:
        """The node written as `text`."""
        return Edit(*self.span(node), text)

    def deleted(self, node: ast.stmt) -> Edit:
        """A statement without its effect; lines keep their numbers."""
        start, end = self.span(node)
        return Edit(start, end, "pass" + "\n" * self.bytes[start:end].count(b"\n"))

    def after(self, node: ast.stmt, text: str) -> Edit:
        """A further statement after this one, on its last line."""
        _, end = self.span(node)
        return Edit(end, end, f"; {text}")

    def changed(self, edits: Sequence[Edit]) -> str:
        """The text after all edits."""
        return apply(self.bytes, edits)


def apply(text: bytes, edits: Sequence[Edit]) -> str:
    """A text after all edits, the last in it first."""
    made = text
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        made = made[: edit.start] + edit.text.encode() + made[edit.end :]
    return made.decode()


def _is_loose(node: ast.AST) -> bool:
    """Whether a node wants brackets where something stands beside it."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
        return False
    return isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.Lambda, ast.IfExp))


@dataclass(frozen=True, slots=True)
class Place:
    """A statement inside a function: what an operator is given."""

    source: Source
    owner: ast.ClassDef | None
    function: ast.FunctionDef
    statement: ast.stmt
    scope: tuple[str, ...]  # variables that are assigned before it, inputs first
    built: dict[str, str]  # attributes of self -> the constructor that built them

    @property
    def value(self) -> ast.expr | None:
        """What the statement computes."""
        if isinstance(self.statement, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Expr)):
            return self.statement.value
        return None

    @property
    def building(self) -> bool:
        """Whether it stands in a constructor."""
        return self.function.name == "__init__"

    @property
    def targets(self) -> tuple[str, ...]:
        """The variables that it assigns."""
        return targets(self.statement)

    def change(self, kind: str, what: str, *edits: Edit) -> Change:
        """A change of this statement."""
        owner = self.owner.name if self.owner else ""
        line = self.statement.lineno
        return Change(kind, what, owner, self.function.name, line, attribute(self.statement), edits)

    def replace(self, kind: str, node: ast.AST, text: str) -> Change:
        """A change of one node of this statement."""
        what = f"{self.source.written(node)} -> {text}"
        if node is not self.value and _is_loose(ast.parse(f"({text})", mode="eval").body):
            text = f"({text})"
        return self.change(kind, what, self.source.replaced(node, text))


def places(source: Source, functions: Sequence[str] = ("__init__", "forward")) -> Iterator[Place]:
    """Every statement of these methods of every class, and of the module's functions of these names."""
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in functions:
            yield from _inside(source, None, node, {})
        if isinstance(node, ast.ClassDef):
            methods = [part for part in node.body if isinstance(part, ast.FunctionDef)]
            built = constructors(node)
            for method in methods:
                if method.name in functions or f"{node.name}.{method.name}" in functions:
                    yield from _inside(source, node, method, built)


def _inside(
    source: Source, owner: ast.ClassDef | None, function: ast.FunctionDef, built: dict[str, str]
) -> Iterator[Place]:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    scope = [each.arg for each in arguments if each.arg != "self"]
    for statement in statements(function.body):
        yield Place(source, owner, function, statement, tuple(dict.fromkeys(scope)), built)
        scope.extend(targets(statement))


def statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """All statements in order, those inside loops and branches too, without docstrings."""
    for statement in body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        yield statement
        if isinstance(statement, (ast.For, ast.If, ast.While, ast.With)):
            yield from statements(statement.body)
            yield from statements(getattr(statement, "orelse", ()))


def targets(statement: ast.stmt) -> tuple[str, ...]:
    """The variables that a statement assigns."""
    found: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        found = list(statement.targets)
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign, ast.For)):
        found = [statement.target]
    return tuple(name for target in found for name in _names(target))


def _names(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Subscript):
        yield from _names(target.value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        for part in target.elts:
            yield from _names(part)


def attribute(statement: ast.stmt) -> str:
    """The attribute of self that a statement assigns."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
        return target.attr
    return ""


def constructors(owner: ast.ClassDef) -> dict[str, str]:
    """Attributes of self -> the name of what builds them, of those that are built in __init__."""
    found: dict[str, str] = {}
    for method in owner.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            for statement in statements(method.body):
                name = attribute(statement)
                if name and isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
                    found[name] = called(statement.value)
    return found


def called(call: ast.Call) -> str:
    """The last name of what is called: `softmax` of `s.softmax(-2)`."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""
