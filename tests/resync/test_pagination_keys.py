"""What the keys of a resource's ``pagination`` do, over requests to an API that needs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import client.http_client
from sandbox.serving import serve
from tests.support.canned import CannedApi
from tests.support.core import resource
from tests.support.recorded import Answer, Ask, RecordedApi
from tests.support.running import ONCE, Runs

SIZE = 3
IDS = [f"r-{number}" for number in range(7)]
Found = tuple[list[str], list[dict[str, str]]]
Reply = Callable[[Ask], Answer]


def records(start: int, size: int = SIZE) -> list[dict[str, str]]:
    return [{"id": one} for one in IDS[start : start + size]]


async def read(reply: Reply, *, data_path: str = ".items", **pagination: Any) -> Found:
    """The ids of the items that are read, and the queries that were sent."""
    api = RecordedApi(lambda _: None, {"GET /things": reply})
    with serve(api) as url:
        one = resource("/things", data_path=data_path, pagination={"page_size": SIZE, **pagination})
        items = await Runs(CannedApi(), url).items(one, maxConcurrentRequests="1")
    return [item["id"] for item in items], [ask.query for ask in api.asked]


async def failure(reply: Reply, **pagination: Any) -> str:
    """What is told of a listing that cannot be read."""
    with pytest.raises(Exception) as caught:
        await read(reply, **pagination)
    return str(caught.value)


@pytest.fixture(autouse=True)
def _nothing_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.http_client, "DEFAULT_RETRY", ONCE)


async def test_offsets_may_begin_at_1() -> None:
    """SCIM: ``startIndex`` 1 is the first record, and 0 is refused."""

    def reply(ask: Ask) -> Answer:
        start = int(ask.query["startIndex"])
        return Answer({"items": records(start - 1)}, 200 if start else 400)

    keys = {"type": "offset", "pagination_param": "startIndex"}
    ids, queries = await read(reply, **keys, start_offset=1)
    assert ids == IDS
    assert [query["startIndex"] for query in queries] == ["1", "4", "7", "8"]
    assert "answered 400" in await failure(reply, **keys)


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("count.of_pages", {"count": {"of_pages": 3}}, {}),
        ("X-Of-Pages", {}, {"x-of-pages": "3"}),
        (".rows / 3 | ceil", {"rows": 7}, {}),
    ],
)
async def test_a_named_number_of_pages_ends_without_one_request_more(
    path: str, body: dict[str, Any], headers: dict[str, str]
) -> None:
    def reply(ask: Ask) -> Answer:
        found = records((int(ask.query["page"]) - 1) * SIZE)
        return Answer({"items": found, **body}, headers=headers)

    ids, queries = await read(reply, type="page", total_pages_path=path)
    assert ids == IDS
    assert [query["page"] for query in queries] == ["1", "2", "3"]


@pytest.mark.parametrize(("ends", "asked"), [(False, 4), (True, 3)])
async def test_a_short_page_ends_only_where_a_resource_says_so(ends: bool, asked: int) -> None:
    def reply(ask: Ask) -> Answer:
        return Answer({"items": records((int(ask.query["page"]) - 1) * SIZE)})

    ids, queries = await read(reply, type="page", short_page_ends=ends)
    assert ids == IDS
    assert len(queries) == asked


async def test_a_sign_that_means_something_else_can_be_ignored() -> None:
    """Here ``total`` counts the records of all listings."""

    def reply(_: Ask) -> Answer:
        return Answer({"items": records(0), "total": 40})

    told = await failure(reply, type="none")
    assert "3 of 40 records were read: total (40) says that there is more" in told
    assert "name it in ignoredSigns (ignored_signs of a resource)" in told
    ids, _ = await read(reply, type="none", ignored_signs=["total"])
    assert ids == IDS[:3]


@pytest.mark.parametrize(("keeps", "second"), [(True, {"view": "all"}), (False, {})])
async def test_a_link_keeps_the_parameters_that_it_leaves_out_only_where_told(
    keeps: bool, second: dict[str, str]
) -> None:
    def reply(ask: Ask) -> Answer:
        start = int(ask.query.get("from", 0))
        end = start + SIZE
        following = {"next": f"/things?from={end}"} if end < len(IDS) else {}
        return Answer({"items": records(start), **following})

    keys = {"type": "next_link", "next_link_path": "next", "link_keeps_params": keeps}
    api = RecordedApi(lambda _: None, {"GET /things": reply})
    with serve(api) as url:
        one = resource("/things", query_params={"view": "all"}, pagination=keys)
        items = await Runs(CannedApi(), url).items(one, maxConcurrentRequests="1")
    assert [item["id"] for item in items] == IDS
    assert api.asked[0].query == {"view": "all"}
    assert [ask.query for ask in api.asked[1:]] == [{"from": n, **second} for n in ("3", "6")]


async def test_a_cursor_can_be_sent_alone() -> None:
    """Dynatrace: whatever comes with the key of the next page is refused."""

    def reply(ask: Ask) -> Answer:
        key = ask.query.get("nextPageKey")
        if key is not None and len(ask.query) > 1:
            return Answer({"error": "alone, please"}, 400)
        start = int(key or 0)
        following = {"nextPageKey": str(start + SIZE)} if start + SIZE < len(IDS) else {}
        return Answer({"items": records(start), **following})

    keys = {
        "type": "cursor",
        "pagination_param": "nextPageKey",
        "size_param": "pageSize",
        "cursor_path": "nextPageKey",
    }
    ids, queries = await read(reply, **keys, cursor_alone=True)
    assert ids == IDS
    assert queries == [{"pageSize": "3"}, {"nextPageKey": "3"}, {"nextPageKey": "6"}]
    assert "answered 400" in await failure(reply, **keys)


async def test_a_first_cursor_is_sent_with_the_first_request() -> None:
    """Some APIs page only where a cursor is asked for, as by ``cursor=*``."""

    def reply(ask: Ask) -> Answer:
        cursor = ask.query.get("cursor")
        if cursor is None:
            return Answer({"error": "a cursor is needed"}, 400)
        start = 0 if cursor == "*" else int(cursor)
        following = str(start + SIZE) if start + SIZE < len(IDS) else None
        return Answer({"items": records(start), "next_cursor": following})

    ids, queries = await read(reply, type="cursor", first_cursor="*")
    assert ids == IDS
    assert [query["cursor"] for query in queries] == ["*", "3", "6"]
    assert "answered 400" in await failure(reply, type="cursor")


@pytest.mark.parametrize("path", ["items.-1.id", ".items[-1].id", ".items | last | .id"])
async def test_the_last_record_may_be_the_cursor(path: str) -> None:
    """Stripe: ``starting_after`` is the id of the last record, and ``has_more`` the end."""

    def reply(ask: Ask) -> Answer:
        after = ask.query.get("starting_after")
        start = 0 if after is None else IDS.index(after) + 1
        return Answer({"items": records(start), "has_more": start + SIZE < len(IDS)})

    ids, queries = await read(
        reply, type="cursor", pagination_param="starting_after", cursor_path=path
    )
    assert ids == IDS
    assert [query.get("starting_after") for query in queries] == [None, "r-2", "r-5"]


async def test_a_header_may_hold_the_cursor() -> None:
    """Azure DevOps: the continuation token is a header that the last page has not."""

    def reply(ask: Ask) -> Answer:
        start = int(ask.query.get("continuationToken", 0))
        end = start + SIZE
        header = {"x-ms-continuationtoken": str(end)} if end < len(IDS) else {}
        return Answer({"count": len(records(start)), "items": records(start)}, headers=header)

    ids, queries = await read(
        reply,
        type="cursor",
        pagination_param="continuationToken",
        cursor_path="x-ms-continuationtoken",
    )
    assert ids == IDS
    assert [query.get("continuationToken") for query in queries] == [None, "3", "6"]


async def test_a_list_may_hold_the_link() -> None:
    """FHIR: links have relations, and ``previous`` comes with the second page."""

    def reply(ask: Ask) -> Answer:
        start = int(ask.query.get("from", 0))
        links = [{"relation": "self", "url": f"{ask.url}?from={start}"}]
        if start + SIZE < len(IDS):
            links.append({"relation": "next", "url": f"{ask.url}?from={start + SIZE}"})
        if start:
            links.append({"relation": "previous", "url": f"{ask.url}?from={start - SIZE}"})
        return Answer({"link": links, "entry": records(start)})

    ids, _ = await read(
        reply,
        data_path=".entry",
        type="next_link",
        next_link_path='.link[] | select(.relation == "next") | .url',
    )
    assert ids == IDS


async def test_a_flag_that_is_left_out_on_the_last_page_needs_a_default() -> None:
    def reply(ask: Ask) -> Answer:
        start = int(ask.query["offset"])
        more = {"more_to_come": True} if start + SIZE < len(IDS) else {}
        return Answer({"items": records(start), **more})

    ids, queries = await read(reply, type="offset", has_more_path=".more_to_come // false")
    assert ids == IDS
    assert len(queries) == 3
    told = await failure(reply, type="offset", has_more_path="more_to_come")
    assert "'more_to_come' (true, on an earlier page) says that there are more records" in told
