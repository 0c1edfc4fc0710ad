"""Expressions of users, evaluated where they can be ended."""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from port_ocean.context.ocean import ocean

from resync.jq import Jq, JqError, end, start_process
from resync.jq_worker import Request, framed


@pytest.fixture
async def jq() -> AsyncIterator[Jq]:
    made = Jq(bytes.decode)
    yield made
    await made.aclose()


def children() -> list[int]:
    """The processes that this one has started and that still run."""
    me = str(os.getpid())
    found = []
    for folder in Path("/proc").iterdir():
        # Other processes of this machine come and go meanwhile.
        with suppress(FileNotFoundError, ProcessLookupError):
            if folder.name.isdecimal():
                stat = (folder / "stat").read_text().rpartition(")")[2].split()
                if stat[1] == me and stat[0] != "Z":
                    found.append(int(folder.name))
    return found


def environment(process: int) -> str:
    return Path(f"/proc/{process}/environ").read_text()


async def test_all_outputs_of_each_expression_for_each_value(jq: Jq) -> None:
    found = await jq.evaluate([".a", ".a + 1", "(.a, .b)"], [{"a": 1}, {"a": 2, "b": "x"}])
    assert found == [[[1], [2], [1, None]], [[2], [3], [2, "x"]]]


async def test_plain_paths_answer_as_jq_does(jq: Jq) -> None:
    values = [None, {}, {"a": None}, {"a": {"b": [1]}}, {"a": {"b": False}}]
    plain = await jq.evaluate([".a.b"], values)
    assert plain == await jq.evaluate([".a.b | ."], values)
    for wrong in ("text", 5, True, [1]):
        errors = []
        for expression in (".a", ".a | ."):
            with pytest.raises(JqError) as caught:
                await jq.evaluate([expression], [{"a": 1}, wrong])
            errors.append((str(caught.value), caught.value.place))
        assert errors[0] == errors[1]
        assert errors[0][1] == 1


@pytest.mark.parametrize(
    ("expression", "seconds", "told"),
    [
        ("last(repeat(.))", 0.5, "'last(repeat(.))' did not end within"),
        ("def f: f; f", 0.5, "did not end within"),
        # It stops itself at half of that, once its process has started.
        (".a | repeat(.)", 6.0, "it still gave outputs after"),
        (".a.b.c + 1", 6.0, "Cannot index number"),
    ],
)
async def test_what_does_not_end_is_ended_and_the_next_is_answered(
    jq: Jq, monkeypatch: pytest.MonkeyPatch, expression: str, seconds: float, told: str
) -> None:
    monkeypatch.setattr("resync.jq.LONGEST_SECONDS", seconds)
    with pytest.raises(JqError) as caught:
        await jq.evaluate([expression], [{"a": 1}])
    assert told in str(caught.value)
    monkeypatch.undo()
    assert await jq.evaluate([".a + 1"], [{"a": 1}]) == [[[2]]]


async def test_meanwhile_everything_else_goes_on(jq: Jq, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resync.jq.LONGEST_SECONDS", 0.5)
    endless = asyncio.create_task(jq.evaluate(["def f: f; f"], [1]))
    for number in range(5):
        assert await jq.evaluate([". + 1"], [number]) == [[[number + 1]]]
    assert not endless.done()
    with pytest.raises(JqError):
        await endless


async def test_a_process_that_died_is_replaced(jq: Jq) -> None:
    await jq.evaluate([". + 1"], [1])
    for process in children():
        os.kill(process, 9)
    await asyncio.sleep(0.2)
    assert await jq.evaluate([". + 1"], [2]) == [[[3]]]


async def test_one_that_dies_at_work_is_an_error(jq: Jq, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = asyncio.create_task(jq.evaluate(["def f: f; f"], [1]))
    while not children():
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)
    for process in children():
        os.kill(process, 9)
    with pytest.raises(JqError, match="too much memory"):
        await endless


async def test_one_that_needs_too_much_memory_is_an_error(
    jq: Jq, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is lowered from outside: filling gigabytes takes a while."""
    await jq.evaluate([". + 1"], [1])
    for process in children():
        resource.prlimit(process, resource.RLIMIT_AS, (300 * 2**20, 300 * 2**20))
    with pytest.raises(JqError, match="too much memory"):
        await jq.evaluate(['[range(1e9) | "x" * 100000]'], [1])
    assert await jq.evaluate([". + 1"], [2]) == [[[3]]]


async def test_processes_end_when_nobody_waits_for_them(jq: Jq) -> None:
    await jq.evaluate([". + 1"], [1])
    waiting = asyncio.create_task(jq.evaluate(["def f: f; f"], [1]))
    await asyncio.sleep(0.3)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await jq.aclose()
    assert not children()


async def test_one_that_has_much_to_say_is_ended_too() -> None:
    """What it has said is more than is read ahead."""
    worker = await start_process("resync.jq_worker")
    assert worker.stdin is not None
    request = msgspec.json.encode(Request(["[range(1e6)]"], [1], 60))
    worker.stdin.write(framed(request))
    async with asyncio.timeout(60):
        while not worker.stdout or not worker.stdout._buffer:  # type: ignore[attr-defined]
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
        await end(worker)
    assert worker.returncode == -9
    assert not children()


async def test_expressions_see_the_environment_only_if_ocean_says_so(
    jq: Jq, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANTED", "planted-secret")
    expression = "env.PLANTED // $ENV.PLANTED"
    assert await jq.evaluate([expression], [1]) == [[["planted-secret"]]]
    await jq.aclose()
    monkeypatch.setattr(ocean.config, "allow_environment_variables_jq_access", False)
    assert await jq.evaluate([f"[{expression}]"], [1]) == [[[[None]]]]
    assert not [process for process in children() if "planted" in environment(process)]
