"""Configurations and mappings as users of the public custom integration have them: unchanged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.serving import serve
from tests.support.core import Core, resource
from tests.support.shaped import RECORDS, ShapedApi

ALL = [str(record["id"]) for record in RECORDS]
ACTIVE = [str(record["id"]) for record in RECORDS if record["active"]]
CHILDREN = [f"{parent}-{child}" for parent in ACTIVE for child in "ab"]

CASES: dict[str, tuple[dict[str, str], dict[str, Any], list[str]]] = {
    "offset, nested data_path": (
        {"pagination_type": "offset", "page_size": "10"},
        resource("/plain", data_path=".data.records"),
        ALL,
    ),
    "query_params and headers": (
        {"pagination_type": "offset"},
        resource(
            "/plain",
            data_path=".data.records",
            query_params={"active": "true"},
            headers={"Accept": "application/json", "X-Version": "v2"},
        ),
        ACTIVE,
    ),
    "query string in the kind": (
        {"pagination_type": "offset"},
        resource("/plain?active=true", data_path=".data.records"),
        ACTIVE,
    ),
    "endpoint beside a named kind": (
        {"pagination_type": "cursor"},
        resource("members", endpoint="/slack", data_path=".members"),
        ALL,
    ),
    "path parameter with filter": (
        {"pagination_type": "none"},
        resource(
            "/records/{record_id}/children",
            path_parameters={
                "record_id": {
                    "endpoint": "/spring",
                    "method": "GET",
                    "query_params": {"size": 50},
                    "data_path": ".data.content",
                    "field": ".id",
                    "filter": ".active == true",
                }
            },
        ),
        CHILDREN,
    ),
    "Slack: cursor in response_metadata": (
        {
            "pagination_type": "cursor",
            "pagination_param": "cursor",
            "size_param": "limit",
            "cursor_path": "response_metadata.next_cursor",
        },
        resource("/slack", data_path=".members"),
        ALL,
    ),
    "HubSpot: paging.next.after": (
        {"pagination_type": "cursor", "pagination_param": "after", "size_param": "limit"},
        resource("/hubspot", data_path=".results"),
        ALL,
    ),
    "Spring: last page flag, pages from 0": (
        {
            "pagination_type": "page",
            "pagination_param": "page",
            "size_param": "size",
            "start_page": "0",
            "page_size": "10",
            "last_page_path": "data.last",
        },
        resource("/spring", data_path=".data.content"),
        ALL,
    ),
    "Microsoft Graph: next_link": (
        {"pagination_type": "next_link", "next_link_path": "@odata.nextLink"},
        resource("/odata", data_path=".value"),
        ALL,
    ),
    "GitHub: header_link": (
        {"pagination_type": "header_link"},
        resource("/github", data_path=".", query_params={"per_page": "10"}),
        ALL,
    ),
}


@pytest.fixture
def shaped() -> ShapedApi:
    return ShapedApi()


@pytest.fixture
def url(shaped: ShapedApi) -> Iterator[str]:
    with serve(shaped) as base_url:
        yield base_url


@pytest.mark.parametrize("case", CASES)
async def test_the_expected_entities(core: Core, url: str, case: str) -> None:
    settings, mapping, expected = CASES[case]
    outcome = await core.resync({"base_url": url, **settings}, mapping)
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == expected


async def test_custom_authentication_with_a_template(
    core: Core, shaped: ShapedApi, url: str
) -> None:
    shaped.wants = {"authorization": "Bearer token-of-the-day"}
    settings = {
        "base_url": url,
        "auth_type": "custom",
        "custom_auth_request": json.dumps(
            {
                "endpoint": "/login",
                "method": "POST",
                "headers": {"Content-Type": "application/x-www-form-urlencoded"},
                "bodyForm": "grant_type=client_credentials&client_id=a&client_secret=b-secret",
                "reauthenticateIntervalSeconds": 3600,
            }
        ),
        "custom_auth_request_template": json.dumps(
            {"headers": {"Authorization": "Bearer {{.accessToken}}"}}
        ),
        "pagination_type": "offset",
    }
    outcome = await core.resync(settings, resource("/plain", data_path=".data.records"))
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == ALL
    assert [path for path, _ in shaped.asked].count("/login") == 1


@pytest.mark.parametrize("case", CASES)
async def test_with_one_permit_too(core: Core, url: str, case: str) -> None:
    settings, mapping, expected = CASES[case]
    outcome = await core.resync(
        {"base_url": url, **settings, "maxConcurrentRequests": "1"}, mapping
    )
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == expected
