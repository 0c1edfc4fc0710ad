"""APIs whose next page is behind a link or a cursor."""

from __future__ import annotations

from typing import Any

from tests.support.shape_api import (
    NONE,
    Ask,
    Reply,
    Shape,
    by_cursor,
    by_offset,
    linked,
    paged,
    token_of,
)


def sentry(ask: Ask) -> Reply:
    """Both links are always there; ``results`` says whether something is behind them."""
    part = ask.token("cursor", "per_page")
    behind = ask.link(cursor=f"c{part.end}")
    link = (
        f'<{ask.link(cursor="c0")}>; rel="previous"; results="{str(part.start > 0).lower()}"; '
        f'cursor="0:0:1", <{behind}>; rel="next"; results="{str(not part.last).lower()}"; '
        f'cursor="0:{part.end}:0"'
    )
    return Reply(part.records, {"Link": link})


def okta(ask: Ask) -> Reply:
    """Two headers of one name."""
    part = ask.token("after")
    links = [f'<{ask.link()}>; rel="self"']
    if token := token_of(part):
        links.append(f'<{ask.link(after=token)}>; rel="next"')
    return Reply(part.records, {"Link": links})


def odata(ask: Ask) -> Reply:
    part = ask.token("$skiptoken", "$top")
    token = token_of(part)
    more = {"@odata.nextLink": ask.link(**{"$skiptoken": token})} if token else {}
    return Reply({"@odata.context": f"{ask.base}/$metadata", "value": part.records, **more})


def odata_v2(ask: Ask) -> Reply:
    part = ask.token("$skiptoken", "$top")
    token = token_of(part)
    more = {"__next": ask.link(**{"$skiptoken": token})} if token else {}
    return Reply({"d": {"results": part.records, **more}})


def salesforce(ask: Ask) -> Reply:
    """A path in place of a URL; ``done`` says whether it was the last."""
    start = int(ask.path.rpartition("-")[2]) if "-" in ask.path else 0
    part = ask.part(start, 50)
    body: dict[str, Any] = {"totalSize": part.total, "done": part.last, "records": part.records}
    if not part.last:
        body["nextRecordsUrl"] = f"/services/data/v60.0/query/01gD0000002HU6KIAW-{part.end}"
    return Reply(body)


def bitbucket(ask: Ask) -> Reply:
    part = ask.page(size="pagelen")
    body: dict[str, Any] = {"pagelen": part.size, "values": part.records, "page": part.number,
                            "size": part.total}  # fmt: skip
    if not part.last:
        body["next"] = ask.link(page=part.number + 1)
    return Reply(body)


def bitbucket_server(ask: Ask) -> Reply:
    part = ask.offset("start")
    body: dict[str, Any] = {"size": len(part.records), "limit": part.size, "start": part.start,
                            "isLastPage": part.last, "values": part.records}  # fmt: skip
    return Reply({**body, "nextPageStart": None if part.last else part.end})


def confluence(ask: Ask) -> Reply:
    """The link is below a base that the response names; other paths are not there."""
    if not ask.path.startswith("/wiki/"):
        return Reply({"message": "dead link"}, status=404)
    part = ask.offset("start")
    links = {"base": f"{ask.base}/wiki", "context": "/wiki"}
    if not part.last:
        links["next"] = f"/rest/api/content?limit={part.size}&start={part.end}"
    return Reply({"results": part.records, "start": part.start, "limit": part.size,
                  "size": len(part.records), "_links": links})  # fmt: skip


def confluence_v2(ask: Ask) -> Reply:
    part = ask.token("cursor")
    token = token_of(part)
    links = {"next": f"{ask.path}?limit={part.size}&cursor={token}"} if token else {}
    return Reply({"results": part.records, "_links": {**links, "base": f"{ask.base}/wiki"}})


def kinto(ask: Ask) -> Reply:
    """The link is in a header of its own."""
    part = ask.token("_token", "_limit")
    token = token_of(part)
    headers = {"Next-Page": ask.link(_token=token)} if token else {}
    return Reply({"data": part.records}, headers)


def oracle(ask: Ask) -> Reply:
    """OCI: cursors in headers, a blank page at the end."""
    part = ask.token("page")
    token = token_of(part)
    headers = {"opc-request-id": "f81d4fae/7dec/11d0"}
    if token:
        headers["opc-next-page"] = token
    if part.start:
        headers["opc-prev-page"] = f"c{part.start - part.size}"
    return Reply(part.records, headers)


