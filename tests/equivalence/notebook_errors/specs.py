"""What the figures beside those modules say, and what each error must be called."""

from __future__ import annotations

from typing import NamedTuple

HOME = "tests.equivalence.notebook_errors.modules"

STACK = """\
ncd: 1
name: stack
axes: {x: 7, m: 8, N: 3}
inputs: {X: x m}
blocks:
  block:
    axes: {m: 8, f: 2*m}
    inputs: {a: m}
    steps:
      - {op: linear, in: a, out: b, map: m -> f, label: U}
      - {op: relu, in: b}
      - {op: linear, in: b, out: c, map: f -> m, label: D}
      - {op: add, in: [a, c], out: y}
    outputs: y
steps:
  - {op: repeat, times: N, in: X, out: Y, label: layers, steps: [{op: block, label: block}]}
outputs: Y
"""
NORMED = STACK.replace(
    "outputs: Y\n", "  - {op: layer_norm, in: Y, out: Z, over: m, label: norm}\noutputs: Z\n"
)
OF_STACK = """\
    init: {width: m, depth: N}
    parameters: {'layers.{i}.block.U': 'blocks.{i}.up', 'layers.{i}.block.D': 'blocks.{i}.down'}
"""

ATTENTION = """\
ncd: 1
name: attention
axes: {x: 7, m: 8}
inputs: {X: x m}
steps:
  - {op: linear, in: X, out: q, map: m -> m', label: Q, bias: false}
  - {op: linear, in: X, out: k, map: m -> m', label: K, bias: false}
  - {op: linear, in: X, out: v, map: m -> m', label: V, bias: false}
  - {op: einsum, in: [q, k], out: s, map: "x m', x' m' -> x x'"}
  - {op: scale, in: s, by: m**(-1/2)}
  - {op: softmax, in: s, over: x'}
  - {op: einsum, in: [s, v], out: z, map: "x x', x' m' -> x m'"}
outputs: z
"""
OF_ATTENTION = """\
    init: {width: m}
    parameters: {Q: query, K: key, V: value}
"""

CLASSIFIER = """\
ncd: 1
name: classifier
axes: {x: 7, m: 8, c: 5}
inputs: {X: x m}
steps:
  - {op: linear, in: X, out: s, map: m -> c, label: head}
  - {op: softmax, in: s, over: c}
outputs: s
"""
OF_CLASSIFIER = "    init: {width: m, classes: c}\n    parameters: {head: head}\n"

CONVOLUTIONS = """\
ncd: 1
name: double_convolution
axes: {h: 9, w: 11, i: {size: [h, w]}, c: 3, d: 8}
inputs: {X: c i}
steps:
  - {op: conv, in: X, out: a, over: i, map: c -> d, kernel: 3, padding: same, label: first}
  - {op: relu, in: a}
  - {op: conv, in: a, out: b, over: i, map: d -> d', kernel: 3, padding: same, label: second}
  - {op: relu, in: b}
outputs: b
"""
OF_CONVOLUTIONS = """\
    init: {taken: c, made: d}
    parameters: {first: first, second: second}
"""
ONE = """\
ncd: 1
name: convolution
axes: {h: 9, w: 11, i: {size: [h, w]}, c: 3, d: 8}
inputs: {X: c i}
steps:
  - {op: conv, in: X, out: a, over: i -> j, map: c -> d, kernel: 3, label: first}
  - {op: relu, in: a}
outputs: a
"""
POOLED = """\
ncd: 1
name: pooled
axes: {h: 8, w: 12, i: {size: [2*h, 2*w]}, c: 3, d: 8}
inputs: {X: c i}
steps:
  - {op: conv, in: X, out: a, over: i, map: c -> d, kernel: 3, padding: same, label: first}
  - {op: max_pool, in: a, over: i -> j, kernel: 2, stride: 2}
outputs: a
"""
OF_ONE = "    init: {taken: c, made: d}\n    parameters: {first: first}\n"

LAYER = """\
ncd: 1
name: layer
axes: {x: 7, m: 8}
inputs: {X: x m}
steps:
  - {op: linear, in: X, out: a, map: m -> m', label: map}
  - {op: layer_norm, in: a, out: n, over: m', label: norm}
  - {op: relu, in: n}
  - {op: view, in: n, map: m' -> m}
  - {op: add, in: [X, n], out: y}
outputs: y
"""
OF_LAYER = "    init: {width: m}\n    parameters: {map: map, norm: norm}\n"


