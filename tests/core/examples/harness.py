"""Harness: pages from 0, in two shapes: its own with totals, and Spring's with ``last``."""

from __future__ import annotations

from typing import Any

from tests.support.recorded import Answer, Ask, Record, RecordedApi, only_with

FILL = {"API_KEY": "pat.acme.64a1"}
REFUSAL = "answered 401 Unauthorized"
CAP = 2
PROJECTS = {"default": ["shop", "billing", "search"], "labs": ["shop"], "empty": []}
PIPELINES = {
    ("default", "shop"): ["build", "deploy", "rollback"],
    ("default", "search"): ["build", "index"],
    ("labs", "shop"): ["build"],
}


def make() -> RecordedApi:
    """An account of three organizations."""
    refusal = Answer({"code": "INVALID_TOKEN", "message": "Token is not valid."}, 401)
    return RecordedApi(
        only_with("x-api-key", FILL["API_KEY"], refusal),
        {
            "GET /ng/api/organizations": lambda ask: _counted(ask, _organizations()),
            "GET /ng/api/projects": lambda ask: _counted(ask, _projects(ask)),
            "POST /pipeline/api/pipelines/list": _pipelines,
        },
    )


def _counted(ask: Ask, records: list[Record]) -> Answer:
    page, size = int(ask.query["pageIndex"]), min(int(ask.query["pageSize"]), CAP)
    content = records[page * size : (page + 1) * size]
    data = {
        "totalPages": -(-len(records) // size),
        "totalItems": len(records),
        "pageItemCount": len(content),
        "pageSize": size,
        "content": content,
        "pageIndex": page,
        "empty": not content,
        "pageToken": None,
    }
    return _success(data)


def _pipelines(ask: Ask) -> Answer:
    assert ask.json == {"filterType": "PipelineSetup"}
    names = PIPELINES.get((ask.query["orgIdentifier"], ask.query["projectIdentifier"]), [])
    records = [_pipeline(name) for name in names]
    page, size = int(ask.query["page"]), min(int(ask.query["size"]), CAP)
    content = records[page * size : (page + 1) * size]
    pages = -(-len(records) // size)
    data = {
        "content": content,
        "pageable": {"pageNumber": page, "pageSize": size, "offset": page * size},
        "last": page + 1 >= pages,
        "totalElements": len(records),
        "totalPages": pages,
        "size": size,
        "number": page,
        "first": page == 0,
        "numberOfElements": len(content),
        "empty": not content,
    }
    return _success(data)


def _success(data: dict[str, Any]) -> Answer:
    return Answer({"status": "SUCCESS", "data": data, "metaData": None, "correlationId": "b1f6"})


def _organizations() -> list[Record]:
    return [
        {
            "organization": {"identifier": name, "name": name.title(), "description": ""},
            "createdAt": 1700000000000,
            "lastModifiedAt": 1750000000000,
            "harnessManaged": name == "default",
        }
        for name in PROJECTS
    ]


def _projects(ask: Ask) -> list[Record]:
    assert ask.query["accountIdentifier"] == "<account>"
    wanted = ask.query.get("orgIdentifier")
    return [
        {
            "project": {
                "orgIdentifier": org,
                "identifier": name,
                "name": name.title(),
                "modules": ["CD", "CI"],
                "description": "",
            },
            "lastModifiedAt": 1750000000123,
        }
        for org, names in PROJECTS.items()
        for name in names
        if wanted in (None, org)
    ]


def _pipeline(name: str) -> Record:
    ran = {"lastExecutionStatus": "Success", "lastExecutionTs": 1750000000123}
    return {
        "name": name.title(),
        "identifier": name,
        "version": 4,
        "stageNames": ["Build", "Deploy"],
        "storeType": "INLINE",
        "executionSummaryInfo": {"numOfErrors": [0], **(ran if name == "build" else {})},
    }


IDENTIFIERS = {
    "harnessOrganization": list(PROJECTS),
    "harnessProject": [f"{org}/{name}" for org, names in PROJECTS.items() for name in names],
    "harnessPipeline": [
        f"{org}/{project}/{name}" for (org, project), names in PIPELINES.items() for name in names
    ],
}
SAMPLES = {
    "harnessProject": {
        "identifier": "labs/shop",
        "title": "Shop",
        "properties": {
            "description": "",
            "modules": ["CD", "CI"],
            "updatedAt": "2025-06-15T15:06:40Z",
        },
        "relations": {"organization": "labs"},
    },
    "harnessPipeline": {
        "identifier": "default/search/build",
        "title": "Build",
        "properties": {
            "stages": ["Build", "Deploy"],
            "storage": "INLINE",
            "lastStatus": "Success",
            "lastRunAt": "2025-06-15T15:06:40Z",
        },
        "relations": {"project": "default/search"},
    },
}
