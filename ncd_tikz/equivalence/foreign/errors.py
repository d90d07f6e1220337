"""What may go wrong with somebody's code, told as theirs."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

import torch

_OURS = (str(Path(torch.__file__).parent), str(Path(__file__).parents[2]))


class Theirs(Exception):
    """Their code failed, or is not what `check:` says.

    Args:
        words: the fact.
        rule: of the finding that it becomes.
        remedy: what to try.
        parameter: ours that it is about.
        their_parameter: theirs.
        place: in their code.
        differs: their function is another one; else there is nothing to compare.
    """

    def __init__(
        self,
        words: str,
        rule: str,
        remedy: str = "",
        parameter: str = "",
        their_parameter: str = "",
        place: str = "",
        differs: bool = False,
    ) -> None:
        super().__init__(words)
        self.words, self.rule, self.remedy = words, rule, remedy
        self.parameter, self.their_parameter = parameter, their_parameter
        self.place, self.differs = place, differs
        self.made = ""  # the class of a module that was made where its result is meant


def failed(doing: str, rule: str, error: BaseException, remedy: str = "") -> Theirs:
    """Their code raised `error`: type, message, and the last place of theirs."""
    place = place_of(error)
    if isinstance(error, (MemoryError, RuntimeError)):  # torch raises the latter where none is left
        traceback.clear_frames(error.__traceback__)  # they hold what took it, and we need some
    at = f" ({place})" if place else ""
    return Theirs(f"{doing} fails in their code: {summary(error)}{at}", rule, remedy, place=place)


def summary(error: BaseException) -> str:
    """Type and first line of the message."""
    message = str(error).strip().split("\n")[0]
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def place_of(error: BaseException) -> str:
    """File and line of the last frame outside of torch and of this package; empty where there is none."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith((*_OURS, "<frozen", sys.base_prefix + "/lib/python"))
        or "site-packages" in frame.filename.removeprefix(_OURS[0])
    ]
    frames = [frame for frame in frames if not frame.filename.startswith(_OURS)]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
