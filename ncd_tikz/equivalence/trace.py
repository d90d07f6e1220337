"""Where a module and the lifted meaning part: every assignment of `forward`, in order, recorded."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

from ncd_tikz.diagram import BlockCall, Diagram, Repeat
from ncd_tikz.equivalence.case import path_name
from ncd_tikz.equivalence.compare import agree
from ncd_tikz.equivalence.evaluate import Link, Moment
from ncd_tikz.equivalence.report import Comparison, Parting
from ncd_tikz.pytorch import variable_names
from ncd_tikz.pytorch.fronts import unbatched

_RECORD = "__ncd_record__"


@dataclass(frozen=True, slots=True)
class Event:
    """A variable assigned inside the forward of the submodule at `path`; inputs are at position >= 0."""

    path: str
    name: str
    position: int
    line: int
    value: Any


class Recorder:
    """Collects events once `watch` has named the modules."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._paths: dict[int, str] = {}

    def watch(self, module: nn.Module) -> None:
        """Forget everything and name the submodules of `module`."""
        self.events.clear()
        self._paths = {id(part): path for path, part in module.named_modules(remove_duplicate=True)}

    def record(self, module: object, name: str, position: int, line: int, value: Any) -> None:
        """What instrumented source calls."""
        path = self._paths.get(id(module))
        if path is not None:
            self.events.append(Event(path, name, position, line, value))


def instrument(source: str, file: str, recorder: Recorder) -> dict[str, Any]:
    """Run `source` so that every assignment in a `forward` is recorded."""
    tree = _Instrument().visit(ast.parse(source))
    namespace: dict[str, Any] = {"__name__": "ncd_tikz_generated", _RECORD: recorder.record}
    exec(compile(ast.fix_missing_locations(tree), file, "exec"), namespace)
    return namespace


def find_parting(
    diagram: Diagram, source: str, events: Sequence[Event], moments: Sequence[Moment], error: str = ""
) -> Parting | None:
    """The first moment that no event agrees with.

    A value that the module never assigns is passed over where all that is made of it agrees.

    Args:
        error: what forward raised, if it did not come to its end.
    """
    lines = source.splitlines()
    places = _Places(diagram)
    matched = match(diagram, events, moments)
    agreeing = [event is not None for event in matched]
    for number, moment in enumerate(moments):
        if agreeing[number] or _excused(number, moments, agreeing, diagram):
            continue
        return _assigned_again(diagram, events, moments, matched, lines, moment) or _parting(
            moment, events, places, lines, error
        )
    return None


def returned_parting(
    diagram: Diagram, source: str, events: Sequence[Event], moments: Sequence[Moment]
) -> Parting | None:
    """Where a value that agrees is assigned anew before it is returned."""
    matched = match(diagram, events, moments)
    return _assigned_again(diagram, events, moments, matched, source.splitlines(), None)


def _assigned_again(
    diagram: Diagram,
    events: Sequence[Event],
    moments: Sequence[Moment],
    matched: Sequence[Event | None],
    lines: Sequence[str],
    parted: Moment | None,
) -> Parting | None:
    """The step whose value agrees, but is assigned once more before a parted step or the return takes it."""
    known = {id(event) for event in matched if event is not None}
    lacking, places = unbatched(diagram), _Places(diagram)
    slots = [places(moment) for moment in moments]
    for number in reversed(range(len(moments))):
        moment, event = moments[number], matched[number]
        if event is None or moment.output < 0:
            continue
        step, inside = moment.links[-1].step, container(moment.links, diagram)
        value = step.outputs[moment.output]
        if parted is None:
            taken = value in inside.outputs
        else:
            alike = len(parted.links) == len(moment.links) and _same(parted.links[:-1], moment.links[:-1])
            taken = alike and parted.output >= 0 and value in parted.links[-1].step.inputs
        here = [each for each in events if each.path == event.path]
        after = here[[id(each) for each in here].index(id(event)) + 1 :] if taken else []
        if not after or after[0].name != event.name or after[0].position >= 0 or id(after[0]) in known:
            continue
        assigned = sum(each.name == event.name and each.position < 0 for each in after)
        if assigned <= slots[number + 1 :].count(slots[number]):
            continue  # all of them belong to steps
        if not agree(after[0].value, moment.tensor, _may_lack(moment, lacking)).ok:
            line = after[0].line
            words = f"{moment.name!r} agrees, but is assigned once more; line {line} of the module: "
            return link_parting(moment.links, moment.name, words + lines[line - 1].strip())
    return None


def link_parting(links: Sequence[Link], name: str, words: str) -> Parting:
    """The parting at a step inside blocks and iterations."""
    step = links[-1].step
    path = " > ".join(link.step.path for link in links)
    operation = step.operation
    title = operation.diagram.name if isinstance(operation, BlockCall) else operation.name
    iterations = [
        f"{link.step.operation.index} = {link.index}"
        for link in links
        if isinstance(link.step.operation, Repeat) and link.index is not None
    ]
    return Parting(path, name, title, step.label, step.at, words, ", ".join(iterations))


