"""A resource of the mapping, checked before its first request."""

from __future__ import annotations

from typing import Any

import pytest

from errors import SettingsError
from mapping import CustomResourceConfig
from resync.overrides import pagination_for
from resync.plan import ListingPlan, build_plan, path_segment
from settings import parse_settings

SETTINGS = parse_settings({"baseUrl": "https://h/api/v2/"})


def plan(kind: str, **selector: Any) -> ListingPlan:
    return build_plan(
        SETTINGS,
        CustomResourceConfig.parse_obj(
            {
                "kind": kind,
                "selector": {"query": "true", **selector},
                "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"b"'}}},
            }
        ),
    )


def problems(kind: str, **selector: Any) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        plan(kind, **selector)
    assert kind in str(caught.value)
    return caught.value.problems


@pytest.mark.parametrize("kind", ["/users", "users", " /users "])
def test_the_path_prefix_of_the_base_url_is_kept(kind: str) -> None:
    assert plan(kind).endpoint.request({}).url == "https://h/api/v2/users"


def test_the_endpoint_wins_over_the_kind() -> None:
    assert plan("people", endpoint="/users").endpoint.url == "https://h/api/v2/users"


def test_query_strings_lists_and_booleans() -> None:
    request = plan(
        "/search?q=a%20b&sort=name&sort=id",
        query_params={"sort": ["x", "y"], "all": True, "no": None},
    ).endpoint.request({})
    assert request.params == (("q", "a b"), ("sort", "x"), ("sort", "y"), ("all", "true"))


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("a/b", "a%2Fb"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("a.b", "a.b"),
        ("x?y=1#z", "x%3Fy%3D1%23z"),
        ("ä b", "%C3%A4%20b"),
        ("a\r\nHost: evil", "a%0D%0AHost%3A%20evil"),
    ],
)
def test_a_value_is_one_path_segment(value: str, segment: str) -> None:
    assert path_segment(value) == segment


def test_placeholders_in_path_and_query() -> None:
    discovery = {"id": {"endpoint": "/teams", "field": ".id"}}
    endpoint = plan(
        "/teams/{id}/x", query_params={"team": "{id}"}, path_parameters=discovery
    ).endpoint
    request = endpoint.request({"id": "a/b"})
    assert request.url == "https://h/api/v2/teams/a%2Fb/x"
    assert request.params == (("team", "a/b"),)


@pytest.mark.parametrize(
    ("kind", "selector", "told"),
    [
        ("/t/{id}", {}, "selector.path_parameters: has no entry for {id}, which /t/{id} needs"),
        (
            "/t",
            {"path_parameters": {"id": {"endpoint": "/t", "field": ".id"}}},
            "selector.path_parameters.id: /t holds no {id}",
        ),
        ("https://evil.example/t", {}, "allowed: a path below baseUrl"),
        ("//evil.example/t", {}, "allowed: a path below baseUrl"),
        ("/t", {"data_path": ".a["}, "selector.data_path: found '.a[', which is not jq"),
        ("/t", {"headers": {"X Y": "1"}}, "'X Y' is not a header name that may be set"),
        ("/t", {"headers": {"Content-Length": "1"}}, "'Content-Length' is not a header name"),
        ("/t", {"headers": {"X": "a\r\nEvil: 1"}}, "holds a character that a header cannot"),
        (
            "/t/{id}",
            {"path_parameters": {"id": {"endpoint": "/t", "field": ".id)"}}},
            "selector.path_parameters.id.field: found '.id)'",
        ),
        (
            "/t/{id}",
            {"path_parameters": {"id": {"endpoint": "/t/{x}", "field": ".id"}}},
            "selector.path_parameters.id.endpoint: has no entry for {x}",
        ),
        (
            "/t/{a}",
            {
                "path_parameters": {
                    "a": {"endpoint": "/{b}", "field": ".id"},
                    "b": {"endpoint": "/{a}", "field": ".id"},
                }
            },
            "a and b need each other",
        ),
        ("/t/{a}", {"path_parameters": {"a": {"values": []}}}, "found an empty list"),
        (
            "/t/{a}",
            {"path_parameters": {"a": {"values": [1], "field": ".id"}}},
            "selector.path_parameters.a.values: excludes field",
        ),
        ("/t/{a}", {"path_parameters": {"a": {"field": ".id"}}}, "a.endpoint: is missing"),
        ("/t", {"ignore_statuses": [404, 401, 500]}, "found [401, 500]; allowed: 4xx codes other"),
        (
            "/t",
            {"pagination": {"type": "pages"}},
            "selector.pagination.type: is not allowed; found",
        ),
        ("/t", {"pagination": {"type": "pages"}}, "did you mean page?"),
        ("/t", {"pagination": {"page_sze": 5}}, "selector.pagination.page_sze: no such key"),
        ("/t", {"pagination": {"page_size": "x"}}, "selector.pagination.page_size: is not allowed"),
        ("/t", {"pagination": {"location": "path"}}, "allowed: query or body"),
        (
            "/t",
            {"body": [1], "pagination": {"type": "page", "location": "body"}},
            "needs a body that is an object",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    kind: str, selector: dict[str, Any], told: str
) -> None:
    assert any(told in problem for problem in problems(kind, **selector))


def test_all_problems_of_a_resource_come_at_once() -> None:
    assert len(problems("/t/{id}", data_path=".a[", headers={"X Y": "1"})) == 3


def test_no_problem_tells_a_header_s_value() -> None:
    assert "sesame" not in str(problems("/t", headers={"X-Key": "sesame\n"}))


def test_a_resource_s_own_pagination_lies_over_the_integration_s() -> None:
    settings = parse_settings(
        {"baseUrl": "https://h", "paginationType": "offset", "paginationParam": "skip"}
    )
    same = pagination_for(settings, {"page_size": 7}, "place")
    assert (same.type, same.param, same.page_size) == ("offset", "skip", 7)
    other = pagination_for(settings, {"type": "page", "start_page": 0}, "place")
    assert (other.type, other.param, other.size_param, other.start_page) == (
        "page",
        "page",
        "size",
        0,
    )
