"""Fields that may hold secrets: none of them belongs into a catalog."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from client.redaction import is_secret_name

NAMED = "its name says that it may hold a secret"
LOOKS_LIKE_ONE = "a value of it looks like a credential"
TOO_DEEP = "it is nested too deeply to be looked through"
DEEPEST = 20
KEY = "key"
"""The one name that is a secret's, and an identifier in many an API."""

CREDENTIAL = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\."  # RFC 7519
    r"|\bBearer\s+[\w.~+/-]{16,}"
    r"|\b(?:gh[pousr]|npm|shpat)_[A-Za-z0-9]{16,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}"
    r"|\bxox[abeoprs]-[\w-]{10,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[\w-]{30,}"
    r"|\b[sr]k_(?:live|test)_\w{10,}|\bsk-[\w-]{20,}|\bhvs\.[\w-]{20,}"
    r"|^[a-z][\w+.-]*://[^/\s:@?#]*:[^/\s@?#]+@"
    r"|://hooks\.slack\.com/(?:services|workflows|triggers)/|://hooks\.zapier\.com/hooks/"
    r"|://(?:\w+\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/|\.webhook\.office\.com/"
)
"""How widely used credentials begin; URLs with a password in them (RFC 3986 section 3.2.1), and
webhooks that need nothing but their URL."""

PARAMETER = re.compile(r"[?&]([\w.-]+)=[^&#\s]")


def secret_fields(
    items: Sequence[Mapping[str, Any]], sent: Callable[[str], bool]
) -> dict[str, str]:
    """By name: why a field of ``items`` may hold a secret. ``sent`` tells whether a text holds one
    that the API was sent."""
    found: dict[str, str] = {}
    for item in items:
        for name, value in item.items():
            if name not in found and (why := _why(name, value, sent)):
                found[name] = why
    return found


def without_secrets(
    items: Sequence[Mapping[str, Any]], secret: Mapping[str, str], sent: Callable[[str], bool]
) -> list[dict[str, Any]]:
    """``items`` as identifiers, titles and relations may be made of them: without what is
    ``secret``, save for the harmless part of an object and for what is merely called key."""
    return [
        {name: kept for name, value in item.items() for kept in _kept(name, value, secret, sent)}
        for item in items
    ]


def _kept(
    name: str, value: Any, secret: Mapping[str, str], sent: Callable[[str], bool]
) -> Iterator[Any]:
    if sent(name):
        return
    if name not in secret or (name.lower() == KEY and not _why("", value, sent)):
        yield value
    elif isinstance(value, dict) and secret[name] != NAMED:
        yield {key: inner for key, inner in value.items() if not _why_inner(key, inner, sent, 1)}


def _why(name: str, value: Any, sent: Callable[[str], bool]) -> str:
    return NAMED if is_secret_name(name) else _why_value(value, sent, 0)


def _why_inner(name: str, value: Any, sent: Callable[[str], bool], depth: int) -> str:
    """Flags and nulls tell no secret; that a field of the item itself is called so is enough."""
    named = is_secret_name(name) and name.lower() != KEY
    if named and value is not None and not isinstance(value, bool):
        return f"it holds {name}, whose name says that it may hold a secret"
    return _why_value(value, sent, depth)


def _why_value(value: Any, sent: Callable[[str], bool], depth: int) -> str:
    if depth > DEEPEST:
        return TOO_DEEP
    if isinstance(value, dict):
        inner = (_why_inner(key, one, sent, depth + 1) for key, one in value.items())
        return next(filter(None, inner), "")
    if isinstance(value, list):
        return next(filter(None, (_why_value(one, sent, depth + 1) for one in value)), "")
    return LOOKS_LIKE_ONE if isinstance(value, str) and _is_credential(value, sent) else ""


def _is_credential(text: str, sent: Callable[[str], bool]) -> bool:
    names = (name for name in PARAMETER.findall(text) if name.lower() != KEY)
    return bool(CREDENTIAL.search(text)) or any(map(is_secret_name, names)) or sent(text)
