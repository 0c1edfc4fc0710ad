"""What an observer is told of each exchange."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from client import Exchange, Request
from errors import RequestError
from resync.clients import Clients
from sandbox.sample_api import SampleApi
from settings import parse_settings
from tests.client.conftest import QUICK

SECRET = "tok-7a6b5c4d3e"


async def exchanged(*requests: Request, **settings: str) -> list[Exchange]:
    """What is told of ``requests``, whether or not they fail."""
    told: list[Exchange] = []
    clients = Clients(parse_settings(settings), QUICK, told.append)
    try:
        for request in requests:
            await clients.api.send(request)
    except RequestError:
        pass
    finally:
        await clients.aclose()
    return told


async def test_an_exchange_is_told_as_it_was_sent(api: SampleApi, api_url: str) -> None:
    url = f"{api_url}/none/none/teams"
    request = Request("GET", url, params=(("sort", "name"),), headers=(("X-View", "full"),))
    (told,) = await exchanged(request, baseUrl=api_url)
    (seen,) = api.requests()
    assert (told.method, told.url, told.status) == ("GET", f"{url}?sort=name", 200)
    assert ("x-view", "full") in told.headers
    assert {name for name, _ in told.headers} == set(seen.headers)
    assert told.size > 100 and told.seconds > 0
    assert told.error is None and told.body == "" and not told.credentials


async def test_every_attempt_is_told(api: SampleApi, api_url: str) -> None:
    api.behave(fault="500", fault_at=1, fault_times=1)
    told = await exchanged(Request("GET", f"{api_url}/none/none/teams"), baseUrl=api_url)
    assert [one.status for one in told] == [500, 200]


async def test_waiting_for_a_turn_is_no_part_of_an_exchange(api: SampleApi, api_url: str) -> None:
    requests = [Request("GET", f"{api_url}/none/none/teams")] * 3
    told = await exchanged(*requests, baseUrl=api_url, maxRequestsPerSecond="1")
    assert all(one.seconds < 0.7 for one in told)


async def test_an_attempt_without_an_answer_tells_why() -> None:
    url = "http://127.0.0.1:9"
    told = await exchanged(Request("GET", f"{url}/teams"), baseUrl=url)
    assert len(told) == QUICK.attempts
    assert {one.status for one in told} == {None}
    assert all(one.error and one.size == 0 for one in told)


@pytest.mark.parametrize(
    "settings",
    [
        {"authType": "bearer_token", "apiToken": SECRET},
        {"authType": "basic", "username": "someone", "password": SECRET},
        {"authType": "api_key", "apiKey": SECRET},
        {"authType": "api_key", "apiKey": SECRET, "apiKeyHeader": "X-Plain"},
        {"authType": "api_key", "apiKey": SECRET, "apiKeyQueryParam": "who"},
        {"authType": "api_key", "apiKey": "ab", "apiKeyHeader": "X-Plain"},
        {"authType": "api_key", "apiKey": "ab", "apiKeyQueryParam": "who"},
        {"authType": "none", "customHeaders": json.dumps({"X-Plain": SECRET})},
        {"authType": "none", "customHeaders": json.dumps({"Accept": "ab"})},
    ],
)
async def test_credentials_are_masked(
    api: SampleApi, api_url: str, settings: dict[str, str]
) -> None:
    told = await exchanged(
        Request(
            "POST",
            f"{api_url}/none/none/teams",
            headers=(("Cookie", "sid=1234"), ("X-Echo", f"see {SECRET}")),
            json={"echo": SECRET, "password": "pw-other"},
        ),
        baseUrl=api_url,
        **settings,
    )
    shown = str(told)
    sent = str([(seen.headers, seen.query) for seen in api.requests()])
    secret = next(value for value in (SECRET, "ab") if value in str(settings.values()))
    pair = base64.b64encode(f"someone:{SECRET}".encode()).decode()
    assert secret in sent or pair in sent
    for value in (secret, pair, "sid=1234", "pw-other"):
        assert f"'{value}'" not in shown and f"={value}" not in shown
    assert SECRET not in shown or secret == "ab"
    assert "[hidden]" in shown


async def test_what_fetches_credentials_is_told_without_them(
    api: SampleApi, api_url: str, ocean_app: Any
) -> None:
    await ocean_app.integration.initialize_handlers()
    request = {
        "endpoint": "/oauth/token",
        "bodyForm": "grant_type=client_credentials&client_id=demo-client"
        "&client_secret=demo-client-secret&pin=quokka1",
        "queryParams": {"pin": "quokka2"},
        "headers": {"X-Pin": "quokka3"},
    }
    template = {"headers": {"X-Given": "{{.access_token}}"}, "queryParams": {"q": "quokka4"}}
    told = await exchanged(
        Request("GET", f"{api_url}/none/none/teams"),
        baseUrl=api_url,
        authType="custom",
        customAuthRequest=json.dumps(request),
        customAuthRequestTemplate=json.dumps(template),
    )
    assert told[0].credentials
    assert [one.status for one in told] == [200, 200]
    assert told[0].url == f"{api_url}/oauth/token?..."
    assert [pin for pin in ("quokka1", "quokka2", "quokka3", "quokka4") if pin in str(told)] == []
