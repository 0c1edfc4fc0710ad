"""Pages by how many records are skipped, and totals beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.support.shape_api import NONE, Ask, Record, Reply, Shape, by_offset, linked, paged


def scim(ask: Ask) -> Reply:
    """RFC 7644, section 3.4.2.4: positions from 1; what is below 1 is taken for 1."""
    part = ask.offset("startIndex", "count", first=1)
    return Reply({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                  "totalResults": part.total, "itemsPerPage": len(part.records),
                  "startIndex": part.start + 1, "Resources": part.records})  # fmt: skip


HIDDEN = range(60, 180)
"""Positions of rows that these credentials may not see, among them a page as a whole."""


def servicenow(ask: Ask) -> Reply:
    """The total counts rows that the page leaves out."""
    rows: list[Record | None] = list(ask.records)
    rows[HIDDEN.start : HIDDEN.start] = [None] * len(HIDDEN)
    start = ask.number("sysparm_offset", 0)
    found = rows[start : start + min(ask.number("sysparm_limit", 50), 50)]
    return Reply({"result": [one for one in found if one]}, {"X-Total-Count": str(len(rows))})


def airflow(ask: Ask) -> Reply:
    part = ask.offset()
    return Reply({"dags": part.records, "total_entries": part.total})


def pouchdb(ask: Ask) -> Reply:
    part = ask.offset("skip")
    return Reply({"total_rows": part.total, "offset": part.start, "rows": part.records})


def total_size(ask: Ask) -> Reply:
    """As MLflow's services count."""
    part = ask.offset()
    return Reply({"runs": part.records, "total_size": part.total})


def jira_classic(ask: Ask) -> Reply:
    part = ask.offset("startAt", "maxResults")
    return Reply({"expand": "schema,names", "startAt": part.start, "maxResults": part.size,
                  "total": part.total, "issues": part.records})  # fmt: skip


def jira_projects(ask: Ask) -> Reply:
    part = ask.offset("startAt", "maxResults")
    body: dict[str, Any] = {"self": ask.link(), "maxResults": part.size, "startAt": part.start,
                            "total": part.total, "isLast": part.last,
                            "values": part.records}  # fmt: skip
    if not part.last:
        body["nextPage"] = ask.link(startAt=part.end)
    return Reply(body)


def drf(ask: Ask) -> Reply:
    """Django REST Framework's LimitOffsetPagination."""
    part = ask.offset()
    following = None if part.last else ask.link(offset=part.end)
    before = ask.link(offset=part.start - part.size) if part.start else None
    return Reply({"count": part.total, "next": following, "previous": before,
                  "results": part.records})  # fmt: skip


def postgrest(ask: Ask) -> Reply:
    part = ask.offset()
    return Reply(part.records, {"Content-Range": _range(ask)})


def postgrest_206(ask: Ask) -> Reply:
    """With ``Prefer: count=exact`` the status of a part is 206."""
    part = ask.offset()
    return Reply(part.records, {"Content-Range": _range(ask)}, status=200 if part.last else 206)


def _range(ask: Ask) -> str:
    part = ask.offset()
    last = part.start + len(part.records) - 1
    return f"{part.start}-{last}/{part.total}" if part.records else f"*/{part.total}"


def pagerduty(ask: Ask) -> Reply:
    """A flag, and a total that is null unless it is asked for."""
    part = ask.offset()
    return Reply({"users": part.records, "limit": part.size, "offset": part.start,
                  "more": not part.last, "total": None})  # fmt: skip


def contentful(ask: Ask) -> Reply:
    part = ask.offset("skip")
    return Reply({"sys": {"type": "Array"}, "total": part.total, "skip": part.start,
                  "limit": part.size, "items": part.records})  # fmt: skip


def ords(ask: Ask) -> Reply:
    """Oracle REST Data Services: a flag and links; ``count`` is the page's own."""
    part = ask.offset()
    links = [{"rel": "self", "href": ask.url}, {"rel": "first", "href": ask.link(offset=0)}]
    if not part.last:
        links.append({"rel": "next", "href": ask.link(offset=part.end)})
    if part.start:
        links.append({"rel": "prev", "href": ask.link(offset=part.start - part.size)})
    return Reply({"items": part.records, "hasMore": not part.last, "limit": part.size,
                  "offset": part.start, "count": len(part.records), "links": links})  # fmt: skip


def arcgis(ask: Ask) -> Reply:
    """The flag is there only while there is more."""
    part = ask.offset("resultOffset", "resultRecordCount")
    more = {} if part.last else {"exceededTransferLimit": True}
    return Reply({"objectIdFieldName": "id", "features": part.records, **more})


def bare(ask: Ask) -> Reply:
    """An array, and no word of others; never more than 30."""
    return Reply(ask.offset(cap=30).records)


def total_of_all(ask: Ask) -> Reply:
    """Never more than 30, and how many there are."""
    part = ask.offset(cap=30)
    return Reply({"items": part.records, "total": part.total})


