"""What comes in place of a CSV or JSON Lines export never looks like an empty one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.canned import CannedApi
from tests.support.core import Core, resource

TEAMS = ("t1", "t2")
EXPORTS = {
    "csv": ("text/csv", "id,name\n{team}-a,x\n{team}-b,y\n"),
    "jsonl": ("application/x-ndjson", '{"id": "{team}-a"}\n{"id": "{team}-b"}\n'),
}


def export(canned: CannedApi, team: str, media: str, text: str) -> None:
    canned.answers[f"/teams/{team}/export"] = (200, media, text.replace("{team}", team).encode())


@pytest.mark.parametrize(
    ("name", "media", "text", "told"),
    [
        ("csv", "application/json", '{"error": "boom"}', "the answer is JSON, where CSV was"),
        ("csv", "text/csv", "Service is busy", "the answer is one line of text"),
        ("jsonl", "application/x-ndjson", '{"error": "boom"}', "the last line of the answer is"),
        (
            "jsonl",
            "application/x-ndjson",
            '{"id": "{team}-a"}\n{"error": "aborted"}\n',
            "the last line of the answer is an object with the keys error",
        ),
    ],
)
async def test_an_error_in_place_of_an_export_deletes_nothing(
    core: Core, canned: CannedApi, url: str, name: str, media: str, text: str, told: str
) -> None:
    canned.json("/stable", json.dumps({"items": [{"id": f"s{n}"} for n in range(400)]}))
    for team in TEAMS:
        export(canned, team, *EXPORTS[name])
    selector: dict[str, Any] = {"format": name, "data_path": None}
    selector["path_parameters"] = {"team": {"values": list(TEAMS)}}
    resources = (resource("/stable"), resource("/teams/{team}/export", "team", **selector))
    outcome = await core.resync({"baseUrl": url}, *resources)
    assert outcome.succeeded, outcome.error
    everything = core.catalog.identifiers("team")
    assert everything == ["t1-a", "t1-b", "t2-a", "t2-b"]
    export(canned, "t2", media, text)
    outcome = await core.resync({"baseUrl": url}, *resources)
    assert not outcome.succeeded
    assert told in outcome.error
    assert core.catalog.identifiers("team") == everything
