"""For each recipe of ``docs/mapping.md`` a server that answers in its shape, strictly: where the
page size is not sent under the API's own name, it refuses."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.docs.recipe_pages import dynatrace, fhir, keyset, scim
from tests.docs.recipe_parents import environments, memberships, mlflow, recent
from tests.docs.recipe_shape import CAP, REFUSED, Shape, decoded, encoded, numbered
from tests.support.recorded import Answer, Ask, window


def github() -> Shape:
    names = numbered("repo")
    records = [
        {
            "full_name": f"acme/{n}",
            "name": n,
            "archived": n == "repo-07",
            "html_url": f"https://x/{n}",
        }
        for n in names
    ]

    def answer(ask: Ask) -> Answer:
        size, page = ask.query.get("per_page"), int(ask.query.get("page", 1))
        if size != "100":
            return REFUSED
        found, more = window(records, (page - 1) * CAP, int(size), CAP)
        link = f'<{ask.url}?per_page={size}&page={page + 1}>; rel="next"'
        return Answer(found, headers={"link": link} if more else {})

    kept = [f"acme/{name}" for name in names if name != "repo-07"]
    return Shape({"GET /orgs/acme/repos": answer}, {"repository": kept})


def slack() -> Shape:
    names = numbered("U")
    records = [
        {"id": n, "deleted": n == "U-03", "profile": {"real_name": n, "email": f"{n}@x"}}
        for n in names
    ]

    def answer(ask: Ask) -> Answer:
        if ask.query.get("limit") != "200":
            return Answer({"ok": False, "error": "invalid_limit"})
        start = int(decoded(ask.query.get("cursor", "")) or 0)
        found, more = window(records, start, 200, CAP)
        cursor = encoded(str(start + CAP)) if more else ""
        metadata = {"next_cursor": cursor}
        return Answer({"ok": True, "members": found, "response_metadata": metadata})

    return Shape({"GET /users.list": answer}, {"user": [n for n in names if n != "U-03"]})


def odata() -> Shape:
    names = numbered("p")
    records = [{"Id": name, "Name": name} for name in names]

    def answer(ask: Ask) -> Answer:
        if (ask.query.get("$top"), ask.query.get("$select")) != (None, "Id,Name"):
            return REFUSED
        start = int(ask.query.get("$skiptoken", 0))
        found, more = window(records, start, 100, CAP)
        query = f"$select=Id,Name&$skiptoken={start + CAP}"
        link = {"@odata.nextLink": f"{ask.url}?{query}"} if more else {}
        return Answer({"value": found, **link})

    return Shape({"GET /v1.0/Products": answer}, {"product": names})


def odata_by_count() -> Shape:
    names = numbered("o")
    records = [{"Id": name, "Customer": name} for name in names]

    def answer(ask: Ask) -> Answer:
        if (ask.query.get("$top"), ask.query.get("$orderby")) != ("100", "Id"):
            return REFUSED
        found, _ = window(records, int(ask.query.get("$skip", 0)), 100, CAP)
        return Answer({"value": found})

    return Shape({"GET /odata/Orders": answer}, {"order": names})


def spring() -> Shape:
    names = numbered("s")
    records = [{"id": name, "name": name} for name in names]

    def answer(ask: Ask) -> Answer:
        if (ask.query.get("size"), ask.query.get("sort")) != ("100", "id,asc"):
            return REFUSED
        page = int(ask.query["page"])
        found, more = window(records, page * CAP, 100, CAP)
        body = {"content": found, "number": page, "last": not more, "totalElements": len(names)}
        return Answer(body)

    return Shape({"GET /api/services": answer}, {"service": names})


def graphql(errors: bool = False) -> Shape:
    names = numbered("s")
    records = [{"id": name, "name": name, "tier": "gold"} for name in names]

    def answer(ask: Ask) -> Answer:
        variables = ask.json["variables"]
        if "services(first: $first, after: $after)" not in ask.json["query"]:
            return Answer({"errors": [{"message": "Cannot query that"}]})
        if not isinstance(variables.get("first"), int):
            return Answer({"errors": [{"message": "$first of type Int! is required"}]})
        start = int(decoded(variables.get("after") or "") or 0)
        found, more = window(records, start, variables["first"], CAP)
        info = {"hasNextPage": more, "endCursor": encoded(str(start + len(found)))}
        body: dict[str, Any] = {"data": {"services": {"nodes": found, "pageInfo": info}}}
        if errors and start:
            body["data"]["services"]["nodes"] = found[1:]
            body["errors"] = [{"message": "one node could not be resolved"}]
        return Answer(body)

    return Shape({"POST /graphql": answer}, {"service": names})


def search() -> Shape:
    names = numbered("i")
    records = [{"id": name, "summary": name} for name in names]

    def answer(ask: Ask) -> Answer:
        page = ask.json["page"]
        if ask.json["filter"] != {"status": ["open", "acknowledged"]} or page["limit"] != 100:
            return REFUSED
        found, _ = window(records, page["offset"], page["limit"], CAP)
        return Answer({"incidents": found, "page": {"total": len(names)}})

    return Shape({"POST /api/incidents/search": answer}, {"incident": names})


def nested() -> Shape:
    orgs, projects, environments = numbered("org", 12), numbered("prj", 2), numbered("env", 11)
    gone = ("org-03", "prj-01")

    def listed(keys: list[str]) -> Callable[[Ask], Answer]:
        def answer(ask: Ask) -> Answer:
            if ask.query.get("size") != "50":
                return REFUSED
            records = [{"key": key, "name": key, "region": "eu"} for key in keys]
            found, more = window(records, (int(ask.query["page"]) - 1) * CAP, 50, CAP)
            return Answer({"items": found, "has_more": more})

        return answer

    def of_project(ask: Ask) -> Answer:
        missing = Answer({"message": "no such project"}, 404)
        return missing if ask.names == gone else listed(environments)(ask)

    pairs = [(org, project) for org in orgs for project in projects]
    return Shape(
        {
            "GET /orgs": listed(orgs),
            "GET /orgs/([^/]+)/projects": listed(projects),
            "GET /orgs/([^/]+)/projects/([^/]+)/environments": of_project,
        },
        {
            "organization": orgs,
            "project": ["/".join(pair) for pair in pairs],
            "environment": [
                "/".join((*pair, name)) for pair in pairs if pair != gone for name in environments
            ],
        },
    )


def incremental() -> Shape:
    names = numbered("t")
    now = datetime.now(UTC)
    ages = {name: timedelta(days=30) for name in names} | {"t-07": timedelta(0)}
    records = [
        {"id": n, "subject": n, "updated_at": (now - age).isoformat()} for n, age in ages.items()
    ]

    def answer(ask: Ask) -> Answer:
        since = ask.query.get("updated_since", "")
        found = [record for record in records if record["updated_at"] >= since]
        start = int(ask.query.get("cursor", 0))
        found, more = window(found, start, int(ask.query["limit"]), CAP)
        cursor = str(start + CAP) if more else None
        return Answer({"tickets": found, "meta": {"next_cursor": cursor}})

    return Shape({"GET /api/v2/tickets": answer}, {"ticket": names})


def texts() -> Shape:
    names = ["eu-west-1", "us-east-1", "us-west-2"]
    return Shape({"GET /api/regions": lambda _: Answer({"regions": names})}, {"region": names})


def numbers() -> Shape:
    first = 12345678901234567890123
    ids = [first + number for number in range(25)]
    records = [{"id": one, "name": str(one), "rack_id": 9007199254740993} for one in ids]

    def answer(ask: Ask) -> Answer:
        found, _ = window(records, int(ask.query["offset"]), int(ask.query["limit"]), CAP)
        return Answer({"hosts": found})

    hosts = [str(one) for one in ids]
    return Shape({"GET /api/hosts": answer}, {"host": hosts, "rack": ["9007199254740993"]})


def export() -> Shape:
    names = numbered("A")
    rows = [[n, f"Laptop, {n}", "1200.50", "yes" if n == "A-05" else "no"] for n in names]
    text = io.StringIO()
    csv.writer(text).writerows([["Asset Tag", "Model", "Cost", "Retired"], *rows])
    body = text.getvalue().encode()
    answer = Answer(body, headers={"content-type": "text/csv"})
    kept = [name for name in names if name != "A-05"]
    return Shape({"GET /exports/assets": lambda _: answer}, {"asset": kept})


SHAPES: dict[str, Callable[[], Shape]] = {
    "GitHub-like": github,
    "Slack-like": slack,
    "OData": odata,
    "OData by count": odata_by_count,
    "Spring": spring,
    "SCIM": scim,
    "Keyset by the last record": keyset,
    "Links in a list": fhir,
    "A cursor that goes alone": dynatrace,
    "GraphQL by POST body": graphql,
    "Search by POST body": search,
    "Nested resources, three levels deep": nested,
    "A parent in the body": mlflow,
    "Two fields of one parent": memberships,
    "Values that hold a slash": environments,
    "The last 30 days": recent,
    "Incremental resyncs": incremental,
    "Items that are texts": texts,
    "Numbers as identifiers": numbers,
    "A CSV export": export,
}
"""By heading of the recipe."""
