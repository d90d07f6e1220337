"""One room per operation: all there is to know about it stands in its file.

A room is imported when a step first names its operation; `OPERATIONS` imports them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from ncd_tikz.errors import NcdError
from ncd_tikz.operations.contract import Call, Field, FieldType, Operation, Parameter, Source
from ncd_tikz.operations.scope import Scope

OPERATIONS: tuple[type[Operation], ...]  # all of them, in the order of `ROOMS`

ROOMS = {  # an operation's name, and the file of its class: `LayerNorm` is `layer_norm`
    "linear": "linear",
    "einsum": "einsum",
    "scale": "scale",
    "softmax": "softmax",
    "mask": "mask",
    "rotary_embedding": "rotary_embedding",
    "relu": "elementwise",
    "leaky_relu": "elementwise",
    "prelu": "prelu",
    "elu": "elementwise",
    "gelu": "elementwise",
    "silu": "elementwise",
    "mish": "elementwise",
    "hard_swish": "elementwise",
    "softplus": "elementwise",
    "sigmoid": "elementwise",
    "tanh": "elementwise",
    "exp": "elementwise",
    "log": "elementwise",
    "sqrt": "elementwise",
    "square": "elementwise",
    "abs": "elementwise",
    "reciprocal": "elementwise",
    "negate": "elementwise",
    "sin": "elementwise",
    "cos": "elementwise",
    "add": "arithmetic",
    "subtract": "arithmetic",
    "multiply": "arithmetic",
    "view": "view",
    "layer_norm": "norm",
    "rms_norm": "norm",
    "batch_norm": "batch_norm",
    "group_norm": "group_norm",
    "instance_norm": "instance_norm",
    "concat": "concat",
    "split": "split",
    "stack": "stack",
    "squeeze": "unit_axes",
    "unsqueeze": "unit_axes",
    "index": "index",
    "slice": "slice",
    "gather": "gather",
    "scatter": "scatter",
    "top_k": "top_k",
    "keep_top_k": "keep_top_k",
    "sum": "reduction",
    "mean": "reduction",
    "max": "reduction",
    "min": "reduction",
    "arg_max": "reduction",
    "unit": "unit",
    "trace": "trace",
    "discard": "discard",
    "parameter": "parameter",
    "positional_encoding": "positional_encoding",
    "timestep_embedding": "timestep_embedding",
    "relative_position_bias": "relative_position_bias",
    "alibi": "alibi",
    "embedding": "embedding",
    "dropout": "dropout",
    "function": "function",
    "conv": "conv",
    "conv_transpose": "conv_transpose",
    "max_pool": "pool",
    "average_pool": "pool",
    "adaptive_average_pool": "adaptive_pool",
    "adaptive_max_pool": "adaptive_pool",
    "global_average_pool": "global_pool",
    "global_max_pool": "global_pool",
    "upsample": "upsample",
    "patch_embedding": "patch_embedding",
}


def __getattr__(name: str) -> tuple[type[Operation], ...]:
    if name != "OPERATIONS":
        raise AttributeError(f"module 'ncd_tikz.operations' has no attribute {name!r}")
    return tuple(operation_named(each) for each in ROOMS)


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
    if name in ROOMS:
        room = import_module(f"ncd_tikz.operations.{ROOMS[name]}")
        own: type[Operation] = getattr(room, name.title().replace("_", ""))
        return own
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
    "ROOMS",
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
