"""Labels that specs may hold, with the font each is set in."""

from __future__ import annotations

import string

from ncd_tikz.text.symbols import ACCENTS, COMPOSED, FUNCTIONS, SYMBOLS

# Not in LaTeX, or only with packages beyond amsmath and amssymb; the names of other symbols are taken from
# the table itself.
_FOREIGN = {"surdsign", "minus", "coloneqq", "lparen", "rparen", "mod"}
_COMMANDS = ("notin", "cong", "vdots", "ddots", "_")
_UNSCALED = ("vdots", "ddots", "bmod")  # LaTeX sets them in a script as large as elsewhere
_LETTERS = string.ascii_letters + string.digits

# Labels, one on a line, as authors write them.
_FORMULAS = r"""
\bar{y}
\bar{x}
\bar x
\overline{x}
\overline{xy}
\underline{x}
x'
x''
x'_i
x'^2
y'
\bar{x}'
\bar{x}^2
\bar{x}_i
\hat{Y}
\hat{y}_{ij}
\tilde{h}
\tilde h_t
\vec{v}
\vec{x}_0
\dot{x}
\ddot{x}
\check{x}
\breve{x}
\acute{a}
\grave{a}
\mathring{A}
\widehat{xyz}
\widetilde{ab}
\hat{\bar{x}}
m
k
h
kh
k h
k \cdot h
k\times h
hw
h \times w
2^2
28^2
28^{2}
28\times 28
n_1
n_{1}
n_1/4
n_{1}/4
n_{2}^{2}
n_1^2 n_2
x_i^2
x_{ij}
x_{i,j}
x_{i+1}
x_{i+1,j-1}
x^{2n}
x^{n+1}
x^{a_b}
x^{a^b}
x_{a_b}
x_{a_{b_c}}
2^{x^{y^z}}
e^{-x^2/2}
e^{i\pi}+1=0
k^{-1/2}
\star k^{-1/2}
\cdot k^{-1/2}
* k^{-1/2}
{*}k^{-1/2}
\times k^{-1/2}
\times\frac{1}{\sqrt{k}}
\frac{1}{\sqrt{k}}
\tfrac{1}{\sqrt{k}}
\dfrac{1}{\sqrt{k}}
\frac{1}{2}
\frac12
\tfrac12
\dfrac12
\frac{a+b}{c}
\dfrac{a+b}{c+d}
\frac{QK^T}{\sqrt{d_k}}
\dfrac{QK^T}{\sqrt{d_k}}
\frac{\partial L}{\partial w}
x^{\frac{1}{2}}
\frac{x^2}{y_2}
\frac{\frac{1}{2}}{3}
\sqrt{k}
\sqrt k
\sqrt{d_k}
\sqrt{x^2+y^2}
\sqrt{2}
\sqrt[3]{x}
\sqrt{\frac{a}{b}}
\sqrt{\dfrac{a}{b}}
\sqrt{\sum_i x_i^2}
\mathbf{L}
\mathbf{L}^{Q}
\mathbf{L}^{Q}_{+}
\mathbf{L}_+
\mathbf{E}
\mathbf{W}_Q
\mathbf{W}^{(l)}
\mathbf{x}_t
\mathbf{ab}
\mathbf{1}
\mathbf{LN}
\mathbf{Linear}
\mathrm{ReLU}
\mathrm{Max}
\mathrm{softmax}
\mathrm{off}
\mathrm{d}x
\mathsf{L}
\mathsf{Linear}
\mathsf{LN}
\mathit{diff}
\mathtt{code}
\mathbb{R}
\mathbb{R}^n
\mathbb{R}^{m\times k}
\mathbb{E}
\mathbb{E}_{x\sim p}
\mathbb{N}
\mathbb{Z}
\mathcal{L}
\mathcal{N}(0,1)
\mathcal{D}
\mathfrak{g}
\boldsymbol{\theta}
\boldsymbol{x}
\boldsymbol{\Sigma}
\text{model}
d_{\text{model}}
d_{\mathrm{model}}
d_\text{ff}
d_{\mathrm{ff}}
n_{\text{heads}}
N_{\mathrm{vocab}}
W_{\text{out}}^T
\text{if } x > 0
\text{Q and }K
x \text{ for all } y
\operatorname{softmax}
\operatorname{softmax}(x)
\operatorname{ReLU}x
\operatorname{LN}
\operatorname*{argmax}_x f(x)
\operatorname{softmax}\left(\frac{QK^T}{\sqrt{d_k}}\right)V
\tanh x
\tanh(x)
\log_2 n
\log n
\exp(-x)
\exp\left(-\frac{x}{2}\right)
\sin\theta
\max_i x_i
\min(a,b)
\lim_{n\to\infty} a_n
\arg\max_x f(x)
f
g
f(x)
f(x,y)
f\circ g
f: X\to Y
f\colon X\to Y
x\mapsto f(x)
h_{t-1}
C_\lambda
\to C_\lambda
C_\lambda\to
C_{\lambda}
\lambda
\lambda\in\{1,\ldots,4\}
\lambda = 1,\dots,4
\lambda=1..4
\lambda \in \{1, 2, 3, 4\}
5-\lambda
c_{\lambda-1}
64\cdot 2^{\lambda}
64 \times 2^i
2n+1
n-1
-1
+1
-x
+
-
\times
=
\odot
\pm 1
a+b
a-b
a=b
a<b
a\leq b
a\neq b
a,b
a, b, c
(a,b)
[a,b]
[0,1)
\{a,b\}
\{x \mid x > 0\}
|x|
\|x\|
\|x\|_2
\lVert x\rVert^2
\lvert x\rvert
\lfloor x\rfloor
\lfloor n/2\rfloor
\lceil n/s\rceil
\left\lfloor\frac{n-k}{s}\right\rfloor+1
\left\lceil x\right\rceil
\left(\frac{a}{b}\right)
\left(x\right)
\left[x\right]
\left\{x\right\}
\left|x\right|
\left\|x\right\|
\left.x\right|_0
\left\langle x,y\right\rangle
\left(\dfrac{a}{b}\right)^2
\left(\sum_{i} x_i\right)
\left(\dfrac{\frac{a}{b}}{\frac{c}{d}}\right)
\left( a \middle| b \right)
\bigl(x\bigr)
\big(x\big)
\Big(x\Big)
\bigg(x\bigg)
\langle x,y\rangle
\langle q_i, k_j\rangle
\sum_i x_i
\sum_{i=1}^{n} x_i
\sum_{i=1}^n
\prod_{i} x_i
\int_0^1 f
\int_0^1 f(x)\,dx
\displaystyle\sum_{i=1}^n x_i
\displaystyle\int_0^1
\displaystyle\frac{a}{b}
\sum\limits_{i=1}^n x_i
\sum\nolimits_{i} x
a\,b
a\;b
a\:b
a\!b
a\quad b
a\qquad b
a\ b
a~b
A B
AB
AV
VA
WA
r,s
F.
T/2
n/2
k/h
x/y
(n+2p-k)/s+1
\frac{n+2p-k}{s}+1
n_h n_w
d^{*}
d^*
d^\star
d^\dagger
x^\top
W^T
W^{\top}x+b
QK^\top
Q^{(1)}
Q_{(1)}
K_{:,j}
x_{<t}
x_{\leq t}
x^{+}
x_+
x^-
{}^n x
{}_n x
a_{1}^{2}
f_{j}^{k}
f^{2}
f_2
V_2
V^2
V_2^2
P_i
T_j^i
W_{ij}^{kl}
\Delta_{t}
\Delta t
\Sigma^{-1}
\Gamma(x)
\phi(x)
\varphi_k
\theta_{t+1}
\theta_{t+1}=\theta_t-\eta\nabla L
\nabla_\theta L
\sigma(x)
\sigma^2
\mu\pm\sigma
\mu_k^{(t)}
\epsilon
\varepsilon=10^{-5}
10^{-5}
1.5
1,000
3.14
0.1
\alpha\beta
\alpha_{i,j}
\beta_1
X^{\prime}
X^{\prime\prime}
\hat{Y}_{\text{pred}}
\hat{\mathbf{y}}
\bar{\mathbf{x}}
\tilde{\mathcal{L}}
\overline{\mathbb{R}}
\overline{x_1+x_2}
\overline{\frac{a}{b}}
\underbrace{x}
\overset{a}{=}
\stackrel{\mathrm{def}}{=}
\underset{x}{y}
\binom{n}{k}
\dbinom{n}{k}
\tbinom{n}{k}
\begin{pmatrix}a&b\\c&d\end{pmatrix}
\begin{matrix}a&b\end{matrix}
\substack{a\\b}
\phantom{x}
\mathop{Max}
\mathbin{\#}
a\mathbin{+}b
a\mathrel{:=}b
x:=y
x::y
a;b
n!
a'b
a\cdot b\cdot c
a\times(b+c)
a\otimes b
x \leftarrow x + 1
y \approx f(x)
X\sim\mathcal{N}(\mu,\sigma^2)
p(x\mid y)
p(x|y)
\mathbb{R}^{3}\times\mathbb{R}^{4}
x\in X
x\notin X
A\subseteq B
A\cup B
A\Rightarrow B
a\equiv b \pmod n
a\bmod b
\dots
1,\dots,n
x_1,\ldots,x_n
x_1+\cdots+x_n
\infty
\partial_x
\ell_2
\hbar
\varnothing
\star
*
\ast
\bullet
\circ
T
\mathrm{T}
\mathbf{T}
\mathbf{R}
R
\mathsf{T}
x_{\mathbf{i}}
x_{\mathbb{R}}
x_{\mathcal{L}}
x_{\mathsf{in}}
x^{\text{in}}
\textbf{L}
\textit{L}
\textsf{L}
\mbox{ab}
"""
_TEXTS = r"""
Linear
Softmax
SoftMax
LayerNorm
RMSNorm
Embedding
Dropout
ReLU
GELU
SiLU
Multi-Head Attention
Scaled Dot-Product Attention
Self-Attention
Causal Self-Attention
Feed-Forward Network
Feed Forward
Transformer Encoder Layer
Two-Layer Residual MLP
Image Recogniser
Tensors and Tuples
Add \& Norm
Legend
Batch Norm
Identity ResNet
U-Net
Convolution
Average pooling
Tokens
The quick brown fox jumps over the lazy dog.
Learned layers generate $Q$, $K$ and $V$.
Each head attends on its own.
Learned layers generate $Q$, $K$, and $V$; the axis $h$ is split off.
The scores are scaled by $k^{-1/2}$ so that their variance stays one.
positions that ask
positions that answer
width of the model
number of heads
$\bar{x}$ is $\bar{y}$
$n_1 = n/4$
$N\times$
$d_{\text{model}} = 512$
size $m = 128$, heads $h = 4$
$x \leq y$: less
for $i \in \{1,\ldots,4\}$
off
fine
waffle
efficient
flow
baffling
office
AVATAR
Type
We, You. To: A; B! C? D
Mr. Smith went. Then he left.
a -- b --- c
``quoted''
`single'
don't
100\%
a\_b
\#1
\$5
\{x\}
caf\'e
na\"ive
\'Ecole
\c{c}a
\~n
\"uber
\v{s}
\aa
\o
\ss
\ae
\textbf{bold} and \emph{emphasis}
\textbf{Linear}
\textit{italic fi}
\emph{a \emph{b} c}
\texttt{code}
\textsf{sans}
\textrm{roman}
{\bfseries bold} text
{\itshape it} text
a~b
a\ b
a\quad b
a\,b
\textbf{a $x^2$ b}
$a$ $b$
$a$, $b$
word
kernel
stride 2
(a)
[b]
a/b
x=1
1,234.5
0123456789
abcdefghijklmnopqrstuvwxyz
ABCDEFGHIJKLMNOPQRSTUVWXYZ
Query
Key
Value
Attention is all you need
Wasserstein
Kullback--Leibler
\ldots
A \dots\ B
e.g.\ this
i.e. that
\textsuperscript{2}
H\textsubscript{2}O
\LaTeX
\TeX
é
über
façade
naïve
Größe
œuvre
Ångström
“quoted”
a–b
a—b
it’s
"""
_CHARACTERS = string.ascii_letters + string.digits + ".,;:!?'`()[]/+-=*@"


