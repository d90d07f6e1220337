"""How a process ended, as a verdict on what it ran."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ncd_tikz.equivalence.isolation.frames import Message, unplain
from ncd_tikz.equivalence.isolation.guarded import FULL, LOST
from ncd_tikz.equivalence.isolation.limits import Limits, shown
from ncd_tikz.equivalence.isolation.traces import place
from ncd_tikz.equivalence.isolation.watch import Ending
from ncd_tikz.equivalence.report import Finding, Verdict
from ncd_tikz.spec.nodes import CheckNode

OWN = "generated module"
_WHILE = {
    "": "",
    "importing": "while it was imported",
    "building": "while it was built",
    "calling": "while it was called",
    "backward": "while its gradients were computed",
}
_SIGNALS = {
    "SIGSEGV": "crashed with a segmentation fault",
    "SIGBUS": "crashed with a bus error",
    "SIGABRT": "was aborted by itself or a library of it",
    "SIGFPE": "crashed with an arithmetic error in C",
    "SIGILL": "crashed with an illegal instruction",
    "SIGKILL": "was killed, as the system does where memory runs out",
    "SIGTERM": "was ended from outside or by itself",
}


_FAILS = ("import-fails", "build-fails", "call-fails")
_NO_MEMORY = ("MemoryError", "can't allocate memory", "not enough memory", "Cannot allocate memory")


class Broken(Exception):
    """The check itself failed; the message has the traceback."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the process of one module under `check:`."""

    node: CheckNode
    limits: Limits
    messages: Sequence[Message]
    ending: Ending | None
    printed: str

    def verdict(self, left: int = 0) -> Verdict:
        """What the process said, or what is said about its end.

        Args:
            left: how many processes it left running.

        Raises:
            Broken: our own code failed in it.
        """
        told = {key: value for message in self.messages for key, value in message.items()}
        if "broken" in told:
            raise Broken(told["broken"])
        if "verdict" in told:
            verdict = unplain(told["verdict"])
            assert isinstance(verdict, Verdict)
            found = replace(verdict, printed=self.printed, findings=self._memory(verdict.findings))
        else:
            found = self._failed(told)
        notes = [found.note] if found.note else []
        if "changed" in told:
            notes.append(f"it sets {', '.join(told['changed'])}")
        if left:
            what = "a process" if left == 1 else f"{left} processes"
            notes.append(f"it left {what} running, which {'was' if left == 1 else 'were'} ended")
        return replace(found, note="; ".join(notes))

    def _memory(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """What fails for want of memory is told as that."""
        return tuple(
            replace(each, rule="memory", remedy=_more_memory(self.limits))
            if each.rule in _FAILS and any(words in each.words for words in _NO_MEMORY)
            else each
            for each in findings
        )

    def _failed(self, told: Message) -> Verdict:
        stage = str(told.get("stage", ""))
        if stage == "diagnosing" and "known" in told:
            return self._unexplained(told)
        where = str(told.get("place", ""))
        if "exits" in told:
            rule, words = "exits", f"their code calls {told['exits']}"
            remedy = "raise an error there, or keep it under if __name__ == '__main__'"
        elif "memory" in told:
            rule, words = "memory", f"their code took more than {shown(self.limits.memory)} of memory"
            remedy = _more_memory(self.limits)
        elif "raises" in told:
            rule, words = "crash", f"their code raises {told['raises']}"
            remedy = "raise an Exception there"
        else:
            assert self.ending is not None
            rule, words, remedy = _told(self.ending, self.limits, "their code")
            where = place(self.ending.dump, Path.cwd())
        words = f"{words} {_WHILE.get(stage, stage)}".strip()
        finding = Finding(rule, words, remedy, at=self.node.at, place=where)
        missing = stage == "importing"
        return Verdict(
            self.node.against,
            (),
            words,
            missing=missing,
            set_up=True,
            findings=(finding,),
            printed=self.printed,
        )

    def _unexplained(self, told: Message) -> Verdict:
        """It differs; only that came to no end which asks why."""
        verdict = unplain(told["known"])
        assert isinstance(verdict, Verdict)
        note = "looking for the reason came to no end"
        return replace(verdict, note=note, printed=self.printed)


def own_verdict(ending: Ending, limits: Limits) -> Verdict:
    """The verdict where a spec's own comparison came to no end."""
    rule, words, remedy = _told(ending, limits, "the spec's own comparison")
    where = place(ending.dump, Path.cwd())
    finding = Finding(rule, words, remedy, place=where)
    return Verdict(OWN, (), words, set_up=True, findings=(finding,), printed=ending.printed)


def not_reached(node: CheckNode, limits: Limits, ending: Ending, began: bool) -> Verdict:
    """The verdict on a module under `check:` that a spec's process did not come to the end of.

    Args:
        node: the entry.
        limits: of the spec.
        ending: of the process.
        began: whether it had begun with the entry.
    """
    if not began:
        words = "the spec's own comparison came to no end, so there is nothing to compare with"
        return Verdict(node.against, (), words, set_up=True)
    rule, words, remedy = _told(ending, limits, "the process that watches their code")
    finding = Finding(rule, words, f"{remedy}, for their code may have done it", at=node.at)
    return Verdict(node.against, (), words, set_up=True, findings=(finding,), printed=ending.printed)


def _told(ending: Ending, limits: Limits, who: str) -> tuple[str, str, str]:
    """Rule, words and remedy."""
    if ending.how == "timeout":
        more = f"give it more time with --timeout {2 * limits.seconds:g}"
        loop = "look there for a loop without end, or " if who == "their code" else ""
        return "timeout", f"{who} had not ended after {limits.seconds:g} s", loop + more
    if ending.how == "memory" or (ending.how == "status" and ending.number == FULL):
        return "memory", f"{who} took more than {shown(limits.memory)} of memory", _more_memory(limits)
    if ending.how == "garbage":
        return "crash", f"{who} wrote into the pipe of the check", "print to standard output only"
    if ending.how == "signal":
        try:
            name = signal.Signals(ending.number).name
        except ValueError:
            name = f"signal {ending.number}"
        words = _SIGNALS.get(name, "was ended by a signal")
        return "crash", f"{who} {words} ({name})", "run it by itself with python -X faulthandler"
    if ending.number == LOST:
        return "crash", f"{who} closed the pipe of the check", "look for os.close and os.closerange"
    return "exits", f"{who} ended its process with exit code {ending.number}", "look for os._exit"


def _more_memory(limits: Limits) -> str:
    more = shown(2 * limits.memory).replace(" ", "")
    return f"check with smaller sizes, or give it more with --memory {more}"
