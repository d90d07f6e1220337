"""The keys of the spec language, version 1: the one definition that reading, schema and help share."""

from __future__ import annotations

from ncd_tikz.operations import Field, Operation
from ncd_tikz.scene import COLORS
from ncd_tikz.spec.checks import CHECK
from ncd_tikz.spec.given import CODE
from ncd_tikz.spec.loops import Carry, Range
from ncd_tikz.spec.mentions import Marks, Names
from ncd_tikz.spec.mistakes import Told
from ncd_tikz.spec.names import AXIS_PATTERN
from ncd_tikz.spec.readers import (
    AxisNames,
    Choice,
    Count,
    FigureWidth,
    Flag,
    Formula,
    Formulas,
    Identifier,
    Latex,
    Map,
    Matching,
    Number,
    Prose,
    Reader,
    Schema,
    Sizes,
    Transition,
)
from ncd_tikz.spec.records import Key, Listed, Open, Record, Short, Table
from ncd_tikz.spec.source import Node

VERSION = 1
REPEAT = "repeat"  # the word that stands where an operation does

_FILE = r"@[^\n]+|[^\n@][^\n]*\.ya?ml"

_COLOR = Choice(COLORS)
_ABOUT = Key("about", Latex("text"), "what it is for, LaTeX text")
_LABEL = Key("label", Latex("math"), "LaTeX for math mode, without $")


