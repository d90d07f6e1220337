"""A mapping of parameters, proposed: found from names and shapes, and settled by running.

families    names that differ in numbers only: `layers.{i}.Q.weight`
candidates  which of theirs, or part of theirs, a family of ours may be
likeness    how well two names fit
search      the choice that makes the values agree
writing     the choice as YAML
"""

from __future__ import annotations

from ncd_tikz.equivalence.proposal.propose import propose

__all__ = ["propose"]
