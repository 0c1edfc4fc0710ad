"""``authType`` oauth2_client_credentials, RFC 6749 section 4.4."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx

from auth.exchange import AuthenticationError, AuthRequest, Surroundings, parsed
from auth.renewing import RenewingAuth
from auth.token_source import Token
from settings.checks import fits_header

MEANINGS = {
    "invalid_request": "the token endpoint misses something: check scope and audience",
    "invalid_client": "the client is not known: check clientId, clientSecret and clientAuthMethod",
    "invalid_grant": "the grant is not valid: check clientId and clientSecret",
    "unauthorized_client": "this client may not use client credentials: ask who runs the API",
    "unsupported_grant_type": "the token endpoint does not support client credentials",
    "invalid_scope": "the scope is not known or not allowed: check scope",
}
"""The error codes of section 5.2, and what to look at."""

REFUSALS = frozenset({400, 401})
"""How a token endpoint says no; the body says why."""

ISSUED = frozenset({200, 201})


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """The settings ``tokenUrl``, ``clientId``, ``clientSecret``, ``scope``, ``audience`` and
    ``clientAuthMethod`` (``in_body``: the credentials go into the form)."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str | None = None
    audience: str | None = None
    in_body: bool = False

    def request(self) -> AuthRequest:
        """The token request; section 2.3.1 has id and secret form-encoded inside Basic."""
        form = {"grant_type": "client_credentials"}
        form |= {k: v for k, v in (("scope", self.scope), ("audience", self.audience)) if v}
        if self.in_body:
            secret = {"client_id": self.client_id, "client_secret": self.client_secret}
            return self._post({**form, **secret}, {})
        pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"
        basic = base64.b64encode(pair.encode()).decode("ascii")
        return self._post(form, {"Authorization": f"Basic {basic}"})

    def _post(self, form: dict[str, str], headers: dict[str, str]) -> AuthRequest:
        return AuthRequest(
            "tokenUrl",
            "POST",
            self.token_url,
            headers={"Content-Type": "application/x-www-form-urlencoded", **headers},
            body=urlencode(form).encode(),
            accepted=REFUSALS,
        )


async def fetch_token(credentials: ClientCredentials, around: Surroundings) -> Token:
    """A new access token, whatever its ``token_type``: some servers write ``JWT``, or nothing.

    Raises ``AuthenticationError`` for an error response (section 5.2) or one that holds no access
    token (section 5.1).
    """
    status, body = await around.send(credentials.request())
    try:
        response = parsed(body)
    except ValueError:
        response = None
    if not isinstance(response, dict):
        raise AuthenticationError("the token endpoint did not answer in JSON: check tokenUrl")
    if response.get("error") or status not in ISSUED:
        code = around.mask(str(response.get("error") or status))[:60]
        meaning = MEANINGS.get(code, "check tokenUrl, clientId and clientSecret")
        raise AuthenticationError(f"the token endpoint refused ({code}): {meaning}")
    token = response.get("access_token")
    if not isinstance(token, str) or not token:
        raise AuthenticationError("the token endpoint's response holds no access_token")
    around.learn(token)
    if not fits_header(token):
        raise AuthenticationError(
            "the token endpoint's access_token holds a character that a header cannot carry"
        )
    return Token(token, _lifetime(response.get("expires_in")))


class OAuth2Auth(RenewingAuth):
    """``Authorization: Bearer <access token>``."""

    def applied(self, request: httpx.Request, token: Token) -> httpx.Request:
        request.headers["Authorization"] = f"Bearer {token.content}"
        return request


def _lifetime(value: Any) -> float | None:
    """``expires_in`` in seconds; some servers write it as text."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return seconds if seconds > 0 else None
