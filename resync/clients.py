"""The HTTP clients of a run: one for the API, and one for the token endpoint where there is one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import httpx
from loguru import logger

from auth import build_auth
from auth.exchange import AuthenticationError, AuthRequest, Surroundings
from auth.none import NoAuth
from auth.renewing import RenewingAuth
from client import Exchange, HttpClient, Observer, Origin, Redactor, Request
from client.rate import RateLimiter
from client.retry import RetryPolicy
from errors import RequestError, ResponseError
from resync.jq import Jq
from resync.secret_texts import secret_names, secret_texts
from settings import Settings

REFUSALS = frozenset(range(400, 500)) - {407, 408, 420, 425, 429}
"""How a login says no: what means later is tried again, and 407 is about the proxy."""

MOST_LOGIN_BYTES = 1024 * 1024
"""A token has a few thousand, and what a login returns is parsed at once."""


class Clients:
    """The API's client, a token endpoint's where credentials are fetched, and ``jq``; ``retry``
    stands in for the usual policy, and ``on_exchange`` is told of every exchange."""

    def __init__(
        self,
        settings: Settings,
        retry: RetryPolicy | None = None,
        on_exchange: Observer | None = None,
    ) -> None:
        self._settings = settings
        self._retry = retry
        self._on_exchange = on_exchange
        self._limiter = RateLimiter(settings.max_requests_per_second)
        self._redactor = build_redactor(settings)
        self._auth_clients: dict[Origin, HttpClient] = {}
        self._origin = Origin.of(settings.base_url)
        self.jq = Jq(self._redactor.excerpt)
        learn = partial(self._redactor.learn, source=settings.base_url)
        mask = self._redactor.text
        around = Surroundings(self._origin.covers, self._send, self._evaluate, learn, mask)
        self._auth = build_auth(settings, around)
        self.api = self._client(self._origin, self._auth, settings.headers, on_exchange)
        if not settings.verify_ssl:
            logger.warning("verifySsl is false: the API's certificate is not checked")

    async def aclose(self) -> None:
        """Closes all connections, and ends the processes that evaluate jq."""
        await self.jq.aclose()
        for client in (self.api, *self._auth_clients.values()):
            await client.aclose()

    def forget_failed_login(self) -> None:
        """To be called when a resync starts: a login that failed in the last one is tried again."""
        if isinstance(self._auth, RenewingAuth):
            self._auth.forget_failure()

    async def _evaluate(self, expression: str, value: Any) -> list[Any]:
        return (await self.jq.evaluate([expression], [value]))[0][0]

    @property
    def _most_login_bytes(self) -> int:
        return min(self._settings.max_response_bytes, MOST_LOGIN_BYTES)

    async def _send(self, request: AuthRequest) -> tuple[int, bytes]:
        """Sends a request for credentials, by the caller's permit: it waits for this meanwhile.

        Raises ``AuthenticationError`` for whatever goes wrong, so that nobody takes it for the
        response of the resource that needs the credentials.
        """
        outgoing = Request(
            request.method,
            request.url,
            params=request.params,
            headers=tuple(request.headers.items()),
            content=request.body,
            accepted=request.accepted | REFUSALS,
        )
        try:
            response = await self._auth_client(Origin.of(request.url)).send(outgoing)
        except ResponseError:
            most = f"returned more than {self._most_login_bytes:,} bytes, which is no token"
            raise self._failed(request, f"{self._shown(request)} {most}") from None
        except (RequestError, ValueError) as error:
            raise self._failed(request, self._redactor.values(str(error))) from None
        if response.status in REFUSALS - request.accepted:
            begin = self._redactor.excerpt(response.content)
            raise self._failed(
                request,
                f"{self._shown(request)} returned {response.status} "
                f"{httpx.codes.get_reason_phrase(response.status)}. The response "
                + (f"begins: {begin!r}" if begin else "is empty"),
            )
        return response.status, response.content

    def _failed(self, request: AuthRequest, what: str) -> AuthenticationError:
        setting = request.setting
        hint = f"Check {setting}."
        if "verifySsl" in what and not self._origin.covers(request.url):
            hint = "verifySsl is about the API alone: this host's certificate must be trusted here."
        return AuthenticationError(f"the login of {setting} failed: {what.rstrip('.')}. {hint}")

    def _shown(self, request: AuthRequest) -> str:
        return f"{request.method} {self._redactor.url(request.url.partition('?')[0])}"

    def _auth_client(self, origin: Origin) -> HttpClient:
        client = self._auth_clients.get(origin)
        if client is None:
            observer = self._of_credentials if self._on_exchange else None
            client = self._auth_clients[origin] = self._client(origin, NoAuth(), {}, observer)
        return client

    def _of_credentials(self, exchange: Exchange) -> None:
        """Whatever is sent to get credentials may be one."""
        assert self._on_exchange is not None
        url, _, query = exchange.url.partition("?")
        bare = replace(exchange, url=f"{url}?..." if query else url, headers=(), body="")
        self._on_exchange(replace(bare, credentials=True))

    def _client(
        self,
        origin: Origin,
        auth: httpx.Auth,
        headers: dict[str, str],
        on_exchange: Observer | None,
    ) -> HttpClient:
        settings = self._settings
        of_api = auth is self._auth
        return HttpClient(
            origin=origin,
            auth=auth,
            redactor=self._redactor,
            timeout=settings.timeout,
            # Credentials go to no other host that has not proved who it is.
            verify_ssl=settings.verify_ssl or not self._origin.covers(str(origin)),
            max_concurrent=settings.max_concurrent_requests,
            max_response_bytes=settings.max_response_bytes if of_api else self._most_login_bytes,
            limiter=self._limiter,
            headers=headers,
            retry=self._retry,
            max_attempts=settings.max_attempts,
            retry_statuses=settings.retry_statuses,
            on_exchange=on_exchange,
        )


def build_redactor(settings: Settings) -> Redactor:
    """Masks the settings' secrets, also as authentication sends them."""
    return Redactor(secret_texts(settings), secret_names(settings))
