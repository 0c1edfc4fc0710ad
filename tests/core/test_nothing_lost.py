"""When the API fails or lies, what the catalog has of that kind stays, and the error is clear."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.port_api import PortApi
from sandbox.serving import serve
from tests.support.canned import CannedApi
from tests.support.core import IDENTIFIER, Core, Outcome, resource

SERVICES = resource("/services")


@pytest.fixture
async def full(core: Core) -> Core:
    """A catalog with all services; from now on the API has only some of them."""
    outcome = await core.resync(core.settings("offset"), SERVICES)
    assert outcome.succeeded, outcome.error
    core.api.remove("services", [record["id"] for record in core.api.records("services")[::6]])
    return core


def expect_nothing_lost(catalog: PortApi, outcome: Outcome) -> None:
    assert not outcome.succeeded
    assert len(catalog.identifiers("record")) == 60
    assert catalog.deletions() == []


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("500", "500 Internal Server Error after 4 attempts"),
        ("502", "502 Bad Gateway after 4 attempts"),
        ("429", "Lower maxConcurrentRequests"),
        ("400", "Check the endpoint, query_params and headers"),
        ("401", "Check authType and the credentials"),
        ("403", "check their rights"),
        ("404", "Check the kind"),
        ("reset", "Check baseUrl"),
        ("reset_body", "the connection broke before the whole answer was there"),
        ("truncated", "not whole JSON"),
        ("html", "perhaps a login page. Check authType, baseUrl"),
        ("empty", "the answer is empty"),
        ("not_json", "not whole JSON"),
        ("error_200", "an error with a status of success"),
        ("redirect_loop", "redirected more than 10 times"),
    ],
)
@pytest.mark.parametrize("pagination", ["offset", "page", "cursor"])
async def test_a_fault_on_the_third_page(
    full: Core, fault: str, told: str, pagination: str
) -> None:
    full.api.behave(fault=fault, fault_at=3, fault_times=0)
    settings = full.settings(pagination, pageSize="8", maxConcurrentRequests="1")
    outcome = await full.resync(settings, SERVICES)
    expect_nothing_lost(full.catalog, outcome)
    assert told in outcome.error
    assert f"/none/{pagination}/services" in outcome.error


async def test_a_stalling_answer_names_the_timeout(full: Core) -> None:
    full.api.behave(fault="stall", fault_times=0)
    outcome = await full.resync(full.settings("offset", timeout="0.2"), SERVICES)
    expect_nothing_lost(full.catalog, outcome)
    assert "Raise timeout" in outcome.error


async def test_a_wrong_data_path_tells_which_keys_are_there(full: Core) -> None:
    outcome = await full.resync(full.settings("offset"), resource("/services", data_path=".itmes"))
    expect_nothing_lost(full.catalog, outcome)
    assert "data_path '.itmes' leads nowhere" in outcome.error
    assert "an object with the keys items, total" in outcome.error
    assert ".itmes // []" in outcome.error


@pytest.mark.parametrize("body", ['{"ok": false}', '{"errors": [{"message": "no"}], "items": []}'])
@pytest.mark.parametrize("data_path", [".items", ".items // []", ".items[]?"])
async def test_an_error_with_a_status_of_success(core: Core, body: str, data_path: str) -> None:
    canned = CannedApi()
    canned.json("/users", '{"ok": true, "items": [{"id": "one"}]}')
    users = resource("/users", data_path=data_path)
    with serve(canned) as url:
        await core.resync({"baseUrl": url}, users)
        canned.json("/users", body)
        outcome = await core.resync({"baseUrl": url}, users)
    assert not outcome.succeeded
    assert "an error with a status of success. It begins" in outcome.error
    assert core.catalog.identifiers("record") == ["one"]


async def test_a_429_storm_longer_than_the_retries(full: Core) -> None:
    full.api.behave(fault="429", fault_at=2, fault_times=0, retry_after="0")
    outcome = await full.resync(full.settings("offset", pageSize="8"), SERVICES)
    expect_nothing_lost(full.catalog, outcome)
    assert "429 Too Many Requests after 4 attempts" in outcome.error
    assert "/none/offset/services" in outcome.error


@pytest.mark.parametrize(
    ("pagination", "switches", "told"),
    [
        ("offset", {"ignore": "position", "total": "none"}, "paginationParam 'offset'"),
        ("page", {"ignore": "position"}, "paginationParam 'page'"),
        ("cursor", {"ignore": "position"}, "paginationParam 'cursor'"),
        ("cursor", {"cursor_style": "repeat"}, "read already"),
        ("cursor", {"cursor_style": "loop"}, "read already"),
        ("offset", {"has_more": "lie_true", "total": "none"}, "21 pages in a row are empty"),
        ("page", {"has_more": "lie_true"}, "21 pages in a row are empty"),
        ("cursor", {"has_more": "lie_true"}, "has_more (true) says that there is more"),
        ("cursor", {"cursor_style": "url", "cursor_host": "http://evil.example"}, "evil.example"),
    ],
)
async def test_an_api_that_lies(
    full: Core, pagination: str, switches: dict[str, str], told: str
) -> None:
    full.api.behave(**switches)
    outcome = await full.resync(full.settings(pagination, pageSize="8"), SERVICES)
    expect_nothing_lost(full.catalog, outcome)
    assert told in outcome.error


@pytest.mark.parametrize("pagination", ["offset", "page"])
async def test_has_more_that_denies_what_a_named_total_promises(
    full: Core, pagination: str
) -> None:
    """What a setting names outweighs what was recognised."""
    full.api.behave(has_more="lie_false", total="body")
    settings = full.settings(pagination, pageSize="8", totalPath="total")
    outcome = await full.resync(settings, SERVICES)
    assert outcome.succeeded, outcome.error
    left = sorted(record["id"] for record in full.api.records("services"))
    assert full.catalog.identifiers("record") == left


@pytest.mark.parametrize("pagination", ["offset", "page", "cursor"])
@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({"hasMorePath": "has_more"}, "'has_more' (false) says that the listing ends here after 8"),
        ({}, "50 of 101 records were read"),
    ],
)
async def test_an_end_that_a_named_total_denies(
    full: Core, pagination: str, named: dict[str, str], told: str
) -> None:
    """Settings that name what contradicts each other; or a total that is above all that comes."""
    full.api.behave(has_more="lie_false", total="lie_high")
    settings = full.settings(pagination, pageSize="8", totalPath="total", **named)
    outcome = await full.resync(settings, SERVICES)
    expect_nothing_lost(full.catalog, outcome)
    assert told in outcome.error


@pytest.mark.parametrize("pagination", ["offset", "page"])
async def test_a_recognised_total_that_counts_hidden_records(
    full: Core, pagination: str, log: list[str]
) -> None:
    """All positions below it were asked for, so the listing is whole, and somebody should look."""
    full.api.behave(total="lie_high")
    outcome = await full.resync(full.settings(pagination, pageSize="8"), SERVICES)
    assert outcome.succeeded, outcome.error
    left = sorted(record["id"] for record in full.api.records("services"))
    assert full.catalog.identifiers("record") == left
    assert any("50 of 101 records were read" in line for line in log if "WARNING" in line)


async def test_a_recognised_total_that_no_cursor_reaches(full: Core) -> None:
    full.api.behave(total="lie_high")
    outcome = await full.resync(full.settings("cursor", pageSize="8"), SERVICES)
    expect_nothing_lost(full.catalog, outcome)
    assert "50 of 101 records were read: total (101) says that there is more" in outcome.error


async def test_a_wrong_cursor_path(full: Core) -> None:
    full.api.behave(has_more="none")
    settings = full.settings("cursor", pageSize="8", cursorPath="meta.nxt")
    outcome = await full.resync(settings, SERVICES)
    expect_nothing_lost(full.catalog, outcome)
    assert "cursorPath 'meta.nxt'" in outcome.error


async def test_a_listing_that_begins_anew_behind_its_end(full: Core) -> None:
    full.api.behave(cursor_style="endless", endless="repeat", has_more="none")
    outcome = await full.resync(full.settings("cursor", pageSize="8"), SERVICES)
    expect_nothing_lost(full.catalog, outcome)
    assert "page 8 holds the same records as an earlier page" in outcome.error


async def test_cursors_that_lead_to_empty_pages_for_ever(full: Core) -> None:
    full.api.behave(cursor_style="endless", endless="empty", has_more="none")
    outcome = await full.resync(full.settings("cursor", pageSize="8"), SERVICES)
    expect_nothing_lost(full.catalog, outcome)
    assert "21 pages in a row are empty" in outcome.error


@pytest.mark.parametrize("pagination", ["offset", "page", "cursor"])
async def test_a_listing_longer_than_max_pages(full: Core, pagination: str) -> None:
    outcome = await full.resync(full.settings(pagination, pageSize="8", maxPages="6"), SERVICES)
    expect_nothing_lost(full.catalog, outcome)
    assert "the listing is longer than maxPages (6)" in outcome.error


async def test_one_failing_listing_does_not_stop_the_others(full: Core) -> None:
    full.api.behave(only="teams/team-0002/members", fault="403", fault_times=0)
    nested = resource(
        "/teams/{team}/members",
        "team",
        path_parameters={"team": {"endpoint": "/teams", "data_path": ".items", "field": ".id"}},
    )
    outcome = await full.resync(full.settings("offset"), SERVICES, nested)
    expect_nothing_lost(full.catalog, outcome)
    assert "team-0002/members" in outcome.error
    read = {s.path.split("/")[4] for s in full.api.requests() if s.path.endswith("/members")}
    assert len(read) == 12
    others = {
        member["id"]
        for team in full.api.records("teams")
        if team["id"] != "team-0002"
        for member in full.api.records(f"teams/{team['id']}/members")
    }
    assert set(full.catalog.identifiers("team")) >= others


async def test_a_failing_kind_does_not_stop_the_next(full: Core) -> None:
    full.api.behave(only="services", fault="404", fault_times=0)
    outcome = await full.resync(full.settings("offset"), SERVICES, resource("/teams", "team"))
    expect_nothing_lost(full.catalog, outcome)
    assert len(full.catalog.identifiers("team")) == 12


async def test_once_the_api_is_well_again_the_catalog_is_cleaned_up(full: Core) -> None:
    full.api.behave(fault="500", fault_times=0)
    expect_nothing_lost(full.catalog, await full.resync(full.settings("offset"), SERVICES))
    full.api.behave()
    outcome = await full.resync(full.settings("offset"), SERVICES)
    assert outcome.succeeded, outcome.error
    assert full.catalog.identifiers("record") == sorted(
        record["id"] for record in full.api.records("services")
    )
    assert len(full.catalog.deletions()) == 10


@pytest.mark.parametrize(
    ("selector", "told"),
    [
        ({"path_parameters": {}}, "has no entry for {team}"),
        ({"data_path": ".items["}, "selector.data_path: found '.items[', which is not jq"),
    ],
)
async def test_a_wrong_selector_is_told_before_any_request(
    full: Core, selector: dict[str, str], told: str
) -> None:
    full.api.reset()
    kind = "/teams/{team}/members" if "path_parameters" in selector else "/services"
    outcome = await full.resync(
        full.settings("offset"), resource(kind, **{"data_path": ".items", **selector})
    )
    expect_nothing_lost(full.catalog, outcome)
    assert told in outcome.error
    assert full.api.requests() == []


@pytest.mark.parametrize("pagination", ["offset", "page"])
@pytest.mark.parametrize("readers", [1, 2])
async def test_items_removed_while_a_listing_is_read(
    core: Core, pagination: str, readers: int
) -> None:
    """Those behind a removed one move up: whoever counts them would pass over one."""
    core.api.behave(latency_ms=20, total="body")
    settings = core.settings(pagination, pageSize="8", maxConcurrentRequests="1")
    app = await core.start(settings, SERVICES)
    await app.integration.sync_raw_all(silent=False)
    core.api.reset()
    core.api.behave(latency_ms=20, total="body")
    shared = [resource("/services", "team")] * (readers - 1)
    core.catalog.set_config(
        IDENTIFIER, {"resources": [SERVICES, *shared], "entityDeletionThreshold": 1}
    )
    resync = asyncio.create_task(app.integration.sync_raw_all(silent=False))
    async with asyncio.timeout(20):
        while len(core.api.requests("services")) < 4:
            await asyncio.sleep(0.002)
    removed = core.api.records("services")[2]["id"]
    core.api.remove("services", [removed])
    assert await resync
    left = sorted(record["id"] for record in core.api.records("services"))
    # What was removed meanwhile may go with this resync or with the next.
    assert [one for one in core.catalog.identifiers("record") if one != removed] == left
