"""Routes for blueprints and entities."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from sandbox.port_api.entities import Entities, Options
from sandbox.port_api.problems import Refusal, invalid, not_found
from sandbox.port_api.search import search
from sandbox.port_api.store import Document, Store

MAX_BULK_UPSERT = 20
MAX_BULK_DELETE = 100


def router(store: Store, entities: Entities) -> APIRouter:
    """The routes, over one store."""
    routes = APIRouter()
    _add_entities(routes, store, entities)
    _add_blueprints(routes, store, entities)
    return routes


def _add_entities(routes: APIRouter, store: Store, entities: Entities) -> None:
    @routes.post("/entities/search")
    async def find(request: Request) -> Document:
        include = request.query_params.getlist("include")
        return {"ok": True, "entities": search(store, await _json(request), include)}

    @routes.post("/blueprints/entities/datasource-entities")
    async def by_datasource(request: Request) -> Document:
        query = await _json(request)
        limit, skip = int(query.get("limit", 1000)), int(query.get("from") or 0)
        prefix, suffix = query["datasource_prefix"], query["datasource_suffix"]
        found = store.by_datasource(prefix, suffix, query.get("before"), limit + 1, skip)
        following = str(skip + limit) if len(found) > limit else None
        return {"ok": True, "entities": found[:limit], "next": following}

    @routes.post("/blueprints/{blueprint}/entities/bulk")
    async def upsert_many(blueprint: str, request: Request) -> Document:
        raws = (await _json(request)).get("entities")
        if not isinstance(raws, list) or len(raws) > MAX_BULK_UPSERT:
            raise Refusal(413, "too_large", f"entities must be a list of up to {MAX_BULK_UPSERT}")
        return entities.bulk(entities.blueprint(blueprint), raws, _options(request))

    @routes.post("/blueprints/{blueprint}/entities")
    async def upsert_one(blueprint: str, request: Request) -> Document:
        raw = await _json(request)
        entity, created = entities.upsert(entities.blueprint(blueprint), raw, _options(request))
        return {"ok": True, "entity": entity, "created": created}

    @routes.post("/blueprints/{blueprint}/bulk/entities/delete")
    async def delete_many(blueprint: str, request: Request) -> Document:
        names = (await _json(request)).get("entities")
        if not isinstance(names, list) or len(names) > MAX_BULK_DELETE:
            raise invalid(f"entities must be a list of up to {MAX_BULK_DELETE} identifiers")
        entities.blueprint(blueprint)
        dependents = _flag(request, "delete_dependents")
        return {"ok": True, "deletedEntities": entities.delete(blueprint, names, dependents)}

    @routes.delete("/blueprints/{blueprint}/entities/{identifier:path}")
    async def delete_one(blueprint: str, identifier: str, request: Request) -> Document:
        if not entities.delete(blueprint, [identifier], _flag(request, "delete_dependents")):
            raise not_found(f'Entity "{identifier}"')
        return {"ok": True}


def _add_blueprints(routes: APIRouter, store: Store, entities: Entities) -> None:
    @routes.get("/blueprints")
    async def list_all() -> Document:
        return {"ok": True, "blueprints": store.all("blueprint")}

    @routes.get("/blueprints/{blueprint}")
    async def get(blueprint: str) -> Document:
        return {"ok": True, "blueprint": entities.blueprint(blueprint)}

    @routes.post("/blueprints", status_code=201)
    async def create(request: Request) -> Document:
        raw = await _json(request)
        identifier = raw.get("identifier")
        if not isinstance(identifier, str) or not identifier:
            raise invalid("a blueprint needs an identifier")
        if store.get("blueprint", identifier) is not None:
            raise Refusal(409, "identifier_taken", f'Blueprint "{identifier}" exists already')
        blueprint = {"title": None, "schema": {"properties": {}}, "relations": {}, **raw}
        _require_targets(store, blueprint)
        store.put("blueprint", identifier, blueprint)
        return {"ok": True, "blueprint": blueprint}

    @routes.patch("/blueprints/{blueprint}")
    @routes.put("/blueprints/{blueprint}")
    async def change(blueprint: str, request: Request) -> Document:
        base = entities.blueprint(blueprint) if request.method == "PATCH" else {}
        changed = {**base, **await _json(request), "identifier": blueprint}
        _require_targets(store, changed)
        store.put("blueprint", blueprint, changed)
        return {"ok": True, "blueprint": changed}

    @routes.delete("/blueprints/{blueprint}/all-entities")
    async def delete_all(blueprint: str, request: Request) -> Document:
        entities.delete(blueprint, store.identifiers(blueprint), False)
        if _flag(request, "delete_blueprint"):
            store.drop("blueprint", blueprint)
        return {"ok": True, "migrationId": "done"}

    @routes.delete("/blueprints/{blueprint}")
    async def delete(blueprint: str) -> Document:
        if not store.drop("blueprint", blueprint):
            raise not_found(f'Blueprint "{blueprint}"')
        return {"ok": True}


def _require_targets(store: Store, blueprint: Document) -> None:
    for name, relation in blueprint.get("relations", {}).items():
        target = relation.get("target")
        if target != blueprint["identifier"] and store.get("blueprint", str(target)) is None:
            raise not_found(f'The target "{target}" of relation "{name}"')


def _options(request: Request) -> Options:
    return Options(
        merge=_flag(request, "merge"),
        create_related=_flag(request, "create_missing_related_entities"),
        validation_only=_flag(request, "validation_only"),
        datasource=request.headers.get("user-agent", ""),
    )


def _flag(request: Request, name: str) -> bool:
    return request.query_params.get(name, "false").lower() == "true"


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise invalid("the body is not JSON") from None
    if not isinstance(body, dict):
        raise invalid("the body must be an object")
    return body
