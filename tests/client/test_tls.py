"""``verifySsl`` against a server with a certificate of its own making."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import pytest
import trustme

from auth.exchange import AuthenticationError
from client import Request
from client.failures import tls_cure
from errors import RequestError
from sandbox.sample_api import SampleApi
from tests.client.conftest import MakeClient
from tests.support.canned import CannedApi
from tests.support.self_signed import serve_self_signed


@pytest.fixture
def tls_url(api: SampleApi) -> Iterator[str]:
    with serve_self_signed(api.app) as url:
        yield url


async def test_an_unknown_certificate_is_refused_at_once(
    make_client: MakeClient, api: SampleApi, tls_url: str
) -> None:
    client = make_client(baseUrl=tls_url)
    with pytest.raises(RequestError, match="verifySsl") as caught:
        await client.send(Request("GET", f"{tls_url}/none/none/teams"))
    assert "attempts" not in str(caught.value)
    assert api.requests() == []


async def test_verify_ssl_false_accepts_it_with_one_warning(
    make_client: MakeClient, tls_url: str, log: list[str]
) -> None:
    client = make_client(baseUrl=tls_url, verifySsl="false")
    for _ in range(2):
        response = await client.send(Request("GET", f"{tls_url}/none/none/teams"))
        assert response.status == 200
    assert len([line for line in log if "verifySsl is false" in line]) == 1


@pytest.mark.parametrize("auth", ["custom", "oauth2_client_credentials"])
async def test_verify_ssl_false_does_not_reach_a_login_on_another_origin(
    make_client: MakeClient, api: SampleApi, tls_url: str, auth: str
) -> None:
    logins = CannedApi()
    with serve_self_signed(logins) as login_url:
        client = make_client(
            baseUrl=tls_url,
            verifySsl="false",
            authType=auth,
            tokenUrl=f"{login_url}/login",
            clientId="me",
            clientSecret="s3cret-value",
            customAuthRequest=json.dumps({"endpoint": f"{login_url}/login"}),
            customAuthRequestTemplate='{"headers": {"X-A": "{{.a}}"}}',
        )
        with pytest.raises(AuthenticationError, match="verifySsl is about the API alone"):
            await client.send(Request("GET", f"{tls_url}/none/none/teams"))
    assert logins.asked == []
    assert api.requests() == []


async def test_verify_ssl_false_reaches_a_login_of_the_api_itself(
    make_client: MakeClient, log: list[str]
) -> None:
    canned = CannedApi()
    canned.json("/login", '{"a": "token-1"}')
    canned.json("/teams", "[]")
    with serve_self_signed(canned) as url:
        client = make_client(
            baseUrl=url,
            verifySsl="false",
            authType="custom",
            customAuthRequest='{"endpoint": "/login"}',
            customAuthRequestTemplate='{"headers": {"X-A": "{{.a}}"}}',
        )
        assert (await client.send(Request("GET", f"{url}/teams"))).status == 200
    assert canned.asked == ["/login", "/teams"]
    assert len([line for line in log if "verifySsl is false" in line]) == 1


@pytest.fixture
async def old_tls() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that speaks TLS 1.1 at most, and what it was sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    _allow_old(context)
    received: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.read(1000))
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", received


def _allow_old(context: ssl.SSLContext) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")


async def test_nothing_is_sent_below_tls_1_2(
    make_client: MakeClient, old_tls: tuple[str, list[bytes]]
) -> None:
    url, received = old_tls
    client = make_client(baseUrl=url, verifySsl="false")
    with pytest.raises(RequestError, match="no connection"):
        await client.send(Request("GET", f"{url}/users"))
    assert received == []
    # The server itself is well: it serves a client that takes what there is.
    anything = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anything.check_hostname = False
    anything.verify_mode = ssl.CERT_NONE
    _allow_old(anything)
    port = int(url.rpartition(":")[2])
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=anything)
    writer.write(b"hello")
    async with asyncio.timeout(5):
        while not received:
            await asyncio.sleep(0.01)
    writer.close()


@pytest.fixture
def asking_tls() -> Iterator[str]:
    """A server that speaks TLS 1.2 and asks for a certificate of the client."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    peer, _ = listening.accept()
                    with suppress(ssl.SSLError), context.wrap_socket(peer, server_side=True):
                        pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


async def test_a_server_that_asks_for_a_certificate_speaks_tls(
    make_client: MakeClient, asking_tls: str
) -> None:
    """Who is told to try http:// sends credentials in the clear."""
    client = make_client(baseUrl=asking_tls, verifySsl="false")
    with pytest.raises(RequestError, match="no client certificate asked for") as caught:
        await client.send(Request("GET", f"{asking_tls}/users"))
    assert "http://" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "cure"),
    [
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "verifySsl"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "begin with http://"),
        ("[SSL] record layer failure (_ssl.c:1006)", "begin with http://"),
        ("[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version", "TLS 1.2 or newer"),
        ("[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] alert", "no client certificate"),
        ("GET https://h/CERTIFICATES answered 500", None),
    ],
)
def test_what_to_look_at_where_tls_fails(error: str, cure: str | None) -> None:
    found = tls_cure(error)
    assert found is None if cure is None else cure in (found or "")
