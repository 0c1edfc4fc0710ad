"""What a resync tells of itself: few lines, readable by people and by machines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.canned import CannedApi
from tests.support.core import IDENTIFIER, Core, resource
from tests.support.json_log import JsonLog, json_log

STAGES = ("kind started", "kind ended", "resync ended")
SERVICES = resource("/services")
MEMBERS = resource(
    "/teams/{team}/members",
    path_parameters={"team": {"endpoint": "/teams", "data_path": ".items", "field": ".id"}},
)


@pytest.fixture
def told() -> Iterator[JsonLog]:
    """The log, as JSON."""
    with json_log() as records:
        yield records


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line every few milliseconds."""
    monkeypatch.setattr("resync.progress.TICK_SECONDS", 0.01)


async def test_a_kind_has_a_beginning_and_an_end_and_the_resync_a_table(
    core: Core, told: JsonLog
) -> None:
    outcome = await core.resync(
        core.settings("offset", pageSize="8"), SERVICES, resource("/teams", "team")
    )
    assert outcome.succeeded, outcome.error
    assert [one["kind"] for one in told.fields("kind started")] == ["/services", "/teams"]
    services, teams = told.fields("kind ended")
    for fields, items, pages in ((services, 60, 8), (teams, 12, 2)):
        assert (fields["outcome"], fields["items"], fields["pages"]) == ("done", items, pages)
        assert fields["requests"] == len(core.api.requests(fields["kind"].strip("/")))
        assert fields["retries"] == fields["listings_failed"] == 0
        assert fields["ended_by"] == f"the total is reached: total ({items})"
    (end,) = told.fields("resync ended")
    assert (end["outcome"], end["kinds_in_mapping"], end["kinds_failed"]) == ("done", 2, 0)
    assert [(one["kind"], one["items"]) for one in end["kinds"]] == [
        ("/services", 60),
        ("/teams", 12),
    ]
    assert told.fields("kind running") == []


async def test_the_tables_are_aligned_and_hold_what_the_fields_hold(
    core: Core, told: JsonLog
) -> None:
    long = resource(f"/services?note={'x' * 100}", "team")
    await core.resync(core.settings("offset", pageSize="8"), SERVICES, long)
    (message,) = told.messages("resync ended")
    head, names, *rows = message.splitlines()
    assert head.startswith("resync done after ")
    assert head.endswith(": 2 of 2 kinds read")
    place = names.index("ended by")
    assert [row[place:] for row in rows] == ["the total is reached: total (60)"] * 2
    assert {row[place - 1] for row in (names, *rows)} == {" "}
    for fields, row in zip(told.fields("resync ended")[0]["kinds"], rows, strict=True):
        assert row[names.index("outcome") :].split()[:3] == ["done", "60", "8"]
        assert f"  {fields['requests']}  " in row
    assert rows[1].split()[0].endswith("...")
    first, *table = told.messages("kind ended")[0].splitlines()
    assert first.startswith("kind /services: done, 60 items after ")
    assert len(table) == 2


@pytest.mark.usefixtures("ticking")
async def test_while_a_kind_is_read_it_tells_how_far_it_is(core: Core, told: JsonLog) -> None:
    core.api.behave(latency_ms=15, total="body")
    settings = core.settings("offset", pageSize="6", maxConcurrentRequests="1")
    outcome = await core.resync(settings, SERVICES)
    assert outcome.succeeded, outcome.error
    lines = told.fields("kind running")
    assert lines
    items = [one["items"] for one in lines]
    assert items == sorted(items)
    known = [one for one in lines if "total" in one and one["items"] and one["items"] < 60]
    assert known
    for one in known:
        assert one["total"] == 60
        assert one["items"] == 6 * one["pages"]
        assert one["items_per_second"] > 0
        left = 60 - one["items"]
        assert one["eta_seconds"] == pytest.approx(left / one["items_per_second"], abs=0.06)
    text = told.messages("kind running")[lines.index(known[0])]
    assert f"{known[0]['items']} of 60 items in {known[0]['pages']} pages" in text
    assert " items/s, about 1 s left" in text


@pytest.mark.usefixtures("ticking")
@pytest.mark.parametrize("pagination", ["cursor", "offset"])
async def test_without_a_total_nothing_is_foretold(
    core: Core, told: JsonLog, pagination: str
) -> None:
    core.api.behave(latency_ms=15, total="none")
    settings = core.settings(pagination, pageSize="6", maxConcurrentRequests="1")
    await core.resync(settings, SERVICES)
    lines = told.fields("kind running")
    assert lines
    assert not any("total" in one or "eta_seconds" in one for one in lines)
    assert not any(
        " of " in message or "left" in message for message in told.messages("kind running")
    )


