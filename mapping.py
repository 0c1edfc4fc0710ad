"""The mapping's models: what a resource may say beyond Ocean's own keys. They are pydantic v1
models because the framework's are."""

from __future__ import annotations

import difflib
from typing import Any, ClassVar, Literal

from port_ocean.core.handlers.port_app_config.models import (
    PortAppConfig,
    ResourceConfig,
    Selector,
)
from pydantic.v1 import BaseModel, Extra, Field, ValidationError

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class PathParameter(BaseModel):
    """How the values of one ``{parameter}`` of an endpoint are discovered."""

    endpoint: str | None = Field(
        default=None, title="Endpoint", description="Path of the listing that holds the values."
    )
    method: Method = Field(default="GET", title="Method", description="HTTP method.")
    query_params: dict[str, Any] = Field(
        default_factory=dict, title="Query parameters", description="Sent with the discovery."
    )
    headers: dict[str, str] = Field(
        default_factory=dict, title="Headers", description="Sent with the discovery."
    )
    body: Any = Field(default=None, title="Body", description="JSON sent with the discovery.")
    data_path: str = Field(
        default=".", title="Data path", description="jq expression that finds the records."
    )
    field: str | None = Field(
        default=None, title="Field", description="jq expression that finds a record's value."
    )
    filter: str | None = Field(
        default=None, title="Filter", description="jq expression: true for the records to use."
    )
    pagination: dict[str, Any] = Field(
        default_factory=dict, title="Pagination", description="Of the discovery, where it differs."
    )
    include: dict[str, str] = Field(
        default_factory=dict,
        title="Include",
        description="jq expressions: parent fields that each item gets as __<parameter>_<key>.",
    )
    values: list[Any] | None = Field(
        default=None, title="Values", description="A fixed list, instead of a discovery."
    )
    encode: Literal["segment", "path"] = Field(
        default="segment",
        title="Encode",
        description="How a value stands in a path: as one segment, or with its slashes kept.",
    )

    class Config:
        extra = Extra.forbid


class Incremental(BaseModel):
    """How a resource is asked for what has changed since a moment."""

    param: str = Field(
        title="Parameter", description="Query parameter that carries the moment, ISO 8601 in UTC."
    )
    field: str | None = Field(
        default=None,
        title="Field",
        description="Dot path to an item's time of change; what is older is left out.",
    )

    class Config:
        extra = Extra.forbid


class CustomSelector(Selector):
    """What to request for a resource and where the items are in the answer."""

    endpoint: str | None = Field(
        default=None, title="Endpoint", description="The path to call; the kind where left out."
    )
    method: Method = Field(default="GET", title="Method", description="HTTP method.")
    query_params: dict[str, Any] = Field(
        default_factory=dict,
        title="Query parameters",
        description="Sent with every request of this resource; a list repeats the parameter.",
    )
    headers: dict[str, str] = Field(
        default_factory=dict, title="Headers", description="Sent with every request."
    )
    body: Any = Field(default=None, title="Body", description="JSON sent with every request.")
    data_path: str = Field(
        default=".",
        title="Data path",
        description="jq expression that finds the items; the path that it begins with leads to the "
        "records that are counted.",
    )
    path_parameters: dict[str, PathParameter] = Field(
        default_factory=dict,
        title="Path parameters",
        description="How the {parameters} of the endpoint are discovered.",
    )
    pagination: dict[str, Any] = Field(
        default_factory=dict,
        title="Pagination",
        description="Pagination of this resource, where it differs from the integration's.",
    )
    incremental: Incremental | None = Field(
        default=None,
        title="Incremental",
        description="Makes the resource part of Ocean's incremental resyncs.",
    )
    format: Literal["json", "jsonl", "csv"] | None = Field(
        default=None,
        title="Format",
        description="How an answer is read: json, jsonl or csv; by its content type if left out.",
    )
    ignore_statuses: list[int] = Field(
        default_factory=list,
        title="Ignore statuses",
        description="4xx codes that mean that there is nothing here, such as 404.",
    )

    class Config:
        extra = Extra.forbid
        allow_population_by_field_name = True


class CustomResourceConfig(ResourceConfig):
    """One resource of the mapping: an endpoint and the entities that its items become."""

    kind: str = Field(
        title="Kind", description="The endpoint's path without the base URL, as /api/v1/users."
    )
    selector: CustomSelector = Field(
        title="Selector", description="What to request and where the items are."
    )


class CustomPortAppConfig(PortAppConfig):
    """The whole mapping."""

    allow_custom_kinds: ClassVar[bool] = True
    resources: list[CustomResourceConfig] = Field(  # type: ignore[assignment]
        default_factory=list, title="Resources", description="The endpoints to read."
    )


def mapping_problems(error: ValidationError) -> list[str]:
    """The problems of a mapping: each with its place, such as ``resources[2].selector.methd``."""
    return [_problem(details["loc"], details["msg"]) for details in error.errors()]


def _problem(loc: tuple[int | str, ...], message: str) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc]
    place = "".join(parts).lstrip(".")
    if not message.startswith("extra fields"):
        return f"{place}: {message}"
    model = PathParameter if "path_parameters" in loc else CustomSelector
    names = [field.alias for field in model.__fields__.values()]
    guess = difflib.get_close_matches(str(loc[-1]), names, n=1, cutoff=0.6)
    hint = f"did you mean {guess[0]}?" if guess else f"allowed: {', '.join(names)}"
    return f"{place}: no such key; {hint}"
