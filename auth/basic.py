"""``authType`` basic."""

from __future__ import annotations

import base64

import httpx

from auth.origin_bound import Covers, OriginBoundAuth


class BasicAuth(OriginBoundAuth):
    """``Authorization: Basic ...`` from ``username`` and ``password`` in UTF-8, RFC 7617."""

    def __init__(self, username: str, password: str, covers: Covers) -> None:
        super().__init__(covers)
        pair = base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
        self._header = f"Basic {pair}"

    def apply(self, request: httpx.Request) -> None:
        request.headers["Authorization"] = self._header
