"""A body as it arrives: in memory, or in a file once it is large."""

from __future__ import annotations

import tempfile
from typing import IO

LARGE_BYTES = 6 * 1024 * 1024
"""What is larger takes longer to read than the event loop may be held up."""

BEGINNING_BYTES = 64 * 1024


class Body:
    """Takes the pieces of a body; those of one over ``large_bytes`` (None: none is) to a file.

    The file has no name and can be read by its owner alone (mode 0600).
    """

    def __init__(self, large_bytes: int | None) -> None:
        self.size = 0
        self._large = large_bytes
        self._memory = bytearray()
        self._file: IO[bytes] | None = None

    def add(self, piece: bytes) -> None:
        """Adds the next piece."""
        self.size += len(piece)
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
        return bytes(self._memory), self._file

    def close(self) -> None:
        """Gives up what has arrived."""
        if self._file is not None:
            self._file.close()
