"""Norms against torch.nn: training and evaluation, forward, gradient and buffers, axes in any order."""

from __future__ import annotations

import random
from typing import Any

import pytest

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

from torch import nn  # noqa: E402

from ncd_tikz.errors import ShapeError  # noqa: E402
from tests.operations.harness import lift  # noqa: E402
from tests.operations.written import Written, operation, scope_of, tensor  # noqa: E402

CLOSE = {"rtol": 1e-10, "atol": 1e-10}
SIZES = {"b": 4, "c": 6, "x": 3, "y": 5, "z": 2}
SPATIAL = ("x", "y", "z")
MODULES = {
    "batch_norm": (nn.BatchNorm1d, nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d),
    "instance_norm": (None, nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d),
}
NO_NAME = "expected the name of an axis, found none"
every_seed = pytest.mark.parametrize("seed", range(24))


def drawn(module: nn.Module, generator: torch.Generator) -> None:
    """Parameters and statistics at random, so that each of them counts."""
    for name, entries in module.state_dict().items():
        if name == "num_batches_tracked":
            entries.fill_(2)
        else:
            entries.copy_(torch.rand(entries.shape, generator=generator, dtype=torch.float64) + 0.2)


def alike(ours: Any, theirs: Any) -> None:
    assert ours.shape == theirs.shape and torch.allclose(ours, theirs, **CLOSE)


def both_alike(
    ours: Any, mine: torch.Tensor, theirs: Any, yours: torch.Tensor, generator: torch.Generator
) -> None:
    """Outputs, and gradients of inputs and parameters."""
    alike(ours[0], theirs[0])
    weight = torch.randn(ours[0].shape, generator=generator, dtype=torch.float64)
    found = torch.autograd.grad((ours[0] * weight).sum(), [mine, *ours[1]])
    expected = torch.autograd.grad((theirs[0] * weight).sum(), [yours, *theirs[1]])
    for one, other in zip(found, expected, strict=True):
        alike(one, other)


def case(seed: int, batch: bool = True) -> tuple[random.Random, torch.Generator, list[str], list[str]]:
    """Axes in a random order, and the order that torch's modules want."""
    chance = random.Random(seed)
    generator = torch.Generator().manual_seed(seed)
    want = [*(["b"] if batch else []), "c", *SPATIAL[: seed % 4]]
    return chance, generator, chance.sample(want, len(want)), want


@every_seed
@pytest.mark.parametrize("training", [False, True])
def test_batch_norm(seed: int, training: bool) -> None:
    chance, generator, have, want = case(seed)
    eps, momentum, affine = chance.choice((1e-5, 0.1)), chance.choice((0.1, 0.7)), chance.random() < 0.8
    over = [name for name in want if name != "c"]
    norm = operation(
        "batch_norm", over=" ".join(over), channels="c", eps=eps, momentum=momentum, affine=affine
    )
    scope = scope_of(SIZES)
    application = norm.bind((tensor(" ".join(have), scope),), scope)
    reference = MODULES["batch_norm"][seed % 4](6, eps=eps, momentum=momentum, affine=affine).double()
    drawn(reference, generator)
    before = {name: entries.clone() for name, entries in reference.state_dict().items()}
    written = Written(norm, application, SIZES)
    assert list(written.part.state_dict()) == list(before)
    assert isinstance(written.part, type(reference) if have[:2] == ["b", "c"] else nn.BatchNorm1d)
    assert [each.name for each in norm.parameters(application)] == list(before)
    written.part.load_state_dict(before)
    reference.train(training)
    written.train(training)
    entries = torch.randn([SIZES[name] for name in have], generator=generator, dtype=torch.float64)
    mine, yours, base_entries = (entries.clone().requires_grad_() for _ in range(3))
    to, back = [have.index(name) for name in want], [want.index(name) for name in have]
    theirs = _still(reference, yours.permute(to)).permute(back)
    learned = list(reference.parameters())
    both_alike((written(mine), list(written.part.parameters())), mine, (theirs, learned), yours, generator)
    after = reference.state_dict()
    for name, found in written.part.state_dict().items():
        alike(found.double(), after[name].double())
    leaves = {name: entries.clone() for name, entries in before.items()}
    for name in ("weight", "bias") if affine else ():
        leaves[name].requires_grad_()
    define = norm.training_base if training else norm.base
    result, *buffers = define((base_entries,), leaves, SIZES, application)
    theirs = (
        _still(reference, yours.permute(to)).permute(back)
        if not training
        else _again(reference, before, yours, to, back)
    )
    ours = (result, [leaves[name] for name in ("weight", "bias") if affine])
    both_alike(ours, base_entries, (theirs, learned), yours, generator)
    names = ("running_mean", "running_var", "num_batches_tracked")
    assert len(buffers) == (3 if training else 0)
    for name, found in zip(names, buffers, strict=False):
        alike(found.double(), after[name].double())


