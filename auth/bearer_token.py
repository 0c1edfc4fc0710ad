"""``authType`` bearer_token."""

from __future__ import annotations

import httpx

from auth.origin_bound import Covers, OriginBoundAuth


class BearerTokenAuth(OriginBoundAuth):
    """``Authorization: Bearer <apiToken>``, RFC 6750 section 2.1."""

    def __init__(self, token: str, covers: Covers) -> None:
        super().__init__(covers)
        self._header = f"Bearer {token}"

    def apply(self, request: httpx.Request) -> None:
        request.headers["Authorization"] = self._header
