"""The typed model of the integration's settings (``.port/spec.yaml`` says the same; a test holds
both equal). Names are Port's camelCase names in snake_case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, Secret, SecretStr, field_validator
from pydantic.alias_generators import to_camel

from settings import checks
from settings.custom_auth import CustomAuthRequest, CustomAuthTemplate


class AuthType(StrEnum):
    """Port setting ``authType``."""

    NONE = "none"
    BEARER_TOKEN = "bearer_token"  # noqa: S105 - the name of a method, not a token
    BASIC = "basic"
    API_KEY = "api_key"
    OAUTH2 = "oauth2_client_credentials"
    CUSTOM = "custom"


class ClientAuthMethod(StrEnum):
    """Port setting ``clientAuthMethod``, RFC 6749 section 2.3.1."""

    BASIC = "basic"
    BODY = "body"


class PaginationType(StrEnum):
    """Port setting ``paginationType``."""

    NONE = "none"
    OFFSET = "offset"
    PAGE = "page"
    CURSOR = "cursor"
    NEXT_LINK = "next_link"
    HEADER_LINK = "header_link"


class Location(StrEnum):
    """A resource's ``pagination.location``: where position and page size are sent."""

    QUERY = "query"
    BODY = "body"


PARAM_DEFAULTS: Mapping[PaginationType, tuple[str, str]] = {
    PaginationType.NONE: ("", ""),
    PaginationType.OFFSET: ("offset", "limit"),
    PaginationType.PAGE: ("page", "size"),
    PaginationType.CURSOR: ("cursor", "limit"),
    PaginationType.NEXT_LINK: ("", ""),
    PaginationType.HEADER_LINK: ("", ""),
}
"""By type: the default ``paginationParam`` and the default ``sizeParam``."""


@dataclass(frozen=True, slots=True)
class PaginationSettings:
    """How one listing is paginated, with the defaults of its type filled in.

    ``size_param`` empty means that no page size is sent. Paths are as ``pagination.paths`` finds
    them; None means that the common places are tried. ``ignored_signs`` are names of signs.
    """

    type: PaginationType = PaginationType.NONE
    page_size: int = 100
    param: str = ""
    size_param: str = ""
    start_page: int = 1
    cursor_path: str | None = None
    has_more_path: str | None = None
    last_page_path: str | None = None
    total_path: str | None = None
    next_link_path: str | None = None
    header_link_rel: str = "next"
    max_pages: int = 100_000
    start_offset: int = 0
    total_pages_path: str | None = None
    short_page_ends: bool = False
    ignored_signs: tuple[str, ...] = ()
    link_keeps_params: bool = False
    cursor_alone: bool = False
    first_cursor: str | None = None
    location: Location = Location.QUERY

    @property
    def paths(self) -> tuple[str, ...]:
        """All paths into a response that are set."""
        paths = (
            *(self.cursor_path, self.has_more_path, self.last_page_path, self.total_path),
            *(self.total_pages_path, self.next_link_path),
        )
        return tuple(path for path in paths if path)


def _setting(
    default: Any, allowed: str, *, when: tuple[str, str] | None = None, **more: Any
) -> Any:
    """A field that can say what it allows and, in ``when``, which other setting requires it."""
    extra: dict[str, Any] = {"allowed": allowed, "required_when": when}
    return Field(default, json_schema_extra=extra, **more)


_PARAM = "the name of a query parameter"
_PATH = "a key, a dot path, a header's name or a jq expression,"
_OAUTH2 = ("auth_type", "oauth2_client_credentials")


