"""The vocabulary below everything: sizes, axes, tensors, signatures, applications."""

from ncd_tikz.axes.application import Application, OutputAxis
from ncd_tikz.axes.axis import Axis, Kind, Tensor
from ncd_tikz.axes.expression import Expression, ExpressionError
from ncd_tikz.axes.signature import Signature

__all__ = [
    "Application",
    "Axis",
    "Expression",
    "ExpressionError",
    "Kind",
    "OutputAxis",
    "Signature",
    "Tensor",
]
