"""``authType`` api_key."""

from __future__ import annotations

import httpx

from auth.origin_bound import Covers, OriginBoundAuth


class ApiKeyAuth(OriginBoundAuth):
    """The key in a header of its own (Port setting ``apiKeyHeader``)."""

    def __init__(self, header: str, key: str, covers: Covers) -> None:
        super().__init__(covers)
        self._name = header
        self._key = key

    def apply(self, request: httpx.Request) -> None:
        request.headers[self._name] = self._key


class ApiKeyParamAuth(OriginBoundAuth):
    """The key as a query parameter (Port setting ``apiKeyQueryParam``)."""

    def __init__(self, param: str, key: str, covers: Covers) -> None:
        super().__init__(covers)
        self._param = param
        self._key = key

    def apply(self, request: httpx.Request) -> None:
        request.url = request.url.copy_set_param(self._param, self._key)
