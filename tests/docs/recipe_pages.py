"""The servers of the recipes that lead from page to page in a way of their own."""

from __future__ import annotations

from tests.docs.recipe_shape import CAP, REFUSED, Shape, decoded, encoded, numbered
from tests.support.recorded import Answer, Ask, window


def scim() -> Shape:
    names = numbered("u")
    records = [{"id": name, "userName": name} for name in names]

    def answer(ask: Ask) -> Answer:
        start = int(ask.query.get("startIndex", 0))
        if ask.query.get("count") != "100" or start < 1:
            return REFUSED
        found, _ = window(records, start - 1, 100, CAP)
        counts = {"totalResults": len(names), "startIndex": start, "itemsPerPage": len(found)}
        return Answer({**counts, **({"Resources": found} if found else {})})

    return Shape({"GET /scim/v2/Users": answer}, {"user": names})


def keyset() -> Shape:
    names = numbered("c")
    records = [{"id": name, "name": name} for name in names]

    def answer(ask: Ask) -> Answer:
        if ask.query.get("limit") != "100":
            return REFUSED
        after = ask.query.get("starting_after")
        found, more = window(records, names.index(after) + 1 if after else 0, 100, CAP)
        return Answer({"object": "list", "has_more": more, "data": found})

    return Shape({"GET /v1/customers": answer}, {"customer": names})


def fhir() -> Shape:
    names = numbered("d")
    records = [{"resource": {"id": name, "displayName": name}} for name in names]

    def answer(ask: Ask) -> Answer:
        start = int(decoded(ask.query.get("page", "")) or 0)
        if not start and ask.query.get("_count") != "100":
            return REFUSED
        found, more = window(records, start, 100, CAP)
        links = [{"relation": "self", "url": f"{ask.url}?_count=100"}]
        if more:
            links.append({"relation": "next", "url": f"{ask.url}?page={encoded(str(start + CAP))}"})
        if start:
            links.append({"relation": "previous", "url": f"{ask.url}?page={encoded('0')}"})
        return Answer({"resourceType": "Bundle", "entry": found, "link": links})

    return Shape({"GET /fhir/Device": answer}, {"device": names})


def dynatrace() -> Shape:
    names = numbered("h")
    records = [{"entityId": name, "displayName": name} for name in names]

    def answer(ask: Ask) -> Answer:
        key = ask.query.get("nextPageKey")
        asked = ask.query.keys() - {"nextPageKey"}
        if asked != (set() if key else {"entitySelector", "pageSize"}):
            return REFUSED
        start = int(decoded(key or "") or 0)
        found, more = window(records, start, 100, CAP)
        following = {"nextPageKey": encoded(str(start + CAP))} if more else {}
        counts = {"totalCount": len(names), "pageSize": CAP}
        return Answer({**counts, **following, "entities": found})

    return Shape({"GET /api/v2/entities": answer}, {"host": names})
