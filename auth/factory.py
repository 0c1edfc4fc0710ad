"""From settings to the authentication they ask for."""

from __future__ import annotations

import httpx
from pydantic import SecretStr

from auth.api_key import ApiKeyAuth
from auth.basic import BasicAuth
from auth.bearer_token import BearerTokenAuth
from auth.none import NoAuth
from auth.origin_bound import Covers
from settings import AuthType, Settings


def build_auth(settings: Settings, covers: Covers) -> httpx.Auth:
    """The ``httpx.Auth`` for ``settings.auth_type``; ``covers`` says where credentials may go."""
    match settings.auth_type:
        case AuthType.NONE:
            return NoAuth()
        case AuthType.BEARER_TOKEN:
            return BearerTokenAuth(_shown(settings.api_token), covers)
        case AuthType.BASIC:
            return BasicAuth(settings.username or "", _shown(settings.password), covers)
        case AuthType.API_KEY:
            return ApiKeyAuth(settings.api_key_header, _shown(settings.api_key), covers)


def _shown(secret: SecretStr | None) -> str:
    """``parse_settings`` has made sure that what an authentication needs is there."""
    assert secret is not None
    return secret.get_secret_value()
