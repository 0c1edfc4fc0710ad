"""A resource of the mapping, checked before its first request."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote, unquote

import pytest

from client.request import NO_BODY
from errors import ResponseError, SettingsError
from mapping import CustomResourceConfig
from resync.overrides import pagination_for
from resync.placeholders import path_segment
from resync.plan import ListingPlan, Parameter, build_plan
from settings import parse_settings
from tests.support.core import resource

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


def plan_at(now: datetime, kind: str, **selector: Any) -> ListingPlan:
    """The plan for a resync that has begun at ``now``."""
    made = resource(kind, data_path=None, **selector)
    return build_plan(SETTINGS, CustomResourceConfig.parse_obj(made), now)


def problems(kind: str, **selector: Any) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        plan(kind, **selector)
    assert kind in str(caught.value)
    return caught.value.problems


def test_a_plan_holds_what_its_resource_says() -> None:
    made = plan(
        "/search",
        method="POST",
        body={"q": "x"},
        headers={"X-View": "full"},
        data_path=" .hits ",
        format="jsonl",
        ignore_statuses=[404],
        pagination={"type": "page", "page_size": 7},
    )
    endpoint = made.endpoint
    assert (made.kind, made.parameters) == ("/search", ())
    assert (endpoint.template, endpoint.data_path) == ("POST /search", ".hits")
    assert (endpoint.format, set(endpoint.ignore_statuses)) == ("jsonl", {404})
    assert (endpoint.pagination.type, endpoint.pagination.page_size) == ("page", 7)
    page = endpoint.request({})
    assert (page.url, page.body) == ("https://h/api/v2/search", {"q": "x"})
    request = endpoint.outgoing(page)
    assert (request.method, request.url, request.json) == ("POST", page.url, {"q": "x"})
    assert request.headers == (("X-View", "full"),)
    assert request.to_file is True


def test_a_resource_that_says_nothing_has_the_integration_s_ways() -> None:
    endpoint = plan("/users", data_path=" ").endpoint
    assert (endpoint.template, endpoint.method, endpoint.data_path) == ("GET /users", "GET", ".")
    assert (endpoint.format, endpoint.ignore_statuses, endpoint.headers) == (None, frozenset(), ())
    assert endpoint.pagination == SETTINGS.pagination
    assert endpoint.outgoing(endpoint.request({})).json is NO_BODY


def test_parameters_hold_what_their_entries_say() -> None:
    parameters = plan(
        "/{year}/{team}/{user}",
        ignore_statuses=[404],
        path_parameters={
            "user": {
                "endpoint": "/{team}/users",
                "method": "POST",
                "field": ".name",
                "filter": ".active",
                "include": {"plan": ".plan"},
            },
            "team": {"endpoint": "/teams", "field": ".id"},
            "year": {"values": [2024, "2025"]},
        },
    ).parameters
    team, user, year = sorted(parameters, key=lambda one: one.name)
    assert parameters.index(team) < parameters.index(user)
    assert year == Parameter("year", values=(2024, "2025"))
    assert (team.name, team.expression, team.filter, team.include) == ("team", ".id", None, {})
    assert (user.name, user.expression, user.filter) == ("user", ".name", ".active")
    assert user.include == {"plan": ".plan"}
    assert (set(team.needs), set(user.needs)) == (set(), {"team"})
    assert team.endpoint is not None and user.endpoint is not None
    assert user.endpoint.template == "POST /{team}/users"
    assert user.endpoint.wanted == {"team"}
    # Only where there is a parent can there be nothing.
    assert not team.endpoint.ignore_statuses
    assert set(user.endpoint.ignore_statuses) == {404}


@pytest.mark.parametrize(
    ("kind", "selector"),
    [
        ("/t", {"ignore_statuses": [400, 404, 499]}),
        ("/t?next=https://elsewhere.example", {}),
        ("/t", {"headers": {"Host": "other.example"}}),
        ("/t", {"body": [1]}),
        ("/t", {"body": {"a": 1}, "pagination": {"type": "page", "location": "body"}}),
        ("/t", {"pagination": {"type": "page", "location": "body"}}),
    ],
)
def test_what_is_allowed(kind: str, selector: dict[str, Any]) -> None:
    plan(kind, **selector)


@pytest.mark.parametrize("kind", ["/users", "users", " /users "])
def test_the_path_prefix_of_the_base_url_is_kept(kind: str) -> None:
    assert plan(kind).endpoint.request({}).url == "https://h/api/v2/users"


def test_the_endpoint_wins_over_the_kind() -> None:
    assert plan("people", endpoint="/users").endpoint.url == "https://h/api/v2/users"


@pytest.mark.parametrize("kind", ["/X-files", "X-files"])
def test_a_path_keeps_its_letters(kind: str) -> None:
    assert plan(kind).endpoint.url == "https://h/api/v2/X-files"


def test_parameters_without_a_value_and_texts_stay_as_they_are() -> None:
    request = plan("/search?flag=&Q=Ab", query_params={"n": 5, "who": "Me"}).endpoint.request({})
    assert request.params == (("flag", ""), ("Q", "Ab"), ("n", "5"), ("who", "Me"))


def test_what_looks_like_a_placeholder_in_a_query_may_be_none() -> None:
    request = plan("/search", query_params={"q": "{word}"}).endpoint.request({})
    assert request.params == (("q", "{word}"),)


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


@pytest.mark.parametrize("value", [7, "a b", 10**20, 2.5])
def test_placeholders_in_headers_and_body_and_a_text_that_is_one_keeps_its_type(value: Any) -> None:
    discovery = {"id": {"endpoint": "/teams", "field": ".id", "include": {"on": ".on"}}}
    endpoint = plan(
        "/x",
        method="POST",
        headers={"X-Of": "team {id}"},
        body={"ids": ["{id}"], "deep": {"{id}": [{"text": "of {id}"}]}, "on": "{id.on}", "n": 1},
        path_parameters=discovery,
    ).endpoint
    bound = endpoint.bound({"id": value, "id.on": False})
    assert bound.headers == (("X-Of", f"team {value}"),)
    deep = {"{id}": [{"text": f"of {value}"}]}
    assert bound.body == {"ids": [value], "deep": deep, "on": False, "n": 1}
    assert endpoint.body["ids"] == ["{id}"]


def test_a_value_that_holds_braces_is_not_read_again() -> None:
    two = {name: {"endpoint": "/t", "field": ".id"} for name in ("a", "b")}
    endpoint = plan("/{a}", body=["{a}", "{b}"], path_parameters=two).endpoint
    bound = endpoint.bound({"a": "{b}", "b": "{a}"})
    assert (bound.url, bound.body) == ("https://h/api/v2/%7Bb%7D", ["{b}", "{a}"])


def test_objects_in_query_params_are_sent_as_json() -> None:
    discovery = {"id": {"endpoint": "/teams", "field": ".id"}}
    made = plan(
        "/x",
        query_params={
            "filter": {"of": "{id}", "name": "ü {id}"},
            "in": ["a", {"b": [1, None]}, [True]],
            "page": 2,
        },
        path_parameters=discovery,
    )
    assert made.endpoint.request({"id": 7}).params == (
        ("filter", '{"of":7,"name":"ü 7"}'),
        ("in", "a"),
        ("in", '{"b":[1,null]}'),
        ("in", "[true]"),
        ("page", "2"),
    )
    assert ["query_params.filter" in hint for hint in made.hints] == [True, False, False]
    quoted = made.endpoint.request({"id": 'a"b'}).params[0][1]
    assert json.loads(quoted) == {"of": 'a"b', "name": 'ü a"b'}


@pytest.mark.parametrize("value", ["acme/api", "a", "a b/ü", "a.b/..c"])
def test_a_value_may_be_several_segments_where_its_entry_says_so(value: str) -> None:
    entry = {"endpoint": "/repos", "field": ".full_name", "encode": "path"}
    made = plan(
        "/repos/{repo}/tags", query_params={"of": "{repo}"}, path_parameters={"repo": entry}
    )
    request = made.endpoint.request({"repo": value})
    assert request.url == f"https://h/api/v2/repos/{quote(value)}/tags"
    assert request.params == (("of", value),)


@pytest.mark.parametrize("value", ["..", "a/../b", "a/.", "/a", "a/", "a//b", "a?b=c", "a#b", "."])
def test_several_segments_lead_nowhere_else(value: str) -> None:
    entry = {"endpoint": "/repos", "field": ".full_name", "encode": "path"}
    made = plan("/repos/{repo}/tags", path_parameters={"repo": entry})
    with pytest.raises(
        ResponseError, match=r"path_parameters\.repo: .* cannot be part of a path"
    ) as told:
        made.endpoint.request({"repo": value})
    assert repr(value) in str(told.value)


@pytest.mark.parametrize("value", ["a\r\nEvil: 1", "ü"])
def test_a_header_does_not_carry_every_value(value: str) -> None:
    entry = {"endpoint": "/t", "field": ".id"}
    made = plan("/x", headers={"X-Team": "{team}"}, path_parameters={"team": entry})
    with pytest.raises(
        ResponseError, match=r"path_parameters\.team: .* the header X-Team cannot carry"
    ):
        made.endpoint.bound({"team": value})


def test_what_nothing_uses_is_not_read_and_told() -> None:
    entry = {"endpoint": "/t", "field": ".id"}
    made = plan("/t", path_parameters={"id": entry})
    assert made.parameters == ()
    assert made.warnings == ("selector.path_parameters.id: nothing holds {id}, so it is not read",)


NOW = datetime(2026, 3, 1, 12, 30, 15, 250_000, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("{now}", "2026-03-01T10:30:15Z"),
        ("{today}", "2026-03-01"),
        ("{now-7d}", "2026-02-22T10:30:15Z"),
        ("{now+1h}", "2026-03-01T11:30:15Z"),
        ("{now-90s}", "2026-03-01T10:28:45Z"),
        ("{now-5m:%H:%M}", "10:25"),
        ("{now-24h:%Y-%m-%dT%H:%M:%SZ}", "2026-02-28T10:30:15Z"),
        ("{today-1w}", "2026-02-22"),
        ("{today:%d.%m.%y}", "01.03.26"),
        ("{now:%F%z}", "2026-03-01+0000"),
        ("{now-30d:epoch}", 1769769015),
        ("{now:epoch_ms}", 1772361015250),
        ("{today:epoch}", 1772323200),
        ("from {now-1d:epoch} to {now:epoch}", "from 1772274615 to 1772361015"),
        ("updated:>{today-1d}", "updated:>2026-02-28"),
    ],
)
def test_moments(text: str, sent: str | int) -> None:
    made = plan_at(NOW, f"/x/{text}", query_params={"a": text}, headers={"X": text}, body=[text])
    bound = made.endpoint.bound({})
    assert bound.body == [sent]
    assert bound.params == (("a", str(sent)),)
    assert bound.headers == (("X", str(sent)),)
    assert unquote(bound.url) == f"https://h/api/v2/x/{sent}"


@pytest.mark.parametrize("text", ["{now+1h}", "{now-24h:%Y-%m-%dT%H:%M:%S%z}", "{today}"])
def test_moments_in_the_query_of_a_kind_and_in_discoveries(text: str) -> None:
    entry = {"endpoint": f"/t?since={text}", "field": ".id", "body": {"at": text}}
    made = plan_at(NOW, f"/{{id}}?since={text}", path_parameters={"id": entry})
    ((_, since),) = made.endpoint.params
    discovery = made.parameters[0].endpoint
    assert discovery is not None
    assert discovery.params == (("since", since),)
    assert discovery.body == {"at": since}
    assert "{" not in since


@pytest.mark.parametrize("place", ["path", "query_params", "headers", "body", "discovery"])
@pytest.mark.parametrize(
    "text", ["{now-7x}", "{now-d}", "{ now-7d }", "{Now-7d}", "{now-7d:}", "{now:hello}",
             "{now:%Q}", "{now:%}", "{today+99999999999d}", "{now - 7d}", "{now-7d:%s}"]
)  # fmt: skip
def test_a_wrong_moment_is_told_before_any_request(place: str, text: str) -> None:
    entry = {"endpoint": "/t", "field": ".id", "query_params": {"since": text}}
    selectors: dict[str, dict[str, Any]] = {
        "path": {"endpoint": f"/x/{text}"},
        "discovery": {"body": "{id}", "path_parameters": {"id": entry}},
    }
    found = problems("/x", **selectors.get(place, {place: {"a": text}}))
    assert any(text in problem for problem in found), found


@pytest.mark.parametrize("text", ["{ now }", "{nowhere}", "{now x}", "{ today { id } }", "{}"])
def test_what_is_no_moment_in_a_body(text: str) -> None:
    assert plan("/x", body={"query": text}).endpoint.bound({}).body == {"query": text}


@pytest.mark.parametrize(
    ("kind", "selector", "told"),
    [
        (
            "/t/{id}",
            {"path_parameters": {"id": {"endpoint": "/t", "data_path": ".a["}}},
            "selector.path_parameters.id.data_path: found '.a[', which is not jq: jq: error: synta",
        ),
        (
            "/t/{id}",
            {"path_parameters": {"id": {"endpoint": "https://evil.example"}}},
            "selector.path_parameters.id: found 'https://evil.example'; allowed: a path below",
        ),
        (
            "/t/{id}",
            {"path_parameters": {"id": {"endpoint": "/t", "filter": ".b)"}}},
            "selector.path_parameters.id.filter: found '.b)', which is not jq",
        ),
        (
            "/t/{id}",
            {"path_parameters": {"id": {"endpoint": "/t", "include": {"x": ".c)"}}}},
            "selector.path_parameters.id.include.x: found '.c)', which is not jq",
        ),
        (
            "/t",
            {"ignore_statuses": [399, 500]},
            "selector.ignore_statuses: found [399, 500]; allowed: 4xx codes other than "
            "401, 407, 408, 425, 429",
        ),
        ("/t/{id}", {}, "selector.path_parameters: has no entry for {id}, which /t/{id} needs"),
        ("https://evil.example/t", {}, "selector: found 'https://evil.example/t'; allowed: a path"),
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
