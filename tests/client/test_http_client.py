"""The client against a real server that behaves, is slow, fails or answers nonsense."""

from __future__ import annotations

import asyncio
import time

import pytest
from port_ocean.ocean import Ocean

from client import Request
from errors import RequestError, ResponseError
from sandbox.sample_api import SampleApi
from tests.client.conftest import MakeClient


@pytest.fixture
def url(api: SampleApi, api_url: str) -> str:
    return f"{api_url}/none/offset/teams"


async def test_never_more_requests_in_flight_than_permitted(
    make_client: MakeClient, api: SampleApi, api_url: str, url: str
) -> None:
    client = make_client(baseUrl=api_url, maxConcurrentRequests="3")
    api.behave(latency_ms=30)
    await asyncio.gather(*(client.send(Request("GET", url)) for _ in range(9)))
    assert api.max_in_flight() == 3


@pytest.mark.parametrize(
    ("fault", "status"),
    [("408", 408), ("425", 425), ("500", 500), ("502", 502), ("503", 503), ("504", 504)],
)
async def test_passing_failures_are_retried(
    make_client: MakeClient, api: SampleApi, api_url: str, url: str, fault: str, status: int
) -> None:
    api.behave(fault=fault, fault_at=1, fault_times=2)
    response = await make_client(baseUrl=api_url).send(Request("GET", url))
    assert response.status == 200
    assert [seen.status for seen in api.requests()] == [status, status, 200]


@pytest.mark.parametrize("fault", ["reset", "reset_body"])
async def test_broken_connections_are_retried(
    make_client: MakeClient, api: SampleApi, api_url: str, url: str, fault: str
) -> None:
    api.behave(fault=fault, fault_at=1, fault_times=1)
    response = await make_client(baseUrl=api_url).send(Request("GET", url))
    assert response.status == 200
    assert len(api.requests()) == 2


async def test_a_post_that_reads_is_retried_with_its_body(
    make_client: MakeClient, api: SampleApi, api_url: str, url: str
) -> None:
    api.behave(fault="503", fault_at=1)
    request = Request("POST", f"{url}/search", json={})
    response = await make_client(baseUrl=api_url).send(request)
    assert response.status == 200
    assert [seen.body for seen in api.requests()] == [b"{}", b"{}"]


@pytest.mark.parametrize("fault", ["400", "401", "403", "404", "410", "422", "501"])
async def test_lasting_failures_are_not_retried(
    make_client: MakeClient, api: SampleApi, api_url: str, url: str, fault: str
) -> None:
    api.behave(fault=fault, fault_times=0)
    with pytest.raises(RequestError) as caught:
        await make_client(baseUrl=api_url).send(Request("GET", url))
    assert caught.value.status == int(fault)
    assert f"GET {url}" in str(caught.value)
    assert len(api.requests()) == 1


async def test_retries_end_and_say_how_often_it_was_tried(
    make_client: MakeClient, api: SampleApi, api_url: str, url: str
) -> None:
    api.behave(fault="429", fault_times=0)
    with pytest.raises(RequestError, match=r"429 Too Many Requests after 3 attempts.*maxConc"):
        await make_client(baseUrl=api_url).send(Request("GET", url))


async def test_a_429_holds_back_every_request(
    make_client: MakeClient, api: SampleApi, api_url: str, url: str
) -> None:
    client = make_client(baseUrl=api_url)
    api.behave(fault="429", fault_at=1, fault_times=1, retry_after="1")
    first = asyncio.create_task(client.send(Request("GET", url)))
    while not any(seen.status == 429 for seen in api.requests()):
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.02)
    asked = time.monotonic()
    await client.send(Request("GET", f"{api_url}/none/offset/services"))
    assert time.monotonic() - asked > 0.8
    await first


async def test_the_timeout_is_the_one_that_was_set(
    make_client: MakeClient, api: SampleApi, api_url: str, url: str
) -> None:
    api.behave(fault="stall", fault_times=0)
    client = make_client(baseUrl=api_url, timeout="0.2")
    began = time.monotonic()
    with pytest.raises(RequestError, match=r"no answer in time.*Raise timeout"):
        await client.send(Request("GET", url))
    assert 0.55 < time.monotonic() - began < 5
    assert len(api.requests()) == 3


