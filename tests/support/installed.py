"""Third-party servers from PyPI and npm, each in a folder of its own, installed once.

What is in a folder is pinned as a whole by a file of ``tests/real/locks`` (PyPI), or by a folder of
it (npm). Where packages come from is for pip's and npm's own configuration to say.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.sail import ROOT

FOLDER = ROOT / ".real"
LOCKS = ROOT / "tests" / "real" / "locks"
INSTALL_SECONDS = 300.0
TOLD = 600
"""Characters of a failed installation's output that are told."""


class NotInstalled(Exception):
    """A server cannot be installed here; its text says why."""


def installed(name: str) -> Path:
    """The folder of the server ``name`` (such as ``kinto-26.5.0``), installed if it is not there.

    Several processes may ask at once: one installs, the others wait. Raises ``NotInstalled``.
    """
    folder, failed = FOLDER / name, FOLDER / f"{name}.failed"
    with _alone(FOLDER / f"{name}.lock"):
        digest = _digest(name)
        ready = folder / ".ready"
        if ready.is_file() and ready.read_text() == digest:
            return folder
        if failed.is_file() and failed.read_text().startswith(_run_of_tests()):
            raise NotInstalled(failed.read_text().partition("\n")[2])
        shutil.rmtree(folder, ignore_errors=True)
        try:
            _install(name, folder)
        except NotInstalled as error:
            failed.write_text(f"{_run_of_tests()}\n{error}")
            raise
        ready.write_text(digest)
        return folder


def command(name: str, program: str) -> list[str]:
    """What runs ``program`` of the server ``name``. Raises ``NotInstalled``."""
    folder = installed(name)
    return [str(folder / ("node_modules/.bin" if _is_npm(name) else "bin") / program)]


def _install(name: str, folder: Path) -> None:
    if _is_npm(name):
        npm = shutil.which("npm")
        if npm is None or shutil.which("node") is None:
            raise NotInstalled("there is no npm, or no node, on PATH")
        shutil.copytree(LOCKS / name, folder)
        _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
        return
    lock = LOCKS / f"{name}.txt"
    _run([sys.executable, "-m", "venv", str(folder)], ROOT)
    # Not compiled: most of it is never imported, and what is is compiled then.
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-compile"]
    _run([*pip, "--no-deps", "--only-binary", ":all:", "--requirement", str(lock)], ROOT)


def _run(arguments: list[str], folder: Path) -> None:
    """Runs one step of an installation. Raises ``NotInstalled`` if it fails or takes too long."""
    process = subprocess.Popen(
        arguments,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        raise NotInstalled(f"{_step(arguments)} took over {INSTALL_SECONDS:.0f} s") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode:
        told = " ".join(output.split())[-TOLD:]
        raise NotInstalled(f"{_step(arguments)} ended with {process.returncode}: {told}")


def _step(arguments: list[str]) -> str:
    return " ".join([Path(arguments[0]).name, *arguments[1:4]])


def _is_npm(name: str) -> bool:
    return (LOCKS / name).is_dir()


def _digest(name: str) -> str:
    """What is installed, for which interpreter."""
    files = sorted((LOCKS / name).iterdir()) if _is_npm(name) else [LOCKS / f"{name}.txt"]
    parts = [str(FOLDER), sys.version, *(path.read_text(encoding="utf-8") for path in files)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _run_of_tests() -> str:
    """The same in all processes of one run of the tests: what failed once is not tried again."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID", f"process {os.getpid()}")


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
