"""``verifySsl`` against a server with a certificate of its own making."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from client import Request
from errors import RequestError
from sandbox.sample_api import SampleApi
from sandbox.serving import serve
from tests.client.conftest import MakeClient


@pytest.fixture
def tls_url(api: SampleApi, tmp_path: Path) -> Iterator[str]:
    certificate = trustme.CA().issue_cert("127.0.0.1")
    certfile, keyfile = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.private_key_pem.write_to_path(str(keyfile))
    for pem in certificate.cert_chain_pems:
        pem.write_to_path(str(certfile), append=True)
    with serve(api.app, certfile=str(certfile), keyfile=str(keyfile)) as url:
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