def hubspot(ask: Ask) -> Reply:
    part = ask.token("after")
    token = token_of(part)
    paging = {"paging": {"next": {"after": token, "link": ask.link(after=token)}}} if token else {}
    return Reply({"results": part.records, **paging})


def slack(ask: Ask) -> Reply:
    part = ask.token("cursor")
    told = {"response_metadata": {"next_cursor": token_of(part) or ""}}
    return Reply({"ok": True, "members": part.records, "cache_ts": 1498777272, **told})


def airtable(ask: Ask) -> Reply:
    """A cursor that is called ``offset``."""
    part = ask.token("offset", "pageSize")
    token = token_of(part)
    return Reply({"records": part.records, **({"offset": token} if token else {})})


def asana(ask: Ask) -> Reply:
    part = ask.token("offset")
    token = token_of(part)
    path = f"{ask.path}?offset={token}&limit={part.size}"
    following = {"offset": token, "path": path, "uri": ask.base + path} if token else None
    return Reply({"data": part.records, "next_page": following})


def zendesk(ask: Ask) -> Reply:
    part = ask.token("page[after]", "page[size]")
    token = token_of(part)
    links = {"prev": None, "next": token and ask.link(**{"page[after]": token})}
    meta = {"has_more": token is not None, "after_cursor": token, "before_cursor": None}
    return Reply({"users": part.records, "meta": meta, "links": links})


def kubernetes(ask: Ask) -> Reply:
    part = ask.token("continue")
    meta = {"resourceVersion": "7", "continue": token_of(part) or ""}
    return Reply({"kind": "PodList", "apiVersion": "v1", "metadata": meta, "items": part.records})


def twilio(ask: Ask) -> Reply:
    part = ask.page("Page", "PageSize", first=0)
    target = f"{ask.path}?Page={part.number}&PageSize={part.size}"
    return Reply({"page": part.number - 1, "page_size": part.size, "previous_page_uri": None,
                  "next_page_uri": None if part.last else target,
                  "calls": part.records})  # fmt: skip


def jira(ask: Ask) -> Reply:
    part = ask.token("nextPageToken", "maxResults")
    token = token_of(part)
    more = {"nextPageToken": token} if token else {}
    return Reply({"issues": part.records, "isLast": part.last, **more})


def with_blanks(ask: Ask) -> Reply:
    """As of a DynamoDB that filters behind the page: blank and short pages, at last no token."""
    sizes = (0, 7, 0, 0, 0, 10, 1, 0, 10, 2)
    number = int(ask.query.get("next_token", "c0")[1:])
    start = sum(sizes[:number])
    body: dict[str, Any] = {"items": list(ask.records[start : start + sizes[number]])}
    if number + 1 < len(sizes):
        body["next_token"] = f"c{number + 1}"
    return Reply(body)


def dynamo(ask: Ask) -> Reply:
    """What leads on is an object, which no parameter holds."""
    part = ask.part(0, 50)
    return Reply({"Items": part.records, "Count": 50, "ScannedCount": 50,
                  "LastEvaluatedKey": {"id": {"S": part.records[-1]["id"]}}})  # fmt: skip


HEADER_LINK = {"paginationType": "header_link"}
OFFSET_CURSOR = by_cursor("offset", "next_page.offset")
AIRTABLE = by_cursor("offset", "offset", "pageSize")
BLANKS = by_cursor("next_token", pageSize="10")
QUERY = {"endpoint": "/services/data/v60.0/query/", "query_params": {"q": "SELECT Id FROM Case"}}
WIKI = {"endpoint": "/wiki/rest/api/content"}
WHEN_NONE = "paginationType is none"

