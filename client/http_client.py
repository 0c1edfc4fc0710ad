"""The HTTP client of a run: one connection pool, one set of permits, one brake, one redactor."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any, Final
from urllib.parse import urlencode

import httpx
from loguru import logger
from port_ocean.exceptions.clients import BlockedIPError
from port_ocean.helpers.monitor.monitor import get_monitor

from client import failures
from client.body import LARGE_BYTES, Body
from client.decoding import require_whole
from client.exchange import Observer, observing
from client.lanes import LanesClient
from client.origin import Origin
from client.rate import Brake
from client.redaction import Redactor
from client.retry import (
    RETRIED_STATUSES,
    THROTTLED_STATUSES,
    RetryPolicy,
    exhausted_for,
    is_retried,
)
from client.traffic import Traffic
from errors import RequestError, ResponseError

NO_BODY: Final = object()
"""A request without a body; None would be the JSON body ``null``."""

ACCEPT = "application/json, */*;q=0.5"
"""Some APIs answer in XML or HTML to who does not ask for JSON."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEEPS_METHOD = frozenset({307, 308})
MAX_REDIRECTS = 10
NO_ANSWER = frozenset({202, 206})
"""Accepted but not done yet, and a part of a whole."""

DEFAULT_RETRY = RetryPolicy()

