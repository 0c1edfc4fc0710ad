"""What a preview says will end a listing that it did not read to its end."""

from __future__ import annotations

import pytest

from pagination import build_paginator
from pagination.forecast import proof_to_come
from settings.model import PaginationSettings
from tests.support.strategy_pages import LINK, NEXT, Response, full, listed, settings, short

OFFSET, PAGE, CURSOR = settings("offset"), settings("page"), settings("cursor")
BY_HEADER = settings("header_link")


def ends_by(config: PaginationSettings, *responses: Response) -> str:
    return proof_to_come(listed(config, *responses), build_paginator(config))


@pytest.mark.parametrize(
    ("config", "response", "proof"),
    [
        (OFFSET, full(), "an empty page ends it"),
        (PAGE, short(), "a short one does not: the API may cap its pages"),
        (PAGE, full(has_more=True), "it ends when has_more says so"),
        (OFFSET, full(total=12), "it ends on a short page that reaches total (12)"),
        (PAGE, full(next=NEXT), "it ends when next is null or gone"),
        (OFFSET, full({"x-next-page": "2"}), "it ends when X-Next-Page is null or gone"),
        (settings("offset", total_path="n"), full(n=30), "when totalPath 'n' (30) is reached"),
        (settings("page", total_pages_path="n"), full(n=3), "totalPagesPath 'n' (3) is reached"),
        (settings("page", short_page_ends=True), full(), "shortPageEnds"),
        (settings("page", has_more_path="a.m"), full(a={"m": 1}), "a.m will say when it ends"),
        (settings("cursor", last_page_path="z"), full(next_cursor="c"), "z will say when it ends"),
        (CURSOR, full(next_cursor="c", total=90), "it ends on a page with no next cursor"),
        (BY_HEADER, full(LINK), "it ends on a page with no link to a next page"),
    ],
)
def test_the_proof_to_come(config: PaginationSettings, response: Response, proof: str) -> None:
    assert proof in ends_by(config, response)


def test_a_named_total_outweighs_other_signs() -> None:
    config = settings("offset", total_path="n")
    assert "totalPath 'n' (30)" in ends_by(config, full(LINK, n=30, has_more=True))
    assert "has_more" in ends_by(OFFSET, full(LINK, n=30, has_more=True))
