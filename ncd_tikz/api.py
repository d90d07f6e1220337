"""The public functions: each takes a `Diagram` through the stages to one target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ncd_tikz.errors import ToolMissing

if TYPE_CHECKING:
    from ncd_tikz.diagram import Diagram
    from ncd_tikz.equivalence import Report


def to_tikz(diagram: Diagram, **options: Any) -> str:
    r"""The figure as a TikZ fragment, to be `\input` where `tikz` is loaded.

    Args:
        diagram: what `load` or `loads` gave.
        options: as `ncd_tikz.render.to_tikz` takes them.
    """
    from ncd_tikz.layout import lay_out
    from ncd_tikz.render import to_tikz as render

    return render(lay_out(diagram), **options)


def to_svg(diagram: Diagram, **options: Any) -> str:
    """The same figure as SVG, its mathematics set as paths.

    Args:
        diagram: what `load` or `loads` gave.
        options: as `ncd_tikz.render.to_svg` takes them.
    """
    from ncd_tikz.layout import lay_out
    from ncd_tikz.render import to_svg as render

    return render(lay_out(diagram), **options)


def to_torch(diagram: Diagram) -> str:
    """Python source of the PyTorch module; `ncd_tikz.pytorch.to_module` gives the module itself."""
    from ncd_tikz.pytorch import to_source

    return to_source(diagram)


def check(diagram: Diagram, *, isolated: bool = True, **options: Any) -> Report:
    """Compare the spec's own meaning, the generated module and the modules under `check:`.

    The latter are imported and called in a child process, with limits of time and memory, so that
    nothing they do reaches this one. What such processes come from is started with the first check, which
    takes as long as importing torch, and ends after five minutes without one.

    Args:
        diagram: what `load` or `loads` gave.
        isolated: whether modules under `check:` run in a process of their own.
        options: as `ncd_tikz.equivalence.check` takes them; `limits` as `ncd_tikz.equivalence.isolation`
            takes them.

    Raises:
        ToolMissing: torch is not installed.
    """
    from importlib.util import find_spec

    if find_spec("torch") is None:
        raise ToolMissing("torch", "check runs the modules: pip install torch")
    from ncd_tikz.equivalence import check as compare

    apart = isolated and bool(diagram.checks) and options.get("against", True)
    limits = options.pop("limits", None)
    if not apart:
        return compare(diagram, **options)
    from ncd_tikz.equivalence import Report
    from ncd_tikz.equivalence.isolation.jobs import Job, Limits, run_checks
    from ncd_tikz.equivalence.isolation.kept import kept_pool

    drawn = {name: options[name] for name in ("draws", "seed") if name in options}
    given = options.get("source") is not None or options.get("module") is not None
    job = Job(diagram, **drawn, limits=limits or Limits(), own=not given)
    with kept_pool() as pool:
        (report,) = run_checks([job], pool=pool)
    if given:
        own = compare(diagram, **{**options, "against": False})
        return Report(report.name, (*own.verdicts, *report.verdicts))
    return report
