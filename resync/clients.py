"""The HTTP clients of a run: one for the API, and one for the token endpoint where there is one."""

from __future__ import annotations

import json

import httpx

from auth import build_auth
from auth.none import NoAuth
from auth.oauth2 import FormPost
from client import HttpClient, Origin, Redactor, Request
from client.redaction import is_secret_name
from settings import Settings

REFUSALS = frozenset({400, 401})
"""How a token endpoint says no (RFC 6749 section 5.2); the answer's body says why."""


class Clients:
    """The API's client, and a token endpoint's that is made when a token is first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._redactor = build_redactor(settings)
        self._token_client: HttpClient | None = None
        origin = Origin.of(settings.base_url)
        auth = build_auth(settings, origin.covers, self._post_form)
        self.api = self._client(origin, auth, settings.headers)

    async def aclose(self) -> None:
        """Closes all connections."""
        await self.api.aclose()
        if self._token_client is not None:
            await self._token_client.aclose()

    async def _post_form(self, post: FormPost) -> tuple[int, bytes]:
        """Sends a form to ``tokenUrl``, by the caller's permit: it waits for this meanwhile."""
        url = self._settings.token_url or ""
        if self._token_client is None:
            self._token_client = self._client(Origin.of(url), NoAuth(), {})
        response = await self._token_client.send(
            Request(
                "POST",
                url,
                headers=tuple(post.headers.items()),
                form=post.form,
                accepted=REFUSALS,
            )
        )
        self._redactor.learn(*tokens_in(response.content))
        return response.status, response.content

    def _client(self, origin: Origin, auth: httpx.Auth, headers: dict[str, str]) -> HttpClient:
        settings = self._settings
        return HttpClient(
            origin=origin,
            auth=auth,
            redactor=self._redactor,
            timeout=settings.timeout,
            verify_ssl=settings.verify_ssl,
            max_concurrent=settings.max_concurrent_requests,
            max_response_bytes=settings.max_response_bytes,
            max_per_second=settings.max_requests_per_second,
            headers=headers,
        )


def build_redactor(settings: Settings) -> Redactor:
    """Masks the settings' secrets; of basic authentication also what its header carries."""
    secrets = list(settings.secrets)
    if settings.username and settings.password:
        secrets.append(f"{settings.username}:{settings.password.get_secret_value()}")
    names = [settings.api_key_query_param] if settings.api_key_query_param else []
    return Redactor(secrets, names)


def tokens_in(body: bytes) -> list[str]:
    """The values of an authentication's answer that its keys call secret."""
    try:
        answer = json.loads(body)
    except ValueError:
        return []
    pairs = answer.items() if isinstance(answer, dict) else ()
    return [v for k, v in pairs if isinstance(v, str) and is_secret_name(k) and k != "token_type"]
