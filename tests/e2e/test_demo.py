"""``make demo`` does what it promises, and stops what it started."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-m", "cli.demo"]


def test_all_acts_go_as_they_should() -> None:
    done = subprocess.run(
        COMMAND, cwd=ROOT, capture_output=True, text=True, timeout=150, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    first = done.stdout[: done.stdout.index("Act 1")]
    assert re.search(r"can be watched at http://127\.0\.0\.1:\d+/\n", first)
    for told in (
        "/deployments             │ bearer_token │ offset     │ 41",
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


def test_the_page_is_kept_until_the_demo_is_stopped() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        demo = subprocess.Popen(
            [*COMMAND, "--serve", "--acts", "1", "--port", str(port)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            assert demo.stdout is not None
            output = ""
            while "is kept at" not in output:
                line = demo.stdout.readline()
                assert line, output
                output += line
            assert f"Port {port} cannot be used" in output
            (url,) = re.findall(r"is kept at (\S+)/ until Ctrl-C", output)
            assert httpx.get(url).headers["content-type"].startswith("text/html")
            state = httpx.get(f"{url}/sandbox/state").json()
            platform = state["resyncs"][-1]
            assert platform["integration"] == "demo-platform"
            told = [(one["kind"], one["items"], one["requests"]) for one in platform["kinds"]]
            assert told[0] == ("/teams", 40, 2)
            assert told[2] == ("/deployments", 4000, 41)
        finally:
            demo.send_signal(signal.SIGTERM)
            assert demo.wait(timeout=20) == 0
            assert demo.stdout is not None
            demo.stdout.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in found.split()]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
