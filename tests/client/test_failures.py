"""An error text names the setting to look at."""

from __future__ import annotations

import httpx
import pytest
from port_ocean.exceptions.clients import BlockedIPError

from client import Redactor, Response
from client.failures import of_connection, of_status

REDACTOR = Redactor(["tok-123456"])


def status_text(status: int, body: bytes = b"", attempts: int = 1) -> str:
    return of_status(Response(status, httpx.Headers(), body, "https://h/x"), attempts, REDACTOR)


@pytest.mark.parametrize(
    ("status", "settings"),
    [
        (401, ["authType", "credentials"]),
        (403, ["rights"]),
        (404, ["kind", "endpoint", "baseUrl"]),
        (405, ["method"]),
        (407, ["proxy", "HTTPS_PROXY"]),
        (429, ["maxConcurrentRequests"]),
        (400, ["endpoint", "query_params", "headers"]),
        (499, ["endpoint", "query_params", "headers"]),
        (500, ["try again later"]),
        (599, ["try again later"]),
        (206, ["Only a whole answer", "endpoint", "query_params"]),
        (200, ["Only a whole answer"]),
        (304, ["Only a whole answer"]),
        (399, ["Only a whole answer"]),
    ],
)
def test_a_status_leads_to_what_to_check(status: int, settings: list[str]) -> None:
    text = status_text(status)
    assert f"answered {status}" in text
    assert "expected 200" in text
    assert [setting for setting in settings if setting not in text] == []


def test_a_status_comes_with_its_name_where_it_has_one() -> None:
    assert "answered 503 Service Unavailable; expected" in status_text(503)
    assert "answered 599; expected" in status_text(599)


def test_attempts_are_told_where_there_were_several() -> None:
    assert "attempts" not in status_text(500, attempts=1)
    assert "500 Internal Server Error after 2 attempts" in status_text(500, attempts=2)
    error = httpx.ConnectError("refused")
    assert of_connection(error, 1, REDACTOR).startswith("failed: no connection (refused). Check")
    assert "failed in each of 2 attempts: no" in of_connection(error, 2, REDACTOR)


def test_the_body_begins_the_explanation_with_its_secrets_masked() -> None:
    assert "The answer begins: 'no [hidden] here'." in status_text(400, b"no\ntok-123456 here")
    assert "The answer is empty." in status_text(400, b"")


BASE_URL = "Check baseUrl, and that the API can be reached"
TIMEOUT = "Raise timeout, or lower pageSize or maxConcurrentRequests"
REQUEST = "Check the selector's headers and query_params"


@pytest.mark.parametrize(
    ("error", "kind", "cure"),
    [
        (httpx.ConnectTimeout("t"), "no connection in time", TIMEOUT),
        (httpx.PoolTimeout("t"), "no connection in time", TIMEOUT),
        (httpx.ReadTimeout("t"), "no answer in time", TIMEOUT),
        (httpx.WriteTimeout("t"), "no answer in time", TIMEOUT),
        (httpx.ConnectError("t"), "no connection", BASE_URL),
        (OSError("t"), "no connection", BASE_URL),
        (BlockedIPError("h", "t"), "that hosted installations may not reach", "self-hosted"),
        (httpx.DecodingError("t"), "could not be decompressed", BASE_URL),
        (httpx.LocalProtocolError("t"), "cannot be written in HTTP", REQUEST),
        (httpx.InvalidURL("t"), "cannot be written in HTTP", REQUEST),
        (httpx.ReadError("t"), "broke before the whole answer was there", BASE_URL),
        (httpx.RemoteProtocolError("t"), "broke before the whole answer was there", BASE_URL),
        (httpx.ProxyError("t"), "ProxyError", BASE_URL),
        (httpx.ConnectError("CERTIFICATE_VERIFY_FAILED"), "no connection", "verifySsl"),
        (
            httpx.ConnectError("[SSL: WRONG_VERSION_NUMBER] wrong version"),
            "no connection",
            "begin with http://",
        ),
    ],
)
def test_a_failed_connection_leads_to_what_to_check(error: Exception, kind: str, cure: str) -> None:
    text = of_connection(error, 1, REDACTOR)
    assert f"{kind} (" in text
    assert cure in text


def test_the_reason_is_told_without_secrets_and_is_the_error_s_name_where_it_has_no_words() -> None:
    assert "(no way to [hidden])" in of_connection(OSError("no way to tok-123456"), 1, REDACTOR)
    assert "(ReadTimeout)" in of_connection(httpx.ReadTimeout(""), 1, REDACTOR)
