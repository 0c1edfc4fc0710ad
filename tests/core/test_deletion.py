"""What a resync deletes at its end: ``entityDeletionThreshold`` holds for each blueprint."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.canned import CannedApi
from tests.support.core import IDENTIFIER, Core, Outcome, resource

SETTING = "raise entityDeletionThreshold in the mapping"


def people(*names: str, title: str = "same") -> list[dict[str, str]]:
    return [{"id": name, "name": title} for name in names]


def numbered(prefix: str, count: int) -> list[str]:
    return [f"{prefix}-{number:04}" for number in range(count)]


class Catalog:
    """Resyncs of three kinds, each with its own blueprint, under the mapping's usual threshold."""

    def __init__(self, core: Core, canned: CannedApi, url: str) -> None:
        self.core, self._canned, self._url = core, canned, url
        self.mapping: dict[str, Any] = {}
        self.resources = [
            resource("/services", "service", data_path="."),
            resource("/teams", "team", data_path="."),
            resource("/records", "record", data_path="."),
        ]

    async def resync(self, **kinds: list[dict[str, str]]) -> Outcome:
        """One resync in which the API returns ``kinds``, by the names of their endpoints."""
        for kind in ("services", "teams", "records"):
            self._canned.json(f"/{kind}", json.dumps(kinds.get(kind, [])))
        app = await self.core.start({"baseUrl": self._url}, *self.resources)
        self.core.catalog.set_config(IDENTIFIER, {"resources": self.resources, **self.mapping})
        return Outcome(await app.integration.sync_raw_all(silent=False))

    def has(self, blueprint: str) -> list[str]:
        return self.core.catalog.identifiers(blueprint)


@pytest.fixture
def catalog_of(core: Core, canned: CannedApi, url: str) -> Catalog:
    return Catalog(core, canned, url)


def errors(log: list[str]) -> list[str]:
    return [line for line in log if "| ERROR" in line and "entityDeletionThreshold" in line]


async def test_stale_ones_go_although_all_others_have_changed(
    catalog_of: Catalog, log: list[str]
) -> None:
    names = numbered("service", 100)
    assert (await catalog_of.resync(services=people(*names))).succeeded
    assert (await catalog_of.resync(services=people(*names[30:], title="new"))).succeeded
    assert catalog_of.has("service") == names[30:]
    assert errors(log) == []


async def test_a_kind_that_vanished_whole_stays_and_the_error_names_the_setting(
    catalog_of: Catalog, log: list[str]
) -> None:
    services, teams = numbered("service", 3000), numbered("team", 30)
    await catalog_of.resync(services=people(*services), teams=people(*teams))
    await catalog_of.resync(services=people(*services[1:]))
    assert catalog_of.has("team") == teams
    assert catalog_of.has("service") == services[1:]
    (error,) = errors(log)
    assert "Blueprint team: 30 of 30 entities were not returned by the API" in error
    assert "entityDeletionThreshold (0.9)" in error
    assert SETTING in error


async def test_with_a_threshold_of_1_everything_may_go(catalog_of: Catalog, log: list[str]) -> None:
    catalog_of.mapping = {"entityDeletionThreshold": 1}
    await catalog_of.resync(services=people("kept"), teams=people(*numbered("team", 30)))
    await catalog_of.resync(services=people("kept"))
    assert catalog_of.has("team") == []
    assert catalog_of.has("service") == ["kept"]
    assert errors(log) == []


@pytest.mark.parametrize("others", [0, 300])
async def test_few_may_go_although_they_are_all(
    catalog_of: Catalog, others: int, log: list[str]
) -> None:
    services = people(*numbered("service", others))
    await catalog_of.resync(services=services, teams=people(*numbered("team", 15)))
    await catalog_of.resync(services=services)
    assert catalog_of.has("team") == []
    assert len(catalog_of.has("service")) == others
    assert errors(log) == []


async def test_an_api_that_returns_nothing_at_all_empties_no_catalog_of_small_kinds(
    catalog_of: Catalog, log: list[str]
) -> None:
    names = {kind: numbered(kind, 15) for kind in ("services", "teams", "records")}
    await catalog_of.resync(**{kind: people(*some) for kind, some in names.items()})
    await catalog_of.resync()
    assert len(catalog_of.has("service") + catalog_of.has("team") + catalog_of.has("record")) == 45
    (error,) = errors(log)
    assert "45 entities of blueprints record, service, team" in error
    assert SETTING in error


