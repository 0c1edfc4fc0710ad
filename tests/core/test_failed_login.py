"""A login that fails is never taken for what a resource returned."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.serving import serve
from tests.core.shapes.test_shapes import fill
from tests.support.core import Core, Outcome, resource

TEAMS = [{"id": f"team-{number}", "name": "x"} for number in range(30)]
OTHERS = [{"id": f"other-{number}", "name": "x"} for number in range(400)]


class LoginApi:
    """``/others``, ``/teams`` (any page is the first three of it where ``paged``) and what is below
    it want a token of ``/login``, which returns ``status`` once it has issued ``after`` of them.
    A token runs out as soon as ``last`` was asked for.
    """

    def __init__(self) -> None:
        self.status = 200
        self.after = 0
        self.last = ""
        self.paged = False
        self.logins = 0
        self.valid = "token-1"
        self.asked: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        status, body = self._response(path, dict(scope["headers"]).get(b"authorization", b""))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    def _response(self, path: str, token: bytes) -> tuple[int, Any]:
        if path == "/login":
            self.logins += 1
            if self.logins > self.after and self.status != 200:
                return self.status, {"message": "no such client s3/cret-value"}
            self.valid = f"token-{self.logins}"
            return 200, {"access_token": self.valid, "token_type": "Bearer"}
        self.asked.append(path)
        if token.decode() != f"Bearer {self.valid}":
            return 401, {"message": "expired"}
        if path == self.last:
            self.valid = "none"
        items = {"/others": OTHERS, "/teams": TEAMS[:3] if self.paged else TEAMS}
        return 200, {"items": items.get(path, [])}


@pytest.fixture
def api_with_login() -> Iterator[tuple[LoginApi, str]]:
    api = LoginApi()
    with serve(api) as url:
        yield api, url


def settings(url: str, auth: str) -> dict[str, str]:
    return {
        "baseUrl": url,
        "authType": auth,
        "tokenUrl": f"{url}/login",
        "clientId": "me",
        "clientSecret": "s3/cret-value",
        "customAuthRequest": json.dumps({"endpoint": "/login", "body": {"k": "s3/cret-value"}}),
        "customAuthRequestTemplate": '{"headers": {"Authorization": "Bearer {{.access_token}}"}}',
    }


AUTHS = {"custom": "customAuthRequest", "oauth2_client_credentials": "tokenUrl"}
IGNORING = resource("/teams", ignore_statuses=[403, 404])


def expect_nothing_deleted(core: Core, outcome: Outcome, auth: str) -> None:
    assert not outcome.succeeded
    assert core.catalog.deletions() == []
    assert len(core.catalog.identifiers("record")) == len(TEAMS) + len(OTHERS)
    assert AUTHS[auth] in outcome.error
    assert "s3/cret" not in outcome.error


@pytest.mark.parametrize("auth", AUTHS)
@pytest.mark.parametrize("status", [403, 404])
async def test_a_refused_login_is_none_of_the_ignored_statuses(
    core: Core, api_with_login: tuple[LoginApi, str], auth: str, status: int, log: list[str]
) -> None:
    """The token runs out between two kinds."""
    api, url = api_with_login
    fill(core, [*TEAMS, *OTHERS])
    api.status, api.after, api.last = status, 1, "/others"
    outcome = await core.resync(
        settings(url, auth),
        resource("/others"),
        resource("/teams", ignore_statuses=[403, 404]),
    )
    expect_nothing_deleted(core, outcome, auth)
    assert "s3/cret" not in "".join(line for line in log if "port app config" not in line)
    assert api.asked == ["/others", "/teams"]


@pytest.mark.parametrize("auth", AUTHS)
@pytest.mark.parametrize("status", [404, 422])
async def test_a_refused_renewal_is_no_page_behind_the_end(
    core: Core, api_with_login: tuple[LoginApi, str], auth: str, status: int
) -> None:
    """The token runs out between two pages, of which the first is short."""
    api, url = api_with_login
    fill(core, [*TEAMS, *OTHERS])
    api.status, api.after, api.last, api.paged = status, 1, "/teams", True
    paged = {**settings(url, auth), "paginationType": "page", "maxConcurrentRequests": "1"}
    outcome = await core.resync(
        paged, resource("/others", pagination={"type": "none"}), resource("/teams")
    )
    expect_nothing_deleted(core, outcome, auth)


@pytest.mark.parametrize("auth", AUTHS)
async def test_a_dead_login_is_asked_once_for_all_parents_and_again_by_the_next_resync(
    core: Core, api_with_login: tuple[LoginApi, str], auth: str
) -> None:
    api, url = api_with_login
    fill(core, [*TEAMS, *OTHERS])
    members = resource(
        "/teams/{team}/members",
        path_parameters={"team": {"values": [f"team-{number}" for number in range(200)]}},
    )
    api.status = 503
    app = await core.start(settings(url, auth), members, resource("/teams"))
    for resyncs in (1, 2):
        with pytest.raises(ExceptionGroup):
            await app.integration.sync_raw_all(silent=False)
        # As often as one request is tried, and not once more.
        assert api.logins == 4 * resyncs
    assert api.asked == []
    assert core.catalog.deletions() == []
