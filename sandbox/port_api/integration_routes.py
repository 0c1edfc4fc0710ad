"""Routes for the integration itself: its record, its resyncs, logs, metrics and examples."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from sandbox.port_api.problems import Refusal, invalid, not_found
from sandbox.port_api.store import Document, Store, now


def set_config(store: Store, identifier: str, config: Document) -> None:
    """Sets the mapping of an integration; makes a record for one that is new."""
    record = store.get("integration", identifier) or _new_record(identifier, {})
    store.put("integration", identifier, {**record, "config": config})


def router(store: Store, feature_flags: list[str]) -> APIRouter:
    """The routes, over one store."""
    routes = APIRouter()
    _add_record(routes, store)
    _add_reports(routes, store)
    _add_organization(routes, store, feature_flags)
    return routes


def _add_record(routes: APIRouter, store: Store) -> None:
    @routes.get("/integration/provision-enabled")
    async def provision_enabled() -> Document:
        return {"ok": True, "integrations": []}

    @routes.post("/integration", status_code=201)
    async def create(request: Request) -> Document:
        raw = await request.json()
        identifier = raw.get("installationId")
        if not identifier:
            raise invalid("installationId is missing")
        if store.get("integration", identifier) is not None:
            raise Refusal(409, "identifier_taken", f'Integration "{identifier}" exists already')
        record = _new_record(identifier, raw)
        store.put("integration", identifier, record)
        return {"ok": True, "integration": _answer(request, record)}

    @routes.get("/integration/{identifier}")
    async def get(identifier: str, request: Request) -> Document:
        return {"ok": True, "integration": _answer(request, _record(store, identifier))}

    @routes.delete("/integration/{identifier}")
    async def delete(identifier: str) -> Document:
        _record(store, identifier)
        store.drop("integration", identifier)
        return {"ok": True}

    @routes.patch("/integration/{identifier}")
    @routes.patch("/integration/{identifier}/config")
    async def change(identifier: str, request: Request) -> Document:
        record = {**_record(store, identifier), **await request.json(), "updatedAt": now()}
        store.put("integration", identifier, record)
        return {"ok": True, "integration": _answer(request, record)}

    @routes.patch("/integration/{identifier}/resync-state")
    async def resync_state(identifier: str, request: Request) -> Document:
        change = await request.json()
        record = _record(store, identifier)
        record["resyncState"] = {**record["resyncState"], **change, "updatedAt": now()}
        store.put("integration", identifier, record)
        store.note("resyncs", [{"integration": identifier, "at": now(), **change}])
        return {"ok": True, "integration": _answer(request, record)}

    @routes.get("/integration/{identifier}/resync-request")
    async def resync_request(identifier: str) -> Document:
        return {"ok": True, "request": store.get("resync-request", identifier) or {}}


def _add_reports(routes: APIRouter, store: Store) -> None:
    @routes.post("/integration/{identifier}/kinds/{kind:path}/examples")
    async def examples(identifier: str, kind: str, request: Request) -> Document:
        body = await request.json()
        store.note("examples", [{"kind": kind, "examples": body.get("examples", [])}])
        return {"ok": True}

    @routes.get("/integration/{identifier}/cursor")
    async def read_cursor(identifier: str, kind: str, index: int) -> Document:
        return {"ok": True, "cursor": store.get("cursor", f"{identifier}/{index}/{kind}")}

    @routes.put("/integration/{identifier}/cursor")
    @routes.post("/integration/{identifier}/cursor")
    async def write_cursor(identifier: str, kind: str, index: int, request: Request) -> Document:
        key = f"{identifier}/{index}/{kind}"
        if request.method == "PUT" and store.get("cursor", key) is None:
            raise not_found("The cursor")
        store.put("cursor", key, await request.json())
        return {"ok": True}

    @routes.post("/ingest/{identifier}/logs")
    async def logs(identifier: str, request: Request) -> Document:
        store.note("logs", (await request.json())["logs"])
        return {"ok": True}

    @routes.post("/ingest/{identifier}/metrics/syncMetrics")
    async def metrics(identifier: str, request: Request) -> Document:
        store.note("metrics", (await request.json())["syncKindsMetrics"])
        return {"ok": True}

    @routes.put("/ingest/{identifier}/metrics/syncMetrics/resync/{event}/kind/{kind:path}")
    async def kind_metrics(identifier: str, event: str, kind: str, request: Request) -> Document:
        store.note("metrics", [(await request.json())["syncKindMetrics"]])
        return {"ok": True}

    @routes.post("/ingest/{identifier}/lake/lake/write/{sync:path}")
    async def lake(identifier: str, sync: str, request: Request) -> Document:
        store.note("lake", [await request.json()])
        return {"ok": True}

    @routes.post("/lifecycle/{resync}")
    @routes.post("/lifecycle/{resync}/{part}")
    async def lifecycle(resync: str, request: Request, part: str = "resync") -> Document:
        store.note("lifecycle", [{"resync": resync, "part": part, **await request.json()}])
        return {"ok": True}

    @routes.get("/lifecycle/{resync}")
    async def lifecycle_status(resync: str) -> Document:
        return {"ok": True, "status": "started"}

    @routes.post("/ingest/{identifier}/metrics/heartbeat")
    async def heartbeat(identifier: str) -> Document:
        return {"ok": True}


def _add_organization(routes: APIRouter, store: Store, feature_flags: list[str]) -> None:
    @routes.get("/organization")
    async def organization() -> Document:
        return {
            "ok": True,
            "organization": {
                "id": "org_sandbox",
                "name": "Sandbox",
                "featureFlags": feature_flags,
                "isBlocked": False,
            },
        }

    @routes.get("/migrations/{identifier}")
    async def migration(identifier: str) -> Document:
        done: dict[str, Any] = {"id": identifier, "actor": "sandbox", "sourceBlueprint": ""}
        return {"ok": True, "migration": {**done, "mapping": {}, "status": "COMPLETE"}}

    @routes.post("/{kind:path}", status_code=201)
    async def resource(kind: str, request: Request) -> Document:
        """Pages, actions and scorecards are kept but mean nothing here."""
        if kind.rpartition("/")[2] not in ("pages", "actions", "scorecards"):
            raise not_found(f"POST /v1/{kind}")
        store.note("resources", [{"kind": kind, "body": await request.json()}])
        return {"ok": True}


def _record(store: Store, identifier: str) -> Document:
    record = store.get("integration", identifier)
    if record is None:
        raise not_found(f'Integration "{identifier}"')
    return record


def _new_record(identifier: str, raw: Document) -> Document:
    at = now()
    return {
        "_id": f"integration_{identifier}",
        "_orgId": "org_sandbox",
        "identifier": identifier,
        "installationId": identifier,
        "installationType": "OnPrem",
        "config": {},
        **raw,
        "resyncState": {"updatedAt": at},
        "createdAt": at,
        "updatedAt": at,
    }


def _answer(request: Request, record: Document) -> Document:
    """The record with the addresses that Ocean reports to, which depend on who is asked."""
    base = f"{str(request.base_url).rstrip('/')}/v1/ingest/{record['identifier']}"
    return {
        **record,
        "logAttributes": {"ingestId": "sandbox", "ingestUrl": f"{base}/logs"},
        "metricAttributes": {"ingestId": "sandbox", "ingestUrl": f"{base}/metrics"},
        "ingestAttributes": {"ingestId": "sandbox", "ingestUrl": f"{base}/lake"},
    }