SHAPES = {
    "Sentry": Shape(sentry, ".", {**HEADER_LINK, "sizeParam": "per_page"}),
    "Sentry, one full page": Shape(
        sentry, ".", {**HEADER_LINK, "sizeParam": "per_page"}, count=50
    ),
    "Sentry by none": Shape(sentry, ".", NONE, fails="Link rel=next ("),
    "Okta": Shape(okta, ".", {**HEADER_LINK, "sizeParam": "limit"}),
    "Okta by page": Shape(okta, ".", paged("limit"), fails="seems to ignore"),
    "Okta by none": Shape(okta, ".", NONE, fails="Link rel=next ("),
    "OData by next_link": Shape(odata, ".value", {"paginationType": "next_link"}),
    "OData by none": Shape(odata, ".value", NONE, fails="@odata.nextLink ("),
    "OData v2 by next_link": Shape(odata_v2, ".d.results", linked("d.__next")),
    "OData v2, wrong path": Shape(odata_v2, ".d.results", linked("__next"), fails="d.__next ("),
    "OData v2 by none": Shape(odata_v2, ".d.results", NONE, fails="d.__next ("),
    "Salesforce": Shape(salesforce, ".records", linked("nextRecordsUrl"), QUERY),
    "Salesforce by none": Shape(salesforce, ".records", NONE, QUERY, fails=WHEN_NONE),
    "Bitbucket by next_link": Shape(bitbucket, ".values", linked("next", "pagelen")),
    "Bitbucket by page": Shape(bitbucket, ".values", paged("pagelen")),
    "Bitbucket by none": Shape(bitbucket, ".values", NONE, fails=WHEN_NONE),
    "Bitbucket Server by offset": Shape(bitbucket_server, ".values", by_offset("start")),
    "Bitbucket Server by cursor": Shape(
        bitbucket_server, ".values", by_cursor("start", "nextPageStart")
    ),
    "Bitbucket Server by none": Shape(bitbucket_server, ".values", NONE, fails=WHEN_NONE),
    "Confluence by offset": Shape(confluence, ".results", by_offset("start"), WIKI),
    "Confluence by a link below another base": Shape(
        confluence, ".results", linked("_links.next"), WIKI, fails="answered 404"
    ),
    "Confluence by none": Shape(confluence, ".results", NONE, WIKI, fails="_links.next ("),
    "Confluence v2": Shape(confluence_v2, ".results", linked("_links.next")),
    "Kinto: a link in a header of its own": Shape(kinto, ".data", linked("Next-Page", "_limit")),
    "Kinto by none": Shape(kinto, ".data", NONE, fails="Next-Page ("),
    "Oracle: cursor in a header": Shape(oracle, ".", by_cursor("page", "opc-next-page")),
    "Oracle, header recognised": Shape(oracle, ".", by_cursor("page")),
    "Oracle by none": Shape(oracle, ".", NONE, fails="Opc-Next-Page ("),
    "HubSpot": Shape(hubspot, ".results", by_cursor("after")),
    "HubSpot by offset": Shape(hubspot, ".results", by_offset(), fails="seems to ignore"),
    "HubSpot by none": Shape(hubspot, ".results", NONE, fails=WHEN_NONE),
    "Slack": Shape(slack, ".members", by_cursor("cursor", "response_metadata.next_cursor")),
    "Slack, path recognised": Shape(slack, ".members", by_cursor("cursor")),
    "Slack by none": Shape(slack, ".members", NONE, fails="response_metadata.next_cursor ("),
    "Airtable": Shape(airtable, ".records", AIRTABLE),
    "Airtable, one full page": Shape(airtable, ".records", AIRTABLE, count=50),
    "Airtable by none": Shape(airtable, ".records", NONE, fails="offset (c50)"),
    "Asana": Shape(asana, ".data", OFFSET_CURSOR),
    "Asana by next_link": Shape(asana, ".data", linked("next_page.uri", "limit")),
    "Asana by none": Shape(asana, ".data", NONE, fails="next_page."),
    "Zendesk": Shape(
        zendesk, ".users", by_cursor("page[after]", "meta.after_cursor", "page[size]")
    ),
    "Kubernetes, one full page": Shape(
        kubernetes, ".items", by_cursor("continue", "metadata.continue"), count=50
    ),
    "Kubernetes by none": Shape(kubernetes, ".items", NONE, fails="metadata.continue (c50)"),
    "Twilio": Shape(twilio, ".calls", linked("next_page_uri", "PageSize")),
    "Twilio by none": Shape(twilio, ".calls", NONE, fails="next_page_uri ("),
    "Jira": Shape(jira, ".issues", by_cursor("nextPageToken", "nextPageToken", "maxResults")),
    "Jira by none": Shape(jira, ".issues", NONE, fails=WHEN_NONE),
    "blank pages in the middle": Shape(with_blanks, ".items", BLANKS, count=30),
    "blank first page by none": Shape(with_blanks, ".items", NONE, count=30, fails="next_token ("),
    "DynamoDB: an object leads on": Shape(
        dynamo, ".Items", by_cursor("ExclusiveStartKey", "LastEvaluatedKey"),
        fails="neither text nor a whole number",
    ),
    "DynamoDB by none": Shape(dynamo, ".Items", NONE, fails="LastEvaluatedKey ("),
}  # fmt: skip
