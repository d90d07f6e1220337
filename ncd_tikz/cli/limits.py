"""Options about the processes that a check runs in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


class Size(click.ParamType):  # type: ignore[type-arg,unused-ignore] # generic in newer clicks
    """`4GiB`, `500MB`: a number of bytes."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from ncd_tikz.equivalence.isolation.limits import bytes_of

        if isinstance(value, int):
            return value
        try:
            return bytes_of(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def options(command: Command) -> Command:
    """`--jobs`, `--timeout`, `--memory` and `--in-process`."""
    for option in (
        click.option(
            "--in-process",
            is_flag=True,
            help="Run everything in this process, without limits: for a debugger.",
        ),
        click.option(
            "--memory",
            type=Size(),
            default="4GiB",
            show_default=True,
            help="How much each module under check:, and each spec, may take.",
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(min=0, min_open=True),
            default=120.0,
            show_default=True,
            metavar="SECONDS",
            help="How long each module under check:, and each spec, may take.",
        ),
        click.option(
            "-j",
            "--jobs",
            type=click.IntRange(0, 1024),
            default=0,
            metavar="N",
            help="Specs to check at once; 0, the default: as many as there are processors.",
        ),
    ):
        command = option(command)
    return command
