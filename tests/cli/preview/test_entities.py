"""Items to entities: what is dropped and why, and where relations lead."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.preview.conftest import Previews, blueprint
from tests.support.canned import CannedApi
from tests.support.core import resource

TEAM_RELATION = {"team": {"target": "team", "required": False, "many": False}}


def serve_items(canned: CannedApi, *items: Any) -> None:
    canned.json("/things", json.dumps(items))


def dropped(kind: dict[str, Any]) -> dict[str, list[int]]:
    """By reason: the numbers of the items."""
    return {one["reason"]: one["items"] for one in kind["dropped"]}


def test_an_identifier_that_is_null(previews: Previews, canned: CannedApi) -> None:
    serve_items(canned, {"id": "a"}, {"name": "B"}, {"id": ""}, {"id": "d"})
    kind = previews.kind(status=1)
    assert dropped(kind) == {
        "identifier is null, which is what '.id' answers": [2],
        "identifier is empty, which is what '.id' answers": [3],
    }
    assert [one["identifier"] for one in kind["entities"]["sample"]] == ["a", "d"]


def test_an_expression_that_fails(previews: Previews, canned: CannedApi) -> None:
    serve_items(canned, {"id": "a"}, {"id": 2})
    previews.write(resource("/things", data_path=".", identifier='.id + "!"'))
    (reason,) = dropped(previews.kind(status=1))
    assert reason.startswith("identifier is null: '.id + \"!\"' failed: number (2) and string")


def test_what_the_query_leaves_out_is_meant(previews: Previews, canned: CannedApi) -> None:
    serve_items(canned, {"id": "a", "on": True}, {"id": "b", "on": False})
    previews.write(resource("/things", data_path=".", query=".on"))
    kind = previews.kind()
    (left_out,) = kind["dropped"]
    assert (left_out["reason"], left_out["expected"]) == ("selector.query is false", True)
    assert left_out["items"] == [2]
    shown = " ".join(previews.run().stdout.split())
    assert "left out 1: selector.query is false (item 2)" in shown


def test_a_query_that_lets_nothing_pass(previews: Previews) -> None:
    previews.write(resource("/things", data_path=".", query='.id == "z"'))
    kind = previews.kind()
    assert kind["entities"]["count"] == 0
    assert kind["notes"] == ["selector.query lets none of these items pass"]


def test_a_query_that_answers_neither(previews: Previews, canned: CannedApi) -> None:
    serve_items(canned, {"id": "a", "on": "yes"}, {"id": "b", "on": True})
    previews.write(resource("/things", data_path=".", query=".on"))
    kind = previews.kind(status=1)
    (reason,) = dropped(kind)
    assert reason.startswith("selector.query '.on' failed: Expected boolean")
    assert [one["identifier"] for one in kind["entities"]["sample"]] == ["b"]


def test_a_blueprint_that_is_not_there(previews: Previews) -> None:
    previews.write(resource("/things", "recrod", data_path="."), blueprints=[blueprint("record")])
    kind = previews.kind(status=1)
    assert list(dropped(kind)) == [
        "Port would refuse it: blueprint 'recrod' is not in blueprints.json"
    ]
    assert kind["entities"]["count"] == 0


def test_without_blueprints_it_is_not_checked(previews: Previews) -> None:
    (previews.folder / "blueprints.json").unlink()
    previews.write(resource("/things", "recrod", data_path="."))
    told = previews.document()
    assert told["blueprints"] is False
    assert told["kinds"][0]["entities"]["count"] == 3


def test_an_identifier_that_is_a_number(previews: Previews, canned: CannedApi) -> None:
    serve_items(canned, {"id": 7})
    (reason,) = dropped(previews.kind(status=1))
    assert reason.endswith("its identifier must be a text, found int; write `... | tostring`")


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"required": ["name"]}, "required property name is missing"),
        ({"properties": {"name": {"type": "number"}}}, "property name must be of type number"),
        (
            {"relations": {"team": {"target": "team", "required": True}}},
            "required relation team is missing",
        ),
    ],
)
def test_what_port_would_refuse(
    previews: Previews, canned: CannedApi, wanted: dict[str, Any], reason: str
) -> None:
    item = {"id": "a", "name": None if "required" in wanted else "A"}
    serve_items(canned, item)
    previews.write(resource("/things", data_path="."), blueprints=[blueprint("record", **wanted)])
    (found,) = dropped(previews.kind(status=1))
    assert found.startswith(f"Port would refuse it: {reason}")


def test_what_the_blueprint_does_not_have(previews: Previews) -> None:
    one = resource("/things", data_path=".")
    one["port"]["entity"]["mappings"]["properties"]["colour"] = ".id"
    other = resource("/things", data_path=".")
    other["port"]["entity"]["mappings"]["relations"] = {"owner": ".id"}
    previews.write(one, other, blueprints=[blueprint("record")])
    first, second = previews.document(status=1)["kinds"]
    assert "has no property 'colour'" in next(iter(dropped(first)))
    assert "has no relation 'owner'" in next(iter(dropped(second)))


def test_items_that_ocean_cannot_map(previews: Previews, canned: CannedApi) -> None:
    serve_items(canned, {"id": "a", "icon": {"not": "a text"}})
    things = resource("/things", data_path=".")
    things["port"]["entity"]["mappings"]["icon"] = ".icon"
    previews.write(things)
    (error,) = previews.kind(status=1)["errors"]
    assert error.startswith("Ocean cannot make entities of these items")


def test_fields_that_are_null_are_counted(previews: Previews) -> None:
    (empty,) = previews.kind()["empty_fields"]
    assert (empty["field"], empty["count"], empty["of"]) == ("properties.name", 1, 3)


def test_two_items_that_become_one_entity(previews: Previews, canned: CannedApi) -> None:
    serve_items(canned, {"id": "a"}, {"id": "a"})
    notes = previews.kind()["notes"]
    assert notes == ["several items become the same entity, such as 'a' of record"]


def test_items_that_overwrite_each_other_are_counted(previews: Previews, canned: CannedApi) -> None:
    serve_items(canned, *({"id": one} for one in "aabcbb"))
    assert previews.kind()["overwritten"] == 3
    shown = " ".join(previews.run().stdout.split())
    assert "Nothing failed, but 3 entities would be overwritten by others" in shown
    assert "All is well" not in shown
    serve_items(canned, {"id": "a"}, {"id": "b"})
    assert previews.kind()["overwritten"] == 0
    assert "overwritten" not in previews.run().stdout


def test_what_tostring_makes_of_nothing(previews: Previews, canned: CannedApi) -> None:
    serve_items(canned, {"id": 1}, {"name": "B"}, {"id": None})
    previews.write(resource("/things", data_path=".", identifier=".id | tostring"))
    kind = previews.kind()
    (same, null) = kind["notes"]
    assert same == "several items become the same entity, such as 'null' of record"
    assert null.startswith("2 of these entities have the identifier 'null'")
    assert kind["overwritten"] == 1


def test_records_inside_an_item(previews: Previews, canned: CannedApi) -> None:
    canned.json("/things", '{"page": 1, "list": [{"id": "x"}, {"id": "y"}]}')
    nested = resource("/things", data_path=".", identifier=".item.id")
    nested["port"]["itemsToParse"] = ".list"
    previews.write(nested)
    kind = previews.kind()
    (listing,) = kind["listings"]
    assert (listing["items"], listing["records"]) == (1, 2)
    assert [one["identifier"] for one in kind["entities"]["sample"]] == ["x", "y"]


def test_records_that_are_not_found_inside_an_item(previews: Previews, canned: CannedApi) -> None:
    serve_items(canned, {"list": [{"id": "x"}]})
    nested = resource("/things", data_path=".", identifier=".item.id")
    nested["port"]["itemsToParse"] = ".lists"
    previews.write(nested)
    (kind,) = previews.document(status=1)["kinds"]
    assert "itemsToParse '.lists' is null in all of 1 items" in kind["errors"][0]


def related(previews: Previews, *kinds: str, **config: Any) -> None:
    """Things that belong to teams."""
    things = resource("/things", data_path=".")
    things["port"]["entity"]["mappings"]["relations"] = {"team": ".team"}
    teams = [resource(kind, "team", data_path=".") for kind in kinds]
    blueprints = [blueprint("record", relations=TEAM_RELATION), blueprint("team")]
    previews.write(things, *teams, blueprints=blueprints, **config)


def test_a_relation_that_points_to_nothing(previews: Previews, canned: CannedApi) -> None:
    serve_items(canned, {"id": "a", "team": "red"}, {"id": "b", "team": "blue"})
    canned.json("/teams", '[{"id": "red"}]')
    related(previews, "/teams")
    (relation,) = previews.document()["kinds"][0]["relations"]
    assert (relation["count"], relation["missing"], relation["sample"]) == (2, 1, ["blue"])
    assert relation["unchecked"] is None
    shown = " ".join(previews.run().stdout.split())
    assert "so that they point to nothing (blue): Port would create them empty" in shown
    related(previews, "/teams", createMissingRelatedEntities=False)
    previews.document(status=1)


def test_a_relation_that_cannot_be_checked(previews: Previews, canned: CannedApi) -> None:
    serve_items(canned, {"id": "a", "team": "red"})
    canned.json("/teams", '{"items": [{"id": "blue"}], "next_cursor": "c2"}')
    related(previews)
    (relation,) = previews.document()["kinds"][0]["relations"]
    assert relation["unchecked"] == "no kind of this mapping makes a team"
    things = resource("/things", data_path=".")
    things["port"]["entity"]["mappings"]["relations"] = {"team": ".team"}
    teams = resource("/teams", "team", pagination={"type": "cursor"})
    previews.write(things, teams)
    (relation,) = previews.document()["kinds"][0]["relations"]
    assert relation["unchecked"] == "only the first pages of /teams were read, or none"
    (relation,) = previews.kind("--kind", "/things")["relations"]
    assert relation["unchecked"] == "only the first pages of /teams were read, or none"
    (previews.folder / "blueprints.json").unlink()
    (relation,) = previews.document()["kinds"][0]["relations"]
    assert relation["unchecked"] == "no blueprints.json says what it leads to"
