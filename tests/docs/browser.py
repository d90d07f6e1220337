"""One headless Chromium, driven over a pair of pipes by its DevTools protocol."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SECONDS = 120  # for one answer, on a slow machine

_WITH_PIPES = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


def program() -> str:
    """Where Chromium is; empty where there is none."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), "")


class BrowserError(Exception):
    """Chromium does not do as it is told."""


@dataclass
class Visit:
    """What happened while a page was loaded."""

    errors: list[str] = field(default_factory=list)  # in the console
    requests: list[str] = field(default_factory=list)  # addresses asked for
    refused: list[str] = field(default_factory=list)  # addresses that were not given


class Browser:
    """A page that goes from address to address."""

    def __init__(self, into: int, out: int) -> None:
        self._into = into
        self._out = out
        self._received = b""
        self._last = 0
        self._session = ""
        self._visit = Visit()
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")

    def open(self, address: str) -> Visit:
        """Load a page and wait until it says that it is loaded."""
        self._visit = Visit()
        answer = self._call("Page.navigate", url=address)
        if "errorText" in answer:
            raise BrowserError(f"{address}: {answer['errorText']}")
        self._until("Page.loadEventFired")
        return self._visit

    def ask(self, script: str) -> Any:
        """What an expression of JavaScript gives; a promise is waited for."""
        answer = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(json.dumps(answer["exceptionDetails"])[:500])
        return answer["result"].get("value")

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._into, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error'].get('message')}")
                result: dict[str, Any] = answer["result"]
                return result

    def _until(self, event: str) -> None:
        while self._next().get("method") != event:
            pass

    def _next(self) -> dict[str, Any]:
        """The next message; events are noted on the way."""
        deadline = time.monotonic() + SECONDS
        while b"\0" not in self._received:
            if not select.select([self._out], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise BrowserError("Chromium does not answer")
            got = os.read(self._out, 1 << 16)
            if not got:
                raise BrowserError("Chromium has gone")
            self._received += got
        text, self._received = self._received.split(b"\0", 1)
        message: dict[str, Any] = json.loads(text)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, method: str, told: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            details = told["exceptionDetails"]
            self._visit.errors.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Runtime.consoleAPICalled" and told["type"] in ("error", "assert"):
            self._visit.errors.append(" ".join(str(each.get("value", "")) for each in told["args"]))
        elif method == "Log.entryAdded" and told["entry"]["level"] == "error":
            self._visit.errors.append(f"{told['entry']['text']} {told['entry'].get('url', '')}".strip())
        elif method == "Network.requestWillBeSent":
            self._visit.requests.append(told["request"]["url"])
        elif method == "Network.responseReceived" and told["response"]["status"] >= 400:
            self._visit.refused.append(told["response"]["url"])


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser, closed at the end."""
    their_in, into = os.pipe()
    out, their_out = os.pipe()
    # Chromium reads descriptor 3 and writes 4; ours must not be those already.
    given = [fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in (their_in, their_out)]
    os.close(their_in)
    os.close(their_out)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        options += ["--disable-background-networking", "--disable-component-update", "--disable-extensions"]
        command = [program(), *options, "--remote-debugging-pipe", f"--user-data-dir={profile}"]
        running = subprocess.Popen(
            [sys.executable, "-c", _WITH_PIPES, *map(str, given), *command],
            pass_fds=given,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for each in given:
            os.close(each)
        try:
            yield Browser(into, out)
        finally:
            os.close(into)  # a browser whose pipe is closed leaves
            os.close(out)
            try:
                running.wait(timeout=10)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()