Params = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """One request: ``params`` are added to the query that ``url`` (absolute) already has. The body
    is ``json`` or ``content``; statuses in ``accepted`` are an answer, not an error. An answer that
    is large goes to a file where ``to_file`` allows it."""

    method: str
    url: str | httpx.URL
    params: Params = ()
    headers: Params = ()
    json: Any = NO_BODY
    content: bytes | None = field(default=None, repr=False)
    accepted: frozenset[int] = frozenset()
    to_file: bool = False

    @property
    def target(self) -> httpx.URL:
        """The URL with the parameters in its query; without any it is left as it was written."""
        if not self.params:
            return httpx.URL(self.url)
        # Put together as text, because each step of httpx on a URL reads the whole of it again.
        head, mark, fragment = str(self.url).partition("#")
        query = urlencode(self.params)
        between = "" if head.endswith(("?", "&")) else "&" if "?" in head else "?"
        return httpx.URL(f"{head}{between}{query}{mark}{fragment}")


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer with a 2xx status. ``url`` is where it came from, after redirects;
    ``throttled`` tells that the API asked to slow down before it answered. ``file`` holds the body
    of a large one, ``content`` only its beginning then; whoever gets it closes it."""

    status: int
    headers: httpx.Headers
    content: bytes
    url: str
    throttled: bool = False
    file: IO[bytes] | None = None


class HttpClient:
    """Sends requests to one origin, at most ``max_concurrent`` at any moment."""

    def __init__(
        self,
        *,
        origin: Origin,
        auth: httpx.Auth,
        redactor: Redactor,
        timeout: float,
        verify_ssl: bool,
        max_concurrent: int,
        max_response_bytes: int,
        max_per_second: float | None = None,
        headers: Mapping[str, str] | None = None,
        retry: RetryPolicy | None = None,
        on_exchange: Observer | None = None,
    ) -> None:
        self.origin = origin
        self.redactor = redactor
        self.max_concurrent = max_concurrent
        self._max_bytes = max_response_bytes
        self._retry = retry or DEFAULT_RETRY
        self._permits = asyncio.Semaphore(max_concurrent)
        self._brake = Brake(max_per_second)
        self._requests = 0
        self._retries = 0
        self._headers = dict(headers or {})
        self._every_header = httpx.Headers({"Accept": ACCEPT, **self._headers})
        self._on_exchange = on_exchange
        # Left out where checks are on, so that OCEAN__SSL__THIRD_PARTY__* keeps its say.
        unchecked: dict[str, Any] = {} if verify_ssl else {"verify": False}
        self._http = LanesClient(auth=auth, timeout=httpx.Timeout(timeout), **unchecked)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    @property
    def traffic(self) -> Traffic:
        """What was sent so far."""
        return Traffic(self._requests, self._retries, self._brake.held_seconds)

    @property
    def held_for(self) -> float:
        """Seconds for which a rate limit of the API still holds back every request."""
        return self._brake.held_for

    async def send(self, request: Request) -> Response:
        """Sends ``request``, with redirects on the same origin and retries, and reads the answer.

        Raises ``RequestError`` for a status outside 2xx, a failed connection or a URL that leaves
        the origin (then nothing is sent), ``ResponseError`` for an answer over the size limit.
        """
        request = replace(request, url=self._admitted(request, request.target), params=())
        for _ in range(MAX_REDIRECTS + 1):
            response = await self._send_with_retries(request)
            if response.status not in REDIRECTS:
                return response
            request = self._redirected(request, response)
        raise self._error(request, f"was redirected more than {MAX_REDIRECTS} times")

    async def _send_with_retries(self, request: Request) -> Response:
        throttled = False
        for attempt in range(1, self._retry.attempts + 1):
            answer = await self._attempt(request)
            if isinstance(answer, Exception):
                if not is_retried(answer) or attempt == self._retry.attempts:
                    raise self._failed(request, answer, attempt)
                wait = self._retry.wait(attempt, None, {})
                reason = type(answer).__name__
            elif answer.status in RETRIED_STATUSES and attempt < self._retry.attempts:
                throttled = throttled or answer.status in THROTTLED_STATUSES
                wait = self._retry.wait(attempt, answer.status, answer.headers)
                if answer.status == 429:
                    self._brake.hold(wait)
                reason = f"status {answer.status}"
            else:
                return self._accepted(request, answer, attempt, throttled)
            self._log_retry(request, reason, attempt, wait)
            await asyncio.sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _attempt(self, request: Request) -> Response | Exception:
        """One exchange under one permit; a failure below HTTP is returned, to be judged."""
        while True:
            await self._brake.released()
            async with self._permits:
                if self._brake.held:
                    continue
                await self._brake.turn()
                try:
                    return await self._exchange(request)
                except (httpx.HTTPError, httpx.InvalidURL, OSError, BlockedIPError) as error:
                    return error

    async def _exchange(self, request: Request) -> Response:
        headers = self._every_header.copy()
        if request.headers:
            headers.update(request.headers)
        outgoing = self._http.build_request(
            request.method,
            request.url,
            headers=headers,
            json=None if request.json is NO_BODY else request.json,
            content=request.content,
        )
        self._requests += 1
        with observing(self._on_exchange, outgoing, self.redactor, self._headers) as watch:
            answer = await self._answered(request, outgoing)
            watch.answer(answer)
            body = Body(LARGE_BYTES if request.to_file and answer.status_code == 200 else None)
            try:
                await self._read(request, answer, body)
                content, file = body.taken()
            except BaseException:
                body.close()
                raise
            finally:
                watch.size = body.size
                await answer.aclose()
        return Response(answer.status_code, answer.headers, content, str(request.url), file=file)

    async def _answered(self, request: Request, outgoing: httpx.Request) -> httpx.Response:
        """The answer, of which the body is still to be read."""
        try:
            return await self._http.send(outgoing, stream=True, follow_redirects=False)
        except httpx.RemoteProtocolError as error:
            # httpx looks at the Location too, and calls one that is no URL a broken connection.
            if isinstance(error.__context__, httpx.InvalidURL):
                raise self._error(request, "was redirected to something that is no URL") from None
            raise

    async def _read(self, request: Request, answer: httpx.Response, body: Body) -> None:
        """The body after decompression; stops while it arrives once it is over the limit."""
        async for chunk in answer.aiter_bytes():
            body.add(chunk)
            if body.size > self._max_bytes:
                raise ResponseError(
                    f"{request.method} {self.redactor.url(request.url)}: the answer is larger "
                    f"than {self._max_bytes:,} bytes. Raise maxResponseBytes, or lower pageSize."
                )
        require_whole(answer)
        monitor = get_monitor()
        if monitor.current_tracking_kind:
            monitor.record_response_size(body.size)

    def _accepted(
        self, request: Request, answer: Response, attempt: int, throttled: bool
    ) -> Response:
        rest = exhausted_for(answer.headers)
        if rest is not None:
            self._brake.hold(min(rest, self._retry.longest_wait_seconds))
        usable = 200 <= answer.status < 300 and answer.status not in NO_ANSWER
        if usable or answer.status in REDIRECTS or answer.status in request.accepted:
            return replace(answer, throttled=throttled)
        raise self._error(
            request,
            failures.of_status(answer, attempt, self.redactor),
            status=answer.status,
        )

    def _failed(self, request: Request, error: Exception, attempts: int) -> RequestError:
        return self._error(request, failures.of_connection(error, attempts, self.redactor))

    def _redirected(self, request: Request, answer: Response) -> Request:
        """The request that a redirect asks for: the same origin, and never a lost body."""
        location = answer.headers.get("location", "")
        if not location:
            raise self._error(request, f"was redirected ({answer.status}) without a Location")
        if request.method not in ("GET", "HEAD") and answer.status not in KEEPS_METHOD:
            raise self._error(
                request, f"was redirected ({answer.status}), which would lose the {request.method}"
            )
        target = httpx.URL(request.url).join(location)
        return replace(request, url=self._admitted(request, target, "is redirected to"))

    def _admitted(
        self, request: Request, url: httpx.URL, verb: str = "cannot be sent to"
    ) -> httpx.URL:
        try:
            return self.origin.admit(url)
        except ValueError as error:
            raise self._error(
                request, f"{verb} {self.redactor.url(url)}: {error}. Nothing was sent there."
            ) from None

    def _error(self, request: Request, what: str, status: int | None = None) -> RequestError:
        url = self.redactor.url(request.url)
        return RequestError(
            f"{request.method} {url} {what}", method=request.method, url=url, status=status
        )

    def _log_retry(self, request: Request, reason: str, attempt: int, wait: float) -> None:
        self._retries += 1
        logger.warning(
            f"{request.method} {self.redactor.url(request.url)}: {reason}; attempt {attempt} of "
            f"{self._retry.attempts}, the next in {wait:.1f} s"
        )
