"""Who may read: the authentication types of the sample API."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sandbox.sample_api.messages import ApiError, Reply

REALM = 'realm="sample-api"'
TOKEN_PATH = "/oauth/token"  # noqa: S105 - an address
TOKEN_SECONDS = 3600
BEARER = f"Bearer {REALM}"
CHALLENGES = {"bearer_token": BEARER, "oauth2": BEARER, "basic": f'Basic {REALM}, charset="UTF-8"'}


@dataclass(slots=True)
class Credentials:
    """What the API accepts. May be changed while it runs, as when a token is rotated."""

    token: str = "demo-token"  # noqa: S105 - a made-up value of a local sample server
    username: str = "demo"
    password: str = "demo-password"  # noqa: S105
    api_key: str = "demo-key"
    client_id: str = "demo-client"
    client_secret: str = "demo-client-secret"  # noqa: S105
    access_token: str = "demo-access-token"  # noqa: S105


def check_auth(auth: str, headers: Mapping[str, str], accepted: Credentials) -> None:
    """Raises the 401 answer unless the request carries what ``auth`` asks for."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if auth == "none":
        return
    if auth in ("bearer_token", "oauth2"):
        given = value.strip()
        right = accepted.token if auth == "bearer_token" else accepted.access_token
        right_scheme = scheme.lower() == "bearer"
    elif auth == "basic":
        given, right = _decoded(value), f"{accepted.username}:{accepted.password}"
        right_scheme = scheme.lower() == "basic"
    else:
        given, right = headers.get("x-api-key", ""), accepted.api_key
        right_scheme = True
    if right_scheme and hmac.compare_digest(given.encode(), right.encode()):
        return
    challenge = [("WWW-Authenticate", CHALLENGES[auth])] if auth in CHALLENGES else []
    message = "credentials are wrong" if given else "credentials are missing"
    raise ApiError(401, "unauthorized", message, challenge)


def issue_token(headers: Mapping[str, str], body: bytes, accepted: Credentials) -> Reply:
    """The answer of the token endpoint (RFC 6749 section 4.4): by basic header or in the body."""
    form = dict(parse_qsl(body.decode("utf-8", "replace")))
    _, _, value = headers.get("authorization", "").partition(" ")
    given = _decoded(value) or f"{form.get('client_id')}:{form.get('client_secret')}"
    if form.get("grant_type") != "client_credentials":
        return Reply(400, b'{"error":"unsupported_grant_type"}')
    if given != f"{accepted.client_id}:{accepted.client_secret}":
        return Reply(401, b'{"error":"invalid_client"}')
    token = {"access_token": accepted.access_token, "token_type": "Bearer"}
    return Reply(200, json.dumps({**token, "expires_in": TOKEN_SECONDS}).encode())


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
