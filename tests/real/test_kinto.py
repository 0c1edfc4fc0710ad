"""Kinto, from PyPI: its link is in a header of its own, and the last record of a page leads on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.real.conftest import RECORDS, REMOVED, User, pages
from tests.support.real_server import RealServer, running

pytestmark = pytest.mark.real

NAME, PASSWORD = "reader", "kinto-s3cret-77"
RECORDS_PATH = "/v1/buckets/catalog/collections/teams/records"
BATCH = 25
CONFIGURATION = """
[app:main]
use = egg:kinto
kinto.includes = kinto.plugins.accounts
kinto.storage_backend = kinto.core.storage.memory
kinto.permission_backend = kinto.core.permission.memory
kinto.cache_backend = kinto.core.cache.memory
kinto.paginate_by = 100
kinto.userid_hmac_secret = sandbox
kinto.account_create_principals = system.Everyone
multiauth.policies = account
multiauth.policy.account.use = kinto.plugins.accounts.authentication.AccountsAuthenticationPolicy

[server:main]
use = egg:waitress
host = 127.0.0.1
port = %(http_port)s

[loggers]
keys = root, requests

[handlers]
keys = console

[formatters]
keys = requests

[logger_root]
handlers =

[logger_requests]
level = INFO
handlers = console
qualname = request.summary

[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = requests

[formatter_requests]
format = %(method)s %(path)s?%(querystring)s
"""


@pytest.fixture
def kinto(
    program: Callable[[str, str], list[str]], tmp_path: Path
) -> Iterator[tuple[RealServer, httpx.Client]]:
    """Kinto with teams, put in by its own API, and a client of whoever owns them."""
    configuration = tmp_path / "kinto.ini"
    configuration.write_text(CONFIGURATION)
    command = [*program("kinto-26.5.0", "kinto"), "start", "--ini", str(configuration)]
    with (
        running(lambda port: [*command, "--port", str(port)], tmp_path, ready="/v1/") as server,
        httpx.Client(base_url=server.url, auth=(NAME, PASSWORD)) as client,
    ):
        account = {"data": {"password": PASSWORD}}
        client.put(f"/v1/accounts/{NAME}", json=account).raise_for_status()
        client.put("/v1/buckets/catalog").raise_for_status()
        client.put("/v1/buckets/catalog/collections/teams").raise_for_status()
        for start in range(0, RECORDS, BATCH):
            numbers = range(start, min(start + BATCH, RECORDS))
            made = [
                {"path": f"{RECORDS_PATH}/t{one}", "body": {"data": {"name": f"Team {one}"}}}
                for one in numbers
            ]
            batch = {"defaults": {"method": "PUT"}, "requests": made}
            client.post("/v1/batch", json=batch).raise_for_status()
        yield server, client


def remove(client: httpx.Client) -> set[str]:
    """Removes some records; returns their ids."""
    gone = {f"t{number}" for number in range(0, RECORDS, RECORDS // REMOVED)}
    for one in gone:
        client.delete(f"{RECORDS_PATH}/{one}").raise_for_status()
    return gone


async def test_the_link_in_a_header_of_its_own_is_found_and_followed(
    user: User, kinto: tuple[RealServer, httpx.Client]
) -> None:
    server, client = kinto
    user.secrets = {"password": PASSWORD}
    url = f"{server.url}{RECORDS_PATH}"
    endpoint = user.detect(url, "--basic", NAME)
    found = {"pagination_type": "next_link", "next_link_path": "Next-Page"}
    assert found.items() <= endpoint["pagination"].items()
    assert (endpoint["dataPath"], endpoint["complete"]) == (".data", True)
    everything = {f"t{number}" for number in range(RECORDS)}
    server.requests()
    await user.resync("record", everything)
    assert len(pages(server.requests())) == 4
    gone = remove(client)
    await user.resync("record", everything - gone)


@pytest.mark.parametrize(
    ("cursor_path", "requests"), [("data.99.id", (4, 4)), ("data.-1.id", (5, 4))]
)
async def test_the_last_record_of_a_page_leads_to_the_next(
    user: User, kinto: tuple[RealServer, httpx.Client], cursor_path: str, requests: tuple[int, int]
) -> None:
    """By id, as whatever filters by time brings removed records back (``deleted: true``)."""
    server, client = kinto
    user.secrets = {"password": PASSWORD}
    settings = {
        "base_url": server.url,
        "auth_type": "basic",
        "username": NAME,
        "pagination_type": "cursor",
        "pagination_param": "gt_id",
        "cursor_path": cursor_path,
        "size_param": "_limit",
        "page_size": "100",
    }
    user.write(settings, "team", f"{RECORDS_PATH}?_sort=id", ".id", data_path=".data")
    shown = user.preview("--pages", "2")
    assert shown["entities"]["count"] == 200
    server.requests()
    everything = {f"t{number}" for number in range(RECORDS)}
    await user.resync("team", everything)
    assert len(pages(server.requests())) == requests[0]
    gone = remove(client)
    assert len(gone) == REMOVED
    server.requests()
    await user.resync("team", everything - gone)
    # Three whole pages: only an empty one tells that there is no fourth.
    assert len(pages(server.requests())) == requests[1]