def _still(reference: Any, entries: Any) -> Any:
    """Torch's module on entries and gradients in the order of their axes.

    Where gradients come in the order of other axes, instance norm of torch 2.13 (CPU) gets them wrong.
    """
    result = reference(entries.contiguous())
    result.register_hook(lambda gradient: gradient.contiguous())
    return result


def _again(reference: Any, before: Any, yours: Any, to: Any, back: Any) -> Any:
    """The first step of training once more."""
    reference.load_state_dict(before)
    return _still(reference, yours.permute(to)).permute(back)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("have", ["b c x y", "x b y c", "c x y b"])
def test_axes_in_front_of_batch_norm_join_the_batch(have: str, training: bool) -> None:
    """Two axes in front: in evaluation each is normalised alike, in training all make one batch."""
    names = have.split()
    generator = torch.Generator().manual_seed(5)
    norm, scope = operation("batch_norm", over="b x y", channels="c"), scope_of(SIZES)
    written = Written(norm, norm.bind((tensor(have, scope),), scope), SIZES).train(training)
    reference = nn.BatchNorm2d(6).double().train(training)
    drawn(reference, generator)
    written.part.load_state_dict(reference.state_dict())
    entries = torch.randn([2, 3, *(SIZES[name] for name in names)], generator=generator, dtype=torch.float64)
    order = [0, 1, *(2 + names.index(name) for name in ("b", "c", "x", "y"))]
    back = [order.index(place) for place in range(6)]
    flat = entries.permute(order).flatten(0, 2)
    expected = reference(flat).unflatten(0, (2, 3, 4)).permute(back)
    alike(written(entries), expected)
    alike(written.part.running_var, reference.running_var)
    if not training:
        alike(written(entries)[1, 2], written(entries[1, 2]))


