"""Which items an incremental resync asks for, and which of those it gets are older."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from resync.incremental import changed_since, newer
from tests.resync.test_plan import plan

SINCE = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "sent"),
    [
        (SINCE, "2026-03-01T12:00:00Z"),
        (SINCE.astimezone(timezone(timedelta(hours=5, minutes=30))), "2026-03-01T12:00:00Z"),
    ],
)
def test_the_moment_is_sent_in_utc_and_whole_seconds_in_place_of_what_was_there(
    since: datetime, sent: str
) -> None:
    listing = plan("/items?since=2020&q=x", query_params={"sort": "id"})
    request = changed_since(listing, "since", since).endpoint.request({})
    assert request.params == (("q", "x"), ("sort", "id"), ("since", sent))
    assert ("since", "2020") in listing.endpoint.request({}).params


def test_the_moment_is_in_utc_wherever_this_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        endpoint = changed_since(plan("/items"), "since", SINCE).endpoint
    finally:
        monkeypatch.undo()
        time.tzset()
    assert endpoint.params == (("since", "2026-03-01T12:00:00Z"),)


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        ("2026-03-01T12:00:00.250Z", True),
        ("2026-03-01T12:00:00.249Z", False),
        ("2026-03-01T12:00:00.250", True),
        ("2026-03-01T12:00:00.249", False),
        ("2026-03-01T13:30:00+02:00", False),
        ("2026-03-01T13:30:00+01:00", True),
        ("2026-02-28", False),
        ("2026-03-02", True),
        ("yesterday", True),
        ("", True),
        (1, True),
        (None, True),
        ({"deeper": "2020-01-01"}, True),
    ],
)
def test_only_what_is_surely_older_is_left_out(at: Any, kept: bool) -> None:
    items = [{"meta": {"at": at}, "at": "2020-01-01"}]
    assert newer(items, "meta.at", SINCE) == (items if kept else [])


@pytest.mark.parametrize("item", [{}, {"meta": None}, {"meta": "2020-01-01"}, {"meta": []}])
def test_an_item_without_the_field_is_kept(item: dict[str, Any]) -> None:
    assert newer([item], "meta.at", SINCE) == [item]