@pytest.mark.usefixtures("ticking")
async def test_a_cursor_s_total_is_told_too(core: Core, told: JsonLog) -> None:
    core.api.behave(latency_ms=15, total="body")
    await core.resync(core.settings("cursor", pageSize="6"), SERVICES)
    assert {one["total"] for one in told.fields("kind running") if one["items"]} == {60}


@pytest.mark.usefixtures("ticking")
async def test_many_listings_of_a_kind_are_one_kind(core: Core, told: JsonLog) -> None:
    core.api.behave(latency_ms=15)
    settings = core.settings("offset", maxConcurrentRequests="1")
    outcome = await core.resync(settings, MEMBERS)
    assert outcome.succeeded, outcome.error
    assert [one["path_parameters"] for one in told.fields("kind started")] == [["team"]]
    assert "one listing for each {team}" in told.messages("kind started")[0]
    lines = told.fields("kind running")
    some = [one for one in lines if 0 < one["listings_ended"] < 12]
    assert some
    assert all(one["listings_started"] >= one["listings_ended"] for one in lines)
    assert not any("total" in one for one in lines)
    (end,) = told.fields("kind ended")
    members = [
        core.api.records(f"teams/{team['id']}/members") for team in core.api.records("teams")
    ]
    assert end["listings"] == 12
    assert end["items"] == sum(map(len, members))
    assert end["requests"] == len(core.api.requests())
    assert end["ended_by"] == "the total is reached: total (n)"


async def test_hundreds_of_listings_are_not_hundreds_of_lines(
    core: Core, canned: CannedApi, url: str, told: JsonLog
) -> None:
    for number in range(300):
        canned.json(f"/of/{number}", '{"items": [{"id": "a"}]}')
    values = {"n": {"values": list(range(300))}}
    kind = resource("/of/{n}", identifier='.__n + "/" + .id', path_parameters=values)
    outcome = await core.resync({"baseUrl": url}, kind)
    assert outcome.succeeded, outcome.error
    stages = [one["extra"]["progress"] for one in told.records]
    assert [stage for stage in stages if stage != "kind running"] == list(STAGES)
    assert "in 300 listings after" in told.messages("kind ended")[0]
    assert [one["items"] for one in told.fields("kind ended")] == [300]


@pytest.mark.parametrize(
    ("kind", "listings", "failed"), [(SERVICES, 1, 1), (MEMBERS, 12, 1)], ids=["one", "many"]
)
async def test_a_kind_that_fails_says_so_and_the_next_is_told_too(
    core: Core, told: JsonLog, kind: dict[str, Any], listings: int, failed: int
) -> None:
    only = "services" if listings == 1 else "teams/team-0002/members"
    core.api.behave(only=only, fault="403", fault_times=0)
    outcome = await core.resync(core.settings("offset"), kind, resource("/users", "team"))
    assert not outcome.succeeded
    first, second = told.fields("kind ended")
    assert (first["outcome"], first["listings"], first["listings_failed"]) == (
        "failed",
        listings,
        failed,
    )
    assert first["ended_by"].startswith(f"kind {kind['kind']}: GET ")
    assert second["outcome"] == "done"
    levels = [one["level"] for one in told.records if one["extra"]["progress"] == "kind ended"]
    assert levels == ["WARNING", "INFO"]
    (end,) = told.fields("resync ended")
    assert (end["outcome"], end["kinds_failed"]) == ("failed", 1)
    assert told.messages("resync ended")[0].splitlines()[0].endswith("read, 1 of them failed")


async def test_requests_that_are_sent_again_are_counted(core: Core, told: JsonLog) -> None:
    core.api.behave(fault="503", fault_at=1, fault_times=2)
    outcome = await core.resync(core.settings("offset"), SERVICES)
    assert outcome.succeeded, outcome.error
    (end,) = told.fields("kind ended")
    assert end["retries"] == 2
    assert end["requests"] == len(core.api.requests())


@pytest.mark.usefixtures("ticking")
async def test_a_wait_for_the_rate_limit_is_told_and_is_ocean_s_metric(
    core: Core, told: JsonLog
) -> None:
    core.api.behave(only="services", fault="429", fault_at=1, fault_times=1, retry_after="1")
    outcome = await core.resync(core.settings("offset"), SERVICES, resource("/teams", "team"))
    assert outcome.succeeded, outcome.error
    waiting = [one for one in told.fields("kind running") if "rate_limit_wait_left_seconds" in one]
    assert waiting
    assert all(0 <= one["rate_limit_wait_left_seconds"] <= 1 for one in waiting)
    assert "; waiting 1 s for the API's rate limit" in "\n".join(told.messages("kind running"))
    services, teams = told.fields("kind ended")
    assert services["rate_limit_wait_seconds"] >= 1
    assert teams["rate_limit_wait_seconds"] == 0
    reports = [one for one in core.catalog._store.history("metrics") if one["kind"] == "/services"]
    endpoints = reports[-1]["metrics"]["phase"]["extract"]["endpoint"]
    assert list(endpoints.values()) == [
        {"rate_limit_wait_seconds": services["rate_limit_wait_seconds"]}
    ]


