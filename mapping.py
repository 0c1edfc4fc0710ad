"""The mapping's models: what a resource may say beyond Ocean's own keys. They are pydantic v1
models because the framework's are."""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from port_ocean.core.handlers.port_app_config.models import (
    PortAppConfig,
    ResourceConfig,
    Selector,
)
from pydantic.v1 import BaseModel, Extra, Field, ValidationError, validator

LEEWAY = re.compile(r"0|\d{1,6}\s?[smh]|\d{1,5}\s?d", re.ASCII)
"""No more days than there were since the year 1."""
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
OFFSET = re.compile(r"[+-]\d\d:?\d\d|Z", re.ASCII)

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
    leeway: str = Field(
        default="5m",
        title="Leeway",
        description="How far before the last success to ask, as 90s, 5m, 1h or 2d; 0 for none.",
    )
    timezone: str = Field(
        default="UTC",
        title="Time zone",
        description="Of times without one: a name as Europe/Berlin, or an offset as +02:00.",
    )

    @validator("leeway", pre=True)
    def _check_leeway(cls, value: Any) -> str:
        text = "5m" if value is None else str(value)
        if LEEWAY.fullmatch(text) is None:
            raise ValueError(f"found {value!r}; allowed: a number and a unit, as 90s, 5m, 1h or 2d")
        return text

    @validator("timezone", pre=True)
    def _check_timezone(cls, value: Any) -> str:
        try:
            text = "UTC" if value is None else str(value)
            _zone(text)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            allowed = "a name as Europe/Berlin, or an offset as +02:00"
            raise ValueError(f"found {value!r}; allowed: {allowed}") from None
        return text

    @property
    def zone(self) -> tzinfo:
        """The zone of times without one."""
        return _zone(self.timezone)

    def since(self, moment: datetime) -> datetime:
        """The moment from which to ask, where the last success was at ``moment``."""
        number, unit = self.leeway[:-1].strip(), self.leeway[-1]
        return moment - timedelta(seconds=int(number) * SECONDS[unit] if number else 0)

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


def _zone(text: str) -> tzinfo:
    """The zone of a name or an offset. Raises ``ValueError``, ``OSError`` or
    ``ZoneInfoNotFoundError`` where it is neither."""
    if OFFSET.fullmatch(text):
        return datetime.strptime(text, "%z").tzinfo or UTC
    return ZoneInfo(text)


def mapping_problems(error: ValidationError) -> list[str]:
    """The problems of a mapping: each with its place, such as ``resources[2].selector.methd``."""
    return [_problem(details["loc"], details["msg"]) for details in error.errors()]


def _problem(loc: tuple[int | str, ...], message: str) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc]
    place = "".join(parts).lstrip(".")
    if not message.startswith("extra fields"):
        return f"{place}: {message}"
    inner = "incremental" in loc[:-1]
    model = Incremental if inner else PathParameter if "path_parameters" in loc else CustomSelector
    names = [field.alias for field in model.__fields__.values()]
    guess = difflib.get_close_matches(str(loc[-1]), names, n=1, cutoff=0.6)
    hint = f"did you mean {guess[0]}?" if guess else f"allowed: {', '.join(names)}"
    return f"{place}: no such key; {hint}"
