"""Which answers go to a file, and what a file costs when it is not wanted."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator

import httpx
import pytest
import respx
from port_ocean.helpers.monitor.monitor import get_monitor

from client import Request, http_client
from client.body import Body
from errors import ResponseError
from tests.client.conftest import MakeClient

BASE = "https://api.example.com"
URL = f"{BASE}/users"
LARGE = b"x" * 2000


@pytest.fixture(autouse=True)
def _large_is_more_than_a_thousand_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "LARGE_BYTES", 1000)


@pytest.mark.parametrize(
    ("to_file", "size", "filed"), [(True, 1001, True), (True, 1000, False), (False, 1001, False)]
)
@respx.mock
async def test_a_large_answer_goes_to_a_file_where_it_may(
    make_client: MakeClient, to_file: bool, size: int, filed: bool
) -> None:
    respx.get(URL).mock(httpx.Response(200, content=LARGE[:size]))
    response = await make_client(baseUrl=BASE).send(Request("GET", URL, to_file=to_file))
    assert response.content == LARGE[:size]
    assert (response.file is not None) is filed
    if response.file is not None:
        with response.file as file:
            file.seek(0)
            assert file.read() == LARGE[:size]


@respx.mock
async def test_only_the_answer_itself_goes_to_a_file(make_client: MakeClient) -> None:
    respx.get(URL).mock(httpx.Response(404, content=LARGE))
    request = Request("GET", URL, to_file=True, accepted=frozenset({404}))
    response = await make_client(baseUrl=BASE).send(request)
    assert (response.content, response.file) == (LARGE, None)


@respx.mock
async def test_a_file_of_an_answer_that_fails_is_closed(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Body] = []

    def body(large_bytes: int | None) -> Body:
        made.append(Body(large_bytes))
        return made[-1]

    monkeypatch.setattr(http_client, "Body", body)

    async def pieces() -> AsyncIterator[bytes]:
        yield LARGE[:1010]
        yield LARGE[1010:]

    respx.get(URL).mock(httpx.Response(200, content=pieces()))
    with pytest.raises(ResponseError, match="larger"):
        await make_client(baseUrl=BASE, maxResponseBytes="1024").send(
            Request("GET", URL, to_file=True)
        )
    file = made[0].taken()[1]
    assert file is not None
    assert file.closed


@respx.mock
async def test_ocean_is_told_how_large_a_kind_s_answers_are_once_they_are_unpacked(
    make_client: MakeClient,
) -> None:
    packed = gzip.compress(LARGE)
    respx.get(URL).mock(
        httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=packed),
    )
    client = make_client(baseUrl=BASE)
    monitor = get_monitor()
    await client.send(Request("GET", URL))
    monitor.start_kind_tracking("/users-0")
    try:
        await client.send(Request("GET", URL))
    finally:
        monitor.stop_kind_tracking("/users-0")
    assert monitor._kind_tracking["/users-0"]["response_sizes"] == [len(LARGE)]
