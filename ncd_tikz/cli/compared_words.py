"""What `ncd-tikz diff` found: for the terminal, as JSON, as a page, and for the key of its picture."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ncd_tikz.cli.compared import Compared, details, headline, places, step_words
from ncd_tikz.cli.terminal import bad, bold, faint, good, table
from ncd_tikz.diagram.changes import Change, tensor_text
from ncd_tikz.diagram.difference import Difference, Sign, StepDifference
from ncd_tikz.text.escape import escaped

if TYPE_CHECKING:
    from ncd_tikz.diagram import Diagram
    from ncd_tikz.layout.comparison import Mark

WORDS: dict[Sign, str] = {"~": "changed", "+": "new", "-": "gone", ">": "moved", "=": "same"}
_MOST = 8  # lines of a section
_SECTIONS = (("interface", "inputs and outputs"), ("sizes", "axes and params"), ("learned", "learned"))


def as_text(found: Compared, every: bool) -> str:
    """All of it; `every` lists the steps that are the same, too."""
    lines = [f"{bold('A')}  {found.names[0]}", f"{bold('B')}  {found.names[1]}", ""]
    fine = found.code == 0
    lines.append(f"{bold('as functions')}  {(good if fine else bad)(headline(found))}")
    lines += [f"  {line}" for line in details(found)]
    numbers = {id(step): number for number, _, step in found.changed}
    for side, each in enumerate(found.differences, 1):
        head = f"side {side}: " if len(found.differences) > 1 else ""
        for name, words in _SECTIONS:
            changes: tuple[Change, ...] = getattr(each, name)
            lines += [f"  {faint(head + words)}"] * bool(changes)
            told = _changes(changes)
            lines += [f"    {line}" for line in told[: None if every or len(told) <= _MOST else _MOST - 1]]
            if not every and len(told) > _MOST:
                lines.append(faint(f"    and {len(told) - _MOST + 1} more: --all tells them"))
        rows = [
            row
            for step in each.steps
            if step.sign != "=" or every
            for row in _row(step, numbers.get(id(step), 0))
        ]
        same = sum(step.sign == "=" for step in each.steps)
        total = _total(each)
        if rows:
            lines.append(f"  {faint(head + 'steps')}")
            lines += [f"    {line}" for line in table(rows)]
        alike = f"{same} step{' is' if same == 1 else 's are'} the same; {total}"
        lines.append(f"  {head}{faint(alike)}")
    lines += ["", f"{bold('as figures')}    {found.figures}"]
    lines += [f"    {line}" for line in _changes(found.dress)]
    return "\n".join(lines)


def _changes(changes: tuple[Change, ...]) -> list[str]:
    return [
        str(change) if change.kind != "name" else f"{change} {faint('(only a name)')}" for change in changes
    ]


def _row(step: StepDifference, number: int) -> list[tuple[str, ...]]:
    """A step with its sign and number; what is otherwise on the right."""
    name, words = step_words(step) if step.sign != "=" else (_same(step), "")
    paint = {"+": good, "-": bad, "~": bold}.get(step.sign, faint)
    only = faint(" (only names)") if step.only_names else ""
    return [
        (
            paint(step.sign),
            f"({number})" if number else "",
            "  " * step.depth + step.path,
            name,
            words + only,
            faint(places(step)) if step.sign != "=" else "",
        )
    ]


def _same(step: StepDifference) -> str:
    from ncd_tikz.diagram.wording import said

    assert step.right is not None
    return said(step.right_home, step.right)


def _total(each: Difference) -> str:
    """How much is learned on both sides."""
    counts = [
        (sum(w.times for w in side if not w.buffer), sum(w.numbers for w in side if not w.buffer))
        for side in each.weights
    ]
    told = [
        f"{numbers:,} numbers in {tensors} learned tensor{'s' * (tensors > 1)}"
        if tensors
        else "nothing learned"
        for tensors, numbers in counts
    ]
    return told[0] if told[0] == told[1] else f"A has {told[0]}, B has {told[1]}"


def summary(found: Compared) -> list[str]:
    """The lines above the key of the picture."""
    return [headline(found), *details(found)[:1]]


def marks(found: Compared) -> list[Mark]:
    """What the picture lights up."""
    from ncd_tikz.layout.comparison import Kind, Mark

    kinds: dict[str, Kind] = {"~": "changed", "+": "added", "-": "removed", ">": "moved"}
    made = []
    for number, side, step in found.changed:
        name, words = step_words(step)
        prefix = f"side{side}." if found.left.equals else ""
        text = f"{name}, {WORDS[step.sign]}: {words}"
        made.append(
            Mark(
                number,
                kinds[step.sign],
                escaped(text),
                tuple(prefix + place for place in step.left_places),
                tuple(prefix + place for place in step.right_places),
            )
        )
    return made


def as_json(found: Compared) -> str:
    """The same for programs."""
    verdicts = found.verdicts or ()
    parting = next((verdict.parting for verdict in verdicts if verdict.parting), None)
    numbers = {id(step): number for number, _, step in found.changed}
    data = {
        "a": _spec(found.names[0], found.left),
        "b": _spec(found.names[1], found.right),
        "function": {
            "state": found.state,
            "same": found.code == 0 and found.state != "not run",
            "text": headline(found),
            "details": details(found),
            "parts_at": parting
            and {
                "step": parting.path,
                "operation": parting.operation,
                "label": parting.label,
                "at": str(parting.at or ""),
                "iteration": parting.iteration,
                "words": parting.words,
            },
            "draws": sum(len(verdict.draws) for verdict in verdicts),
            "numbers": sum(verdict.entries for verdict in verdicts),
            "sides": [
                {
                    **{name: list(map(_change, getattr(each, name))) for name, _ in _SECTIONS},
                    "steps": [_step(step, numbers[id(step)]) for step in each.changed],
                    "same_steps": sum(step.sign == "=" for step in each.steps),
                }
                for each in found.differences
            ],
        },
        "figure": {
            "state": found.figures.state,
            "text": str(found.figures),
            "what": list(found.figures.what),
            "counts": {name: [one, other] for name, one, other in found.figures.counts},
            "labels": found.figures.labels,
            "moved_labels": found.figures.moved,
            "changes": list(map(_change, found.dress)),
        },
    }
    return json.dumps(data, indent=2)


def _spec(name: str, diagram: Diagram) -> dict[str, Any]:
    values = diagram.values
    return {
        "spec": name,
        "name": diagram.name,
        "digest": diagram.digest,
        "inputs": {values[each].name: tensor_text(values[each].tensor) for each in diagram.inputs},
        "outputs": {values[each].name: tensor_text(values[each].tensor) for each in diagram.outputs},
        "sizes": diagram.default_sizes(),
    }


def _change(change: Change) -> dict[str, str]:
    return {"kind": change.kind, "what": change.what, "before": change.before, "after": change.after}


def _step(step: StepDifference, number: int) -> dict[str, Any]:
    name, words = step_words(step)
    return {
        "number": number,
        "is": WORDS[step.sign],
        "step": name,
        "text": words,
        "only_names": step.only_names,
        "a": step.left and {"path": step.left.path, "at": str(step.left.at)},
        "b": step.right and {"path": step.right.path, "at": str(step.right.at)},
        "changes": list(map(_change, step.changes)),
    }


def page(found: Compared, svg: str) -> str:
    """A page with the picture and all words, that needs nothing else."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    from ncd_tikz.resources import template_folder

    environment = Environment(
        loader=FileSystemLoader(template_folder()), undefined=StrictUndefined, autoescape=True
    )
    steps = [
        {
            "number": number,
            "is": WORDS[step.sign],
            "words": step_words(step),
            "at": places(step),
            "path": step.path,
        }
        for number, _, step in found.changed
    ]
    sections = [
        (words, [change for each in found.differences for change in getattr(each, name)])
        for name, words in _SECTIONS
    ]
    return environment.get_template("diff.html.j2").render(
        names=found.names,
        fine=found.code == 0,
        headline=headline(found),
        details=details(found),
        figures=str(found.figures),
        dress=found.dress,
        steps=steps,
        sections=[(words, changes) for words, changes in sections if changes],
        svg=Markup(svg.partition("?>\n")[2]),
    )
