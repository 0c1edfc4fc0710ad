"""The process that evaluates jq: what it answers, and how it ends."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.sail import ROOT
from resync.jq_worker import (
    LENGTH_BYTES,
    MEMORY_BYTES,
    Reply,
    Request,
    answer,
    framed,
    longest,
    serve,
)


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "resync.jq_worker"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield process
        process.kill()


def request(program: str, *values: Any, seconds: float = 5.0) -> bytes:
    return framed(msgspec.json.encode(Request([program], values, seconds)))


def ask(worker: subprocess.Popen[bytes], content: bytes) -> None:
    assert worker.stdin is not None
    worker.stdin.write(content)
    worker.stdin.flush()


def replies(source: Any, count: int) -> list[Reply]:
    return [
        msgspec.json.decode(
            source.read(int.from_bytes(source.read(LENGTH_BYTES), "big")), type=Reply
        )
        for _ in range(count)
    ]


def limits(process: int) -> dict[str, str]:
    """By resource: the soft limit."""
    lines = Path(f"/proc/{process}/limits").read_text().splitlines()[1:]
    return {line[:26].strip(): line[26:].split()[0] for line in lines}


def test_requests_are_answered_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []
    monkeypatch.setattr("resync.jq_worker.limit_processor", given.append)
    target = io.BytesIO()
    large = "x" * 2**20
    asked = request(".a", {"a": 1}, {"a": None}) + request(".", large) + request(".[]", 1)
    serve(io.BytesIO(asked), target)
    target.seek(0)
    first, second, third = replies(target, 3)
    assert first == Reply([[[1]], [[None]]])
    assert second.outputs == [[[large]]]
    assert third.error is not None
    assert target.read() == b""
    # A second more for each MiB.
    assert given == pytest.approx([5, 6, 5], abs=0.01)


def test_a_reply_names_the_value_that_failed() -> None:
    reply = answer(Request([".a", ".b.c"], [{"a": 1}, {"b": 1}, {"b": 2}], 5), 0)
    assert (reply.outputs, reply.place) == ([], 1)
    assert reply.error is not None and "Cannot index number" in reply.error


@pytest.mark.parametrize(("seconds", "size"), [(0.4, 0), (0, int(0.4 * 2**20))])
def test_outputs_may_come_for_half_of_the_time(seconds: float, size: int) -> None:
    began = time.monotonic()
    reply = answer(Request(["repeat(.)"], [1], seconds), size)
    assert reply.error is not None and "it still gave outputs" in reply.error
    assert 0.2 <= time.monotonic() - began < 0.4


def test_what_is_nested_too_deeply_and_what_says_too_much_is_an_error() -> None:
    reply = answer(Request(["reduce range(5000) as $i (1; [.])"], [2, 1], 5), 0)
    assert (reply.error, reply.place) == ("what it gives is nested too deeply", 0)
    reply = answer(Request(["error"], ["x" * 10**6], 5), 0)
    assert reply.error is not None and 1000 < len(reply.error) < 10**5


def test_the_time_grows_with_what_there_is_to_read() -> None:
    assert longest(10, 0) == 10
    assert longest(10, 3 * 2**20) == 13


def test_its_memory_is_limited_and_it_leaves_no_image_of_it(
    worker: subprocess.Popen[bytes],
) -> None:
    ask(worker, request(".a", {"a": 1}))
    assert replies(worker.stdout, 1) == [Reply([[[1]]])]
    found = limits(worker.pid)
    assert found["Max address space"] == str(MEMORY_BYTES)
    assert found["Max core file size"] == "0"


def test_an_expression_without_end_ends_although_nobody_ends_it(
    worker: subprocess.Popen[bytes],
) -> None:
    """Whoever started it may have been killed meanwhile."""
    for number in (1, 2):
        ask(worker, request(". + 1", number, seconds=0.1))
        assert replies(worker.stdout, 1) == [Reply([[[number + 1]]])]
    ask(worker, request("def f: f; f", 1, seconds=0.1))
    assert worker.wait(timeout=60) == -signal.SIGXCPU


def test_it_ends_with_its_input(worker: subprocess.Popen[bytes]) -> None:
    worker.communicate(timeout=60)
    assert worker.returncode == 0
