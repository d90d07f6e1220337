from __future__ import annotations

import ast
import builtins
import keyword

import pytest

from ncd_tikz.pytorch.names import MODULE_ATTRIBUTES, class_name, identifier, identifiers, part_name
from ncd_tikz.pytorch.wrap import WIDTH, wrap


@pytest.mark.parametrize(
    "name", [*keyword.kwlist, "sum", "F", "nn", "torch", "self", "Tensor", "x'", "l", "O", "C[1]", "9"]
)
def test_an_identifier_hides_nothing(name: str) -> None:
    made = identifier(name)
    assert made.isidentifier()
    assert not keyword.iskeyword(made)
    assert made not in {"F", "nn", "torch", "self", "Tensor", "l", "O"}
    assert not hasattr(builtins, made)


def test_an_innocent_name_stays() -> None:
    assert [identifier(name) for name in ("q", "E", "X", "z_hat", "_y")] == ["q", "E", "X", "z_hat", "_y"]


def test_different_names_stay_different() -> None:
    names = ["a'", "a_prime", "sum", "sum_", "a'"]
    made = identifiers(names)
    assert len(set(made.values())) == len(set(names))


@pytest.mark.torch
def test_attributes_of_nn_module_are_known() -> None:
    from torch import nn

    public = {name for name in dir(nn.Module()) if not name.startswith("_")}
    assert public <= MODULE_ATTRIBUTES
    assert part_name("forward") == "forward_"
    assert part_name("Q") == "Q"


def test_class_names() -> None:
    assert class_name("multi_head_attention") == "MultiHeadAttention"
    assert class_name("tensor").isidentifier()
    assert class_name("tensor") != "Tensor"


@pytest.mark.parametrize(
    "code",
    [
        "value = self.Part(" + ", ".join(f"argument_{n}" for n in range(12)) + ")",
        "value = " + " + ".join(f"operand_number_{n}" for n in range(9)),
        'value = torch.einsum("...a,...a->...a", ' + "a" * 40 + ", " + "b" * 40 + ")",
        "def __init__(self, *, " + ", ".join(f"size_{n}: int = {n}" for n in range(9)) + ") -> None: pass",
    ],
)
def test_wrapping_keeps_the_meaning_and_the_width(code: str) -> None:
    lines = wrap(code, 0)
    assert ast.dump(ast.parse("\n".join(lines))) == ast.dump(ast.parse(code))
    assert max(map(len, lines)) <= WIDTH
