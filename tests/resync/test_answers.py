"""From an answer to its page: what it holds, what is told of it, and who waits meanwhile."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from client import Redactor, Response
from errors import ResponseError
from mapping import CustomResourceConfig
from pagination import Page, PageRequest
from resync.answers import AnswerReader
from resync.formats import read_body
from resync.jq import Jq
from resync.plan import EndpointPlan, build_plan
from settings import parse_settings
from tests.support.core import resource

URL = "https://api.example.com/all"
ROW = {"id": 1, "items": ["x"]}


@dataclass
class Reading:
    """Reads answers, and remembers what it was told."""

    jq: Jq
    known: list[Page] = field(default_factory=list)
    warned: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reader = AnswerReader(
            Redactor(["sesame"]),
            self.jq,
            lambda subject, message: self.warned.append((subject, message)),
        )

    async def page(self, answer: Response | bytes, data_path: str, **selector: Any) -> Page:
        if isinstance(answer, bytes):
            answer = Response(200, httpx.Headers({"content-type": "application/json"}), answer, URL)
        plan = endpoint(data_path, **selector)
        return await self._reader.page("all", plan, PageRequest(URL), answer, self.known.append)


def endpoint(data_path: str, items_to_parse: str | None = None, **selector: Any) -> EndpointPlan:
    config = CustomResourceConfig.parse_obj(resource("/all", data_path=data_path, **selector))
    plan = build_plan(parse_settings({"baseUrl": "https://api.example.com"}), config)
    return replace(plan.endpoint, items_to_parse=items_to_parse)


@pytest.fixture
async def reading() -> AsyncIterator[Reading]:
    jq = Jq(Redactor(["sesame"]).excerpt)
    yield Reading(jq)
    await jq.aclose()


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers over 50 bytes are large."""
    monkeypatch.setattr("resync.answers.LARGE_BYTES", 50)


async def everything(page: Page) -> list[Any]:
    """The items of a page whose items are too many for memory."""
    assert page.items == [] and page.rest is not None
    return [item async for items, _ in page.rest for item in items]


async def test_a_page_is_told_as_it_came(reading: Reading) -> None:
    headers = httpx.Headers({"x-total": "7"})
    answer = Response(200, headers, b'{"items": [1, 2], "next": "n"}', URL, throttled=True)
    page = await reading.page(answer, ".items")
    assert (page.request, page.url, page.headers) == (PageRequest(URL), URL, headers)
    assert (page.items, page.count, page.body) == ([1, 2], 2, {"items": [1, 2], "next": "n"})
    assert page.throttled and page.size_bytes == 30
    assert page.rest is None
    assert reading.known == [] and reading.warned == []


async def test_no_content_is_a_page_without_items(reading: Reading) -> None:
    page = await reading.page(Response(204, httpx.Headers({"x": "y"}), b"", URL), ".items")
    assert (page.items, page.url, page.headers["x"], page.request) == (
        [],
        URL,
        "y",
        PageRequest(URL),
    )


async def test_while_jq_works_pagination_knows_what_surrounds_the_items(reading: Reading) -> None:
    content = b'{"in": {"items": [1, 2], "next": "n"}}'
    page = await reading.page(content, ".in.items | map(.)")
    (known,) = reading.known
    assert known.body == page.body == json.loads(content)
    assert (known.request, known.size_bytes) == (page.request, page.size_bytes)
    # Where signs stand is known by then, and how many records there are is not.
    assert known.records.level == page.records.level == ("in",)
    assert (known.count, page.count) == (None, 2)


async def test_where_no_jq_is_needed_nothing_is_told_before_the_page(reading: Reading) -> None:
    await reading.page(b'{"items": [{"rows": []}], "next": "n"}', ".items", items_to_parse=".rows")
    assert reading.known == []


async def test_a_format_is_read_whatever_the_content_type_says(reading: Reading) -> None:
    page = await reading.page(b'{"id": 1}\n{"id": 2}\n', ".", format="jsonl")
    assert page.items == [{"id": 1}, {"id": 2}]


