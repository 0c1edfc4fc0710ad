"""The addresses of the sample API."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.sample_api.data import DEFAULT_SIZES
from sandbox.sample_api.messages import ApiError

AUTHS = ("none", "bearer_token", "basic", "api_key", "oauth2")
PAGINATIONS = ("none", "offset", "page", "cursor")
RESOURCES = tuple(DEFAULT_SIZES)
PARENT, NESTED = "teams", "members"


@dataclass(frozen=True, slots=True)
class Route:
    """Where a path leads.

    ``collection`` is the address of the list (``teams/team-0001/members``) and ``resource`` its
    kind (``members``). ``rest`` is empty for the list itself, a record's id, or ``search``.
    """

    auth: str
    pagination: str
    collection: str
    resource: str
    rest: str


def find_route(path: str) -> Route | None:
    """The route of a path, or None if it leads nowhere."""
    parts = path.strip("/").split("/")
    if len(parts) < 3 or parts[0] not in AUTHS or parts[1] not in PAGINATIONS:
        return None
    auth, pagination, *where = parts
    if where[0] not in RESOURCES or not all(where):
        return None
    nested = len(where) >= 3 and where[0] == PARENT and where[2] == NESTED
    depth = 3 if nested else 1
    if len(where) > depth + 1:
        return None
    rest = where[depth] if len(where) > depth else ""
    return Route(auth, pagination, "/".join(where[:depth]), where[depth - 1], rest)


def check_method(route: Route, method: str) -> None:
    """Refuses a method that the route does not have."""
    allowed = "POST" if route.rest == "search" else "GET"
    if method != allowed:
        message = f"{method} is not allowed here"
        raise ApiError(405, "method_not_allowed", message, [("Allow", allowed)])
