"""What names mean where they stand: values made so far, labels, axes, blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ncd_tikz.spec.mentions import Named
from ncd_tikz.spec.mistakes import Told, did_you_mean, known_names
from ncd_tikz.spec.records import Fields
from ncd_tikz.spec.steps import RawRepeat, RawStep, all_steps


class Values:
    """The values that steps make and take, by name: those known where a step stands, and all ever made."""

    def __init__(self, inputs: Sequence[str], steps: Sequence[RawStep], whole: bool, told: Told) -> None:
        self.whole = whole  # where inputs could not be read, a value that no step makes may be one of them
        self.told = told
        self.later = _first_made(steps)
        self.saved = [name for name in self.later if name.endswith("[]")]
        self.inside: dict[str, int] = {}  # made in a repetition, and the line where that one begins
        self.ever = dict.fromkeys(inputs)
        self.known = dict.fromkeys(inputs)
        self.walk(steps, self.known, True)

    def walk(self, steps: Sequence[RawStep], known: dict[str, None], first: bool) -> None:
        """Tell every value that a step takes before it is made; adds what they make to the known ones."""
        for number, step in enumerate(steps):
            silent = "in" not in step.fields.nodes and step.op and not step.takes_nothing
            if step.repeat is not None and step.repeat.carry is not None:
                silent = False
            if silent and first and number == 0 and len(known) > 1:
                fact = "the first step does not say what it takes, and there are several inputs"
                names = known_names("values", _plain(known))
                self.told.tell(step.place, step.path, fact, known=names, hint="add in: ...")
            for one in step.inputs or ():
                self.take(one, f"{step.path}.in", known)
            if step.repeat is not None:
                self.repetition(step, step.repeat, known)
            made = dict.fromkeys(name for name in step.guessed_outputs if not name.endswith("[]"))
            known.update(made)
            self.ever.update(made)

    def take(self, one: Named, path: str, known: dict[str, None]) -> None:
        """Tell a value that is not known."""
        name = one.name
        if "[" in name:
            family = name.partition("[")[0]
            if f"{family}[]" not in self.saved and self.whole:
                families = [each[:-2] for each in self.saved]
                hint = did_you_mean(family, families) or f"a step saves by out: {family}[...]"
                fact = f"nothing is saved as '{family}'"
                self.told.tell(one.place, path, fact, known=known_names("memory", families), hint=hint)
        elif name not in known:
            if f"{name}[]" in self.saved:
                hint = f"'{name}' is kept in memory: say which one, as in {name}[1]"
                names = known_names("values", _plain(known))
                self.told.tell(one.place, path, f"unknown value '{name}'", known=names, hint=hint)
            elif self.whole or name in self.later:
                _tell_unknown(one, path, known, self.later, self.inside, self.told)
            known[name] = None  # told once is enough

    def repetition(self, step: RawStep, repeat: RawRepeat, known: dict[str, None]) -> None:
        """The body sees what is known around it, and what it makes stays inside."""
        for one, _ in repeat.carry or ():
            if one.name not in known:
                self.take(one, f"{step.path}.carry", known)
        within = dict(known)
        self.walk(repeat.steps, within, False)
        for name in within:
            if name not in known:
                self.inside.setdefault(name, step.place[0])


def check_outputs(outputs: Sequence[Named], values: Values, path: str, whole: bool, told: Told) -> None:
    """Tell outputs that no step makes (if the `whole` of what is made is known), or that are named twice."""
    known, inside = values.known, values.inside
    seen: set[str] = set()
    for one in outputs:
        if one.name not in known and whole:
            _tell_unknown(one, path, known, {}, inside, told)
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
        if one.name not in known and one.name.partition("[")[0] not in known:
            names = list(known)
            fact = f"unknown axis '{one.name[:60]}'"
            hint = did_you_mean(one.name, names)
            told.tell(one.place, path, fact, known=known_names("axes", names), hint=hint)


def axes_spoken_of(steps: Sequence[RawStep]) -> list[str]:
    """Every axis that a step's own fields name."""
    names: dict[str, None] = {}
    for step in all_steps(steps):
        _collect(step.fields, names)
        for _, axes in step.repeat.carry or () if step.repeat else ():
            names.update(dict.fromkeys(axes or ()))
    return list(names)


def axes_made(steps: Sequence[RawStep]) -> set[str]:
    """Every axis that a step's operation may make, without primes: it needs no declaration."""
    names: set[str] = set()
    for step in all_steps(steps):
        for value in step.fields.values.values():
            for axes in getattr(value, "outputs", ()):
                names.update(name.rstrip("'") for name in axes)
    return names


_NO_AXES = frozenset("in out op label about with open carry for steps".split())


def _collect(fields: Fields, names: dict[str, None]) -> None:
    for key, value in fields.values.items():
        if key in _NO_AXES:
            continue
        for side in (getattr(value, "inputs", ()), getattr(value, "outputs", ())):
            for axes in side:
                names.update(dict.fromkeys(axes))
        if isinstance(value, tuple):
            names.update(dict.fromkeys(name for name in value if isinstance(name, str)))


def _first_made(steps: Sequence[RawStep]) -> dict[str, int]:
    """The line where each value is made first."""
    lines: dict[str, int] = {}
    for step in all_steps(steps):
        for name in step.guessed_outputs:
            lines.setdefault(name, step.place[0])
    return lines


def _plain(known: Iterable[str]) -> list[str]:
    return [name for name in known if "[" not in name]


def _tell_unknown(
    one: Named,
    path: str,
    known: dict[str, None],
    later: dict[str, int],
    inside: dict[str, int],
    told: Told,
) -> None:
    hint = did_you_mean(one.name, known)
    if one.name in inside:
        hint = f"it is made inside the repetition in line {inside[one.name]}, and only known there"
    elif one.name in later:
        hint = f"it is made later, in line {later[one.name]}"
    names = known_names("values", _plain(known))
    told.tell(one.place, path, f"unknown value '{one.name}'", known=names, hint=hint)
