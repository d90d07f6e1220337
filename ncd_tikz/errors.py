"""Every error that a user can meet, in one tree under one root."""

from __future__ import annotations

from ncd_tikz.frozen import frozen


class NcdError(Exception):
    """Root of all errors raised on purpose."""


@frozen
class Position:
    """A place in a spec file; lines and columns count from one."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@frozen
class Mistake:
    """One mistake of a spec: where, what is wrong, what is known, what to try.

    >>> print(Mistake(Position("a.yaml", 3, 5), "steps[0].op", "unknown operation 'linaer'",
    ...               known="x has axes (x=22, m=128)", hint="did you mean 'linear'?"))
    a.yaml:3:5: steps[0].op: unknown operation 'linaer'
      known here: x has axes (x=22, m=128)
      did you mean 'linear'?
    """

    position: Position
    path: str
    fact: str
    known: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.position}: {self.path}: " if self.path else f"{self.position}: "
        lines = [place + self.fact]
        if self.known:
            lines.append(f"  known here: {self.known}")
        if self.hint:
            lines.append(f"  {self.hint}")
        return "\n".join(lines)


class SpecError(NcdError):
    """A spec that cannot be used; tells all its mistakes in source order, one file after the other."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        files: dict[str, int] = {}
        for mistake in mistakes:
            files.setdefault(mistake.position.file, len(files))
        ordered = sorted(
            mistakes,
            key=lambda m: (files[m.position.file], m.position.line, m.position.column, m.fact),
        )
        self.mistakes = tuple(dict.fromkeys(ordered))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class ShapeError(NcdError):
    """The bare fact that axes do not fit; the boundary adds place and context.

    Args:
        fact: what was found and what was expected, axes by name.
        hint: what to try.
        field: the step's field that is to blame (`map`, `over`, `in`, ...), if one is.
    """

    def __init__(self, fact: str, hint: str = "", field: str = "") -> None:
        self.fact = fact
        self.hint = hint
        self.field = field
        super().__init__(fact)


class ToolMissing(NcdError):
    """A program or package that is not on this machine; says which to install."""

    def __init__(self, tool: str, remedy: str) -> None:
        self.tool = tool
        self.remedy = remedy
        super().__init__(f"{tool} is missing\n  {remedy}")


class RenderError(NcdError):
    """TeX refused a document; carries the part of its log that matters."""
