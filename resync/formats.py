"""From an answer's bytes to a value: JSON, JSON Lines or CSV."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from contextlib import suppress
from functools import partial
from typing import Any, Literal, NoReturn

import msgspec

from errors import ResponseError
from resync.extraction import is_error_alone, shape_of

Format = Literal["json", "jsonl", "csv"]

BY_CONTENT_TYPE: dict[str, Format] = {
    "application/jsonl": "jsonl",
    "application/x-jsonlines": "jsonl",
    "application/jsonlines": "jsonl",
    "application/x-ndjson": "jsonl",
    "application/ndjson": "jsonl",
    "text/csv": "csv",
}
HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")
"""Escapes that may stand for half a character, as where an API cuts a text in the middle of one."""
UTF8 = frozenset({"", "utf-8", "utf8"})


def read_body(
    content: bytes,
    content_type: str,
    wanted: Format | None,
    excerpt: str,
    keys: frozenset[str] = frozenset(),
) -> Any:
    """The value in a body: of the format ``wanted``, else by content type, else JSON.

    ``excerpt`` is how the body begins, secrets masked. An empty body holds no rows and no lines.
    Raises ``ResponseError`` for an empty body where JSON is expected, HTML, what is cut, malformed
    or not in the charset that the content type names, and JSON whose objects hold one of ``keys``
    twice.
    """
    media, charset = _media_and_charset(content_type)
    match wanted or BY_CONTENT_TYPE.get(media, "json"):
        case "jsonl":
            return _json_lines(_text(content, charset), excerpt)
        case "csv":
            return _csv(_text(content, charset), excerpt)
        case _:
            return parse_json(content, None if charset in UTF8 else charset, excerpt, keys)


def is_utf8_json(content_type: str, wanted: Format | None) -> bool:
    """Whether a body of that type is read as JSON in UTF-8."""
    media, charset = _media_and_charset(content_type)
    return (wanted or BY_CONTENT_TYPE.get(media, "json")) == "json" and charset in UTF8


def _media_and_charset(content_type: str) -> tuple[str, str]:
    media, _, params = content_type.partition(";")
    charset = params.partition("charset=")[2].split(";")[0].strip(" \"'").lower()
    return media.strip().lower(), charset


def parse_json(
    content: bytes, charset: str | None, excerpt: str, keys: frozenset[str] = frozenset()
) -> Any:
    """The JSON value in a body. Raises ``ResponseError`` as ``read_body`` does."""
    if not content.strip():
        raise ResponseError("the answer is empty, where JSON was expected")
    try:
        text: str | bytes = content.decode(charset) if charset else content
        return _value(text, keys if _may_repeat(content, keys) else frozenset())
    except (ValueError, LookupError) as error:
        _refuse(error, content, excerpt)
    except RecursionError:
        raise ResponseError("the answer's JSON is nested too deeply") from None


def _value(text: str | bytes, keys: frozenset[str] = frozenset()) -> Any:
    """The JSON value in ``text``; raises ``ValueError``, and ``ResponseError`` for ``keys`` that
    recur."""
    if not keys:
        # Several times as fast, and strict. What it refuses is judged by the other: a text with
        # half a surrogate pair is one for both, but not lost.
        with suppress(ValueError, RecursionError, msgspec.DecodeError):
            return msgspec.json.decode(text)
    hook = partial(_object_of, keys) if keys else None
    value = json.loads(
        text, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=hook
    )
    return _without_halves(value) if _may_hold_halves(text) else value


def _may_hold_halves(text: str | bytes) -> bool:
    if isinstance(text, bytes):
        try:
            text = text.decode(json.detect_encoding(text))
        except UnicodeDecodeError:
            # What json.loads lets through all the same.
            return True
    return HALF_PAIR.search(text) is not None


def _may_repeat(content: bytes, keys: frozenset[str]) -> bool:
    """Looking at each object costs time, so it is done only where a key stands in a body twice."""
    return any(content.count(f'"{key}"'.encode()) > 1 for key in keys)


def _object_of(keys: frozenset[str], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next((name for name in names if name in keys and names.count(name) > 1), None)
        if twice is not None:
            raise ResponseError(
                f"the answer holds {twice!r} twice in one object, so it cannot be told which one "
                "has the items. Correct the API."
            )
    return found


def _without_halves(value: Any) -> Any:
    """``value`` with U+FFFD for each half of a surrogate pair: no catalog can store one alone."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_halves(one) for one in value]
    if isinstance(value, dict):
        return {_without_halves(key): _without_halves(one) for key, one in value.items()}
    return value


