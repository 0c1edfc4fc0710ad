"""A resource's own pagination: the settings' rules under the selector's names."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic.alias_generators import to_camel

from errors import SettingsError
from settings import PaginationSettings, Settings, parse_settings
from settings.model import Location

SETTING_OF = {
    "type": "pagination_type",
    **{
        name: name
        for name in (
            "page_size",
            "pagination_param",
            "size_param",
            "start_page",
            "cursor_path",
            "has_more_path",
            "last_page_path",
            "total_path",
            "next_link_path",
            "header_link_rel",
            "max_pages",
            "start_offset",
            "total_pages_path",
            "short_page_ends",
            "ignored_signs",
        )
    },
}
"""By key of ``selector.pagination``: the integration setting that it stands for."""

FLAGS = ("link_keeps_params", "cursor_alone")
KEYS = (*SETTING_OF, *FLAGS, "first_cursor", "location")
OF_ANY_TYPE = frozenset({"pagination_type", "page_size", "max_pages"})


def pagination_for(
    settings: Settings, override: Mapping[str, Any], place: str
) -> PaginationSettings:
    """The integration's pagination with ``override`` over it.

    With a ``type`` of its own a resource takes over only the page size and the guard: parameter
    names and paths belong to a type. Raises ``SettingsError`` whose problems begin with ``place``.
    """
    if not override:
        return settings.pagination
    problems = [_unknown(place, key) for key in override if key not in KEYS]
    own_type = str(override.get("type", settings.pagination_type))
    raw = {
        name: getattr(settings, name)
        for name in SETTING_OF.values()
        if own_type == settings.pagination_type or name in OF_ANY_TYPE
    }
    raw |= {SETTING_OF[key]: value for key, value in override.items() if key in SETTING_OF}
    location = str(override.get("location", Location.QUERY))
    if location not in list(Location):
        problems.append(f"{place}.location: found {location!r}; allowed: query or body")
    pagination = settings.pagination
    try:
        pagination = parse_settings({"base_url": settings.base_url, **raw}).pagination
    except SettingsError as error:
        problems += [_renamed(place, problem) for problem in error.problems]
    own: dict[str, Any] = {
        name: _flag(place, name, value, problems)
        for name in FLAGS
        if (value := override.get(name)) is not None
    }
    cursor = override.get("first_cursor")
    if isinstance(cursor, str | int) and not isinstance(cursor, bool):
        own["first_cursor"] = str(cursor)
    elif cursor is not None:
        problems.append(f"{place}.first_cursor: found {cursor!r}; allowed: text or a whole number")
    if problems:
        raise SettingsError(problems)
    return replace(pagination, location=Location(location), **own)


def _flag(place: str, name: str, value: Any, problems: list[str]) -> bool:
    if str(value).lower() not in ("true", "false"):
        problems.append(f"{place}.{name}: found {value!r}; allowed: true or false")
    return str(value).lower() == "true"


def _unknown(place: str, key: str) -> str:
    guess = difflib.get_close_matches(key, KEYS, n=1, cutoff=0.6)
    hint = f"; did you mean {guess[0]}?" if guess else f"; allowed: {', '.join(KEYS)}"
    return f"{place}.{key}: no such key{hint}"


def _renamed(place: str, problem: str) -> str:
    """A problem of a setting as a problem of the selector's key."""
    name, _, rest = problem.partition(":")
    keys = {to_camel(setting): key for key, setting in SETTING_OF.items()}
    for camel, key in keys.items():
        rest = rest.replace(camel, key)
    return f"{place}.{keys.get(name, name)}:{rest}"
