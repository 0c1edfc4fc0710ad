"""The values of placeholders: where they come from, what they become, and what is told of them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

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
    assert [item["__parent"] for item in found] == ["a", "7"]


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
