"""Small specs with everything that repeats, remembers, shares or trains otherwise."""

from __future__ import annotations

_LAYER = """\
blocks:
  layer:
    params: {f: 12}
    axes: {m: 8}
    inputs: {a: m}
    steps:
      - {op: linear, map: m -> f, out: b, label: W_1}
      - relu
      - {op: linear, map: f -> m, out: c, label: W_2}
    outputs: c
"""

STACK = f"""\
ncd: 1
name: stack
axes: {{x: 5, m: 8, f: 12, N: 4}}
inputs: {{X: x m}}
{_LAYER}
steps:
  - op: repeat
    times: N
    index: i
    in: X
    out: Y
    label: layers
    steps:
      - {{op: layer_norm, over: m, out: n}}
      - {{op: layer, in: n, out: h, with: {{f: f}}}}
      - {{op: add, in: [X, h], out: X}}
  - {{op: linear, in: Y, map: m -> k, out: Z, label: W}}
outputs: Z
""".replace("N: 4", "N: 4, k: 3")

SHARED = STACK.replace("name: stack", "name: shared_stack").replace(
    "    times: N\n", "    times: N\n    share: true\n"
)

UNET = """\
ncd: 1
name: small_unet
axes:
  s: {size: 32, about: pixels of the image}
  w: {size: 2, about: half the channels of the first level}
  c: {index: i, size: "1 if i == 0 else w * 2**i"}
  x: {index: i, size: "s / 2**(i-1)"}
inputs: {I: "c[0] x[1]"}
steps:
  - op: repeat
    for: i in 1..3
    in: I
    out: D
    label: down
    carry: {I: "c[i-1] x[i]"}
    steps:
      - {op: conv, over: "x[i]", map: "c[i-1] -> c[i]", kernel: 3, padding: 1, in: I, out: a}
      - {op: relu, in: a, out: "C[i]"}
      - {op: max_pool, over: "x[i] -> x[i+1]", kernel: 2, in: a, out: I}
  - {op: conv, over: "x[4]", map: "c[3] -> c[4]", kernel: 3, padding: 1, in: D, out: U, label: bottom}
  - op: repeat
    for: i in 1..3
    in: U
    out: V
    label: up
    carry: {U: "c[5-i] x[5-i]"}
    steps:
      - {op: conv_transpose, over: "x[5-i] -> x[4-i]", map: "c[5-i] -> c[4-i]", kernel: 2, stride: 2,
         in: U, out: u}
      - {op: concat, in: ["C[4-i]", u], along: "c[4-i] -> d", out: v}
      - {op: conv, over: "x[4-i]", map: "d -> c[4-i]", kernel: 3, padding: 1, in: v, out: U}
  - {op: linear, in: V, map: "c[1] -> o", out: y, label: W}
outputs: y
""".replace("  w: {", "  o: 2\n  w: {")

# Two values are fed back, a third is used by every step, and one is kept before the repetition.
RECURRENT = """\
ncd: 1
name: recurrent
axes: {x: 4, m: 6, N: 3}
inputs: {X: x m, H: x m, B: m}
steps:
  - {op: tanh, in: X, out: "K[1]"}
  - op: repeat
    times: N
    index: t
    carry: [X, H]
    share: true
    label: cell
    steps:
      - {op: linear, map: m -> m, in: H, out: u, label: U}
      - {op: add, in: [u, X, B], out: a}
      - {op: tanh, in: a, out: H}
      - {op: multiply, in: [X, H], out: X}
  - {op: add, in: ["K[1]", X, H], out: Z}
outputs: Z
"""

# A repetition inside a block inside a repetition, which loads by the outer index.
NESTED = """\
ncd: 1
name: nested
axes: {x: 3, m: 4, N: 2, M: 3}
inputs: {X: x m}
blocks:
  inner:
    params: {M: 3}
    axes: {m: 4}
    inputs: {a: m}
    steps:
      - op: repeat
        times: M
        index: j
        in: a
        out: b
        label: rounds
        steps:
          - {op: linear, map: m -> m, out: a, label: W}
          - {op: tanh, in: a, out: "K[j]"}
      - {op: add, in: [b, "K[M]"], out: c}
    outputs: c
steps:
  - op: repeat
    times: N
    index: i
    in: X
    out: Y
    steps:
      - {op: inner, out: Z, with: {M: M}}
      - {op: add, in: [X, Z], out: X}
outputs: Y
"""

# Training mode is another function: statistics of the batch, and buffers that follow them.
RESIDUAL = """\
ncd: 1
name: residual
axes: {b: 4, c: 3, x: 9, N: 2}
inputs: {X: b c x}
steps:
  - op: repeat
    times: N
    index: i
    in: X
    out: Y
    label: blocks
    steps:
      - {op: conv, over: x, map: c -> c, kernel: 3, padding: 1, bias: false, out: a}
      - {op: batch_norm, in: a, over: b x, channels: c, out: n}
      - {op: relu, in: n, out: n}
      - {op: add, in: [X, n], out: X}
outputs: Y
"""

# Axes that only some inputs have, a learned token without inputs, indexes out and in, nothing out.
TOKENS = """\
ncd: 1
name: tokens
axes: {x: 5, m: 6, v: 7, k: 2}
inputs: {t: {axes: x, kind: index, below: v}}
steps:
  - {op: embedding, in: t, map: v -> m, out: e, label: E}
  - {op: parameter, axes: 1 m, out: p, label: token}
  - {op: concat, in: [p, e], along: "1, x -> y", out: s}
  - {op: linear, in: s, map: m -> m, out: s, label: W}
  - {op: top_k, in: s, along: m -> k, out: [best, which]}
outputs: [best, which]
"""

NETWORKS = {
    "stack": STACK,
    "shared": SHARED,
    "unet": UNET,
    "recurrent": RECURRENT,
    "nested": NESTED,
    "residual": RESIDUAL,
    "tokens": TOKENS,
}
