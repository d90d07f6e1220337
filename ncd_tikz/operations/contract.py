"""What an operation's room must hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ncd_tikz.axes import Application, Axis, Expression, Tensor
from ncd_tikz.frozen import frozen
from ncd_tikz.operations.scope import Scope

if TYPE_CHECKING:
    from ncd_tikz.glyphs import Glyph

FieldType = Literal[
    "axes",  # "x" or "x x'": names of axes, parsed to tuple[str, ...]
    "map",  # a signature, parsed to Signature
    "transition",  # "x -> y", or "x" where it stays: parsed to Signature
    "expression",  # a real-valued expression over axes, parsed to Expression
    "sizes",  # whole-number expressions, one or several, or one of `choices`: tuple[Expression, ...] or str
    "bool",
    "number",  # finite float or int
    "text",  # LaTeX
    "identifier",  # a Python identifier
    "path",  # package.module:name
    "choice",
]


@frozen
class Field:
    """One YAML field of an operation: the only definition, from which schema, parsing and help come."""

    name: str
    type: FieldType
    about: str
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()


@frozen
class Parameter:
    """A learned tensor: its name below the step's, and its axes (output axes first).

    `flatten` gives, per dimension of the stored tensor, how many of `axes` it flattens, in order:
    a Linear weight of `m -> k h` has axes (k, h, m) and flatten (2, 1). A dimension that flattens
    no axes has size one. A `buffer` is kept in the state dict but not learned; any positive numbers may
    stand in it. Where the step itself is the parameter its `name` is empty.
    """

    name: str
    axes: tuple[Axis, ...]
    flatten: tuple[int, ...]
    buffer: bool = False


@frozen
class Call:
    """What an operation needs to write its PyTorch source for one step.

    All axes have rank one here: groups are expanded (`x` of rank two to `x.0`, `x.1`). Axis i of n
    is dimension i - n, since further axes may stand in front.
    """

    application: Application
    arguments: tuple[str, ...]  # variable names of the inputs
    attribute: str  # `Q`: the operation's module is self.Q
    size: Callable[[Expression], str]  # code of a size inside forward, e.g. "self.k"
    init_size: Callable[[Expression], str]  # code of a size inside __init__, e.g. "k"
    letters: Callable[[Axis], str]  # one-letter name for torch.einsum, unique per axis name
    unbatched: tuple[bool, ...] = ()  # which inputs may lack the axes in front; empty: none
    like: str = ""  # code of a real tensor at hand: what is made of nothing has its dtype and device


@frozen
class Source:
    """PyTorch source of one step: module built in __init__ (if any), and the forward expression."""

    forward: str  # an expression (a tuple of expressions where there are several outputs)
    init: str = ""  # e.g. "nn.Linear(m, k * h, bias=False)"
    imports: tuple[str, ...] = ()  # e.g. ("import torch.nn.functional as F",)
    before: tuple[str, ...] = ()  # statements to write before, each a line


class Operation:
    """One operation of the notation. Subclasses are frozen classes of their fields.

    A subclass is all there is to know about an operation: fields, shapes on named axes, base
    definition on its own axes only, learned parameters, PyTorch source, glyph and an example.
    """

    __slots__ = ()

    name: ClassVar[str]
    about: ClassVar[str]  # one line, with the formula
    fields: ClassVar[tuple[Field, ...]] = ()
    inputs: ClassVar[tuple[int, int | None]] = (1, 1)  # fewest and most (None: any number)
    example: ClassVar[str]  # a complete small spec
    ties: ClassVar[bool] = False  # whether what it gives jumps where two entries are equal

    @classmethod
    def make(cls, arguments: Mapping[str, Any]) -> Operation:
        """The operation with these parsed fields; the others get their defaults."""
        return cls(**arguments)

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Type the operation on these inputs.

        Raises:
            ShapeError: the axes do not fit.
        """
        raise NotImplementedError

    def label(self, labels: Mapping[str, str]) -> str:
        """The LaTeX label of a step that gives none, where it speaks of sizes (`labels` by symbol)."""
        return ""

    def parameters(self, application: Application) -> tuple[Parameter, ...]:
        """The learned tensors, in the order of their state dict."""
        return ()

    def centred(self, application: Application) -> Expression | None:
        """How many entries lose their mean and are brought to one spread together, where some do.

        Of two entries a sign is all that is left: a check with so small a size would see nothing else.
        """
        return None

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The definition on the operation's own axes: torch tensors in, torch tensors out.

        Input i has exactly the dimensions `own_axes(i)` (groups expanded), output j exactly
        `made_axes(j)`. Uses tensor methods only; shares nothing with `source`. Parameters come
        unflattened, one dimension per axis.
        """
        raise NotImplementedError

    def training_base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The definition in training mode, where that differs from `base`.

        Gives the outputs and then, for each buffer in the order of `parameters`, what it becomes.
        """
        return self.base(inputs, parameters, sizes, application)

    def source(self, call: Call) -> Source:
        """The PyTorch source, by batched library calls."""
        raise NotImplementedError

    def glyph(self, application: Application, label: str) -> Glyph:
        """How the operation is drawn; `label` is the step's LaTeX label or empty."""
        raise NotImplementedError


__all__ = ["Call", "Field", "FieldType", "Operation", "Parameter", "Scope", "Source"]
