"""From the command line and the environment to settings and endpoints."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from client import Origin
from client.redaction import is_secret_name
from errors import SettingsError
from resync.overrides import SETTING_OF
from resync.placeholders import placeholders
from settings import Settings, parse_settings
from settings.model import AuthType, required_when

PREFIX = "OCEAN__INTEGRATION__CONFIG__"
NOT_READ = frozenset({"base_url", "max_concurrent_requests"})
"""Settings that detection does not take from the environment; those of pagination neither."""

OF_PAGINATION = frozenset(SETTING_OF.values())
SUBJECT = "the command line and the environment"

PREFIXES = re.compile(r"[A-Za-z0-9]\w{0,19}", re.ASCII)

Params = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint: its absolute ``url`` without a query, its ``path`` below the base URL, and
    the ``params`` of its query."""

    url: str
    path: str
    params: Params = ()


@dataclass(frozen=True, slots=True)
class Task:
    """What to detect, and by which settings to ask; ``notes`` tell what was read otherwise than
    it was written. ``prefix`` begins what must be unique in a Port account."""

    settings: Settings
    endpoints: tuple[Endpoint, ...]
    notes: tuple[str, ...] = ()
    prefix: str = ""


def read_task(options: argparse.Namespace, environment: Mapping[str, str] | None = None) -> Task:
    """The task that ``options`` and ``environment`` (the process's by default) describe.

    Raises ``SettingsError`` with every problem of the URLs, or of the settings.
    """
    variables = os.environ if environment is None else environment
    raw = {**_from_environment(variables), **_from_options(options)}
    base_url, endpoints = split_urls(options.urls, options.base_url)
    notes: list[str] = []
    endpoints = tuple(_without_key(endpoint, raw, notes) for endpoint in endpoints)
    raw = _with_auth_type(raw)
    settings = parse_settings({**raw, "base_url": base_url})
    return Task(settings, endpoints, tuple(notes), _prefix(options))


def _prefix(options: argparse.Namespace) -> str:
    prefix: str = options.prefix or ""
    if prefix and PREFIXES.fullmatch(prefix) is None:
        problem = f"--prefix: found {prefix!r}; allowed: up to 20 letters, digits and _"
        raise SettingsError([problem], subject=SUBJECT)
    return prefix


def split_urls(urls: Sequence[str], base_url: str | None) -> tuple[str, tuple[Endpoint, ...]]:
    """The base URL (``base_url``, else the origin of the first URL) and the endpoints below it.

    Raises ``SettingsError`` for what is no URL, holds credentials, or is not below the base URL.
    """
    problems: list[str] = []
    base = (base_url or "").rstrip("/")
    found: list[Endpoint] = []
    for number, url in enumerate(urls, start=1):
        place = f"URL {number}" if len(urls) > 1 else "URL"
        try:
            split = urlsplit(url.strip())
            _check(split.scheme, split.netloc, split.path, bool(split.username or split.password))
            base = base or str(Origin.of(f"{split.scheme}://{split.netloc}"))
            found.append(_below(base, f"{split.scheme}://{split.netloc}{split.path}", split.query))
        except ValueError as error:
            problems.append(f"{place}: {error}")
    if problems:
        raise SettingsError(problems, subject=SUBJECT)
    return base, tuple(dict.fromkeys(found))


def _check(scheme: str, netloc: str, path: str, credentials: bool) -> None:
    if scheme not in ("http", "https") or not netloc:
        raise ValueError("must begin with http:// or https:// and name a host")
    if credentials:
        raise ValueError("must not hold a user name or password: use --basic user:password")
    names = placeholders(path)
    if names:
        raise ValueError(f"write a real value in place of {{{sorted(names)[0]}}}")


def _below(base: str, url: str, query: str) -> Endpoint:
    origin, own = Origin.of(base), Origin.of(url)
    path, prefix = urlsplit(url).path or "/", urlsplit(base).path
    if own != origin:
        raise ValueError(f"is at {own}, not at {origin}: one installation reads one API")
    if prefix and not f"{path}/".startswith(f"{prefix}/"):
        raise ValueError(f"{path} is not below --base-url {prefix}")
    rest = path[len(prefix) :] or "/"
    params = tuple(parse_qsl(query, keep_blank_values=True))
    return Endpoint(f"{base}{rest}", rest, params)


def _from_environment(variables: Mapping[str, str]) -> dict[str, Any]:
    """The settings in the integration's own variables that say how to ask."""
    found: dict[str, Any] = {}
    for variable, value in variables.items():
        name = variable.upper().removeprefix(PREFIX).lower()
        known = name in Settings.model_fields and variable.upper().startswith(PREFIX)
        if known and name not in NOT_READ | OF_PAGINATION and value.strip():
            found[name] = value
    return found


def _from_options(options: argparse.Namespace) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    if options.bearer_token is not None:
        raw |= {"auth_type": AuthType.BEARER_TOKEN, "api_token": options.bearer_token}
    if options.basic is not None:
        username, colon, password = options.basic.partition(":")
        raw |= {"auth_type": AuthType.BASIC, "username": username}
        # Without a colon the password may be in the environment.
        raw |= {"password": password} if colon else {}
    if options.api_key is not None:
        raw |= {"auth_type": AuthType.API_KEY, "api_key": options.api_key}
    if options.api_key_header is not None:
        raw["api_key_header"] = options.api_key_header
    if options.api_key_query_param is not None:
        raw["api_key_query_param"] = options.api_key_query_param
    if options.header:
        raw["custom_headers"] = dict(map(_header, options.header))
    if options.timeout is not None:
        raw["timeout"] = options.timeout
    if options.no_verify_ssl:
        raw["verify_ssl"] = False
    return raw


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise SettingsError(["--header: must be 'Name: value'"], subject=SUBJECT)
    return name.strip(), value.strip()


def _with_auth_type(raw: dict[str, Any]) -> dict[str, Any]:
    """Credentials tell which authentication is meant, where nothing else does."""
    if raw.get("auth_type"):
        return raw
    for auth_type, name in (
        (AuthType.BEARER_TOKEN, "api_token"),
        (AuthType.API_KEY, "api_key"),
        (AuthType.BASIC, "username"),
        (AuthType.OAUTH2, "client_secret"),
    ):
        if raw.get(name) and required_when(name) == ("auth_type", auth_type):
            return {**raw, "auth_type": auth_type}
    return raw


def _without_key(endpoint: Endpoint, raw: dict[str, Any], notes: list[str]) -> Endpoint:
    """A parameter that holds a secret becomes a setting: a kind stands in the mapping."""
    kept: list[tuple[str, str]] = []
    for name, value in endpoint.params:
        if not is_secret_name(name) or not value:
            kept.append((name, value))
            continue
        given = (raw.get("api_key_query_param", name), raw.get("api_key", value))
        other = raw.get("auth_type", AuthType.API_KEY) != AuthType.API_KEY
        if other or given != (name, value):
            raise SettingsError(
                [
                    f"URL: its parameter {name} seems to be a secret, and a kind must not hold "
                    f"one: give it by --api-key and --api-key-query-param {name} alone"
                ],
                subject=SUBJECT,
            )
        raw |= {"auth_type": AuthType.API_KEY, "api_key": value, "api_key_query_param": name}
        notes.append(f"{name} in the URL is taken for the API key: apiKeyQueryParam {name}")
    return replace(endpoint, params=tuple(kept))
