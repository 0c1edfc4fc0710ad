"""One exchange as it can be shown: what was sent and what came of it, secrets masked."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from client.redaction import MASK, Redactor, is_secret_name

Pair = tuple[str, str]
BODY_CHARACTERS = 1000
"""Characters of a request's body that an exchange shows."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One attempt at a request. ``status`` is None where no answer came, ``error`` says why then.

    ``seconds`` is from the first byte sent to the last one read, ``size`` the bytes of the answer
    after decompression. ``credentials`` tells that it asked for credentials; of such a request
    neither query, headers nor body are there.
    """

    method: str
    url: str
    headers: tuple[Pair, ...]
    body: str
    status: int | None
    error: str | None
    seconds: float
    size: int
    credentials: bool = False


Observer = Callable[[Exchange], None]


class Watch:
    """What an exchange under way has come to. ``answered`` is the request as it was sent, and
    ``began`` when, by the monotonic clock."""

    def __init__(self, request: httpx.Request) -> None:
        self.answered = request
        self.began = time.monotonic()
        self.status: int | None = None
        self.size = 0

    def start(self) -> None:
        """Takes note that the request goes out now: before, it has waited for its turn."""
        self.began = time.monotonic()

    def answer(self, answer: httpx.Response) -> None:
        """Takes note of the head of an answer."""
        self.answered, self.status = answer.request, answer.status_code


@contextmanager
def observing(
    observer: Observer | None, request: httpx.Request, redactor: Redactor, secret: Collection[str]
) -> Iterator[Watch]:
    """Tells ``observer``, if there is one, of the exchange that happens inside the block.

    What is added to ``request`` while it is sent is a credential, and is masked; so are the headers
    that ``secret`` names, in any case, and what is called like a secret.
    """
    watch = Watch(request)
    if observer is None:
        yield watch
        return
    hidden = {name.lower() for name in secret}
    plain = {pair for pair in request.headers.multi_items() if pair[0] not in hidden}
    params = set(request.url.params.multi_items())
    body = redactor.excerpt(request.content, BODY_CHARACTERS)
    error: str | None = None
    try:
        yield watch
    except BaseException as problem:
        error = redactor.values(str(problem)) or type(problem).__name__
        raise
    finally:
        sent = watch.answered
        exchange = Exchange(
            method=sent.method,
            url=redactor.url(_masked(sent.url, params)),
            headers=tuple(_header(pair, plain, redactor) for pair in sent.headers.multi_items()),
            body=body,
            status=watch.status,
            error=error,
            seconds=time.monotonic() - watch.began,
            size=watch.size,
        )
        observer(exchange)


def _header(pair: Pair, plain: Collection[Pair], redactor: Redactor) -> Pair:
    name, value = pair
    open_ = pair in plain and not is_secret_name(name)
    return name, redactor.text(value) if open_ else MASK


def _masked(url: httpx.URL, params: Collection[Pair]) -> httpx.URL:
    """``url`` with a mask for each parameter that is not among ``params``."""
    pairs = url.params.multi_items()
    if all(pair in params for pair in pairs):
        return url
    shown = tuple((name, value if (name, value) in params else MASK) for name, value in pairs)
    return url.copy_with(params=httpx.QueryParams(shown))
