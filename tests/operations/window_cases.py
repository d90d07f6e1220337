"""Small specs that stretch what windows do: any order of axes, groups of axes and of channels, padding."""

from __future__ import annotations

# name: (axes of the input, operation, its fields); the axes are those of `cases`
_WINDOWS = {
    "conv_channels_last": ("y h k", "conv", "over: h -> z, map: k -> p, kernel: 3"),
    "conv_stays": ("k m", "conv", "over: m, map: k -> p, kernel: 3, padding: same"),
    "conv_causal": ("k m", "conv", "over: m, map: k -> p, kernel: 3, dilation: 2, padding: causal"),
    "conv_same_even": ("k m", "conv", "over: m, map: k -> p, kernel: 2, padding: same"),
    "conv_same_strided": ("k m", "conv", "over: m -> z, map: k -> p, kernel: 3, stride: 2, padding: same"),
    "conv_same_even_strided": (
        "m k h", "conv",
        "over: m h -> u v, map: k -> p, kernel: [2, 3], stride: 2, padding: same",
    ),
    "conv_backwards": ("m k h", "conv", "over: h m -> u v, map: k -> p, kernel: [2, 3], padding: [1, 0]"),
    "conv_group": ("k i y", "conv", "over: i -> j, map: k -> p, kernel: [1, 2], dilation: [1, 2]"),
    "conv_three": ("k y h m", "conv", "over: h y m -> u v w, map: k -> p, kernel: 2, bias: false"),
    "conv_several_channels": ("k m h", "conv", "over: m -> z, map: h k -> p y, kernel: 2, dilation: 2"),
    "conv_no_channels": ("y m", "conv", "over: m -> z, kernel: 2"),
    "conv_makes_channels": ("m y", "conv", "over: m -> z, map: '-> k', kernel: 2"),
    "conv_drops_channels": ("m k", "conv", "over: m -> z, map: 'k ->', kernel: 2"),
    "conv_depthwise": ("m h", "conv", "over: m, map: h -> h, kernel: 3, padding: 1, groups: h"),
    "conv_multiplied": ("m k", "conv", "over: m -> z, map: k -> kh, kernel: 3, groups: k, open: true"),
    "conv_grouped_channels": ("m k h", "conv", "over: m -> z, map: k h -> h k, kernel: 2, groups: 2"),
    "conv_symbols": ("kh m", "conv", "over: m -> z, map: kh -> h, kernel: k, stride: p, padding: k//2"),
    "conv_numbers": ("4", "conv", "over: 4 -> 2, kernel: 2, stride: 2"),
    "conv_transpose_plain": ("y h k", "conv_transpose", "over: h -> z, map: k -> p, kernel: 3"),
    "conv_transpose_backwards": (
        "m k h", "conv_transpose",
        "over: h m -> u v, map: k -> p, kernel: [2, 3], stride: 2, padding: [0, 1], output_padding: 1",
    ),
    "conv_transpose_group": (
        "k i", "conv_transpose",
        "over: i -> j, map: k -> p, kernel: 2, stride: 2, bias: false",
    ),
    "conv_transpose_depthwise": (
        "m h", "conv_transpose",
        "over: m -> z, map: h -> h, kernel: 2, dilation: 2, groups: h",
    ),
    "conv_transpose_no_channels": ("y m", "conv_transpose", "over: m -> z, kernel: 2"),
    "conv_transpose_several": (
        "k m h", "conv_transpose",
        "over: m -> z, map: h k -> p y, kernel: 3, padding: 1, open: true",
    ),
    "conv_transpose_grouped": (
        "m k h", "conv_transpose",
        "over: m -> z, map: k h -> h k, kernel: 2, groups: 2",
    ),
    "max_pool_overlap": ("h y m", "max_pool", "over: m h -> u v, kernel: [3, 2], stride: [2, 1], padding: 1"),
    "max_pool_dilated": ("y m", "max_pool", "over: m, kernel: 3, stride: 1, dilation: 1, padding: 1"),
    "max_pool_alone": ("m", "max_pool", "over: m -> z, kernel: 2, dilation: 2"),
    "average_pool_group": ("y i", "average_pool", "over: i -> j, kernel: [2, 3]"),
    "average_pool_inside": (
        "m y", "average_pool",
        "over: m -> z, kernel: 3, stride: 2, padding: 1, count_include_pad: false",
    ),
    "average_pool_three": ("m h y", "average_pool", "over: y m h -> u v w, kernel: 2, stride: 1"),
    "adaptive_average_pool_grow": ("k m y", "adaptive_average_pool", "over: k m -> 3 3"),
    "adaptive_max_pool_group": ("i y", "adaptive_max_pool", "over: i -> q"),
    "adaptive_max_pool_three": ("m h y", "adaptive_max_pool", "over: y m h -> k p 3"),
    "global_average_pool_group": ("y i h", "global_average_pool", "over: i"),
    "global_max_pool_apart": ("k y h", "global_max_pool", "over: h k"),
    "upsample_apart": ("h y m", "upsample", "over: m h -> u v, factor: [3, k]"),
    "upsample_three": ("k y p", "upsample", "over: k y p -> u v w, factor: 2"),
    "patch_embedding_group": ("q h", "patch_embedding", "over: q -> j, map: h -> p, patch: 2, bias: false"),
    "patch_embedding_symbol": ("kh m", "patch_embedding", "over: kh -> j, map: m -> y, patch: k, open: true"),
}  # fmt: skip

# name: (inputs, step)
WINDOWS = {
    name: (f"{{a: {axes}}}", f"{{op: {operation}, in: a, out: b, {fields}}}")
    for name, (axes, operation, fields) in _WINDOWS.items()
}
