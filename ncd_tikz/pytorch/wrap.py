"""Breaking statements into lines as the common formatters (Black, Ruff) do."""

from __future__ import annotations

WIDTH = 88

_OPEN, _CLOSE = "([{", ")]}"


def wrap(code: str, indent: int, tail: int = 0) -> list[str]:
    """The lines of one statement, its last bracket opened first where it is too wide.

    >>> print("\\n".join(wrap("y = f(" + "a" * 50 + ", " + "b" * 30 + ")", 0)))
    y = f(
        aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    )

    Args:
        code: the statement on one line.
        indent: columns before it.
        tail: columns to keep free after it.
    """
    if indent + len(code) + tail <= WIDTH:
        return [" " * indent + code]
    spans = _brackets(code)
    if not spans:
        return _wrap_operators(code, indent)
    fitting = [
        (start, end)
        for start, end in spans
        if indent + start < WIDTH and indent + len(code) - end + tail <= WIDTH
    ]
    start, end = fitting[-1] if fitting else spans[-1]
    head, body, rest = code[: start + 1], code[start + 1 : end], code[end:]
    lines = [" " * indent + head]
    parts = _split(body, ",")
    if indent + 4 + len(body) <= WIDTH and not body.endswith(","):
        lines.append(" " * (indent + 4) + body)
    elif len(parts) == 1 and not body.endswith(","):
        lines.extend(wrap(body, indent + 4))
    else:
        for part in parts:
            inner = wrap(part.strip(), indent + 4, tail=1)
            inner[-1] += ","
            if part.strip() in ("*", "/"):
                inner = [" " * (indent + 4) + part.strip() + ","]
            lines.extend(inner)
    return [*lines, " " * indent + rest]


def _wrap_operators(code: str, indent: int) -> list[str]:
    """`x = a + b` with a parenthesis around the right side, a line per operand."""
    target, equals, value = code.partition(" = ")
    if not equals:
        return [" " * indent + code]
    inner = " " * (indent + 4)
    if len(inner) + len(value) <= WIDTH:
        return [f"{' ' * indent}{target} = (", inner + value, " " * indent + ")"]
    pieces = value.replace(" + ", "\n+ ").replace(" - ", "\n- ").split("\n")
    return [f"{' ' * indent}{target} = (", *(inner + piece for piece in pieces), " " * indent + ")"]


def _brackets(code: str) -> list[tuple[int, int]]:
    """The pairs of brackets at the outermost level that hold something."""
    depth, start, found = 0, 0, []
    for place, mark in enumerate(code):
        if mark in _OPEN:
            if depth == 0:
                start = place
            depth += 1
        elif mark in _CLOSE:
            depth -= 1
            if depth == 0 and place > start + 1:
                found.append((start, place))
    return found


def _split(body: str, mark: str) -> list[str]:
    depth, parts, last = 0, [], 0
    quote = ""
    for place, each in enumerate(body):
        if quote:
            quote = "" if each == quote else quote
        elif each in "\"'":
            quote = each
        elif each in _OPEN:
            depth += 1
        elif each in _CLOSE:
            depth -= 1
        elif each == mark and depth == 0:
            parts.append(body[last:place])
            last = place + 1
    parts.append(body[last:])
    return [part for part in parts if part.strip()]
