"""Faults in generated modules: of every operation, of the operations' variants, of the catalogue."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ncd_tikz.diagram import Diagram, load, loads
from ncd_tikz.equivalence import Verdict
from ncd_tikz.equivalence.cases import BATCHES, Cases
from ncd_tikz.equivalence.foreign import check_foreign
from ncd_tikz.equivalence.generated import check_source
from ncd_tikz.operations import OPERATIONS
from ncd_tikz.pytorch import main_class, to_source
from tests.faults.choosing import chosen, mixed
from tests.faults.edges import Edges
from tests.faults.harmless import HARMLESS, TRIVIAL
from tests.faults.mapped import importable, mapped
from tests.faults.operators import GENERAL, SPECIFIC, Operator
from tests.faults.oracle import Outcome
from tests.faults.source import Change, Source, places
from tests.faults.steps import Steps
from tests.faults.trial import Result, crashed, judge
from tests.faults.trials import Oracle
from tests.operations.cases import VARIANTS, variant

SPECS = Path(__file__).parents[2] / "specs"

# Specs that take long: fewer faults each.
SLOW = """albert bert clip convnext densenet diffusion_unet distilbert encoder_decoder gpt2 gpt_neox
identity_resnet identity_resnet_block llama mistral mixtral opt qwen3 residual_unet rotary_decoder
transformer unet""".split()


@dataclass(frozen=True, slots=True)
class Subject:
    """A spec whose module is changed."""

    part: str
    group: str
    diagram: Diagram
    faults: int  # how many are wanted
    harmless: int
    mapped: bool = False  # held to the spec by its `check`, as a module of somebody's own

    def results(self) -> list[Result]:
        """Its faults, then its harmless changes."""
        bench = Bench(self)
        return [*bench.faults(), *bench.harmless()]


def operations(faults: int = 5, harmless: int = 2) -> Iterator[Subject]:
    """The operations' own examples."""
    for operation in OPERATIONS:
        yield Subject(
            "Operations", operation.name, loads(operation.example, f"{operation.name}.yaml"), faults, harmless
        )


def mapped_operations(faults: int = 2, harmless: int = 1) -> Iterator[Subject]:
    """The operations' own examples, their modules as those of somebody else."""
    for operation in OPERATIONS:
        diagram = mapped(operation.example, f"{operation.name}.yaml")
        yield Subject("Operations, in a module of one's own", operation.name, diagram, faults, harmless, True)


def mapped_catalogue(faults: int = 2, harmless: int = 1) -> Iterator[Subject]:
    """Specs of the catalogue, their modules as those of somebody else."""
    for path in sorted(SPECS.glob("*.yaml")):
        diagram = load(path)
        if not diagram.equals and not diagram.checks:
            diagram = mapped(path.read_text(encoding="utf-8"), str(path))
            part = "The catalogue, in modules of one's own"
            yield Subject(part, f"@{path.stem}", diagram, faults, harmless, True)


def variants(faults: int = 1, harmless: int = 0) -> Iterator[Subject]:
    """Specs that stretch the operations."""
    for name in VARIANTS:
        diagram = loads(variant(name), f"{name}.yaml")
        yield Subject("Operations", diagram.steps[0].operation.name, diagram, faults, harmless)


def catalogue(faults: int = 4, harmless: int = 2) -> Iterator[Subject]:
    """The catalogue's specs; of equations each side is one of these already."""
    for path in sorted(SPECS.glob("*.yaml")):
        diagram = load(path)
        if not diagram.equals:
            few = path.stem in SLOW
            yield Subject(
                "The catalogue", f"@{path.stem}", diagram, 2 if few else faults, 1 if few else harmless
            )


class Bench:
    """A generated module, and changes of it tried one after the other."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.diagram = subject, subject.diagram
        self.source = Source(to_source(subject.diagram))
        self.steps = Steps(subject.diagram, self.source)
        self.edges = Edges(subject.diagram)
        self.cases = Cases(subject.diagram, 0)
        self.oracle = Oracle(subject.diagram, self.source.text, ((2,),) if subject.mapped else BATCHES)

    def text(self, change: Change) -> str:
        """The module's source after a change, which may need torch where it did not."""
        made = self.source.changed(change.edits)
        if "torch." in made and "\nimport torch\n" not in made:
            made = made.replace("\nfrom torch import", "\nimport torch; from torch import", 1)
        return made

    def changes(self, operators: Sequence[Operator]) -> list[Change]:
        """All changes, of which it is clear which step they concern, no two alike."""
        found: dict[str, Change] = {}
        for place in places(self.source):
            for operator in operators:
                for change in operator(place):
                    if not self.steps.of(change) or change.owner in self.steps.unclear:
                        continue
                    try:
                        text = ast.dump(ast.parse(self.text(change)))
                    except SyntaxError:
                        continue
                    found.setdefault(text, change)
        return list(found.values())

    def faults(self) -> Iterator[Result]:
        """As many as are wanted, of as many kinds as there are; what proves harmless comes, too."""
        changes = mixed(self.changes(SPECIFIC), self.changes(GENERAL), self.diagram.name)
        for change, outcome in chosen(
            changes, lambda each: self.oracle(self.text(each)), self.subject.faults
        ):
            yield self.check(change, outcome)

    def harmless(self) -> Iterator[Result]:
        """Changes that are meant to be none, and are none."""
        wanted = self.subject.harmless
        for change in mixed(self.changes(HARMLESS), self.changes(TRIVIAL), self.diagram.name):
            if not wanted:
                return
            if self.oracle(self.text(change)) == "same":
                wanted -= 1
                yield self.check(change, "same")

    def check(self, change: Change, outcome: Outcome) -> Result:
        """What check says."""
        text = self.text(change)
        expected = self.expected(change)
        about = (self.subject.part, self.subject.group, self.diagram.name)
        try:
            verdict = self._verdict(text)
        except Exception as error:  # check has to say what it found, whatever a module does
            return crashed(about, change, outcome, expected, error)
        return judge(about, change, outcome, expected, verdict)

    def expected(self, change: Change) -> frozenset[str]:
        """The steps that may be named; from outside, those before or after may be as right."""
        steps = self.steps.of(change)
        return self.edges.widened(change.kind, steps) if self.subject.mapped else steps

    def _verdict(self, text: str) -> Verdict:
        if not self.subject.mapped:
            return check_source(self.cases, text, main_class(self.diagram), 3, "generated module")
        with TemporaryDirectory() as folder, importable(text, Path(folder) / "own.py"):
            return check_foreign(self.diagram.checks[0], 3, self.cases)