class _Instrument(ast.NodeTransformer):
    def __init__(self) -> None:
        self.inside: str = ""  # the name of self in the forward being visited

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if node.name != "forward" or not node.args.args:
            return node
        self.inside = node.args.args[0].arg
        self.generic_visit(node)
        inputs = [argument.arg for argument in node.args.args[1:]]
        start = 1 if ast.get_docstring(node) is not None else 0
        records = [self._record(name, number, node.lineno) for number, name in enumerate(inputs)]
        node.body[start:start] = records
        self.inside = ""
        return node

    def visit_Assign(self, node: ast.Assign) -> Any:
        return self._after(node, node.targets)

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        return self._after(node, [node.target])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        return self._after(node, [node.target] if node.value else [])

    def _after(self, node: ast.stmt, targets: Sequence[ast.expr]) -> Any:
        if not self.inside:
            return node
        parts = [part for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
        names = [part.id for part in parts if isinstance(part.ctx, ast.Store)]
        return [node, *(self._record(name, -1, node.lineno) for name in names)]

    def _record(self, name: str, position: int, line: int) -> ast.stmt:
        call = f"{_RECORD}({self.inside}, {name!r}, {position}, {line}, {name})"
        return ast.parse(call).body[0]


class _Places:
    """Where the module keeps a moment: path of the submodule, variable, position of the argument."""

    def __init__(self, diagram: Diagram) -> None:
        self._root = diagram
        self._variables: dict[str, dict[str, str]] = {}

    def __call__(self, moment: Moment) -> tuple[str, str, int]:
        """An input of a block is known by its position, any other value by its variable."""
        if moment.output < 0:
            return path_name(moment.links), "", -1 - moment.output
        path = path_name(moment.links[:-1])
        if path not in self._variables:
            self._variables[path] = variable_names(container(moment.links, self._root))
        return path, self._variables[path][moment.name], -1


def container(links: Sequence[Link], root: Diagram) -> Diagram:
    """The diagram that the last of the steps stands in."""
    if len(links) < 2:
        return root
    around = links[-2].step.operation
    assert isinstance(around, (BlockCall, Repeat))
    return around.diagram


def match(diagram: Diagram, events: Sequence[Event], moments: Sequence[Moment]) -> list[Event | None]:
    """For each moment the next event of the same place and name that agrees, if there is one."""
    places = _Places(diagram)
    lacking = unbatched(diagram)
    by_path: dict[str, list[Event]] = {}
    for event in events:
        by_path.setdefault(event.path, []).append(event)
    cursor: dict[str, int] = {}
    matched: list[Event | None] = []
    for moment in moments:
        place = places(moment)
        found = by_path.get(place[0], [])
        matched.append(None)
        for number in range(cursor.get(place[0], 0), len(found)):
            inside = _may_lack(moment, lacking)
            if _is_at(found[number], place) and agree(found[number].value, moment.tensor, inside).ok:
                if _goes_on(moment, found[number], found[number + 1 :], inside):
                    break
                cursor[place[0]] = number + 1
                matched[-1] = found[number]
                break
    return matched


def _goes_on(moment: Moment, event: Event, later: Sequence[Event], inside: bool) -> bool:
    """Whether a repetition agrees only because it has not come to its end: the loop assigns once more."""
    if not isinstance(moment.links[-1].step.operation, Repeat):
        return False
    if any(link.part < 0 and link.index is not None for link in moment.links):
        return False  # its lines run for other iterations, too
    again = [each for each in later if (each.name, each.line) == (event.name, event.line)]
    return bool(again) and not agree(again[-1].value, moment.tensor, inside).ok


def _may_lack(moment: Moment, lacking: Sequence[bool]) -> bool:
    """Whether the module's value may lack axes in front: inside blocks, and where no input reaches."""
    if len(moment.links) > 1 or moment.output < 0:
        return True
    return lacking[moment.links[0].step.outputs[moment.output]]


def _is_at(event: Event, place: tuple[str, str, int]) -> bool:
    path, name, position = place
    if event.path != path:
        return False
    return event.position == position if position >= 0 else event.position < 0 and event.name == name


def _excused(number: int, moments: Sequence[Moment], agreeing: Sequence[bool], diagram: Diagram) -> bool:
    moment = moments[number]
    if moment.output < 0:
        return False
    inside = container(moment.links, diagram)
    value = moment.links[-1].step.outputs[moment.output]
    if value in inside.outputs:
        return False
    users = [step for step in inside.steps if value in step.inputs]
    outer = moment.links[:-1]
    made = [
        good
        for other, good in zip(moments, agreeing, strict=True)
        if other.output >= 0
        and len(other.links) == len(moment.links)
        and _same(other.links[:-1], outer)
        and any(other.links[-1].step is step for step in users)
    ]
    return bool(made) and all(made)


def _same(left: Sequence[Link], right: Sequence[Link]) -> bool:
    return all(a.step is b.step and a.index == b.index for a, b in zip(left, right, strict=True))


def _parting(
    moment: Moment, events: Sequence[Event], places: _Places, lines: Sequence[str], error: str
) -> Parting:
    place = places(moment)
    _, name, position = place
    rivals = [event for event in events if _is_at(event, place)]
    what = f"input {position} of the block" if position >= 0 else repr(name)
    if not rivals:
        words = f"the module stops here: {error}" if error else f"the module never computes {what}"
        return link_parting(moment.links, name, words)
    measured: list[tuple[Comparison, Event]] = [
        (agree(event.value, moment.tensor, True), event) for event in rivals
    ]
    nearest, event = min(measured, key=lambda pair: pair[0].error)
    code = lines[event.line - 1].strip() if 0 < event.line <= len(lines) else ""
    size = nearest.words or f"differs by {nearest.error:.3g} (relative {nearest.relative:.3g})"
    words = f"{what} {size}; line {event.line} of the module: {code}"
    return link_parting(moment.links, name, words + (f"; then it stops: {error}" if error else ""))
