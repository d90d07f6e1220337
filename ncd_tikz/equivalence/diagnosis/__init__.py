"""Why a module differs from its diagram."""

from ncd_tikz.equivalence.diagnosis.diagnose import diagnose
from ncd_tikz.equivalence.diagnosis.probe import Probe

__all__ = ["Probe", "diagnose"]
