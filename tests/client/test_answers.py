"""Which answers are answers, how large they may be, and where redirects may lead."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest
import respx

from client import Request
from errors import RequestError, ResponseError
from tests.client.conftest import MakeClient

BASE = "https://api.example.com"
URL = f"{BASE}/users"


async def failure(make_client: MakeClient, request: Request) -> RequestError:
    with pytest.raises(RequestError) as caught:
        await make_client(baseUrl=BASE).send(request)
    return caught.value


@pytest.mark.parametrize("status", [200, 201, 204, 299])
@respx.mock
async def test_a_2xx_is_an_answer(make_client: MakeClient, status: int) -> None:
    respx.get(URL).mock(httpx.Response(status, headers={"X-A": "b"}, content=b"[1]"))
    response = await make_client(baseUrl=BASE).send(Request("GET", URL))
    assert (response.status, response.content, response.url) == (status, b"[1]", URL)
    assert response.headers["x-a"] == "b"
    assert response.file is None


@pytest.mark.parametrize("status", [202, 206, 300, 304, 305])
@respx.mock
async def test_what_is_not_whole_yet_or_nothing_new_is_no_answer(
    make_client: MakeClient, status: int
) -> None:
    respx.get(URL).mock(httpx.Response(status))
    error = await failure(make_client, Request("GET", f"{URL}?api_key=k1"))
    assert str(error).startswith(f"GET {URL}?api_key=[hidden] answered {status} ")
    assert "Only a whole answer can be used" in str(error)
    assert (error.method, error.url, error.status) == ("GET", f"{URL}?api_key=[hidden]", status)


@pytest.mark.parametrize("status", [202, 206])
@respx.mock
async def test_what_is_not_whole_yet_is_asked_for_again(
    make_client: MakeClient, status: int
) -> None:
    later = httpx.Response(200, content=b"[1, 2]")
    respx.get(URL).mock(side_effect=[httpx.Response(status, content=b"[1]"), later])
    response = await make_client(baseUrl=BASE).send(Request("GET", URL))
    assert (response.status, response.content) == (200, b"[1, 2]")


@respx.mock
async def test_an_accepted_status_is_an_answer_and_no_other(make_client: MakeClient) -> None:
    respx.get(URL).mock(httpx.Response(404, content=b"gone"))
    client = make_client(baseUrl=BASE)
    response = await client.send(Request("GET", URL, accepted=frozenset({404, 410})))
    assert (response.status, response.content) == (404, b"gone")
    with pytest.raises(RequestError):
        await client.send(Request("GET", URL, accepted=frozenset({410})))


@respx.mock
async def test_the_size_limit_is_met_to_the_byte(make_client: MakeClient) -> None:
    client = make_client(baseUrl=BASE, maxResponseBytes="1024")
    respx.get(URL).mock(httpx.Response(200, content=b"x" * 1024))
    assert len((await client.send(Request("GET", URL))).content) == 1024
    respx.get(URL).mock(httpx.Response(200, content=b"x" * 1025))
    with pytest.raises(ResponseError) as caught:
        await client.send(Request("GET", f"{URL}?api_key=k1"))
    assert str(caught.value).startswith(
        f"GET {URL}?api_key=[hidden]: the answer is larger than 1,024 bytes. Raise maxResponseBytes"
    )


@respx.mock
async def test_an_answer_over_the_limit_is_read_no_further(make_client: MakeClient) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while read < 1_000_000:
            read += 1000
            yield b"x" * 1000

    respx.get(URL).mock(httpx.Response(200, content=endless()))
    with pytest.raises(ResponseError, match="larger than 4,096 bytes"):
        await make_client(baseUrl=BASE, maxResponseBytes="4096").send(Request("GET", URL))
    assert read <= 6000


@pytest.mark.parametrize(
    ("url", "params", "sent"),
    [
        (f"{URL}?q=a%2Fb+c", (), f"{URL}?q=a%2Fb+c"),
        (f"{URL}?q=1", (("tag", "a"), ("tag", "b")), f"{URL}?q=1&tag=a&tag=b"),
    ],
)
@respx.mock
async def test_parameters_join_the_query_that_is_there(
    make_client: MakeClient, url: str, params: tuple[tuple[str, str], ...], sent: str
) -> None:
    route = respx.get(url__startswith=URL).mock(httpx.Response(200))
    await make_client(baseUrl=BASE).send(Request("GET", url, params=params))
    assert str(route.calls[0].request.url) == sent


@pytest.mark.parametrize("body", ["{}", "[]", "false", "0", '{"q":"ä"}'])
@respx.mock
async def test_a_json_body_of_any_shape_is_sent(make_client: MakeClient, body: str) -> None:
    route = respx.post(URL).mock(httpx.Response(200))
    await make_client(baseUrl=BASE).send(Request("POST", URL, json=json.loads(body)))
    sent = route.calls[0].request
    assert sent.content.decode() == body
    assert sent.headers["content-type"] == "application/json"


@respx.mock
async def test_a_body_that_is_written_already_is_sent_as_it_is(make_client: MakeClient) -> None:
    route = respx.post(URL).mock(httpx.Response(200))
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    await make_client(baseUrl=BASE).send(Request("POST", URL, headers=form, content=b"a=b+c"))
    sent = route.calls[0].request
    assert (sent.content, sent.headers["content-type"]) == (b"a=b+c", form[0][1])


@respx.mock
async def test_a_request_without_a_body_has_none(make_client: MakeClient) -> None:
    route = respx.post(URL).mock(httpx.Response(200))
    await make_client(baseUrl=BASE).send(Request("POST", URL))
    assert route.calls[0].request.content == b""
    assert "content-type" not in route.calls[0].request.headers


def chain(length: int) -> None:
    """``/0`` to ``/<length>``, each redirected to the next and the last answering."""
    for number in range(length):
        respx.get(f"{BASE}/{number}").mock(
            httpx.Response(302, headers={"Location": f"{number + 1}?at={number + 1}"})
        )
    respx.get(f"{BASE}/{length}").mock(httpx.Response(200))


@respx.mock
async def test_ten_redirects_are_followed_and_eleven_are_too_many(make_client: MakeClient) -> None:
    chain(10)
    response = await make_client(baseUrl=BASE).send(Request("GET", f"{BASE}/0"))
    assert response.url == f"{BASE}/10?at=10"
    chain(11)
    error = await failure(make_client, Request("GET", f"{BASE}/0"))
    assert "redirected more than 10 times" in str(error)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@respx.mock
async def test_a_read_follows_every_redirect(make_client: MakeClient, status: int) -> None:
    respx.get(URL).mock(httpx.Response(status, headers={"Location": "/people"}))
    respx.get(f"{BASE}/people").mock(httpx.Response(200, content=b"[]"))
    response = await make_client(baseUrl=BASE).send(Request("GET", URL))
    assert (response.url, response.content) == (f"{BASE}/people", b"[]")


@pytest.mark.parametrize("status", [307, 308])
@respx.mock
async def test_a_post_is_followed_with_its_body(make_client: MakeClient, status: int) -> None:
    respx.post(URL).mock(httpx.Response(status, headers={"Location": "/people"}))
    route = respx.post(f"{BASE}/people").mock(httpx.Response(200))
    await make_client(baseUrl=BASE).send(Request("POST", URL, json={"q": 1}))
    assert route.calls[0].request.content == b'{"q":1}'


@pytest.mark.parametrize("status", [301, 302, 303])
@pytest.mark.parametrize("method", ["POST", "PUT"])
@respx.mock
async def test_a_body_is_never_lost_by_a_redirect(
    make_client: MakeClient, method: str, status: int
) -> None:
    respx.request(method, URL).mock(httpx.Response(status, headers={"Location": "/people"}))
    error = await failure(make_client, Request(method, URL, json={}))
    assert f"was redirected ({status}), which would lose the {method}" in str(error)


@pytest.mark.parametrize(
    ("location", "told"),
    [
        (None, "(302) without a Location"),
        ("", "(302) without a Location"),
        ("https://api.example.com:port/", "to something that is no URL"),
        ("//evil.example/x?token=t0p", "is redirected to https://evil.example/x?token=[hidden]"),
        ("https://evil.example/", "it leads to https://evil.example, and requests stay on"),
        ("https://u:p@api.example.com/", "it carries a user name or password"),
    ],
)
@respx.mock
async def test_a_redirect_that_leads_nowhere_or_away_is_told(
    make_client: MakeClient, location: str | None, told: str
) -> None:
    headers = {} if location is None else {"Location": location}
    respx.get(URL).mock(httpx.Response(302, headers=headers))
    error = await failure(make_client, Request("GET", URL))
    assert told in str(error)
    assert str(error).startswith(f"GET {URL} ")
    assert len(respx.calls) == 1


@respx.mock
async def test_a_url_of_another_origin_is_not_asked(make_client: MakeClient) -> None:
    error = await failure(make_client, Request("GET", "https://evil.example/x?token=t0p"))
    assert "cannot be sent to https://evil.example/x?token=[hidden]" in str(error)
    assert "https://api.example.com. Nothing was sent there." in str(error)
    assert error.status is None
    assert len(respx.calls) == 0
