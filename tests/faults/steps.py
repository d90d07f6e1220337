"""Which step of the spec a statement of the generated module belongs to."""

from __future__ import annotations

import ast

from ncd_tikz.diagram import Diagram, Repeat, Step
from ncd_tikz.pytorch import class_names, part_name, variable_names
from tests.faults.source import Change, Source, attribute, statements, targets


class Steps:
    """Statements -> steps, for every class of a generated module."""

    def __init__(self, diagram: Diagram, source: Source) -> None:
        self.source = source
        self.classes = dict(class_names(diagram))
        self.lines: dict[tuple[str, int], Step] = {}  # class and line -> the step written there
        self.unclear: set[str] = set()  # classes of which a step writes nothing
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef) and node.name in self.classes:
                self._read(node, self.classes[node.name])

    def _read(self, owner: ast.ClassDef, diagram: Diagram) -> None:
        variables = variable_names(diagram)
        made = [{variables[diagram.values[n].name] for n in step.outputs} for step in diagram.steps]
        looping = {id(inner) for node in ast.walk(owner) if isinstance(node, ast.For) for inner in node.body}
        for method in owner.body:
            if not isinstance(method, ast.FunctionDef):
                continue
            if method.name == "__init__":
                for statement in statements(method.body):
                    parts = [s for s in diagram.steps if part_name(s.attribute) == attribute(statement) != ""]
                    if parts:
                        self.lines[owner.name, statement.lineno] = parts[0]
            elif method.name == "forward":
                self._forward(owner.name, method, diagram, made, looping)

    def _forward(
        self, owner: str, method: ast.FunctionDef, diagram: Diagram, made: list[set[str]], looping: set[int]
    ) -> None:
        before: list[ast.stmt] = []
        now, written = 0, 0
        for statement in statements(method.body):
            if isinstance(statement, ast.Return):
                continue
            before.append(statement)
            names = set(targets(statement))
            for number in range(now, len(diagram.steps)):
                step = diagram.steps[number]
                if not names or names != made[number] or isinstance(statement, ast.For):
                    continue
                if isinstance(step.operation, Repeat) is not (id(statement) in looping):
                    continue
                for each in before:
                    self.lines[owner, each.lineno] = step
                before, now, written = [], number + 1, written + 1
                break
        if written < sum(bool(outputs) for outputs in made):
            self.unclear.add(owner)

    def of(self, change: Change) -> frozenset[str]:
        """The paths of the steps that a change concerns, each as its own last part."""
        step = self.lines.get((change.owner, change.line))
        return frozenset({step.path}) if step else frozenset()


def names(path: str, expected: frozenset[str]) -> bool:
    """Whether a path leads to one of the steps, or into it.

    >>> names("steps[3] > blocks.mlp.steps[0]", frozenset({"steps[3]"}))
    True
    """
    return bool(expected & set(path.split(" > ")))
