"""Faults that need a server of their own kind: a token that runs out, TLS, refused connections.

As in the matrix, under every pagination on every page, through real Ocean core.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import pytest
import trustme

from sandbox.fault_server import PAGES, PAGINATIONS, Cell, FaultServer
from sandbox.serving import serve
from tests.support.core import Core
from tests.support.fault_resync import LAST, be_impatient, import_all, run, run_faulty
from tests.support.token_server import TokenServer

POSITIONS = range(1, PAGES + 1)


@pytest.fixture(autouse=True)
def _impatient(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    be_impatient(monkeypatch)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


@pytest.fixture
def tls_server() -> Iterator[FaultServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with FaultServer(context) as running:
        yield running


def cells(fault: str, *, once: bool = False) -> list[Cell]:
    return [Cell(fault, name, page, once) for name in PAGINATIONS for page in POSITIONS]


def identifiers(row: list[Cell]) -> set[str]:
    return {one for cell in row for one in cell.identifiers}


async def test_a_token_that_expires_on_any_page_is_renewed(core: Core, server: FaultServer) -> None:
    row = cells("401", once=True)
    tokens = TokenServer()
    with serve(tokens) as url:
        oauth2 = {"authType": "oauth2_client_credentials", "tokenUrl": f"{url}/token"}
        oauth2 |= {"clientId": "me", "clientSecret": "secret"}
        outcome = await run(core, server, row, **oauth2)
    assert outcome.succeeded, outcome.error
    assert set(core.catalog.identifiers("record")) >= identifiers(row)
    sent = {request.header("authorization") for request in server.received}
    assert f"Bearer secret-token-{tokens.issued}" in sent
    assert 1 < tokens.issued <= len(row) + 1


async def test_one_that_is_refused_for_good_fails_its_kind_alone(
    core: Core, server: FaultServer
) -> None:
    row = cells("401")
    with serve(TokenServer()) as url:
        oauth2 = {"authType": "oauth2_client_credentials", "tokenUrl": f"{url}/token"}
        outcome = await run(core, server, row, **oauth2, clientId="me", clientSecret="secret")
    assert set(core.catalog.identifiers("record")) >= identifiers(row)
    for cell in row:
        assert any(cell.path in one and "answered 401" in one for one in outcome.errors), cell
    assert "secret-token" not in outcome.error


async def test_a_redirect_out_of_tls_is_followed_inside_it(
    core: Core, tls_server: FaultServer
) -> None:
    row = cells("redirect_to_http", once=True)
    outcome = await run(core, tls_server, row, verifySsl="false")
    assert outcome.succeeded, outcome.error
    assert set(core.catalog.identifiers("record")) >= identifiers(row)


@pytest.mark.parametrize("pagination", PAGINATIONS)
async def test_connections_refused_from_any_page_on(
    core: Core, server: FaultServer, pagination: str
) -> None:
    """The server is gone until the next resync, which reads everything."""
    row = [Cell("refused", pagination, page) for page in POSITIONS]
    app = await import_all(core, server, row)
    for cell in row:
        if cell.position == 1:
            server.refuse()
        outcome = await run_faulty(core, app, server, [cell])
        assert any(cell.path in one and "no connection" in one for one in outcome.errors), cell
        assert not outcome.succeeded
        assert set(core.catalog.identifiers("record")) == identifiers(row)
        server.listen()
    server.faulty = False
    outcome = await run_faulty(core, app, server, [*row, LAST], faulty=False)
    assert outcome.succeeded, outcome.error
    assert set(core.catalog.identifiers("record")) == identifiers([*row, LAST])
