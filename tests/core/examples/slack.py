"""Slack's Web API: ``ok`` in every answer, errors with status 200, cursors in the metadata."""

from __future__ import annotations

import base64

from tests.support.recorded import Answer, Ask, Record, RecordedApi, only_with, window

FILL = {"API_TOKEN": "xoxb-17653672481"}
REFUSAL = "invalid_auth"
FASTER = {"MAX_REQUESTS_PER_SECOND": "1000"}
"""In place of the rate that is right for Slack itself."""

CAP = 2
USERS = ["U01", "U02", "U03", "U04", "USLACKBOT"]
GONE = "U04"
CHANNELS = {"C01": ["U01", "U02", "U03"], "C02": ["U02"], "C03": []}


def make() -> RecordedApi:
    """A workspace of three people, one who has left, and a bot."""
    refusal = Answer({"ok": False, "error": "invalid_auth"})
    return RecordedApi(
        only_with("authorization", f"Bearer {FILL['API_TOKEN']}", refusal),
        {
            "GET /users.list": lambda ask: _page(ask, "members", [_user(name) for name in USERS]),
            "GET /conversations.list": lambda ask: _page(ask, "channels", _channels(ask)),
            "GET /conversations.members": lambda ask: _page(
                ask, "members", list(CHANNELS[ask.query["channel"]])
            ),
        },
    )


def _channels(ask: Ask) -> list[Record]:
    assert (ask.query["types"], ask.query["exclude_archived"]) == ("public_channel", "true")
    return [_channel(name) for name in CHANNELS]


def _page[T](ask: Ask, key: str, records: list[T]) -> Answer:
    cursor = ask.query.get("cursor", "")
    start = int(base64.b64decode(cursor).decode().removeprefix("next:")) if cursor else 0
    items, more = window(records, start, int(ask.query["limit"]), CAP)
    following = base64.b64encode(f"next:{start + len(items)}".encode()).decode() if more else ""
    metadata = {"next_cursor": following}
    return Answer({"ok": True, key: items, "response_metadata": metadata})


def _user(name: str) -> Record:
    bot = name == "USLACKBOT"
    return {
        "id": name,
        "team_id": "T01",
        "name": name.lower(),
        "deleted": name == GONE,
        "tz": "Europe/Amsterdam",
        "is_admin": name == "U01",
        # Slack calls its own bot no bot.
        "is_bot": bot,
        "profile": {
            "real_name": f"Person {name}",
            **({} if bot else {"email": f"{name.lower()}@acme.example"}),
        },
    }


def _channel(name: str) -> Record:
    return {
        "id": name,
        "name": f"team-{name.lower()}",
        "is_channel": True,
        "is_archived": False,
        "created": 1449252889,
        "creator": "U01",
        "topic": {"value": "Nothing", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(CHANNELS[name]),
    }


IDENTIFIERS = {
    "slackUser": ["U01", "U02", "U03"],
    "slackChannel": list(CHANNELS),
    "slackMembership": [f"{name}/{user}" for name, users in CHANNELS.items() for user in users],
}
SAMPLES = {
    "slackChannel": {
        "identifier": "C02",
        "title": "#team-c02",
        "properties": {
            "topic": "Nothing",
            "purpose": "",
            "members": 1,
            "createdAt": "2015-12-04T18:14:49Z",
        },
        "relations": {"creator": "U01"},
    },
    "slackMembership": {
        "identifier": "C01/U03",
        "title": "U03",
        "properties": {},
        "relations": {"channel": "C01", "user": "U03"},
    },
}
