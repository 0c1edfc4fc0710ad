"""Which items an incremental resync asks for, and which of those it gets are older."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic.v1 import ValidationError

from mapping import CustomPortAppConfig, Incremental, mapping_problems
from resync.incremental import changed_since, newer
from tests.resync.test_plan import plan
from tests.support.core import resource

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


NOON = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        # Whole seconds, minutes and hours, in which the change may have been at any moment.
        ("2026-03-01T12:00:00Z", True),
        ("2026-03-01T11:59:59Z", False),
        ("2026-03-01 12:00", True),
        ("2026-03-01T11:59", False),
        ("2026-03-01T12", True),
        # A date counts to the end of its day, also where it is written as midnight.
        ("2026-03-01", True),
        ("20260301", True),
        ("2026-03-01T00:00:00Z", True),
        ("2026-02-28T00:00:00Z", False),
        ("20260228", False),
        # Seconds, milliseconds, microseconds and nanoseconds since 1970, as numbers or as digits.
        (1772366400, True),
        (1772366399, False),
        ("1772366399", False),
        (1772366400.25, True),
        (1772366399.25, False),
        (1772366400249, False),
        (1772366400250, True),
        ("1772366400249", False),
        (1772366400249999, False),
        (1772366399000000000, False),
        # Numbers that are no moments.
        (20260228, True),
        (202602281200, True),
        (20260228120000, True),
        ("202602281200", True),
        (-1772366399, True),
        (10**40, True),
        (float("inf"), True),
        (True, True),
        # What cannot be read.
        ("2026-02-30", True),
        ("Sat, 28 Feb 2026 12:00:00 GMT", True),
        ("9999-12-31", True),
        ("0001-01-01T00:00:00+14:00", True),
        ({"$date": "2026-02-28"}, True),
        ("0001-01-01T00:00:00Z", True),
        ("1970-01-01T00:00:00Z", True),
    ],
)
def test_a_time_counts_to_the_end_of_what_it_names(at: Any, kept: bool) -> None:
    items = [{"at": at}]
    assert newer(items, "at", NOON) == (items if kept else [])


@pytest.mark.parametrize(
    ("at", "zone", "kept"),
    [
        ("2026-03-01T12:59:00", BERLIN, False),
        ("2026-03-01T13:00:00.250", BERLIN, True),
        ("2026-03-01T12:00:00.250Z", BERLIN, True),
        ("2026-03-01T06:59:00", timezone(timedelta(hours=-5)), False),
        ("2026-03-01T07:00:01", timezone(timedelta(hours=-5)), True),
        # A day ends where it is written: in Kiritimati ten hours before it does in UTC.
        ("2026-03-01", ZoneInfo("Pacific/Kiritimati"), False),
        ("2026-03-01", UTC, True),
        (1772366400, BERLIN, True),
        (1772366399, BERLIN, False),
    ],
)
def test_a_time_without_a_zone_is_of_the_zone_that_is_set(
    at: Any, zone: tzinfo, kept: bool
) -> None:
    items = [{"at": at}]
    assert newer(items, "at", NOON, zone) == (items if kept else [])


def test_an_hour_that_comes_twice_is_taken_for_the_later_one() -> None:
    """Clocks go back from 3:00 to 2:00, which is 1:00 in UTC."""
    since = datetime(2026, 10, 25, 1, 15, 0, 1, tzinfo=UTC)
    items = [{"at": "2026-10-25T02:30:00"}]
    assert newer(items, "at", since, BERLIN) == items
    assert newer([{"at": "2026-10-25T02:10:00"}], "at", since, BERLIN) == []


@pytest.mark.parametrize(
    ("given", "leeway"),
    [
        ({}, timedelta(minutes=5)),
        ({"leeway": "90s"}, timedelta(seconds=90)),
        ({"leeway": "10m"}, timedelta(minutes=10)),
        ({"leeway": "2 h"}, timedelta(hours=2)),
        ({"leeway": "1d"}, timedelta(days=1)),
        ({"leeway": "99999d"}, timedelta(days=99_999)),
        ({"leeway": 0}, timedelta(0)),
        ({"leeway": "0"}, timedelta(0)),
        ({"leeway": None, "timezone": None}, timedelta(minutes=5)),
    ],
)
def test_the_leeway_is_before_the_last_success(given: dict[str, Any], leeway: timedelta) -> None:
    incremental = Incremental.parse_obj({"param": "since", **given})
    assert incremental.since(NOON) == NOON - leeway


@pytest.mark.parametrize("leeway", [5, "5", "-5m", "five", "5w", True, [], "5m5m", "999999d"])
def test_a_leeway_needs_a_number_and_a_unit(leeway: Any) -> None:
    with pytest.raises(ValidationError, match="allowed: a number and a unit, as 90s, 5m, 1h or 2d"):
        Incremental.parse_obj({"param": "since", "leeway": leeway})


@pytest.mark.parametrize(
    ("given", "hours"),
    [("+02:00", 2), ("-0330", -3.5), ("Z", 0), ("UTC", 0), ("Asia/Kolkata", 5.5)],
)
def test_a_zone_is_a_name_or_an_offset(given: str, hours: float) -> None:
    zone = Incremental.parse_obj({"param": "since", "timezone": given}).zone
    assert zone.utcoffset(datetime(2026, 1, 1)) == timedelta(hours=hours)


@pytest.mark.parametrize("given", ["Berlin", "+2", "../etc/passwd", "", 2, "+99:99", "CEST-1"])
def test_another_zone_is_told(given: Any) -> None:
    with pytest.raises(ValidationError, match="a name as Europe/Berlin, or an offset"):
        Incremental.parse_obj({"param": "since", "timezone": given})


@pytest.mark.parametrize("item", [{}, {"meta": None}, {"meta": "2020-01-01"}, {"meta": []}])
def test_an_item_without_the_field_is_kept(item: dict[str, Any]) -> None:
    assert newer([item], "meta.at", SINCE) == [item]


def test_a_wrong_key_is_told_with_those_that_there_are() -> None:
    wrong = {"resources": [resource("/items", incremental={"param": "since", "lewey": "1m"})]}
    with pytest.raises(ValidationError) as raised:
        CustomPortAppConfig.parse_obj(wrong)
    (told,) = mapping_problems(raised.value)
    assert told == "resources[0].selector.incremental.lewey: no such key; did you mean leeway?"
