"""The objects of ``authType`` custom. Their names are those of the public custom integration."""

from __future__ import annotations

import json
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel


class _FromText(BaseModel):
    """An object that may come as JSON text."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )

    @model_validator(mode="before")
    @classmethod
    def _parsed(cls, value: Any) -> Any:
        if isinstance(value, str):
            try:
                return json.loads(value)
            except ValueError:
                raise ValueError("is not JSON") from None
        return value


class CustomAuthRequest(_FromText):
    """Port setting ``customAuthRequest``: the request that is answered with credentials."""

    endpoint: str = Field(min_length=1)
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    headers: dict[str, str] | None = None
    body: dict[str, Any] | None = None
    body_form: str | None = None
    query_params: dict[str, Any] | None = None
    reauthenticate_interval_seconds: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        if self.body is not None and self.body_form is not None:
            raise ValueError("has both body and bodyForm; allowed: one of them")
        return self

    def url(self, base_url: str) -> str:
        """The absolute URL: ``endpoint`` is one, or a path below ``base_url``."""
        if self.endpoint.startswith(("http://", "https://")):
            return self.endpoint
        return f"{base_url}/{self.endpoint.lstrip('/')}"


class CustomAuthTemplate(_FromText):
    """Port setting ``customAuthRequestTemplate``: what requests get of the answer."""

    headers: dict[str, str] | None = None
    query_params: dict[str, Any] | None = None
    body: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.headers or self.query_params or self.body):
            raise ValueError("is empty; allowed: headers, queryParams or body, at least one")
        return self
