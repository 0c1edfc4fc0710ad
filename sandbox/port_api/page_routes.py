"""The catalog's page, and what it asks for: cheap answers, however many entities there are."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from sandbox.port_api.entities import targets
from sandbox.port_api.problems import not_found
from sandbox.port_api.resyncs import last_resyncs
from sandbox.port_api.store import Document, Store

STATIC = Path(__file__).parent / "static"
MAX_PAGE = 500
TOLD = 12
"""How many entities are told of each relation; the rest is counted."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
"""Of the page and its files: nothing from elsewhere, nothing inline."""


class _Files(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response


def add_page(app: FastAPI, store: Store) -> None:
    """Adds the page at ``/``, its files, and the routes that it asks."""
    app.mount("/sandbox/static", _Files(directory=STATIC))
    app.include_router(_router(store))


def _router(store: Store) -> APIRouter:
    routes = APIRouter()
    started = secrets.token_hex(4)  # the revision of another start means something else

    @routes.get("/")
    def page() -> Response:
        html = (STATIC / "index.html").read_text(encoding="utf-8")
        return Response(html, media_type="text/html", headers=HEADERS)

    @routes.get("/sandbox/state")
    def state(request: Request) -> Response:
        """Blueprints and resyncs; 304 where nothing was written since the ETag that is sent."""
        tag = f'"{started}-{store.revision()}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        told = {"blueprints": _blueprints(store), "resyncs": last_resyncs(store)}
        return _answer(told, ETag=tag)

    @routes.get("/sandbox/page")
    def entities(
        blueprint: str | None = None,
        search: str = "",
        skip: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    ) -> Response:
        """A page of entities, and how many there are in all."""
        total, found = _page(store, blueprint or None, search, skip, limit)
        return _answer({"total": total, "skip": skip, "entities": found})

    @routes.get("/sandbox/entity")
    def entity(blueprint: str, identifier: str) -> Response:
        """One entity, what it relates to, and what relates to it."""
        found = store.entity(blueprint, identifier)
        if found is None:
            raise not_found(f'Entity "{identifier}" of blueprint "{blueprint}"')
        return _answer({"entity": found, "relations": _neighbours(store, found)})

    return routes


def _answer(body: Any, **headers: str) -> Response:
    # In ASCII: half a surrogate pair in an entity must not fail the whole page.
    return Response(
        json.dumps(body),
        media_type="application/json",
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", **headers},
    )


def _blueprints(store: Store) -> list[Document]:
    """Each blueprint with its number of entities; also one that is gone, but has some."""
    counts = store.counts()
    known = {blueprint["identifier"]: blueprint for blueprint in store.all("blueprint")}
    return [
        {
            "identifier": name,
            "title": known.get(name, {}).get("title") or name,
            "entities": counts.get(name, 0),
            "properties": list(known.get(name, {}).get("schema", {}).get("properties", {})),
            "relations": [
                {"name": relation, "target": about.get("target"), "many": bool(about.get("many"))}
                for relation, about in (known.get(name, {}).get("relations") or {}).items()
            ],
        }
        for name in sorted(known.keys() | counts.keys())
    ]


def _page(
    store: Store, blueprint: str | None, search: str, skip: int, limit: int
) -> tuple[int, list[Document]]:
    words = search.casefold().split()
    if words:
        fits = [entity for entity in store.entities(blueprint) if _fits(entity, words)]
        return len(fits), fits[skip : skip + limit]
    counts = store.counts()
    total = counts.get(blueprint, 0) if blueprint else sum(counts.values())
    return total, store.page_of_entities(blueprint, limit, skip)


def _fits(entity: Document, words: list[str]) -> bool:
    """Whether each word is in the identifier, the title or a value of the entity."""
    values = [entity["identifier"], entity.get("title"), *_values(entity["properties"])]
    text = "\n".join(str(value) for value in values if value is not None).casefold()
    return all(word in text for word in words)


def _values(value: Any) -> Iterable[Any]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _values(part)
    else:
        yield value


def _neighbours(store: Store, entity: Document) -> list[Document]:
    """By relation: what ``entity`` names, then, of each blueprint, the entities that name it."""
    found = []
    mine = store.get("blueprint", entity["blueprint"]) or {}
    for name, about in (mine.get("relations") or {}).items():
        target = str(about.get("target"))
        named = targets(entity["relations"].get(name))
        there = {one["identifier"]: one for one in store.some_entities(target, named[:TOLD])}
        told = [there.get(one, {"identifier": one, "missing": True}) for one in named[:TOLD]]
        found.append(_group(name, target, "out", len(named), told))
    for blueprint in store.all("blueprint"):
        source = blueprint["identifier"]
        for name, about in (blueprint.get("relations") or {}).items():
            if about.get("target") == entity["blueprint"]:
                naming = [
                    other
                    for other in store.entities(source)
                    if entity["identifier"] in targets(other["relations"].get(name))
                ]
                found.append(_group(name, source, "in", len(naming), naming[:TOLD]))
    return found


def _group(name: str, blueprint: str, way: str, total: int, told: list[Document]) -> Document:
    """``way`` is out where the entity names the others, in where they name it."""
    entities = [
        {
            "identifier": one["identifier"],
            "title": one.get("title"),
            "missing": one.get("missing", False),
        }
        for one in told
    ]
    group = {"relation": name, "blueprint": blueprint, "way": way}
    return {**group, "total": total, "entities": entities}
