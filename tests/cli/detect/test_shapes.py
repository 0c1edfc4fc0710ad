"""What is found out of APIs that page in the ways of well-known ones."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.detect.apis import SHAPES, PagingApis
from tests.cli.detect.conftest import Detect

FOUND: dict[str, dict[str, str]] = {
    "github": {"pagination_type": "header_link", "size_param": "per_page", "page_size": "100"},
    "slack": {
        "pagination_type": "cursor",
        "pagination_param": "cursor",
        "cursor_path": "response_metadata.next_cursor",
        "size_param": "limit",
        "page_size": "100",
    },
    "odata": {
        "pagination_type": "next_link",
        "next_link_path": "@odata.nextLink",
        "size_param": "$top",
        "page_size": "20",
    },
    "odata_without_links": {
        "pagination_type": "offset",
        "pagination_param": "$skip",
        "size_param": "$top",
        "page_size": "20",
    },
    "spring": {
        "pagination_type": "page",
        "pagination_param": "page",
        "start_page": "0",
        "size_param": "size",
        "page_size": "100",
        "last_page_path": "last",
        "total_path": "totalElements",
    },
    "nothing": {"pagination_type": "none"},
    "strict": {
        "pagination_type": "offset",
        "pagination_param": "offset",
        "size_param": "limit",
        "page_size": "50",
    },
    "hubspot": {
        "pagination_type": "cursor",
        "pagination_param": "after",
        "cursor_path": "paging.next.after",
        "size_param": "limit",
        "page_size": "100",
    },
    "zendesk": {
        "pagination_type": "next_link",
        "next_link_path": "links.next",
        "size_param": "page[size]",
        "page_size": "30",
        "has_more_path": "meta.has_more",
    },
    "scim": {
        "pagination_type": "offset",
        "pagination_param": "startIndex",
        "start_offset": "1",
        "size_param": "count",
        "page_size": "20",
        "total_path": "totalResults",
    },
    "google": {
        "pagination_type": "cursor",
        "pagination_param": "pageToken",
        "cursor_path": "nextPageToken",
        "size_param": "pageSize",
        "page_size": "100",
    },
    "relay": {
        "pagination_type": "cursor",
        "pagination_param": "after",
        "cursor_path": "pageInfo.endCursor",
        "size_param": "first",
        "page_size": "100",
        "has_more_path": "pageInfo.hasNextPage",
    },
    "fixed_pages": {
        "pagination_type": "page",
        "pagination_param": "p",
        "start_page": "1",
        "size_param": "",
        "page_size": "13",
    },
    "fixed_offset": {
        "pagination_type": "offset",
        "pagination_param": "skip",
        "size_param": "",
        "page_size": "13",
    },
    "jira": {
        "pagination_type": "offset",
        "pagination_param": "startAt",
        "size_param": "maxResults",
        "page_size": "15",
        "last_page_path": "isLast",
        "total_path": "total",
    },
    "limited_pages": {
        "pagination_type": "page",
        "pagination_param": "page",
        "start_page": "1",
        "size_param": "",
        "page_size": "12",
    },
    "reserved": {
        "pagination_type": "page",
        "pagination_param": "_page",
        "start_page": "1",
        "size_param": "_per_page",
        "page_size": "20",
    },
    "two_shapes": {"pagination_type": "none"},
    "limited": {"pagination_type": "next_link", "next_link_path": "next", "page_size": "20"},
    "stripe": {
        "pagination_type": "cursor",
        "pagination_param": "starting_after",
        "cursor_path": "data.-1.id",
        "size_param": "limit",
        "page_size": "20",
        "has_more_path": "has_more",
    },
    "last_item": {
        "pagination_type": "cursor",
        "pagination_param": "since_id",
        "cursor_path": "-1.id",
        "size_param": "limit",
        "page_size": "20",
    },
    "other_header": {
        "pagination_type": "next_link",
        "next_link_path": "Next-Page",
        "page_size": "10",
    },
    "fhir": {
        "pagination_type": "next_link",
        "next_link_path": '.link[] | select(.relation == "next") | .url',
        "page_size": "10",
    },
    "azure": {
        "pagination_type": "cursor",
        "pagination_param": "continuationToken",
        "cursor_path": "X-Ms-Continuationtoken",
        "size_param": "$top",
        "page_size": "20",
    },
    "pages_told": {
        "pagination_type": "page",
        "pagination_param": "page",
        "start_page": "1",
        "size_param": "size",
        "page_size": "20",
        "total_pages_path": "meta.totalPages",
    },
}
FOUND["mean"] = FOUND["strict"]
FOUND["texts"] = FOUND["strict"] | {"page_size": "100", "total_path": "total"}
DATA_PATHS = {
    "github": ".",
    "slack": ".members",
    "spring": ".content",
    "scim": ".Resources",
    "jira": ".jira",
}
BUDGET = 25


def settings_of(endpoint: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = endpoint["pagination"]
    return found


NOT_SURE = {"null_next", "verdaccio", "only_a_flag", "always_more"}


def test_every_shape_has_its_expectation() -> None:
    assert FOUND.keys() == SHAPES.keys() - NOT_SURE


@pytest.mark.parametrize("name", FOUND)
def test_it_finds_how_the_api_pages(
    detect: Detect, shapes: PagingApis, shapes_url: str, name: str
) -> None:
    outcome = detect(f"{shapes_url}/{name}")
    assert outcome.code == 0, outcome.out
    (endpoint,) = outcome.endpoints
    assert settings_of(endpoint) == FOUND[name]
    assert endpoint["dataPath"] == DATA_PATHS.get(name, endpoint["dataPath"])
    assert (endpoint["items"], endpoint["complete"]) == (47, True)
    assert len({tuple(query.items()) for query in shapes.asked}) <= BUDGET
    assert name == "mean" or len(shapes.asked) == endpoint["requests"]


@pytest.mark.parametrize("name", sorted(FOUND.keys() - {"nothing", "two_shapes", "fixed_pages"}))
def test_what_is_written_as_sure_was_read_to_the_end(
    detect: Detect, shapes_url: str, name: str
) -> None:
    outcome = detect(f"{shapes_url}/{name}")
    assert outcome.confidence("paginationType") == "sure"
    (told,) = (
        one["evidence"]
        for one in outcome.endpoints[0]["findings"]
        if one["setting"] == "paginationType"
    )
    assert "47 items read to the end: " in told


def test_a_sign_of_more_that_nothing_follows_is_watched(detect: Detect, shapes_url: str) -> None:
    """It stands where a resync would not look, and is named, so that a resync fails."""
    outcome = detect(f"{shapes_url}/only_a_flag")
    assert outcome.code == 1
    (endpoint,) = outcome.endpoints
    path = "state.inner.more_available"
    assert settings_of(endpoint) == {"pagination_type": "none", "has_more_path": path}
    assert outcome.confidence("paginationType") == "not sure"
    assert f"nothing that was tried gave it: {path}" in outcome.out
    assert not endpoint["complete"]


def test_what_was_tried_in_vain_is_told_to_people(detect: Detect, shapes_url: str) -> None:
    outcome = detect(f"{shapes_url}/only_a_flag", output="text")
    assert "Not sure: paginationType" in outcome.out
    assert "page=1, pageNumber=1, page_number=1 and 3 more: the same items" in outcome.out


def test_a_total_that_follows_the_size_that_is_asked_for_proves_nothing(
    detect: Detect, shapes_url: str
) -> None:
    outcome = detect(f"{shapes_url}/verdaccio?size=20")
    assert outcome.code == 1
    assert outcome.confidence("paginationType") == "not sure"
    assert settings_of(outcome.endpoints[0]) == {"pagination_type": "none"}


def test_a_flag_that_never_says_end_is_not_sure(detect: Detect, shapes_url: str) -> None:
    outcome = detect(f"{shapes_url}/always_more")
    assert outcome.code == 1
    (endpoint,) = outcome.endpoints
    assert settings_of(endpoint)["pagination_type"] == "offset"
    assert outcome.confidence("paginationType") == "not sure"
    assert "but has_more (true) says that there is more" in outcome.out
    assert "has_more_path" not in settings_of(endpoint)
    assert not endpoint["complete"]


def test_a_sign_that_says_end_on_the_first_of_many_pages_is_ignored(
    detect: Detect, shapes_url: str
) -> None:
    """Else a page that is smaller than it was asked to be would end the listing."""
    outcome = detect(f"{shapes_url}/null_next")
    (endpoint,) = outcome.endpoints
    assert endpoint["pagination"]["ignored_signs"] == ["next"]
    assert (endpoint["items"], endpoint["complete"]) == (47, True)
    assert outcome.confidence("paginationType") == outcome.confidence("ignoredSigns") == "likely"


def test_a_limit_on_requests_is_kept_and_told(
    detect: Detect, shapes: PagingApis, shapes_url: str
) -> None:
    outcome = detect(f"{shapes_url}/relay", "--max-requests", "8")
    assert len(shapes.asked) <= 8
    assert outcome.code == 1
    assert "--max-requests" in " ".join(outcome.endpoints[0]["notes"])


def test_the_page_that_a_url_names_is_left_out_of_the_kind(detect: Detect, shapes_url: str) -> None:
    outcome = detect(f"{shapes_url}/spring?page=1&size=5&sort=name")
    (endpoint,) = outcome.endpoints
    assert endpoint["kind"] == "/spring?sort=name"
    assert settings_of(endpoint) == FOUND["spring"]
    assert endpoint["items"] == 47


def test_a_link_to_another_origin_is_not_followed(detect: Detect, shapes_url: str) -> None:
    outcome = detect(f"{shapes_url}/hubspot")
    (tried,) = (one for one in outcome.endpoints[0]["tried"] if "paging.next.link" in one["what"])
    assert "api.elsewhere.example" in tried["outcome"]
    assert "cannot be followed" in tried["outcome"]


def test_a_page_in_the_url_stays_where_without_it_the_answer_has_another_shape(
    detect: Detect, shapes_url: str
) -> None:
    outcome = detect(f"{shapes_url}/two_shapes?_page=3")
    assert outcome.code == 0, outcome.out
    (endpoint,) = outcome.endpoints
    assert settings_of(endpoint) == FOUND["reserved"]
    assert (endpoint["kind"], endpoint["dataPath"]) == ("/two_shapes", ".data")
    assert (endpoint["items"], endpoint["complete"]) == (47, True)
    assert "_page in the URL is set to 1" in " ".join(endpoint["notes"])


def test_the_query_of_the_kind_names_no_position(detect: Detect, shapes_url: str) -> None:
    """Where offsets count from 1, that is a setting."""
    (endpoint,) = detect(f"{shapes_url}/scim").endpoints
    assert endpoint["kind"] == "/scim"