def _text(content: bytes, charset: str) -> str:
    try:
        text = content.decode("utf-8" if charset in UTF8 else charset)
        return text.removeprefix("\ufeff")
    except (ValueError, LookupError):
        raise ResponseError(f"the answer is not text in {charset or 'utf-8'}") from None


def _json_lines(text: str, excerpt: str) -> list[Any]:
    """A value a line; blank lines hold none. Lines end with \\n alone: others may be in a text."""
    values: list[Any] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values.append(_value(line))
        except (ValueError, RecursionError):
            raise ResponseError(
                f"line {number} of the answer is not JSON: it may be cut short. The answer "
                f"begins: {excerpt!r}"
            ) from None
    # The status was sent before what failed: an export says on its last line that it broke off.
    if values and is_error_alone(values[-1]) and (len(values) == 1 or _differ(values)):
        raise ResponseError(
            f"the last line of the answer is {shape_of(values[-1])}: an error, so it may be cut "
            f"short. The answer begins: {excerpt!r}"
        )
    return values


def _differ(values: list[Any]) -> bool:
    """Whether the last of ``values`` is another kind of thing than the first."""
    first, last = values[0], values[-1]
    return not isinstance(first, dict) or first.keys() != last.keys()


def _csv(text: str, excerpt: str) -> list[dict[str, str]]:
    """Rows as objects of texts by header, RFC 4180: none in an empty body. A row of another length
    is an error, and so is what would be a header without rows, and is JSON or a sentence."""
    if not text.strip():
        return []
    if text.lstrip().startswith("<"):
        _refuse(ValueError("it is no CSV"), text.encode(), excerpt)
    if text.lstrip().startswith(("{", "[")):
        raise ResponseError(f"the answer is JSON, where CSV was expected. It begins: {excerpt!r}")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader)
        if len(set(header)) != len(header):
            raise ResponseError(f"the CSV names a column twice: {', '.join(header)[:200]}")
        rows: list[dict[str, str]] = []
        for row in reader:
            if row and len(row) != len(header):
                raise ResponseError(
                    f"line {reader.line_num} of the CSV has {len(row)} columns, where its header "
                    f"has {len(header)}: it may be cut short"
                )
            if row:
                rows.append(dict(zip(header, row, strict=True)))
    except csv.Error as error:
        raise ResponseError(f"line {reader.line_num} of the CSV cannot be read: {error}") from None
    if not rows and len(header) == 1 and " " in header[0].strip():
        raise ResponseError(
            f"the answer is one line of text, where CSV was expected. It begins: {excerpt!r}"
        )
    return rows


def _refuse(error: Exception, content: bytes, excerpt: str) -> NoReturn:
    if content.lstrip()[:1] == b"<":
        raise ResponseError(
            "the answer is HTML or XML, where JSON was expected: perhaps a login page. Check "
            f"authType, baseUrl and the endpoint. It begins: {excerpt!r}"
        ) from None
    what = getattr(error, "msg", None) or str(error)
    place = getattr(error, "pos", None)
    where = f" at character {place:,} of {len(content):,}" if place is not None else ""
    raise ResponseError(
        f"the answer is not whole JSON ({what}{where}): it may be cut short. Check the endpoint, "
        f"and that it answers with JSON. It begins: {excerpt!r}"
    ) from None


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {text[:40]} is out of range")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
