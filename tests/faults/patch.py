"""Functions of installed packages, changed in memory and for a while; their files are never touched."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from types import CodeType, FunctionType
from typing import Any

from tests.faults.source import Change, Edit, Source, apply


@cache
def source_of(module: str) -> Source:
    """The source of an installed module."""
    return Source(inspect.getsource(import_module(module)))


@contextmanager
def changed(module: str, change: Change) -> Iterator[None]:
    """The function with other code, in which lines keep their numbers; the old code afterwards."""
    function = found(module, change.owner, change.function)
    before = function.__code__
    function.__code__ = code_of(module, change)
    try:
        yield
    finally:
        function.__code__ = before


def found(module: str, owner: str, name: str) -> FunctionType:
    """The function itself, below whatever decorates it."""
    place: Any = import_module(module)
    thing = inspect.getattr_static(getattr(place, owner), name) if owner else getattr(place, name)
    thing = inspect.unwrap(getattr(thing, "__func__", thing))
    assert isinstance(thing, FunctionType), f"{module}: {owner}.{name}"
    return thing


def code_of(module: str, change: Change) -> CodeType:
    """The code of the changed function, its lines where they were.

    Raises:
        SyntaxError: the change leaves no Python.
        ValueError: it needs other variables from outside.
    """
    source = source_of(module)
    node = _definition(source, change.owner, change.function)
    start, end = source.span(node)
    start -= node.col_offset
    inside = [Edit(each.start - start, each.end - start, each.text) for each in change.edits]
    text = apply(source.bytes[start:end], inside)
    padding = "\n" * (node.lineno - 2) + (f"class {change.owner}:" if change.owner else "") + "\n"
    file = inspect.getsourcefile(sys.modules[module]) or module
    whole = compile(padding + text, file, "exec", dont_inherit=True)
    code = _inside(_inside(whole, change.owner) if change.owner else whole, change.function)
    wanted = found(module, change.owner, change.function).__code__.co_freevars
    if code.co_freevars != wanted:
        raise ValueError(f"{change.function} takes {code.co_freevars} from outside, not {wanted}")
    return code


def _definition(source: Source, owner: str, name: str) -> ast.FunctionDef:
    body = source.tree.body
    if owner:
        body = next(node.body for node in body if isinstance(node, ast.ClassDef) and node.name == owner)
    return next(node for node in body if isinstance(node, ast.FunctionDef) and node.name == name)


def _inside(code: CodeType, name: str) -> CodeType:
    return next(each for each in code.co_consts if isinstance(each, CodeType) and each.co_name == name)
