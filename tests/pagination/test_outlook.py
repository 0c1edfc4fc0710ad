"""What ended a listing, or what would."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pagination import build_paginator
from pagination.outlook import Outlook, outlook
from settings.model import PaginationSettings
from tests.support.strategy_pages import URL, page, settings

LINK = {"link": f'<{URL}?page=2>; rel="next"'}


def looked(config: PaginationSettings, count: int = 10, body: Any = None, **more: Any) -> Outlook:
    return outlook(page(config, count, body, **more), build_paginator(config))


@pytest.mark.parametrize(
    ("config", "body", "more", "evidence"),
    [
        (settings("offset"), {}, {}, "an empty page ends it"),
        (settings("page"), {"has_more": True}, {}, "the answer's own sign of more pages ends it"),
        (settings("page"), {"total": 11}, {}, "the total of 11 ends it"),
        (settings("offset"), {"total": 12_345}, {}, "the total of 12,345 ends it"),
        (
            settings("offset", has_more_path="a.more"),
            {"a": {"more": 1}, "total": 90},
            {},
            "a.more ends it",
        ),
        (settings("cursor", last_page_path="last"), {"cursor": "c"}, {}, "last ends it"),
        (settings("cursor"), {"cursor": "c"}, {}, "a page without a next cursor ends it"),
        (
            settings("next_link", next_link_path="n"),
            {"n": "?p=2"},
            {},
            "a page without a next link ends it",
        ),
        (
            settings("header_link"),
            [],
            {"headers": LINK},
            "an answer whose Link header names no next page ends it",
        ),
    ],
)
def test_what_would_end_it(
    config: PaginationSettings, body: Any, more: dict[str, Any], evidence: str
) -> None:
    found = looked(config, body=body, **more)
    assert (found.ended, found.problem, found.warning) == (False, None, None)
    assert found.evidence == evidence
    assert found.following is not None


def test_a_short_page_is_no_proof() -> None:
    told = "an empty page ends it (a short one does not: the API may cap its pages)"
    assert looked(settings("offset"), 9).evidence == told
    assert looked(settings("offset"), 10).evidence == "an empty page ends it"


def test_a_total_that_is_the_first_page_is_no_evidence() -> None:
    assert looked(settings("offset"), 10, {"total": 10}).evidence == "an empty page ends it"


def test_what_ended_it() -> None:
    assert looked(settings("offset"), 0) == Outlook(True, "an empty page")
    assert looked(settings("none")).ended
    told = looked(settings("none"), body={"has_more": True})
    assert told.ended and told.warning


def test_what_contradicts_itself() -> None:
    found = looked(settings("offset"), 0, {"has_more": True})
    assert not found.ended and found.following is None
    assert found.problem and "is empty" in found.problem


def test_a_status_that_means_nothing_here() -> None:
    config = settings("offset")
    ignored = replace(page(config, 0), ignored=404)
    found = outlook(ignored, build_paginator(config))
    assert found == Outlook(True, "status 404 means that there is nothing here")
