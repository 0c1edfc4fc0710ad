"""What was found out: settings with the evidence for each, and what was tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cli.detect.answers import Answer
from cli.detect.options import Endpoint


class Confidence(StrEnum):
    """How far the evidence goes."""

    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "not sure"


@dataclass(frozen=True, slots=True)
class Finding:
    """A setting or selector key, the value found for it, and why."""

    setting: str
    value: str
    evidence: str
    confidence: Confidence = Confidence.SURE


@dataclass(frozen=True, slots=True)
class Attempt:
    """One thing that was asked for, and what came of it."""

    what: str
    outcome: str


@dataclass(slots=True)
class Detection:
    """All that is known of one endpoint.

    ``pagination`` holds settings by their snake_case names, ready for a file; ``unproven`` holds
    those that are left out of it. ``params`` is the query that the kind needs. ``items`` are those
    that were read, each once; ``complete`` tells that there are no others.
    """

    endpoint: Endpoint
    first: Answer
    data_path: str
    format: str | None = None
    params: tuple[tuple[str, str], ...] = ()
    pagination: dict[str, Any] = field(default_factory=dict)
    unproven: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    complete: bool = False
    requests: int = 0

    def add(
        self, setting: str, value: Any, evidence: str, confidence: Confidence = Confidence.SURE
    ) -> None:
        """Takes note of a finding."""
        self.findings.append(Finding(setting, str(value), evidence, confidence))

    def settle(self, values: Mapping[str, Any]) -> None:
        """Adds settings for the file."""
        self.pagination.update(values)


def unsure(findings: list[Finding]) -> list[Finding]:
    """Those of ``findings`` that somebody has to look at."""
    return [one for one in findings if one.confidence is Confidence.UNSURE]
