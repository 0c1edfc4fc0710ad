"""From an answer's body to its items."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from client import Redactor, Response
from errors import ResponseError
from mapping import CustomResourceConfig
from pagination import Page, PageRequest
from resync.answers import AnswerReader
from resync.extraction import path_of_array, shape_of, simple_outputs
from resync.formats import parse_json
from resync.jq import Jq
from resync.plan import build_plan
from settings import parse_settings

HUGE = 123456789012345678901234567890


@pytest.fixture
async def reader() -> AsyncIterator[AnswerReader]:
    jq = Jq(bytes.decode)
    yield AnswerReader(Redactor(), jq, lambda subject, message: None)
    await jq.aclose()


async def read(reader: AnswerReader, body: Any, data_path: str, **more: Any) -> Page:
    """The page that an answer with ``body`` holds."""
    resource = CustomResourceConfig.parse_obj(
        {
            "kind": "/items",
            "selector": {"query": "true", "data_path": data_path},
            "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"x"'}}, **more},
        }
    )
    plan = build_plan(parse_settings({"baseUrl": "https://api.example.com"}), resource)
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Response(200, httpx.Headers(), content, "https://api.example.com/items")
    return await reader.page(
        "/items", plan.endpoint, PageRequest(response.url), response, lambda page: None
    )


def parse(content: bytes, charset: str | None = None) -> Any:
    return parse_json(content, charset, content[:20].decode("utf-8", "replace"))


@pytest.mark.parametrize(
    ("body", "data_path", "items"),
    [
        ([1, 2], ".", [1, 2]),
        ({"a": 1}, ".", [{"a": 1}]),
        (None, ".", []),
        ("text", ".", ["text"]),
        ({"items": [1, 2]}, ".items", [1, 2]),
        ({"items": []}, ".items", []),
        ({"items": None}, ".items", []),
        ({"item": {"id": 1}}, ".item", [{"id": 1}]),
        ({"a": {"b_1": [1]}}, ".a.b_1", [1]),
        ({"a": [1], "b": [2]}, ".a + .b", [1, 2]),
        ({"a": [1, 2]}, ".a[]", [1, 2]),
        ({"a": [[1], [2]]}, ".a[]", [[1], [2]]),
        ({"a": {"x": {"id": 1}, "y": {"id": 2}}}, ".a[]", [{"id": 1}, {"id": 2}]),
        ({"a": [None, 1]}, ".a[]", [1]),
        ({}, ".items // []", []),
        ({"items": None}, ".items // []", []),
        ({"items": False}, ".items // []", []),
        ({"items": [1]}, ".items // []", [1]),
        ([{"id": 1}, None], ".[]", [{"id": 1}]),
        ({"a-b": [1]}, '."a-b"', [1]),
        ([{"id": 1}, {"id": 2}], "map(select(.id > 1))", [{"id": 2}]),
        ([], ".[]", []),
    ],
)
async def test_items(reader: AnswerReader, body: Any, data_path: str, items: list[Any]) -> None:
    assert (await read(reader, body, data_path)).items == items


@pytest.mark.parametrize(
    ("body", "data_path", "told"),
    [
        ({"data": [], "total": 1}, ".items", "no 'items' in the answer, which is an object with"),
        ({"data": [], "total": 1}, ".items", "keys data, total"),
        ({"data": {"list": []}}, ".data.items", "no 'items' at .data"),
        ({"data": None}, ".data.items", "which is null"),
        ([1], ".items", "which is an array of 1"),
        ({}, ".items", "an object without keys"),
        ({}, ".items", "'.items // []'"),
        ({"a": 1}, ".a[]", "Cannot iterate over number"),
        ({"a": "x"}, ".a + 1", "cannot be added"),
        ({"a": [1]}, ".a.items // []", "Cannot index array"),
    ],
)
async def test_a_path_that_leads_nowhere_says_what_is_there(
    reader: AnswerReader, body: Any, data_path: str, told: str
) -> None:
    with pytest.raises(ResponseError) as caught:
        await read(reader, body, data_path)
    assert told in str(caught.value)
    assert f"data_path {data_path!r}" in str(caught.value)


@pytest.mark.parametrize(
    "data_path", [".items", ".items[]", ".items | map(.)", "{x: .items[]} | .x"]
)
async def test_numbers_keep_their_exact_value(reader: AnswerReader, data_path: str) -> None:
    body = {"items": [{"id": HUGE, "n": 2**53 + 1, "f": 0.1}]}
    (item,) = (await read(reader, body, data_path)).items
    assert item == {"id": HUGE, "n": 2**53 + 1, "f": 0.1}
    assert isinstance(item["id"], int)


HALF = {"data": {"nodes": [{"id": 1}]}, "errors": [{"message": "timed out", "path": ["nodes"]}]}


@pytest.mark.parametrize("data_path", [".data.nodes", ".data.nodes[]", ".data.nodes | map(.)"])
async def test_errors_beside_the_data_of_graphql_are_errors(
    reader: AnswerReader, data_path: str
) -> None:
    with pytest.raises(ResponseError, match=r"errors beside its data.*the first: 'timed out'"):
        await read(reader, HALF, data_path)
    for fine in ({**HALF, "errors": []}, {"nodes": [1], "errors": [{"message": "x"}]}):
        path = data_path if "data" in fine else data_path.replace(".data", "")
        assert (await read(reader, fine, path)).items
    assert (await read(reader, HALF, f"del(.errors) | {data_path}")).items == [{"id": 1}]


async def test_what_an_expression_says_itself_is_told_with_the_error_in_disguise(
    reader: AnswerReader,
) -> None:
    with pytest.raises(ResponseError, match=r"status of success.*quota used up"):
        await read(reader, {"error": {"code": 7}}, 'error("quota used up")')


@pytest.mark.parametrize("content", [b"", b"  \n"])
def test_an_empty_body_is_an_error(content: bytes) -> None:
    with pytest.raises(ResponseError, match="the answer is empty"):
        parse(content)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<!doctype html><title>Sign in</title>", "perhaps a login page"),
        (b" <html>", "Check authType, baseUrl"),
        (b'{"items": [1, 2', "may be cut short"),
        (b'{"items": [1, 2]} {}', "Extra data"),
        (b"[NaN]", "not whole JSON"),
        (b"[Infinity]", "not whole JSON"),
        (b"\xff\xfe\xfa", "not whole JSON"),
        (b"not json", "not whole JSON"),
        (b"[" * 200_000, "nested too deeply"),
    ],
)
def test_what_is_not_json_is_an_error(content: bytes, told: str) -> None:
    with pytest.raises(ResponseError) as caught:
        parse(content)
    assert told in str(caught.value)


def test_bom_and_charset_are_honoured() -> None:
    assert parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert parse('{"a": "é"}'.encode("latin-1"), "iso-8859-1") == {"a": "é"}
    with pytest.raises(ResponseError):
        parse(b"{}", "no-such-charset")


@pytest.mark.parametrize("path", [".rows", ".rows | .", ".nothing", ".rows.x", ".rows | error"])
async def test_items_to_parse_never_changes_what_is_counted(
    reader: AnswerReader, path: str
) -> None:
    items = [{"rows": [1, 2, 3]}, {"rows": [4]}]
    assert (await read(reader, items, ".", itemsToParse=path)).count == 2
    assert (await read(reader, {"items": items}, ".items", itemsToParse=path)).count == 2


async def test_records_are_counted_inside_an_item_that_is_the_whole_response(
    reader: AnswerReader,
) -> None:
    page = await read(reader, {"rows": [1, 2, 3]}, ".", itemsToParse=".rows")
    assert (page.count, len(page.items)) == (3, 1)


@pytest.mark.parametrize(
    ("data_path", "records", "items"),
    [
        (".items", 3, 3),
        (".items | map(select(.on))", 3, 1),
        (".items[] | select(.on == 7)", 3, 0),
        (".items[].in[]", 3, 4),
        ("[.items[].in[]]", 3, 4),
        (".items | map(.in) | add", 3, 4),
    ],
)
async def test_records_are_what_the_api_paged_and_items_what_data_path_makes_of_them(
    reader: AnswerReader, data_path: str, records: int, items: int
) -> None:
    body = {"items": [{"on": 1, "in": [1, 2]}, {"in": [3]}, {"in": [4]}], "error": "some are old"}
    page = await read(reader, body, data_path)
    assert (page.count, len(page.items)) == (records, items)


def test_shapes_never_tell_values() -> None:
    shape = shape_of({f"key{n}": "value" for n in range(30)})
    assert "value" not in shape
    assert "and 18 more" in shape


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ({}, "an object without keys"),
        ({"a": 1, "b": 2}, "an object with the keys a, b"),
        ({n: n for n in range(12)}, "an object with the keys 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"),
        ({"k" * 50: 1}, f"an object with the keys {'k' * 40}"),
        ([1, 2], "an array of 2"),
        (None, "null"),
        ("secret", "a str"),
        (7, "a int"),
        (True, "a bool"),
    ],
)
def test_shapes(value: Any, shape: str) -> None:
    assert shape_of(value) == shape


@pytest.mark.parametrize(
    ("body", "data_path", "outputs"),
    [
        ([1], ".[]", [1]),
        ({"a": 1}, ".[]", None),
        ({"a": {"b": [1]}}, ".a.b[]", [1]),
        ({"a": [1]}, ".a.b[]", None),
        ({"a": {"b": [1]}}, ".a.b // []", [[1]]),
        ({"a": {"b": {"c": 1}}}, ".a.b // []", [{"c": 1}]),
        ({"a": {}}, ".a.b // []", [[]]),
        ({"a": 5}, ".a // []", None),
        ([1], ". // []", [[1]]),
        (None, ". // []", [[]]),
        ({"a": [1]}, ".a | .", None),
    ],
)
def test_what_can_be_walked_needs_no_jq(
    body: Any, data_path: str, outputs: list[Any] | None
) -> None:
    assert simple_outputs(body, data_path) == outputs


def test_where_an_array_of_items_would_be() -> None:
    assert path_of_array(".") == path_of_array(".[]") == ""
    assert path_of_array(".Xa.bX") == "Xa.bX"
    assert path_of_array(".a[]") == path_of_array(".a // []") == "a"
    assert path_of_array(".a | map(.b)") is None


async def test_a_value_where_items_should_be_says_how_to_take_it(reader: AnswerReader) -> None:
    with pytest.raises(ResponseError) as caught:
        await read(reader, {"n": {"count": 5}}, ".n.count")
    assert str(caught.value) == (
        "data_path '.n.count' leads to a int, where an array or an object was expected. Correct "
        "data_path; where that is an item, write '[.n.count]'."
    )


@pytest.mark.parametrize("flag", ["ok", "success"])
async def test_a_flag_that_says_no_is_an_error_where_there_are_no_items(
    reader: AnswerReader, flag: str
) -> None:
    with pytest.raises(ResponseError) as caught:
        await read(reader, {flag: False, "items": []}, ".items")
    assert f"an object with the keys {flag}, items: an error with a status of" in str(caught.value)
    assert f'It begins: \'{{"{flag}": false' in str(caught.value)
    assert (await read(reader, {flag: True, "items": []}, ".items")).items == []
    assert (await read(reader, {flag: False, "items": [1]}, ".items")).items == [1]
    item = {flag: False, "id": 1}
    assert (await read(reader, item, ".")).items == [item]


@pytest.mark.parametrize("key", ["error", "errors"])
async def test_an_error_where_an_item_should_be_is_an_error(reader: AnswerReader, key: str) -> None:
    with pytest.raises(ResponseError) as caught:
        await read(reader, {key: "quota used up"}, ".")
    assert f'It begins: \'{{"{key}": "quota used up"}}\'' in str(caught.value)
    assert "set data_path to '[.]'" in str(caught.value)


async def test_a_long_message_of_graphql_is_cut(reader: AnswerReader) -> None:
    body = {"data": {"nodes": []}, "errors": [{"message": "m" * 300}]}
    with pytest.raises(ResponseError, match=rf"'{'m' * 200}\.\.\.'"):
        await read(reader, body, ".data.nodes")