class Late(Reader):
    """Stands for a key that is read later, with more known than the node itself."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, node: Node, path: str, told: Told) -> Node:
        """The node itself."""
        return node

    def schema(self) -> Schema:
        """A reference to the definition of that name."""
        return {"$ref": f"#/$defs/{self.name}"}


_SIZE_ABOUT = "a number or an expression over other axes"
_SIZE_KEYS = (
    _LABEL,
    _ABOUT,
    Key("index", Identifier("index"), "a family: the symbol that its size speaks of, used as c[i-1]"),
)
AXIS = Record(
    "an axis", (Key("size", Formulas(), f"{_SIZE_ABOUT}; several sizes are an axis group"), *_SIZE_KEYS)
)
AXIS_ENTRY = Short(AXIS, Formulas())
PARAMETER = Record("a parameter", (Key("size", Formula(), _SIZE_ABOUT), *_SIZE_KEYS))
PARAMETER_ENTRY = Short(PARAMETER, Formula(), "a parameter is one number; several sizes make an axis group")

INPUT = Record(
    "an input",
    (
        Key("axes", AxisNames(), "its axes, top to bottom: x m", required=True),
        Key("kind", Choice(("real", "mask", "index")), "what its entries are; a mask's true keeps"),
        Key("below", Formula(), "kind index: entries are whole numbers from 0 to below this"),
        _ABOUT,
    ),
)
_INPUTS_ABOUT = "name: axes, or {axes, kind, below, about}"
INPUTS = Table("value", Short(INPUT, AxisNames(), "names stand in one text: x m"), empty=False)

STEP_KEYS = (
    Key(
        "op",
        Matching(r"[A-Za-z][A-Za-z0-9_]*", "the name of an operation or block"),
        "operation",
        required=True,
    ),
    Key(
        "in",
        Names("value", memory=True),
        "the value or values it takes; left out: the previous step's output",
    ),
    Key(
        "out",
        Names("value", empty=True, memory=True),
        "the name or names of what it makes; left out: the name of what it takes",
    ),
    Key("label", Latex("math"), "LaTeX for math mode, without $; names a learned part, too"),
    _ABOUT,
)
BLOCK_STEP_KEYS = (
    *STEP_KEYS,
    Key("with", Table("parameter", Formula()), "sizes that the shapes of its inputs do not settle"),
    Key("open", Flag(), "drawn open, its steps in a fence; else as a closed box"),
)
REPEAT_STEP = Record(
    "a step of repeat",
    (
        *STEP_KEYS,
        Key("for", Range(), "an index and its range: i in 1..4"),
        Key("times", Formula(), "how often; the index goes from 1 to it"),
        Key("index", Identifier("index"), "the index's name beside times; left out: i"),
        Key("carry", Carry(), "the values that it feeds back; left out: what it takes"),
        Key("share", Flag(), "one set of parameters for all iterations; else each has its own"),
        Key("steps", Late("steps"), "what is repeated", required=True),
    ),
    "its steps again and again, the running value fed back",
)
BLOCK_STEP = Record("a step that uses a block", BLOCK_STEP_KEYS)

GROUP = Record(
    "a group",
    (
        Key("over", Marks("the name of a value or label of a step"), "what it goes around", required=True),
        Key("title", Latex("text"), "LaTeX text"),
        Key("color", _COLOR, "fill"),
        Key("style", Choice(("filled", "dotted")), "a tinted card, or a dotted outline"),
    ),
)
NOTE = Record(
    "a note",
    (
        Key(
            "at",
            Marks("the name of a value or label of a step"),
            "what it speaks of; left out: the whole figure",
        ),
        Key("text", Latex("text", blank=False), "LaTeX text", required=True),
        Key("color", _COLOR, "fill"),
        Key("side", Choice(("above", "below", "auto")), "where it stands"),
    ),
)
GRID = Record(
    "a grid",
    (
        Key("of", Identifier("value"), "the input or output whose cells are drawn", required=True),
        Key(
            "fill",
            Table("axis", Count(), pattern=AXIS_PATTERN),
            "axis: the index, from 0, of the cells that are filled",
        ),
        Key("arrow", Latex("math"), "LaTeX at an arrow that comes here from the first grid"),
    ),
)
SHOWN_KEYS = (
    Key("groups", Listed(GROUP, "groups"), "fences around steps"),
    Key("notes", Listed(NOTE, "notes"), "cards whose tails widen into a region"),
    Key("highlight", Marks("the name of an axis"), "axes whose wires wear a halo"),
    Key(
        "tags", Table("value", Latex("math", blank=False)), "input or output: LaTeX for math mode, without $"
    ),
    Key("columns", Flag(), "tint shape columns and operation columns"),
    Key("grids", Listed(GRID, "grids"), "cells of inputs and outputs, one row of them filled"),
)
SIDE_FIGURE = Record("the figure of a side", SHOWN_KEYS, "presentation only: never changes what is computed")
FIGURE = Record(
    "a figure",
    (
        *SHOWN_KEYS,
        Key("legend", Flag(), "list derived sizes"),
        Key("width", FigureWidth(), "width of the column: a preset or a TeX length"),
        Key("definition", Flag(), "draw the closed box, an equals sign, and what is inside"),
        Key("title", Flag(), "draw the spec's title, as a card around everything"),
        Key(
            "break",
            Marks("the name of a value or label of a step"),
            "values or labels after which the next row begins",
        ),
        Key("color", _COLOR, "of the title's card or of a closed block's box"),
    ),
    "presentation only: never changes what is computed",
)


def _body(axis: Reader, parameter: Reader, about: str, required: bool) -> tuple[Key, ...]:
    return (
        Key("title", Latex("text"), "LaTeX text"),
        Key("description", Prose(), "plain text, for documentation and alternative text"),
        Key("params", Table("parameter", parameter), "whole numbers that are no axes"),
        Key("axes", Table("axis", axis), about),
        Key("inputs", INPUTS, _INPUTS_ABOUT, required),
    )


# Steps, blocks and what follows need what stands above them: they are read by `steps` and `assemble`.
LATE_KEYS = {
    "steps": "operations, from left to right",
    "outputs": "the value or values that it gives",
    "blocks": "named components, used by name as operations",
}
OUTPUTS = Names("value")


def _optional(key: Key) -> Key:
    """The same key where an equation may stand in its place."""
    return Key(key.name, key.reader, key.about)


_STEPS = Key("steps", Late("steps"), LATE_KEYS["steps"], required=True)
_OUTPUTS = Key("outputs", Late("outputs"), LATE_KEYS["outputs"], required=True)
_BLOCKS = Key("blocks", Late("blocks"), LATE_KEYS["blocks"])

IMPORT = Record(
    "an import",
    (
        Key(
            "from",
            Matching(_FILE, "a .yaml file or '@name'"),
            "a file beside this one, or '@name'",
            True,
        ),
        Key("blocks", Names("block"), "the blocks to take; left out: all of them"),
    ),
)
_IMPORT = Key("import", Listed(IMPORT, "imports"), "blocks of other files")
SIDE = Record(
    "a side of an equation",
    (
        Key(
            "relation", Latex("math", blank=False), "to the side before: LaTeX; left out: =, which is proved"
        ),
        Key("over", Latex("text"), "what stands over the relation, LaTeX text"),
        Key("new_line", Flag(), "begin a new line before the relation"),
        Key("inputs", INPUTS, "left out: those of the spec"),
        _STEPS,
        _OUTPUTS,
        Key("figure", SIDE_FIGURE, "presentation only"),
    ),
)
_EQUATION = Key("equation", Late("equation"), "sides that compute the same, in place of steps and outputs")

HEAD_KEYS = (
    Key("ncd", Number(), "version of the spec language: 1", required=True),
    Key(
        "name", Identifier("spec"), "a Python identifier: module and figure are named after it", required=True
    ),
)
TAIL_KEYS = (Key("figure", FIGURE, "presentation only"),)
NO_CHECK = "name a module under 'against', or leave 'check' out: an empty list would hold nothing to the spec"
CHECK_KEY = Key("check", Listed(CHECK, "checks", NO_CHECK), "what else must compute the same")
SPEC_KEYS = (
    *HEAD_KEYS,
    *_body(AXIS_ENTRY, PARAMETER_ENTRY, "name: size, or {size, label, about}", required=False),
    *TAIL_KEYS,
    CHECK_KEY,
)
BLOCK_KEYS = (
    *_body(
        Open(AXIS_ENTRY),
        Open(PARAMETER_ENTRY),
        "as in a spec; a size left out is the caller's to say",
        required=True,
    ),
    *TAIL_KEYS,
)


SPEC = Record(
    "a spec",
    (*SPEC_KEYS, _optional(_STEPS), _optional(_OUTPUTS), _BLOCKS, _IMPORT, _EQUATION),
)
BLOCK = Record("a block", (*BLOCK_KEYS, _STEPS, _OUTPUTS, _BLOCKS))
LIBRARY = Record(
    "a file of blocks",
    (
        HEAD_KEYS[0],
        Key("title", Latex("text"), "LaTeX text"),
        Key("description", Prose(), "plain text"),
        _IMPORT,
        _BLOCKS,
    ),
)


def reader_of(field: Field) -> Reader:
    """The reader of an operation's field."""
    if field.type == "choice":
        return Choice(field.choices)
    if field.type == "sizes":
        return Sizes(field.choices)
    return _FIELD_READERS[field.type]


_FIELD_READERS: dict[str, Reader] = {
    "axes": AxisNames(),
    "map": Map(),
    "transition": Transition(),
    "expression": Formula(),
    "bool": Flag(),
    "number": Number(),
    "text": Latex("text"),
    "identifier": Identifier("field"),
    "path": CODE,
}


_STEP_RECORDS: dict[type[Operation], Record] = {}  # made once each: long specs ask for them often


def step_record(operation: type[Operation]) -> Record:
    """The keys of a step of this operation."""
    if operation not in _STEP_RECORDS:
        _STEP_RECORDS[operation] = _step_record(operation)
    return _STEP_RECORDS[operation]


def _step_record(operation: type[Operation]) -> Record:
    own = tuple(Key(field.name, reader_of(field), field.about, field.required) for field in operation.fields)
    common = STEP_KEYS if operation.inputs[0] else tuple(map(_or_nothing, STEP_KEYS))
    return Record(f"a step of {operation.name}", (*common, *own), operation.about)


def _or_nothing(key: Key) -> Key:
    """`in: []` where an operation may be made of nothing."""
    if key.name != "in":
        return key
    return Key("in", Names("value", empty=True, memory=True), f"{key.about}; []: nothing")
