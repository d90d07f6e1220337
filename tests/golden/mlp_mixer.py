# mlp_mixer (347473728f0c), written by ncd-tikz 0.1.0.
# To change it, edit the spec and run: ncd-tikz torch mlp_mixer.yaml

import torch.nn.functional as F
from torch import Tensor, nn


class LayersStep(nn.Module):
    """One step of `layers` in MLP-Mixer: l from 1 to N.

    Args:
        r: side of an image
        s: side of a patch
        d_S: width between the maps along patches
        d_C: width between the maps along channels
        c: channels

    Inputs, with any further axes in front:
        P: (... t c)

    Returns:
        V: (... t c)

    State dict:
        token_norm.weight: (c)
        token_norm.bias: (c)
        tokens_1.weight: (d_S, t)
        tokens_1.bias: (d_S)
        tokens_2.weight: (t, d_S)
        tokens_2.bias: (t)
        channel_norm.weight: (c)
        channel_norm.bias: (c)
        channels_1.weight: (d_C, c)
        channels_1.bias: (d_C)
        channels_2.weight: (c, d_C)
        channels_2.bias: (c)
    """

    def __init__(
        self,
        *,
        r: int = 224,
        s: int = 16,
        d_S: int = 384,
        d_C: int = 3072,
        c: int = 768,
    ) -> None:
        super().__init__()
        t = (r // s) ** 2
        self.token_norm = nn.LayerNorm(c)
        self.tokens_1 = nn.Linear(t, d_S)
        self.tokens_2 = nn.Linear(d_S, t)
        self.channel_norm = nn.LayerNorm(c)
        self.channels_1 = nn.Linear(c, d_C)
        self.channels_2 = nn.Linear(d_C, c)

    def forward(self, P: Tensor) -> Tensor:
        token_norm = self.token_norm(P)  # ... t c
        # ... d_S c
        tokens_1 = self.tokens_1(token_norm.transpose(-2, -1)).transpose(-2, -1)
        tokens_1 = F.gelu(tokens_1)  # ... d_S c
        # ... t c
        tokens_2 = self.tokens_2(tokens_1.transpose(-2, -1)).transpose(-2, -1)
        U = tokens_2 + P  # ... t c
        channel_norm = self.channel_norm(U)  # ... t c
        channels_1 = self.channels_1(channel_norm)  # ... t d_C
        channels_1 = F.gelu(channels_1)  # ... t d_C
        channels_2 = self.channels_2(channels_1)  # ... t c
        V = channels_2 + U  # ... t c
        return V


class MlpMixer(nn.Module):
    """MLP-Mixer.

    An image is cut into patches. Each of N layers mixes first along the patches and
    then along the channels, by two learned linear maps with GELU between them, both
    bypassed. The mean over the patches is classified.

    Args:
        N: layers
        r: side of an image
        s: side of a patch
        d_S: width between the maps along patches
        d_C: width between the maps along channels
        i: colours
        c: channels
        k: classes

    Inputs, with any further axes in front:
        X: (... x i)

    Returns:
        head: (... k)

    State dict:
        P.weight: (c, i, s, s)
        P.bias: (c)
        layers.n.*: of each iteration n = 0, 1, ...
        norm.weight: (c)
        norm.bias: (c)
        head.weight: (k, c)
        head.bias: (k)
    """

    def __init__(
        self,
        *,
        N: int = 12,
        r: int = 224,
        s: int = 16,
        d_S: int = 384,
        d_C: int = 3072,
        i: int = 3,
        c: int = 768,
        k: int = 1000,
    ) -> None:
        super().__init__()
        self.P = nn.Conv2d(i, c, s, stride=s)
        self.layers = nn.ModuleList(
            [LayersStep(r=r, s=s, d_S=d_S, d_C=d_C, c=c) for _ in range(N)]
        )
        self.norm = nn.LayerNorm(c)
        self.head = nn.Linear(c, k)

    def forward(self, X: Tensor) -> Tensor:
        P_in = X.movedim(-1, -3)
        P_out = self.P(P_in.reshape(-1, *P_in.shape[-3:]))
        P = P_out.reshape(*P_in.shape[:-3], *P_out.shape[1:]).movedim(-3, -1)  # ... p c
        P = P.movedim(-1, -3).flatten(-2).transpose(-2, -1)  # ... t c
        Q = P
        for layer in self.layers:
            Q = layer(Q)  # ... t c
        norm = self.norm(Q)  # ... t c
        pooled = norm.mean(-2)  # ... c
        head = self.head(pooled)  # ... k
        return head
