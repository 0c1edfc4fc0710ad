"""Microsoft Graph, version 1.0: OData with ``@odata.nextLink``, behind the identity platform."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qs, urlencode

from tests.support.recorded import Answer, Ask, Record, RecordedApi, picked, window

FILL = {"CLIENT_ID": "6731de76-14a6-49ae", "CLIENT_SECRET": "qWgdYAmab0YSkuL1qKv5bPX"}
REFUSAL = "invalid_client"
TOKEN_URL = "/common/oauth2/v2.0/token"
TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9"
CAP = 2
USERS = ["87d349ed", "45b7d2e7", "626cbf8c", "40079818", "4782e723"]
GROUPS = {"02bd9fd6": USERS[:3], "06f62f70": USERS[3:], "0a53828f": []}
DEVICE = "e4c1f8a0"


def make() -> RecordedApi:
    """A directory of five people in two groups, one of which holds a device, too."""
    return RecordedApi(
        _guard,
        {
            f"POST {TOKEN_URL}": _token,
            "GET /users": lambda ask: _page(ask, [_user(user) for user in USERS]),
            "GET /groups": lambda ask: _page(ask, [_group(group) for group in GROUPS]),
            "GET /groups/([^/]+)/members": _members,
        },
    )


def _guard(ask: Ask) -> Answer | None:
    if ask.path == TOKEN_URL or ask.headers.get("authorization") == f"Bearer {TOKEN}":
        return None
    code = {"code": "InvalidAuthenticationToken", "message": "Access token is empty."}
    return Answer({"error": code}, 401)


def _token(ask: Ask) -> Answer:
    form = {name: values[0] for name, values in parse_qs(ask.body.decode()).items()}
    wanted = {
        "grant_type": "client_credentials",
        "client_id": FILL["CLIENT_ID"],
        "client_secret": FILL["CLIENT_SECRET"],
        "scope": "https://graph.microsoft.com/.default",
    }
    if form != wanted:
        told = "AADSTS7000215: Invalid client secret provided."
        return Answer({"error": "invalid_client", "error_description": told}, 401)
    return Answer({"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN})


def _members(ask: Ask) -> Answer:
    (group,) = ask.names
    found = [{"@odata.type": "#microsoft.graph.user", **_user(user)} for user in GROUPS[group]]
    if group == "06f62f70":
        device = {"id": DEVICE, "displayName": "Printer", "deviceId": "d1"}
        found.append({"@odata.type": "#microsoft.graph.device", **device})
    return _page(ask, found)


def _page(ask: Ask, records: list[Record]) -> Answer:
    token = ask.query.get("$skiptoken", "")
    starts = {_skip(number): number for number in range(len(records) + 1)}
    start = starts[token] if token else 0
    items, more = window(records, start, int(ask.query["$top"]), CAP)
    wanted = ["@odata.type", *ask.query["$select"].split(",")]
    body = {"@odata.context": f"{ask.origin}/$metadata", "value": picked(items, wanted)}
    if more:
        query = {**ask.query, "$skiptoken": _skip(start + len(items))}
        body["@odata.nextLink"] = f"{ask.url}?{urlencode(query, safe='$')}"
    return Answer(body)


def _skip(start: int) -> str:
    return "RFNwdAoAA" + hashlib.sha256(str(start).encode()).hexdigest()


def _user(user: str) -> Record:
    return {
        "id": user,
        "displayName": f"Person {user}",
        "userPrincipalName": f"{user}@acme.example",
        "mail": None if user == USERS[0] else f"{user}@acme.example",
        "department": "Platform",
        "jobTitle": None,
        "accountEnabled": True,
    }


def _group(group: str) -> Record:
    unified = group == "02bd9fd6"
    return {
        "id": group,
        "displayName": f"Group {group}",
        "description": None,
        "mail": f"{group}@acme.example" if unified else None,
        "groupTypes": ["Unified"] if unified else [],
        "createdDateTime": "2025-07-31T18:56:16Z",
        "securityEnabled": not unified,
    }


IDENTIFIERS = {
    "entraUser": USERS,
    "entraGroup": list(GROUPS),
    "entraMembership": [f"{group}/{user}" for group, users in GROUPS.items() for user in users],
}
SAMPLES = {
    "entraGroup": {
        "identifier": "06f62f70",
        "title": "Group 06f62f70",
        "properties": {
            "description": None,
            "email": None,
            "kind": "Security",
            "createdAt": "2025-07-31T18:56:16Z",
        },
        "relations": {},
    },
    "entraMembership": {
        "identifier": "02bd9fd6/87d349ed",
        "title": "Person 87d349ed",
        "properties": {},
        "relations": {"group": "02bd9fd6", "user": "87d349ed"},
    },
}
