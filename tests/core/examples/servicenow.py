"""ServiceNow's Table API: ``result``, an offset, and the total in ``X-Total-Count``."""

from __future__ import annotations

import base64

from tests.support.recorded import Answer, Ask, Record, RecordedApi, only_with, picked, window

FILL = {"USERNAME": "port.reader", "PASSWORD": "Reader-2026"}
REFUSAL = "answered 401 Unauthorized"
CAP = 4
GROUPS = ["287ebd7d", "8a5055c9", "d625dccc"]
SERVICES = [f"{number:08x}" for number in range(10)]
INCIDENTS = [f"INC{number:07d}" for number in range(1, 15)]


def make() -> RecordedApi:
    """An instance with ten business services."""
    refusal = Answer({"error": {"message": "User is not authenticated"}, "status": "failure"}, 401)
    pair = base64.b64encode(f"{FILL['USERNAME']}:{FILL['PASSWORD']}".encode()).decode()
    return RecordedApi(
        only_with("authorization", f"Basic {pair}", refusal),
        {
            "GET /api/now/table/sys_user_group": lambda ask: _page(ask, _groups()),
            "GET /api/now/table/cmdb_ci_service": lambda ask: _page(ask, _services()),
            "GET /api/now/table/incident": lambda ask: _page(ask, _incidents()),
        },
    )


def _page(ask: Ask, records: list[Record]) -> Answer:
    assert ask.query["sysparm_query"].endswith("ORDERBYsys_id")
    start = int(ask.query["sysparm_offset"])
    items, _ = window(records, start, int(ask.query["sysparm_limit"]), CAP)
    wanted = ask.query["sysparm_fields"].split(",")
    return Answer({"result": picked(items, wanted)}, headers={"X-Total-Count": str(len(records))})


def _groups() -> list[Record]:
    return [
        {
            "sys_id": group,
            "name": f"Group {group}",
            "description": "",
            "email": "" if group == GROUPS[0] else f"{group}@acme.example",
            "active": "true",
        }
        for group in GROUPS
    ]


def _services() -> list[Record]:
    return [
        {
            "sys_id": service,
            "name": f"Service {service}",
            "operational_status": "1" if number % 2 else "4",
            "busines_criticality": "2 - somewhat critical",
            "support_group": "" if number % 3 else GROUPS[1],
            "sys_updated_on": "2026-03-05 14:19:01",
            "sys_class_name": "cmdb_ci_service",
        }
        for number, service in enumerate(SERVICES)
    ]


def _incidents() -> list[Record]:
    return [
        {
            "sys_id": f"{index:032x}",
            "number": number,
            "short_description": "Cannot log in",
            "state": "2",
            "priority": "1",
            "opened_at": "2026-03-05 08:00:59",
            "business_service": SERVICES[index % 10],
            "assignment_group": "",
        }
        for index, number in enumerate(INCIDENTS)
    ]


IDENTIFIERS = {
    "servicenowGroup": GROUPS,
    "servicenowService": SERVICES,
    "servicenowIncident": INCIDENTS,
}
SAMPLES = {
    "servicenowService": {
        "identifier": "00000003",
        "title": "Service 00000003",
        "properties": {
            "status": "operational",
            "criticality": "2 - somewhat critical",
            "updatedAt": "2026-03-05T14:19:01Z",
        },
        "relations": {"supportedBy": "8a5055c9"},
    },
    "servicenowIncident": {
        "identifier": "INC0000003",
        "title": "INC0000003 Cannot log in",
        "properties": {
            "summary": "Cannot log in",
            "state": "in progress",
            "priority": 1,
            "openedAt": "2026-03-05T08:00:59Z",
        },
        "relations": {"service": "00000002"},
    },
}
