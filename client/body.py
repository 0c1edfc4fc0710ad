"""A body as it arrives: in memory, or in a file once it is large."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from errors import ResponseError

LARGE_BYTES = 6 * 1024 * 1024
"""What is larger takes longer to read than the event loop may be held up."""

BEGINNING_BYTES = 64 * 1024


class Body:
    """Takes the pieces of a body; those of one over ``large_bytes`` (None: none is) to a file.

    The file has no name and can be read by its owner alone (mode 0600). Raises ``ResponseError``
    where there is no room for it.
    """

    def __init__(self, large_bytes: int | None) -> None:
        self.size = 0
        self._large = large_bytes
        self._memory = bytearray()
        self._file: IO[bytes] | None = None

    def add(self, piece: bytes) -> None:
        """Adds the next piece."""
        self.size += len(piece)
        with room_needed():
            if self._file is not None:
                self._file.write(piece)
                return
            self._memory += piece
            if self._large is not None and self.size > self._large:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever takes it
                self._file.write(self._memory)
                del self._memory[BEGINNING_BYTES:]

    def taken(self) -> tuple[bytes, IO[bytes] | None]:
        """The whole body; or its beginning, and the file that has all of it."""
        if self._file is not None and not self._file.closed:
            with room_needed():
                self._file.flush()
        return bytes(self._memory), self._file

    def close(self) -> None:
        """Gives up what has arrived."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()


@contextmanager
def room_needed() -> Iterator[None]:
    """Says what a full disk means: elsewhere an ``OSError`` is a connection that failed."""
    try:
        yield
    except OSError as error:
        raise ResponseError(
            f"there is no room for the answer in the temporary folder ({error})"
        ) from None
