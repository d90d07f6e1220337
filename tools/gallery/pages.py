"""Facts as Markdown: a page for each spec and each operation, and the two indexes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ncd_tikz.cli.reference import StepReference
from ncd_tikz.resources import template_folder
from tools.gallery.entries import Entry, Facts

if TYPE_CHECKING:
    from jinja2 import Template

# The catalogue by subject; what is not named here stands under the last heading.
SUBJECTS = {
    "Tensors, tuples and indexes": (
        "tensors_and_tuples",
        "index_order",
        "subtensor",
        "addition_and_copy",
    ),
    "Broadcasting and elementwise functions": (
        "broadcasting",
        "broadcasting_definition",
        "inner_broadcasting",
        "inner_broadcasting_definition",
        "elementwise",
    ),
    "Linear algebra": (
        "einsum_two_ways",
        "associated_transpose",
        "zigzag",
        "outer_product_shift",
    ),
    "Attention and transformers": (
        "scaled_dot_product_attention",
        "multi_head_attention",
        "self_attention",
        "causal_self_attention",
        "transformer_encoder_layer",
        "transformer_encoder_layer_pre_norm",
        "transformer",
        "visual_attention",
        "vision_transformer",
    ),
    "Convolution and pooling": (
        "convolution_1d",
        "convolution_2d",
        "strided_convolution",
        "dilated_convolution",
        "depthwise_separable_convolution",
        "transposed_convolution",
        "max_pool",
        "average_pool",
    ),
    "Networks": (
        "image_recogniser",
        "two_layer_residual_mlp",
        "identity_resnet",
        "identity_resnet_block",
        "unet",
        "squeeze_excitation",
        "mlp_mixer",
        "lstm_cell",
        "gru_cell",
        "gru",
    ),
    "Published modules, as they are": (
        "encoder_decoder",
        "rotary_decoder",
        "relative_encoder",
        "densenet",
        "residual_unet",
        "diffusion_unet",
        "diffusion_residual_block",
    ),
}


@cache
def template(name: str) -> Template:
    """A template by its name, without the suffix."""
    environment = Environment(
        loader=FileSystemLoader(template_folder()), undefined=StrictUndefined, autoescape=False
    )
    return environment.get_template(f"{name}.md.j2")


def spec_page(entry: Entry, facts: Facts, made: Mapping[tuple[str, str], Facts]) -> str:
    """The page of a spec of the catalogue."""
    shown = [("operations", name) for name in facts.operations if ("operations", name) in made]
    links = [_card(name, made[kind, name], f"<code>{name}</code>") for kind, name in shown]
    return template("gallery_spec").render(entry=entry, facts=facts, links=links)


def operation_page(
    operation: StepReference, entry: Entry, facts: Facts, made: Mapping[tuple[str, str], Facts]
) -> str:
    """The page of an operation, with the specs that use it."""
    users = [
        _card(name, other)
        for (kind, name), other in made.items()
        if kind == "gallery" and operation.name in other.operations
    ]
    return template("gallery_operation").render(
        operation=operation,
        entry=entry,
        facts=facts,
        links=users,
    )


def spec_index(made: Mapping[tuple[str, str], Facts]) -> str:
    """All specs, by subject, as pictures."""
    names = [name for kind, name in made if kind == "gallery"]
    named = {name for subject in SUBJECTS.values() for name in subject}
    sections = [
        {"title": title, "cards": [_card(name, made["gallery", name]) for name in subject if name in names]}
        for title, subject in (*SUBJECTS.items(), ("More", [name for name in names if name not in named]))
    ]
    return template("gallery_index").render(
        title="Gallery",
        about=f"The {len(names)} specs of the catalogue. Each figure, module and verdict is made from the "
        "YAML on its page: `ncd-tikz draw @name`, `ncd-tikz torch @name`, `ncd-tikz check @name`.",
        sections=[section for section in sections if section["cards"]],
        small=False,
    )


def operation_index(operations: Sequence[StepReference], made: Mapping[tuple[str, str], Facts]) -> str:
    """All operations, as the pictures of their examples."""
    cards = [
        _card(each.name, made["operations", each.name], f"<code>{each.name}</code>", escape(each.about))
        for each in operations
        if ("operations", each.name) in made
    ]
    count = sum(not each.structure for each in operations)
    return template("gallery_index").render(
        title="Operations",
        about=f"The {count} operations, and what gives a diagram its structure, each drawn from the "
        "example on its page; `ncd-tikz ops NAME` prints the same.",
        sections=[{"title": "", "cards": cards}],
        small=True,
    )


def page_name(name: str) -> str:
    """The page of a spec or operation, without suffix; `index` is taken by the index.

    >>> page_name("softmax"), page_name("index")
    ('softmax', 'index_')
    """
    return f"{name}_" if name in ("index", "readme") else name


def _card(name: str, facts: Facts, title: str = "", about: str = "") -> dict[str, Any]:
    return {
        "page": f"{page_name(name)}.html",
        "picture": f"files/{name}.svg" if facts.svg else "",
        "title": title or facts.title,
        "about": about,
        "bad": bool(facts.troubles),
    }
