"""The well-behaved API: authentication, routes, listings, single records and searches."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from sandbox.sample_api.auth import TOKEN_PATH, Credentials, check_auth, issue_token
from sandbox.sample_api.envelope import Page, wrap
from sandbox.sample_api.messages import (
    VISIT,
    ApiError,
    Receive,
    Reply,
    Scope,
    Send,
    Visit,
    send_reply,
)
from sandbox.sample_api.paging import Limits, Window, asked_window, next_start, served_start
from sandbox.sample_api.routes import Route, check_method, find_route
from sandbox.sample_api.store import Collection, Store
from sandbox.sample_api.switches import Switches

HEALTH = "/healthz"


class Core:
    """Answers every request as its switches tell, faults aside."""

    def __init__(self, store: Store, credentials: Credentials, limits: Limits) -> None:
        self._store = store
        self._credentials = credentials
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit: Visit = scope[VISIT]
        if visit.switches.latency_ms:
            await asyncio.sleep(visit.switches.latency_ms / 1000)
        try:
            reply = self._answer(visit)
        except ApiError as error:
            reply = error.reply
        await send_reply(send, reply)

    def _answer(self, visit: Visit) -> Reply:
        seen = visit.seen
        if seen.path == HEALTH:
            return Reply(200, b'{"status":"ok"}')
        if seen.path == TOKEN_PATH:
            return issue_token(seen.headers, seen.body, self._credentials)
        route = find_route(seen.path)
        if route is None:
            raise ApiError(404, "not_found", f"there is nothing at {seen.path}")
        check_auth(route.auth, seen.headers, self._credentials)
        check_method(route, seen.method)
        collection = self._store.collection(route.collection)
        if collection is None:
            raise ApiError(404, "not_found", f"there is nothing at {seen.path}")
        if route.rest in ("", "search"):
            return self._listing(visit, route, collection)
        record = collection.find(route.rest, visit.switches.count)
        if record is None:
            message = f"{route.collection} has no {route.rest}"
            raise ApiError(404, "not_found", message)
        return Reply(200, record)

    def _listing(self, visit: Visit, route: Route, collection: Collection) -> Reply:
        switches = visit.switches
        query = dict(visit.seen.query)
        wanted = _filter(visit.seen.body) if route.rest == "search" else {}
        # A search may page inside its body: {"page": {"offset": 100, "limit": 50}}.
        query |= {name: str(value) for name, value in wanted.pop("page", {}).items()}
        window = asked_window(route.pagination, route.collection, query, switches, self._limits)
        if route.rest == "search":
            found = collection.search(wanted, switches.count)
            total = len(found)
            start, stop = _bounds(window, total, switches)
            rows = found[start:stop]
        else:
            total, _ = collection.window(0, 0, switches.count)
            start, stop = _bounds(window, total, switches)
            _, rows = collection.window(start, stop, switches.count)
        following = next_start(route.pagination, window, total, switches)
        return wrap(visit, route, Page(rows, window, total, following, self._limits.first_page))


def _bounds(window: Window, total: int, switches: Switches) -> tuple[int, int]:
    start = served_start(window, total, switches)
    return start, total if window.size is None else start + window.size


def _filter(body: bytes) -> dict[str, Any]:
    try:
        wanted = json.loads(body) if body.strip() else {}
    except ValueError:
        wanted = None
    if not isinstance(wanted, dict):
        raise ApiError(400, "bad_request", "the body must be a JSON object, used as a filter")
    return wanted
