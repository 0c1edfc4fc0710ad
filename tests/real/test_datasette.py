"""Datasette, from PyPI: one listing by the ``Link`` header, a URL in the answer, or a token."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.real.conftest import RECORDS, REMOVED, User, pages
from tests.support.real_server import RealServer, running

pytestmark = pytest.mark.real

IDS = [f"t{number}" for number in range(RECORDS)]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The file that Datasette publishes: teams, as they are put in where it only reads."""
    path = tmp_path / "main.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE teams (id TEXT PRIMARY KEY, name TEXT)")
        rows = [(one, f"Team {one}") for one in IDS]
        connection.executemany("INSERT INTO teams VALUES (?, ?)", rows)
    return path


@pytest.fixture
def datasette(
    program: Callable[[str, str], list[str]], database: Path, tmp_path: Path
) -> Iterator[RealServer]:
    """Datasette with ``database``."""
    command = [*program("datasette-0.65.5", "datasette"), "serve", str(database)]
    with running(
        lambda port: [*command, "--host", "127.0.0.1", "--port", str(port)],
        tmp_path,
        ready="/-/versions.json",
    ) as server:
        yield server


def remove(database: Path) -> set[str]:
    """Removes some records; returns their ids."""
    gone = {f"t{number}" for number in range(0, RECORDS, RECORDS // REMOVED)}
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executemany("DELETE FROM teams WHERE id = ?", [(one,) for one in gone])
    return gone


async def imports_all(user: User, datasette: RealServer, database: Path) -> None:
    """Everything is imported; then some is removed, and goes."""
    datasette.requests()
    await user.resync("team", IDS)
    assert len(pages(datasette.requests())) == 4
    gone = remove(database)
    assert len(gone) == REMOVED
    await user.resync("team", set(IDS) - gone)
    assert len(pages(datasette.requests())) == 3


@pytest.mark.parametrize("shape", ["objects", "array"])
async def test_the_link_header(
    user: User, datasette: RealServer, database: Path, shape: str
) -> None:
    """It is all that the shape ``array`` has."""
    endpoint = user.detect(f"{datasette.url}/main/teams.json?_shape={shape}&_size=20")
    assert endpoint["pagination"] == {
        "pagination_type": "header_link",
        "size_param": "_size",
        "page_size": "100",
    }
    assert endpoint["kind"] == f"/main/teams.json?_shape={shape}"
    assert user.preview("--pages", "2")["entities"]["count"] == 200
    await imports_all(user, datasette, database)


@pytest.mark.parametrize(
    "pagination",
    [
        {"pagination_type": "next_link", "next_link_path": "next_url"},
        {"pagination_type": "cursor", "cursor_path": "next", "pagination_param": "_next"},
    ],
)
async def test_a_link_and_a_token_in_the_answer(
    user: User, datasette: RealServer, database: Path, pagination: dict[str, str]
) -> None:
    size = {"size_param": "_size", "page_size": "100", "total_path": "filtered_table_rows_count"}
    settings = {"base_url": datasette.url, **pagination, **size}
    user.write(settings, "team", "/main/teams.json?_shape=objects", ".id", data_path=".rows")
    assert user.preview("--pages", "2")["entities"]["count"] == 200
    await imports_all(user, datasette, database)
