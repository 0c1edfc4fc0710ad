"""Requests out, responses in: permits, rate, timeouts, retries, origin and redaction. Knows neither
pages nor jq."""

from client.exchange import Exchange, Observer
from client.http_client import HttpClient
from client.origin import Origin
from client.redaction import Redactor
from client.request import Request, Response
from client.traffic import Traffic

__all__ = [
    "Exchange",
    "HttpClient",
    "Observer",
    "Origin",
    "Redactor",
    "Request",
    "Response",
    "Traffic",
]
