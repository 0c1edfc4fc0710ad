"""A server that a test has started ends with the test, even if that is killed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import httpx

from cli.sail import ROOT

SECONDS = 20.0
TEST = """
import pathlib, sys, time
from tests.support.real_server import running
command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1"]
with running(lambda port: [*command, str(port)], pathlib.Path(sys.argv[1])) as server:
    print(server.url, flush=True)
    time.sleep(600)
"""


def test_a_server_does_not_outlive_a_test_that_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", TEST, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as test:
        try:
            assert test.stdout is not None
            url = test.stdout.readline().strip()
            assert httpx.get(url).status_code == 200
        finally:
            test.kill()
    deadline = time.monotonic() + SECONDS
    while answers(url):
        assert time.monotonic() < deadline, "the server is still there"
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        httpx.get(url)
    except httpx.TransportError:
        return False
    return True
