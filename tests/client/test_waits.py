"""How long, how often and for which answers the client waits before it asks again."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import httpx
import pytest
import respx

from client import Request, http_client, rate
from client.retry import RetryPolicy
from errors import RequestError
from tests.client.conftest import MakeClient
from tests.support.clock import Clock

BASE = "https://api.example.com"
URL = f"{BASE}/users"
TOKEN = "tok-8c1d2e3f4a"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    sleeping = SimpleNamespace(sleep=clock.sleep, Semaphore=asyncio.Semaphore)
    monkeypatch.setattr(http_client, "asyncio", sleeping)
    monkeypatch.setattr(rate, "asyncio", clock)
    monkeypatch.setattr(rate, "time", clock)
    return clock


def answering(*answers: httpx.Response | Exception, url: str = URL) -> respx.Route:
    return respx.get(url).mock(side_effect=list(answers))


def throttled(status: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers={k.replace("_", "-"): v for k, v in headers.items()})


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
@respx.mock
async def test_the_wait_is_the_one_that_was_asked_for(
    make_client: MakeClient, clock: Clock, status: int
) -> None:
    route = answering(throttled(status, Retry_After="7"), httpx.Response(200))
    await make_client(baseUrl=BASE).send(Request("GET", URL))
    assert sum(clock.slept) == 7
    assert route.call_count == 2


@pytest.mark.parametrize("failure", [httpx.Response(500), httpx.ReadError("broken")])
@respx.mock
async def test_waits_double_and_attempts_are_as_many_as_were_set(
    make_client: MakeClient, clock: Clock, failure: httpx.Response | Exception
) -> None:
    route = answering(*[failure] * 5)
    client = make_client(RetryPolicy(attempts=4, base_seconds=1), baseUrl=BASE)
    with pytest.raises(RequestError, match="4 attempts"):
        await client.send(Request("GET", URL))
    assert route.call_count == 4
    assert [round(wait / 2**n) for n, wait in enumerate(clock.slept)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("settings", "attempts"), [({}, 6), ({"maxAttempts": "1"}, 1), ({"maxAttempts": "20"}, 20)]
)
@respx.mock
async def test_attempts_are_as_many_as_max_attempts_says(
    make_client: MakeClient, clock: Clock, settings: dict[str, str], attempts: int
) -> None:
    route = answering(*[httpx.Response(500)] * 30)
    client = make_client(RetryPolicy(), baseUrl=BASE, **settings)
    with pytest.raises(RequestError, match="500 Internal Server Error"):
        await client.send(Request("GET", URL))
    assert route.call_count == attempts


@pytest.mark.parametrize("status", [400, 403, 501])
@respx.mock
async def test_a_status_that_means_later_is_retried_and_one_that_stays_says_so(
    make_client: MakeClient, status: int
) -> None:
    settings = {"baseUrl": BASE, "retryStatuses": f"[418, {status}]"}
    answering(httpx.Response(status), httpx.Response(200, content=b"[1]"))
    assert (await make_client(**settings).send(Request("GET", URL))).content == b"[1]"
    answering(*[httpx.Response(status)] * 3)
    with pytest.raises(RequestError, match="after 3 attempts") as caught:
        await make_client(**settings).send(Request("GET", URL))
    assert (caught.value.status, caught.value.temporary) == (status, True)
    with pytest.raises(RequestError) as caught:
        answering(httpx.Response(status))
        await make_client(baseUrl=BASE).send(Request("GET", URL))
    assert caught.value.temporary is False


THROTTLING = {
    "403 with Retry-After": (403, {"Retry-After": "7"}, b""),
    "403 with nothing left": (
        403,
        {"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "7"},
        b"",
    ),
    "a policy": (403, {"RateLimit": '"a";r=0;t=7'}, b""),
    "GraphQL": (
        200,
        {"X-RateLimit-Reset": "7"},
        b'{"data": null, "errors": [{"type": "RATE_LIMITED"}]}',
    ),
    "420": (420, {"X-RateLimit-Reset-After": "7"}, b""),
}


@pytest.mark.parametrize("name", THROTTLING)
@respx.mock
async def test_throttling_slows_down_every_request_and_is_never_an_answer(
    make_client: MakeClient, clock: Clock, name: str
) -> None:
    status, headers, body = THROTTLING[name]
    slow = httpx.Response(status, headers=headers, content=body)
    client = make_client(baseUrl=BASE)
    answering(slow, httpx.Response(200, content=b"[1]"))
    respx.get(f"{BASE}/teams").mock(httpx.Response(200))
    response = await client.send(Request("GET", URL))
    assert (response.content, response.throttled) == (b"[1]", True)
    assert sum(clock.slept) == 7
    answering(slow, slow, slow)
    with pytest.raises(RequestError, match="Lower maxConcurrentRequests") as caught:
        await client.send(Request("GET", URL, accepted=frozenset({403, 420})))
    assert caught.value.temporary
    assert f"answered {status}" in str(caught.value) and "after 3 attempts" in str(caught.value)
    # The last attempt was throttled too, so that others wait for the reset.
    began = clock.now
    await client.send(Request("GET", f"{BASE}/teams"))
    assert clock.now - began == 7


@pytest.mark.parametrize(("status", "held"), [(429, True), (503, False), (500, False)])
@respx.mock
async def test_a_429_and_no_other_failure_holds_back_all(
    make_client: MakeClient, clock: Clock, status: int, held: bool
) -> None:
    client = make_client(baseUrl=BASE)
    seen: list[bool] = []

    async def sleep(seconds: float) -> None:
        seen.append(client.held_for > 0)
        await Clock.sleep(clock, seconds)

    http_client.asyncio.sleep = sleep  # type: ignore[attr-defined]
    answering(throttled(status, Retry_After="7"), httpx.Response(200))
    await client.send(Request("GET", URL))
    assert seen == [held]


@pytest.mark.parametrize("permits", ["1", "3"])
@respx.mock
async def test_requests_that_wait_for_a_permit_are_held_back_too(
    make_client: MakeClient, clock: Clock, permits: str
) -> None:
    arrived: list[float] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        arrived.append(clock.now - Clock().now)
        first = len(arrived) == 1
        await asyncio.sleep(0 if first else 0.01)
        return throttled(429, Retry_After="7") if first else httpx.Response(200)

    respx.get(url__startswith=URL).mock(side_effect=answer)
    client = make_client(baseUrl=BASE, maxConcurrentRequests=permits)
    sent = [client.send(Request("GET", f"{URL}/{number}")) for number in range(6)]
    responses = await asyncio.gather(*sent)
    assert [response.status for response in responses] == [200] * 6
    under_way = int(permits)
    assert [at < 7 for at in arrived] == [True] * under_way + [False] * (7 - under_way)


@pytest.mark.parametrize(
    ("statuses", "told"),
    [((200,), False), ((500, 200), False), ((429, 200), True), ((503, 502, 200), True)],
)
@respx.mock
async def test_an_answer_tells_whether_the_api_asked_to_slow_down(
    make_client: MakeClient, statuses: tuple[int, ...], told: bool
) -> None:
    answering(*(httpx.Response(status) for status in statuses))
    response = await make_client(baseUrl=BASE).send(Request("GET", URL))
    assert response.throttled is told


USED_UP = {
    "X-RateLimit": {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "40"},
    "RateLimit": {"RateLimit-Remaining": "0", "RateLimit-Reset": "40"},
    "X-Rate-Limit": {"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "40"},
    "after": {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "40"},
    "policy": {"RateLimit": '"day";r=0;t=40'},
}


@pytest.mark.parametrize("family", USED_UP)
@pytest.mark.parametrize("status", [200, 404])
@respx.mock
async def test_a_used_up_limit_holds_back_the_next_request_until_its_reset(
    make_client: MakeClient, clock: Clock, status: int, family: str
) -> None:
    answering(httpx.Response(status, headers=USED_UP[family]), httpx.Response(200))
    client = make_client(baseUrl=BASE)
    await client.send(Request("GET", URL, accepted=frozenset({404})))
    assert clock.slept == []
    await client.send(Request("GET", URL))
    assert clock.slept == [40]


@respx.mock
async def test_no_reset_holds_requests_back_for_more_than_fifteen_minutes(
    make_client: MakeClient, clock: Clock
) -> None:
    used_up = {"RateLimit-Remaining": "0", "RateLimit-Reset": "86400"}
    answering(httpx.Response(200, headers=used_up), httpx.Response(200))
    client = make_client(baseUrl=BASE)
    await client.send(Request("GET", URL))
    assert client.held_for == 900


@respx.mock
async def test_a_retry_is_logged_with_its_reason_and_no_secret(
    make_client: MakeClient, log: list[str]
) -> None:
    answering(throttled(503, Retry_After="7"), httpx.ReadTimeout(""), httpx.Response(200))
    client = make_client(baseUrl=BASE, authType="bearer_token", apiToken=TOKEN)
    await client.send(Request("GET", URL, params=(("note", TOKEN), ("api_key", "k1"))))
    first, second = (line for line in log if "attempt" in line)
    shown = "GET https://api.example.com/users?note=[hidden]&api_key=[hidden]"
    assert f"{shown}: status 503; attempt 1 of 3, the next in 7.0 s" in first
    assert f"{shown}: ReadTimeout; attempt 2 of 3" in second
