"""Whole networks of windows, as generated modules, against the same written with torch.nn."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

from ncd_tikz.diagram import loads  # noqa: E402
from ncd_tikz.pytorch import to_module, to_source  # noqa: E402

nn = torch.nn
CLOSE = 1e-10

CLASSIFIER = """
ncd: 1
name: classifier
axes: {c: 3, d: 8, x: {size: [13, 10]}, n: 4}
params: {s: 2}
inputs: {X: AXES}
steps:
  - {op: conv, over: x, map: c -> d, kernel: 3, padding: same, label: A}
  - relu
  - {op: max_pool, over: x -> y, kernel: 3, stride: s, padding: 1}
  - {op: conv, over: y -> z, map: d -> d', kernel: 3, padding: 2, dilation: 2, stride: s, groups: d, label: B}
  - {op: conv, over: z, map: d' -> d, kernel: 1, bias: false, label: C}
  - {op: conv_transpose, over: z -> u, map: d -> c, kernel: 2, stride: 2, label: T}
  - {op: average_pool, over: u -> v, kernel: 2, stride: 1}
  - {op: global_average_pool, over: v}
  - {op: linear, map: c -> n, label: N}
outputs: X
"""


class Reference(nn.Module):  # type: ignore[misc]
    """The classifier, channels first."""

    def __init__(self) -> None:
        super().__init__()
        self.A = nn.Conv2d(3, 8, 3, padding=1)
        self.B = nn.Conv2d(8, 8, 3, padding=2, dilation=2, stride=2, groups=8)
        self.C = nn.Conv2d(8, 8, 1, bias=False)
        self.T = nn.ConvTranspose2d(8, 3, 2, stride=2)
        self.N = nn.Linear(3, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = nn.functional.max_pool2d(self.A(x).relu(), 3, 2, 1)
        x = nn.functional.avg_pool2d(self.T(self.C(self.B(x))), 2, 1)
        return self.N(x.mean((-2, -1)))


@pytest.mark.parametrize("channels", ["first", "last"])
@pytest.mark.parametrize("batch", [(), (2,), (2, 3)])
def test_a_classifier(channels: str, batch: tuple[int, ...]) -> None:
    text = CLASSIFIER.replace("AXES", "c x" if channels == "first" else "x c").lstrip()
    torch.manual_seed(0)
    reference = Reference().double()
    module = to_module(loads(text)).double()
    module.load_state_dict(reference.state_dict())
    x = torch.rand(*batch, 3, 13, 10, dtype=torch.float64, requires_grad=True)
    expected = reference(x.reshape(-1, 3, 13, 10)).reshape(*batch, 4)
    found = module(x if channels == "first" else x.movedim(-3, -1))
    assert torch.allclose(found, expected, rtol=CLOSE, atol=CLOSE)
    weights = torch.rand(found.shape, dtype=torch.float64)
    ours = torch.autograd.grad((found * weights).sum(), (x, *module.parameters()))
    theirs = torch.autograd.grad((expected * weights).sum(), (x, *reference.parameters()))
    for one, other in zip(ours, theirs, strict=True):
        assert torch.allclose(one, other, rtol=CLOSE, atol=CLOSE)


def test_sizes_may_be_chosen() -> None:
    """The stride is a parameter of the class; other sizes of the axes need no other module."""
    module = to_module(loads(CLASSIFIER.replace("AXES", "c x").lstrip()), s=1, d=6)
    assert module.B.stride == (1, 1) and module.B.groups == 6
    assert module(torch.rand(3, 21, 17)).shape == (4,)


@pytest.mark.slow
def test_a_classifier_can_be_exported() -> None:
    module = to_module(loads(CLASSIFIER.replace("AXES", "x c").lstrip())).eval()
    x = torch.rand(2, 13, 10, 3)
    exported = torch.export.export(module, (x,))
    assert torch.allclose(exported.module()(x), module(x))


VISION = """
ncd: 1
name: patches
axes: {c: 3, h: 8, w: 12, m: 5, p: h*w/16}
inputs: {X: c h w}
steps:
  - {op: patch_embedding, over: h w -> i j, map: c -> m, patch: 4, label: E}
  - {op: view, map: i j -> p}
  - {op: einsum, map: m p -> p m, out: Y}
outputs: Y
"""


def test_patches_are_cut_and_mapped() -> None:
    """Against unfolding: each patch flattened, and mapped."""
    module = to_module(loads(VISION.lstrip())).double()
    x = torch.rand(2, 3, 8, 12, dtype=torch.float64)
    patches = nn.functional.unfold(x, 4, stride=4).movedim(1, 2)
    expected = nn.functional.linear(patches, module.E.weight.flatten(1), module.E.bias)
    assert torch.allclose(module(x), expected, rtol=CLOSE, atol=CLOSE)


@pytest.mark.parametrize(("kernel", "stride"), [(3, 2), (2, 2), (4, 3), (5, 1), (2, 1)])
def test_same_with_a_stride_takes_every_so_many(kernel: int, stride: int) -> None:
    text = f"""
ncd: 1
name: strided
axes: {{c: 2, x: 11}}
inputs: {{X: c x}}
steps:
  - {{op: conv, over: x -> y, map: c -> c', kernel: {kernel}, stride: {stride}, padding: same, label: K}}
outputs: X
"""
    module = to_module(loads(text.lstrip())).double()
    x = torch.rand(3, 2, 11, dtype=torch.float64)
    total = kernel - 1
    padded = nn.functional.pad(x, (total // 2, total - total // 2))
    whole = nn.functional.conv1d(padded, module.K.weight, module.K.bias)
    assert whole.shape == x.shape
    assert torch.allclose(module(x), whole[..., ::stride], rtol=CLOSE, atol=CLOSE)


def test_the_source_reads_well() -> None:
    source = to_source(loads(CLASSIFIER.replace("AXES", "c x").lstrip()))
    for line in (
        'self.A = nn.Conv2d(c, d, 3, padding="same")',
        "self.B = nn.Conv2d(d, d, 3, stride=s, padding=2, dilation=2, groups=d)",
        "self.C = nn.Conv2d(d, d, 1, bias=False)",
        "self.T = nn.ConvTranspose2d(d, c, 2, stride=2)",
        "A_out = self.A(X.reshape(-1, *X.shape[-3:]))",
        "X = A_out.reshape(*X.shape[:-3], *A_out.shape[1:])",
        "B.weight: (d', 1, 3, 3)",
    ):
        assert line in source
