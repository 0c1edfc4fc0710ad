"""The installations of the demo: their credentials, kinds, and the settings they are run by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.sample_api import SampleApi

CLIENT_SECRET = "sandbox-secret"  # noqa: S105 - opens nothing but the sandbox

AUTH_TYPES = {"oauth2": "oauth2_client_credentials"}
"""How the integration calls an authentication that the sample API calls otherwise."""


@dataclass(frozen=True, slots=True)
class Installation:
    """One installation of the integration in the demo: its own API credentials and mapping."""

    name: str
    auth: str
    pagination: str
    kinds: tuple[tuple[str, str, str], ...]
    """Of each kind: the kind, its resource in the sample API, its blueprint."""

    @property
    def identifier(self) -> str:
        """What Port calls the installation."""
        return f"demo-{self.name}"

    def environment(self, port_url: str, api: SampleApi, api_url: str) -> dict[str, str]:
        """The environment variables that a user would set."""
        config = "OCEAN__INTEGRATION__CONFIG__"
        return {
            "OCEAN__PORT__BASE_URL": port_url,
            "OCEAN__PORT__CLIENT_ID": "sandbox",
            "OCEAN__PORT__CLIENT_SECRET": CLIENT_SECRET,
            "OCEAN__INTEGRATION__IDENTIFIER": self.identifier,
            "OCEAN__RESOURCES_PATH": f"examples/demo/{self.name}",
            f"{config}BASE_URL": f"{api_url}/{self.auth}/{self.pagination}",
            f"{config}AUTH_TYPE": AUTH_TYPES.get(self.auth, self.auth),
            f"{config}TOKEN_URL": f"{api_url}/oauth/token",
            f"{config}CLIENT_ID": "demo-client",
            f"{config}CLIENT_SECRET": "demo-client-secret",
            f"{config}API_TOKEN": api.token,
            f"{config}USERNAME": api.username,
            f"{config}PASSWORD": api.password,
            f"{config}API_KEY": api.api_key,
            f"{config}PAGINATION_TYPE": self.pagination,
        }

    def requests(self, paths: Iterable[str]) -> dict[str, int]:
        """How many of the requests, given by their paths, were for each kind's own endpoint; not
        those for a token, or that found path parameters."""
        prefix = f"/{self.auth}/{self.pagination}"
        found: Counter[str] = Counter({kind: 0 for kind, _, _ in self.kinds})
        for path in paths:
            for kind, _, _ in self.kinds:
                found[kind] += _is_of(path.removeprefix(prefix), kind)
        return dict(found)


def _is_of(path: str, kind: str) -> bool:
    """Whether a path is the kind's endpoint, with any values as its {parameters}."""
    parts, wanted = path.rstrip("/").split("/"), kind.split("/")
    return len(parts) == len(wanted) and all(
        part == want or want.startswith("{") for part, want in zip(parts, wanted, strict=True)
    )


INSTALLATIONS = (
    Installation(
        "platform",
        "bearer_token",
        "offset",
        (
            ("/teams", "teams", "team"),
            ("/services", "services", "service"),
            ("/deployments", "deployments", "deployment"),
        ),
    ),
    Installation("operations", "api_key", "cursor", (("/incidents", "incidents", "incident"),)),
    Installation(
        "people",
        "basic",
        "page",
        (
            ("/users", "users", "person"),
            ("/teams/{team_id}/members", "members", "membership"),
        ),
    ),
)

DIRECTORY = Installation(
    "directory",
    "oauth2",
    "offset",
    (("/users/search", "users", "colleague"), ("/teams/{team}/members", "members", "seat")),
)
"""The installation of the last act, whose resources each page in their own way."""
