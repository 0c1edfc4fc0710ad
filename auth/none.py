"""``authType`` none."""

from __future__ import annotations

import httpx


class NoAuth(httpx.Auth):
    """Sends no credentials; being set, it also keeps httpx from looking for some in ``.netrc``."""