async def test_what_was_created_in_this_resync_is_no_part_of_the_share(
    catalog_of: Catalog, log: list[str]
) -> None:
    """Another identifier in the mapping makes new entities of all items: the old ones stay."""
    old, new = numbered("old", 40), numbered("new", 400)
    await catalog_of.resync(services=people(*old))
    await catalog_of.resync(services=people(*new))
    assert catalog_of.has("service") == sorted(old + new)
    (error,) = errors(log)
    assert "Blueprint service: 40 of 40 entities" in error


async def test_two_kinds_of_one_blueprint_are_judged_as_one(
    catalog_of: Catalog, log: list[str]
) -> None:
    catalog_of.resources[1] = resource("/teams", "service", data_path=".")
    services, teams = numbered("service", 300), numbered("team", 30)
    await catalog_of.resync(services=people(*services), teams=people(*teams))
    await catalog_of.resync(services=people(*services))
    assert catalog_of.has("service") == services
    assert errors(log) == []


async def test_a_threshold_of_0_turns_deletion_off_also_for_few(catalog_of: Catalog) -> None:
    catalog_of.mapping = {"entityDeletionThreshold": 0}
    names = numbered("service", 300)
    await catalog_of.resync(services=people(*names))
    await catalog_of.resync(services=people(*names[3:]))
    assert catalog_of.has("service") == names


async def test_a_lower_threshold_keeps_a_smaller_share(catalog_of: Catalog, log: list[str]) -> None:
    catalog_of.mapping = {"entityDeletionThreshold": 0.25}
    services, teams = numbered("service", 100), numbered("team", 100)
    await catalog_of.resync(services=people(*services), teams=people(*teams))
    await catalog_of.resync(services=people(*services[26:]), teams=people(*teams[25:]))
    assert catalog_of.has("service") == services
    assert catalog_of.has("team") == teams[25:]
    (error,) = errors(log)
    assert "Blueprint service: 26 of 100" in error


async def test_a_resource_that_must_not_delete_keeps_all_of_its_blueprint(
    catalog_of: Catalog,
) -> None:
    catalog_of.resources[1]["enableDelete"] = False
    services, teams = numbered("service", 30), numbered("team", 30)
    await catalog_of.resync(services=people(*services), teams=people(*teams))
    await catalog_of.resync(services=people(*services[5:]), teams=people(*teams[5:]))
    assert catalog_of.has("service") == services[5:]
    assert catalog_of.has("team") == teams


async def test_entities_that_a_relation_has_made_stay_and_are_no_error(
    catalog_of: Catalog, log: list[str]
) -> None:
    """Ocean protects what the kept entities relate to, so these were never going."""
    core = catalog_of.core
    core.catalog.add_blueprint(
        {
            "identifier": "service",
            "schema": {"properties": {"name": {"type": "string"}}},
            "relations": {"owner": {"target": "team", "many": False, "required": False}},
        }
    )
    related = resource("/services", "service", data_path=".")
    related["port"]["entity"]["mappings"]["relations"] = {"owner": '"team-of-" + .id'}
    catalog_of.resources = [related]
    names = numbered("service", 40)
    await catalog_of.resync(services=people(*names))
    assert len(catalog_of.has("team")) == 40
    await catalog_of.resync(services=people(*names[1:]))
    assert catalog_of.has("team") == [f"team-of-{name}" for name in names[1:]]
    assert catalog_of.has("service") == names[1:]
    assert errors(log) == []


OWNED = {
    "identifier": "service",
    "schema": {"properties": {"name": {"type": "string"}}},
    "relations": {"owner": {"target": "team", "many": False, "required": False}},
}


@pytest.mark.parametrize("refused", [False, True])
async def test_what_stays_is_not_deleted_with_what_it_relates_to(
    catalog_of: Catalog, log: list[str], refused: bool
) -> None:
    """With deleteDependentEntities Port deletes an entity with all that relate to it."""
    catalog_of.core.catalog.add_blueprint(OWNED)
    services = resource("/services", "service", data_path=".")
    services["port"]["entity"]["mappings"]["relations"] = {"owner": ".owner"}
    catalog_of.resources[0] = services
    teams, names = numbered("team", 40), numbered("service", 30)
    items: list[dict[str, Any]] = [
        {"id": name, "name": "a", "owner": team} for name, team in zip(names, teams, strict=False)
    ]
    await catalog_of.resync(services=items, teams=people(*teams))
    # Either all services vanish, or Port refuses each, which now has another team.
    again = [{**item, "name": 7, "owner": "team-0039"} for item in items] if refused else []
    left = teams[2:35] + teams[37:]
    await catalog_of.resync(services=again, teams=people(*left))
    assert catalog_of.has("service") == names
    assert catalog_of.has("team") == teams[:35] + teams[37:]
