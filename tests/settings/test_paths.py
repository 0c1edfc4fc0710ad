"""Paths into a response and signs to ignore, as settings: what is taken, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from port_ocean.config.dynamic import default_config_factory

from errors import SettingsError
from pagination import Page, PageRequest, build_paginator, records_of
from pagination.paths import find
from pagination.progress import placed, with_signs
from settings import parse_settings
from settings.model import Settings

BASE = {"baseUrl": "https://api.example.com"}
PATHS = (
    *("cursorPath", "hasMorePath", "lastPagePath"),
    *("totalPath", "totalPagesPath", "nextLinkPath"),
)
JQ = '.link[] | select(.relation == "next") | .url'
SPEC = Path(".port/spec.yaml")


def problem(**raw: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        parse_settings({**BASE, **raw})
    (only,) = caught.value.problems
    return only


def parsed(name: str, value: Any) -> Any:
    return parse_settings({**BASE, name: value}).model_dump(by_alias=True)[name]


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("meta.next_cursor", "meta.next_cursor"),
        (" .meta.next_cursor ", "meta.next_cursor"),
        ("$.meta.next_cursor", "meta.next_cursor"),
        ("@odata.nextLink", "@odata.nextLink"),
        ("data.-1.id", "data.-1.id"),
        ("x-ms-continuationtoken", "x-ms-continuationtoken"),
        (JQ, JQ),
        (".data[-1].id", ".data[-1].id"),
        ('."next page"', '."next page"'),
    ],
)
def test_a_path_is_a_key_a_dot_path_a_header_s_name_or_jq(name: str, text: str, kept: str) -> None:
    assert parsed(name, text) == kept


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("text", [".link[] | select(", "[.a", "meta next", '."a'])
def test_jq_that_cannot_be_compiled_is_named_with_its_reason(name: str, text: str) -> None:
    told = problem(**{name: text})
    assert told.startswith(f"{name}: is neither a dot path nor jq (jq: error: ")
    assert f"; found {text!r}; allowed: a key, a dot path, a header's name or a jq" in told


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("text", ["a..b", ".", "meta.next."])
def test_a_dot_path_has_no_empty_step(name: str, text: str) -> None:
    assert problem(**{name: text}).startswith(f"{name}: is not a dot path; found {text!r}")


BODY = {
    "a.b": "literal",
    "a": {"b": "path"},
    "data": [{"id": "first"}, {"id": "last"}],
    "x-next": "body",
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b", "literal"),
        ("data.0.id", "first"),
        ("data.-1.id", "last"),
        ("x-next", "body"),
        ("X-Cursor", "header"),
    ],
)
def test_a_literal_key_comes_before_a_dot_path_and_that_before_a_header(
    path: str, value: str
) -> None:
    headers = {"x-next": "header", "x-cursor": "header"}
    assert find(parsed("cursorPath", path), BODY, headers, {}) == value


@pytest.mark.parametrize(
    "given", [["total", "X-Total-Count"], '["total", "X-Total-Count"]', "total, X-Total-Count,"]
)
def test_ignored_signs_are_a_list_or_text_of_one(given: Any) -> None:
    assert parsed("ignoredSigns", given) == ("total", "X-Total-Count")


@pytest.mark.parametrize(
    ("given", "why"),
    [('["total"', "is not JSON"), ("[1]", "is not a list of names"), (5, "is not a list of names")],
)
def test_anything_else_is_named(given: Any, why: str) -> None:
    assert problem(ignoredSigns=given).startswith(f"ignoredSigns: {why}; found {given!r}; allowed:")


@pytest.mark.parametrize("given", [["total"], '["total"]'])
def test_ocean_hands_a_list_and_its_json_text_on(given: Any) -> None:
    entries = yaml.safe_load(SPEC.read_text(encoding="utf-8"))["configurations"]
    config = default_config_factory(entries).model_validate(
        {"base_url": "https://api.example.com", "ignored_signs": given}
    )
    settings = parse_settings(config.model_dump(mode="json"))
    assert settings.pagination.ignored_signs == ("total",)


@pytest.mark.parametrize("name", ["total", "TOTAL", "to-tal"])
def test_a_sign_is_ignored_by_its_name_as_messages_write_it(name: str) -> None:
    def signs(**raw: Any) -> list[str]:
        settings = parse_settings({**BASE, "paginationType": "offset", **raw}).pagination
        body = {"items": [1], "total": 9}
        page = Page(PageRequest("https://h"), [1], records_of([1], level=()), body)
        return [one.name for one in with_signs(placed(page, None), build_paginator(settings)).signs]

    assert signs() == ["total"]
    assert signs(ignoredSigns=[name]) == []
    assert signs(ignoredSigns=["records"]) == ["total"]


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("True", True), ("false", False), (True, True)]
)
def test_short_page_ends_may_be_text(text: Any, value: bool) -> None:
    pagination = parse_settings({**BASE, "shortPageEnds": text}).pagination
    assert pagination.short_page_ends is value


def test_what_is_no_flag_or_offset_is_named() -> None:
    assert problem(shortPageEnds="perhaps").startswith("shortPageEnds: is not allowed; found 'perh")
    assert problem(startOffset="-1").startswith("startOffset: is not allowed; found '-1'; allowed:")
    assert problem(startOffset=True).startswith("startOffset: is not a number; found True")
    assert parse_settings({**BASE, "startOffset": "1"}).pagination.start_offset == 1


def test_all_paths_are_checked_alike() -> None:
    named = {name for name in Settings.model_fields if name.endswith("_path")}
    assert len(named) == len(PATHS)
