"""Refusals in the shape that Port gives them."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A request that Port would refuse: its status, its error name and a message."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.message = message

    @property
    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.error, "message": self.message}


def not_found(what: str) -> Refusal:
    return Refusal(404, "not_found", f"{what} was not found")


def invalid(message: str) -> Refusal:
    return Refusal(422, "invalid_request", message)
