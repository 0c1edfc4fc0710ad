"""Who may read: the authentication types of the sample API."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.sample_api.messages import ApiError

REALM = 'realm="sample-api"'
CHALLENGES = {"bearer_token": f"Bearer {REALM}", "basic": f'Basic {REALM}, charset="UTF-8"'}


@dataclass(slots=True)
class Credentials:
    """What the API accepts. May be changed while it runs, as when a token is rotated."""

    token: str = "demo-token"  # noqa: S105 - a made-up value of a local sample server
    username: str = "demo"
    password: str = "demo-password"  # noqa: S105
    api_key: str = "demo-key"


def check_auth(auth: str, headers: Mapping[str, str], accepted: Credentials) -> None:
    """Raises the 401 answer unless the request carries what ``auth`` asks for."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if auth == "none":
        return
    if auth == "bearer_token":
        given, right = value.strip(), accepted.token
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


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
