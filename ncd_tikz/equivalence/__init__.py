"""Do the spec, the generated module and other people's modules compute the same function?"""

from __future__ import annotations

from ncd_tikz.equivalence.check import check
from ncd_tikz.equivalence.lift import evaluate, learned, lift
from ncd_tikz.equivalence.report import Comparison, Draw, Parting, Report, Verdict

__all__ = ["Comparison", "Draw", "Parting", "Report", "Verdict", "check", "evaluate", "learned", "lift"]
