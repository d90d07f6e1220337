"""Modules that people wrote themselves, named under `check: against`, unchanged."""

from __future__ import annotations

from ncd_tikz.equivalence.foreign.subject import Subject
from ncd_tikz.equivalence.foreign.verdict import check_foreign

__all__ = ["Subject", "check_foreign"]