async def test_a_stall_in_the_body_times_out(
    make_client: MakeClient, api: SampleApi, api_url: str, url: str
) -> None:
    api.behave(fault="stall_body", fault_times=1)
    response = await make_client(baseUrl=api_url, timeout="0.2").send(Request("GET", url))
    assert response.status == 200


async def test_an_answer_over_the_limit_stops_while_it_arrives(
    make_client: MakeClient, api: SampleApi, api_url: str, url: str
) -> None:
    api.behave(fault="big", big_bytes=200_000_000, fault_times=0)
    client = make_client(baseUrl=api_url, maxResponseBytes="1000000")
    with pytest.raises(
        ResponseError, match=r"larger than 1,000,000 bytes\. Raise maxResponseBytes"
    ):
        await client.send(Request("GET", url))
    assert len(api.requests()) == 1


async def test_redirects_on_the_same_origin_are_followed(
    make_client: MakeClient, api: SampleApi, api_url: str, url: str
) -> None:
    api.behave(fault="redirect", fault_at=1)
    response = await make_client(baseUrl=api_url).send(Request("GET", url))
    assert response.status == 200


async def test_a_redirect_loop_ends(
    make_client: MakeClient, api: SampleApi, api_url: str, url: str
) -> None:
    api.behave(fault="redirect_loop", fault_times=0)
    with pytest.raises(RequestError, match="redirected more than 10 times"):
        await make_client(baseUrl=api_url).send(Request("GET", url))


async def test_no_connection_names_the_base_url(make_client: MakeClient) -> None:
    client = make_client(baseUrl="http://127.0.0.1:1")
    with pytest.raises(RequestError, match=r"no connection.*Check baseUrl"):
        await client.send(Request("GET", "http://127.0.0.1:1/teams"))


async def test_one_permit_is_enough_for_retries(
    make_client: MakeClient, api: SampleApi, api_url: str, url: str
) -> None:
    client = make_client(baseUrl=api_url, maxConcurrentRequests="1")
    api.behave(fault="503", fault_at=1, fault_times=2)
    sent = [client.send(Request("GET", url)) for _ in range(4)]
    responses = await asyncio.wait_for(asyncio.gather(*sent), 10)
    assert [response.status for response in responses] == [200] * 4


async def test_a_redirected_post_keeps_its_body_or_raises(
    make_client: MakeClient, api: SampleApi, api_url: str, url: str
) -> None:
    api.behave(fault="redirect", fault_at=1)
    with pytest.raises(RequestError, match="would lose the POST"):
        await make_client(baseUrl=api_url).send(Request("POST", f"{url}/search", json={}))


async def test_a_hosted_installation_does_not_reach_into_private_networks(
    make_client: MakeClient, ocean_app: Ocean, api: SampleApi, api_url: str, url: str
) -> None:
    ocean_app.config.disable_ip_outbound_blocker = False
    client = make_client(baseUrl=api_url)
    with pytest.raises(RequestError, match="needs a self-hosted installation"):
        await client.send(Request("GET", url))
    assert api.requests() == []


async def test_a_name_that_does_not_resolve_names_the_base_url(
    make_client: MakeClient, ocean_app: Ocean
) -> None:
    for blocked in (True, False):
        ocean_app.config.disable_ip_outbound_blocker = blocked
        client = make_client(baseUrl="http://no-such-host.invalid")
        with pytest.raises(RequestError, match="Check baseUrl"):
            await client.send(Request("GET", "http://no-such-host.invalid/x"))


@pytest.mark.parametrize(
    ("headers", "accept"),
    [((), "application/json, */*;q=0.5"), ((("accept", "text/csv"),), "text/csv")],
)
async def test_json_is_asked_for_unless_the_resource_asks_for_something_else(
    make_client: MakeClient,
    api: SampleApi,
    api_url: str,
    url: str,
    headers: tuple[tuple[str, str], ...],
    accept: str,
) -> None:
    await make_client(baseUrl=api_url).send(Request("GET", url, headers=headers))
    assert api.requests()[0].headers["accept"] == accept
