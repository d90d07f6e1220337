"""What the gallery says of one spec: figure, sources, sizes, parameters, verdict, or what went wrong."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ncd_tikz.diagram import BlockCall, Diagram, Load, Repeat, Save, load, loads
from ncd_tikz.resources import PACKAGE, spec_path, template_folder
from tools.gallery.mathematics import html, mathml, words


@dataclass(frozen=True, slots=True)
class Entry:
    """A spec to show: one of the catalogue, or an operation's example."""

    kind: str  # "gallery" or "operations": the folder of its page
    name: str
    text: str

    @property
    def id(self) -> str:
        """As progress and messages name it."""
        return f"@{self.name}" if self.kind == "gallery" else f"operation {self.name}"


@dataclass(slots=True)
class Facts:
    """All that a page says; what could not be made is empty, and among the `troubles`."""

    title: str = ""  # HTML
    words: str = ""  # the title in plain words
    description: str = ""  # HTML
    svg: str = ""
    tikz: str = ""
    torch: str = ""
    sizes: list[dict[str, str]] = field(default_factory=list)
    parameters: list[dict[str, str]] = field(default_factory=list)
    learned: int = 0
    verdicts: list[dict[str, str]] = field(default_factory=list)
    operations: list[str] = field(default_factory=list)
    sides: int = 0  # further sides of an equation
    troubles: list[str] = field(default_factory=list)
    seconds: float = 0.0  # that it took to make all this


Said = Sequence[Mapping[str, Any]]  # verdicts, as `ncd-tikz check --format json` gives them


def facts_of(entry: Entry, draws: int, cache_folder: Path | None, said: Said | None = None) -> Facts:
    """The facts; those of an earlier run where neither the spec nor the program has changed.

    Args:
        said: what a check found already, instead of `draws` draws now.
    """
    kept = None
    if cache_folder is not None:
        kept = cache_folder / f"{_key(entry, draws if said is None else said)}.json"
        if kept.is_file():
            return Facts(**json.loads(kept.read_text(encoding="utf-8")))
    begin = time.monotonic()
    facts = _make(entry, draws, said)
    facts.seconds = round(time.monotonic() - begin, 1)
    if kept is not None and not facts.troubles:
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(".part")
        part.write_text(json.dumps(asdict(facts)), encoding="utf-8")
        part.replace(kept)
    return facts


def _key(entry: Entry, check: object) -> str:
    """The same for the same spec, drawn and checked by the same program in the same way."""
    digest = hashlib.sha256(f"{program_digest()} {check} {entry.kind}".encode())
    digest.update(entry.text.encode())
    if "import:" in entry.text:  # of other specs, whichever
        for path in sorted(spec_path("@multi_head_attention").parent.glob("*.yaml")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:24]


@cache
def program_digest() -> str:
    """Of all that facts depend on besides their spec."""
    digest = hashlib.sha256(version("torch").encode())
    sources = [*PACKAGE.rglob("*.py"), *template_folder().iterdir(), *Path(__file__).parent.glob("*.py")]
    for path in sorted(sources):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _make(entry: Entry, draws: int, said: Said | None) -> Facts:
    facts = Facts(title=html(entry.name), words=entry.name)

    def attempt(what: str, make: Callable[[], None]) -> bool:
        try:
            make()
        except Exception as error:  # whatever it is: the page says so, and the build fails
            facts.troubles.append(f"{what}: {type(error).__name__}: {error}")
            return False
        return True

    found: list[Diagram] = []
    if not attempt("the spec", lambda: found.append(_load(entry))):
        return facts
    (diagram,) = found
    attempt("its texts", lambda: _texts(facts, diagram, entry))
    attempt("the figure", lambda: _figure(facts, diagram))
    attempt("the PyTorch module", lambda: _module(facts, diagram))
    attempt("check", lambda: _verdicts(facts, diagram, draws) if said is None else _said(facts, said))
    facts.operations = sorted(set(_operations(diagram)))
    facts.sides = len(diagram.equals)
    return facts


def _load(entry: Entry) -> Diagram:
    if entry.kind == "gallery":
        return load(f"@{entry.name}")
    return loads(entry.text, f"{entry.name}.yaml")


def _texts(facts: Facts, diagram: Diagram, entry: Entry) -> None:
    if entry.kind == "gallery" and diagram.title:
        facts.title, facts.words = html(diagram.title), words(diagram.title)
    facts.description = html(diagram.description)
    numbers = diagram.default_sizes()
    labels = {each.axis.name: each.axis.label for each in diagram.sizes}
    for each in diagram.sizes:
        formula = [size.latex(labels) for size in each.axis.sizes]
        free = all(not size.symbols for size in each.axis.sizes)
        value = ""
        if not each.index:
            value = " × ".join(str(size.evaluate(numbers)) for size in each.axis.sizes)
        label = (
            f"{each.axis.label}_{{{labels.get(each.index, each.index)}}}" if each.index else each.axis.label
        )
        facts.sizes.append(
            {
                "label": mathml(label),
                "name": each.axis.name,
                "value": value,
                "formula": "" if free else mathml(r" \times ".join(formula)),
                "about": html(each.about),
            }
        )


def _figure(facts: Facts, diagram: Diagram) -> None:
    from ncd_tikz import to_svg, to_tikz

    facts.tikz = to_tikz(diagram)
    facts.svg = to_svg(diagram)


def _module(facts: Facts, diagram: Diagram) -> None:
    import torch

    from ncd_tikz.pytorch import to_module, to_source

    torch.set_num_threads(1)
    facts.torch = to_source(diagram)
    with torch.device("meta"):  # sizes only: nothing is allocated
        module = to_module(diagram)
    for kind, tensors in (("", module.named_parameters()), ("buffer", module.named_buffers())):
        for name, tensor in tensors:
            shape = " × ".join(map(str, tensor.shape)) or "1"
            facts.parameters.append({"name": name, "shape": shape, "kind": kind})
            facts.learned += tensor.numel() if not kind else 0


def _verdicts(facts: Facts, diagram: Diagram, draws: int) -> None:
    from ncd_tikz.equivalence import check
    from ncd_tikz.layout.wiring import unfaithful

    for verdict in check(diagram, draws=draws).verdicts:
        facts.verdicts.append({"state": verdict.state, "text": verdict.text()})
        if not verdict.ok:
            facts.troubles.append(f"check: {verdict.text()}")
    wrong = unfaithful(diagram)
    facts.verdicts.append(
        {
            "state": "differs" if wrong else "same",
            "text": wrong or "figure: the wiring, read back from the drawn lines alone, is the spec's",
        }
    )
    if wrong:
        facts.troubles.append(f"figure: {wrong}")


def _said(facts: Facts, said: Said) -> None:
    for verdict in said:
        text = f"{verdict['subject']}: {verdict['text']}"
        facts.verdicts.append({"state": "same" if verdict["ok"] else verdict["state"], "text": text})
        if not verdict["ok"]:
            facts.troubles.append(f"check: {text}")


def _operations(diagram: Diagram) -> Iterator[str]:
    """The names of all operations in it, at any depth, as their pages have them."""
    for step in diagram.steps:
        operation: Any = step.operation
        if isinstance(operation, (BlockCall, Repeat)):
            yield from _operations(operation.diagram)
        yield "memory" if isinstance(operation, (Save, Load)) else operation.name
    for side in diagram.equals:
        yield from _operations(side.diagram)
