"""Wrong settings and mappings, by the words of ``docs/troubleshooting.md``."""

from __future__ import annotations

import pytest

from mapping import CustomResourceConfig
from resync.run import Run
from settings import parse_settings
from settings.parsing import advice
from settings.preflight import as_mapping, read_configuration, stop_on_wrong_settings
from tests.docs.world import BASE, Case, World, mapping, reads, selector, settings
from tests.support.core import resource
from tests.support.scripted import Answer

DISCOVERY = {"endpoint": "/teams", "field": ".id"}


async def _cannot_start(world: World) -> str:
    for name, value in {
        "PORT__CLIENT_ID": "a",
        "PORT__CLIENT_SECRET": "b",
        "INTEGRATION__CONFIG__BASE_URL": "nowhere",
        "INTEGRATION__CONFIG__TIMEOUT": "soon",
    }.items():
        world.patch.setenv(f"OCEAN__{name}", value)
    with pytest.raises(SystemExit) as caught:
        stop_on_wrong_settings()
    return str(caught.value)


async def _ocean_s_own(_: World) -> str:
    with pytest.raises(Exception) as caught:
        read_configuration(port={"client_id": "a", "client_secret": "b"}, event_listener="no")
    return str(caught.value)


async def _in_the_mapping(_: World) -> str:
    wrong = CustomResourceConfig.parse_obj(resource("/users", data_path=".["))
    run = Run(parse_settings(BASE))
    with pytest.raises(Exception) as caught:
        run.begin([wrong])
    await run.aclose()
    return str(caught.value)


def _as_one(text: str) -> Case:
    async def make(_: World) -> str:
        with pytest.raises(Exception) as caught:
            as_mapping(text)
        return str(caught.value)

    return make


def _advice(**raw: str) -> Case:
    async def make(_: World) -> str:
        return "\n".join(advice(parse_settings({**BASE, **raw})))

    return make


def _template(template: str) -> Case:
    return settings(
        authType="custom",
        customAuthRequest='{"endpoint": "/login"}',
        customAuthRequestTemplate=template,
    )