def total_of_page(ask: Ask) -> Reply:
    """Never more than 20; the total counts the page."""
    part = ask.offset(cap=20)
    return Reply({"items": part.records, "total": len(part.records)})


def total_of_numbered_page(ask: Ask) -> Reply:
    part = ask.page(size="size", cap=20)
    return Reply({"items": part.records, "total": len(part.records)})


def active(found: Sequence[Record]) -> list[Record]:
    return [one for one in found if one["active"]]


SCIM = by_offset("startIndex", "count")
SERVICENOW = by_offset("sysparm_offset", "sysparm_limit")
JIRA = by_offset("startAt", "maxResults")
WIDE = by_offset(pageSize="100")
WHEN_NONE = "paginationType is none"

SHAPES = {
    "SCIM: positions from 1": Shape(scim, ".Resources", {**SCIM, "startOffset": "1"}),
    "SCIM, named total": Shape(
        scim, ".Resources", {**SCIM, "startOffset": "1", "totalPath": "totalResults"}, requests=3
    ),
    "SCIM: positions from 1, asked from 0": Shape(
        scim, ".Resources", SCIM, warns="check startOffset"
    ),
    "SCIM by none": Shape(scim, ".Resources", NONE, fails="totalResults (130)"),
    "ServiceNow: hidden rows": Shape(
        servicenow, ".result", SERVICENOW, warns="of 250 records were read"
    ),
    "ServiceNow: hidden rows below a named total": Shape(
        servicenow, ".result", {**SERVICENOW, "totalPath": "X-Total-Count"},
        fails="of 250 records were read",
    ),
    "ServiceNow by none": Shape(servicenow, ".result", NONE, fails="X-Total-Count (250)"),
    "Airflow by offset": Shape(airflow, ".dags", by_offset()),
    "Airflow by none": Shape(airflow, ".dags", NONE, fails="total_entries (130)"),
    "PouchDB by offset": Shape(pouchdb, ".rows", by_offset("skip")),
    "PouchDB by none": Shape(pouchdb, ".rows", NONE, fails="total_rows (130)"),
    "total_size by none": Shape(total_size, ".runs", NONE, fails="total_size (130)"),
    "Jira classic": Shape(jira_classic, ".issues", JIRA),
    "Jira classic by none": Shape(jira_classic, ".issues", NONE, fails="total (130)"),
    "Jira projects by offset": Shape(jira_projects, ".values", JIRA),
    "Jira projects by next_link": Shape(jira_projects, ".values", linked("nextPage")),
    "Django REST Framework by offset": Shape(drf, ".results", by_offset()),
    "Django REST Framework by offset, last page full": Shape(
        drf, ".results", by_offset(), count=100
    ),
    "Content-Range by offset": Shape(postgrest, ".", by_offset()),
    "Content-Range by none": Shape(postgrest, ".", NONE, fails="Content-Range (130)"),
    "Content-Range with 206": Shape(postgrest_206, ".", by_offset(), fails="answered 206"),
    "PagerDuty by offset": Shape(pagerduty, ".users", by_offset()),
    "PagerDuty by none": Shape(pagerduty, ".users", NONE, fails="more (true)"),
    "Contentful by offset": Shape(contentful, ".items", by_offset("skip")),
    "Contentful by none": Shape(contentful, ".items", NONE, fails="total (130)"),
    "Oracle REST Data Services by offset": Shape(ords, ".items", by_offset(), count=100),
    "Oracle REST Data Services by next_link": Shape(
        ords, ".items", linked('.links[] | select(.rel == "next") | .href')
    ),
    "ArcGIS by offset": Shape(
        arcgis, ".features", by_offset("resultOffset", "resultRecordCount", pageSize="100")
    ),
    "ArcGIS by none": Shape(arcgis, ".features", NONE, fails="exceededTransferLimit (true)"),
    "capped, without a total": Shape(bare, ".", WIDE),
    "capped, a whole number of pages": Shape(bare, ".", WIDE, count=120),
    "capped, with a total": Shape(total_of_all, ".items", WIDE),
    "capped, with a named total": Shape(
        total_of_all, ".items", {**WIDE, "totalPath": "total"}, requests=5
    ),
    "capped, without a total, by none": Shape(
        bare, ".", NONE, count=30, warns="30 records came in one response"
    ),
    "total of the page alone": Shape(total_of_page, ".items", WIDE, count=50),
    "total of the page alone, a whole number of pages": Shape(
        total_of_page, ".items", WIDE, count=60
    ),
    "total of the page alone, by page": Shape(
        total_of_numbered_page, ".items", paged("size", pageSize="100"), count=50
    ),
    "filter in data_path": Shape(
        total_of_all, ".items | map(select(.active))", WIDE, keeps=active
    ),
    "filter in data_path, without a total": Shape(
        bare, "map(select(.active))", WIDE, keeps=active
    ),
    "filter behind []": Shape(
        total_of_all, ".items[] | select(.active)", by_offset(pageSize="10"), keeps=active
    ),
}  # fmt: skip
