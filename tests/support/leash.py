"""Runs a command for as long as its own standard input stays open: ``python leash.py COMMAND ...``.

Whoever holds the other end of that pipe may be killed in any way: the pipe closes, and the command
ends with all that it started.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

PATIENCE_SECONDS = 5.0


def main(command: list[str]) -> None:
    """Runs ``command``; ends with it, at the end of standard input, or by SIGTERM."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    threading.Thread(target=_end_with, args=(process,), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: _end(process))
    sys.stdin.buffer.read()
    _end(process)


def _end_with(process: subprocess.Popen[bytes]) -> None:
    process.wait()
    _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Politely at first; what the command has started goes too."""
    for sign, patience in ((signal.SIGTERM, PATIENCE_SECONDS), (signal.SIGKILL, None)):
        try:
            os.killpg(process.pid, sign)
            process.wait(timeout=patience)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