class Settings(BaseModel):
    """All integration settings, checked. Built by ``parse_settings``; secrets never show."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )

    base_url: str = _setting(..., "an http or https URL such as https://api.example.com/v2")
    auth_type: AuthType = _setting(AuthType.NONE, "one of " + ", ".join(AuthType))
    api_token: SecretStr | None = _setting(
        None, "the bearer token alone, in printable ASCII", when=("auth_type", "bearer_token")
    )
    username: str | None = _setting(None, "a user name without ':'", when=("auth_type", "basic"))
    password: SecretStr | None = _setting(None, "a password; it may be empty")
    api_key: SecretStr | None = _setting(
        None, "a key in printable ASCII", when=("auth_type", "api_key")
    )
    api_key_header: str = _setting("X-API-Key", "a legal HTTP header name such as X-API-Key")
    api_key_query_param: str | None = _setting(None, _PARAM)
    token_url: str | None = _setting(None, "an http or https URL", when=_OAUTH2)
    client_id: str | None = _setting(None, "the client's id", when=_OAUTH2)
    client_secret: SecretStr | None = _setting(None, "the client's secret", when=_OAUTH2)
    scope: str | None = _setting(None, "scopes, separated by blanks")
    audience: str | None = _setting(None, "the API that the token is for")
    client_auth_method: ClientAuthMethod = _setting(
        ClientAuthMethod.BASIC, "one of " + ", ".join(ClientAuthMethod)
    )
    custom_auth_request: Secret[CustomAuthRequest] | None = _setting(
        None,
        "a JSON object with endpoint, method, headers, body or bodyForm, queryParams and "
        "reauthenticateIntervalSeconds",
        when=("auth_type", "custom"),
    )
    custom_auth_request_template: Secret[CustomAuthTemplate] | None = _setting(
        None,
        "a JSON object with headers, queryParams or body, whose texts may hold {{.jq_path}}",
        when=("auth_type", "custom"),
    )
    custom_headers: Secret[dict[str, str]] | None = _setting(
        None, 'a JSON object of header names and texts, such as {"X-Tenant": "acme"}'
    )
    pagination_type: PaginationType = _setting(
        PaginationType.NONE, "one of " + ", ".join(PaginationType)
    )
    page_size: int = _setting(100, "a whole number from 1 to 10,000 (items)", ge=1, le=10_000)
    pagination_param: str | None = _setting(None, _PARAM)
    size_param: str | None = _setting(None, f"{_PARAM}, or empty to send none")
    start_page: int = _setting(1, "a whole number, 0 or greater", ge=0)
    start_offset: int = _setting(0, "a whole number, 0 or greater", ge=0)
    cursor_path: str | None = _setting(None, f"{_PATH} such as meta.next_cursor or data.-1.id")
    has_more_path: str | None = _setting(None, f"{_PATH} such as meta.has_more")
    last_page_path: str | None = _setting(None, f"{_PATH} such as data.last")
    total_path: str | None = _setting(None, f"{_PATH} such as meta.total or X-Total-Count")
    total_pages_path: str | None = _setting(None, f"{_PATH} such as meta.totalPages")
    next_link_path: str | None = _setting(None, f"{_PATH} such as links.next")
    header_link_rel: str = _setting("next", "a relation type of the Link header, such as next")
    short_page_ends: bool = _setting(False, "true or false")
    ignored_signs: tuple[str, ...] = _setting(
        (), 'names of signs as messages write them, such as ["total", "X-Total-Count"]'
    )
    max_pages: int = _setting(100_000, "a whole number, 1 or greater (pages)", ge=1)
    max_attempts: int = _setting(6, "a whole number from 1 to 20 (attempts)", ge=1, le=20)
    retry_statuses: tuple[int, ...] = _setting(
        (), "4xx and 5xx statuses other than 401, such as [400, 403]"
    )
    timeout: float = _setting(
        30, "a number of seconds greater than 0, at most 3,600", gt=0, le=3600, allow_inf_nan=False
    )
    verify_ssl: bool = _setting(True, "true or false")
    max_concurrent_requests: int = _setting(
        10, "a whole number from 1 to 1,000 (requests)", ge=1, le=1000
    )
    max_requests_per_second: float | None = _setting(
        None, "a number of requests greater than 0", gt=0, allow_inf_nan=False
    )
    max_response_bytes: int = _setting(
        268_435_456, "a whole number of bytes, 1,024 or greater", ge=1024
    )

    _base_url = field_validator("base_url")(checks.base_url)
    _token = field_validator("api_token", "api_key", mode="before")(checks.header_secret)
    _bearer = field_validator("api_token")(checks.bare_token)
    _username = field_validator("username")(checks.username)
    _header = field_validator("api_key_header")(checks.header_name)
    _paths = field_validator(
        "cursor_path",
        "has_more_path",
        "last_page_path",
        "total_path",
        "total_pages_path",
        "next_link_path",
    )(checks.path)
    _ignored_signs = field_validator("ignored_signs", mode="before")(checks.names)
    _retry_statuses = field_validator("retry_statuses", mode="before")(checks.statuses)
    _params = field_validator("pagination_param", "size_param", "api_key_query_param")(
        checks.param_name
    )
    _token_url = field_validator("token_url")(checks.token_url)
    _custom_headers = field_validator("custom_headers", mode="before")(checks.headers)
    _rel = field_validator("header_link_rel")(checks.link_rel)
    _numbers = field_validator(
        "page_size",
        "start_page",
        "start_offset",
        "max_pages",
        "max_attempts",
        "timeout",
        "max_concurrent_requests",
        "max_requests_per_second",
        "max_response_bytes",
        mode="before",
    )(checks.number)

    @property
    def pagination(self) -> PaginationSettings:
        """The pagination settings with the defaults of their type filled in."""
        param, size_param = PARAM_DEFAULTS[self.pagination_type]
        return PaginationSettings(
            type=self.pagination_type,
            page_size=self.page_size,
            param=self.pagination_param or param,
            size_param=size_param if self.size_param is None else self.size_param,
            start_page=self.start_page,
            cursor_path=self.cursor_path,
            has_more_path=self.has_more_path,
            last_page_path=self.last_page_path,
            total_path=self.total_path,
            next_link_path=self.next_link_path,
            header_link_rel=self.header_link_rel,
            max_pages=self.max_pages,
            start_offset=self.start_offset,
            total_pages_path=self.total_pages_path,
            short_page_ends=self.short_page_ends,
            ignored_signs=self.ignored_signs,
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that may never appear in a log line or an error text."""
        values = (getattr(self, name) for name in type(self).model_fields)
        texts = [v.get_secret_value() for v in values if isinstance(v, SecretStr)]
        return (*texts, *self.headers.values())

    @property
    def headers(self) -> dict[str, str]:
        """``customHeaders``, for every request to the configured origin."""
        return self.custom_headers.get_secret_value() if self.custom_headers else {}


def is_secret(field_name: str) -> bool:
    """Whether the setting of that name is a secret; a name that is no setting counts as one."""
    field = Settings.model_fields.get(field_name)
    return field is None or "Secret" in str(field.annotation)


def required_when(field_name: str) -> tuple[str, str] | None:
    """The (setting, value) that makes ``field_name`` required, or None."""
    return _extra(field_name)["required_when"]  # type: ignore[no-any-return]


def allowed(field_name: str) -> str:
    """What ``field_name`` allows, in words."""
    return str(_extra(field_name)["allowed"])


def _extra(field_name: str) -> dict[str, Any]:
    extra = Settings.model_fields[field_name].json_schema_extra
    assert isinstance(extra, dict)
    return extra
