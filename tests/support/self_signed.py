"""A server with a certificate of its own making, which only who knows its authority trusts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import trustme

from sandbox.serving import serve


@contextmanager
def serve_self_signed(app: Any, authority: trustme.CA | None = None) -> Iterator[str]:
    """Serves an ASGI application by TLS, and yields its base URL."""
    pair = (authority or trustme.CA()).issue_cert("127.0.0.1").private_key_and_cert_chain_pem
    with pair.tempfile() as path, serve(app, certfile=path, keyfile=path) as url:
        yield url
