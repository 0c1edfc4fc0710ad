"""Prefect's server, from PyPI: what it has is asked for by POST, and the body says which page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.real.conftest import RECORDS, REMOVED, User
from tests.support.real_server import RealServer, running

pytestmark = pytest.mark.real

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "INFO",
}
"""It tells nobody that it runs, and tells every request in its log."""

AHEAD = 9
"""By default ten requests may be in flight: one for the last page, and others beside it."""


@pytest.fixture
def prefect(program: Callable[[str, str], list[str]], tmp_path: Path) -> Iterator[RealServer]:
    """A server without flows."""
    command = [*program("prefect-3.9.1", "prefect"), "server", "start", "--no-services"]
    with running(
        lambda port: [*command, "--host", "127.0.0.1", "--port", str(port)],
        tmp_path,
        {**QUIET, "PREFECT_HOME": str(tmp_path)},
        ready="/api/health",
    ) as server:
        yield server


def put_in(server: RealServer, tag: str) -> list[str]:
    """Adds flows that have ``tag``, and one that has not; returns the ids of those with it."""
    with httpx.Client(base_url=f"{server.url}/api") as client:
        client.post("/flows/", json={"name": f"not-{tag}"}).raise_for_status()
        flows = [{"name": f"{tag}-{number}", "tags": [tag]} for number in range(RECORDS)]
        made = [client.post("/flows/", json=flow).raise_for_status() for flow in flows]
    return [one.json()["id"] for one in made]


def remove(server: RealServer, flows: list[str]) -> set[str]:
    """Removes some flows; returns their ids."""
    gone = set(flows[:: RECORDS // REMOVED])
    with httpx.Client(base_url=f"{server.url}/api") as client:
        for one in gone:
            client.delete(f"/flows/{one}").raise_for_status()
    return gone


async def test_a_filter_and_a_page_in_the_body(user: User, prefect: RealServer) -> None:
    """One test, as the server takes its time to start."""
    told = user.refused(f"{prefect.url}/api/flows/filter")
    assert "answered 405 Method Not Allowed" in told
    assert "Check the selector's method" in told
    by_offset = {"type": "offset", "pagination_param": "offset"}
    # Nothing tells where the end is: what is asked for beside the last page may be beyond it.
    await imports_all(user, prefect, "filter", ".", by_offset, beyond=AHEAD)
    by_page = {"type": "page", "pagination_param": "page", "total_path": "count"}
    await imports_all(user, prefect, "paginate", ".results", by_page, beyond=0)


async def imports_all(
    user: User,
    prefect: RealServer,
    path: str,
    data_path: str,
    pagination: dict[str, str],
    beyond: int,
) -> None:
    """Everything is imported; then some is removed, and goes. At most ``beyond`` pages are asked
    for that are not there."""
    flows = put_in(prefect, path)
    user.write(
        {"base_url": f"{prefect.url}/api"},
        path,
        f"/flows/{path}",
        ".id",
        data_path=data_path,
        method="POST",
        body={"sort": "NAME_ASC", "flows": {"tags": {"all_": [path]}}},
        pagination={**pagination, "size_param": "limit", "page_size": 100, "location": "body"},
    )
    assert user.preview("--pages", "2")["entities"]["count"] == 200
    prefect.requests()
    await user.resync(path, flows)
    asked = prefect.requests()
    assert set(asked) == {f"POST /api/flows/{path}"}
    assert 4 <= len(asked) <= 4 + beyond
    gone = remove(prefect, flows)
    assert len(gone) == REMOVED
    prefect.requests()
    await user.resync(path, set(flows) - gone)
    assert 3 <= len(prefect.requests()) <= 3 + beyond
