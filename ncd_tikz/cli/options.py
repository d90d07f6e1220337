"""Arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def specs(required: bool) -> Callable[[Command], Command]:
    """`SPEC...`: files, `@names`, or `-`."""
    return click.argument("specs", metavar="SPEC...", nargs=-1, required=required)


def output(about: str) -> Callable[[Command], Command]:
    """`-o`: where the results go."""
    return click.option("-o", "--output", metavar="PATH", help=about)
