"""Small specs that stretch the operations: other orders, several axes, groups, options."""

from __future__ import annotations

from typing import Any

from tests.operations.window_cases import WINDOWS

AXES = "{y: 3, k: 2, h: 4, m: 5, p: 2, kh: k*h, i: {size: [2, 3]}, q: {size: [4, 2]}}"


def f(a: Any, c: Any) -> tuple[Any, Any]:
    """A function of two vectors that a spec may call."""
    return a + 2 * c, a * c


# name: (inputs, step)
VARIANTS: dict[str, tuple[str, str]] = {
    "linear_scattered": ("{a: k y h}", "{op: linear, in: a, out: b, map: h k -> m p}"),
    "linear_from_front": ("{a: k y h}", "{op: linear, in: a, out: b, map: k -> m p}"),
    "linear_to_number": ("{a: k y}", "{op: linear, in: a, out: b, map: 'k ->'}"),
    "linear_from_number": ("{a: 'y'}", "{op: linear, in: a, out: b, map: '-> k'}"),
    "linear_from_group": ("{a: i y}", "{op: linear, in: a, out: b, map: i -> m}"),
    "linear_to_group": ("{a: y k}", "{op: linear, in: a, out: b, map: k -> i}"),
    "linear_literal": ("{a: y k}", "{op: linear, in: a, out: b, map: k -> 4 2, bias: false}"),
    "linear_square": ("{a: y k}", "{op: linear, in: a, out: b, map: k -> 3 3}"),
    "linear_named_group": ("{a: y (k h)}", "{op: linear, in: a, out: b, map: (k h) -> m}"),
    "einsum_trace": ("{a: k k' y}", "{op: einsum, in: a, out: b, map: k k y -> y}"),
    "einsum_diagonal": ("{a: k y k'}", "{op: einsum, in: a, out: b, map: k y k -> y k}"),
    "einsum_transpose": ("{a: k y h}", "{op: einsum, in: a, out: b, map: k y h -> h k y}"),
    "einsum_sum": ("{a: k y h}", "{op: einsum, in: a, out: b, map: k y h -> y}"),
    "einsum_outer": ("{a: k, c: 'y'}", "{op: einsum, in: [a, c], out: b, map: 'k, y -> y k'}"),
    "einsum_self": ("{a: y k}", "{op: einsum, in: [a, a], out: b, map: \"y k, y' k -> y y'\"}"),
    "einsum_hidden": ("{a: y k}", "{op: einsum, in: [a, a], out: b, map: \"y k, y' k -> y\"}"),
    "einsum_alias": ("{a: y k}", "{op: einsum, in: [a, a], out: b, map: 'y k, z k -> z y'}"),
    "einsum_threefold": (
        "{a: y k, c: k h, d: k}", "{op: einsum, in: [a, c, d], out: b, map: 'y k, k h, k -> h y'}"
    ),
    "einsum_group": ("{a: y i, c: i k}", "{op: einsum, in: [a, c], out: b, map: 'y i, i k -> y k'}"),
    "einsum_group_dot": ("{a: y i, c: i k}", "{op: einsum, in: [a, c], out: b, map: 'y i, i k -> i k y'}"),
    "einsum_to_number": ("{a: k, c: k}", "{op: einsum, in: [a, c], out: b, map: 'k, k ->'}"),
    "scale_fraction": ("{a: y k}", "{op: scale, in: a, out: b, by: 1/(k+1)}"),
    "scale_negative": ("{a: y k}", "{op: scale, in: a, out: b, by: -k}"),
    "scale_sum": ("{a: y k}", "{op: scale, in: a, out: b, by: k + 1/2}"),
    "softmax_two": ("{a: y k h}", "{op: softmax, in: a, out: b, over: h y}"),
    "softmax_group": ("{a: i k}", "{op: softmax, in: a, out: b, over: i}"),
    "mask_backwards": ("{a: k h k'}", "{op: mask, in: a, out: b, over: \"k' k\"}"),
    "mask_apart": ("{a: k h k'}", "{op: mask, in: a, out: b, over: \"k k'\"}"),
    "mask_window": ("{a: k' m h m'}", "{op: mask, in: a, out: b, over: \"m m'\", window: k}"),
    "mask_window_backwards": ("{a: m m'}", "{op: mask, in: a, out: b, over: \"m' m\", window: 3}"),
    "mask_both_sides": ("{a: m m' h}", "{op: mask, in: a, out: b, over: \"m m'\", window: 2, causal: false}"),
    "mask_offset": ("{a: y m}", "{op: mask, in: a, out: b, over: y m, offset: m - y}"),
    "mask_offset_window": ("{a: m k y}", "{op: mask, in: a, out: b, over: y m, offset: m - y, window: 2}"),
    "mask_offset_both": (
        "{a: m k y}", "{op: mask, in: a, out: b, over: y m, offset: 1, window: 2, causal: false}"
    ),
    "mask_ahead": ("{a: m y}", "{op: mask, in: a, out: b, over: m y, offset: 0}"),
    "rotary_interleaved": (
        "{a: y h k}", "{op: rotary_embedding, in: a, out: b, over: y h, style: interleaved, period: 7}"
    ),
    "rotary_backwards": ("{a: h k y}", "{op: rotary_embedding, in: a, out: b, over: y h}"),
    "rotary_part": ("{a: k y m}", "{op: rotary_embedding, in: a, out: b, over: y m, part: 2*k, period: 50}"),
    "rotary_part_interleaved": (
        "{a: m k y}", "{op: rotary_embedding, in: a, out: b, over: y m, part: 4, style: interleaved}"
    ),
    "mask_given": (
        "{a: k y h, M: {axes: h k, kind: mask}}", "{op: mask, in: [a, M], out: b}"
    ),
    "embedding_two": (
        "{t: {axes: y k, kind: index, below: m}}", "{op: embedding, in: t, out: b, map: m -> h p}"
    ),
    "embedding_literal": (
        "{t: {axes: '', kind: index, below: 7}}", "{op: embedding, in: t, out: b, map: 7 -> h}"
    ),
    "gelu_tanh": ("{a: k}", "{op: gelu, in: a, out: b, approximate: tanh}"),
    "gelu_sigmoid": ("{a: k}", "{op: gelu, in: a, out: b, approximate: sigmoid}"),
    "prelu_one": ("{a: y k}", "{op: prelu, in: a, out: b, slope: 0.1}"),
    "prelu_two": ("{a: k y h}", "{op: prelu, in: a, out: b, channels: h k}"),
    "prelu_group": ("{a: y i m}", "{op: prelu, in: a, out: b, channels: i, slope: 0.5}"),
    "leaky_relu_slope": ("{a: k}", "{op: leaky_relu, in: a, out: b, slope: 0.3}"),
    "elu_alpha": ("{a: k}", "{op: elu, in: a, out: b, alpha: 2}"),
    "add_outer": ("{a: k, c: y h}", "{op: add, in: [a, c], out: b}"),
    "add_crossed": ("{a: k y, c: y h k}", "{op: add, in: [a, c], out: b}"),
    "add_three": ("{a: 'y', c: h y, d: k}", "{op: add, in: [a, c, d], out: b}"),
    "add_group": ("{a: i k, c: i}", "{op: add, in: [a, c], out: b}"),
    "add_twice": ("{a: y k}", "{op: add, in: [a, a], out: b}"),
    "multiply_three": ("{a: 'y', c: h y, d: k}", "{op: multiply, in: [a, c, d], out: b}"),
    "subtract_outer": ("{a: k, c: 'y'}", "{op: subtract, in: [a, c], out: b}"),
    "view_split": ("{a: y kh}", "{op: view, in: a, out: b, map: kh -> k h}"),
    "view_apart": ("{a: k y h}", "{op: view, in: a, out: b, map: h k -> (h k)}"),
    "view_several": ("{a: k h y m}", "{op: view, in: a, out: b, map: k h y m -> (k h) (y m)}"),
    "view_regroup": ("{a: kh y m}", "{op: view, in: a, out: b, map: kh y -> k (h y)}"),
    "view_flatten_group": ("{a: y i k}", "{op: view, in: a, out: b, map: i k -> (i k)}"),
    "view_one": ("{a: y k}", "{op: view, in: a, out: b, map: '-> 1'}"),
    "view_one_off": ("{a: y 1 k}", "{op: view, in: a, out: b, map: '1 ->'}"),
    "layer_norm_two": ("{a: k y h}", "{op: layer_norm, in: a, out: b, over: h k, eps: 0.01}"),
    "layer_norm_no_bias": ("{a: k y}", "{op: layer_norm, in: a, out: b, over: k, bias: false}"),
    "layer_norm_plain": ("{a: k y}", "{op: layer_norm, in: a, out: b, over: k, affine: false}"),
    "layer_norm_group": ("{a: i y}", "{op: layer_norm, in: a, out: b, over: i}"),
    "rms_norm_two": ("{a: k y h}", "{op: rms_norm, in: a, out: b, over: h k, affine: false}"),
    "function_inner": (
        "{a: y k h, c: p k}", "{op: function, name: f, in: [a, c], out: b, map: 'h, p -> m'}"
    ),
    "function_several": (
        "{a: k y, c: h}", "{op: function, name: f, in: [a, c], out: [b, d], map: 'k, h -> m, h k'}"
    ),
    "function_to_number": ("{a: k y}", "{op: function, name: f, in: a, out: b, map: 'k ->'}"),
    "function_from_number": ("{a: 'y'}", "{op: function, name: f, in: a, out: b, map: '-> h'}"),
    "function_group": ("{a: y i}", "{op: function, name: f, in: a, out: b, map: i -> k i}"),
    "function_linear": ("{a: k y h}", "{op: function, name: F, in: a, out: b, map: h k -> m, linear: true}"),
    "function_linear_two": (
        "{a: y k, c: h y}", "{op: function, name: F, in: [a, c], out: b, map: 'k, h -> p h', linear: true}"
    ),
    "function_linear_square": (
        "{a: y k}", "{op: function, name: F, in: a, out: b, map: 'k -> h k', linear: true}"
    ),
    "function_linear_group": (
        "{a: y i}", "{op: function, name: F, in: a, out: b, map: i -> k i, linear: true}"
    ),
    "function_linear_number": ("{a: y k}", "{op: function, name: F, in: a, out: b, map: k ->, linear: true}"),
    "batch_norm_last": ("{a: y k h}", "{op: batch_norm, in: a, out: b, over: y k, channels: h}"),
    "batch_norm_two": ("{a: h y k}", "{op: batch_norm, in: a, out: b, over: y, channels: k h, eps: 0.01}"),
    "batch_norm_group": (
        "{a: y i m}", "{op: batch_norm, in: a, out: b, over: y i, channels: m, affine: false}"
    ),
    "batch_norm_first": ("{a: k i y m}", "{op: batch_norm, in: a, out: b, over: y i m, channels: k}"),
    "batch_norm_many": ("{a: y k h m p 2}", "{op: batch_norm, in: a, out: b, over: y h m p 2, channels: k}"),
    "batch_norm_group_channels": ("{a: i y}", "{op: batch_norm, in: a, out: b, over: y, channels: i}"),
    "group_norm_apart": (
        "{a: y h m k}", "{op: group_norm, in: a, out: b, over: k m, channels: h, groups: 2, eps: 0.01}"
    ),
    "group_norm_alone": ("{a: y h}", "{op: group_norm, in: a, out: b, channels: h, groups: k}"),
    "group_norm_two": ("{a: y h k}", "{op: group_norm, in: a, out: b, over: y, channels: k h, groups: 4}"),
    "group_norm_plain": (
        "{a: i y kh}", "{op: group_norm, in: a, out: b, over: i, channels: kh, groups: 4, affine: false}"
    ),
    "instance_norm_last": (
        "{a: y k h}", "{op: instance_norm, in: a, out: b, over: k, channels: h, affine: true, eps: 0.01}"
    ),
    "instance_norm_two": (
        "{a: h y k m}", "{op: instance_norm, in: a, out: b, over: m y, channels: k h, affine: true}"
    ),
    "instance_norm_group": ("{a: y i p k}", "{op: instance_norm, in: a, out: b, over: i k, channels: p}"),
    "instance_norm_many": (
        "{a: y k h m p 2}", "{op: instance_norm, in: a, out: b, over: y h m 2, channels: k, affine: true}"
    ),
    "concat_same": ("{a: y k, c: y k}", "{op: concat, in: [a, c], out: b, along: k -> (2 k)}"),
    "concat_crossed": ("{a: k y m, c: m h y}", "{op: concat, in: [a, c], out: b, along: 'k, h -> e'}"),
    "concat_three": ("{a: k, c: h, d: m}", "{op: concat, in: [a, c, d], out: b, along: 'k, h, m -> e'}"),
    "concat_inner": ("{a: y k, c: h}", "{op: concat, in: [a, c], out: b, along: 'k, h -> e'}"),
    "concat_outer": ("{a: y k, c: h m}", "{op: concat, in: [a, c], out: b, along: 'k, h -> e'}"),
    "concat_group": ("{a: y i k, c: i h}", "{op: concat, in: [a, c], out: b, along: 'k, h -> e'}"),
    "concat_indexes": (
        "{a: {axes: y k, kind: index, below: m}, c: {axes: y, kind: index, below: m}}",
        "{op: concat, in: [a, c], out: b, along: 'k, y -> e'}"
    ),
    "split_equal": ("{a: y kh m}", "{op: split, in: a, out: [b, d], along: 'kh -> e, e2'}"),
    "split_alike": ("{a: 8 y}", "{op: split, in: a, out: [b, d], along: '8 -> 4, 4'}"),
    "split_rest": ("{a: y m}", "{op: split, in: a, out: [b, d], along: 'm -> k, e'}"),
    "split_sizes": ("{a: y m i}", "{op: split, in: a, out: [b, d], along: 'm -> e, f', sizes: [1, m - 1]}"),
    "split_one": ("{a: y m}", "{op: split, in: a, out: b, along: m -> e}"),
    "stack_before": ("{a: k y, c: y k}", "{op: stack, in: [a, c], out: b, along: t, before: y}"),
    "stack_outer": ("{a: k, c: i}", "{op: stack, in: [a, c, a], out: b, along: t}"),
    "stack_numbers": ("{a: '', c: ''}", "{op: stack, in: [a, c], out: b, along: 2}"),
    "stack_masks": (
        "{a: {axes: y, kind: mask}, c: {axes: y, kind: mask}}", "{op: stack, in: [a, c], out: b, along: t}"
    ),
    "squeeze_middle": ("{a: k 1 y}", "{op: squeeze, in: a, out: b, over: 1}"),
    "unsqueeze_before": ("{a: k y}", "{op: unsqueeze, in: a, out: b, along: t, before: k}"),
    "index_two": ("{a: y k h}", "{op: index, in: a, out: b, over: h y, at: [-1, y - 2]}"),
    "index_to_number": ("{a: k}", "{op: index, in: a, out: b, over: k, at: 0}"),
    "index_of_indexes": (
        "{a: {axes: y k, kind: index, below: m}}", "{op: index, in: a, out: b, over: y, at: 1}"
    ),
    "slice_open": ("{a: y kh k}", "{op: slice, in: a, out: b, along: kh -> e, start: -3}"),
    "slice_step": ("{a: kh y}", "{op: slice, in: a, out: b, along: kh -> e, start: 1, step: 3}"),
    "slice_symbols": ("{a: y m}", "{op: slice, in: a, out: b, along: m -> e, start: k - 1, stop: m - 1}"),
    "slice_named": ("{a: y m}", "{op: slice, in: a, out: b, along: m -> e, stop: k}"),
    "slice_from_named": ("{a: y m}", "{op: slice, in: a, out: b, along: m -> e, start: k}"),
    "rotary_named": ("{a: y m}", "{op: rotary_embedding, in: a, out: b, over: y m, part: k}"),
    "slice_declared": ("{a: y m}", "{op: slice, in: a, out: b, along: m -> 3, stop: 3}"),
    "gather_flat": (
        "{a: y k m, n: {axes: h p, kind: index, below: k}}", "{op: gather, in: [a, n], out: b, over: k}"
    ),
    "gather_shared": (
        "{a: y k m, n: {axes: h m y, kind: index, below: k}}", "{op: gather, in: [a, n], out: b, over: k}"
    ),
    "gather_one": (
        "{a: k y, n: {axes: '', kind: index, below: k}}", "{op: gather, in: [a, n], out: b, over: k}"
    ),
    "gather_permuted": (
        "{a: i y k, n: {axes: k, kind: index, below: k}}", "{op: gather, in: [a, n], out: b, over: k}"
    ),
    "scatter_middle": (
        "{a: y k h, n: {axes: k h, kind: index, below: m}}",
        "{op: scatter, in: [a, n], out: b, along: k -> m}",
    ),
    "scatter_spread": (
        "{a: k h, n: {axes: p y k, kind: index, below: m}}",
        "{op: scatter, in: [a, n], out: b, along: k -> m}",
    ),
    "scatter_group": (
        "{a: i k, n: {axes: k, kind: index, below: m}}", "{op: scatter, in: [a, n], out: b, along: k -> m}"
    ),
    "keep_top_k_first": ("{a: m y}", "{op: keep_top_k, in: a, out: b, over: m, count: m - k, outside: zero}"),
    "keep_top_k_all": ("{a: k m y}", "{op: keep_top_k, in: a, out: b, over: m, count: m}"),
    "top_k_first": ("{a: m y}", "{op: top_k, in: a, out: [b, d], along: m -> k, largest: false}"),
    "sum_group": ("{a: y i k}", "{op: sum, in: a, out: b, over: i}"),
    "sum_to_number": ("{a: y k}", "{op: sum, in: a, out: b, over: k y}"),
    "mean_two": ("{a: y k h}", "{op: mean, in: a, out: b, over: h y}"),
    "max_two": ("{a: y k h}", "{op: max, in: a, out: b, over: h y}"),
    "min_group": ("{a: k i}", "{op: min, in: a, out: b, over: i}"),
    "arg_max_of_indexes": (
        "{n: {axes: y m, kind: index, below: 9}}",
        "{op: arg_max, in: n, out: b, over: m}",
    ),
    "arg_max_middle": ("{a: y m k}", "{op: arg_max, in: a, out: b, over: m}"),
    "unit_two": ("{a: k}", "{op: unit, out: b, map: -> h p p' h'}"),
    "trace_group": ("{a: y i k i'}", "{op: trace, in: a, out: b, over: i' i}"),
    "trace_to_number": ("{a: k k'}", "{op: trace, in: a, out: b, over: k k'}"),
    "parameter_group": ("{a: y}", "{op: parameter, out: b, axes: i k, std: 0}"),
    "parameter_number": ("{a: y}", "{op: parameter, out: b, axes: ''}"),
    "positional_odd": ("{a: y}", "{op: positional_encoding, out: b, axes: h m, period: 50}"),
    "relative_bias_causal": (
        "{a: y}",
        "{op: relative_position_bias, out: b, over: y m, axes: y k m h, causal: true, offset: m - y}",
    ),
    "relative_bias_both": (
        "{a: y}",
        "{op: relative_position_bias, out: b, over: 12 m, axes: m 12, buckets: 2*k + 2, distance: 7}",
    ),
    "alibi_odd": ("{a: y}", "{op: alibi, out: b, over: y m, axes: m 7 y, offset: -2}"),
    "alibi_one": ("{a: y}", "{op: alibi, out: b, over: \"m' m\", axes: \"m m' 1\"}"),
    "timestep_real": (
        "{a: y k}", "{op: timestep_embedding, in: a, out: b, axes: h, shift: 1, first: cos, scale: 3}"
    ),
    "timestep_index": (
        "{a: {axes: y, kind: index, below: m}}",
        "{op: timestep_embedding, in: a, out: b, axes: kh, period: 50, shift: 0.5}",
    ),
    "function_called": (
        "{a: k y}", "{op: function, name: f, in: a, out: b, map: k -> k, call: 'torch.special:expit'}"
    ),
    "function_called_two": (
        "{a: k, c: y k}",
        "{op: function, name: f, in: [a, c], out: [b, d], map: 'k, k->k, k', call: tests.operations.cases:f}",
    ),
}  # fmt: skip
VARIANTS |= WINDOWS


def variant(name: str) -> str:
    """The text of a whole spec."""
    inputs, step = VARIANTS[name]
    outputs = "[b, d]" if "out: [b, d]" in step else "b"
    if " in: " not in step:  # it takes nothing
        outputs = "[b, a]"
    return f"ncd: 1\nname: {name}\naxes: {AXES}\ninputs: {inputs}\nsteps:\n  - {step}\noutputs: {outputs}\n"
