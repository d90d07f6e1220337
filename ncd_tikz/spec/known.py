"""What names mean where they stand: values made so far, labels, axes, blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ncd_tikz.spec.mistakes import Told, did_you_mean, known_names
from ncd_tikz.spec.readers import Named
from ncd_tikz.spec.records import Fields
from ncd_tikz.spec.steps import RawStep


def check_values(inputs: Sequence[str], steps: Sequence[RawStep], whole: bool, told: Told) -> dict[str, None]:
    """Tell every value that a step takes before it is made; gives all values ever known, in order.

    Where the inputs could not be read (not `whole`), a value that no step makes may be one of them.
    """
    known = dict.fromkeys(inputs)
    later = _first_made(steps)
    for number, step in enumerate(steps):
        taken = step.inputs
        silent = taken is None and "in" not in step.fields.nodes and step.op and not step.takes_nothing
        if silent and number == 0 and len(known) > 1:
            fact = "the first step does not say what it takes, and there are several inputs"
            told.tell(
                step.place, step.path, fact, known=known_names("values", list(known)), hint="add in: ..."
            )
        for one in taken or ():
            if one.name not in known:
                if whole or one.name in later:
                    _tell_unknown(one, f"{step.path}.in", known, later, told)
                known[one.name] = None  # told once is enough
        known.update(dict.fromkeys(step.guessed_outputs))
    return known


def check_outputs(
    outputs: Sequence[Named], known: dict[str, None], path: str, whole: bool, told: Told
) -> None:
    """Tell outputs that no step makes (if the `whole` of what is made is known), or that are named twice."""
    seen: set[str] = set()
    for one in outputs:
        if one.name not in known and whole:
            _tell_unknown(one, path, known, {}, told)
        elif one.name in seen:
            told.tell(one.place, path, f"'{one.name}' is an output twice")
        seen.add(one.name)


def check_marks(marks: Iterable[Named], path: str, known: Mapping[str, None], told: Told) -> None:
    """Tell what a group or note speaks of that is neither a value nor a step's label."""
    for one in marks:
        if one.name not in known:
            names = list(known)
            fact = f"'{one.name[:60]}' is neither a value nor the label of a step"
            told.tell(
                one.place,
                path,
                fact,
                known=known_names("values and labels", names),
                hint=did_you_mean(one.name, names),
            )


def check_axes(marks: Iterable[Named], path: str, known: Mapping[str, None], told: Told) -> None:
    """Tell highlighted axes that do not exist."""
    for one in marks:
        if one.name not in known:
            names = list(known)
            fact = f"unknown axis '{one.name[:60]}'"
            hint = did_you_mean(one.name, names)
            told.tell(one.place, path, fact, known=known_names("axes", names), hint=hint)


def axes_spoken_of(steps: Sequence[RawStep]) -> list[str]:
    """Every axis that a step's own fields name."""
    names: dict[str, None] = {}
    for step in steps:
        _collect(step.fields, names)
    return list(names)


def axes_made(steps: Sequence[RawStep]) -> set[str]:
    """Every axis that a step's operation may make, without primes: it needs no declaration."""
    names: set[str] = set()
    for step in steps:
        for value in step.fields.values.values():
            for axes in getattr(value, "outputs", ()):
                names.update(name.rstrip("'") for name in axes)
    return names


def _collect(fields: Fields, names: dict[str, None]) -> None:
    for key, value in fields.values.items():
        if key in ("in", "out", "op", "label", "about", "with", "open"):
            continue
        for side in (getattr(value, "inputs", ()), getattr(value, "outputs", ())):
            for axes in side:
                names.update(dict.fromkeys(axes))
        if isinstance(value, tuple):
            names.update(dict.fromkeys(name for name in value if isinstance(name, str)))


def _first_made(steps: Sequence[RawStep]) -> dict[str, int]:
    """The line where each value is made first."""
    lines: dict[str, int] = {}
    for step in steps:
        for name in step.guessed_outputs:
            lines.setdefault(name, step.place[0])
    return lines


def _tell_unknown(one: Named, path: str, known: dict[str, None], later: dict[str, int], told: Told) -> None:
    hint = did_you_mean(one.name, known)
    if one.name in later:
        hint = f"it is made later, in line {later[one.name]}"
    told.tell(
        one.place, path, f"unknown value '{one.name}'", known=known_names("values", list(known)), hint=hint
    )
