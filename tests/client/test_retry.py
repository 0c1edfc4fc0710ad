"""Which responses and failures are tried again, and after how long."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import formatdate

import httpx
import pytest

from client import Request, Response
from client.retry import RetryPolicy, Verdict, is_retried, verdict_on
from client.throttling import exhausted_for, requested_wait

ASKED = Request("GET", "https://api.example.com/users")


def response(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Response:
    return Response(status, httpx.Headers(headers), body, str(ASKED.url))


def waited(
    status: int,
    headers: Mapping[str, str] | None = None,
    attempt: int = 1,
    policy: RetryPolicy | None = None,
) -> float:
    """Seconds that are waited after a response."""
    found = response(status, headers)
    return (policy or RetryPolicy()).wait_after(found, verdict_on(found, ASKED, ()), attempt)


@pytest.mark.parametrize(("value", "seconds"), [("0", 0), ("7", 7), ("2.5", 2.5), ("86400", 86400)])
def test_retry_after_in_seconds(value: str, seconds: float) -> None:
    assert requested_wait({"retry-after": value}, about_limits=True) == seconds


def test_retry_after_as_a_date() -> None:
    date = formatdate(time.time() + 30, usegmt=True)
    asked = requested_wait({"retry-after": date}, about_limits=True)
    assert asked is not None
    assert 28 <= asked <= 30


@pytest.mark.parametrize("value", ["soon", "-5", "nan", "inf", "", "Tue, 99 Foo 2026"])
def test_rubbish_is_no_request_to_wait(value: str) -> None:
    assert requested_wait({"retry-after": value}, about_limits=True) is None


@pytest.mark.parametrize("name", ["ratelimit-reset", "x-ratelimit-reset"])
def test_resets_are_seconds_or_unix_times(name: str) -> None:
    assert requested_wait({name: "12"}, about_limits=True) == 12
    for unit in (1, 1000):
        asked = requested_wait({name: str(int((time.time() + 20) * unit))}, about_limits=True)
        assert asked is not None
        assert 17 <= asked <= 20


def test_a_reset_that_comes_with_another_failure_says_nothing_about_it() -> None:
    assert requested_wait({"x-ratelimit-reset": "3000"}, about_limits=False) is None


def test_no_wait_is_longer_than_fifteen_minutes() -> None:
    assert waited(429, {"Retry-After": "31536000"}) == 900


def test_backoff_doubles_with_jitter_up_to_its_limit() -> None:
    policy = RetryPolicy(base_seconds=1, max_seconds=8)
    for attempt, expected in ((1, 1), (2, 2), (3, 4), (4, 8), (9, 8)):
        waits = {policy.backoff(attempt) for _ in range(50)}
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


@pytest.mark.parametrize(("status", "base"), [(429, 8), (420, 8), (503, 1), (500, 1)])
def test_throttling_that_names_no_time_waits_longer(status: int, base: float) -> None:
    policy = RetryPolicy(base_seconds=1, throttled_base_seconds=8)
    assert 0.75 * base <= waited(status, policy=policy) <= 1.25 * base


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_the_server_asks_for_is_what_is_waited(status: int) -> None:
    assert waited(status, {"Retry-After": " 17 "}, attempt=3) == 17


@pytest.mark.parametrize("value", ["0", "0.01", "Wed, 25 Nov 2020 16:55:57 GMT"])
@pytest.mark.parametrize("status", [429, 503])
def test_no_wait_is_below_the_own_backoff(status: int, value: str) -> None:
    policy = RetryPolicy(base_seconds=4, throttled_base_seconds=4)
    for attempt, expected in ((1, 4), (2, 8), (3, 16)):
        assert waited(status, {"Retry-After": value}, attempt, policy) >= 0.75 * expected


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_comes_before_a_reset_and_the_standard_s_before_the_other(status: int) -> None:
    headers = {"x-ratelimit-reset": "3", "ratelimit-reset": "2", "retry-after": "1"}
    for expected in (1, 2, 3):
        assert requested_wait(headers, about_limits=True) == expected
        headers.popitem()
    assert requested_wait(headers, about_limits=True) is None


def test_a_moment_that_is_past_is_now() -> None:
    past = time.time() - 3600
    assert requested_wait({"retry-after": formatdate(past, usegmt=True)}, about_limits=True) == 0
    assert requested_wait({"ratelimit-reset": str(past)}, about_limits=True) == 0
    assert requested_wait({"ratelimit-reset": str(int(past * 1000))}, about_limits=True) == 0


@pytest.mark.parametrize(
    ("value", "seconds"), [("999999999", 999_999_999), ("1000000000", 0), ("1000000000000", 0)]
)
def test_from_a_billion_on_a_reset_is_a_date(value: str, seconds: float) -> None:
    assert requested_wait({"x-ratelimit-reset": value}, about_limits=True) == seconds


def test_a_reset_is_waited_for_where_it_is_about_the_failure() -> None:
    assert waited(429, {"X-RateLimit-Reset": "33"}) == 33
    assert waited(503, {"X-RateLimit-Reset": "33"}) == 33
    assert waited(500, {"X-RateLimit-Reset": "33"}, policy=RetryPolicy(base_seconds=1)) < 2


RESETS = [
    {"X-RateLimit-Reset": "20"},
    {"RateLimit-Reset": "20"},
    {"X-Rate-Limit-Reset": "20"},
    {"X-Rate-Limit-Reset": "{unix}"},
    {"X-Rate-Limit-Reset": "{unix}000"},
    {"X-RateLimit-Reset": "{local}+00:00"},
    {"X-RateLimit-Reset": "{local}Z"},
    {"X-RateLimit-Reset": "{local}"},
    {"RateLimit-Reset": "{http}"},
    {"X-RateLimit-Reset-After": "20", "X-RateLimit-Reset": "1"},
    {"RateLimit": '"default";r=0;t=20'},
    {"RateLimit": "default; r=0; t=20"},
    {"RateLimit": '"hour, t=3;";r=7;t=600, "minute";t=20;r=0'},
    {"RateLimit": "limit=100, remaining=0, reset=20"},
]


@pytest.mark.parametrize("given", RESETS)
def test_every_family_of_headers_names_the_reset(given: dict[str, str]) -> None:
    moment = time.time() + 20
    shapes = {
        "unix": str(int(moment)),
        "local": datetime.fromtimestamp(moment, UTC).replace(tzinfo=None).isoformat(),
        "http": formatdate(moment, usegmt=True),
    }
    headers = {name: value.format(**shapes) for name, value in given.items()}
    if "RateLimit" not in headers:
        headers[next(iter(headers)).partition("Reset")[0] + "Remaining"] = "0"
    for status in (429, 403):
        assert 15 < waited(status, headers) <= 20
    used_up = exhausted_for(httpx.Headers(headers))
    assert used_up is not None and 15 < used_up <= 20


@pytest.mark.parametrize(
    "headers",
    [
        {"X-RateLimit-Remaining": "1", "X-RateLimit-Reset": "20"},
        {"RateLimit": '"a";r=1;t=20'},
        {"X-RateLimit-Remaining": "0"},
        {"X-RateLimit-Reset": "20"},
        {"RateLimit": "rubbish"},
        {},
    ],
)
def test_nothing_is_held_where_nothing_is_used_up_or_no_time_named(headers: dict[str, str]) -> None:
    assert exhausted_for(httpx.Headers(headers)) is None


def limited(*errors: object) -> bytes:
    return json.dumps({"data": None, "errors": errors}).encode()


GRAPHQL = {
    "type": limited({"message": "wait"}, {"type": "RATE_LIMITED", "message": "wait"}),
    "code": limited({"extensions": {"code": "RATE_LIMITED"}}),
    "another word": limited({"extensions": {"code": "THROTTLED"}, "type": None}),
}
NO_GRAPHQL = {
    "another error": limited({"type": "NOT_FOUND", "message": "RATE_LIMITED"}),
    "a record": b'{"items": [{"type": "RATE_LIMITED"}]}',
    "a list": b'[{"type": "RATE_LIMITED"}]',
    "texts": b'{"errors": ["RATE_LIMITED", null]}',
    "no JSON": b'{"errors": [{"type": "RATE_LIMITED"}',
    "large": limited({"type": "RATE_LIMITED", "message": "x" * 2**17}),
    "nothing": b"",
}


@pytest.mark.parametrize("name", GRAPHQL)
def test_a_graphql_error_may_be_throttling(name: str) -> None:
    for status in (200, 400, 403):
        assert verdict_on(response(status, body=GRAPHQL[name]), ASKED, ()) is Verdict.THROTTLED


@pytest.mark.parametrize("name", NO_GRAPHQL)
def test_no_other_body_is_throttling(name: str) -> None:
    assert verdict_on(response(200, body=NO_GRAPHQL[name]), ASKED, ()) is Verdict.FINAL


@pytest.mark.parametrize(
    ("headers", "throttled"),
    [
        ({"Retry-After": "5"}, True),
        ({"Retry-After": "soon"}, True),
        ({"X-RateLimit-Remaining": "0"}, True),
        ({"RateLimit-Remaining": "0"}, True),
        ({"X-Rate-Limit-Remaining": "0"}, True),
        ({"X-Rate-Limit-Remaining": "0, 0"}, True),
        ({"RateLimit": '"a";r=0;t=9'}, True),
        ({"X-RateLimit-Remaining": "10", "X-RateLimit-Reset": "9"}, False),
        ({"X-RateLimit-Remaining": ""}, False),
        ({"RateLimit": '"a";r=10;t=9'}, False),
        ({}, False),
    ],
)
def test_a_403_may_be_throttling(headers: dict[str, str], throttled: bool) -> None:
    expected = Verdict.THROTTLED if throttled else Verdict.FINAL
    assert verdict_on(response(403, headers), ASKED, ()) is expected
    # What is not there may have used up the quota just now; "later" is said of what may come.
    later = Verdict.THROTTLED if "Retry-After" in headers else Verdict.FINAL
    assert verdict_on(response(404, headers), ASKED, ()) is later
    assert verdict_on(response(401, headers), ASKED, ()) is Verdict.FINAL


IN_WORDS = [
    '{"message": "You have exceeded a secondary rate limit. Please wait a few minutes"}',
    '{"message": "API rate limit exceeded for user ID 1."}',
    '{"error": {"code": 403, "errors": [{"reason": "userRateLimitExceeded"}]}}',
    '{"__type": "ThrottlingException", "message": "Rate exceeded"}',
    '[{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]',
    '{"error": {"message": "(#17) User request limit reached", "code": 17}}',
    "<Error><Code>TooManyRequests</Code></Error>",
]
OTHER_WORDS = [
    '{"message": "Not Found", "documentation_url": "https://docs.example.com/rest/rate-limits"}',
    '{"message": "storage quota exceeded"}',
    '{"message": "the limit must not be reached by request"}',
    '{"limit": 100, "message": "limit exceeded: at most 100"}',
    "",
]


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_refusal_may_be_throttling_by_its_words(status: int) -> None:
    for text in IN_WORDS:
        assert verdict_on(response(status, body=text.encode()), ASKED, ()) is Verdict.THROTTLED
    for text in OTHER_WORDS:
        assert verdict_on(response(status, body=text.encode()), ASKED, ()) is Verdict.FINAL
    large = IN_WORDS[0].encode() + b" " * 2**17
    assert verdict_on(response(status, body=large), ASKED, ()) is Verdict.FINAL


def test_words_of_an_item_or_a_refused_login_are_no_throttling() -> None:
    for status in (200, 401):
        body = IN_WORDS[0].encode()
        assert verdict_on(response(status, body=body), ASKED, ()) is Verdict.FINAL


RETRIED = {202, 206, 408, 420, 425, 429, *range(500, 600)} - {501, 505}


def retried(*further: int) -> set[int]:
    verdicts = {one: verdict_on(response(one), ASKED, further) for one in range(200, 600)}
    return {status for status, verdict in verdicts.items() if verdict is not Verdict.FINAL}


def test_every_status_is_final_or_tried_again() -> None:
    assert retried() == RETRIED
    assert retried(400, 403, 401, 501) == RETRIED | {400, 403, 501}


def test_what_a_request_accepts_is_final_unless_it_is_throttling() -> None:
    asked = replace(ASKED, accepted=frozenset({400, 403}))
    assert verdict_on(response(400), asked, {400}) is Verdict.FINAL
    assert verdict_on(response(403), asked, ()) is Verdict.FINAL
    assert verdict_on(response(403, {"Retry-After": "1"}), asked, ()) is Verdict.THROTTLED
