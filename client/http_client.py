"""The HTTP client of a run: one connection pool, one set of permits, one redactor."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
from loguru import logger
from port_ocean.exceptions.clients import BlockedIPError
from port_ocean.helpers.monitor.monitor import get_monitor

from client import failures
from client.body import LARGE_BYTES, Body
from client.exchange import Observer, observing
from client.origin import Origin
from client.rate import RateLimiter
from client.redaction import Redactor
from client.request import NO_BODY, Request, Response
from client.retry import UNREACHABLE, RetryPolicy, Verdict, is_retried, verdict_on
from client.throttling import exhausted_for
from client.traffic import Traffic
from client.wire import STARTED, BodyTooLarge, BoundedClient, Bounds
from errors import RequestError, ResponseError

ACCEPT = "application/json, */*;q=0.5"
"""Some APIs answer in XML or HTML to who does not ask for JSON."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEEPS_METHOD = frozenset({307, 308})
MAX_REDIRECTS = 10
NO_ANSWER = frozenset({202, 206})
"""Accepted but not done yet, and a part of a whole."""

DEFAULT_RETRY = RetryPolicy()
MAX_ATTEMPTS = 6


class HttpClient:
    """Sends requests to one origin, at most ``max_concurrent`` at any moment, and by ``limiter`` in
    their turn. Of ``retry`` the attempts win over ``max_attempts``; ``retry_statuses`` are further
    statuses that mean "later"."""

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
        limiter: RateLimiter | None = None,
        headers: Mapping[str, str] | None = None,
        retry: RetryPolicy | None = None,
        max_attempts: int = MAX_ATTEMPTS,
        retry_statuses: Collection[int] = (),
        on_exchange: Observer | None = None,
    ) -> None:
        self.origin = origin
        self.redactor = redactor
        self.max_concurrent = max_concurrent
        self._max_bytes = max_response_bytes
        self._retry = retry or DEFAULT_RETRY
        self._attempts = self._retry.attempts or max_attempts
        self._retry_statuses = frozenset(retry_statuses)
        self._permits = asyncio.Semaphore(max_concurrent)
        limiter = limiter or RateLimiter()
        self._hold = limiter.hold_of(origin)
        self._requests = 0
        self._retries = 0
        self._headers = dict(headers or {})
        self._every_header = httpx.Headers({"Accept": ACCEPT, **self._headers})
        self._on_exchange = on_exchange
        # Left out where checks are on, so that OCEAN__SSL__THIRD_PARTY__* keeps its say.
        unchecked: dict[str, Any] = {} if verify_ssl else {"verify": False}
        bounds = Bounds(partial(limiter.turn, self._hold), timeout, max_response_bytes)
        self._http = BoundedClient(bounds, auth=auth, timeout=httpx.Timeout(timeout), **unchecked)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    @property
    def traffic(self) -> Traffic:
        """What was sent so far."""
        return Traffic(self._requests, self._retries, self._hold.held_seconds)

    @property
    def held_for(self) -> float:
        """Seconds for which a rate limit of the API still holds back every request."""
        return self._hold.held_for

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
        slowed = False
        for attempt in range(1, self._attempts + 1):
            response = await self._attempt(request)
            last = attempt == self._attempts
            if isinstance(response, Exception):
                if last or not is_retried(response):
                    raise self._failed(request, response, attempt)
                wait, reason = self._retry.backoff(attempt), type(response).__name__
            else:
                verdict = verdict_on(response, request, self._retry_statuses)
                wait = self._heed(response, verdict, attempt)
                if last or verdict is Verdict.FINAL:
                    return self._accepted(request, response, verdict, attempt, slowed)
                slowed = slowed or verdict is Verdict.THROTTLED or response.status == 503
                reason = f"status {response.status}"
            self._log_retry(request, reason, attempt, wait)
            await asyncio.sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _heed(self, response: Response, verdict: Verdict, attempt: int) -> float:
        """Seconds to wait before the next attempt. Holds back all requests meanwhile where the
        response is throttling, and until the reset where it has used a limit up."""
        final = verdict is Verdict.FINAL
        wait = 0.0 if final else self._retry.wait_after(response, verdict, attempt)
        rest = exhausted_for(response.headers)
        if verdict is Verdict.THROTTLED:
            self._hold.hold(wait)
        elif rest is not None:
            self._hold.hold(self._retry.at_most(rest))
        return wait

    async def _attempt(self, request: Request) -> Response | Exception:
        """One exchange under one permit; a failure below HTTP is returned, to be judged."""
        while True:
            await self._hold.released()
            async with self._permits:
                if self._hold.held:
                    continue
                try:
                    return await self._exchange(request)
                except (httpx.HTTPError, httpx.InvalidURL, OSError, BlockedIPError) as error:
                    return error
                except BodyTooLarge:
                    raise self._too_large(request) from None

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
            outgoing.extensions[STARTED] = watch.start
            answer = await self._answered(request, outgoing)
            watch.answer(answer)
            body = Body(LARGE_BYTES if request.to_file and answer.status_code == 200 else None)
            try:
                async for piece in answer.aiter_bytes():
                    body.add(piece)
                content, file = body.taken()
            except BaseException:
                body.close()
                raise
            finally:
                watch.size = body.size
                await answer.aclose()
        monitor = get_monitor()
        if monitor.current_tracking_kind:
            monitor.record_response_size(body.size)
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

    def _accepted(
        self, request: Request, response: Response, verdict: Verdict, attempt: int, slowed: bool
    ) -> Response:
        status = response.status
        usable = 200 <= status < 300 and status not in NO_ANSWER
        usable = usable or status in REDIRECTS or status in request.accepted
        if usable and verdict is Verdict.FINAL:
            return replace(response, throttled=True) if slowed else response
        throttled = verdict is Verdict.THROTTLED
        raise self._error(
            request,
            failures.of_status(response, attempt, self.redactor, throttled),
            status=status,
            temporary=verdict is not Verdict.FINAL,
        )

    def _failed(self, request: Request, error: Exception, attempts: int) -> RequestError:
        return self._error(
            request,
            failures.of_connection(error, attempts, self.redactor),
            unreachable=isinstance(error, UNREACHABLE),
        )

    def _too_large(self, request: Request) -> ResponseError:
        return ResponseError(
            f"{request.method} {self.redactor.url(request.url)}: the answer is larger "
            f"than {self._max_bytes:,} bytes. Raise maxResponseBytes, or lower pageSize."
        )

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

    def _error(self, request: Request, what: str, **more: Any) -> RequestError:
        url = self.redactor.url(request.url)
        return RequestError(
            f"{request.method} {url} {what}", method=request.method, url=url, **more
        )

    def _log_retry(self, request: Request, reason: str, attempt: int, wait: float) -> None:
        self._retries += 1
        logger.warning(
            f"{request.method} {self.redactor.url(request.url)}: {reason}; attempt {attempt} of "
            f"{self._attempts}, the next in {wait:.1f} s"
        )
