"""The values of placeholders: where they come from, what they become, and what is told of them."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from errors import ResponseError
from tests.support.core import resource
from tests.support.running import Runs, items_of, parsed


def found_by(field: str, **more: Any) -> dict[str, Any]:
    """A parameter that is discovered at ``/parents``."""
    return {"endpoint": "/parents", "data_path": ".items", "field": field, **more}


def children(parents: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    entries = {"parent": parents or found_by(".id"), **more}
    path = "/".join(f"{{{name}}}" for name in entries)
    return resource(f"/of/{path}", path_parameters=entries)


def parents(runs: Runs, *records: Any, path: str = "/parents") -> None:
    runs.api.json(path, json.dumps({"items": records}))


def child(runs: Runs, path: str) -> None:
    runs.api.json(f"/of/{path}", '{"items": [{"id": "c"}]}')


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (["a", "b", "a"], ["a", "b"]),
        ([1, 2.0, 2.5, 10**20], ["1", "2", "2.5", "100000000000000000000"]),
        (["a", None, ""], ["a"]),
        ([["a", "b"], ["b", "c"], []], ["a", "b", "c"]),
    ],
)
async def test_a_value_is_a_text_and_is_read_once(
    runs: Runs, values: list[Any], texts: list[str]
) -> None:
    parents(runs, *({"id": value} for value in values))
    for text in texts:
        child(runs, text)
    found = await runs.items(children())
    assert sorted(item["__parent"] for item in found) == sorted(texts)
    assert sorted(runs.api.asked) == sorted(["/parents", *(f"/of/{text}" for text in texts)])


@pytest.mark.parametrize("values", [["a", 7, "a", 7.0], ["a", "7"]])
async def test_fixed_values_are_taken_as_discovered_ones_are(runs: Runs, values: list[Any]) -> None:
    child(runs, "a")
    child(runs, "7")
    found = await runs.items(children({"values": values}))
    assert sorted(item["__parent"] for item in found) == ["7", "a"]


@pytest.mark.parametrize(
    "entry",
    [found_by(".id"), found_by(".of.it"), found_by(".id", filter=".id | error"), found_by(".no")],
    ids=["value", "field", "filter", "misread"],
)
async def test_no_message_about_a_record_quotes_a_secret(runs: Runs, entry: dict[str, Any]) -> None:
    """An API may repeat what it was sent, even as a key."""
    secret = "tok-8c1d2e3f4a"
    record = {secret: 1, "id": {secret: 1}, "of": secret}
    parents(runs, {**record, "id": None} if entry["field"] == ".no" else record)
    told = await runs.failure(children(entry), authType="bearer_token", apiToken=secret)
    assert "[hidden]" in told
    assert secret not in told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (True, "path_parameters.parent leads to a bool, which is no value"),
        ({"secret": 1}, "path_parameters.parent leads to an object with the keys secret, which is"),
        ([["a"]], "path_parameters.parent leads to an array of 1, which is no value"),
    ],
)
async def test_what_is_no_value_is_an_error(runs: Runs, value: Any, told: str) -> None:
    parents(runs, {"id": value})
    assert f"kind /of/{{parent}}: {told}" in await runs.failure(children())


async def test_skipped_values_are_told_once_with_their_number(runs: Runs, log: list[str]) -> None:
    parents(runs, {"id": None}, {"id": "a"}, {"id": ""}, {})
    child(runs, "a")
    await runs.items(children())
    told = [line for line in log if "WARNING" in line and "skipped" in line]
    assert len(told) == 1
    assert (
        "kind /of/{parent}: 3 discovered values of {parent} were null or empty and are skipped"
        in told[0]
    )


async def test_a_filter_lets_records_through_that_answer_true(runs: Runs) -> None:
    parents(runs, {"id": "a", "on": True}, {"id": "b", "on": False}, {"id": "c", "on": True})
    child(runs, "a")
    child(runs, "c")
    found = await runs.items(children(found_by(".id", filter=".on")))
    assert [item["__parent"] for item in found] == ["a", "c"]


@pytest.mark.parametrize("on", [None, "yes", 1])
async def test_a_filter_that_answers_neither_is_an_error(runs: Runs, on: Any) -> None:
    parents(runs, {"id": "a", "on": on})
    told = await runs.failure(children(found_by(".id", filter=".on")))
    assert "path_parameters.parent.filter '.on' must answer true or false" in told
    told = await runs.failure(children(found_by(".id", filter="true, true")))
    assert "filter 'true, true' must answer true or false" in told


async def test_an_expression_that_fails_tells_what_the_record_is(runs: Runs) -> None:
    parents(runs, {"id": "a"}, {"id": "b", "x": 1})
    for entry in (found_by(".id.x"), found_by(".id", filter=".x.y")):
        entry = {**entry, "data_path": ".items"}
        told = await runs.failure(children(entry))
        assert (
            "kind /of/{parent}: path_parameters.parent failed for an object with the keys" in told
        )
        assert "Cannot index" in told
    assert "the keys id, x: " in told


async def test_items_get_the_fields_of_their_parents(runs: Runs) -> None:
    parents(runs, {"id": "a", "plan": {"name": "free"}, "tags": [1, 2]}, {"id": "b"})
    child(runs, "a/1")
    child(runs, "b/1")
    include = {"plan": ".plan.name", "first": ".tags[]?", "none": "empty"}
    entry = found_by(".id", include=include)
    found = await runs.items(children(entry, number={"values": [1]}))
    assert sorted(found, key=lambda item: str(item["__parent"])) == [
        {
            "id": "c",
            "__parent": "a",
            "__parent_plan": "free",
            "__parent_first": 1,
            "__parent_none": None,
            "__number": "1",
        },
        {
            "id": "c",
            "__parent": "b",
            "__parent_plan": None,
            "__parent_first": None,
            "__parent_none": None,
            "__number": "1",
        },
    ]


async def test_a_parameter_that_needs_none_is_discovered_once_for_all(runs: Runs) -> None:
    parents(runs, {"id": "a"}, {"id": "b"}, {"id": "c"})
    parents(runs, {"id": "x"}, {"id": "y"}, path="/others")
    for path in ("a/x", "a/y", "b/x", "b/y", "c/x", "c/y"):
        child(runs, path)
    other = {"endpoint": "/others", "data_path": ".items", "field": ".id"}
    found = await runs.items(children(other=other))
    assert len(found) == 6
    assert runs.api.asked.count("/others") == runs.api.asked.count("/parents") == 1


@pytest.mark.parametrize("remembered", [1, 256])
async def test_of_discoveries_only_so_many_are_remembered(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, remembered: int
) -> None:
    monkeypatch.setattr("resync.path_parameters.SHARED_DISCOVERIES", remembered)
    parents(runs, {"id": "x"}, path="/in/a")
    parents(runs, {"id": "y"}, path="/in/b")
    for path in ("a/1/x", "a/2/x", "b/1/y", "b/2/y"):
        child(runs, path)
    inner = {"endpoint": "/in/{parent}", "data_path": ".items", "field": ".id"}
    kind = children({"values": ["a", "b"]}, number={"values": [1, 2]}, inner=inner)
    found = await runs.items(kind, maxConcurrentRequests="1")
    assert len(found) == 4
    asked = runs.api.asked.count("/in/a") + runs.api.asked.count("/in/b")
    assert asked == 2 if remembered > 1 else asked >= 2


async def test_a_parent_that_the_path_does_not_name_makes_no_second_listing(runs: Runs) -> None:
    parents(runs, {"id": "a"}, {"id": "b"})
    parents(runs, {"id": "x"}, {"id": "y"}, path="/in/a")
    parents(runs, {"id": "x"}, {"id": "z"}, path="/in/b")
    for name in ("x", "y", "z"):
        runs.api.json(f"/tags/{name}", '{"items": [{"id": "c"}]}')
    inner = {"endpoint": "/in/{parent}", "data_path": ".items", "field": ".id"}
    kind = resource("/tags/{inner}", path_parameters={"parent": found_by(".id"), "inner": inner})
    found = await runs.items(kind)
    assert sorted(item["__inner"] for item in found) == ["x", "y", "z"]
    assert len(runs.api.asked) == 6


async def test_a_discovery_that_fails_is_told_once_the_others_were_read(runs: Runs) -> None:
    runs.api.json("/in/b", '{"items": [{"id": "y"}]}')
    child(runs, "a/y")
    child(runs, "b/y")
    inner = {"endpoint": "/in/{parent}", "data_path": ".items", "field": ".id"}
    kind = children({"values": ["a", "b"]}, inner=inner)
    async with runs.opened(kind) as run:
        found: list[Any] = []
        with pytest.raises(Exception, match="/in/a answered 404"):
            async for batch in run.current.batches(parsed(kind)):
                found += batch
    assert [item["__parent"] for item in found] == ["b"]


async def test_no_discovery_goes_on_when_nobody_reads_any_more(runs: Runs) -> None:
    parents(runs, *({"id": number} for number in range(50)))
    for number in range(50):
        child(runs, f"{number}/1")
    kind = children(number={"values": [1]})
    async with runs.opened(kind) as run:
        await items_of(run, kind)
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert others == set()


async def test_a_discovery_without_records_is_no_parents(runs: Runs, log: list[str]) -> None:
    parents(runs)
    assert await runs.items(children()) == []
    assert [line for line in log if "WARNING" in line] == []


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (found_by(".id", filter=".on"), "filter '.on' finds nothing in 2 records, so there are no"),
        (found_by(".id", filter=".off // false"), "filter '.off // false' finds nothing in 2"),
        (found_by(".ids[]"), "field '.ids[]' finds nothing in 2 records, so there are no parents"),
        (found_by(".ids"), "field '.ids' finds nothing in 2 records"),
    ],
)
async def test_where_no_record_has_a_value_that_is_told(
    runs: Runs, log: list[str], entry: dict[str, Any], told: str
) -> None:
    parents(runs, {"id": "a", "on": False, "ids": []}, {"id": "b", "on": False, "ids": []})
    assert await runs.items(children(entry)) == []
    assert told in "".join(line for line in log if "WARNING" in line)


async def test_a_discovery_that_failed_is_not_told_as_no_parents(
    runs: Runs, log: list[str]
) -> None:
    parents(runs, {"id": True}, {"id": False})
    assert "which is no value" in await runs.failure(children())
    assert "no parents" not in "".join(line for line in log if "WARNING" in line)


async def test_what_a_record_lacks_in_one_parent_only_is_no_error(runs: Runs) -> None:
    parents(runs, {"id": None}, path="/in/a")
    parents(runs, {"id": "x"}, path="/in/b")
    child(runs, "b/x")
    inner = {"endpoint": "/in/{parent}", "data_path": ".items", "field": ".id"}
    found = await runs.items(children({"values": ["a", "b"]}, inner=inner))
    assert [(item["__parent"], item["__inner"]) for item in found] == [("b", "x")]


async def test_an_object_for_a_list_of_more_than_6_mib_is_an_error(runs: Runs) -> None:
    runs.api.json("/parents", json.dumps({"text": "x" * 7 * 2**20, "id": "a"}))
    told = await runs.failure(children({"endpoint": "/parents", "field": ".id"}))
    assert "where a list of records was expected" in told


async def test_a_value_that_cannot_be_sent_fails_alone(runs: Runs) -> None:
    parents(runs, {"id": "acme/api"}, {"id": "../admin"}, {"id": "acme/web"})
    for path in ("acme/api", "acme/web"):
        child(runs, path)
    kind = children(found_by(".id", encode="path"))
    async with runs.opened(kind) as run:
        found: list[Any] = []
        with pytest.raises(ResponseError) as told:
            async for batch in run.current.batches(parsed(kind)):
                found += batch
    assert "kind /of/{parent}: path_parameters.parent: '../admin' cannot be part" in str(told.value)
    assert sorted(item["__parent"] for item in found) == ["acme/api", "acme/web"]
    assert all("admin" not in path for path in runs.api.asked)


async def test_fixed_values_may_keep_their_slashes(runs: Runs) -> None:
    child(runs, "a/b")
    found = await runs.items(children({"values": ["a/b"], "encode": "path"}))
    assert [item["__parent"] for item in found] == ["a/b"]


async def test_what_nothing_uses_is_a_warning_and_not_read(runs: Runs, log: list[str]) -> None:
    runs.api.json("/tags", '{"items": [{"id": "c"}]}')
    kind = resource("/tags", path_parameters={"parent": found_by(".id")})
    assert await runs.items(kind) == [{"id": "c"}]
    assert runs.api.asked == ["/tags"]
    told = [line for line in log if "WARNING" in line]
    assert len(told) == 1
    assert "path_parameters.parent: nothing holds {parent}, so it is not read" in told[0]


async def test_objects_in_query_params_are_sent_as_json_and_told_once(
    runs: Runs, log: list[str]
) -> None:
    runs.api.json("/tags", '{"items": [{"id": "c"}]}')
    kind = resource("/tags", query_params={"filter": {"a": 1}})
    await runs.items(kind, kind)
    assert runs.api.queries[0] == {"filter": '{"a":1}'}
    told = [line for line in log if "query_params.filter is sent as JSON text" in line]
    assert len(told) == 1


async def test_a_moment_is_the_same_for_a_whole_resync(runs: Runs) -> None:
    parents(runs, {"id": "a"}, {"id": "b"})
    for path in ("a", "b"):
        child(runs, path)
    since: dict[str, Any] = {"query_params": {"since": "{now-7d:epoch_ms}"}}
    kind = resource("/of/{parent}", path_parameters={"parent": found_by(".id", **since)}, **since)
    async with runs.opened(kind) as run:
        await items_of(run, kind)
        await asyncio.sleep(0.01)
        await items_of(run, kind)
        (moment,) = {query["since"] for query in runs.api.queries}
        assert abs(int(moment) / 1000 + 7 * 86400 - time.time()) < 60
        run.begin([parsed(kind)])
        await items_of(run, kind)
    assert {query["since"] for query in runs.api.queries} > {moment}