CASES: dict[str, Case] = {
    "Ocean Custom cannot start": _cannot_start,
    "in Ocean's own settings": _ocean_s_own,
    "is missing; allowed: <values>": settings(baseUrl=""),
    "required because": settings(authType="basic"),
    "no such setting": settings(pageSise="5"),
    "is not allowed; found": settings(pageSize="many"),
    "is not a number": settings(pageSize=True),
    "is not a URL (": settings(baseUrl="https://[::1"),
    "must begin with http": settings(baseUrl="api.example.com"),
    "must not hold a user name": settings(baseUrl="https://me:secret@api.example.com"),
    "must not hold a query": settings(baseUrl="https://api.example.com?page=1"),
    "must not hold a fragment": settings(baseUrl="https://api.example.com#users"),
    "customHeaders: is not JSON": settings(customHeaders="X-Tenant: acme"),
    "customHeaders: is not an object": settings(customHeaders="[]"),
    "holds no text that a header": settings(customHeaders='{"X-Tenant": 5}'),
    "is not a legal header name": settings(apiKeyHeader="X API Key"),
    "the HTTP client sets itself": settings(apiKeyHeader="Host"),
    "such as a line break": settings(authType="bearer_token", apiToken="a\nb"),
    "begins with the word Bearer": settings(authType="bearer_token", apiToken="Bearer abc"),
    "holds a ':'": settings(authType="basic", username="a:b", password="c"),
    "is not a dot path": settings(cursorPath="meta..next"),
    "is neither a dot path nor jq": settings(cursorPath=".link[] | select("),
    "is not a list of statuses": settings(retryStatuses="often"),
    "never means later": settings(retryStatuses="[401]"),
    "is not a list of names": settings(ignoredSigns=5),
    "name alone": settings(paginationParam="?page="),
    "must be one relation type": settings(headerLinkRel="next page"),
    "sizeParam: found": settings(paginationType="page", paginationParam="size"),
    "has both body and bodyForm": settings(
        authType="custom",
        customAuthRequest='{"endpoint": "/login", "body": {}, "bodyForm": "a=b"}',
        customAuthRequestTemplate='{"headers": {"X": "{{.a}}"}}',
    ),
    "customAuthRequestTemplate: is empty": _template("{}"),
    "INTEGRATION__CONFIG: is not JSON": _as_one("{base"),
    "INTEGRATION__CONFIG: must be": _as_one("[]"),
    "does not use it": _advice(apiToken="abc"),
    "cursorPath is set": _advice(cursorPath="next"),
    "verifySsl is false": reads(Answer([]), settings={"verifySsl": "false"}),
    "in the mapping; nothing": _in_the_mapping,
    "in the mapping of kind": selector(data_path=".["),
    "no such key; did you mean": mapping(methd="GET"),
    "no such key; allowed": mapping(zzzzzz="GET"),
    "unexpected value": mapping(method="FETCH"),
    "field required": mapping(incremental={}),
    "a number and a unit, as": mapping(incremental={"param": "since", "leeway": "5"}),
    "a name as Europe/Berlin": mapping(incremental={"param": "since", "timezone": "CEST"}),
    "<place>.location": selector(pagination={"location": "header"}),
    ".location: body needs a body": selector(
        method="POST", body=[1], pagination={"type": "page", "location": "body"}
    ),
    "allowed: true or false": selector(pagination={"type": "cursor", "cursor_alone": "perhaps"}),
    "first_cursor: found": selector(pagination={"type": "cursor", "first_cursor": [1]}),
    "how many records it is made of": selector(
        data_path="[.. | .id?]", pagination={"type": "offset"}
    ),
    "selector.ignore_statuses": selector(ignore_statuses=[500]),
    "a path below baseUrl": selector(endpoint="https://other.example.com/users"),
    "is not a header name that": selector(headers={"X Y": "a"}),
    "<place>.headers.<name>": selector(headers={"X": "ü"}),
    "which is not jq": selector(data_path=".["),
    "which <endpoint> needs": selector("/teams/{team}"),
    "<place>.endpoint: has no entry": selector(
        "/teams/{team}", path_parameters={"team": {"endpoint": "/{org}/teams", "field": ".id"}}
    ),
    "so it is not read": reads(Answer({"items": []}), path_parameters={"team": DISCOVERY}),
    "is not filled; did you mean": selector(
        query_params={"of": "{Team}"}, path_parameters={"team": DISCOVERY}
    ),
    "in the name of a key": selector(body={"{team}": 1}, path_parameters={"team": DISCOVERY}),
    "in include of <name>": selector("/{team.lead}", path_parameters={"team": DISCOVERY}),
    "is a moment; give": selector("/{now}", path_parameters={"now": DISCOVERY}),
    "is no moment": selector(query_params={"since": "{now-7x}"}),
    "format that cannot be written": selector(headers={"X-Since": "{now:%Q}"}),
    "is too far away": selector(body={"since": "{now-9999999d}"}),
    "is sent as JSON text": reads(Answer({"items": []}), query_params={"filter": {"a": 1}}),
    "allowed: texts and numbers": selector("/{a}", path_parameters={"a": {"values": [True]}}),
    "nothing but null and empty": selector("/{a}", path_parameters={"a": {"values": [None]}}),
    "need each other": selector(
        "/{a}/{b}",
        path_parameters={
            "a": {"endpoint": "/{b}", "field": ".id"},
            "b": {"endpoint": "/{a}", "field": ".id"},
        },
    ),
    "endpoint and field, or values": selector("/{a}", path_parameters={"a": {"endpoint": "/a"}}),
    ".values: excludes": selector("/{a}", path_parameters={"a": {"values": [1], **DISCOVERY}}),
    "found an empty list": selector("/{a}", path_parameters={"a": {"values": []}}),
    "every page is asked for by": reads(Answer({"items": []}), method="DELETE"),
}
