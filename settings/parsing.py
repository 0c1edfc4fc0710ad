"""From what Ocean hands over (strings, mostly) to ``Settings``, with every problem in one error."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from pydantic import ValidationError
from pydantic.alias_generators import to_camel, to_snake

from errors import SettingsError
from settings.model import (
    PARAM_DEFAULTS,
    AuthType,
    ClientAuthMethod,
    PaginationType,
    Settings,
    allowed,
    is_secret,
    required_when,
)

FRAMEWORK_NAMES = frozenset({"app_host"})
"""Names that Ocean itself reads from an integration's config."""

EMPTY_MEANS_SOMETHING = frozenset({"size_param"})
"""Settings where an empty text is a value; anywhere else the form means 'not filled in' by it."""

BLANKS_MEAN_SOMETHING = frozenset({"password"})
"""Settings where blanks alone are a value."""

OPTIONAL_WITH = {"password": ("auth_type", AuthType.BASIC)}
"""Settings that only one value of another uses, although that does not require them."""

MAX_SHOWN = 80
"""Characters of a found value that a message shows."""


def parse_settings(raw: Mapping[str, Any]) -> Settings:
    """Returns the settings in ``raw`` (names in camelCase or snake_case, values possibly text).

    Raises ``SettingsError`` that lists every wrong, missing, unknown or contradictory setting.
    """
    given = {to_snake(str(name)): value for name, value in raw.items()}
    given = {name: value for name, value in given.items() if not _unset(name, value)}
    known = {name: value for name, value in given.items() if name in Settings.model_fields}
    problems = list(_unknown(given))
    settings: Settings | None = None
    try:
        settings = Settings.model_validate(known)
    except ValidationError as error:
        problems += [_problem(details, known) for details in error.errors(include_url=False)]
    problems += _contradictions(known)
    if problems or settings is None:
        raise SettingsError(problems)
    return settings


def advice(settings: Settings) -> list[str]:
    """What is not wrong but probably not meant, one line each."""
    unused = [
        to_camel(name)
        for name in Settings.model_fields
        if (need := required_when(name) or OPTIONAL_WITH.get(name))
        and getattr(settings, name) is not None
        and getattr(settings, need[0]) != need[1]
    ]
    lines = [f"{name} is set but authType {settings.auth_type} does not use it" for name in unused]
    if settings.cursor_path and settings.pagination_type is not PaginationType.CURSOR:
        lines.append(f"cursorPath is set but paginationType is {settings.pagination_type}")
    return lines


def _unset(name: str, value: Any) -> bool:
    if not isinstance(value, str):
        return value is None
    text = value if name in BLANKS_MEAN_SOMETHING else value.strip()
    return not text and name not in EMPTY_MEANS_SOMETHING


def _unknown(given: Mapping[str, Any]) -> Iterator[str]:
    """Names close to a setting's are typing errors; others may be another version's settings."""
    for name in given:
        if name in Settings.model_fields or name in FRAMEWORK_NAMES:
            continue
        guess = difflib.get_close_matches(name, Settings.model_fields, n=1, cutoff=0.8)
        if guess:
            yield f"{to_camel(name)}: no such setting; did you mean {to_camel(guess[0])}?"


def _problem(details: Any, known: Mapping[str, Any]) -> str:
    name = to_snake(str(details["loc"][0]))
    label = ".".join([to_camel(name), *map(str, details["loc"][1:])])
    if details["type"] == "missing":
        return f"{label}: is missing; allowed: {allowed(name)}"
    why = str(details["ctx"]["error"]) if details["type"] == "value_error" else "is not allowed"
    found = "(hidden)" if is_secret(name) else _shown(_without_credentials(known.get(name)))
    return f"{label}: {why}; found {found}; allowed: {allowed(name)}{_guess(name, known.get(name))}"


def _without_credentials(value: Any) -> Any:
    """User-info and the query of a wrong URL may hold a password: neither is shown."""
    if not isinstance(value, str) or "://" not in value:
        return value
    return re.sub(r"\?[^#]*", "?...", re.sub(r"//[^/?#]*@", "//...@", value))


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."


def _guess(name: str, value: Any) -> str:
    enums: dict[str, type[StrEnum]] = {
        "auth_type": AuthType,
        "pagination_type": PaginationType,
        "client_auth_method": ClientAuthMethod,
    }
    options = [option.value for option in enums.get(name, ())]
    close = difflib.get_close_matches(str(value).lower(), options, n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else ""


def _contradictions(known: Mapping[str, Any]) -> Iterator[str]:
    for name in Settings.model_fields:
        need = required_when(name)
        if need and str(known.get(need[0], "")) == need[1] and name not in known:
            yield (
                f"{to_camel(name)}: is missing; required because {to_camel(need[0])} "
                f"is {need[1]}; allowed: {allowed(name)}"
            )
    by_type = {str(kind): names for kind, names in PARAM_DEFAULTS.items()}
    defaults = by_type.get(str(known.get("pagination_type")), ("", ""))
    param = known.get("pagination_param") or defaults[0]
    size = known.get("size_param", defaults[1])
    if param and param == size:
        yield (
            f"sizeParam: found {_shown(size)}, which paginationParam uses too; "
            "allowed: two different query parameters"
        )
