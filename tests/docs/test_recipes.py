"""Each recipe of ``docs/mapping.md``, as it stands there, through real Ocean core."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from port_ocean.core.handlers.port_app_config.models import Selector
from port_ocean.ocean import Ocean

from mapping import CustomPortAppConfig, CustomSelector, PathParameter
from resync.overrides import KEYS
from resync.plan import build_plan
from sandbox.serving import serve
from settings import Settings, parse_settings
from tests.docs.pages import Section, read, sections
from tests.docs.recipe_apis import SHAPES, graphql
from tests.docs.recipe_shape import Shape
from tests.support.core import IDENTIFIER, Core, Outcome, snake
from tests.support.recorded import Answer, Ask, RecordedApi

GUIDE = Path("docs/mapping.md")
ALL = sections(read(GUIDE))
RECIPES = {
    section.title: section
    for section in ALL[[section.title for section in ALL].index("Recipes") + 1 :]
}


def documents(section: Section) -> list[Any]:
    return [yaml.safe_load(block.text) for block in section.blocks if block.language == "yaml"]


def settings_of(title: str, base_url: str) -> dict[str, Any]:
    settings, _ = documents(RECIPES[title])
    return {"baseUrl": base_url, **settings}


def resources_of(title: str) -> list[dict[str, Any]]:
    _, mapping = documents(RECIPES[title])
    found: list[dict[str, Any]] = mapping["resources"]
    return found


def blueprints_of(resources: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Blueprints with what the mappings set; a relation has the name of its target."""
    wanted: dict[str, dict[str, Any]] = {}
    for one in resources:
        mappings = one["port"]["entity"]["mappings"]
        wanted[mappings["blueprint"].strip('"')] = mappings
    for mappings in list(wanted.values()):
        for target in mappings.get("relations", {}):
            wanted.setdefault(target, {})
    for identifier, mappings in wanted.items():
        relations = {
            name: {"title": name, "target": name, "required": False, "many": False}
            for name in mappings.get("relations", {})
        }
        properties: dict[str, Any] = {name: {} for name in mappings.get("properties", {})}
        schema = {"properties": properties, "required": []}
        yield {"identifier": identifier, "schema": schema, "relations": relations}


async def resync(core: Core, title: str, api: RecordedApi) -> Outcome:
    resources = resources_of(title)
    for blueprint in blueprints_of(resources):
        core.catalog.add_blueprint(blueprint)
    with serve(api) as url:
        return await core.resync(settings_of(title, url), *resources)


def imported(core: Core) -> int:
    """How many entities were sent, those that were sent twice counted twice."""
    return sum(note["n"] for note in core.catalog._store.history("upserts"))


def asked(api: RecordedApi) -> list[tuple[Any, ...]]:
    return [(ask.url, tuple(ask.query.items()), ask.body) for ask in api.asked]


def test_every_recipe_is_tested() -> None:
    assert list(RECIPES) == list(SHAPES)


@pytest.mark.parametrize("title", RECIPES)
async def test_every_record_is_imported_exactly_once(core: Core, title: str) -> None:
    shape = SHAPES[title]()
    api = shape.serve()
    outcome = await resync(core, title, api)
    assert outcome.succeeded, outcome.error
    found = {blueprint: core.catalog.identifiers(blueprint) for blueprint in shape.expected}
    assert found == {blueprint: sorted(ids) for blueprint, ids in shape.expected.items()}
    mapped = {
        one["port"]["entity"]["mappings"]["blueprint"].strip('"') for one in resources_of(title)
    }
    assert imported(core) == sum(len(ids) for name, ids in shape.expected.items() if name in mapped)
    assert len(asked(api)) == len(set(asked(api)))


@pytest.mark.parametrize("title", RECIPES)
async def test_the_answer_that_is_shown_has_the_shape_of_the_one_that_is_served(
    core: Core, title: str
) -> None:
    shown = [block.text for block in RECIPES[title].blocks if block.language == "http"]
    if not shown:
        return
    api = SHAPES[title]().serve()
    outcome = await resync(core, title, api)
    assert outcome.succeeded, outcome.error
    head, _, body = shown[0].rpartition("\n\n")
    method, target = head.splitlines()[0].split(" ")
    first = api.asked[0]
    assert target.split("?")[0] == first.path
    served = api._answer(method, first).body
    if isinstance(served, bytes):
        assert body.splitlines()[0] == served.decode().splitlines()[0]
    else:
        assert outline(json.loads(body)) <= outline(served)