def test_several_axes_of_channels_are_flattened_in_their_order() -> None:
    norm, scope = operation("batch_norm", over="b x", channels="c z"), scope_of(SIZES)
    written = Written(norm, norm.bind((tensor("z b x c", scope),), scope), SIZES)
    drawn(written.part, torch.Generator().manual_seed(1))
    entries = torch.randn(2, 4, 3, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    expected = entries.new_empty(2, 4, 3, 6)
    for c in range(6):
        for z in range(2):
            mean, variance = written.part.running_mean[2 * c + z], written.part.running_var[2 * c + z]
            scaled = (entries[z, :, :, c] - mean) / (variance + 1e-5) ** 0.5
            expected[z, :, :, c] = scaled * written.part.weight[2 * c + z] + written.part.bias[2 * c + z]
    written.eval()
    alike(written(entries), expected.detach())


@every_seed
@pytest.mark.parametrize("training", [False, True])
def test_group_norm(seed: int, training: bool) -> None:
    chance, generator, have, want = case(seed)
    groups, affine, eps = (
        chance.choice((1, 2, 3, 6 if want[2:] else 3)),
        chance.random() < 0.8,
        chance.choice((1e-5, 0.1)),
    )
    over = " ".join(want[2:])
    norm = operation("group_norm", over=over, channels="c", groups=groups, affine=affine, eps=eps)
    reference = nn.GroupNorm(groups, 6, eps=eps, affine=affine).double()
    _same(norm, reference, have, want, generator, training)


@every_seed
@pytest.mark.parametrize("training", [False, True])
def test_instance_norm(seed: int, training: bool) -> None:
    seed = 4 * (seed // 3) + 1 + seed % 3  # one spatial axis at least
    chance, generator, have, want = case(seed)
    affine, eps = chance.random() < 0.5, chance.choice((1e-5, 0.1))
    norm = operation("instance_norm", over=" ".join(want[2:]), channels="c", affine=affine, eps=eps)
    reference = MODULES["instance_norm"][seed % 4](6, eps=eps, affine=affine).double()
    _same(norm, reference, have, want, generator, training)


@pytest.mark.parametrize("name", ["layer_norm", "rms_norm"])
@pytest.mark.parametrize("over", ["c", "x c", "b x c"])
def test_norms_of_one_position(name: str, over: str) -> None:
    widths = [SIZES[axis] for axis in over.split()]
    eps = {"layer_norm": 1e-5, "rms_norm": 1e-6}[name]
    reference = {"layer_norm": nn.LayerNorm, "rms_norm": nn.RMSNorm}[name](widths, eps=eps).double()
    generator = torch.Generator().manual_seed(3)
    _same(operation(name, over=over), reference, ["b", "x", "c"], ["b", "x", "c"], generator, False)


def _same(
    norm: Any, reference: Any, have: list[str], want: list[str], generator: torch.Generator, training: bool
) -> None:
    """Source with two axes in front, and base without any, equal the reference."""
    scope = scope_of(SIZES)
    application = norm.bind((tensor(" ".join(have), scope),), scope)
    drawn(reference, generator)
    written = Written(norm, application, SIZES).train(training)
    reference.train(training)
    assert list(written.part.state_dict()) == list(reference.state_dict())
    written.part.load_state_dict(reference.state_dict())
    shape = [SIZES[name] for name in have]
    to = [0, *(1 + have.index(name) for name in want)]
    back = [0, *(1 + want.index(name) for name in have)]
    entries = torch.randn([2, *shape], generator=generator, dtype=torch.float64)
    mine, yours = entries.clone().requires_grad_(), entries.clone().requires_grad_()
    theirs = torch.stack([_still(reference, part) for part in yours.permute(to).unbind(0)]).permute(back)
    learned = list(reference.parameters())
    both_alike((written(mine), list(written.part.parameters())), mine, (theirs, learned), yours, generator)
    alike(written(entries[0]), theirs[0])
    leaves = {name: each.detach().clone().requires_grad_() for name, each in reference.named_parameters()}
    axes = {each.name: each.axes for each in norm.parameters(application)}
    assert list(axes) == list(leaves)
    base_entries = entries[0].clone().requires_grad_()
    (result,) = lift(norm, application, (base_entries,), leaves, SIZES)
    yours = entries[0].clone().requires_grad_()
    first = [place - 1 for place in to[1:]]
    theirs = _still(reference, yours.permute(first)).permute([place - 1 for place in back[1:]])
    both_alike((result, list(leaves.values())), base_entries, (theirs, learned), yours, generator)


@pytest.mark.parametrize(
    ("name", "settings", "axes", "fact", "field"),
    [
        ("batch_norm", {"over": "", "channels": "c"}, "b c", NO_NAME, "over"),
        ("batch_norm", {"over": "b", "channels": ""}, "b c", NO_NAME, "channels"),
        ("batch_norm", {"over": "b", "channels": "d"}, "b c", "expected an axis 'd', found", "channels"),
        (
            "batch_norm", {"over": "b c", "channels": "c"}, "b c",
            "the axis 'c' is among over and among channels", "over",
        ),
        (
            "batch_norm", {"over": "b", "channels": "c"}, "b c x",
            "the axis 'x' is neither among over nor among channels", "over",
        ),
        ("batch_norm", {"over": "b", "channels": "c", "eps": -1}, "b c", "expected eps of zero", "eps"),
        (
            "batch_norm", {"over": "b", "channels": "c", "momentum": 2}, "b c",
            "expected a momentum between 0 and 1, found 2", "momentum",
        ),
        (
            "group_norm", {"channels": "c", "groups": 4}, "b c",
            "the channels cannot be parted into 4 groups of one size: 6/4 does not come out", "groups",
        ),
        ("group_norm", {"channels": "c", "groups": 0}, "b c", "expected one group or more", "groups"),
        ("group_norm", {"channels": "c", "groups": "q"}, "b c", "nothing is known about", "groups"),
        (
            "group_norm", {"channels": "c", "groups": 6}, "b c",
            "expected statistics of several entries, found those of one", "groups",
        ),
        ("instance_norm", {"over": "", "channels": "c"}, "b c", NO_NAME, "over"),
        ("instance_norm", {"over": "x", "channels": "c"}, "b c", "expected an axis 'x', found", "over"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(
    name: str, settings: dict[str, Any], axes: str, fact: str, field: str
) -> None:
    scope = scope_of(SIZES)
    with pytest.raises(ShapeError) as caught:
        operation(name, **settings).bind((tensor(axes, scope),), scope)
    assert caught.value.fact.startswith(fact)
    assert caught.value.field == field


def test_norms_refuse_indexes() -> None:
    scope = scope_of(SIZES)
    for norm in (
        operation("batch_norm", over="b", channels="c"),
        operation("group_norm", channels="c", groups=2),
        operation("instance_norm", over="b", channels="c"),
    ):
        with pytest.raises(ShapeError, match=f"{norm.name} takes numbers, found indexes"):
            norm.bind((tensor("b c", scope, "index", "x"),), scope)


def test_the_batch_touches_the_circle() -> None:
    scope = scope_of(SIZES)
    norm = operation("batch_norm", over="b x", channels="c")
    application = norm.bind((tensor("x c b", scope),), scope)
    assert norm.glyph(application, "").touching == ((0, 2), (0, 0))
