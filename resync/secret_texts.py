"""What is secret in the settings: every value that may appear in no log line and no error text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit

from auth.custom import TEMPLATE
from client.redaction import MIN_SECRET_CHARACTERS, is_secret_name
from settings import AuthType, Settings
from settings.custom_auth import CustomAuthRequest, CustomAuthTemplate

Pair = tuple[str, str]

_ORDINARY = """
    true false null none yes no on off default get post put patch delete json xml html csv form
    utf-8 gzip deflate br identity en en-us keep-alive close no-cache xmlhttprequest
    basic bearer digest negotiate token apikey jwt x-oauth-basic api_token access_token
    client_credentials password authorization_code refresh_token device_code
    api web app user users admin login read write openid profile email offline_access
"""
"""Words of protocols, and others that stand in half of all messages. Masking them would hide what a
message is about, and they protect nothing."""

MEDIA_TYPES = re.compile(r"(?:application|text|multipart|\*)/[\w.+*-]+\s*(?:[;,].*)?")
GRANT_TYPE = re.compile(r"urn:ietf:params:oauth:[\w:.-]+")
_OPEN_HEADERS = """
    accept accept-charset accept-encoding accept-language cache-control content-type user-agent
"""
ORDINARY = frozenset(_ORDINARY.split())
OPEN_HEADERS = frozenset(_OPEN_HEADERS.split())
SCHEME = re.compile(r"[A-Za-z][\w-]*[ \t]+(?=\S)")
"""A scheme of HTTP authentication stands before its credentials (RFC 9110 section 11.4)."""

PARAMETER = re.compile(r"""[\w.-]=["']?([^\s"';,&=]+)""")
DECORATION = " \t\"'=:;,&()[]{}<>"
MIN_NUMBER_CHARACTERS = 4
"""Of a number that counts as a secret: shorter ones are versions and flags."""


def secret_texts(settings: Settings) -> list[str]:
    """The secrets of ``settings``, in the forms in which they are sent; see ``client.Redactor`` for
    how these are encoded."""
    found = [*settings.secrets, *_pairs(settings)]
    if settings.custom_auth_request is not None:
        request = settings.custom_auth_request.get_secret_value()
        found += _kept(_of_request(request), settings)
    if settings.custom_auth_request_template is not None:
        template = settings.custom_auth_request_template.get_secret_value()
        found += _kept(_of_template(template), settings)
    return found


def secret_names(settings: Settings) -> list[str]:
    """Names of query parameters whose values no URL may show."""
    names = [settings.api_key_query_param] if settings.api_key_query_param else []
    if settings.custom_auth_request is not None:
        # The setting is secret as a whole, and its parameters stand in the URL that messages show.
        request = settings.custom_auth_request.get_secret_value()
        names += request.query_params or {}
        names += [name for name, _ in _query(request)]
    return names


def is_ordinary(text: str) -> bool:
    """Whether ``text`` is one of the words that any login may hold, and no secret."""
    bare = text.strip().lower()
    return bare in ORDINARY or bool(MEDIA_TYPES.fullmatch(bare) or GRANT_TYPE.fullmatch(bare))


def _pairs(settings: Settings) -> Iterator[str]:
    """What a ``Basic`` header holds in base64 (RFC 7617, and RFC 6749 section 2.3.1)."""
    name = settings.username
    password = settings.password.get_secret_value() if settings.password else ""
    if name and (password or settings.auth_type is AuthType.BASIC):
        yield f"{name}:{password}"
        if len(password) < MIN_SECRET_CHARACTERS or is_ordinary(password):
            # Many APIs take a key as the name, and any password or none.
            yield name
    if settings.client_id and settings.client_secret:
        secret = settings.client_secret.get_secret_value()
        yield f"{settings.client_id}:{secret}"
        yield f"{quote_plus(settings.client_id)}:{quote_plus(secret)}"


def _kept(pairs: Iterator[Pair], settings: Settings) -> Iterator[str]:
    """The texts of ``pairs`` (name, text) that are masked. Under the name of a secret that is any
    text; elsewhere it is none that is ordinary, or a part of ``baseUrl``, which messages show."""
    url = urlsplit(settings.base_url)
    host = url.hostname or ""
    shown = {settings.base_url, host, *host.split("."), *url.path.split("/")}
    for name, text in pairs:
        named = is_secret_name(name) and not name.lower().endswith("type")
        is_open = is_ordinary(text) or text in shown or name.lower() in OPEN_HEADERS
        if named or not is_open:
            yield text


def _of_request(request: CustomAuthRequest) -> Iterator[Pair]:
    parts = request.model_dump(include={"headers", "body", "query_params"})
    form = _of_form(request.body_form or "")
    for name, text in (*form, *_query(request), *_texts("", parts)):
        yield name, text
        yield from ((name, value) for value in _credentials(name, text))


def _of_template(template: CustomAuthTemplate) -> Iterator[Pair]:
    for name, text in _texts("", template.model_dump()):
        first, *rest = TEMPLATE.split(text)[::2]
        if rest:
            # What fills the text may stand behind a scheme, or behind the name of a parameter.
            first = re.sub(r"^[A-Za-z-]+[ \t]+$", "", first)
        for piece in (first, *rest):
            yield from ((name, value) for value in _credentials(name, piece))
            yield name, re.sub(r"""[\w.-]+=["']?$""", "", piece).strip(DECORATION)


def _of_form(form: str) -> list[Pair]:
    """The values of a form; some send JSON or XML as one."""
    with suppress(ValueError):
        return list(_texts("", json.loads(form)))
    if form.lstrip().startswith("<"):
        return [("", text) for text in (*re.findall(r">([^<>]+)<", form), form)]
    return parse_qsl(form) if "=" in form else [("", form)]


def _query(request: CustomAuthRequest) -> list[Pair]:
    return parse_qsl(urlsplit(request.endpoint).query)


def _texts(name: str, value: Any) -> Iterator[Pair]:
    """All texts in ``value`` at any depth, each with the name of the key that it is under."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _texts(str(key), one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(name, one)
    elif isinstance(value, str):
        yield name, value
    elif isinstance(value, bool) or value is None:
        return
    elif len(str(value)) >= MIN_NUMBER_CHARACTERS:
        yield name, str(value)


def _credentials(name: str, text: str) -> Iterator[str]:
    """The parts of ``text`` that are secret by themselves: what stands behind a scheme, and the
    values of parameters."""
    yield from PARAMETER.findall(text)
    scheme = SCHEME.match(text)
    if scheme and ("authori" in name.lower() or is_ordinary(scheme[0])):
        yield text[scheme.end() :]
