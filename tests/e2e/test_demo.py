"""``make demo`` does what it promises, and stops what it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-m", "cli.demo"]


def test_all_acts_go_as_they_should() -> None:
    done = subprocess.run(
        COMMAND, cwd=ROOT, capture_output=True, text=True, timeout=150, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for told in (
        "/deployments             │ bearer_token │ offset     │ 40",
        "4,000 before, 3,600 after",
        "3,600 before, 3,600 after",
        "answered 500 Internal",
        "All four acts went as they should",
    ):
        assert told in done.stdout
    assert done.stderr == ""


def test_a_demo_that_is_stopped_leaves_nothing_running() -> None:
    demo = subprocess.Popen(
        COMMAND, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert demo.stdout is not None
    while "ocean sail" not in demo.stdout.readline():
        pass
    time.sleep(1)
    children = _children(demo.pid)
    assert children
    demo.send_signal(signal.SIGTERM)
    assert demo.wait(timeout=20) == 128 + signal.SIGTERM
    demo.stdout.close()
    assert [pid for pid in children if _runs(pid)] == []


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in found.split()]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
