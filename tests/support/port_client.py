"""A client of the local Port API, as the integration "mine" would be, and what Ocean reports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

DATASOURCE = "port-ocean/custom/0.1.0/mine/exporter"


@contextmanager
def signed_in(url: str) -> Iterator[httpx.Client]:
    """A client with a token; its base is ``url``/v1."""
    with httpx.Client(base_url=f"{url}/v1", headers={"User-Agent": DATASOURCE}) as client:
        answer = client.post(
            "/auth/access_token", json={"clientId": "sandbox", "clientSecret": "sandbox-secret"}
        )
        client.headers["Authorization"] = f"Bearer {answer.json()['accessToken']}"
        yield client


def report(
    client: httpx.Client,
    kind: str,
    state: str,
    *,
    event: str = "resync-1",
    index: int = 0,
    items: int = 0,
    seconds: float = 0.0,
    failed: int = 0,
) -> None:
    """Reports on a kind as Ocean does; ``kind`` may be ``__runtime__``, the resync as a whole."""
    extract = {"raw_extracted": {"object_count": items}, "failed": {"object_count": failed}}
    metric: dict[str, Any] = {
        "integrationIdentifier": "mine",
        "kindIdentifier": kind if kind.startswith("__") else f"{kind}-{index}",
        "kind": kind,
        "kindIndex": index,
        "eventId": event,
        "syncState": state,
        "blueprint": '"team"',
        "metrics": {
            "phase": {
                "resync": {"duration_seconds": seconds},
                "extract": {"object_count_type": extract},
            }
        },
    }
    body = {"syncKindsMetrics": [metric]}
    assert client.post("/ingest/mine/metrics/syncMetrics", json=body).status_code == 200