def cases() -> list[tuple[str, str]]:
    """Pairs of font and text, without repetition."""
    found: list[tuple[str, str]] = []
    for name in sorted({*SYMBOLS, *COMPOSED, *FUNCTIONS, *_COMMANDS} - _FOREIGN):
        word = f"\\{name}"
        found += [("math", word), ("math", f"a{word} b")]
        if name not in _UNSCALED:
            found.append(("math", f"x_{{{word}}}"))
    found += [("math", f"\\{name}{{{letter}}}") for name in ACCENTS for letter in "xXfi"]
    for letter in _LETTERS:
        found += [("math", letter), ("math", f"x_{letter}"), ("math", f"{letter}^{{{letter}}}_{{{letter}}}")]
        found += [
            ("math", rf"\mathbf{{{letter}}}"),
            ("math", rf"\mathsf{{{letter}}}"),
            ("math", rf"\mathrm{{{letter}}}x"),
        ]
    for letter in string.ascii_uppercase:
        found += [("math", rf"\mathbb{{{letter}}}"), ("math", rf"\mathcal{{{letter}}}_{letter}")]
    for letter in string.ascii_letters:
        found += [("math", rf"\bar{{{letter}}}"), ("math", rf"\hat {letter}_i"), ("math", f"{letter}'")]
    found += [("math", formula) for formula in _FORMULAS.strip().splitlines()]
    for font in ("serif", "sans", "bold"):
        found += [(font, text) for text in _TEXTS.strip().splitlines()]
        found += [(font, char) for char in _CHARACTERS]
    return list(dict.fromkeys(found))
