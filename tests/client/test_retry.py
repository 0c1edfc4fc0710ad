"""How long to wait before another attempt."""

from __future__ import annotations

import time
from email.utils import formatdate

import httpx
import pytest

from client.retry import RetryPolicy, is_retried, requested_wait


@pytest.mark.parametrize(("value", "seconds"), [("0", 0), ("7", 7), ("2.5", 2.5), ("86400", 86400)])
def test_retry_after_in_seconds(value: str, seconds: float) -> None:
    assert requested_wait({"retry-after": value}, 503) == seconds


def test_retry_after_as_a_date() -> None:
    date = formatdate(time.time() + 30, usegmt=True)
    asked = requested_wait({"retry-after": date}, 429)
    assert asked is not None
    assert 28 <= asked <= 30


@pytest.mark.parametrize("value", ["soon", "-5", "nan", "inf", "", "Tue, 99 Foo 2026"])
def test_rubbish_is_no_request_to_wait(value: str) -> None:
    assert requested_wait({"retry-after": value}, 429) is None


@pytest.mark.parametrize("name", ["ratelimit-reset", "x-ratelimit-reset"])
def test_resets_are_seconds_or_unix_times(name: str) -> None:
    assert requested_wait({name: "12"}, 429) == 12
    for unit in (1, 1000):
        asked = requested_wait({name: str(int((time.time() + 20) * unit))}, 429)
        assert asked is not None
        assert 17 <= asked <= 20


def test_a_reset_that_comes_with_another_failure_says_nothing_about_it() -> None:
    assert requested_wait({"x-ratelimit-reset": "3000"}, 500) is None


def test_no_wait_is_longer_than_fifteen_minutes() -> None:
    assert RetryPolicy().wait(1, 429, {"retry-after": "31536000"}) == 900


def test_backoff_doubles_with_jitter_up_to_its_limit() -> None:
    policy = RetryPolicy(base_seconds=1, max_seconds=8)
    for attempt, expected in ((1, 1), (2, 2), (3, 4), (4, 8), (9, 8)):
        waits = {policy.wait(attempt, None, {}) for _ in range(50)}
        assert all(0.75 * expected <= wait <= 1.25 * expected for wait in waits)
        assert len(waits) > 1


@pytest.mark.parametrize(
    ("error", "retried"),
    [
        (httpx.ReadTimeout("slow"), True),
        (httpx.ConnectError("refused"), True),
        (httpx.RemoteProtocolError("cut"), True),
        (httpx.LocalProtocolError("illegal header"), False),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), False),
        (ValueError("no"), False),
    ],
)
def test_only_failures_that_may_pass_are_retried(error: Exception, retried: bool) -> None:
    assert is_retried(error) is retried


@pytest.mark.parametrize(("status", "base"), [(429, 8), (503, 1), (500, 1), (None, 1)])
def test_a_429_that_names_no_time_waits_longer(status: int | None, base: float) -> None:
    policy = RetryPolicy(base_seconds=1, throttled_base_seconds=8)
    wait = policy.wait(1, status, {})
    assert 0.75 * base <= wait <= 1.25 * base


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_the_server_asks_for_is_what_is_waited(status: int) -> None:
    assert RetryPolicy().wait(3, status, {"retry-after": " 17 "}) == 17


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_comes_before_a_reset_and_the_standard_s_before_the_other(status: int) -> None:
    headers = {"x-ratelimit-reset": "3", "ratelimit-reset": "2", "retry-after": "1"}
    for expected in (1, 2, 3):
        assert requested_wait(headers, status) == expected
        headers.popitem()
    assert requested_wait(headers, status) is None


def test_a_moment_that_is_past_is_now() -> None:
    past = time.time() - 3600
    assert requested_wait({"retry-after": formatdate(past, usegmt=True)}, 429) == 0
    assert requested_wait({"ratelimit-reset": str(past)}, 429) == 0
    assert requested_wait({"ratelimit-reset": str(int(past * 1000))}, 429) == 0


@pytest.mark.parametrize(
    ("value", "seconds"), [("999999999", 999_999_999), ("1000000000", 0), ("1000000000000", 0)]
)
def test_from_a_billion_on_a_reset_is_a_date(value: str, seconds: float) -> None:
    assert requested_wait({"x-ratelimit-reset": value}, 429) == seconds


def test_a_reset_is_waited_for_where_it_is_about_the_failure() -> None:
    headers = {"x-ratelimit-reset": "33"}
    assert RetryPolicy().wait(1, 429, headers) == 33
    assert RetryPolicy().wait(1, 503, headers) == 33
    assert RetryPolicy(base_seconds=1).wait(1, 500, headers) < 2
