"""The HTTP clients of a run: one for the API, and one for the token endpoint where there is one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import httpx

from auth import build_auth
from auth.exchange import AuthRequest, Surroundings
from auth.none import NoAuth
from client import Exchange, HttpClient, Observer, Origin, Redactor, Request
from client.rate import RateLimiter
from client.redaction import is_secret_name
from client.retry import RetryPolicy
from resync.jq import Jq
from settings import Settings


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
        origin = Origin.of(settings.base_url)
        self.jq = Jq(self._redactor.excerpt)
        around = Surroundings(origin.covers, self._send, self._evaluate, self._redactor.learn)
        auth = build_auth(settings, around)
        self.api = self._client(origin, auth, settings.headers, on_exchange)

    async def aclose(self) -> None:
        """Closes all connections, and ends the processes that evaluate jq."""
        await self.jq.aclose()
        for client in (self.api, *self._auth_clients.values()):
            await client.aclose()

    async def _evaluate(self, expression: str, value: Any) -> list[Any]:
        return (await self.jq.evaluate([expression], [value]))[0][0]

    async def _send(self, request: AuthRequest) -> tuple[int, bytes]:
        """Sends a request for credentials, by the caller's permit: it waits for this meanwhile."""
        origin = Origin.of(request.url)
        client = self._auth_clients.get(origin)
        if client is None:
            observer = self._of_credentials if self._on_exchange else None
            client = self._auth_clients[origin] = self._client(origin, NoAuth(), {}, observer)
        response = await client.send(
            Request(
                request.method,
                request.url,
                params=request.params,
                headers=tuple(request.headers.items()),
                content=request.body,
                accepted=request.accepted,
            )
        )
        return response.status, response.content

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
        return HttpClient(
            origin=origin,
            auth=auth,
            redactor=self._redactor,
            timeout=settings.timeout,
            verify_ssl=settings.verify_ssl,
            max_concurrent=settings.max_concurrent_requests,
            max_response_bytes=settings.max_response_bytes,
            limiter=self._limiter,
            headers=headers,
            retry=self._retry,
            max_attempts=settings.max_attempts,
            retry_statuses=settings.retry_statuses,
            on_exchange=on_exchange,
        )


def build_redactor(settings: Settings) -> Redactor:
    """Masks the settings' secrets; of basic authentication also what its header carries."""
    secrets = list(settings.secrets)
    if settings.username and settings.password:
        secrets.append(f"{settings.username}:{settings.password.get_secret_value()}")
    secrets += leaves_called_secret(settings)
    names = [settings.api_key_query_param] if settings.api_key_query_param else []
    if settings.custom_auth_request is not None:
        # The setting is secret as a whole, and its parameters stand in the URL that messages show.
        names += settings.custom_auth_request.get_secret_value().query_params or {}
    return Redactor(secrets, names)


def leaves_called_secret(settings: Settings) -> list[str]:
    """The texts in ``customAuthRequest`` whose names say that they are secret."""
    if settings.custom_auth_request is None:
        return []
    request = settings.custom_auth_request.get_secret_value()
    pending: list[tuple[str, Any]] = parse_qsl(request.body_form or "")
    pending += request.model_dump(exclude={"body_form"}).items()
    found: list[str] = []
    while pending:
        name, value = pending.pop()
        if isinstance(value, dict):
            pending += value.items()
        elif isinstance(value, list):
            pending += [(name, one) for one in value]
        elif isinstance(value, str) and is_secret_name(name):
            found.append(value)
    return found