@pytest.mark.usefixtures("ticking")
async def test_a_resync_that_is_stopped_stops_its_lines(core: Core, told: JsonLog) -> None:
    core.api.behave(latency_ms=40)
    settings = core.settings("cursor", pageSize="6")
    app = await core.start(settings, SERVICES, resource("/teams", "team"))
    first = asyncio.create_task(app.integration.sync_raw_all())
    async with asyncio.timeout(10):
        while len(core.api.requests("services")) < 3:
            await asyncio.sleep(0.005)
    core.catalog.set_config(IDENTIFIER, {"resources": [resource("/teams", "team")]})
    core.api.behave()
    assert await app.integration.sync_raw_all({}) is True
    assert first.cancelled()
    async with asyncio.timeout(5):
        while len(told.fields("resync ended")) < 2:
            await asyncio.sleep(0.005)
    stopped, done = told.fields("kind ended")
    assert (stopped["kind"], stopped["outcome"]) == ("/services", "stopped")
    assert (done["kind"], done["outcome"]) == ("/teams", "done")
    ends = {one["outcome"]: one["kinds"] for one in told.fields("resync ended")}
    assert [one["kind"] for one in ends["stopped"]] == ["/services"]
    assert [one["kind"] for one in ends["done"]] == ["/teams"]
    count = len(told.fields("kind running"))
    await asyncio.sleep(0.05)
    assert len(told.fields("kind running")) == count


async def test_secrets_of_a_kind_are_masked_in_messages_and_fields(
    core: Core, canned: CannedApi, url: str, told: JsonLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resync.progress.TICK_SECONDS", 0.001)
    canned.json("/search", '{"items": [{"id": "a"}]}')
    kinds = [
        resource("/search?api_key=s3cr3t-in-a-kind"),
        resource("/gone?api_key=s3cr3t-in-a-kind"),
    ]
    await core.resync({"baseUrl": url, "authType": "api_key", "apiKey": "k3y-0f-5ett1ng"}, *kinds)
    assert {one["extra"]["progress"] for one in told.records} >= {*STAGES, "kind running"}
    text = json.dumps(told.records)
    assert "s3cr3t" not in text
    assert "k3y-0f" not in text
    assert "/search?api_key=[hidden]" in text


async def test_an_incremental_resync_tells_its_kinds(
    core: Core, told: JsonLog, canned: CannedApi, url: str
) -> None:
    canned.json("/changed", '{"items": [{"id": "a"}]}')
    integration = {
        "identifier": IDENTIFIER,
        "type": "custom",
        "incremental_sync_enabled": True,
        "config": {"base_url": url},
    }
    changed = resource("/changed", incremental={"param": "since"})
    app = await core.start({}, changed, integration=integration)
    await app.integration.sync_raw_all(silent=False)
    await app.integration.sync_incremental(60)
    assert [one["items"] for one in told.fields("kind ended")] == [1, 1]
    assert len(told.fields("resync ended")) == 1


async def test_items_of_a_listing_that_is_read_again_count_once(core: Core, told: JsonLog) -> None:
    core.api.behave(latency_ms=20, total="body")
    settings = core.settings("offset", pageSize="8", maxConcurrentRequests="1")
    app = await core.start(settings, SERVICES)
    resync = asyncio.create_task(app.integration.sync_raw_all(silent=False))
    async with asyncio.timeout(20):
        while len(core.api.requests("services")) < 4:
            await asyncio.sleep(0.002)
    core.api.remove("services", [core.api.records("services")[2]["id"]])
    assert await resync
    (end,) = told.fields("kind ended")
    assert end["items"] == 59
    assert end["pages"] == len(core.api.requests("services"))


async def test_a_large_answer_is_one_page(
    core: Core, canned: CannedApi, url: str, told: JsonLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its items come in pieces."""
    monkeypatch.setattr("client.http_client.LARGE_BYTES", 1000)
    canned.json("/large", json.dumps({"items": [{"id": str(number)} for number in range(2500)]}))
    outcome = await core.resync({"baseUrl": url}, resource("/large"))
    assert outcome.succeeded, outcome.error
    (end,) = told.fields("kind ended")
    assert (end["pages"], end["items"]) == (1, 2500)
