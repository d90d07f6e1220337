"""Every rule that a report may name: what it means and what helps, for people and for SARIF."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of fault."""

    id: str
    title: str
    help: str


FRESHNESS = {  # states of a generated file -> rules
    "stale": "stale",
    "edited": "edited",
    "other version": "other-version",
    "missing": "missing-file",
    "orphan": "orphan",
}

_ALL = (
    Rule("parts-at", "Values part at a step", "Up to this step both sides agree; compare what it does."),
    Rule("differs", "Another function", "The values differ, and no single cause explains it."),
    Rule(
        "axis",
        "A sum, softmax or norm over another axis",
        "It runs along one axis in the code and along another in the spec: change `dim`, or `over`.",
    ),
    Rule(
        "mixes",
        "Positions are mixed that the diagram keeps apart",
        "An output at one index depends on inputs at another, along an axis that the diagram broadcasts.",
    ),
    Rule("causal", "Sees the future, or not itself", "The mask is shifted, missing, or turned round."),
    Rule("scale", "Off by a constant factor", "A scale is missing, doubled, or of another size."),
    Rule("bias-missing", "A bias is missing", "One side adds a learned bias and the other does not."),
    Rule("swapped", "Parameters are swapped", "Two parameters of equal shape are taken for each other."),
    Rule("shared", "A repeated layer is shared", "Iterations share parameters on one side only."),
    Rule(
        "unregistered",
        "A block is not registered",
        "A list of blocks is no torch.nn.ModuleList, so that their parameters are not trained.",
    ),
    Rule("missing-parameter", "A parameter is missing", "The spec has a parameter that the module has not."),
    Rule("extra-parameter", "A parameter too many", "The module has a parameter that the spec has not."),
    Rule("shape", "Shapes differ", "A tensor has other axes, or other sizes."),
    Rule("skipped", "A step is left out", "The module does not do what a step of the spec does."),
    Rule(
        "added",
        "A step too many",
        "The module does what the spec does not: leave it out, or draw it.",
    ),
    Rule("doubled", "A step is done twice", "The module does twice what the spec does once."),
    Rule("replaced", "Another operation", "A step is another operation, or has another setting."),
    Rule("order", "Steps in another order", "Two steps are done in another order, and do not commute."),
    Rule("batch", "Examples of a batch are mixed", "An output depends on other examples of the batch."),
    Rule("gradient", "A gradient is lost", "Values agree, a gradient does not: look for detach, no_grad."),
    Rule("buffer", "Buffers differ", "What training leaves in the buffers differs."),
    Rule("input", "An input is unused or another one", "An input has no effect, or is taken for another."),
    Rule("output", "Outputs differ in number or order", "The module gives other outputs than the spec."),
    Rule("dtype", "Another number format", "Values are computed or returned in another dtype."),
    Rule("import-fails", "Cannot be imported", "Importing the module named under `check:` fails."),
    Rule("build-fails", "Cannot be built", "The constructor of the module named under `check:` fails."),
    Rule("call-fails", "Cannot be called", "Calling the module with the spec's inputs fails."),
    Rule("crash", "The process died", "The module's code ended its process: a fault in native code."),
    Rule("timeout", "Too slow", "The module's code ran longer than allowed: --timeout."),
    Rule("memory", "Too much memory", "The module's code took more memory than allowed: --memory."),
    Rule("exits", "The module's code exits", "The module's code called exit() or its like."),
    Rule("not-compared", "Nothing could be compared", "A check that compared nothing is a failure."),
    Rule("figure", "The figure shows something else", "The wiring read from the picture is not the spec's."),
    Rule("stale", "A generated file is stale", "The spec has changed since; run the command in the message."),
    Rule(
        "edited",
        "A generated file was edited by hand",
        "Change the spec, or the document around the file, and run the command in the message.",
    ),
    Rule(
        "other-version",
        "A generated file is from another version",
        "Another version of ncd-tikz wrote it; run the command in the message, and pin the version.",
    ),
    Rule("missing-file", "A generated file is missing", "`formats` asks for it; run the command given."),
    Rule("orphan", "A generated file without its spec", "Delete the file, or add its spec to `specs`."),
)
RULES = {rule.id: rule for rule in _ALL}


def rule(name: str) -> Rule:
    """The rule of that name; one that is not in the list explains itself by its name.

    >>> rule("scale").title
    'Off by a constant factor'
    """
    return RULES.get(name) or Rule(name, name.replace("-", " ").capitalize(), "The message says what to try.")
