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
    pieces = _pieces(code)
    if pieces:
        return _in_parentheses(code, pieces, indent)
    spans = _brackets(code)
    fitting = [
        (start, end)
        for start, end in spans
        if indent + start < WIDTH and indent + len(code) - end + tail <= WIDTH
    ]
    if not spans:
        return [" " * indent + code]
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


def _pieces(code: str) -> list[str]:
    """The lines of an assignment's right side where it is broken outside of brackets; else nothing.

    A tuple is broken after its commas, a chain of several calls before its dots, and a sum (or
    another operation) that does not end in a bracket before its operators.
    """
    _, equals, value = code.partition(" = ")
    if not equals or code.startswith("def "):
        return []
    members = _split(value, ",")
    if len(members) > 1:
        return [member.strip() + "," for member in members]
    operands = _split(value, " ")
    if len(operands) > 1:
        if value[-1] in _CLOSE and operands[-2] == "@":
            return []
        pairs = zip(operands[1::2], operands[2::2], strict=True)
        return [operands[0], *(f"{operator} {operand}" for operator, operand in pairs)]
    links = _split(value, ".")
    calls = [number for number, link in enumerate(links) if link[-1] in _CLOSE]
    if len(calls) < 3:
        return []
    first = calls[0]
    start = ".".join(links[: first + 1])
    return [start, *(f".{link}" for link in links[first + 1 :])]


def _in_parentheses(code: str, pieces: list[str], indent: int) -> list[str]:
    target, _, value = code.partition(" = ")
    inner = [" " * (indent + 4) + value]
    if len(inner[0]) > WIDTH or (value.count(",") and pieces[0].endswith(",")):
        inner = [line for piece in pieces for line in wrap(piece, indent + 4)]
    return [f"{' ' * indent}{target} = (", *inner, " " * indent + ")"]


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
