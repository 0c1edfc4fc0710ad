"""Answers that are read while others wait: none of them holds up the event loop."""

from __future__ import annotations

import json
import threading
from typing import Any

import httpx
import pytest

from client import Redactor, Response
from mapping import CustomResourceConfig
from pagination import PageRequest
from resync.answers import AnswerReader
from resync.formats import read_body
from resync.jq import Jq
from resync.plan import build_plan
from settings import parse_settings
from tests.support.core import resource

ROW = {"id": 1, "items": ["x"]}


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("text/csv", b"id,name\n" + b"1,somebody\n" * 120_000),
        ("application/jsonl", (json.dumps(ROW) + "\n").encode() * 50_000),
        ("application/json", json.dumps({"items": [ROW] * 50_000}).encode()),
        ("application/json", b'{"items": [' + b'"\\ud83d", ' * 150_000 + b"1]}"),
    ],
    ids=["csv", "lines", "a key that recurs", "half characters"],
)
async def test_what_takes_long_to_read_is_read_in_a_thread(
    monkeypatch: pytest.MonkeyPatch, content_type: str, content: bytes
) -> None:
    threads: list[threading.Thread] = []

    def noted(*arguments: Any) -> Any:
        threads.append(threading.current_thread())
        return read_body(*arguments)

    monkeypatch.setattr("resync.answers.read_body", noted)
    data_path = ".items" if content_type == "application/json" else "."
    config = CustomResourceConfig.parse_obj(resource("/all", data_path=data_path))
    plan = build_plan(parse_settings({"baseUrl": "https://api.example.com"}), config)
    response = Response(200, httpx.Headers({"content-type": content_type}), content, "")
    reader = AnswerReader(Redactor([]), Jq(), lambda subject, message: None)
    page = await reader.page(
        "all", plan.endpoint, PageRequest("https://a"), response, lambda page: None
    )
    assert page.count >= 50_000
    assert threads and threading.main_thread() not in threads
