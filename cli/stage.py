"""What stands around the demo: its two servers, and what ends them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import Any

from sandbox.serving import serve


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end the demo as Ctrl-C does, so that everything it started stops."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    signals: Iterable[signal.Signals] = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def serving(app: Any, port: int) -> Iterator[str]:
    """Serves ``app`` at ``port``, or, saying so, at a free one if it is taken; yields its URL."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(serve(app, port=port))
        except OSError as error:
            print(f"Port {port} cannot be used ({error.strerror}); a free one is taken instead.")
            url = stack.enter_context(serve(app))
        yield url


def wait_for_the_end() -> None:
    """Returns when Ctrl-C is pressed or the process is told to stop: the normal end of serving."""
    with suppress(KeyboardInterrupt, SystemExit):
        threading.Event().wait()
