"""What their code computes on the way, seen from outside: every tensor operation, and the line it is on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.utils._python_dispatch import TorchDispatchMode

from ncd_tikz.equivalence.diagnosis.prints import Catalogue, Print, print_of

_MOST = 60_000_000  # entries looked at in one run
_SAME = frozenset(
    """view _unsafe_view reshape unsqueeze squeeze expand detach alias clone contiguous lift_fresh view_as
    _reshape_alias""".split()
)
_TORCH = str(Path(torch.__file__).parent) + os.sep
_OWN = str(Path(__file__).parents[2]) + os.sep
_LIBRARIES = (f"{os.sep}einops{os.sep}", f"{os.sep}opt_einsum{os.sep}", "<frozen")
_THEIRS = ("transformer.py", "activation.py", "rnn.py", "container.py")  # of torch.nn, where that is theirs


@dataclass(frozen=True, slots=True)
class Record:
    """A tensor that their code made: by which operation, in which line, how it looks."""

    number: int
    operation: str
    place: str  # "attention.py:33"
    shape: tuple[int, ...]
    print: Print
    line: str = ""  # path and line in full


@dataclass(slots=True)
class Watched:
    """A run of their code."""

    records: list[Record] = field(default_factory=list)
    catalogue: Catalogue[Record] = field(default_factory=Catalogue)
    outputs: tuple[Tensor, ...] = ()
    error: BaseException | None = None
    inside: list[nn.Module] = field(default_factory=list)  # modules whose call has not ended, outermost first
    single: bool = False  # some of it is in single precision
    cut: bool = False  # not all was looked at
    narrowed: list[Record] = field(default_factory=list)  # what became single precision
    cut_off: list[Record] = field(default_factory=list)  # what gradients do not go through

    @property
    def tolerance(self) -> float:
        """Up to which fingerprints are the same."""
        return 3e-6 if self.single else 1e-8


def watch(run: Callable[[], Sequence[Tensor]], torch_is_theirs: bool = False) -> Watched:
    """Run it, and note every tensor that it makes; what it raises is kept."""
    watched = Watched()
    try:
        with _plain_attention(), _uncompiled(), _calls(watched.inside), _Mode(watched, torch_is_theirs):
            watched.outputs = tuple(run())
    except Exception as error:
        watched.error = error
    return watched


@contextmanager
def _calls(inside: list[nn.Module]) -> Iterator[None]:
    """Keep a list of the modules that are being called."""

    def begin(module: nn.Module, inputs: Any) -> None:
        inside.append(module)

    def end(module: nn.Module, inputs: Any, output: Any) -> None:
        if module in inside:
            del inside[inside.index(module) :]

    hooks = register_module_forward_pre_hook(begin), register_module_forward_hook(end)
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


@contextmanager
def _plain_attention() -> Iterator[None]:
    """Attention by single steps, which can be seen."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


@contextmanager
def _uncompiled() -> Iterator[None]:
    """What they have given to `torch.compile` runs step by step; the compiler is not asked for."""
    stance = getattr(torch.compiler, "set_stance", None) if "torch._dynamo" in sys.modules else None
    with stance("force_eager") if stance else nullcontext():
        yield


class _Mode(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self, watched: Watched, torch_is_theirs: bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.watched, self.torch_is_theirs = watched, torch_is_theirs
        self.left = _MOST

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # or torch imports its compiler, which takes two seconds, to keep it from this class

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__ if hasattr(func, "overloadpacket") else str(func)
        if name not in _SAME or (name == "detach" and torch.is_grad_enabled()):
            self.note(name, made)
        if name == "_to_copy" and made.dtype == torch.float32 and args[0].dtype == torch.float64:
            self.watched.narrowed += self.watched.records[-1:]
        return made

    def note(self, name: str, made: Any) -> None:
        if isinstance(made, (tuple, list)):
            for each in made:
                self.note(name, each)
            return
        if not isinstance(made, Tensor):
            return
        if self.left < made.numel():
            self.watched.cut = True
            return
        self.left -= made.numel()
        if made.dtype in (torch.float32, torch.bfloat16, torch.float16) and made.numel() > 1:
            self.watched.single = True
        found = print_of(made)
        if found is None:
            return
        place, line = self.place()
        record = Record(len(self.watched.records), name, place, tuple(made.shape), found, line)
        if name == "detach" or not torch.is_grad_enabled():
            self.watched.cut_off.append(record)
        if name in _SAME:
            return
        self.watched.records.append(record)
        self.watched.catalogue.add(found, record)

    def place(self) -> tuple[str, str]:
        """The innermost line that is neither torch's nor ours."""
        frame, inner = sys._getframe(2), False
        while frame is not None:
            file = frame.f_code.co_filename
            own = file.startswith(_OWN)
            if own and inner:
                break  # what lies further out has only called the check
            inner = inner or not own
            inside = file.startswith(_TORCH)
            if inside and self.torch_is_theirs and file.endswith(_THEIRS) and f"nn{os.sep}modules" in file:
                inside = False
            if not own and not inside and not any(part in file for part in _LIBRARIES):
                return f"{Path(file).name}:{frame.f_lineno}", f"{file}:{frame.f_lineno}"
            following = frame.f_back
            if following is None:
                break
            frame = following
        return "", ""
