"""The application: who may ask, what is counted, and the Python side of the catalog."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from sandbox.port_api import catalog_routes, integration_routes
from sandbox.port_api.entities import Entities
from sandbox.port_api.page_routes import add_page
from sandbox.port_api.problems import Refusal, invalid
from sandbox.port_api.store import Document, Store

TOKEN_SECONDS = 10_800
OPEN_PATHS = ("/v1/auth/access_token", "/sandbox/")


class PortApi:
    """One catalog. ``app`` is the ASGI application to serve; the methods tell what it holds.

    ``database`` is a file or ":memory:". Requests need a token, which the credentials buy.
    """

    def __init__(
        self,
        database: str = ":memory:",
        client_id: str = "sandbox",
        client_secret: str = "sandbox-secret",  # noqa: S107 - opens nothing but the sandbox
        feature_flags: Sequence[str] = (),
    ) -> None:
        self._store = Store(database)
        self._credentials = (client_id, client_secret)
        self._tokens: set[str] = set()
        self._requests: Counter[str] = Counter()
        self._failures: dict[str, Refusal] = {}
        self.feature_flags = list(feature_flags)
        """What the organization may do; changed in place while requests come."""
        entities = Entities(self._store)
        self.app = FastAPI(title="Port API sandbox", docs_url=None, redoc_url=None)
        self.app.middleware("http")(self._guard)
        self.app.exception_handler(Refusal)(_refused)
        self.app.post("/v1/auth/access_token")(self._token)
        add_page(self.app, self._store)
        self.app.get("/sandbox/{what}")(self._tell)
        self.app.include_router(catalog_routes.router(self._store, entities), prefix="/v1")
        self.app.include_router(
            integration_routes.router(self._store, self.feature_flags), prefix="/v1"
        )

    def entities(self, blueprint: str | None = None) -> list[Document]:
        """The entities of a blueprint, or all, as Port would answer."""
        return self._store.entities(blueprint)

    def identifiers(self, blueprint: str) -> list[str]:
        """The identifiers of a blueprint's entities, sorted."""
        return self._store.identifiers(blueprint)

    def add_blueprint(self, blueprint: Document) -> None:
        """Adds or replaces a blueprint."""
        self._store.put("blueprint", blueprint["identifier"], blueprint)

    def set_config(self, integration_identifier: str, config: Document) -> None:
        """Sets an integration's mapping; makes the integration if there is none yet."""
        integration_routes.set_config(self._store, integration_identifier, config)

    def integration(self, identifier: str) -> Document | None:
        """What is held of an integration."""
        return self._store.get("integration", identifier)

    def refuse(self, ending: str, status: int, message: str = "not today") -> None:
        """From now on refuses every request whose path has this ending; status 200 ends that."""
        self._failures.pop(ending, None)
        if status >= 400:
            self._failures[ending] = Refusal(status, "refused", message)

    def deletions(self) -> list[tuple[str, str]]:
        """Blueprint and identifier of each entity deleted so far, in order."""
        return [
            (blueprint, identifier) for blueprint, identifier in self._store.history("deletions")
        ]

    def examples(self) -> dict[str, list[Any]]:
        """The raw data examples that were sent, by kind."""
        found: dict[str, list[Any]] = {}
        for note in self._store.history("examples"):
            found.setdefault(note["kind"], []).extend(note["examples"])
        return found

    def logs(self) -> list[Document]:
        """The log records that Ocean sent."""
        return self._store.history("logs")

    def resync_states(self) -> list[Document]:
        """Each update of a resync's state, in order."""
        return self._store.history("resyncs")

    def metrics(self) -> list[Document]:
        """Each metric that was sent, in order."""
        return self._store.history("metrics")

    def lifecycle(self) -> list[Document]:
        """What was reported of resyncs (``part`` resync) and kinds, where Port maps and loads."""
        return self._store.history("lifecycle")

    def raw_items(self) -> list[Document]:
        """The items that were sent as they came, where Port maps and loads."""
        notes = self._store.history("lake")
        return [item for note in notes for entry in note["data"] for item in entry["items"]]

    def tell_requests(self, integration: str, began: str, counts: Mapping[str, int]) -> None:
        """Tells what Ocean does not report: how many requests an API has had for each kind, in
        the first resync of ``integration`` since ``began`` (UTC, ISO 8601). May be told anew."""
        told = {"integration": integration, "began": began, "counts": dict(counts)}
        self._store.put("requests", f"{integration} {began}", told)

    def close(self) -> None:
        """Closes the database."""
        self._store.close()

    async def _guard(
        self, request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        path = request.url.path
        self._requests[f"{request.method} {_route(path)}"] += 1
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if path != "/" and not path.startswith(OPEN_PATHS) and token not in self._tokens:
            return await _refused(request, Refusal(401, "unauthorized", "The token is not valid"))
        for ending, failure in self._failures.items():
            if path.endswith(ending):
                return await _refused(request, failure)
        return await call_next(request)

    async def _token(self, request: Request) -> Document:
        body = await request.json()
        if (body.get("clientId"), body.get("clientSecret")) != self._credentials:
            raise Refusal(401, "invalid_credentials", "Client id or secret is wrong")
        token = secrets.token_urlsafe(32)
        self._tokens.add(token)
        return {
            "ok": True,
            "accessToken": token,
            "expiresIn": TOKEN_SECONDS,
            "tokenType": "Bearer",
        }

    async def _tell(self, what: str, blueprint: str | None = None) -> Any:
        """What the catalog holds, for people: summary, entities, logs, examples, ..."""
        if what == "summary":
            return {
                "entities": self._store.counts(),
                "requests": dict(self._requests),
                "upserts": sum(note["n"] for note in self._store.history("upserts")),
                "deletions": len(self.deletions()),
            }
        listings: dict[str, Callable[[], Any]] = {
            "entities": lambda: self.entities(blueprint),
            "logs": self.logs,
            "examples": self.examples,
            "metrics": self.metrics,
            "resyncs": self.resync_states,
        }
        if what not in listings:
            raise invalid(f"there is no {what}; there are summary, {', '.join(listings)}")
        return listings[what]()


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)
    return JSONResponse(error.body, status_code=error.status)


def _route(path: str) -> str:
    """A path without the names in it, to count requests by."""
    known = {"v1", "integration", "blueprints", "entities", "bulk", "delete", "search", "config"}
    known |= {"auth", "access_token", "organization", "datasource-entities", "resync-state"}
    known |= {"resync-request", "kinds", "examples", "sandbox", "ingest", "logs", "syncMetrics"}
    return "/".join(part if part in known or not part else "*" for part in path.split("/"))
