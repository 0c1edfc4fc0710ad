"""jq expressions of the mapping, evaluated by Ocean's rules but never swallowing an error.

jq cannot be interrupted and holds the interpreter while it runs, so expressions are evaluated in
processes of their own, which can be ended. Plain paths (``.a.b``) need none.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor

from resync.jq_worker import LENGTH_BYTES, Reply, Request, framed, longest

ROOT = Path(__file__).resolve().parent.parent
PLAIN_PATH = re.compile(r"\.[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
"""``.a.b``: what can be walked without jq."""

LONGEST_SECONDS = 10.0
"""How long a request may take: this, and a second more for each MiB."""

WORKERS = 2


class JqError(ValueError):
    """An expression failed; ``place`` is that of the value among those it was evaluated for."""

    def __init__(self, message: str, place: int = 0) -> None:
        self.place = place
        super().__init__(message)


def compile_expression(expression: str) -> Any:
    """The compiled program, cached by Ocean's processor. Raises ``ValueError`` for wrong jq."""
    processor = ocean.integration.entity_processor
    assert isinstance(processor, JQEntityProcessor)
    return processor._compile(expression)


class Jq:
    """Evaluates expressions in up to ``WORKERS`` processes, which are started when needed.

    jq's errors may quote a whole answer: ``excerpt`` makes them short, and masks their secrets.
    """

    def __init__(self, excerpt: Callable[[bytes], str]) -> None:
        self._excerpt = excerpt
        self._free = asyncio.Semaphore(WORKERS)
        self._idle: list[asyncio.subprocess.Process] = []

    async def evaluate(
        self, expressions: Sequence[str], values: Sequence[Any]
    ) -> list[list[list[Any]]]:
        """By value and expression: all outputs; whole numbers keep their exact value.

        Raises ``JqError`` for the first value for which jq reports an error, or does not come to
        an end in time.
        """
        if all(PLAIN_PATH.fullmatch(expression) for expression in expressions):
            return [
                [[_walked(value, expression, place)] for expression in expressions]
                for place, value in enumerate(values)
            ]
        if not values:
            return []
        programs = [compile_expression(expression).program_string for expression in expressions]
        try:
            content = msgspec.json.encode(Request(programs, values, LONGEST_SECONDS))
        except RecursionError:
            raise JqError(f"{told(expressions)} is given what is nested too deeply") from None
        async with self._free:
            reply = await self._exchange(content, expressions)
        if reply.error is not None:
            raise JqError(self._excerpt(reply.error.encode()), reply.place)
        return reply.outputs

    async def aclose(self) -> None:
        """Ends the processes that are idle; one at work ends with its caller."""
        while self._idle:
            worker = self._idle.pop()
            await end(worker)

    async def _worker(self) -> asyncio.subprocess.Process:
        while self._idle:
            worker = self._idle.pop()
            if worker.returncode is None:
                return worker
        return await start_process("resync.jq_worker")

    async def _exchange(self, content: bytes, expressions: Sequence[str]) -> Reply:
        worker = await self._worker()
        seconds = longest(LONGEST_SECONDS, len(content))
        try:
            async with asyncio.timeout(seconds):
                found = await _asked(worker, content)
        except TimeoutError:
            await end(worker)
            raise JqError(f"{told(expressions)} did not end within {seconds:.0f} s") from None
        except (EOFError, OSError):
            await end(worker)
            raise JqError(f"{told(expressions)} needs too much memory, or broke jq") from None
        except BaseException:
            await end(worker)
            raise
        self._idle.append(worker)
        return found


def told(expressions: Sequence[str]) -> str:
    """How a message names what was evaluated."""
    return " or ".join(map(repr, expressions))


async def start_process(module: str, *arguments: str, **streams: Any) -> asyncio.subprocess.Process:
    """Starts a Python module of this project, without the environment's secrets unless Ocean lets
    expressions see them."""
    kept = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    if ocean.config.allow_environment_variables_jq_access:
        environment = dict(os.environ)
    pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        cwd=ROOT,
        env=environment,
        stderr=asyncio.subprocess.DEVNULL,
        **{**pipes, **streams},
    )


async def end(process: asyncio.subprocess.Process) -> None:
    """Ends a process at once, and returns when it is gone; what it still had to say is lost."""
    with suppress(ProcessLookupError):
        process.kill()
    if process.stdin is not None:
        process.stdin.close()
    if process.stdout is not None:
        # asyncio counts a process as gone once its streams have ended, so somebody must read them.
        while await process.stdout.read(2**16):
            pass
    await process.wait()


async def _asked(worker: asyncio.subprocess.Process, content: bytes) -> Reply:
    assert worker.stdin is not None and worker.stdout is not None
    worker.stdin.write(framed(content))
    await worker.stdin.drain()
    head = await worker.stdout.readexactly(LENGTH_BYTES)
    reply = await worker.stdout.readexactly(int.from_bytes(head, "big"))
    return msgspec.json.decode(reply, type=Reply)


def _walked(value: Any, path: str, place: int) -> Any:
    """What jq answers for a plain path."""
    for key in path[1:].split("."):
        if value is None:
            return None
        if not isinstance(value, dict):
            raise JqError(f'Cannot index {_kind(value)} with string ("{key}")', place)
        value = value.get(key)
    return value


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "array"
