"""What a resync tells of its progress, as Ocean sends it to Port: JSON."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from loguru import logger
from port_ocean.log.handlers import _serialize_record
from port_ocean.log.logger_setup import _http_log_filter


class JsonLog(logging.Handler):
    """Makes of records what Ocean's own handler makes; ``records`` have been JSON."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(json.loads(json.dumps(_serialize_record(record), default=str)))

    def fields(self, stage: str) -> list[dict[str, Any]]:
        """The extra fields of the records of a stage of progress, such as ``kind running``."""
        return [one["extra"] for one in self.records if one["extra"]["progress"] == stage]

    def messages(self, stage: str) -> list[str]:
        """Their messages, which people read."""
        return [one["message"] for one in self.records if one["extra"]["progress"] == stage]


@contextmanager
def json_log() -> Iterator[JsonLog]:
    """The records of progress while the block runs, from INFO up as a user has them."""
    handler = JsonLog()
    sink = logger.add(
        handler,
        level="INFO",
        format=lambda _: "{message}",
        filter=lambda record: "progress" in record["extra"] and _http_log_filter(record),
        diagnose=False,
    )
    try:
        yield handler
    finally:
        logger.remove(sink)
