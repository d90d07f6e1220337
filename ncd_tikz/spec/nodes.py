"""The checked spec: what a YAML file says, every node with its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ncd_tikz.axes import Expression, Kind
from ncd_tikz.errors import Position
from ncd_tikz.frozen import frozen

if TYPE_CHECKING:
    from ncd_tikz.spec.given import Given
    from ncd_tikz.spec.their_tensors import TheirTensor


@frozen
class AxisNode:
    """`m: 128`, `nb: n1/4` or `y: {size: 20, label: ..., about: ...}`; several sizes are a group.

    A size that a block leaves to its callers is here that of the same name around, or a stand-in.
    With an `index` it is a family: its sizes speak of the index, and it is used as `c[i-1]`.
    """

    name: str
    sizes: tuple[Expression, ...]
    label: str
    about: str
    at: Position
    index: str = ""


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
class CarryNode:
    """A value that a repetition feeds back; `axes` at the start of an iteration, where they depend on it."""

    name: str
    axes: tuple[str, ...] | None
    at: Position


@frozen
class RepeatNode:
    """What a step of `repeat` has besides: `for: i in 1..4` or `times: N, index: i` (from 1 to N).

    `carry` is None where the running value is fed back.
    """

    index: str
    start: Expression
    stop: Expression
    carry: tuple[CarryNode, ...] | None
    share: bool
    steps: tuple[StepNode, ...]


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
    repeat: RepeatNode | None = None  # `op: repeat` only


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
    """`{at: [q, k, v], text: ..., color: straw, side: auto}`: a card whose tail widens into a region.

    Without `at` (`over` is empty) it is a card above or below the whole figure.
    """

    over: tuple[str, ...]
    text: str
    color: str
    side: str  # "above", "below" or "auto"
    at: Position


@frozen
class GridNode:
    """`{of: A, fill: {4: 2}, arrow: G}`: cells beside an input or output, one row of them filled.

    `fill` gives the index along each axis that is filled; `arrow` the text of an arrow that comes
    here from the filled cells of the first grid (None: no arrow).
    """

    of: str
    fill: Mapping[str, int]
    arrow: str | None
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
    breaks: tuple[str, ...] = ()  # values or labels of steps after which the next row begins
    grids: tuple[GridNode, ...] = ()  # cells of inputs and outputs
    at: Position | None = None


@frozen
class CheckNode:
    """One module under `check:` that must compute the same."""

    against: str  # "package.module:Name"
    init: Mapping[str, Given]
    parameters: Mapping[str, TheirTensor]  # ours, or a part of ours -> theirs; both may be patterns
    arguments: Mapping[str, tuple[str, ...]]  # our input -> their arguments; empty: by position, in order
    at: Position
    theirs: Mapping[str, tuple[str, ...]]  # input or output -> its dimensions in our axes' names
    options: Mapping[str, Given]  # further arguments of the call
    outputs: Mapping[str, str]  # our output -> where in what they return
    convert: Mapping[str, str]  # a mask of ours -> how they take it
    unused: tuple[str, ...]  # their parameters that the outputs do not depend on, * is any text
    tied: tuple[tuple[str, ...], ...]  # ours that are one tensor of theirs
    dtype: str
    mode: str  # "eval", "train", "both"; empty: as the spec needs it
    batch: int | None  # how many batch axes they take; None: to be tried
    places: Mapping[str, Position]  # where the entries of `parameters` stand


@frozen
class SideNode:
    """A further side of an `equation:`, and how it relates to the side before it."""

    relation: str  # LaTeX for math mode; `=` is proved, any other is only drawn
    over: str  # LaTeX text over the relation
    new_line: bool
    spec: Spec


@frozen
class Spec:
    """A whole spec or one of its blocks; of an equation the first side, the others under `sides`."""

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
    digest: str  # SHA-256 of the file's text and of those it imports, first 12 hexadecimal digits
    at: Position
    sides: tuple[SideNode, ...] = ()
    imports: tuple[str, ...] = ()  # the files that blocks were taken from
