"""Single faults in generated modules: what is wrong, the text, what it becomes, the step to be named."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    what: str
    old: str  # stands in the source once
    new: str
    step: str  # the path that the check must name


LINE = "        {}\n"
Q, K, V, SCORES, SCALE, SOFTMAX, MIX, LAST = (f"steps[{n}]" for n in range(8))
SPLIT = ".unflatten(-1, (self.k, self.h))"

ATTENTION = (
    Fault("softmax over heads", "s.softmax(-2)", "s.softmax(-1)", SOFTMAX),
    Fault("softmax over queries", "s.softmax(-2)", "s.softmax(-3)", SOFTMAX),
    Fault("softmax dropped", LINE.format("s = s.softmax(-2)  # ... y x h"), "", SOFTMAX),
    Fault("logarithm of softmax", "s.softmax(-2)", "s.log_softmax(-2)", SOFTMAX),
    Fault("sigmoid for softmax", "s.softmax(-2)", "s.sigmoid()", SOFTMAX),
    Fault("exponential without its sum", "s.softmax(-2)", "s.exp()", SOFTMAX),
    Fault("softmax of the negative", "s.softmax(-2)", "(-s).softmax(-2)", SOFTMAX),
    Fault("softmax in single precision", "s.softmax(-2)", "s.float().softmax(-2).double()", SOFTMAX),
    Fault("weights a thousandth small", "s.softmax(-2)", "s.softmax(-2) * 0.999", SOFTMAX),
    Fault("no gradient through the weights", "s.softmax(-2)", "s.detach().softmax(-2)", SOFTMAX),
    Fault("scale dropped", LINE.format("s = s * self.k**-0.5  # ... y x h"), "", SCALE),
    Fault("scale the wrong way", "self.k**-0.5", "self.k**0.5", SCALE),
    Fault("scale without a root", "self.k**-0.5", "self.k**-1", SCALE),
    Fault("scale by heads", "self.k**-0.5", "self.h**-0.5", SCALE),
    Fault("scale by the whole width", "self.k**-0.5", "(self.k * self.h) ** -0.5", SCALE),
    Fault("scale added", "s * self.k", "s + self.k", SCALE),
    Fault("scaled twice", "s * self.k**-0.5", "s * self.k**-0.5 * self.k**-0.5", SCALE),
    Fault("queries by the keys' map", "self.Q(E)", "self.K(E)", Q),
    Fault("keys by the values' map", "self.K(X)", "self.V(X)", K),
    Fault("values by the keys' map", "self.V(X)", "self.K(X)", V),
    Fault("queries from X", "self.Q(E)", "self.Q(X)", Q),
    Fault("keys from E", "self.K(X)", "self.K(E)", K),
    Fault("queries negated", "self.Q(E)", "-self.Q(E)", Q),
    Fault("no gradient to the keys", "self.K(X)", "self.K(X).detach()", K),
    Fault("heads before depth", "self.Q(E)" + SPLIT, "self.Q(E).unflatten(-1, (self.h, self.k)).mT", Q),
    Fault("heads before depth in V", "self.V(X)" + SPLIT, "self.V(X).unflatten(-1, (self.h, self.k)).mT", V),
    Fault("depth and heads confused", "self.K(X)" + SPLIT, "self.K(X).unflatten(-1, (self.h, self.k))", K),
    Fault("heads reversed", "self.V(X)" + SPLIT, "self.V(X)" + SPLIT + ".flip(-1)", V),
    Fault("heads moved by one", "self.K(X)" + SPLIT, "self.K(X)" + SPLIT + ".roll(1, -1)", K),
    Fault("scores of queries and values", "->...yxh\", q, k", "->...yxh\", q, v", SCORES),
    Fault("depths not paired", "...ykh,...xkh->...yxh", "...ykh,...xgh->...yxh", SCORES),
    Fault("heads not paired", "...ykh,...xkh->...yxh", "...ykh,...xkg->...yxh", SCORES),
    Fault("keys averaged", "->...ykh\", s, v", "->...ykh\", s, k", MIX),
    Fault("heads mixed up in the sum", "...yxh,...xkh->...ykh", "...yxh,...xkg->...ykh", MIX),
    Fault("positions not paired", "...yxh,...xkh->...ykh", "...yxh,...zkh->...ykh", MIX),
    Fault("one score off", "s = torch.einsum(", "s = 1.000001 * torch.einsum(", SCORES),
    Fault("heads before depth at the end", "o.flatten(-2)", "o.mT.flatten(-2)", LAST),
    Fault("sign of the output", "z = self.O", "z = -self.O", LAST),
    Fault("a residual too many", "z = self.O(o.flatten(-2))", "z = self.O(o.flatten(-2)) + E", LAST),
    Fault("a line too many", LINE.format("s = s.softmax(-2)  # ... y x h"),
          LINE.format("s = s.softmax(-2)  # ... y x h") + LINE.format("s = s * 2"), SOFTMAX),
    Fault("a bias too many", "self.Q = nn.Linear(m, k * h, bias=False)", "self.Q = nn.Linear(m, k * h)", Q),
    Fault("a bias too many at the end", "self.O = nn.Linear(k * h, m, bias=False)",
          "self.O = nn.Linear(k * h, m)", LAST),
    Fault("weight transposed", "self.K = nn.Linear(m, k * h", "self.K = nn.Linear(k * h, m", K),
    Fault("weight too narrow", "self.V = nn.Linear(m, k * h", "self.V = nn.Linear(m, k", V),
    Fault("a map too few", LINE.format("self.V = nn.Linear(m, k * h, bias=False)"), "", V),
    Fault("a size misspelt", "self.O = nn.Linear(k * h", "self.O = nn.Linear(kh", LAST),
    Fault("a value misspelt", "self.V(X)", "self.V(Y)", V),
)  # fmt: skip

CAUSAL = (
    Fault("a position sees not itself", "triu(1)", "triu(0)", "steps[5]"),
    Fault("a position sees the next one", "triu(1)", "triu(2)", "steps[5]"),
    Fault("the past is hidden", "triu(1)", "tril(-1)", "steps[5]"),
    Fault("mask transposed", "future[:, :, None]", "future.T[:, :, None]", "steps[5]"),
    Fault("mask negated", "future[:, :, None]", "~future[:, :, None]", "steps[5]"),
    Fault("mask on other axes", "future[:, :, None]", "future[:, None, :1]", "steps[5]"),
    Fault("hidden scores are zero", 'float("-inf")', "0.0", "steps[5]"),
    Fault("hidden scores are infinite", 'float("-inf")', 'float("inf")', "steps[5]"),
    Fault("mask dropped", 's.masked_fill(future[:, :, None], float("-inf"))', "s", "steps[5]"),
    Fault("scores transposed", "...xkh,...Xkh->...xXh", "...Xkh,...xkh->...xXh", "steps[3]"),
    Fault("weights transposed", "...xXh,...Xkh->...xkh", "...Xxh,...Xkh->...xkh", "steps[7]"),
    Fault("softmax over queries", "s.softmax(-2)", "s.softmax(-3)", "steps[6]"),
)

PRODUCTS = (
    Fault("scale dropped", LINE.format("s = s * self.k**-0.5  # ... y x"), "", "steps[1]"),
    Fault("softmax over queries", "softmax(-1)", "softmax(-2)", "steps[2]"),
    Fault("keys and queries swapped", "Q, K)", "K, Q)", "steps[0]"),
    Fault("keys for values", "s, V)", "s, K)", "steps[3]"),
)

INNER = "steps[0] > blocks.multi_head_attention.steps[{}]"
FEED = "steps[3] > blocks.feed_forward.steps[{}]"
ENCODER = (
    Fault("first residual dropped", "attention + X", "attention", "steps[1]"),
    Fault("first residual subtracted", "attention + X", "attention - X", "steps[1]"),
    Fault("second residual dropped", "network + norm_1", "network", "steps[4]"),
    Fault("second residual taken too early", "network + norm_1", "network + a", "steps[4]"),
    Fault("norm bypassed", "self.network(norm_1)", "self.network(a)", "steps[3]"),
    Fault("first norm dropped", "norm_1 = self.norm_1(a)", "norm_1 = a", "steps[2]"),
    Fault("first norm by the second's parameters", "self.norm_1(a)", "self.norm_2(a)", "steps[2]"),
    Fault("second norm by the first's parameters", "self.norm_2(b)", "self.norm_1(b)", "steps[5]"),
    Fault("other eps", "self.norm_1 = nn.LayerNorm(m)",
          "self.norm_1 = nn.LayerNorm(m, eps=1e-6)", "steps[2]"),
    Fault("no eps", "self.norm_2 = nn.LayerNorm(m)", "self.norm_2 = nn.LayerNorm(m, eps=0.0)", "steps[5]"),
    Fault("norm without parameters", "self.norm_1 = nn.LayerNorm(m)",
          "self.norm_1 = nn.LayerNorm(m, elementwise_affine=False)", "steps[2]"),
    Fault("norm without bias", "self.norm_2 = nn.LayerNorm(m)", "self.norm_2 = nn.LayerNorm(m, bias=False)",
          "steps[5]"),
    Fault("RMS for layer norm", "self.norm_1 = nn.LayerNorm(m)", "self.norm_1 = nn.RMSNorm(m)", "steps[2]"),
    Fault("values reversed", "self.attention(X, X)", "self.attention(X, X.flip(-1))", "steps[0]"),
    Fault("positions reversed", "self.attention(X, X)",
          "self.attention(X, X.flip(-2)).flip(-2)", "steps[0]"),
    Fault("parts exchanged", "self.network(norm_1)", "self.attention(norm_1, norm_1)", "steps[3]"),
    Fault("a hidden layer too wide", "FeedForward(f=f", "FeedForward(f=f + 1", FEED.format(0)),
    Fault("GELU for ReLU", "F.relu(a)", "F.gelu(a)", FEED.format(1)),
    Fault("leaky ReLU for ReLU", "F.relu(a)", "F.leaky_relu(a)", FEED.format(1)),
    Fault("ReLU dropped", LINE.format("a = F.relu(a)  # ... f"), "", FEED.format(1)),
    Fault("first layer doubled", "self.W_1(X)", "self.W_1(X) * 2", FEED.format(0)),
    Fault("first layer without bias", "self.W_1 = nn.Linear(m, f)", "self.W_1 = nn.Linear(m, f, bias=False)",
          FEED.format(0)),
    Fault("bias left out in use", "self.W_2(a)", "F.linear(a, self.W_2.weight)", FEED.format(2)),
    Fault("layers tied", "self.W_2(a)", "F.linear(a, self.W_1.weight.T, self.W_2.bias)", FEED.format(2)),
    Fault("a residual too many inside", "self.W_2(a)", "self.W_2(a) + X", FEED.format(2)),
    Fault("scale dropped inside", LINE.format("s = s * self.k**-0.5  # ... y h x"), "", INNER.format(4)),
    Fault("softmax over heads inside", "s.softmax(-1)", "s.softmax(-2)", INNER.format(5)),
    Fault("queries without bias", "self.Q = nn.Linear(m, h * k)", "self.Q = nn.Linear(m, h * k, bias=False)",
          INNER.format(0)),
    Fault("values from keys inside", "self.V(X)", "self.K(X)", INNER.format(2)),
    Fault("depth before heads at the end", "o.flatten(-2)", "o.mT.flatten(-2)", INNER.format(7)),
)  # fmt: skip

PRE_NORM = (
    Fault(
        "queries not normalised", "self.attention(norm_1, norm_1)", "self.attention(X, norm_1)", "steps[1]"
    ),
    Fault("residual from after the norm", "attention + X", "attention + norm_1", "steps[2]"),
    Fault("second norm of the input", "self.norm_2(a)", "self.norm_2(X)", "steps[3]"),
    Fault("second norm bypassed", "self.network(norm_2)", "self.network(a)", "steps[4]"),
    Fault("second residual from the input", "network + a", "network + X", "steps[5]"),
    Fault("second residual dropped", "network + a", "network", "steps[5]"),
)

MLP = (
    Fault("GELU for ReLU", "F.relu(a)", "F.gelu(a)", "steps[1]"),
    Fault("residual dropped", "b + X", "b", "steps[3]"),
    Fault("residual multiplied", "b + X", "b * X", "steps[3]"),
)

IMAGE = (
    Fault("columns before rows", "X.flatten(-2)", "X.mT.flatten(-2)", "steps[0]"),
    Fault("pixels reversed", "X.flatten(-2)", "X.flatten(-2).flip(-1)", "steps[0]"),
    Fault("second ReLU dropped", "b = F.relu(b)", "b = b", "steps[4]"),
    Fault("logarithm of softmax", "scores.softmax(-1)", "scores.log_softmax(-1)", "steps[6]"),
)

OPAQUE = (
    Fault("another function f", "+ 26", "+ 27", "steps[0]"),
    Fault("cosine for sine", "a @ torch.sin(g_0", "a @ torch.cos(g_0", "steps[1]"),
)

DOWN = "steps[0] > steps[0].steps[{}]"
UP = "steps[2] > steps[2].steps[{}]"
UNET = (
    Fault("another kernel", "self.a = nn.Conv1d(c(i - 1), c(i), 3, padding=1)",
          "self.a = nn.Conv1d(c(i - 1), c(i), 5, padding=2)", DOWN.format(0)),
    Fault("padding dropped", "self.a = nn.Conv1d(c(i - 1), c(i), 3, padding=1)",
          "self.a = nn.Conv1d(c(i - 1), c(i), 3)", DOWN.format(0)),
    Fault("padding off by one", "self.a = nn.Conv1d(c(i - 1), c(i), 3, padding=1)",
          "self.a = nn.Conv1d(c(i - 1), c(i), 3, padding=2)", DOWN.format(0)),
    Fault("padding by reflection", "self.a = nn.Conv1d(c(i - 1), c(i), 3, padding=1)",
          'self.a = nn.Conv1d(c(i - 1), c(i), 3, padding=1, padding_mode="reflect")', DOWN.format(0)),
    Fault("dilated", "self.a = nn.Conv1d(c(i - 1), c(i), 3, padding=1)",
          "self.a = nn.Conv1d(c(i - 1), c(i), 3, padding=2, dilation=2)", DOWN.format(0)),
    Fault("strided", "self.a = nn.Conv1d(c(i - 1), c(i), 3, padding=1)",
          "self.a = nn.Conv1d(c(i - 1), c(i), 3, padding=1, stride=2)", DOWN.format(0)),
    Fault("a window without bias", "self.a = nn.Conv1d(c(i - 1), c(i), 3, padding=1)",
          "self.a = nn.Conv1d(c(i - 1), c(i), 3, padding=1, bias=False)", DOWN.format(0)),
    Fault("channels of the level after", "self.a = nn.Conv1d(c(i - 1), c(i), 3, padding=1)",
          "self.a = nn.Conv1d(c(i - 1), c(i + 1), 3, padding=1)", DOWN.format(0)),
    Fault("window reversed", "self.a(I_.reshape(-1, *I_.shape[-2:]))",
          "F.conv1d(I_.reshape(-1, *I_.shape[-2:]), self.a.weight.flip(-1), self.a.bias, padding=1)",
          DOWN.format(0)),
    Fault("mean for maximum", "F.max_pool1d(", "F.avg_pool1d(", DOWN.format(2)),
    Fault("a wider window of the pool", "a.shape[-1:]), 2)", "a.shape[-1:]), 3, 2, 1)", DOWN.format(2)),
    Fault("pool without stride", "a.shape[-1:]), 2)", "a.shape[-1:]), 2, 1)", DOWN.format(2)),
    Fault("saved before it is rectified", "C_i = a", "C_i = a_out", UP.format(1)),
    Fault("saved without a gradient", "C_i = a", "C_i = a.detach()", DOWN.format(0)),
    Fault("the pooled value saved", "return I_, C_i", "return I_, I_", UP.format(1)),
    Fault("the level beside is loaded", "C[4 - self.i]", "C[min(5 - self.i, 3)]", UP.format(1)),
    Fault("concatenated the other way round", "torch.cat([C_4_i, u], -2)", "torch.cat([u, C_4_i], -2)",
          UP.format(1)),
    Fault("concatenated along positions", "torch.cat([C_4_i, u], -2)", "torch.cat([C_4_i, u], -1)",
          UP.format(1)),
    Fault("what is kept twice", "torch.cat([C_4_i, u], -2)", "torch.cat([C_4_i, C_4_i], -2)", UP.format(1)),
    Fault("upwards by interpolation", "self.u(U.reshape(-1, *U.shape[-2:]))",
          'self.u(U.reshape(-1, *U.shape[-2:])).mul(0) + F.interpolate(U, scale_factor=2)[..., :1, :]',
          UP.format(0)),
    Fault("upwards with another stride", "c(4 - i), 2, stride=2)", "c(4 - i), 2, stride=1)", UP.format(0)),
    Fault("upwards with padding", "c(4 - i), 2, stride=2)",
          "c(4 - i), 2, stride=2, padding=1, output_padding=1)", UP.format(0)),
    Fault("one set of weights for all levels up", "V = layer(V, C)", "V = self.up[-1](V, C)", UP.format(0)),
    Fault("a level too few", "range(1, 4)])\n        self.bottom", "range(1, 3)])\n        self.bottom",
          DOWN.format(0)),
    Fault("the last level left out", "for layer in self.up:", "for layer in self.up[:-1]:", UP.format(0)),
    Fault("the levels backwards", "for layer in self.up:", "for layer in reversed(self.up):", UP.format(0)),
    Fault("saved one level off", "D, C[i] = layer(D)", "D, C[4 - i] = layer(D)", UP.format(1)),
)  # fmt: skip

STEP = "steps[0] > steps[0].steps[{}]"
STACK = (
    Fault("shared instead of fresh", "nn.ModuleList([LayersStep(m=m, f=f) for _ in range(N)])",
          "nn.ModuleList([LayersStep(m=m, f=f)] * N)", STEP.format(0)),
    Fault("one layer's block for all", "            Y = layer(Y)",
          "            layer.h = self.layers[0].h\n            Y = layer(Y)", STEP.format(1)),
    Fault("an iteration too few", "for _ in range(N)])", "for _ in range(N - 1)])", STEP.format(0)),
    Fault("an iteration too many", "for _ in range(N)])", "for _ in range(N + 1)])", STEP.format(0)),
    Fault("the residual left out", "X = X + h", "X = h", STEP.format(2)),
    Fault("the residual of the norm", "X = X + h", "X = n + h", STEP.format(2)),
    Fault("not registered", "nn.ModuleList([LayersStep(m=m, f=f) for _ in range(N)])",
          "[LayersStep(m=m, f=f) for _ in range(N)]", STEP.format(0)),
    Fault("each layer twice", "            Y = layer(Y)", "            Y = layer(layer(Y))", STEP.format(0)),
    Fault("the input again", "Y = layer(Y)", "Y = layer(X)", STEP.format(0)),
    Fault("the first layer again", "for layer in self.layers:",
          "for layer in [self.layers[0]] * len(self.layers):", STEP.format(0)),
    Fault("ReLU dropped inside", "b = F.relu(b)", "b = b", STEP.format(1) + " > blocks.layer.steps[1]"),
)  # fmt: skip

RESIDUAL = (
    Fault("momentum", "nn.BatchNorm1d(c)", "nn.BatchNorm1d(c, momentum=0.2)", STEP.format(1)),
    Fault("no running statistics followed", "nn.BatchNorm1d(c)", "nn.BatchNorm1d(c, momentum=0.0)",
          STEP.format(1)),
    Fault("another eps", "nn.BatchNorm1d(c)", "nn.BatchNorm1d(c, eps=1e-4)", STEP.format(1)),
    Fault("no running statistics", "nn.BatchNorm1d(c)", "nn.BatchNorm1d(c, track_running_stats=False)",
          STEP.format(1)),
    Fault("instance norm", "nn.BatchNorm1d(c)",
          "nn.InstanceNorm1d(c, affine=True, track_running_stats=True)", STEP.format(1)),
    Fault("always in training", "self.n(a.reshape", "self.n.train()(a.reshape", STEP.format(1)),
    Fault("always in evaluation", "self.n(a.reshape", "self.n.eval()(a.reshape", STEP.format(1)),
    Fault("statistics by hand, the batch's variance taken as it is", "nn.BatchNorm1d(c)",
          "nn.BatchNorm1d(c, affine=False)", STEP.format(1)),
)  # fmt: skip

RECURRENT = (
    Fault("gate forgotten", "X = X * H", "X = X", "steps[1] > steps[1].steps[3]"),
    Fault(
        "the state not fed back",
        "X, H = self.cell(X, H, B)",
        "X, _ = self.cell(X, H, B)",
        "steps[1] > steps[1].steps[0]",
    ),
    Fault("once too often", "range(self.N)", "range(self.N + 1)", "steps[1]"),
    Fault("once too few", "range(self.N)", "range(self.N - 1)", "steps[1] > steps[1].steps[0]"),
    Fault(
        "exchanged", "X, H = self.cell(X, H, B)", "H, X = self.cell(X, H, B)", "steps[1] > steps[1].steps[0]"
    ),
    Fault("another memory", "Z = K_1 + X", "Z = X + X", "steps[2]"),
)

TOKENS = (
    Fault("the token last", "torch.cat([p.expand(*e.shape[:-2], -1, -1), e], -2)",
          "torch.cat([e, p.expand(*e.shape[:-2], -1, -1)], -2)", "steps[2]"),
    Fault("no gradient to the token", "p = self.token", "p = self.token.detach()", "steps[1]"),
    Fault("the smallest", "s.topk(self.k, -1)", "s.topk(self.k, -1, largest=False)", "steps[4]"),
    Fault("indexes the other way round", "best, which = s.topk(self.k, -1)",
          "best, which = s.topk(self.k, -1)[0], s.topk(self.k, -1)[1].flip(-1)", "steps[4]"),
)  # fmt: skip

FAULTS: dict[str, tuple[Fault, ...]] = {
    "multi_head_attention": ATTENTION,
    "causal_self_attention": CAUSAL,
    "scaled_dot_product_attention": PRODUCTS,
    "transformer_encoder_layer": ENCODER,
    "transformer_encoder_layer_pre_norm": PRE_NORM,
    "two_layer_residual_mlp": MLP,
    "image_recogniser": IMAGE,
    "tensors_and_tuples": OPAQUE,
    "unet": UNET,
    "stack": STACK,
    "residual": RESIDUAL,
    "recurrent": RECURRENT,
    "tokens": TOKENS,
}

# The same function otherwise written: no fault, and none must be found.
HARMLESS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "multi_head_attention": (
        ("softmax from the front", "s.softmax(-2)", "s.softmax(s.dim() - 2)"),
        ("softmax by hand", "s.softmax(-2)", "(s - s.logsumexp(-2, keepdim=True)).exp()"),
        ("scale divides", "s * self.k**-0.5", "s / self.k**0.5"),
        ("other letters", "...ykh,...xkh->...yxh", "...abc,...dbc->...adc"),
        ("reshape for unflatten", "self.Q(E)" + SPLIT, "self.Q(E).reshape(*E.shape[:-1], self.k, self.h)"),
        ("steps joined",
         LINE.format("s = s * self.k**-0.5  # ... y x h") + LINE.format("s = s.softmax(-2)  # ... y x h"),
         LINE.format("s = (s * self.k**-0.5).softmax(-2)")),
        ("a step in two", "z = self.O(o.flatten(-2))", "o = o.flatten(-2)\n        z = self.O(o)"),
        ("a comment", "return z", "# all heads\n        return z"),
        ("a copy", "k = self.K(X)", "X = X.clone()\n        k = self.K(X)"),
        ("scale earlier", "s = s * self.k**-0.5", "s = 1 * s * self.k**-0.5"),
        ("matrix products", 's = torch.einsum("...ykh,...xkh->...yxh", q, k)',
         "s = (q.movedim(-1, -3) @ k.movedim(-1, -3).mT).movedim(-3, -1)"),
        ("weights used directly", "self.O(o.flatten(-2))", "o.flatten(-2) @ self.O.weight.mT"),
    ),
    "causal_self_attention": (
        ("a large number for infinity", 'float("-inf")', "-1e9"),
        ("mask by comparison", "future[:, :, None]", "~(~future)[:, :, None]"),
    ),
    "transformer_encoder_layer": (
        ("sum the other way round", "attention + X", "X + attention"),
        ("ReLU by clamping", "F.relu(a)", "a.clamp(min=0)"),
        ("norm by function", "self.norm_1(a)",
         "F.layer_norm(a, self.norm_1.normalized_shape, self.norm_1.weight, self.norm_1.bias)"),
    ),
    "unet": (
        ("memory in a list", "C: dict[int, Tensor] = {}", "C = [None] * 4"),
        ("loaded where it is used", "torch.cat([C_4_i, u], -2)", "torch.cat([C[4 - self.i], u], -2)"),
    ),
    "stack": (
        ("called by number", "for layer in self.layers:\n            Y = layer(Y)",
         "for n in range(len(self.layers)):\n            Y = self.layers[n](Y)"),
        ("sum the other way round", "X = X + h", "X = h + X"),
    ),
    "residual": (("momentum written out", "nn.BatchNorm1d(c)", "nn.BatchNorm1d(c, momentum=0.1)"),),
}  # fmt: skip
