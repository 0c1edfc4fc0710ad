"""What a failed request means, in words for the person who configures the integration."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Protocol

import httpx
from port_ocean.exceptions.clients import BlockedIPError

from client.redaction import Redactor
from client.throttling import TOO_MANY

_CURES = {
    401: "Check authType and the credentials that go with it.",
    403: "The credentials are known but may not read this: check their rights.",
    404: "Check the kind (or its endpoint) and the path in baseUrl.",
    405: "Check the selector's method.",
    407: "The proxy asks for credentials: check HTTPS_PROXY.",
}

_SLOWER = "Lower maxConcurrentRequests, or ask for a higher rate limit."

_NO_TLS = re.compile(
    r"WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|record.layer.failure"
)
"""OpenSSL's reasons where what came is no TLS. Others, such as alerts, show that TLS is spoken."""


class Answer(Protocol):
    """The part of a response that an explanation needs."""

    @property
    def status(self) -> int: ...
    @property
    def content(self) -> bytes: ...


def of_status(answer: Answer, attempts: int, redactor: Redactor, throttled: bool = False) -> str:
    """Says what status came, what was expected, how the body begins and what to look at;
    ``throttled`` says that the response is a rate limit, whatever its status."""
    try:
        phrase = f" {HTTPStatus(answer.status).phrase}"
    except ValueError:
        phrase = ""
    tries = f" after {attempts} attempts" if attempts > 1 else ""
    begin = redactor.excerpt(answer.content)
    body = f" The answer begins: {begin!r}." if begin else " The answer is empty."
    cure = _CURES.get(answer.status, _general_cure(answer.status))
    if throttled or answer.status in TOO_MANY:
        cure = _SLOWER
        phrase += "" if answer.status in TOO_MANY else " (a rate limit)"
    expected = "" if throttled and answer.status == 200 else "; expected 200"
    return f"answered {answer.status}{phrase}{tries}{expected}.{body} {cure}"


def of_connection(error: Exception, attempts: int, redactor: Redactor) -> str:
    """Says how the connection failed, after how many attempts, and which setting to look at."""
    tries = f" in each of {attempts} attempts" if attempts > 1 else ""
    detail = redactor.values(str(error)) or type(error).__name__
    return f"failed{tries}: {_kind(error)} ({detail}). {_cure(error)}"


def _general_cure(status: int) -> str:
    if status >= 500:
        return "The API itself fails: try again later, or ask those who run it."
    if 200 <= status < 400:
        return "Only a whole answer can be used: check the endpoint and query_params."
    return "Check the endpoint, query_params and headers of this resource."


def _kind(error: Exception) -> str:
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return "no connection in time"
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx.ConnectError | OSError):
        return "no connection"
    if isinstance(error, BlockedIPError):
        return "an address that hosted installations may not reach"
    if isinstance(error, httpx.DecodingError):
        return "the body could not be decompressed"
    if isinstance(error, httpx.LocalProtocolError | httpx.InvalidURL):
        return "the request cannot be written in HTTP"
    if isinstance(error, httpx.ReadError | httpx.RemoteProtocolError):
        return "the connection broke before the whole answer was there"
    return type(error).__name__


def tls_cure(error: str) -> str | None:
    """What to look at where ``error`` (OpenSSL's text in it) is about TLS; None where it is not."""
    if "CERTIFICATE_VERIFY_FAILED" in error:
        return "Check the API's certificate, or verifySsl where it is self-signed."
    if "[SSL" not in error:
        return None
    if _NO_TLS.search(error):
        return "Check whether TLS is spoken there: baseUrl may have to begin with http://."
    return "Check that TLS 1.2 or newer is spoken there, and no client certificate asked for."


def _cure(error: Exception) -> str:
    if cure := tls_cure(str(error)):
        return cure
    if isinstance(error, httpx.TimeoutException):
        return "Raise timeout, or lower pageSize or maxConcurrentRequests."
    if isinstance(error, httpx.LocalProtocolError | httpx.InvalidURL):
        return "Check the selector's headers and query_params."
    if isinstance(error, BlockedIPError):
        return "Check baseUrl; an API in a private network needs a self-hosted installation."
    return "Check baseUrl, and that the API can be reached from here."
