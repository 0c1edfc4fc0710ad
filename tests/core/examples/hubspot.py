"""HubSpot's CRM API, version 3: ``results``, and ``paging.next.after`` until the last page."""

from __future__ import annotations

from typing import Any

from tests.support.recorded import Answer, Ask, Record, RecordedApi, only_with, picked, window

FILL = {"API_TOKEN": "pat-eu1-1234"}
REFUSAL = "answered 401 Unauthorized"
FASTER = {"MAX_REQUESTS_PER_SECOND": "1000"}
"""In place of the rate that is right for HubSpot itself."""

CAP = 3
COMPANIES = [str(number) for number in range(9001, 9009)]
CONTACTS = [str(number) for number in range(51, 56)]
DEALS = [str(number) for number in range(71, 78)]


def make() -> RecordedApi:
    """An account with open and closed deals."""
    refusal = Answer({"status": "error", "category": "INVALID_AUTHENTICATION"}, 401)
    return RecordedApi(
        only_with("authorization", f"Bearer {FILL['API_TOKEN']}", refusal),
        {
            "GET /crm/v3/owners": lambda ask: _page(ask, ask.query, [_owner("1"), _owner("2")]),
            "GET /crm/v3/objects/companies": lambda ask: _page(
                ask, ask.query, _chosen(ask.query["properties"].split(","), _companies())
            ),
            "GET /crm/v3/objects/contacts": lambda ask: _page(
                ask, ask.query, _chosen(ask.query["properties"].split(","), _contacts())
            ),
            "POST /crm/v3/objects/deals/search": _search,
        },
    )


def _search(ask: Ask) -> Answer:
    asked = ask.json
    (wanted,) = asked["filterGroups"][0]["filters"]
    assert (wanted["propertyName"], wanted["operator"]) == ("hs_is_closed", "EQ")
    found = [deal for deal in _deals() if deal["properties"]["hs_is_closed"] == wanted["value"]]
    answer = _page(ask, asked, _chosen(asked["properties"], found))
    return Answer({"total": len(found), **answer.body})


def _page(ask: Ask, asked: dict[str, Any], records: list[Record]) -> Answer:
    start = int(asked.get("after", 0))
    items, more = window(records, start, int(asked["limit"]), CAP)
    body: dict[str, Any] = {"results": items}
    if more:
        after = str(start + len(items))
        body["paging"] = {"next": {"after": after, "link": f"{ask.url}?after={after}"}}
    return Answer(body)


def _chosen(names: list[str], records: list[Record]) -> list[Record]:
    return [
        {**record, "properties": picked([record["properties"]], names)[0]} for record in records
    ]


def _object(identifier: str, **properties: str | None) -> Record:
    return {
        "id": identifier,
        "properties": properties,
        "createdAt": "2025-10-30T03:30:17.883Z",
        "updatedAt": "2025-12-07T16:50:06.678Z",
        "archived": False,
    }


def _owner(number: str) -> Record:
    return {
        "id": number,
        "email": f"owner{number}@acme.example",
        "firstName": "Olive",
        "lastName": number,
        "archived": False,
    }


def _companies() -> list[Record]:
    return [
        _object(
            number,
            name=f"Company {number}",
            domain=f"c{number}.example",
            industry=None,
            numberofemployees="250" if number == "9001" else None,
            hubspot_owner_id="1" if number == "9001" else None,
        )
        for number in COMPANIES
    ]


def _contacts() -> list[Record]:
    labels = [{"id": "9001", "type": "contact_to_company"}, {"id": "9001", "type": "primary"}]
    return [
        {
            **_object(number, firstname="Ann", lastname=None, email=None, lifecyclestage="lead"),
            **({"associations": {"companies": {"results": labels}}} if number == "51" else {}),
        }
        for number in CONTACTS
    ]


def _deals() -> list[Record]:
    return [
        _object(
            number,
            dealname=f"Deal {number}",
            dealstage="qualifiedtobuy",
            amount="1500.50",
            closedate="2026-03-31T00:00:00Z",
            hubspot_owner_id="2",
            hs_is_closed=str(number == "77").lower(),
        )
        for number in DEALS
    ]


IDENTIFIERS = {
    "hubspotOwner": ["1", "2"],
    "hubspotCompany": COMPANIES,
    "hubspotContact": CONTACTS,
    "hubspotDeal": DEALS[:-1],
}
SAMPLES = {
    "hubspotCompany": {
        "identifier": "9001",
        "title": "Company 9001",
        "properties": {
            "domain": "c9001.example",
            "industry": None,
            "employees": 250,
            "updatedAt": "2025-12-07T16:50:06.678Z",
        },
        "relations": {"owner": "1"},
    },
    "hubspotContact": {
        "identifier": "51",
        "title": "Ann",
        "properties": {
            "email": None,
            "lifecycleStage": "lead",
            "createdAt": "2025-10-30T03:30:17.883Z",
        },
        "relations": {"companies": ["9001"]},
    },
    "hubspotDeal": {
        "identifier": "71",
        "title": "Deal 71",
        "properties": {
            "stage": "qualifiedtobuy",
            "amount": 1500.5,
            "closesAt": "2026-03-31T00:00:00Z",
        },
        "relations": {"owner": "2"},
    },
}
