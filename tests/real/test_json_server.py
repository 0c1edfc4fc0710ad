"""json-server, from npm: pages, offsets and the ``Link`` header; its next version an envelope."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.real.conftest import RECORDS, REMOVED, User, pages
from tests.support.real_server import RealServer, running

pytestmark = pytest.mark.real

STABLE, NEXT = "json-server-0.17.4", "json-server-1.0.0-beta.3"
FOUND = {
    "?_page=1": {"pagination_type": "header_link", "size_param": "_limit"},
    "?_start=0&_limit=20": {
        "pagination_type": "offset",
        "pagination_param": "_start",
        "size_param": "_limit",
        "total_path": "X-Total-Count",
    },
    "": {"pagination_type": "none"},
}


@pytest.fixture
def serve(
    program: Callable[[str, str], list[str]], tmp_path: Path
) -> Iterator[Callable[[str], RealServer]]:
    """Starts a version of json-server with teams."""
    stack = ExitStack()

    def start(version: str) -> RealServer:
        command = [*program(version, "json-server"), "--host", "127.0.0.1"]
        # Not by its own API: while it reads its file anew, its next version loses what comes.
        records = [{"id": f"t{number}", "name": f"Team {number}"} for number in range(RECORDS)]
        (tmp_path / "db.json").write_text(json.dumps({"teams": records}))
        server = stack.enter_context(
            running(lambda port: [*command, "--port", str(port), "db.json"], tmp_path)
        )
        server.requests()
        return server

    with stack:
        yield start


def teams(server: RealServer) -> list[str]:
    """The ids that the server has, read at once."""
    return [team["id"] for team in httpx.get(f"{server.url}/teams").json()]


def page(server: RealServer, number: int) -> list[dict[str, str]]:
    """A page of a hundred, by the next version."""
    query = {"_page": number, "_per_page": 100}
    found: list[dict[str, str]] = httpx.get(f"{server.url}/teams", params=query).json()["data"]
    return found


def remove(server: RealServer) -> None:
    gone = [f"t{number}" for number in range(0, RECORDS, RECORDS // REMOVED)]
    deadline = time.monotonic() + 20
    with httpx.Client(base_url=server.url) as client:
        # As above: what was removed may be there again.
        while left := set(gone) & set(teams(server)):
            assert time.monotonic() < deadline, left
            for name in left:
                client.delete(f"/teams/{name}")
            time.sleep(0.5)


@pytest.mark.parametrize("query", FOUND)
async def test_each_way_to_read_it(
    user: User, serve: Callable[[str], RealServer], query: str
) -> None:
    server = serve(STABLE)
    endpoint = user.detect(f"{server.url}/teams{query}")
    expected = FOUND[query]
    assert {name: endpoint["pagination"].get(name) for name in expected} == expected
    shown = user.preview()
    assert shown["entities"]["count"] == (RECORDS if query == "" else 100)
    server.requests()
    await user.resync("team", [f"t{number}" for number in range(RECORDS)])
    assert len(pages(server.requests())) == (1 if query == "" else 4)
    remove(server)
    left = teams(server)
    assert len(left) == RECORDS - REMOVED
    server.requests()
    await user.resync("team", left)
    assert len(pages(server.requests())) == (1 if query == "" else 3)


async def test_pages_in_an_envelope_whose_last_comes_again_behind_the_end(
    user: User, serve: Callable[[str], RealServer]
) -> None:
    server = serve(NEXT)
    endpoint = user.detect(f"{server.url}/teams?_page=1")
    assert endpoint["dataPath"] == ".data"
    expected = {"pagination_type": "page", "pagination_param": "_page", "size_param": "_per_page"}
    assert expected.items() <= endpoint["pagination"].items()
    assert len(page(server, 9)) == RECORDS % 100, "so that whoever asks ahead gets it twice"
    shown = user.preview("--pages", "2")
    assert shown["entities"]["count"] == 200
    await user.resync("team", [f"t{number}" for number in range(RECORDS)])
    remove(server)
    left = teams(server)
    assert len(left) == RECORDS - REMOVED
    await user.resync("team", left)
