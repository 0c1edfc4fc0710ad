"""Times as people say them, and texts that are cut."""

from __future__ import annotations

import pytest

from resync.summary import Outcome, Summary, duration, shortened, table


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "0 s"),
        (0.2, "1 s"),
        (14.2, "14 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (245, "4 min 5 s"),
        (3599.7, "1 h 0 min"),
        (7859, "2 h 10 min"),
        (7_200_000, "2,000 h 0 min"),
    ],
)
def test_a_time_as_people_say_it(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\n  b", "a b"), ("0123456789", "0123456789"), ("0123456789a", "0123456...")],
)
def test_a_text_on_one_line(text: str, shown: str) -> None:
    assert shortened(text, 10) == shown


def test_a_table_for_people_and_fields_for_machines() -> None:
    users = Summary("/users", Outcome.DONE, 12_345, 7, 1, 0, 9, 2, 1.25, 60.04, 205.6, "all read")
    teams = Summary("/t", Outcome.FAILED, 1, 1, 1, 1, 1, 0, 0.0, 0.5, 2.0, "GET /t answered 500")
    assert table([users, teams]).splitlines() == [
        "  kind    outcome   items  pages  requests  retries  waited  seconds  items/s  ended by",
        "  /users  done     12,345      7         9        2     1.2     60.0    205.6  all read",
        "  /t      failed        1      1         1        0     0.0      0.5      2.0  "
        "GET /t answered 500",
    ]
    assert users.fields() == {
        "kind": "/users",
        "outcome": "done",
        "items": 12_345,
        "pages": 7,
        "listings": 1,
        "listings_failed": 0,
        "requests": 9,
        "retries": 2,
        "rate_limit_wait_seconds": 1.25,
        "seconds": 60.04,
        "items_per_second": 205.6,
        "ended_by": "all read",
    }
    assert type(users.fields()["outcome"]) is str
