"""Searches: GraphQL connections, Solr and Elasticsearch."""

from __future__ import annotations

from typing import Any

from tests.support.shape_api import NONE, Ask, Part, Reply, Shape, by_cursor, by_offset

QUERY = "query($first: Int, $after: String) { repository { issues(first: $first, after: $after) } }"


def graphql(ask: Ask) -> Reply:
    """A connection: cursor and flag beside the records; the cursor is there to the end."""
    part = _connection(ask)
    page_info = {"hasNextPage": not part.last, "endCursor": f"c{part.end}",
                 "hasPreviousPage": part.start > 0, "startCursor": f"c{part.start}"}  # fmt: skip
    issues = {"nodes": part.records, "pageInfo": page_info}
    return Reply({"data": {"repository": {"issues": issues}}})


def graphql_edges(ask: Ask) -> Reply:
    part = _connection(ask)
    edges = [{"cursor": one["id"], "node": one} for one in part.records]
    page_info = {"hasNextPage": not part.last, "endCursor": f"c{part.end}"}
    return Reply({"data": {"issues": {"edges": edges, "pageInfo": page_info}}})


def _connection(ask: Ask) -> Part:
    variables = ask.json.get("variables", {}) if ask.json else {}
    size = min(int(variables.get("first", 50)), 50)
    return ask.part(int((variables.get("after") or "c0").removeprefix("c")), size)


def solr(ask: Ask) -> Reply:
    """Its cursor begins with ``*`` and ends where it stays as it was."""
    header = {"responseHeader": {"status": 0, "QTime": 1, "params": ask.query}}
    mark = ask.query.get("cursorMark")
    rows = min(ask.number("rows", 10), 50)
    start = ask.number("start", 0) if mark is None else 0 if mark == "*" else int(mark[3:])
    part = ask.part(start, rows)
    docs = {"numFound": part.total, "start": ask.number("start", 0), "docs": part.records}
    more = {} if mark is None else {"nextCursorMark": f"AoE{start + len(part.records)}"}
    return Reply({**header, "response": docs, **more})


WINDOW = 100
"""How far ``from`` and ``size`` may reach, in Elasticsearch 10,000."""


def elastic(ask: Ask) -> Reply:
    """It counts all, and refuses what is behind its window."""
    body = ask.json or {}
    start, size = int(body.get("from", 0)), int(body.get("size", 10))
    if start + size > WINDOW:
        reason = f"Result window is too large, from + size must be <= [{WINDOW}]"
        error = {"type": "search_phase_execution_exception", "reason": reason}
        return Reply({"error": error, "status": 400}, status=400)
    return _hits(ask.part(start, size), {"value": len(ask.records), "relation": "eq"})


def elastic_bounded(ask: Ask) -> Reply:
    """As without ``track_total_hits``: it counts no further than its window."""
    reply = elastic(ask)
    if reply.status == 200 and len(ask.records) > WINDOW:
        reply.body["hits"]["total"] = {"value": WINDOW, "relation": "gte"}
    return reply


def elastic_without_total(ask: Ask) -> Reply:
    """As with ``track_total_hits: false``."""
    reply = elastic(ask)
    if reply.status == 200:
        del reply.body["hits"]["total"]
    return reply


def _hits(part: Part, total: dict[str, Any]) -> Reply:
    shards = {"total": 5, "successful": 5, "skipped": 0, "failed": 0}
    hits = {"total": total, "max_score": 1.0, "hits": part.records}
    return Reply({"took": 1, "timed_out": False, "_shards": shards, "hits": hits})


def in_body(kind: str, param: str, size: str, **more: Any) -> dict[str, Any]:
    """A resource's pagination by the request's body."""
    return {"type": kind, "location": "body", "pagination_param": param, "size_param": size, **more}


def posted(pagination: dict[str, Any] | None = None, body: Any = None) -> dict[str, Any]:
    selector: dict[str, Any] = {"method": "POST", "body": body or {"query": {"match_all": {}}}}
    return {**selector, "pagination": pagination} if pagination else selector


CURSOR = in_body("cursor", "variables.after", "variables.first")
ISSUES = "data.repository.issues"
NAMED = {"cursor_path": f"{ISSUES}.pageInfo.endCursor",
         "has_more_path": f"{ISSUES}.pageInfo.hasNextPage"}  # fmt: skip
GRAPHQL = {"query": QUERY, "variables": {"after": None}}
WRONG = in_body("cursor", "after", "first", **NAMED)
FROM = in_body("offset", "from", "size")
MARK = by_cursor("cursorMark", "nextCursorMark", "rows")
STAR = {"pagination": {"first_cursor": "*"}}

SHAPES = {
    "GraphQL: named paths": Shape(
        graphql, f".{ISSUES}.nodes", NONE, posted({**CURSOR, **NAMED}, GRAPHQL)
    ),
    "GraphQL: recognised": Shape(graphql, f".{ISSUES}.nodes", NONE, posted(CURSOR, GRAPHQL)),
    "GraphQL: edges": Shape(
        graphql_edges, ".data.issues.edges[].node", NONE, posted(CURSOR, GRAPHQL)
    ),
    "GraphQL: last page full": Shape(
        graphql, f".{ISSUES}.nodes", NONE, posted(CURSOR, GRAPHQL), count=100
    ),
    "GraphQL: parameter beside the variables": Shape(
        graphql, f".{ISSUES}.nodes", NONE, posted(WRONG, GRAPHQL), fails="seems to ignore"
    ),
    "GraphQL by none": Shape(
        graphql, f".{ISSUES}.nodes", NONE, posted(None, GRAPHQL), fails="pageInfo."
    ),
    "Solr by cursor": Shape(solr, ".response.docs", MARK, STAR),
    "Solr by cursor, last page full": Shape(solr, ".response.docs", MARK, STAR, count=100),
    "Solr by cursor, without the first": Shape(
        solr, ".response.docs", MARK, fails="response.numFound (130)"
    ),
    "Solr by offset": Shape(solr, ".response.docs", by_offset("start", "rows")),
    "Solr by none": Shape(solr, ".response.docs", NONE, fails="response.numFound (130)"),
    "Elasticsearch by offset": Shape(elastic, ".hits.hits", NONE, posted(FROM), count=80),
    "Elasticsearch by none": Shape(elastic, ".hits.hits", NONE, posted(), fails="hits.total (130)"),
    "Elasticsearch by none, total counts no further": Shape(
        elastic_bounded, ".hits.hits", NONE, posted(None, {"size": WINDOW}), fails="hits.total"
    ),
    "Elasticsearch: refused behind its window": Shape(
        elastic, ".hits.hits", NONE, posted(FROM), fails="answered 400"
    ),
    "Elasticsearch: refused behind its window, no total": Shape(
        elastic_without_total, ".hits.hits", NONE, posted(FROM), fails="answered 400"
    ),
    "Elasticsearch: refused behind its window, total counts no further": Shape(
        elastic_bounded, ".hits.hits", NONE, posted(FROM), fails="answered 400"
    ),
    "Elasticsearch: refused behind its window, named total counts no further": Shape(
        elastic_bounded, ".hits.hits", NONE, posted({**FROM, "total_path": "hits.total.value"}),
        fails="answered 400",
    ),
}  # fmt: skip