async def test_a_key_that_stands_twice_on_the_way_is_an_error(reading: Reading) -> None:
    with pytest.raises(ResponseError, match="items"):
        await reading.page(b'{"items": [1], "items": [2]}', ".items")


async def test_what_is_cut_is_told_with_its_beginning_and_without_secrets(reading: Reading) -> None:
    with pytest.raises(ResponseError) as caught:
        await reading.page(b'{"sesame": [1, 2', ".items")
    assert "sesame" not in str(caught.value)
    assert "[1, 2" in str(caught.value)


async def test_an_expression_that_fails_tells_what_the_answer_is(reading: Reading) -> None:
    with pytest.raises(ResponseError) as caught:
        await reading.page(b'{"items": 5}', ".items | map(.)")
    assert str(caught.value) == (
        "data_path '.items | map(.)' failed: Cannot iterate over number (5); the answer is an "
        "object with the keys items"
    )


@pytest.mark.parametrize("limit", [50, 10**6])
async def test_what_jq_quotes_of_an_answer_is_short_and_without_secrets(
    reading: Reading, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr("resync.answers.LARGE_BYTES", limit)
    body = {"user": "sesame", "session": {"access_token": "tok-1"}, "all": ["item"] * 500}
    with pytest.raises(ResponseError) as found:
        await reading.page(json.dumps(body).encode(), "if .items then .items else error end")
    told = str(found.value)
    assert 'failed: {"user"' in told
    assert "sesame" not in told and "tok-1" not in told
    assert len(told) < 500


@pytest.mark.parametrize("limit", [20, 10**6])
async def test_an_expression_that_halts_loses_no_items_in_silence(
    reading: Reading, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr("resync.answers.LARGE_BYTES", limit)
    with pytest.raises(ResponseError, match="it halted: outputs may be missing"):
        await reading.page(
            b'{"items": [1, 2, 3, 4, 5]}', ".items[] | if . > 2 then halt else . end"
        )


async def test_an_error_in_disguise_comes_before_what_was_not_found(reading: Reading) -> None:
    with pytest.raises(ResponseError) as caught:
        await reading.page(b'{"error": "no sesame"}', ".items")
    assert str(caught.value).startswith(
        "the answer is an object with the keys error: an error with"
    )
    assert 'It begins: \'{"error": "no [hidden]"}\'' in str(caught.value)
    assert "leads nowhere" in str(caught.value)


async def test_an_object_taken_as_one_item_is_told(reading: Reading) -> None:
    assert (await reading.page(b'{"id": 1, "name": "x"}', ".")).items == [{"id": 1, "name": "x"}]
    assert reading.warned == [
        (
            "object GET /all",
            "kind all: the answer is an object with the keys id, name, taken as one item. If the "
            "items are inside it, set data_path to where they are, such as '.items'.",
        )
    ]
    reading.warned.clear()
    await reading.page(b"[1]", ".")
    await reading.page(b'{"rows": [1]}', ".", items_to_parse=".rows")
    await reading.page(b'{"item": {"id": 1}}', ".item")
    assert reading.warned == []


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("data_path", [".items", ".items | map(.)"])
async def test_a_large_answer_is_taken_apart_elsewhere(reading: Reading, data_path: str) -> None:
    content = json.dumps({"items": list(range(60)), "next": "n"}).encode()
    headers = httpx.Headers({"content-type": "application/json", "x-total": "60"})
    page = await reading.page(Response(200, headers, content, URL, True), data_path)
    assert (page.request, page.url, page.headers) == (PageRequest(URL), URL, headers)
    assert page.throttled and page.size_bytes == len(content)
    assert (page.count, page.body["next"]) == (60, "n")
    assert await everything(page) == list(range(60))


@pytest.mark.usefixtures("large")
async def test_a_large_answer_that_is_on_a_file_already(reading: Reading) -> None:
    content = json.dumps({"items": list(range(60))}).encode()
    with_file = Response(200, httpx.Headers(), content[:20], URL, file=_file(content))
    assert await everything(await reading.page(with_file, ".items")) == list(range(60))
    lines = b'{"id": 1}\n' * 60
    with_file = Response(200, httpx.Headers(), lines[:20], URL, file=_file(lines))
    assert len((await reading.page(with_file, ".", format="jsonl")).items) == 60
    assert with_file.file is not None and with_file.file.closed


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("content", "selector"),
    [
        (b'{"id": 1}\n' * 20, {"format": "jsonl"}),
        (json.dumps([{"rows": list(range(40))}]).encode(), {"items_to_parse": ".rows"}),
    ],
)
async def test_a_large_answer_of_another_kind_is_read_here(
    reading: Reading, content: bytes, selector: dict[str, Any]
) -> None:
    page = await reading.page(content, ".", **selector)
    assert page.items and page.rest is None
    # What itemsToParse takes out of an item is not what the API pages.
    assert page.count == (20 if "format" in selector else 1)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("body", "data_path", "told"),
    [
        (
            {"error": "sesame", "list": list(range(50))},
            ".items",
            'It begins: \'{"error": "[hidden]"',
        ),
        ({"error": "sesame", "list": list(range(50))}, ".items", "'.items' leads nowhere"),
        (
            {"error": "no", "list": list(range(50)), "items": []},
            ".items",
            "with a status of success",
        ),
        (
            {"data": {"n": list(range(50))}, "errors": [{"message": "m"}]},
            ".data.n",
            "the first: 'm'",
        ),
        ({"list": list(range(50))}, ".list | error", "data_path '.list | error' failed"),
    ],
)
async def test_what_is_wrong_with_a_large_answer_is_told(
    reading: Reading, body: Any, data_path: str, told: str
) -> None:
    with pytest.raises(ResponseError) as caught:
        await reading.page(json.dumps(body).encode(), data_path)
    assert told in str(caught.value)
    assert "sesame" not in str(caught.value)


