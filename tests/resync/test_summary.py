"""Times as people say them, and texts that are cut."""

from __future__ import annotations

import pytest

from resync.summary import duration, shortened


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
