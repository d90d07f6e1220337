"""Somebody's code in a process of its own: whatever it does is told as theirs, and nothing hangs or stays."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytestmark = [
    pytest.mark.torch,
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here"),
]

import ncd_tikz  # noqa: E402
from ncd_tikz.diagram import loads  # noqa: E402
from ncd_tikz.equivalence import Report, Verdict  # noqa: E402
from ncd_tikz.equivalence.isolation import kept, system  # noqa: E402
from ncd_tikz.equivalence.isolation.jobs import Job, Limits, Pool, run_checks  # noqa: E402

SPEC = """\
ncd: 1
name: sums
axes: {x: 4, m: 6}
inputs: {a: x m, b: m}
steps:
  - {op: add, in: [a, b], out: c}
outputs: c
check:
"""
RETURN = "    return a + b[..., None, :]\n"
LIMITS = Limits(6.0, 500 << 20)


def importing(line: str) -> str:
    """Does that while it is imported, in line 2."""
    return (
        f"import ctypes, os, signal, subprocess, sys, time, torch, warnings\n{line}\ndef f(a, b):\n{RETURN}"
    )


def calling(line: str) -> str:
    """Does that while it is called, in line 3."""
    return f"import ctypes, os, signal, subprocess, sys, time, torch\ndef f(a, b):\n    {line}\n{RETURN}"


# name -> code, rule of the finding, words of the verdict
BAD = {
    "exits": (importing("sys.exit(3)"), "exits", "calls exit(3) while it was imported (m_exits.py:2)"),
    "leaves": (calling("exit('bye')"), "exits", "calls exit('bye') while it was called (m_leaves.py:3)"),
    "os_exit": (calling("os._exit(0)"), "exits", "ended its process with exit code 0 while it was called"),
    "segfault": (calling("ctypes.string_at(0)"), "crash", "segmentation fault (SIGSEGV) while it was called"),
    "aborts": (importing("os.abort()"), "crash", "(SIGABRT) while it was imported (m_aborts.py:2)"),
    "killed": (calling("os.kill(os.getpid(), 9)"), "crash", "was killed, as the system does"),
    "loops": (calling("while True: pass"), "timeout", "after 6 s while it was called (m_loops.py:3)"),
    "sleeps": (importing("time.sleep(1e6)"), "timeout", "while it was imported (m_sleeps.py:2)"),
    "counts_in_c": (calling("sum(range(10**15))"), "timeout", "m_counts_in_c.py:3"),
    "floods": (calling("while True: print('x' * 999)"), "timeout", "bytes more)"),
    "stops": (calling("os.kill(os.getpid(), signal.SIGSTOP)"), "timeout", "not ended after 6 s"),
    "takes_a_list": (calling("[0] * 10**9"), "memory", "MemoryError"),
    "takes_a_tensor": (calling("torch.ones(10**9)"), "memory", "can't allocate memory"),
    "takes_more": (
        calling("x = []\n    while True: x.append(torch.empty(10**7))"), "memory", "m_takes_more.py:4",
    ),
    "takes_in_a_child": (
        calling("subprocess.run([sys.executable, '-c', 'x = bytearray(9 * 10**8); input()'], stdin=-1)"),
        "", "",
    ),
    "interrupts": (calling("raise KeyboardInterrupt"), "crash", "raises KeyboardInterrupt while it"),
    "raises_a_base": (calling("raise BaseException('no')"), "crash", "raises BaseException"),
    "closes_all": (calling("os.closerange(0, 4096)"), "crash", "their code closed the pipe of the check"),
    "writes_garbage": (
        calling("for i in range(3, 64):\n        try: os.write(i, b'?' * 99)\n        except OSError: pass"),
        "crash", "wrote into the pipe of the check",
    ),
    "kills_its_group": (calling("os.killpg(os.getpgid(0), 15)"), "crash", "(SIGTERM)"),
    "kills_its_parent": (calling("os.kill(os.getppid(), 9)"), "crash", "the process that watches their code"),
    "asks": (calling("input()"), "call-fails", "EOFError"),
    "forgets_its_path": (importing("sys.path.clear(); import nothing_there"), "import-fails", ""),
    "gradients_off": (importing("torch.set_grad_enabled(False)"), "", "torch keeps gradients to False"),
}  # fmt: skip
# name -> code, words of the verdict; all are the same function
GOOD = {
    "prints": (importing("print('hello')"), "their code printed: hello"),
    "prints_in_c": (importing("os.system('echo from a shell')"), "their code printed: from a shell"),
    "warns": (importing("warnings.warn('too old')"), "UserWarning: too old"),
    "colours": (importing("print('\\x1b[31mred\\x1b[0m 10%\\r20%')"), "their code printed: 20%"),
    "threads": (importing("import threading; threading.Thread(target=time.sleep, args=(1e6,)).start()"), ""),
    "spawns": (importing("subprocess.Popen(['sleep', '1000'])"), "it left a process running"),
    "spawns_a_daemon": (importing("subprocess.Popen(['sleep', '1000'], start_new_session=True)"), ""),
    "forks": (calling("os.fork()"), ""),
    "moves": (importing("os.chdir('/')"), "it sets the working directory to /"),
    "seeds": (calling("torch.manual_seed(5)"), ""),
    "doubles": (
        importing("torch.set_default_dtype(torch.float64)"),
        "torch's default dtype to torch.float64",
    ),
    "goes_elsewhere": (importing("torch.set_default_device('meta')"), "torch's default device to meta"),
    "many_threads": (importing("torch.set_num_threads(4)"), ""),
    "ignores_signals": (importing("[signal.signal(s, signal.SIG_IGN) for s in (2, 10, 15)]"), ""),
    "closes_output": (importing("os.close(1)"), ""),
    "loses_output": (importing("sys.stdout = sys.stderr = None"), ""),
    "never_leaves": (importing("import atexit; atexit.register(time.sleep, 1e6); os._exit = time.sleep"), ""),
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Report]]:
    """All of them, two at a time, in one server."""
    folder = tmp_path_factory.mktemp("theirs")
    jobs = []
    for name, (code, *_) in {**BAD, **GOOD}.items():
        (folder / f"m_{name}.py").write_text(code)
        entry = f"  - against: 'm_{name}:f'\n    batch: 1\n"
        jobs.append(Job(loads(SPEC + entry, f"{name}.yaml"), draws=2, limits=LIMITS))
    before, here = set(system.children(os.getpid())), Path.cwd()
    os.chdir(folder)
    try:
        yield dict(zip([*BAD, *GOOD], run_checks(jobs, parallel=2), strict=True))
    finally:
        os.chdir(here)
    assert set(system.children(os.getpid())) <= before


def told(report: Report) -> Verdict:
    """The verdict on their module; that on the generated one is not lost."""
    own, theirs = report.verdicts
    assert own.ok, own.text()
    return theirs


@pytest.mark.parametrize("name", BAD)
def test_what_goes_wrong_is_theirs(reports: dict[str, Report], name: str) -> None:
    _, rule, words = BAD[name]
    verdict = told(reports[name])
    if rule:
        assert not verdict.ok
        assert [finding.rule for finding in verdict.findings][:1] == [rule], verdict.text()
        assert verdict.state == "not compared"
        assert re.search(rf"{name}.yaml:(9|6):5", verdict.text())
    assert words in verdict.text()
    assert verdict.missing is ("while it was imported" in verdict.text() or rule == "import-fails")


@pytest.mark.parametrize("name", GOOD)
def test_what_is_odd_and_right_is_the_same_function(reports: dict[str, Report], name: str) -> None:
    verdict = told(reports[name])
    assert verdict.ok, verdict.text()
    assert GOOD[name][1] in verdict.text()


def test_nothing_is_left_running(reports: dict[str, Report]) -> None:
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=False).stdout
    assert "sleep 1000" not in found.splitlines()


def module(folder: Path, code: str = f"def f(a, b):\n{RETURN}") -> Path:
    (folder / "theirs.py").write_text(code)
    path = folder / "sums.yaml"
    path.write_text(SPEC + "  - against: theirs:f\n")
    return path


def command(folder: Path, *arguments: str, flags: tuple[str, ...] = (), **options: object) -> tuple[int, str]:
    made = subprocess.run(
        [sys.executable, *flags, "-m", "ncd_tikz", "check", *arguments],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=300,
        **{"env": {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, **options},  # type: ignore[arg-type]
    )  # fmt: skip
    return made.returncode, made.stdout


@pytest.mark.parametrize("closed", [0, 1, 2])
def test_closed_standard_streams(tmp_path: Path, closed: int) -> None:
    module(tmp_path)
    code, text = command(tmp_path, "sums.yaml", preexec_fn=lambda: os.close(closed))
    assert code == 0 or closed == 1, text


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    module(tmp_path)
    tmp_path.chmod(0o555)
    try:
        code, text = command(tmp_path, "sums.yaml", flags=("-I", "-B") if sys.flags.isolated else ("-B",))
    finally:
        tmp_path.chmod(0o755)
    assert code == 0, text
    assert not list(tmp_path.glob("__pycache__"))


def test_without_site_packages_of_its_own(tmp_path: Path) -> None:
    module(tmp_path)
    code, text = command(tmp_path, "sums.yaml", flags=("-S",))
    assert code == 0, text


def test_exit_codes_and_options(tmp_path: Path) -> None:
    module(tmp_path, importing("sys.exit(3)"))
    code, text = command(tmp_path, "sums.yaml")
    assert code == 2 and "calls exit(3) while it was imported" in text
    module(tmp_path, calling("while True: pass"))
    code, text = command(tmp_path, "sums.yaml", "--timeout", "5", "--jobs", "1")
    assert code == 1 and "--timeout 10" in text
    code, text = command(tmp_path, "sums.yaml", "--memory", "much")
    assert code == 2 and "write 500MB or 4GiB" in text


def test_without_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = module(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "theirs", raising=False)
    (report,) = run_checks([Job(loads(path.read_text()))], isolated=False)
    del sys.modules["theirs"]
    assert report.ok


def test_a_pool_serves_many_calls_and_sees_what_is_edited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = module(tmp_path)
    monkeypatch.chdir(tmp_path)
    job = Job(loads(path.read_text()), draws=1)
    with Pool(1) as pool:
        assert [report.ok for report in run_checks([job], pool=pool)] == [True]
        module(tmp_path, "def f(a, b):\n    return a - b[..., None, :]  # longer than before\n")
        (report,) = run_checks(
            [
                job,
            ],
            pool=pool,
        )
        assert [verdict.state for verdict in report.verdicts] == ["same", "differs"]
    assert pool._server is None


def test_checks_from_python_share_what_takes_long_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other; and start it again where it has ended, after a time without any."""
    monkeypatch.setattr(kept, "_kept", {})
    monkeypatch.setattr(kept, "IDLE", 4.0)
    diagram = loads(module(tmp_path).read_text())
    monkeypatch.chdir(tmp_path)
    assert ncd_tikz.check(diagram, draws=1).ok
    (pool,) = kept._kept.values()
    first = pool._server
    assert first is not None
    module(tmp_path, "def f(a, b):\n    return a - b[..., None, :]  # longer than before\n")
    assert not ncd_tikz.check(diagram, draws=1).ok
    assert pool._server is first
    assert first.wait(60) == 0  # as it has been idle
    with kept.kept_pool() as mine, kept.kept_pool() as other:  # as of two threads
        assert mine is pool
        assert other is not pool
        assert not ncd_tikz.check(diagram, draws=1).ok
    module(tmp_path)
    assert ncd_tikz.check(diagram, draws=1).ok
    assert pool._server is not first
    pool.close()


def test_an_interrupt_ends_everything(tmp_path: Path) -> None:
    import signal
    import time

    module(tmp_path, importing("open('begun', 'w').close(); time.sleep(1000)"))
    program = subprocess.Popen(
        [sys.executable, "-m", "ncd_tikz", "check", "sums.yaml"], cwd=tmp_path, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, text=True,
    )  # fmt: skip
    while not (tmp_path / "begun").exists() and program.poll() is None:
        time.sleep(0.1)
    family = system.family(program.pid)
    program.send_signal(signal.SIGINT)
    _, text = program.communicate(timeout=60)
    assert program.returncode == 130
    assert "interrupted" in text
    assert len(family) == 4
    assert not any(Path(f"/proc/{each}").exists() for each in family)
