"""Do the spec, the generated module and other people's modules compute the same function?"""

from __future__ import annotations

import warnings

# torch says so when it is imported without NumPy, which nothing here needs.
warnings.filterwarnings("ignore", message="Failed to initialize NumPy", category=UserWarning)

from ncd_tikz.equivalence.check import check  # noqa: E402
from ncd_tikz.equivalence.evaluate import evaluate, learned  # noqa: E402
from ncd_tikz.equivalence.lift import lift  # noqa: E402
from ncd_tikz.equivalence.report import Comparison, Draw, Finding, Parting, Report, Verdict  # noqa: E402

__all__ = [
    "Comparison",
    "Draw",
    "Finding",
    "Parting",
    "Report",
    "Verdict",
    "check",
    "evaluate",
    "learned",
    "lift",
]
