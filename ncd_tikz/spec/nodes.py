"""The checked spec: what a YAML file says, every node with its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ncd_tikz.axes import Expression, Kind
from ncd_tikz.errors import Position
from ncd_tikz.frozen import frozen


@frozen
class AxisNode:
    """`m: 128`, `nb: n1/4` or `y: {size: 20, label: ..., about: ...}`; several sizes are a group.

    A size that a block leaves to its callers is here that of the same name around, or a stand-in.
    """

    name: str
    sizes: tuple[Expression, ...]
    label: str
    about: str
    at: Position


@frozen
class InputNode:
    """`X: x m`, or `t: {axes: x, kind: index, below: v}`."""

    name: str
    axes: tuple[str, ...]
    kind: Kind
    below: Expression | None
    about: str
    at: Position


@frozen
class StepNode:
    """One step: its operation, the values it takes and makes, and its operation's own fields.

    `arguments` hold the parsed fields of the operation (see `operations.contract.Field`), the
    defaults filled in; `places` tell where each field stands. `inputs` is None when `in` is left
    out, `outputs` is None when `out` is.
    """

    op: str
    inputs: tuple[str, ...] | None
    outputs: tuple[str, ...] | None
    label: str
    about: str
    arguments: Mapping[str, Any]
    places: Mapping[str, Position]
    open: bool  # blocks only: drawn open, its steps in a fence
    bindings: Mapping[str, Expression]  # blocks only: `with:`
    path: str  # "steps[2]"
    at: Position


@frozen
class OutputNode:
    """A name under `outputs:`."""

    name: str
    at: Position


@frozen
class GroupNode:
    """`{over: [s, o], title: ..., color: lavender, style: filled}`: a fence around steps."""

    over: tuple[str, ...]
    title: str
    color: str
    style: str  # "filled" or "dotted"
    at: Position


@frozen
class NoteNode:
    """`{at: [q, k, v], text: ..., color: straw, side: auto}`: a card whose tail widens into a region."""

    over: tuple[str, ...]
    text: str
    color: str
    side: str  # "above", "below" or "auto"
    at: Position


@frozen
class FigureNode:
    """Presentation only: never changes what is computed."""

    groups: tuple[GroupNode, ...] = ()
    notes: tuple[NoteNode, ...] = ()
    highlight: tuple[str, ...] = ()  # axes whose wires wear a halo
    legend: bool = False
    width: str = ""  # a TeX length or a preset; empty: as wide as it needs
    definition: bool = False  # draw `closed box = inside`
    title: bool = False  # draw the spec's title above, as a card around everything
    tags: Mapping[str, str] | None = None  # value -> LaTeX, at where the data starts or ends
    columns: bool = False  # tint shape columns and operation columns
    color: str = ""  # colour of the title's card or of a closed block's box
    at: Position | None = None


@frozen
class CheckNode:
    """One module under `check:` that must compute the same."""

    against: str  # "package.module:Name"
    init: Mapping[str, Expression | bool]
    parameters: Mapping[str, str]  # ours -> theirs
    arguments: Mapping[str, str]  # our input -> their argument's name; empty: by position, in order
    at: Position


@frozen
class Spec:
    """A whole spec or one of its blocks."""

    name: str
    title: str
    description: str
    params: tuple[AxisNode, ...]
    axes: tuple[AxisNode, ...]
    inputs: tuple[InputNode, ...]
    steps: tuple[StepNode, ...]
    outputs: tuple[OutputNode, ...]
    blocks: tuple[Spec, ...]
    figure: FigureNode
    checks: tuple[CheckNode, ...]
    digest: str  # SHA-256 of the file's text, first 12 hexadecimal digits
    at: Position
