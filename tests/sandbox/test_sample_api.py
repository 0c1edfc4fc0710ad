"""The sample API over real sockets: what it serves, and how it misbehaves when told to."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

import httpx
import pytest

from sandbox.sample_api import SampleApi
from sandbox.sample_api.reader import credentials, follow, raw_get, walk
from sandbox.serving import serve

SIZES = {"teams": 4, "services": 30, "deployments": 130, "incidents": 21, "users": 25}
PAGINATIONS = ["none", "offset", "page", "cursor"]
API = SampleApi(sizes=SIZES)
AUTHS = credentials(API)


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with serve(API.app) as base_url, httpx.Client(base_url=base_url, timeout=5) as client:
        yield client


@pytest.fixture
def http(client: httpx.Client) -> httpx.Client:
    API.reset()
    API.restore()
    return client


def read(http: httpx.Client, address: str, **params: Any) -> Any:
    return http.get(f"/none/{address}", params=params or None).json()


@pytest.mark.parametrize("pagination", PAGINATIONS)
@pytest.mark.parametrize("auth", AUTHS)
def test_every_record_is_served_once(http: httpx.Client, auth: str, pagination: str) -> None:
    for resource in [*SIZES, "teams/team-0001/members"]:
        records = walk(http, f"/{auth}/{pagination}/{resource}", 7, **AUTHS[auth])
        assert records == API.records(resource)
        assert len({one["id"] for one in records}) == SIZES.get(resource, len(records)) > 0
        assert len(records) <= 7 or (len(API.requests(resource)) == 1) is (pagination == "none")


def test_records_are_the_same_for_a_seed_and_relate_to_each_other() -> None:
    api, again, other = (SampleApi(sizes=SIZES, seed=seed) for seed in (1, 1, 2))
    assert api.records("users") == again.records("users") != other.records("users")
    ids = {name: {one["id"] for one in api.records(name)} for name in SIZES}
    assert {one["team_id"] for one in api.records("services")} <= ids["teams"]
    for name in ("deployments", "incidents"):
        assert {one["service_id"] for one in api.records(name)} <= ids["services"]
    members = [one["id"] for team in ids["teams"] for one in api.records(f"teams/{team}/members")]
    assert sorted(members) == sorted(ids["users"])
    assert len({one["email"] for one in SampleApi().records("users")}) == 300


@pytest.mark.parametrize("auth", ["bearer_token", "basic", "api_key"])
def test_other_credentials_are_refused(http: httpx.Client, auth: str) -> None:
    wrong: list[dict[str, Any]] = [{"headers": {"Authorization": "Basic !!"}}, {"auth": ("a", "b")}]
    for given in [*wrong, *(right for other, right in AUTHS.items() if other != auth)]:
        answer = http.get(f"/{auth}/offset/teams", **given)
        assert (answer.status_code, {*answer.json()["error"]}) == (401, {"code", "message"})
        assert ("www-authenticate" in answer.headers) is (auth != "api_key")


def test_single_records_and_wrong_addresses(http: httpx.Client) -> None:
    assert http.get("/healthz").json() == {"status": "ok"}
    assert read(http, "page/services/svc-0030")["id"] == "svc-0030"
    assert read(http, "page/teams/team-0002/members/user-0002")["role"] == "lead"
    for path in (
        "/", "/none", "/none/page", "/other/page/teams", "/none/other/teams", "/none/page/cats",
        "/none/page/services/svc-0031", "/none/page/teams/team-9999/members",
        "/none/page/services/svc-0001/members", "/none/page/teams/team-0001/members/x/y",
    ):  # fmt: skip
        answer = http.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert http.post("/none/page/teams").status_code == 405


@pytest.mark.parametrize("pagination", PAGINATIONS)
def test_search_filters_by_post(http: httpx.Client, pagination: str) -> None:
    path = f"/none/{pagination}/deployments/search"
    wanted = {"environment": ["production", "staging"], "automatic": True}
    found = [one for one in API.records("deployments") if one["automatic"]]
    expected = [one for one in found if one["environment"] != "development"]
    assert walk(http, path, 7, "POST", json=wanted) == expected
    commit = {"commit": {"sha": expected[0]["commit"]["sha"]}}
    assert http.post(path, json=commit).json()["items"] == expected[:1]
    assert b'"sha"' in API.requests("deployments")[-1].body
    assert http.post(path, content=b"[").status_code == 400


def test_bad_parameters_are_refused(http: httpx.Client) -> None:
    for address in (
        "offset/teams?offset=x", "offset/teams?offset=-1", "offset/teams?limit=0",
        "offset/teams?limit=1.5", "page/teams?page=0", "page/teams?size=-5", "page/teams?page=",
        "cursor/teams?cursor=rubbish", "cursor/teams?cursor=%2F%2F", "cursor/teams?limit=ten",
        "cursor/teams?cursor=c2VydmljZXNANQ", "none/teams?count=-1", "none/teams?fault=magic",
    ):  # fmt: skip
        answer = http.get(f"/none/{address}")
        assert (answer.status_code, bool(answer.json()["error"]["message"])) == (400, True), address


def test_page_sizes_and_start_up_options(http: httpx.Client) -> None:
    sizes = {"": 50, "count=3000&limit=5000": 1000, "limit=99&cap=9": 9, "limit=9&ignore=size": 50}
    for query, size in sizes.items():
        assert len(read(http, f"offset/deployments?{query}")["items"]) == size
    with serve(SampleApi(sizes=SIZES, max_page_size=11, first_page=0).app) as base_url:
        first = httpx.get(f"{base_url}/none/page/deployments?page=0&size=100").json()
        second = httpx.get(f"{base_url}/none/page/deployments?page=1").json()
    assert (first["page"], first["size"], len(first["items"])) == (0, 11, 11)
    assert second["items"][0]["id"] == "dep-00012"


def test_count_serves_fewer_records_or_more(http: httpx.Client) -> None:
    for count in (0, 1, 29, 31, 90):
        for resource in ("services", "teams/team-0001/members"):
            body = read(http, f"offset/{resource}?count={count}&limit=100")
            assert len({one["id"] for one in body["items"]}) == body["total"] == count


def test_totals_and_signs_of_more(http: httpx.Client) -> None:
    for pagination, query, told in (
        ("none", "", {}), ("offset", "", {"total": 30}), ("none", "total=body", {"total": 30}),
        ("offset", "total=none", {}), ("offset", "total=header", {}),
        ("offset", "total=lie_high", {"total": 61}), ("page", "total=lie_low", {"total": 15}),
        ("page", "has_more=flag", {"has_more": False}), ("cursor", "has_more=none", {}),
        ("page", "size=29&has_more=flag", {"has_more": True}), ("cursor", "", {"has_more": False}),
        ("page", "has_more=lie_true", {"has_more": True}), ("page", "size=1&has_more=none", {}),
        ("page", "size=1&has_more=lie_false", {"has_more": False}),
    ):  # fmt: skip
        answer = http.get(f"/none/{pagination}/services?{query}")
        assert {k: v for k, v in answer.json().items() if k in ("total", "has_more")} == told, query
        assert answer.headers.get("x-total-count") == ("30" if "header" in query else None)


def test_the_next_link_leads_on(http: httpx.Client) -> None:
    for pagination in PAGINATIONS[1:]:
        url, last, seen = f"/none/{pagination}/services?limit=8&size=8&has_more=next", "", []
        while url:
            body = http.get(url).json()
            seen += [one["id"] for one in body["items"]]
            last, url = url, body["next"]
        assert len(set(seen)) == len(seen) == 30
        assert http.get(f"{last}&ignore=position").json()["items"][0]["id"] == "svc-0001"


def test_cursors_that_never_end(http: httpx.Client) -> None:
    for style, different, sizes in (
        ("repeat", 1, [10] * 7), ("loop", 3, [10] * 7), ("endless", 7, [10] * 3 + [0] * 4),
    ):  # fmt: skip
        pages = follow(http, "/none/cursor/services", limit=10, cursor_style=style)
        cursors, found = zip(*islice(pages, 7), strict=True)
        assert (len(set(cursors)), list(found)) == (different, sizes)
    again = follow(http, "/none/cursor/services", cursor_style=style, endless="repeat")
    assert all(count for _, count in islice(again, 7))


def test_cursor_spellings_and_shapes(http: httpx.Client) -> None:
    def body(style: str, **params: Any) -> Any:
        return read(http, "cursor/services", **{"limit": 10, "cursor_style": style, **params})

    items, plain = body("opaque")["items"], body("opaque")["next_cursor"]
    for style, start in (("url", str(http.base_url)), ("path", "/none/cursor/"), ("query", "?")):
        value = body(style)["next_cursor"]
        assert value.startswith(start)
        following = http.get(httpx.URL("/none/cursor/services").join(value)).json()
        assert following["items"][0]["id"] == "svc-0011"
    away = body("url", cursor_host="http://other.example:81")["next_cursor"]
    assert away.startswith("http://other.example:81/none/cursor/services?")
    for style, here, at_end in (
        ("nested", {"meta": {"next_cursor": plain}}, {"meta": {"next_cursor": None}}),
        ("after", {"paging": {"next": {"after": plain}}}, {}),
        ("opaque", {"next_cursor": plain}, {"next_cursor": None}),
        ("missing_key", {"next_cursor": plain}, {}),
    ):
        assert body(style) == {"items": items, **here, "has_more": True}
        end = body(style, limit=100)
        assert end == {"items": end["items"], **at_end, "has_more": False}
    assert body("opaque", shape="list") == body("opaque", shape="bare") == items
    assert body("opaque", shape="data")["data"] == {"results": items}


@pytest.mark.parametrize("status", [204, 301, 304, 400, 404, 429, 500, 503, 599])
def test_status_faults(http: httpx.Client, status: int) -> None:
    url = f"/none/offset/teams?fault={status}&fault_times=0&retry_after="
    answer = http.get(f"{url}3")
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "3")
    assert not answer.content or answer.json()["error"]["code"]
    assert not http.get(f"{url}rubbish").headers["retry-after"][0].isdigit()
    assert parsedate_to_datetime(http.get(f"{url}http-date").headers["retry-after"])


def test_faults_come_when_told(http: httpx.Client) -> None:
    for query, expected in (
        ("fault_at=1", [500, 200, 200, 200]), ("fault_at=2&fault_times=2", [200, 500, 500, 200]),
        ("fault_at=3", [200, 200, 500, 200]), ("fault_at=3&fault_times=0", [200, 200, 500, 500]),
    ):  # fmt: skip
        API.reset()
        url = f"/none/offset/teams?fault=500&{query}"
        assert [http.get(url).status_code for _ in range(4)] == expected
    assert http.get("/basic/page/teams?fault=500").status_code == 401


def test_cut_connections(http: httpx.Client) -> None:
    with pytest.raises(httpx.ReadError):
        http.get("/none/offset/teams?fault=reset")
    with pytest.raises(httpx.RemoteProtocolError):
        http.get("/none/page/teams?fault=reset_body")
    assert [one.status for one in API.requests("teams")] == [0, 200]
    with pytest.raises(ConnectionResetError):
        raw_get(str(http.base_url), "/none/offset/users?fault=reset")
    raw = raw_get(str(http.base_url), "/none/page/users?fault=reset_body")
    whole = http.get("/none/page/users").content
    assert b"content-length: %d\r\n" % len(whole) in raw
    assert raw.endswith(b"\r\n\r\n" + whole[: len(whole) // 2])


@pytest.mark.parametrize("fault", ["stall", "stall_body"])
def test_stalls(http: httpx.Client, fault: str) -> None:
    with pytest.raises(httpx.ReadTimeout):
        http.get(f"/none/offset/teams?fault={fault}", timeout=0.3)
    deadline = time.monotonic() + 3
    while not API.requests()[0].finished and time.monotonic() < deadline:
        time.sleep(0.01)
    assert API.requests()[0].finished, "the stalled request ends when the client goes away"


def test_slow_answers(http: httpx.Client) -> None:
    late = http.get("/none/page/teams?latency_ms=200")
    assert late.elapsed.total_seconds() >= 0.2
    drip = http.get("/none/page/teams?fault=drip&fault_at=2&drip_ms=20&drip_bytes=200", timeout=0.5)
    assert drip.elapsed.total_seconds() >= 0.02 * (len(late.content) // 200)
    assert drip.content == late.content


def test_redirects_and_wrong_bodies(http: httpx.Client) -> None:
    url = "/none/offset/teams?limit=2&fault_times=0&redirect_to=http://other.example/a&fault="
    answer = http.get(f"{url}redirect", follow_redirects=True)
    assert (len(answer.history), len(answer.json()["items"])) == (1, 2)
    assert http.get(f"{url}redirect_host").headers["location"] == "http://other.example/a"
    with pytest.raises(httpx.TooManyRedirects):
        http.get(f"{url}redirect_loop", follow_redirects=True)
    for fault in ("truncated", "not_json", "html", "empty"):
        answer = http.get(url + fault)
        assert (answer.status_code, answer.content == b"") == (200, fault == "empty")
        assert ("html" in answer.headers["content-type"]) is (fault == "html")
        with pytest.raises(ValueError):
            answer.json()
    assert http.get(f"{url}error_200").json()["error"]["code"]
    for size in (12, 500, 3_000_000):
        answer = http.get(f"{url}big&big_bytes={size}")
        assert (len(answer.content), "content-length" in answer.headers) == (size, False)
        assert isinstance(answer.json()["items"], list)


def test_behaviour_for_all_requests(http: httpx.Client) -> None:
    API.behave(count=3)
    API.behave(count=5, only="incidents")
    addresses = ("none/incidents", "none/users", "none/users?count=2")
    assert [len(read(http, address)["items"]) for address in addresses] == [5, 3, 2]
    assert len(API.records("incidents")) == 5
    API.behave()
    assert read(http, "none/incidents")["items"] == API.records("incidents")
    with pytest.raises(ValueError):
        API.behave(nonsense=1)


def test_records_can_be_removed_and_restored(http: httpx.Client) -> None:
    API.remove("services", ["svc-0001", "svc-0009", "svc-7777"])
    ids = [one["id"] for one in walk(http, "/none/offset/services", 7)]
    assert len(ids) == 28 and not {"svc-0001", "svc-0009"} & set(ids)
    assert http.get("/none/none/services/svc-0009").status_code == 404
    API.remove("users", ["user-0001"])
    assert "user-0001" not in {one["id"] for one in API.records("teams/team-0001/members")}
    API.restore()
    assert len(API.records("services")) == 30


def test_requests_are_recorded(http: httpx.Client) -> None:
    http.get("/none/page/teams?page=1&tag=a&tag=&tag=b", headers={"X-Trace": "7"})
    http.get("/none/none/teams/team-0001/members")
    http.get("/none/none/teams/absent")
    first, _, third = API.requests()
    assert first.query == [("page", "1"), ("tag", "a"), ("tag", ""), ("tag", "b")]
    assert (first.method, first.path, first.headers["x-trace"]) == ("GET", "/none/page/teams", "7")
    assert 0 < first.started <= first.finished <= third.started
    assert [one.status for one in API.requests("teams")] == [200, 404]
    assert len(API.requests("members")) == API.max_in_flight() == 1
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(httpx.get, [f"{http.base_url}/none/none/teams?latency_ms=300"] * 6))
    assert API.max_in_flight() == 6
