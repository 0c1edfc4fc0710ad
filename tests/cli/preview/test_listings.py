"""What is told of requests and listings, and how those that fail are told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from sandbox.sample_api import SampleApi
from tests.cli.preview.conftest import Previews, blueprint
from tests.support.canned import CannedApi
from tests.support.core import resource
from tests.support.self_signed import serve_self_signed

SECRET = "tok-6e5f4a3b2c"
MEMBERS = resource(
    "/teams/{team}/members",
    path_parameters={"team": {"endpoint": "/teams", "data_path": ".items", "field": ".id"}},
)


def test_a_request_as_it_was_sent(previews: Previews, canned: CannedApi, url: str) -> None:
    previews.settings |= {"AUTH_TYPE": "bearer_token", "API_TOKEN": SECRET}
    previews.write(
        resource(
            "/things?view=full",
            data_path=".",
            method="POST",
            body={"only": "active"},
            headers={"X-Tenant": "acme"},
            query_params={"api_key": "12345"},
        )
    )
    (request,) = previews.kind()["requests"]
    assert request["url"] == f"{url}/things?view=full&api_key=[hidden]"
    assert (request["method"], request["status"], request["error"]) == ("POST", 200, None)
    assert request["headers"]["x-tenant"] == "acme"
    assert request["headers"]["authorization"] == "[hidden]"
    assert json.loads(request["body"]) == {"only": "active"}
    assert request["bytes"] == len(canned.answers["/things"][2])
    assert 0 < request["seconds"] < 30


@pytest.mark.parametrize("pages", [1, 2, 4])
@pytest.mark.parametrize("pagination", ["offset", "page", "cursor"])
def test_as_many_pages_as_asked_for_and_no_more(
    preview_of: Callable[[str], Previews],
    api: SampleApi,
    api_url: str,
    pagination: str,
    pages: int,
) -> None:
    previews = preview_of(f"{api_url}/none/{pagination}")
    previews.settings |= {"PAGINATION_TYPE": pagination, "PAGE_SIZE": "10"}
    previews.write(resource("/services"))
    kind = previews.kind("--pages", str(pages))
    assert len(api.requests("services")) == len(kind["requests"]) == pages
    assert kind["items"]["count"] == 10 * pages
    (listing,) = kind["listings"]
    assert (listing["pages"], listing["ended"], listing["error"]) == (pages, False, None)
    first = {"offset": f"offset={10 * pages}", "page": f"page={pages + 1}"}
    assert listing["next"].startswith(first.get(pagination, "cursor="))


@pytest.mark.parametrize(
    ("settings", "body", "told"),
    [
        ({"PAGINATION_TYPE": "offset"}, {}, "an empty page ends it (a short one does not"),
        ({"PAGINATION_TYPE": "offset"}, {"total": 5}, "it ends on a short page that reaches total"),
        ({"PAGINATION_TYPE": "offset", "TOTAL_PATH": "total"}, {"total": 5}, "when totalPath"),
        ({"PAGINATION_TYPE": "page"}, {"has_more": True}, "it ends when has_more says so"),
        (
            {"PAGINATION_TYPE": "offset", "HAS_MORE_PATH": "meta.more"},
            {"meta": {"more": True}},
            "meta.more will say when it ends",
        ),
        ({"PAGINATION_TYPE": "cursor"}, {"next_cursor": "c2"}, "a page with no next cursor"),
        (
            {"PAGINATION_TYPE": "next_link", "NEXT_LINK_PATH": "next"},
            {"next": "/things?page=2"},
            "a page with no link to a next page",
        ),
    ],
)
def test_what_would_end_a_listing(
    previews: Previews,
    canned: CannedApi,
    settings: dict[str, str],
    body: dict[str, object],
    told: str,
) -> None:
    previews.settings |= settings
    canned.json("/things", json.dumps({"items": [{"id": "a"}, {"id": "b"}], **body}))
    previews.write(resource("/things"))
    (listing,) = previews.kind()["listings"]
    assert (listing["ended"], listing["cut"], listing["evidence"]) == (False, True, None)
    assert listing["next"]
    assert told in listing["will_end"]


def test_what_has_ended_a_listing(previews: Previews, canned: CannedApi) -> None:
    previews.settings["PAGINATION_TYPE"] = "cursor"
    canned.json("/things", '{"items": [{"id": "a"}], "next_cursor": null}')
    previews.write(resource("/things"))
    told = previews.document()
    (kind,) = told["kinds"]
    (listing,) = kind["listings"]
    assert (listing["ended"], listing["cut"], listing["will_end"]) == (True, False, None)
    assert listing["evidence"] == "no next cursor"
    assert kind["whole"] and told["whole"]


def test_the_signs_of_a_listing(previews: Previews, canned: CannedApi) -> None:
    previews.settings |= {"PAGINATION_TYPE": "cursor", "HAS_MORE_PATH": "meta.more"}
    body = {"meta": {"more": True}, "next_cursor": "c2", "total": 9}
    canned.json("/things", json.dumps({"items": [{"id": "a"}], **body}))
    canned.headers = {"X-Total-Count": "9"}
    previews.write(resource("/things"))
    (listing,) = previews.kind()["listings"]
    found = {one["name"]: (one["value"], one["says"], one["setting"]) for one in listing["signs"]}
    assert found == {
        "meta.more": (True, "more", "hasMorePath"),
        "next_cursor": ("c2", "more", None),
        "total": (9, "more", None),
        "X-Total-Count": (9, "more", None),
    }
    assert listing["followed"] == "next_cursor"
    shown = " ".join(previews.run().stdout.split())
    assert "signs hasMorePath meta.more (true) says more; next_cursor (c2) says more, " in shown
    assert "and is followed; total (9) says more" in shown
    assert "cut after 1 page (--pages); goes on with cursor=c2; meta.more will say when" in shown


def test_signs_of_the_end(previews: Previews, canned: CannedApi) -> None:
    canned.json("/things", '{"items": [{"id": "a"}], "next": null, "has_more": false}')
    previews.write(resource("/things"))
    shown = " ".join(previews.run().stdout.split())
    assert "1 item; ended: has_more (false) says that this was the last page" in shown
    assert "has_more (false) says end" in shown and "next (null) says end" in shown


def test_a_secret_in_a_sign(previews: Previews, canned: CannedApi) -> None:
    previews.settings |= {"AUTH_TYPE": "bearer_token", "API_TOKEN": SECRET}
    previews.settings |= {"PAGINATION_TYPE": "next_link", "NEXT_LINK_PATH": "next"}
    link = f"/things?page=2&api_key=theirs&mine={SECRET}"
    canned.json("/things", json.dumps({"items": [{"id": "a"}], "next": link, "cursor": SECRET}))
    previews.write(resource("/things"))
    for output in ("text", "json"):
        done = previews.run("--output", output)
        assert "/things?page=2" in done.stdout
        assert SECRET not in done.stdout and "theirs" not in done.stdout


def test_all_is_well_only_as_far_as_it_was_read(previews: Previews, canned: CannedApi) -> None:
    canned.json("/more", '{"items": [{"id": "x", "name": "X"}], "next_cursor": "c2"}')
    paged = resource("/more", pagination={"type": "cursor"})
    things = resource("/things", data_path=".")
    previews.write(things, paged, things, blueprints=[blueprint("record")])
    told = previews.document()
    assert [one["whole"] for one in told["kinds"]] == [True, False, True]
    assert not told["whole"]
    (last,) = " ".join(previews.run().stdout.split()).split("All is well")[1:]
    assert last == (
        ", as far as it was read: 3 kinds, 7 entities; "
        "1 of 3 listings was cut after 1 page (--pages)."
    )


def test_an_end_that_is_not_certain_is_not_plainly_well(
    previews: Previews, canned: CannedApi
) -> None:
    """So many records are a usual page size, and nothing says that they are all."""
    canned.json("/things", json.dumps([{"id": f"a{n}", "name": "n"} for n in range(100)]))
    told = previews.document()
    (listing,) = told["kinds"][0]["listings"]
    assert "usual page size" in listing["warning"]
    assert (listing["ended"], told["whole"]) == (True, False)
    shown = " ".join(previews.run().stdout.split())
    assert "All is well, as far as it was read: 1 kind, 100 entities; 1 of 1 listing was" in shown
    assert shown.count("usual page size") == 1


def test_a_sign_of_more_by_none_is_an_error(previews: Previews, canned: CannedApi) -> None:
    canned.json("/things", '{"items": [{"id": "a"}], "total_rows": 250}')
    previews.write(resource("/things"))
    kind = previews.kind(status=1)
    assert "total_rows (250) says that there is more" in kind["errors"][0]
    assert (kind["listings"][0]["ended"], kind["listings"][0]["cut"]) == (False, False)


def test_records_that_a_data_path_leaves_out_are_told(
    previews: Previews, canned: CannedApi
) -> None:
    canned.json("/things", '{"items": [{"id": "a", "on": true}, {"id": "b"}, {"id": "c"}]}')
    previews.write(resource("/things", data_path=".items | map(select(.on))"))
    (listing,) = previews.kind()["listings"]
    assert (listing["items"], listing["records"]) == (1, 3)
    assert "1 page, 1 item (3 records); ended" in " ".join(previews.run().stdout.split())


def test_a_page_that_comes_again(previews: Previews) -> None:
    previews.settings["PAGINATION_TYPE"] = "offset"
    (error,) = previews.kind("--pages", "2", status=1)["errors"]
    assert "the API seems to ignore paginationParam 'offset'" in error
    assert "paginationType to none" in error


def test_a_cursor_that_leads_back(previews: Previews, canned: CannedApi) -> None:
    """Told at the last page that is read, too, and not as too long a listing."""
    previews.settings |= {"PAGINATION_TYPE": "next_link", "NEXT_LINK_PATH": "next"}
    canned.json("/things", '{"items": [{"id": "a"}], "next": "/things"}')
    previews.write(resource("/things"))
    (error,) = previews.kind(status=1)["errors"]
    assert "leads to a page that was read already" in error


def test_a_listing_that_is_longer_than_allowed(
    preview_of: Callable[[str], Previews], api: SampleApi, api_url: str
) -> None:
    previews = preview_of(f"{api_url}/none/offset")
    previews.settings |= {"PAGINATION_TYPE": "offset", "PAGE_SIZE": "10", "MAX_PAGES": "2"}
    previews.write(resource("/services"))
    assert previews.kind("--pages", "1")["errors"] == []
    (error,) = previews.kind("--pages", "2", status=1)["errors"]
    assert "longer than maxPages (2)" in error


def test_the_first_few_parents(
    preview_of: Callable[[str], Previews], api: SampleApi, api_url: str
) -> None:
    previews = preview_of(f"{api_url}/none/offset")
    previews.settings["PAGINATION_TYPE"] = "offset"
    previews.write(MEMBERS)
    kind = previews.kind()
    assert len(api.requests("members")) == len(kind["listings"]) == 3
    assert len(api.requests("teams")) == len(kind["discoveries"]) == 1
    assert kind["more_listings"] and not kind["whole"]
    assert any("only the first 3" in note for note in kind["notes"])
    first = [record["id"] for record in api.records("teams")[:3]]
    assert [listing["values"] for listing in kind["listings"]] == [{"team": one} for one in first]
    assert kind["items"]["sample"][0]["__team"] == first[0]


def test_parents_that_cannot_be_found(previews: Previews, canned: CannedApi) -> None:
    canned.json("/teams", '{"teams": []}')
    previews.write(MEMBERS)
    kind = previews.kind(status=1)
    assert "there is no 'items' in the answer" in kind["errors"][0]
    assert canned.asked == ["/teams"]


def test_an_api_that_is_not_there(previews: Previews) -> None:
    previews.settings["BASE_URL"] = "http://127.0.0.1:9"
    kind = previews.kind(status=1)
    assert "Check baseUrl" in kind["errors"][0]
    (request,) = kind["requests"]
    assert request["status"] is None and request["error"]


def test_a_certificate_that_is_not_trusted(previews: Previews, canned: CannedApi) -> None:
    with serve_self_signed(canned) as url:
        previews.settings["BASE_URL"] = url
        assert "verifySsl" in previews.kind(status=1)["errors"][0]
        assert canned.asked == []
        previews.settings["VERIFY_SSL"] = "false"
        told = previews.document()
    assert told["kinds"][0]["items"]["count"] == 3
    assert told["notes"] == ["verifySsl is false: the API's certificate is not checked"]


def test_credentials_that_are_refused(previews: Previews, canned: CannedApi) -> None:
    canned.json("/things", '{"error": "who are you?"}', status=401)
    previews.settings |= {"AUTH_TYPE": "bearer_token", "API_TOKEN": SECRET}
    done = previews.run()
    assert done.returncode == 1
    assert "answered 401" in done.stdout
    assert "Not all is well: 1 kind, 0 entities, 1 error." in done.stdout
    told = " ".join(done.stdout.split())
    assert "Check authType and the credentials that go with it." in told
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_api_is_not_waited_for(previews: Previews, canned: CannedApi, status: int) -> None:
    canned.headers = {"Retry-After": "600"}
    canned.json("/things", "{}", status=status)
    kind = previews.kind(status=1)
    assert [request["status"] for request in kind["requests"]] == [status]


def test_a_data_path_that_leads_nowhere(previews: Previews, canned: CannedApi) -> None:
    canned.json("/things", '{"data": []}')
    previews.write(resource("/things"), resource("/things", data_path=".data"))
    first, second = previews.document(status=1)["kinds"]
    assert "there is no 'items' in the answer" in first["errors"][0]
    assert "an object with the key" in first["errors"][0]
    assert second["errors"] == [], "one kind's failure leaves the others"


def test_credentials_that_are_fetched(
    preview_of: Callable[[str], Previews], api: SampleApi, api_url: str
) -> None:
    previews = preview_of(f"{api_url}/oauth2/offset")
    previews.settings |= {
        "AUTH_TYPE": "oauth2_client_credentials",
        "TOKEN_URL": f"{api_url}/oauth/token",
        "CLIENT_ID": "demo-client",
        "CLIENT_SECRET": "demo-client-secret",
        "PAGINATION_TYPE": "offset",
    }
    previews.write(resource("/teams"), blueprints=[blueprint("record")])
    done = previews.run("--output", "json")
    requests = json.loads(done.stdout)["kinds"][0]["requests"]
    assert [one["for_credentials"] for one in requests] == [True, False]
    assert [one["status"] for one in requests] == [200, 200]
    assert requests[0]["headers"] == {} and requests[0]["body"] == ""
    sent = next(one.headers for one in api.requests("teams"))["authorization"]
    for secret in ("demo-client-secret", sent.removeprefix("Bearer ")):
        assert secret not in done.stdout + done.stderr


def test_what_fills_the_placeholders_of_a_listing(
    previews: Previews, canned: CannedApi, url: str
) -> None:
    canned.json("/users", '[{"id": 7, "group": "g1"}]')
    canned.json("/details", '[{"id": "d"}]')
    user = {"endpoint": "/users", "field": ".id", "include": {"group": ".group"}}
    body = {"users": ["{u}"], "since": "{now-1d:epoch}"}
    previews.write(
        resource(
            "/details?group={u.group}",
            data_path=".",
            method="POST",
            body=body,
            path_parameters={"u": user},
        )
    )
    kind = previews.kind()
    (listing,) = [one for one in kind["listings"] if one["values"]]
    assert listing["values"] == {"u": 7, "u.group": "g1"}
    request = kind["requests"][-1]
    assert request["url"] == f"{url}/details?group=g1"
    sent = json.loads(request["body"])
    assert sent["users"] == [7]
    assert abs(sent["since"] + 86400 - time.time()) < 60
