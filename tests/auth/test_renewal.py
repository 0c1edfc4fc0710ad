"""When a token is fetched, kept, renewed and given up."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from auth import token_source
from auth.exchange import AuthenticationError
from auth.renewing import RenewingAuth
from auth.token_source import Token, usable_seconds
from tests.support.clock import Clock
from tests.support.credentials import BASE, Credentials

OAUTH2 = {
    "authType": "oauth2_client_credentials",
    "tokenUrl": "https://login.example.com/token",
    "clientId": "me",
    "clientSecret": "s3cret-value",
}
URL = f"{BASE}/teams"


def custom(**request: Any) -> dict[str, Any]:
    return {
        "authType": "custom",
        "customAuthRequest": {"endpoint": "/login", **request},
        "customAuthRequestTemplate": {"headers": {"Authorization": "Bearer {{.access_token}}"}},
    }


def tokens(**more: Any) -> list[dict[str, Any]]:
    return [{"access_token": f"token-{number}", **more} for number in (1, 2, 3)]


def authorizations(credentials: Credentials) -> list[str]:
    return [request.headers["Authorization"] for request in credentials.received]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(now=1000.0)
    monkeypatch.setattr(token_source, "time", clock)
    return clock


@pytest.mark.parametrize(
    ("lifetime", "used"), [(3600, 3540), (121, 61), (120, 60), (100, 50), (60, 30), (1, 0.5)]
)
def test_a_token_is_used_until_a_minute_before_its_end_or_for_half_its_life(
    lifetime: float, used: float
) -> None:
    assert usable_seconds(lifetime) == used


@pytest.mark.parametrize(
    ("settings", "answers"),
    [
        (OAUTH2, tokens(expires_in=3600)),
        (OAUTH2, tokens(expires_in="3600")),
        (custom(reauthenticateIntervalSeconds=3600), tokens()),
    ],
)
async def test_a_token_is_renewed_a_minute_before_it_runs_out(
    clock: Clock, settings: dict[str, Any], answers: list[dict[str, Any]]
) -> None:
    credentials = Credentials(answers)
    async with credentials.client(**settings) as client:
        for at in (0, 3539, 3540, 7079, 7080):
            clock.now = 1000.0 + at
            await client.get(URL)
    assert authorizations(credentials) == [f"Bearer token-{n}" for n in (1, 1, 2, 2, 3)]


async def test_a_token_of_one_second_is_used_for_half_of_it(clock: Clock) -> None:
    credentials = Credentials(tokens(expires_in=1))
    async with credentials.client(**OAUTH2) as client:
        for at in (0, 0.4, 0.5):
            clock.now = 1000.0 + at
            await client.get(URL)
    assert authorizations(credentials) == [f"Bearer token-{n}" for n in (1, 1, 2)]


@pytest.mark.parametrize("expires_in", [None, 0, "0", -5, "soon", "nan", [1]])
async def test_a_token_of_unknown_life_is_kept_until_it_is_refused(
    clock: Clock, expires_in: Any
) -> None:
    credentials = Credentials(tokens(expires_in=expires_in), statuses=[200, 200, 401])
    async with credentials.client(**OAUTH2) as client:
        for _ in range(4):
            clock.now += 1e9
            assert (await client.get(URL)).status_code == 200
    assert authorizations(credentials) == [f"Bearer token-{n}" for n in (1, 1, 1, 2, 2)]


async def test_a_token_without_a_life_after_one_with_a_life_is_kept(clock: Clock) -> None:
    credentials = Credentials([*tokens(expires_in=120)[:1], *tokens()[1:]])
    async with credentials.client(**OAUTH2) as client:
        for at in (0, 60, 1e6):
            clock.now = 1000.0 + at
            await client.get(URL)
    assert authorizations(credentials) == [f"Bearer token-{n}" for n in (1, 2, 2)]


@pytest.mark.parametrize("status", [400, 403, 404, 407, 429, 500])
async def test_no_status_but_401_renews(status: int) -> None:
    credentials = Credentials(tokens(), statuses=[status])
    async with credentials.client(**OAUTH2) as client:
        assert (await client.get(URL)).status_code == status
    assert len(credentials.asked) == len(credentials.received) == 1


@pytest.mark.parametrize("settings", [OAUTH2, custom()])
async def test_a_refused_request_is_sent_again_as_it_was(settings: dict[str, Any]) -> None:
    credentials = Credentials(tokens(), statuses=[401])
    async with credentials.client(**settings) as client:
        response = await client.post(f"{URL}?a=1", json={"q": 1}, headers={"X-Mine": "yes"})
    assert response.status_code == 200
    first, second = credentials.received
    assert authorizations(credentials) == ["Bearer token-1", "Bearer token-2"]
    for request in (first, second):
        assert (request.method, str(request.url)) == ("POST", f"{URL}?a=1")
        assert (request.content, request.headers["X-Mine"]) == (b'{"q":1}', "yes")
        assert request.extensions["timeout"]["read"] == 7


async def test_requests_that_are_refused_together_share_one_renewal() -> None:
    credentials = Credentials(tokens(), revoked="token-1")
    async with credentials.client(**OAUTH2) as client:
        await asyncio.gather(*(client.get(URL) for _ in range(3)))
    assert len(credentials.asked) == 2
    assert sorted(authorizations(credentials)) == ["Bearer token-1"] * 3 + ["Bearer token-2"] * 3


@pytest.mark.parametrize("settings", [OAUTH2, custom()])
@pytest.mark.parametrize("url", ["https://evil.example/v2", "http://api.example.com/v2"])
async def test_no_token_is_fetched_for_another_origin(settings: dict[str, Any], url: str) -> None:
    credentials = Credentials(tokens())
    async with credentials.client(**settings) as client:
        await client.get(url)
    assert credentials.asked == []
    assert "Authorization" not in credentials.received[0].headers


@pytest.mark.parametrize("settings", [OAUTH2, custom()])
def test_a_repr_tells_no_credentials(settings: dict[str, Any]) -> None:
    credentials = Credentials(tokens())
    auth = credentials.auth(**settings)
    assert type(auth).__name__ in repr(auth)
    assert "s3cret" not in repr(auth)
    assert "s3cret" not in repr(Token("s3cret-token"))


@pytest.mark.parametrize("settings", [OAUTH2, custom()])
async def test_a_failed_login_is_not_tried_again_by_each_request(
    clock: Clock, settings: dict[str, Any]
) -> None:
    credentials = Credentials([b"no JSON", *tokens()])
    async with credentials.client(**settings) as client:
        together = [client.get(URL) for _ in range(20)]
        first = await asyncio.gather(*together, return_exceptions=True)
        clock.now += token_source.FAILURE_SECONDS - 1
        with pytest.raises(AuthenticationError) as caught:
            await client.get(URL)
    assert {str(error) for error in first} == {str(caught.value)}
    assert isinstance(first[0], AuthenticationError)
    assert (len(credentials.asked), credentials.received) == (1, [])


@pytest.mark.parametrize("way", ["forgotten", "a minute later"])
async def test_a_failed_login_is_tried_again_once_forgotten_or_after_a_while(
    clock: Clock, way: str
) -> None:
    credentials = Credentials([b"no JSON", *tokens()])
    auth = credentials.auth(**OAUTH2)
    assert isinstance(auth, RenewingAuth)
    async with credentials.client(**OAUTH2) as client:
        client.auth = auth
        with pytest.raises(AuthenticationError, match="check tokenUrl"):
            await client.get(URL)
        if way == "forgotten":
            auth.forget_failure()
        else:
            clock.now += token_source.FAILURE_SECONDS
        response: httpx.Response = await client.get(URL)
    assert response.status_code == 200
    assert authorizations(credentials) == ["Bearer token-1"]


async def test_a_token_that_was_refused_is_sent_no_more_once_its_renewal_failed() -> None:
    credentials = Credentials([*tokens()[:1], b"no JSON"], revoked="token-1")
    async with credentials.client(**OAUTH2) as client:
        for _ in range(5):
            with pytest.raises(AuthenticationError):
                await client.get(URL)
    assert (len(credentials.asked), len(credentials.received)) == (2, 1)


async def test_a_failure_that_is_raised_a_thousand_times_does_not_grow() -> None:
    credentials = Credentials([b"no JSON"])
    depths: list[int] = []
    async with credentials.client(**OAUTH2) as client:
        for _ in range(50):
            with pytest.raises(AuthenticationError) as caught:
                await client.get(URL)
            depths.append(len(caught.traceback))
    assert max(depths) <= depths[0]


async def test_a_login_that_was_cancelled_is_no_failure() -> None:
    credentials = Credentials(tokens())
    auth = credentials.auth(**OAUTH2)
    flow = auth.async_auth_flow(httpx.Request("GET", URL))
    started = asyncio.create_task(anext(flow))
    started.cancel()
    await asyncio.gather(started, return_exceptions=True)
    async with credentials.client(**OAUTH2) as client:
        client.auth = auth
        assert (await client.get(URL)).status_code == 200
