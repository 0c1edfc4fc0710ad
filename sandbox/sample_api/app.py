"""The sample API as one object: the ASGI app, and the handles to steer and watch it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.sample_api.auth import Credentials
from sandbox.sample_api.core import Core
from sandbox.sample_api.data import Company
from sandbox.sample_api.faults import FaultInjector
from sandbox.sample_api.messages import SeenRequest
from sandbox.sample_api.paging import Limits
from sandbox.sample_api.recorder import Recorder, RequestLog
from sandbox.sample_api.routes import find_route
from sandbox.sample_api.store import Store
from sandbox.sample_api.switches import DEFAULT, Behaviour, Switches


class SampleApi:
    """A company's platform, served under every authentication and pagination type.

    ``app`` goes to ``sandbox.serving.serve``. All methods may be called from any thread while
    the API is being served. ``sizes`` are records per resource; those left out keep their
    defaults (``sandbox.sample_api.data.DEFAULT_SIZES``).
    """

    def __init__(
        self,
        *,
        seed: int = 7,
        sizes: Mapping[str, int] | None = None,
        max_page_size: int = 1000,
        first_page: int = 1,
    ) -> None:
        self._credentials = Credentials()
        self._behaviour = Behaviour()
        self._log = RequestLog()
        self._store = Store(Company(seed, sizes))
        core = Core(self._store, self._credentials, Limits(max_page_size, first_page))
        self.app: Any = Recorder(FaultInjector(core), self._log, self._resolve)

    def behave(self, **switches: str | int) -> None:
        """Sets switches for all requests from now on, or with ``only`` for one resource's.

        A call replaces what an earlier one set for the same ``only``. Without any switches it
        clears everything. Switches in a request's query come first.
        """
        self._behaviour.set(switches)

    def records(self, resource: str) -> list[dict[str, Any]]:
        """The records served now at ``services`` or, say, ``teams/team-0001/members``."""
        collection = self._store.collection(resource)
        if collection is None:
            raise ValueError(f"there is no resource {resource}")
        switches = self._behaviour.resolve(resource.rpartition("/")[2], resource)
        _, rows = collection.window(0, None, switches.count)
        return [json.loads(row) for row in rows]

    def remove(self, resource: str, ids: Iterable[str]) -> None:
        """Deletes records from the API from now on; users leave their teams too."""
        self._store.remove(resource, ids)

    def restore(self) -> None:
        """Brings deleted records back."""
        self._store.restore()

    def reset(self) -> None:
        """Clears the behaviour, the counters and the request log; deleted records stay so."""
        self._behaviour.set({})
        self._log.clear()

    def requests(self, resource: str | None = None) -> list[SeenRequest]:
        """The requests since :meth:`reset`, in order, all of them or those to one resource."""
        seen = self._log.seen()
        return seen if resource is None else [one for one in seen if _is_to(one, resource)]

    def max_in_flight(self) -> int:
        """The most requests that were open at one moment since :meth:`reset`."""
        return self._log.most_in_flight()

    @property
    def token(self) -> str:
        """The bearer token that is accepted; may be set anew, as when it is rotated."""
        return self._credentials.token

    @token.setter
    def token(self, value: str) -> None:
        self._credentials.token = value

    @property
    def username(self) -> str:
        """The user of basic authentication."""
        return self._credentials.username

    @username.setter
    def username(self, value: str) -> None:
        self._credentials.username = value

    @property
    def password(self) -> str:
        """The password of basic authentication."""
        return self._credentials.password

    @password.setter
    def password(self, value: str) -> None:
        self._credentials.password = value

    @property
    def api_key(self) -> str:
        """The key that is accepted in X-API-Key."""
        return self._credentials.api_key

    @api_key.setter
    def api_key(self, value: str) -> None:
        self._credentials.api_key = value

    def _resolve(self, seen: SeenRequest) -> Switches:
        route = find_route(seen.path)
        if route is None:
            return DEFAULT
        return self._behaviour.resolve(route.resource, route.collection, seen.query)


def _is_to(seen: SeenRequest, resource: str) -> bool:
    route = find_route(seen.path)
    return route is not None and resource in (route.resource, route.collection)
