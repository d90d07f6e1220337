"""The program: its commands, imported when called, and its exit codes.

0 done; 1 a check failed; 2 bad input; 3 a tool that is missing; 70 a mistake of ours;
130 interrupted; 141 the reader of our output went away.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from ncd_tikz.cli.terminal import complain, faint
from ncd_tikz.errors import NcdError, ToolMissing

COMMANDS = (
    ("draw", "Draw specs as TikZ, PDF, PNG or SVG."),
    ("torch", "Write the PyTorch module of a spec."),
    ("check", "Prove by test that spec, module and your own code agree."),
    ("diff", "Say how two specs differ, as functions and as figures."),
    ("ops", "List the operations, or explain one."),
    ("schema", "Print the JSON Schema of specs, for editors."),
    ("init", "Begin a spec or a paper."),
    ("doctor", "Say what is missing on this machine and how to mend it."),
)

BAD_INPUT, TOOL_MISSING, OURS, INTERRUPTED, BROKEN_PIPE = 2, 3, 70, 130, 141


class Program(click.Group):
    """The group of all commands; a command's file is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, _ in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"ncd_tikz.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and name not in self.list_commands(ctx):
            from difflib import get_close_matches

            close = get_close_matches(name, self.list_commands(ctx), n=1)
            if close:
                hint = f"did you mean '{close[0]}'?"
            elif name.startswith("@") or name.endswith((".yaml", ".yml")):
                hint = f"did you mean 'ncd-tikz draw {name}'?"
            else:
                hint = f"commands: {', '.join(self.list_commands(ctx))}"
            ctx.fail(f"no command '{name}'; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(COMMANDS)


@click.command(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.pass_context
def program(ctx: click.Context) -> None:
    """Neural circuit diagrams from YAML: figures, PyTorch modules, and proof that they agree.

    SPEC is a YAML file, or @name of a spec from the shipped catalogue, or - for standard input.

    \b
    Examples:
      ncd-tikz draw @multi_head_attention            # multi_head_attention.tex, to \\input
      ncd-tikz draw model.yaml -f pdf,svg -o figures
      ncd-tikz torch model.yaml -o -
      ncd-tikz check model.yaml

    \b
    Exit codes: 0 done, 1 a check failed, 2 bad input, 3 a tool is missing.
    """
    if os.environ.get("NO_COLOR"):
        ctx.color = False


def _version(ctx: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from ncd_tikz import __version__

        click.echo(f"ncd-tikz {__version__}")
        ctx.exit()


program.params.append(
    click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_version,
        help="Show the version and exit.",
    )
)


def _complete() -> None:
    """What a shell asks for after `eval "$(_NCD_TIKZ_COMPLETE=bash_source ncd-tikz)"`."""
    if "_NCD_TIKZ_COMPLETE" in os.environ:
        program.main(prog_name="ncd-tikz")


def run(arguments: Sequence[str]) -> int:
    """Run the program on these arguments; every error on purpose becomes a message and a code.

    >>> run(["--version"])
    ncd-tikz 0.1.0
    0
    """
    try:
        _complete()
        with program.make_context("ncd-tikz", list(arguments) or ["--help"]) as context:
            program.invoke(context)
        sys.stdout.flush()
        return 0
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.UsageError as error:
        complain(error.format_message())
        if error.ctx is not None:
            complain(faint(f"  {error.ctx.command_path} --help tells how it is used"), mark=False)
        return BAD_INPUT
    except click.ClickException as error:
        complain(error.format_message())
        return BAD_INPUT
    except ToolMissing as error:
        complain(str(error))
        return TOOL_MISSING
    except NcdError as error:
        complain(str(error))
        return BAD_INPUT
    except (KeyboardInterrupt, click.Abort):
        complain("interrupted; nothing half-written is left")
        return INTERRUPTED
    except BrokenPipeError:
        # Python would complain once more when it flushes the closed pipe on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as error:
        place = f"'{error.filename}': " if error.filename else ""
        complain(f"{place}{error.strerror or error}")
        return BAD_INPUT
    except RecursionError:
        complain("the spec is nested too deeply to be read")
        return BAD_INPUT
    except Exception:  # said plainly to be our fault, traceback and all
        import traceback

        traceback.print_exc()
        complain("this is a mistake in ncd-tikz, not in your input; please report it with the lines above")
        return OURS
