"""Every fault, under every pagination, on every page of a listing, through real Ocean core.

One resync for each fault; each cell of its row is a kind. Whatever happens: what the API has stays
in the catalog, every record that was served is there or its kind failed with the cause, and the
kind after them is synced. Of the status codes, each meets one pagination on one page here;
``make matrix`` runs every cell.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import batched

import pytest

from sandbox.fault_server import FAULTS, PAGE_SIZE, PAGES, PAGINATIONS, Cell, FaultServer
from tests.support.core import Core
from tests.support.fault_resync import LAST, be_impatient, run

LINKED = ("cursor", "next_link", "header_link")
WHOLE_MATRIX = "FAULT_MATRIX" in os.environ
WHOLE = ""
"""The fault costs nothing: everything is read."""

THROTTLING = {
    name: f"answered {name[:3]}" if name[:3].isdigit() else "answered 200"
    for name in FAULTS
    if name.startswith(("429_", "403_", "graphql_"))
}

TRANSIENT = {
    *("close", "reset", "reset_in_body", "no_http", "length_too_long", "chunk_size_no_number"),
    *(
        "chunks_without_end",
        "gzip_rubbish",
        "gzip_cut",
        "gzip_of_two_members",
        "stall",
        "stall_in_body",
    ),
    *("408", "420", "425", "429"),
    *(str(code) for code in range(500, 512) if code not in (501, 505)),
    *THROTTLING,
}
"""Where the next attempt is right, nothing is wrong."""

BROKEN = "failed in each of 2 attempts"
NO_JSON = "is not whole JSON"
LEAVES = "and requests stay on http://127.0.0.1"

TOLD: dict[str, str] = {
    **{name: f"answered {name}" for name in FAULTS if name.isdigit() and name != "204"},
    **{name: BROKEN for name in TRANSIENT if name.isidentifier()},
    **THROTTLING,
    "301": "redirected (301) without a Location",
    "303": "redirected (303) without a Location",
    "307": "redirected (307) without a Location",
    "308": "redirected (308) without a Location",
    "redirect_without_location": "redirected (302) without a Location",
    "redirect_loop": "redirected more than 10 times",
    "redirect_to_http": "redirected more than 10 times",
    "redirect_elsewhere": LEAVES,
    "redirect_to_no_url": LEAVES,
    "stall": "Raise timeout",
    "stall_in_body": "Raise timeout",
    "length_no_number": BROKEN,
    "length_too_short": NO_JSON,
    "gzip_bomb": "Raise maxResponseBytes",
    "truncated": NO_JSON,
    "malformed": NO_JSON,
    "two_values": NO_JSON,
    "nan": "NaN is not JSON",
    "infinity": "-Infinity is not JSON",
    "duplicate_keys": "holds 'items' twice",
    "deep_nesting": "nested too deeply",
    "invalid_utf8": NO_JSON,
    "lone_surrogate": WHOLE,
    "nul_character": WHOLE,
    "huge_number": WHOLE,
    "number_of_5000_digits": NO_JSON,
    "html_login": "perhaps a login page",
    "error_with_200": "an error with a status of success",
    "null": "leads nowhere",
    "items_text": "leads to a str",
    "other_shape": "'.items' leads nowhere",
    "empty_200": "the answer is empty",
    "blank_200": "the answer is empty",
    "record_inserted": WHOLE,
    "total_too_low": WHOLE,
    "total_rubbish": WHOLE,
    "cookie_for_others": WHOLE,
    "injected_header": WHOLE,
}
"""By fault: what the error says, or ``WHOLE``."""

COUNTED_ANYWAY = dict.fromkeys(("offset", "page"), WHOLE)
"""A position follows no link: one that is there on a single page proves nothing when it is gone."""

OF_SOME: dict[str, dict[str, str]] = {
    "record_removed": dict.fromkeys(("offset", "page", "next_link", "header_link"), WHOLE),
    "repeated_page": dict.fromkeys(PAGINATIONS, "holds the same 4 records as the page before"),
    "endless_cursors": {"cursor": "maxPages"},
    "has_more_with_nothing": dict.fromkeys(PAGINATIONS, "21 pages in a row are empty"),
    "total_too_high": {
        **dict.fromkeys(("offset", "page"), "total (5000, on an earlier page) says"),
        **dict.fromkeys(LINKED, "12 of 5,000 records were read"),
    },
    "link_to_other_host": COUNTED_ANYWAY | dict.fromkeys(LINKED, LEAVES),
    "link_to_other_port": COUNTED_ANYWAY | dict.fromkeys(LINKED, LEAVES),
    "link_to_other_scheme": COUNTED_ANYWAY
    | dict.fromkeys(LINKED[1:], "not an absolute http or https URL"),
    "link_with_userinfo": COUNTED_ANYWAY
    | dict.fromkeys(LINKED, "it carries a user name or password"),
}
"""Faults that mean something under some paginations only."""


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


def row(fault: str) -> list[Cell]:
    """The cells of a fault."""
    pages = [2] if fault == "repeated_page" else range(1, PAGES + 1)
    names = OF_SOME.get(fault, PAGINATIONS)
    return [Cell(fault, name, page) for name in names for page in pages]


def expected(cell: Cell) -> str | None:
    """What an error says of the fault of ``cell``, or ``WHOLE``."""
    return OF_SOME.get(cell.fault, {}).get(cell.pagination, TOLD.get(cell.fault))


def diagonal(codes: list[str]) -> list[Cell]:
    """One cell for each status code: with so many, all cells are met by some code."""
    return [
        Cell(code, PAGINATIONS[index % 5], index // 5 % PAGES + 1)
        for index, code in enumerate(codes)
    ]


CODES = sorted(fault for fault in FAULTS if fault.isdigit() and fault != "204")
ROWS = {
    f"{fault} {'whole' if whole else 'told'}": cells
    for fault in sorted(TOLD.keys() | OF_SOME)
    if WHOLE_MATRIX or fault not in CODES
    # Apart, because nothing is deleted where any kind fails.
    for whole in (True, False)
    if (cells := [cell for cell in row(fault) if (expected(cell) == WHOLE) is whole])
}
if not WHOLE_MATRIX:
    ROWS |= {
        f"codes {chunk[0]} to {chunk[-1]}": diagonal(list(chunk)) for chunk in batched(CODES, 15)
    }


@pytest.fixture(autouse=True)
def _impatient(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    be_impatient(monkeypatch)


@pytest.mark.parametrize("cells", ROWS.values(), ids=ROWS)
async def test_no_fault_loses_anything(core: Core, server: FaultServer, cells: list[Cell]) -> None:
    outcome = await run(core, server, cells)
    found = set(core.catalog.identifiers("record"))
    removed = 1 if cells[0].fault == "record_removed" else 0
    assert not {one for cell in cells for one in cell.identifiers[removed:]} - found
    failed = False
    for cell in cells:
        told = expected(cell)
        assert told is not None, f"{cell.fault} has no expectation"
        about = [one for one in outcome.errors if cell.path in one]
        assert bool(about) == (told != WHOLE), about or f"{cell} was read"
        assert told == WHOLE or any(told in one for one in about), about
        failed = failed or told != WHOLE
    assert outcome.succeeded != failed
    for request in server.received:
        assert request.header("x-injected") is None
        assert "planted" not in (request.header("cookie") or "")


PASSING = [
    replace(cell, once=True)
    for fault in sorted((*TRANSIENT, "has_more_with_nothing"))
    for cell in (row(fault) if WHOLE_MATRIX else diagonal([fault] * 15)[3::4])
]


@pytest.mark.parametrize(
    "cells", [list(chunk) for chunk in batched(PASSING, 15)], ids=lambda cells: cells[0].fault
)
async def test_a_fault_that_passes_costs_only_time(
    core: Core, server: FaultServer, cells: list[Cell]
) -> None:
    outcome = await run(core, server, cells)
    assert outcome.succeeded, outcome.error
    found = set(core.catalog.identifiers("record"))
    assert not {one for cell in cells for one in cell.identifiers} - found


async def test_an_api_that_says_that_there_is_nothing_is_believed(
    core: Core, server: FaultServer
) -> None:
    cells = row("204")
    outcome = await run(core, server, cells)
    assert outcome.succeeded, outcome.error
    served = {one for cell in cells for one in cell.identifiers[: 4 * (cell.position - 1)]}
    assert set(core.catalog.identifiers("record")) == served | set(LAST.identifiers)


async def test_an_empty_page_that_leads_on_is_read_over(core: Core, server: FaultServer) -> None:
    """An API that hides records sends such pages, each time that it is asked for one."""
    cells = row("blank_page")
    outcome = await run(core, server, cells)
    assert outcome.succeeded, outcome.error
    served = {
        cell.record(number)["id"]
        for cell in cells
        for number in range(PAGES * PAGE_SIZE)
        if number // PAGE_SIZE != cell.position - 1
    }
    assert set(core.catalog.identifiers("record")) == served | set(LAST.identifiers)


def test_every_fault_has_an_expectation_and_no_other_has() -> None:
    assert set(FAULTS) == TOLD.keys() | OF_SOME.keys() | {"204", "blank_page"}
