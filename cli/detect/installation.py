"""What must differ between two installations in one Port account."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from itertools import takewhile
from urllib.parse import urlencode, urlsplit

from cli.detect.options import Endpoint
from client import Origin
from client.origin import DEFAULT_PORTS

LONGEST = 60
DIGITS = 8


def installation_identifier(base_url: str, endpoints: Sequence[Endpoint], prefix: str = "") -> str:
    """The identifier of the installation that reads ``endpoints`` below ``base_url``: Ocean deletes
    what an installation of that identifier returned earlier and this one does not.

    It is readable up to its last part, a digest of all that tells one from another. The same
    endpoints get the same identifier whenever they are looked at.
    """
    origin, base = Origin.of(base_url), urlsplit(base_url).path.strip("/")
    kinds = sorted({f"{one.path}?{urlencode(one.params)}" for one in endpoints})
    exact = "\n".join((prefix, str(origin), base, *kinds))
    digest = hashlib.sha256(exact.encode()).hexdigest()[:DIGITS]
    port = "" if origin.port == DEFAULT_PORTS[origin.scheme] else str(origin.port)
    words = (prefix, origin.host, port, base, *_common([one.path for one in endpoints]))
    readable = re.sub(r"[^a-z0-9]+", "-", "-".join(words).lower()).strip("-")
    return f"{readable[: LONGEST - DIGITS - 1].rstrip('-') or 'api'}-{digest}"


def _common(paths: Sequence[str]) -> list[str]:
    """The segments that all ``paths`` begin with."""
    rows = zip(*(path.strip("/").split("/") for path in paths), strict=False)
    return [row[0] for row in takewhile(lambda row: len(set(row)) == 1, rows)]
