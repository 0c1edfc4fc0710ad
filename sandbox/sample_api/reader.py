"""A plain client that reads the sample API the way it means to be read.

It is what other readers are measured against: it trusts the API and has no defences.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx

from sandbox.sample_api.app import SampleApi

MOST_PAGES = 10_000


def credentials(api: SampleApi) -> dict[str, dict[str, Any]]:
    """For each authentication type, the ``httpx`` request arguments that it accepts."""
    return {
        "none": {},
        "bearer_token": {"headers": {"Authorization": f"Bearer {api.token}"}},
        "basic": {"auth": (api.username, api.password)},
        "api_key": {"headers": {"X-API-Key": api.api_key}},
    }


def walk(
    http: httpx.Client, path: str, size: int = 50, method: str = "GET", **request: Any
) -> list[dict[str, Any]]:
    """All records at ``/{auth}/{pagination}/{resource}``, page by page."""
    pagination = path.split("/")[2]
    records: list[dict[str, Any]] = []
    params: dict[str, Any] = {} if pagination == "none" else {"limit": size, "size": size}
    for _ in range(MOST_PAGES):
        body = http.request(method, path, params=params, **request).raise_for_status().json()
        records += body["items"]
        if pagination == "offset":
            params["offset"] = len(records)
            over = len(records) >= body["total"]
        elif pagination == "page":
            params["page"] = body["page"] + 1
            over = len(body["items"]) < size
        else:
            params["cursor"] = body.get("next_cursor")
            over = not body.get("has_more")
        if over:
            return records
    raise RuntimeError("the pages do not end")


def follow(http: httpx.Client, path: str, **params: Any) -> Iterator[tuple[str, int]]:
    """Follows ``next_cursor`` without end: each page's cursor and number of items."""
    while True:
        body = http.get(path, params=params).json()
        params["cursor"] = body["next_cursor"]
        yield body["next_cursor"], len(body["items"])


def raw_get(base_url: str, target: str) -> bytes:
    """All bytes of the answer to a GET, until the peer closes; its resets are raised."""
    where = urlsplit(base_url)
    with socket.create_connection((where.hostname, where.port), timeout=10) as peer:
        peer.sendall(f"GET {target} HTTP/1.1\r\nHost: raw\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: peer.recv(65536), b""))
