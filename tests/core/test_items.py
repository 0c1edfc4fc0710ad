"""What answers of every shape become in the catalog."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import brotli
import pytest
import zstandard

from tests.support.canned import CannedApi
from tests.support.core import Core, Outcome, resource


async def resync(core: Core, url: str, *resources: dict[str, Any], **settings: str) -> Outcome:
    return await core.resync({"baseUrl": url, **settings}, *resources)


async def test_an_object_is_one_item_with_one_warning(
    core: Core, canned: CannedApi, url: str, log: list[str]
) -> None:
    canned.json("/status", '{"id": "only", "name": "x"}')
    outcome = await resync(core, url, resource("/status", data_path=None))
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == ["only"]
    assert len([line for line in log if "taken as one item" in line]) == 1


async def test_items_that_are_no_objects_are_handed_on_as_values(
    core: Core, canned: CannedApi, url: str, log: list[str]
) -> None:
    canned.json("/tags", '["a", "b", 7, null]')
    tags = resource("/tags", data_path=None, identifier=".value | tostring")
    outcome = await resync(core, url, tags)
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == ["7", "a", "b", "null"]
    assert len([line for line in log if "are not objects" in line]) == 1


async def test_items_to_parse_yields_the_object_and_counts_what_is_in_it(
    core: Core, api_url: str
) -> None:
    whole = resource("/services", data_path=None, identifier=".item.id")
    whole["port"]["itemsToParse"] = ".items"
    settings = core.settings("offset", pageSize="7")
    core.api.behave(total="none")
    outcome = await core.resync(settings, whole)
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("record")) == 60
    offsets = sorted(int(dict(seen.query)["offset"]) for seen in core.api.requests())
    assert offsets[:9] == [0, 7, 14, 21, 28, 35, 42, 49, 56]


async def test_an_id_beyond_64_bits_keeps_its_digits(
    core: Core, canned: CannedApi, url: str
) -> None:
    canned.json("/big", '{"items": [{"id": 123456789012345678901}, {"id": 123456789012345678902}]}')
    outcome = await resync(core, url, resource("/big", identifier=".id | tostring"))
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == ["123456789012345678901", "123456789012345678902"]


@pytest.mark.parametrize(("status", "body"), [(204, ""), (200, '{"items": []}'), (200, "[]")])
async def test_nothing_is_no_items(
    core: Core, canned: CannedApi, url: str, status: int, body: str
) -> None:
    canned.json("/none", body, status)
    one = resource("/none", data_path=None if body == "[]" else ".items")
    outcome = await resync(core, url, one)
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == []


async def test_an_error_with_a_status_of_success_is_no_item(
    core: Core, canned: CannedApi, url: str
) -> None:
    canned.json("/items", '{"error": {"message": "quota"}, "status": "failed"}')
    outcome = await resync(core, url, resource("/items", data_path=None))
    assert not outcome.succeeded
    assert "an error with a status of success" in outcome.error
    assert core.catalog.identifiers("record") == []


async def test_a_partial_answer_is_an_error(core: Core, canned: CannedApi, url: str) -> None:
    canned.json("/items", '{"items": [{"id": "a"}]}', 206)
    outcome = await resync(core, url, resource("/items"))
    assert not outcome.succeeded
    assert "answered 206 Partial Content" in outcome.error


async def test_discovered_values_are_encoded_filtered_and_read_once(
    core: Core, canned: CannedApi, url: str, log: list[str]
) -> None:
    canned.json(
        "/groups",
        '{"groups": [{"key": "a/b", "on": true}, {"key": "..", "on": true}, {"key": 5, "on": true},'
        ' {"key": "a/b", "on": true}, {"key": null, "on": true}, {"key": "off", "on": false}]}',
    )
    for path, name in (("a%2Fb", "one"), ("%2E%2E", "two"), ("5", "three")):
        canned.json(f"/groups/{path}/users", f'{{"items": [{{"id": "{name}"}}]}}')
    users = resource(
        "/groups/{key}/users",
        identifier='.__key + ":" + .id',
        path_parameters={
            "key": {"endpoint": "/groups", "data_path": ".groups", "field": ".key", "filter": ".on"}
        },
    )
    outcome = await resync(core, url, users)
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == ["..:two", "5:three", "a/b:one"]
    assert sorted(canned.asked) == [
        "/groups",
        "/groups/%2E%2E/users",
        "/groups/5/users",
        "/groups/a%2Fb/users",
    ]
    assert any("1 discovered values of {key} were null or empty" in line for line in log)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"field": ".key.x"}, "path_parameters.id failed"),
        ({"field": "."}, "path_parameters.id leads to an object"),
        ({"field": ".key", "filter": ".key"}, "filter '.key' must answer true or false"),
        ({"field": ".key", "data_path": ".grops"}, "data_path '.grops' leads nowhere"),
    ],
)
async def test_a_discovery_that_fails_is_an_error(
    core: Core, canned: CannedApi, url: str, entry: dict[str, str], told: str
) -> None:
    canned.json("/groups", '{"groups": [{"key": "a"}]}')
    discovery = {"endpoint": "/groups", "data_path": ".groups", **entry}
    outcome = await resync(
        core, url, resource("/groups/{id}/users", path_parameters={"id": discovery})
    )
    assert not outcome.succeeded
    assert told in outcome.error


async def test_a_method_that_changes_things_gets_a_warning(
    core: Core, canned: CannedApi, url: str, log: list[str]
) -> None:
    canned.json("/items", '{"items": [{"id": "a"}]}')
    outcome = await resync(core, url, resource("/items", method="PATCH", body={}))
    assert outcome.succeeded, outcome.error
    assert len([line for line in log if "by PATCH, which usually changes" in line]) == 1


async def test_rows_of_a_csv_become_entities(core: Core, canned: CannedApi, url: str) -> None:
    canned.answers["/report"] = (200, "text/csv; charset=utf-8", b"id,name\r\na,Ann\r\nb,\r\n")
    outcome = await resync(core, url, resource("/report", data_path=None))
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == ["a", "b"]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
async def test_compressed_answers(core: Core, canned: CannedApi, url: str, coding: str) -> None:
    body = b'{"items": [{"id": "a"}, {"id": "b"}]}'
    packed = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": brotli.compress,
        "zstd": zstandard.compress,
    }[coding](body)
    canned.answers["/items"] = (200, "application/json", packed)
    canned.headers = {"content-encoding": coding}
    outcome = await resync(core, url, resource("/items"))
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == ["a", "b"]


@pytest.mark.parametrize(
    ("selector", "told"),
    [
        ({"methd": "GET"}, "resources[1].selector.methd: no such key; did you mean method?"),
        ({"method": "FETCH"}, "resources[1].selector.method: "),
        (
            {"path_parameters": {"x": {"endpont": "/y"}}},
            "resources[1].selector.path_parameters.x.endpont: no such key; did you mean endpoint?",
        ),
        (
            {"pagination": {"type": "pages"}},
            "resources[1].selector.pagination.type: is not allowed",
        ),
    ],
)
async def test_a_wrong_mapping_is_told_with_its_place(
    core: Core, canned: CannedApi, url: str, selector: dict[str, Any], told: str
) -> None:
    canned.json("/items", '{"items": []}')
    outcome = await resync(core, url, resource("/items"), resource("/others", **selector))
    assert not outcome.succeeded
    assert told in outcome.error
    assert canned.asked == []


async def test_an_expression_that_never_ends_fails_its_kind_and_nothing_else(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    await core.resync(core.settings(), resource("/teams"), resource("/users"))
    before = core.catalog.identifiers("record")
    monkeypatch.setattr("resync.jq.LONGEST_SECONDS", 0.5)
    core.api.remove("users", [core.api.records("users")[0]["id"]])
    endless = {"data_path": ".items | last(repeat(.))"}
    outcome = await core.resync(core.settings(), resource("/teams", **endless), resource("/users"))
    assert "kind /teams" in outcome.error
    assert "'.items | last(repeat(.))' did not end within" in outcome.error
    assert core.catalog.identifiers("record") == before
