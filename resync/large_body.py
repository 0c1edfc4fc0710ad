"""A body too large to be taken apart in between: a process of its own does it, so that neither its
size nor an expression holds up what else the integration does."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Any

import msgspec

from client.body import room_needed
from errors import ResponseError
from records import Records
from resync.jq import LONGEST_SECONDS, compile_expression, end, start_process
from resync.jq_worker import longest
from resync.large_worker import Order, Summary

MODULE = "resync.large_worker"


@dataclass(frozen=True, slots=True)
class LargeBody:
    """A body that was taken apart: what surrounds the items, how many ``items`` there are, the
    records that they were made of, what the paths of pagination lead to, and the file that holds
    the items."""

    envelope: Any
    items: int
    records: Records
    evaluated: dict[str, Any]
    file: IO[bytes]

    async def pieces(self) -> AsyncGenerator[tuple[list[Any], int]]:
        """Yields the items in lists, each with its size in bytes, and closes the file."""
        with self.file:
            self.file.seek(0)
            while line := await asyncio.to_thread(self.file.readline):
                try:
                    yield msgspec.json.decode(line), len(line)
                except msgspec.DecodeError as error:
                    raise ResponseError(f"the answer holds what cannot be kept: {error}") from None


class LargeError(ResponseError):
    """The items were not found; ``envelope`` is what the answer holds, as far as it was read."""

    def __init__(self, message: str, envelope: Any) -> None:
        self.envelope = envelope
        super().__init__(message)


async def take_apart(
    file: IO[bytes],
    data_path: str,
    begin: bytes,
    excerpt: Callable[[bytes], str],
    looked_at: int = 0,
    programs: Mapping[str, str] | None = None,
    named: Iterable[str] = (),
) -> LargeBody:
    """Takes apart the JSON body in ``file`` (which is closed), whose items are at ``data_path``.

    ``begin`` is how it begins; ``excerpt`` makes short what messages quote of it or of jq's errors,
    and masks its secrets; pagination looks at the first ``looked_at`` elements of arrays, at most,
    at the dot paths ``named``, and at what ``programs`` (jq, by path) find in the whole body.
    Raises ``LargeError`` where that fails, and where it takes longer than a second for each MiB.
    """
    with file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        program = compile_expression(data_path).program_string
        paths = {
            path: compile_expression(one).program_string for path, one in (programs or {}).items()
        }
        begins = excerpt(begin)
        order = Order(data_path, program, LONGEST_SECONDS, begins, looked_at, paths, list(named))
        items = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever reads the pieces
        try:
            found = await _summary(file, items, order, longest(LONGEST_SECONDS, size))
        except BaseException:
            items.close()
            raise
    if found.error is not None:
        items.close()
        reason = excerpt(found.reason.encode())
        raise LargeError(f"{found.error}{reason}", found.envelope)
    return LargeBody(found.envelope, found.items, found.records, found.evaluated, items)


async def _summary(file: IO[bytes], items: IO[bytes], order: Order, seconds: float) -> Summary:
    text = msgspec.json.encode(order).decode()
    descriptor = items.fileno()
    process = await start_process(MODULE, text, str(descriptor), stdin=file, pass_fds=(descriptor,))
    try:
        async with asyncio.timeout(seconds):
            answer, _ = await process.communicate()
    except TimeoutError:
        await end(process)
        told = f"data_path {order.data_path!r} did not end within {seconds:.0f} s"
        raise LargeError(told, None) from None
    except BaseException:
        await end(process)
        raise
    if not answer:
        told = f"data_path {order.data_path!r} needs too much memory, or broke jq"
        raise LargeError(told, None)
    return msgspec.json.decode(answer, type=Summary)


def spooled(content: bytes) -> IO[bytes]:
    """A temporary file that holds ``content``. Raises ``ResponseError`` where it has no room."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever takes it apart
    with room_needed():
        file.write(content)
        file.flush()
    return file