@pytest.mark.usefixtures("large")
async def test_a_large_answer_with_items_may_say_error(reading: Reading) -> None:
    content = json.dumps({"error": "some are old", "items": list(range(50))}).encode()
    assert await everything(await reading.page(content, ".items")) == list(range(50))


@pytest.mark.usefixtures("large")
async def test_of_a_large_answer_pagination_sees_the_items_that_it_looks_at(
    reading: Reading,
) -> None:
    content = json.dumps({"items": list(range(150))}).encode()
    pagination = {"type": "cursor", "cursor_path": "items.120.id"}
    page = await reading.page(content, ".items", pagination=pagination)
    assert page.body["items"][:121] == list(range(121))
    assert len(await everything(page)) == 150


@pytest.mark.usefixtures("large")
async def test_a_large_object_taken_as_one_item_is_told_with_its_kind(reading: Reading) -> None:
    page = await reading.page(json.dumps({"id": 1, "text": "x" * 50}).encode(), ".")
    assert await everything(page) == [{"id": 1, "text": "x" * 50}]
    ((_, message),) = reading.warned
    assert message.startswith("kind all: the answer is an object with the keys id, text, taken as")


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
    reading: Reading, monkeypatch: pytest.MonkeyPatch, content_type: str, content: bytes
) -> None:
    threads = noted_threads(monkeypatch)
    data_path = ".items" if content_type == "application/json" else "."
    response = Response(200, httpx.Headers({"content-type": content_type}), content, "")
    page = await reading.page(response, data_path)
    assert page.count is not None and page.count >= 50_000
    assert threads and threading.main_thread() not in threads


async def test_what_is_small_is_read_without_a_change_of_threads(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = noted_threads(monkeypatch)
    await reading.page(b"[1]", ".")
    assert threads == [threading.main_thread()]


def noted_threads(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """The threads in which bodies are read from now on."""
    threads: list[threading.Thread] = []

    def noted(*arguments: Any) -> Any:
        threads.append(threading.current_thread())
        return read_body(*arguments)

    monkeypatch.setattr("resync.answers.read_body", noted)
    return threads


def _file(content: bytes) -> Any:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever reads it
    file.write(content)
    return file
