# image_recogniser (a7bf53d20a77), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch image_recogniser.yaml

import torch.nn.functional as F
from torch import Tensor, nn


class ImageRecogniser(nn.Module):
    """Basic Image Recogniser for Digits.

    An image's rows and columns become one axis of pixels; three learned linear layers
    with ReLU between them give a score for each digit, and softmax makes probabilities
    of the scores.

    Args:
        x: rows of the image
        y: columns of the image
        d: width of the hidden layers
        k: digits

    Inputs, with any further axes in front:
        X: (... x y)

    Returns:
        digits: (... k)

    State dict:
        a.weight: (d, p)
        a.bias: (d)
        b.weight: (d', d)
        b.bias: (d')
        scores.weight: (k, d')
        scores.bias: (k)
    """

    def __init__(self, *, x: int = 28, y: int = 28, d: int = 512, k: int = 10) -> None:
        super().__init__()
        p = x * y
        self.a = nn.Linear(p, d)
        self.b = nn.Linear(d, d)
        self.scores = nn.Linear(d, k)

    def forward(self, X: Tensor) -> Tensor:
        pixels = X.flatten(-2)  # ... p
        a = self.a(pixels)  # ... d
        a = F.relu(a)  # ... d
        b = self.b(a)  # ... d'
        b = F.relu(b)  # ... d'
        scores = self.scores(b)  # ... k
        digits = scores.softmax(-1)  # ... k
        return digits
