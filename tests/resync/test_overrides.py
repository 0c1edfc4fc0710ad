"""What a resource's own ``pagination`` takes over from the integration's, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from errors import SettingsError
from resync.overrides import pagination_for
from settings import parse_settings
from settings.model import Location

SETTINGS = parse_settings(
    {
        "baseUrl": "https://h",
        "paginationType": "cursor",
        "cursorPath": "meta.after",
        "paginationParam": "after",
        "sizeParam": "first",
        "pageSize": "50",
        "maxPages": "9",
    }
)


def problems(**override: Any) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        pagination_for(SETTINGS, override, "selector.pagination")
    return caught.value.problems


def test_without_an_override_the_integration_s_stays() -> None:
    assert pagination_for(SETTINGS, {}, "p") == SETTINGS.pagination


@pytest.mark.parametrize("override", [{"page_size": 7}, {"type": "cursor", "page_size": "7"}])
def test_the_same_type_keeps_the_integration_s_names_and_paths(override: dict[str, Any]) -> None:
    found = pagination_for(SETTINGS, override, "p")
    assert (found.type, found.param, found.size_param) == ("cursor", "after", "first")
    assert (found.cursor_path, found.page_size, found.max_pages) == ("meta.after", 7, 9)
    assert found.location is Location.QUERY


def test_another_type_keeps_the_page_size_and_the_guard_and_nothing_else() -> None:
    found = pagination_for(SETTINGS, {"type": "offset"}, "p")
    assert (found.type, found.param, found.size_param) == ("offset", "offset", "limit")
    assert (found.cursor_path, found.page_size, found.max_pages) == (None, 50, 9)


@pytest.mark.parametrize(
    ("override", "name", "value"),
    [
        ({"pagination_param": "p"}, "param", "p"),
        ({"size_param": "n"}, "size_param", "n"),
        ({"size_param": ""}, "size_param", ""),
        ({"cursor_path": "next.id"}, "cursor_path", "next.id"),
        ({"has_more_path": "more"}, "has_more_path", "more"),
        ({"last_page_path": "last"}, "last_page_path", "last"),
        ({"total_path": "count"}, "total_path", "count"),
        ({"max_pages": 3}, "max_pages", 3),
        ({"type": "offset", "start_offset": 1}, "start_offset", 1),
        ({"total_pages_path": "X-WP-TotalPages"}, "total_pages_path", "X-WP-TotalPages"),
        ({"total_pages_path": ".a[-1]"}, "total_pages_path", ".a[-1]"),
        ({"short_page_ends": True}, "short_page_ends", True),
        ({"short_page_ends": "true"}, "short_page_ends", True),
        ({"ignored_signs": ["total", "next"]}, "ignored_signs", ("total", "next")),
        ({"ignored_signs": "total, next"}, "ignored_signs", ("total", "next")),
        ({"link_keeps_params": True}, "link_keeps_params", True),
        ({"link_keeps_params": "false"}, "link_keeps_params", False),
        ({"cursor_alone": "true"}, "cursor_alone", True),
        ({"first_cursor": "*"}, "first_cursor", "*"),
        ({"first_cursor": 0}, "first_cursor", "0"),
        ({"location": "body"}, "location", Location.BODY),
        ({"type": "page", "start_page": 0}, "start_page", 0),
        ({"type": "next_link", "next_link_path": "links.next"}, "next_link_path", "links.next"),
        ({"type": "header_link", "header_link_rel": "more"}, "header_link_rel", "more"),
    ],
)
def test_each_key_overrides_its_setting(override: dict[str, Any], name: str, value: object) -> None:
    assert getattr(pagination_for(SETTINGS, override, "p"), name) == value


def test_ignored_signs_are_the_integration_s_unless_the_resource_names_its_own() -> None:
    settings = parse_settings(
        {"baseUrl": "https://h", "paginationType": "page", "ignoredSigns": ["total"]}
    )
    assert pagination_for(settings, {"page_size": 5}, "p").ignored_signs == ("total",)
    assert pagination_for(settings, {"ignored_signs": ["next"]}, "p").ignored_signs == ("next",)
    assert pagination_for(settings, {"ignored_signs": []}, "p").ignored_signs == ()


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ({"start_offset": -1}, "start_offset: is not allowed; found -1; allowed: a whole number"),
        ({"total_pages_path": ".a["}, "total_pages_path: is neither a dot path nor jq (jq: error"),
        ({"short_page_ends": "perhaps"}, "short_page_ends: is not allowed; found 'perhaps'"),
        ({"ignored_signs": 5}, "ignored_signs: is not a list of names; found 5"),
        ({"link_keeps_params": 1}, "link_keeps_params: found 1; allowed: true or false"),
        ({"cursor_alone": "perhaps"}, "cursor_alone: found 'perhaps'; allowed: true or false"),
    ],
)
def test_a_wrong_value_of_each_key_is_named(override: dict[str, Any], told: str) -> None:
    (problem,) = problems(**override)
    assert problem.startswith(f"selector.pagination.{told}")


def test_an_unknown_key_is_named_with_its_likeness_or_all_there_are() -> None:
    (near,) = problems(page_sise=5)
    assert near == "selector.pagination.page_sise: no such key; did you mean page_size?"
    (far,) = problems(xyz=5)
    assert far.startswith("selector.pagination.xyz: no such key; allowed: type, page_size, ")
    assert far.endswith("location")


def test_a_wrong_value_is_named_by_the_selector_s_key_not_by_the_setting() -> None:
    (problem,) = problems(page_size=0)
    assert problem.startswith("selector.pagination.page_size:")
    assert "1 to 10,000" in problem
    (problem,) = problems(location="path")
    assert problem == "selector.pagination.location: found 'path'; allowed: query or body"


def test_all_problems_come_at_once() -> None:
    assert len(problems(page_size=0, location="path", xyz=1, max_pages="x")) == 4