class Error(NamedTuple):
    """An author's module, the spec beside it, and how the first finding must name what is wrong."""

    module: str
    spec: str
    entry: str
    rules: tuple[str, ...]
    step: str = ""  # the first finding's
    parameter: str = ""
    words: tuple[str, ...] = ()  # that its sentence has


def spec_of(error: Error) -> str:
    """The spec with its check."""
    return f"{error.spec}check:\n  - against: {HOME}:{error.module}\n{error.entry}"


KERNEL_ONE = CONVOLUTIONS.replace("kernel: 3, padding: same, label: second", "kernel: 1, label: second")

ERRORS = (
    Error("SharedBlocks", STACK, OF_STACK, ("shared",), "steps[0]",
          "layers.1.block.U.weight", ("one tensor",)),
    Error("SharedInSequence", STACK, OF_STACK, ("shared",), "steps[0]", "layers.1.block.U.weight"),
    Error("FirstBlockAgain", STACK, OF_STACK, ("shared", "gradient", "parts-at", "swapped"), "steps[0]"),
    Error("UnregisteredBlocks", NORMED, OF_STACK.replace("{'layers",
          "{norm: norm, 'layers"), ("unregistered",),
          "steps[0]", "layers.0.block.U.weight", ("blocks", "plain list")),
    Error("SoftmaxConstructed", ATTENTION, OF_ATTENTION, ("call-fails",), "steps[5]",
          words=("Softmax was made, not called",)),
    Error("SoftmaxReturned", CLASSIFIER, OF_CLASSIFIER, ("output",), "steps[1]",
          words=("the module Softmax itself",)),
    Error("SoftmaxKept", ATTENTION, OF_ATTENTION, ("skipped",), "steps[5]"),
    Error("SoftmaxOverQueries", ATTENTION, OF_ATTENTION, ("axis",), "steps[5]"),
    Error("ScaleLeftOut", ATTENTION, OF_ATTENTION, ("skipped", "scale"), "steps[4]"),
    Error("WrongChannels", CONVOLUTIONS, OF_CONVOLUTIONS, ("shape",), "steps[2]",
          "second.weight", ("d is ",)),
    Error("FirstMakesAll", CONVOLUTIONS, OF_CONVOLUTIONS, ("shape",), "steps[0]", "first.weight", ("d is ",)),
    Error("ChannelsOfAnotherPaper", CONVOLUTIONS, OF_CONVOLUTIONS, ("shape",), "steps[0]", "first.weight",
          ("c is 32 there",)),
    Error("LargerKernel", KERNEL_ONE, OF_CONVOLUTIONS, ("shape",), "steps[2]", "second.weight",
          ("their kernel is 3 x 3, the diagram's 1 x 1",)),
    Error("NoPadding", CONVOLUTIONS, OF_CONVOLUTIONS, ("replaced",), "steps[0]", words=("padding",)),
    Error("StrayPadding", ONE, OF_ONE, ("replaced",), "steps[0]", words=("padding",)),
    Error("PaddedPool", POOLED, OF_ONE, ("replaced",), "steps[1]"),
    Error("ReLUMissing", CONVOLUTIONS, OF_CONVOLUTIONS, ("skipped",), "steps[1]"),
    Error("OutOfOrder", LAYER, OF_LAYER, ("order",), "steps[1]"),
    Error("NormFirst", LAYER, OF_LAYER, ("order",), "steps[0]"),
    Error("NormMissing", LAYER, OF_LAYER, ("skipped",), "steps[1]"),
    Error("BypassMissing", LAYER, OF_LAYER, ("skipped",), "steps[4]"),
)  # fmt: skip

# The modules that have no error.
SOUND = (
    Error("Stack", STACK, OF_STACK, ()),
    Error("Attention", ATTENTION, OF_ATTENTION, ()),
    Error("Classifier", CLASSIFIER, OF_CLASSIFIER, ()),
    Error("DoubleConvolution", CONVOLUTIONS, OF_CONVOLUTIONS, ()),
    Error("Layer", LAYER, OF_LAYER, ()),
)
