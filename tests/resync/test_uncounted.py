"""What counts records is refused where nobody can tell them, before any request."""

from __future__ import annotations

import pytest

from tests.support.core import resource
from tests.support.running import Runs

BOTH = ".people + .pets"


@pytest.mark.parametrize("data_path", [BOTH, "[.people[], .pets[]]", "to_entries"])
@pytest.mark.parametrize(
    ("settings", "counts"),
    [
        ({"paginationType": "offset"}, "paginationType offset"),
        ({"paginationType": "page", "totalPath": "total"}, "totalPath"),
        ({"paginationType": "cursor", "totalPath": "total"}, "totalPath"),
        ({"totalPath": "total"}, "totalPath"),
    ],
)
async def test_offset_and_a_named_total_need_records(
    runs: Runs, data_path: str, settings: dict[str, str], counts: str
) -> None:
    failure = await runs.failure(resource("/items", data_path=data_path), **settings)
    assert f"selector.data_path: found {data_path!r}" in failure
    assert f"and {counts} counts them" in failure
    assert runs.api.asked == []


async def test_a_discovery_is_no_exception(runs: Runs) -> None:
    parents = {"endpoint": "/teams", "data_path": BOTH, "field": ".id"}
    kind = resource("/teams/{team}", path_parameters={"team": parents})
    failure = await runs.failure(kind, paginationType="offset")
    assert f"selector.path_parameters.team.data_path: found {BOTH!r}" in failure
    assert runs.api.asked == []


@pytest.mark.parametrize("pagination", ["none", "page", "cursor", "next_link", "header_link"])
async def test_all_else_reads_what_it_cannot_count_until_a_sign_says_that_it_ends(
    runs: Runs, pagination: str
) -> None:
    runs.api.json("/items", '{"people": [{"id": 1}], "pets": [{"id": 2}], "last": true}')
    found = await runs.items(resource("/items", data_path=BOTH), paginationType=pagination)
    assert found == [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize("pagination", ["cursor", "next_link", "header_link"])
async def test_a_first_page_that_may_be_full_and_leads_nowhere_is_an_error(
    runs: Runs, pagination: str
) -> None:
    runs.api.json("/items", '{"people": [{"id": 1}], "pets": [{"id": 2}]}')
    failure = await runs.failure(resource("/items", data_path=BOTH), paginationType=pagination)
    assert "the first page is full (all that it was asked for)" in failure


async def test_pages_without_a_sign_and_without_a_number_of_records_are_an_error(
    runs: Runs,
) -> None:
    """No page of them is known to be empty."""
    runs.api.json("/items", '{"people": [], "pets": []}')
    failure = await runs.failure(resource("/items", data_path=BOTH), paginationType="page")
    assert "paginationParam 'page'" in failure


async def test_a_page_that_turns_out_not_to_be_countable_is_an_error(runs: Runs) -> None:
    """The path may be plain, and lead to an object that the rest of it takes apart."""
    runs.api.json("/items", '{"data": {"people": [{"id": 1}], "pets": [{"id": 2}]}}')
    kind = resource("/items", data_path=".data | .people + .pets")
    assert "cannot be counted" in await runs.failure(kind, paginationType="offset")
