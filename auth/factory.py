"""From settings to the authentication they ask for."""

from __future__ import annotations

import httpx
from pydantic import SecretStr

from auth.api_key import ApiKeyAuth, ApiKeyParamAuth
from auth.basic import BasicAuth
from auth.bearer_token import BearerTokenAuth
from auth.custom import CustomAuth, custom_source
from auth.exchange import Surroundings
from auth.none import NoAuth
from auth.oauth2 import ClientCredentials, OAuth2Auth, fetch_token
from auth.token_source import TokenSource
from settings import AuthType, Settings
from settings.model import ClientAuthMethod


def build_auth(settings: Settings, around: Surroundings) -> httpx.Auth:
    """The ``httpx.Auth`` for ``settings.auth_type`` in its surroundings."""
    covers = around.covers
    match settings.auth_type:
        case AuthType.NONE:
            return NoAuth()
        case AuthType.BEARER_TOKEN:
            return BearerTokenAuth(_shown(settings.api_token), covers)
        case AuthType.BASIC:
            # RFC 7617 section 2 allows an empty password.
            password = settings.password.get_secret_value() if settings.password else ""
            return BasicAuth(settings.username or "", password, covers)
        case AuthType.API_KEY:
            key = _shown(settings.api_key)
            if settings.api_key_query_param:
                return ApiKeyParamAuth(settings.api_key_query_param, key, covers)
            return ApiKeyAuth(settings.api_key_header, key, covers)
        case AuthType.OAUTH2:
            credentials = ClientCredentials(
                settings.token_url or "",
                settings.client_id or "",
                _shown(settings.client_secret),
                settings.scope,
                settings.audience,
                in_body=settings.client_auth_method is ClientAuthMethod.BODY,
            )
            source = TokenSource(lambda: fetch_token(credentials, around))
            return OAuth2Auth(source, covers)
        case AuthType.CUSTOM:
            assert settings.custom_auth_request and settings.custom_auth_request_template
            request = settings.custom_auth_request.get_secret_value()
            template = settings.custom_auth_request_template.get_secret_value()
            return CustomAuth(custom_source(request, template, settings.base_url, around), covers)


def _shown(secret: SecretStr | None) -> str:
    """``parse_settings`` has made sure that what an authentication needs is there."""
    assert secret is not None
    return secret.get_secret_value()