def outline(value: Any, path: str = "") -> set[str]:
    """The paths of an answer, each as deep as its objects go; a list counts by its first item."""
    if isinstance(value, list):
        return outline(value[0], path + "[]") if value else {path}
    if isinstance(value, dict) and value:
        return {path} | {p for key, item in value.items() for p in outline(item, f"{path}.{key}")}
    return {path}


async def test_graphql_errors_beside_a_part_of_the_items_lose_nothing(core: Core) -> None:
    title = "GraphQL by POST body"
    shape = graphql()
    assert (await resync(core, title, shape.serve())).succeeded
    outcome = await resync(core, title, graphql(errors=True).serve())
    assert not outcome.succeeded
    assert "errors beside its data" in outcome.error
    assert core.catalog.identifiers("service") == shape.expected["service"]


async def test_slack_s_errors_lose_nothing(core: Core) -> None:
    title = "Slack-like"
    shape = SHAPES[title]()
    assert (await resync(core, title, shape.serve())).succeeded
    refused = Answer({"ok": False, "error": "invalid_auth"})
    api = RecordedApi(lambda _: refused, {})
    outcome = await resync(core, title, api)
    assert not outcome.succeeded
    assert "invalid_auth" in outcome.error
    assert core.catalog.identifiers("user") == shape.expected["user"]


@pytest.mark.parametrize("ignores", [False, True])
async def test_an_increment_brings_what_has_changed_and_deletes_nothing(
    core: Core, ignores: bool
) -> None:
    title = "Incremental resyncs"
    shape = SHAPES[title]()
    api = (without_since(shape) if ignores else shape).serve()
    for blueprint in blueprints_of(resources_of(title)):
        core.catalog.add_blueprint(blueprint)
    with serve(api) as url:
        app = await started(core, title, url)
        await app.integration.sync_incremental(interval_seconds=900)
        assert core.catalog.identifiers("ticket") == ["t-07"]
        assert await app.integration.sync_raw_all()
        assert core.catalog.identifiers("ticket") == shape.expected["ticket"]
        await app.integration.sync_incremental(interval_seconds=900)
    assert core.catalog.deletions() == []
    since = ["updated_since" in ask.query for ask in api.asked]
    assert (since[0], since[-1]) == (True, True)
    assert False in since


def without_since(shape: Shape) -> Shape:
    """An API that ignores the parameter."""
    (path, handler) = next(iter(shape.routes.items()))

    def answer(ask: Ask) -> Answer:
        query = {name: value for name, value in ask.query.items() if name != "updated_since"}
        return handler(Ask(ask.origin, ask.path, query, ask.headers, ask.body))

    return Shape({path: answer}, shape.expected)


async def started(core: Core, title: str, url: str) -> Ocean:
    config = {snake(name): value for name, value in settings_of(title, url).items()}
    integration = {
        "identifier": IDENTIFIER,
        "type": "custom",
        "incremental_sync_enabled": True,
        "config": config,
    }
    return await core.start({}, *resources_of(title), integration=integration)


async def test_every_mapping_that_is_shown_makes_a_plan(core: Core) -> None:
    await core.start({"baseUrl": "https://api.example.com"})
    settings = parse_settings({"baseUrl": "https://api.example.com"})
    shown = [
        (section.title, document)
        for section in ALL
        for document in documents(section)
        if "resources" in document
    ]
    assert len(shown) > len(RECIPES)
    for title, document in shown:
        for one in CustomPortAppConfig.parse_obj(document).resources:
            assert build_plan(settings, one).kind == one.kind, title


@pytest.mark.parametrize("keys", ["Selector keys", "Path parameters", "Pagination"])
def test_the_guide_names_every_key(keys: str) -> None:
    named: dict[str, set[str]] = {
        "Selector keys": set(CustomSelector.__fields__) - (set(Selector.__fields__) - {"query"}),
        "Path parameters": set(PathParameter.__fields__),
        "Pagination": set(KEYS),
    }
    text = read(GUIDE).split(f"\n## {keys}\n")[1].split("\n## ")[0]
    assert {key for key in named[keys] if f"`{key}`" not in text} == set()


def test_the_settings_of_recipes_are_settings() -> None:
    known = {field.alias for field in Settings.model_fields.values()}
    for title in RECIPES:
        given = settings_of(title, "https://api.example.com")
        assert given.keys() <= known, title
        assert parse_settings(given)
