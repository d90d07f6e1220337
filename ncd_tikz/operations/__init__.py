"""One room per operation: all there is to know about it stands in its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ncd_tikz.errors import NcdError
from ncd_tikz.operations.arithmetic import Add, Multiply, Subtract
from ncd_tikz.operations.contract import Call, Field, FieldType, Operation, Parameter, Source
from ncd_tikz.operations.dropout import Dropout
from ncd_tikz.operations.einsum import Einsum
from ncd_tikz.operations.elementwise import FUNCTIONS
from ncd_tikz.operations.embedding import Embedding
from ncd_tikz.operations.function import Function
from ncd_tikz.operations.linear import Linear
from ncd_tikz.operations.mask import Mask
from ncd_tikz.operations.norm import LayerNorm, RmsNorm
from ncd_tikz.operations.scale import Scale
from ncd_tikz.operations.scope import Scope
from ncd_tikz.operations.softmax import Softmax
from ncd_tikz.operations.view import View

OPERATIONS: tuple[type[Operation], ...] = (
    Linear,
    Einsum,
    Scale,
    Softmax,
    Mask,
    *FUNCTIONS,
    Add,
    Subtract,
    Multiply,
    View,
    LayerNorm,
    RmsNorm,
    Embedding,
    Dropout,
    Function,
)

_BY_NAME = {operation.name: operation for operation in OPERATIONS}


class UnknownOperation(NcdError):
    """No operation of that name, neither here nor in an installed package that works."""

    def __init__(self, name: str, reason: str = "") -> None:
        self.name = name
        super().__init__(f"unknown operation '{name}'" + (f": {reason}" if reason else ""))


def operation_named(name: str) -> type[Operation]:
    """The operation called `name`; packages add some by the entry point group `ncd_tikz.operations`.

    >>> operation_named("softmax").about
    'y[i] = exp(x[i]) / sum_j exp(x[j]), i over the named axes'

    Raises:
        UnknownOperation: there is none.
    """
    if name in _BY_NAME:
        return _BY_NAME[name]
    from importlib.metadata import entry_points  # only for names that are not ours: it reads the disk

    for point in entry_points(group="ncd_tikz.operations", name=name):
        try:
            found = point.load()
        except Exception as error:  # whatever a package of others raises while it is imported
            raise UnknownOperation(name, f"{point.value} cannot be loaded: {error}") from error
        if isinstance(found, type) and issubclass(found, Operation):
            return found
        raise UnknownOperation(name, f"{point.value} is no operation")
    raise UnknownOperation(name)


def make_operation(name: str, arguments: Mapping[str, Any]) -> Operation:
    """The operation called `name` with these parsed fields.

    >>> make_operation("softmax", {"over": ("x",)})
    Softmax(over=('x',))

    Raises:
        UnknownOperation: there is none of that name.
    """
    return operation_named(name).make(arguments)


__all__ = [
    "OPERATIONS",
    "Call",
    "Field",
    "FieldType",
    "Operation",
    "Parameter",
    "Scope",
    "Source",
    "UnknownOperation",
    "make_operation",
    "operation_named",
]
