"""The process that evaluates jq: ``python -m resync.jq_worker``, see ``resync.jq``.

It reads requests from standard input and answers each on standard output, in frames of JSON.
"""

from __future__ import annotations

import math
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any

import msgspec

from resync.exact_jq import evaluate

LENGTH_BYTES = 8
MEMORY_BYTES = 4 * 2**30
"""An expression that would need more ends this process, not the integration."""

SECONDS_PER_BYTE = 1 / 2**20
REASON_CHARACTERS = 20_000
"""Enough that no secret which begins in the part that is shown is cut before it is masked."""


class Request(msgspec.Struct):
    """Evaluates each of ``programs`` for each of ``values``. All of it may take ``seconds`` and
    one more for each MiB; outputs that still come after half of that are an error."""

    programs: Sequence[str]
    values: Sequence[Any]
    seconds: float


class Reply(msgspec.Struct):
    """The outputs, by value and program; or the first error and the place of its value."""

    outputs: list[list[list[Any]]] = []
    error: str | None = None
    place: int = 0


def longest(seconds: float, size: int) -> float:
    """How long, in seconds, may be taken for ``size`` bytes: a second more for each MiB."""
    return seconds + size * SECONDS_PER_BYTE


def framed(content: bytes) -> bytes:
    """``content`` with its length before it."""
    return len(content).to_bytes(LENGTH_BYTES, "big") + content


def reason(error: Exception) -> str:
    """Why an expression failed, in jq's words: it may quote a whole answer, secrets and all."""
    if isinstance(error, RecursionError):
        return "what it gives is nested too deeply"
    return str(error).strip()[:REASON_CHARACTERS] or "it cannot be evaluated"


def answer(request: Request, size: int) -> Reply:
    """What a request of ``size`` bytes is answered with."""
    reply = Reply()
    seconds = longest(request.seconds, size) / 2
    for place, value in enumerate(request.values):
        try:
            reply.outputs.append(
                [evaluate(program, value, seconds) for program in request.programs]
            )
        except (ValueError, RecursionError) as error:
            return Reply(error=reason(error), place=place)
    return reply


def limit_memory() -> None:
    """Lets this process have ``MEMORY_BYTES``, where the system can hold it to that, and leave no
    image of its memory behind."""
    for what, limit in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CORE, 0)):
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (limit, limit))


def limit_processor(seconds: float) -> None:
    """Ends this process, where the system can, if it has not come to an end after so many more
    seconds of the processor: whoever would end it may be gone."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(usage.ru_utime + usage.ru_stime + seconds) + 1
    with suppress(OSError, ValueError):
        _, highest = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, highest))


def serve(source: IO[bytes], target: IO[bytes]) -> None:
    """Answers requests until there are no more."""
    while head := source.read(LENGTH_BYTES):
        content = source.read(int.from_bytes(head, "big"))
        request = msgspec.json.decode(content, type=Request)
        limit_processor(longest(request.seconds, len(content)))
        reply = answer(request, len(content))
        target.write(framed(msgspec.json.encode(reply)))
        target.flush()


if __name__ == "__main__":
    limit_memory()
    serve(sys.stdin.buffer, sys.stdout.buffer)
