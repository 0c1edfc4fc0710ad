"""The process that takes a large body apart, see ``resync.large_body``.

``python -m resync.large_worker ORDER FD`` reads the body from standard input, writes its items to
the file descriptor ``FD`` as lines of JSON arrays, and a ``Summary`` to standard output.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import IO, Any

import ijson
import msgspec

from errors import ResponseError
from records import Records, Shape
from resync.bounded_envelope import EnvelopeBuilder, Places, bounded, places_of
from resync.exact_jq import evaluate
from resync.extraction import (
    as_items,
    keys_in,
    outputs_elements,
    path_of_array,
    simple_outputs,
)
from resync.formats import parse_json
from resync.jq_worker import limit_memory, limit_processor, longest, reason
from resync.record_path import records_in, refuse_absent, refuse_value

PIECE_ITEMS = 500
PIECE_BYTES = 2 * 1024 * 1024
BEGINS = frozenset({"start_map", "start_array", "string", "number", "boolean", "null"})
READ_BYTES = 4 * 1024 * 1024
"""At once. The parser reads a text that goes on in the next piece from its beginning again, so that
a long one takes the square of its pieces."""

ELEMENTS_KEPT = 100
"""Of an array in what surrounds the items: paths into it, such as ``pages.0.cursor``, are short."""

NOWHERE = Places()
HALF_PAIR = re.compile(
    rb"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD])[c-fC-F])"
)
"""An escape for half a character without the other half, which ijson takes for another one."""

HALF_IN_BYTES = re.compile(rb"\xed[\xa0-\xbf]")
"""Half a character in UTF-8, which has no place there and is let through for small answers."""

# Numbers with a point are written down as they were read.
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Order(msgspec.Struct):
    """What to do: find the items at ``data_path``, whose jq program is ``program``. It may take
    ``seconds`` and one more for each MiB; outputs that still come after half of that are an
    error. ``excerpt`` is how the body begins, secrets masked. Pagination looks at the first
    ``looked_at`` elements of arrays, and at those of the items, too; at the dot ``paths``; and at
    what ``programs`` find in the whole body, by path."""

    data_path: str
    program: str
    seconds: float
    excerpt: str
    looked_at: int = 0
    programs: dict[str, str] = {}
    paths: list[str] = []

    @property
    def elements(self) -> int:
        """How many elements of an array are kept at most in what surrounds the items."""
        return max(ELEMENTS_KEPT, self.looked_at)

    @property
    def places(self) -> Places:
        """What matters of what surrounds the items."""
        return places_of(self.paths, self.data_path)


class Summary(msgspec.Struct):
    """What was found: what surrounds the items, how many there are, the records they were made of
    and what the programs found; or the ``error``, and jq's own words for it, in which secrets are
    not masked yet."""

    envelope: Any = None
    items: int = 0
    records: Records = Records()
    evaluated: dict[str, Any] = {}
    error: str | None = None
    reason: str = ""


def take_apart(source: IO[bytes], target: IO[bytes], order: Order) -> Summary:
    """Writes the items to ``target``: in flat memory where they are one array at a path."""
    path = path_of_array(order.data_path)
    if path is not None and not order.programs and _is_plain(source):
        envelope, alone, count = survey(source, path, order.looked_at, order.places, order.elements)
        elements = outputs_elements(order.data_path)
        # A single output that is itself an array stands for its items.
        if alone and not (count == 1 and elements):
            source.seek(0)
            items = ijson.items(source, _item(path), buf_size=READ_BYTES)
            if elements:
                # Each is an output then, and an output that is null is no item.
                items = (item for item in items if item is not None)
            level = tuple(path.split("."))[:-1] if path else None
            found = _written(items, target, envelope)
            found.records = replace(found.records, count=count, level=level)
            return found
    return _in_memory(source, target, order)


def _in_memory(source: IO[bytes], target: IO[bytes], order: Order) -> Summary:
    """The same where the whole body has to be looked at."""
    seconds = longest(order.seconds, source.seek(0, os.SEEK_END)) / 2
    source.seek(0)
    body = parse_json(source.read(), None, order.excerpt, keys_in(order.data_path))
    envelope = partial(bounded, body, order.places, order.elements)
    what = f"data_path {order.data_path!r}"
    try:
        outputs = simple_outputs(body, order.data_path)
        if outputs is None:
            outputs = evaluate(order.program, body, seconds)
        if outputs == [None]:
            refuse_absent(body, order.data_path)
        found = _written(as_items(outputs), target, envelope())
        records = records_in(body, order.data_path, None)
        refuse_value(records, order.data_path)
        found.records = replace(records, digest=records.fingerprint, values=())
        for path, program in order.programs.items():
            what = f"the pagination path {path!r}"
            values = evaluate(program, body, seconds)
            if values:
                first = next((one for one in values if one is not None), None)
                found.evaluated[path] = bounded(first, NOWHERE, order.elements)
        return found
    except ResponseError as error:
        return Summary(envelope(), error=str(error))
    except (ValueError, RecursionError) as error:
        return Summary(envelope(), error=f"{what} failed: ", reason=reason(error))


def survey(
    source: IO[bytes], path: str, kept: int, places: Places = NOWHERE, elements: int = ELEMENTS_KEPT
) -> tuple[Any, bool, int]:
    """The body with no more than the first ``kept`` items, and of the rest no more than
    ``EnvelopeBuilder`` keeps of it; whether ``path`` leads to one array and nothing else looks like
    it (only that can be read in pieces), and how many items it holds.

    Raises ``ijson.JSONError`` if it is not whole JSON.
    """
    item = _item(path)
    names = path.split(".") if path else []
    way = [(".".join(names[:depth]), name) for depth, name in enumerate(names)]
    walked: list[tuple[str, Any]] = []
    envelope = EnvelopeBuilder(places, elements)
    arrays = count = 0
    for prefix, event, value in ijson.parse(source, buf_size=READ_BYTES):
        if prefix == item or prefix.startswith(f"{item}."):
            count += prefix == item and event in BEGINS
            if count > kept:
                continue
        else:
            arrays += prefix == path and event == "start_array"
            # A prefix does not tell a key "a.b" from "b" in "a", nor "item" from an array's.
            if event == "map_key" and _is_on(f"{prefix}.{value}".removeprefix("."), path):
                walked.append((prefix, value))
        envelope.event(event, value)
    return envelope.value, arrays == 1 and walked == way, count


def _written(items: Iterable[Any], target: IO[bytes], envelope: Any) -> Summary:
    digest = hashlib.blake2b(digest_size=16)
    summary = Summary(envelope, evaluated={})
    first = last = b""
    encoded = (_ENCODER.encode(item) for item in items)
    while piece := list(_piece(encoded)):
        line = b"[" + b",".join(piece) + b"]\n"
        target.write(line)
        digest.update(line)
        summary.items += len(piece)
        first, last = first or piece[0], piece[-1]
    target.flush()
    summary.records = Records(
        count=summary.items,
        first=hashlib.blake2b(first, digest_size=16).digest() if first else b"",
        last=hashlib.blake2b(last, digest_size=16).digest() if last else b"",
        digest=digest.digest(),
        shape=Shape.ARRAY,
    )
    return summary


def _piece(encoded: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for one in islice(encoded, PIECE_ITEMS):
        yield one
        size += len(one)
        if size >= PIECE_BYTES:
            return


def _item(path: str) -> str:
    return f"{path}.item" if path else "item"


def _is_plain(source: IO[bytes]) -> bool:
    """Whether ``source`` is UTF-8 without a mark, and all its characters are whole."""
    begins = source.read(4)
    source.seek(0)
    if not begins or json.detect_encoding(begins) != "utf-8":
        return False
    with mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return not HALF_PAIR.search(content) and not HALF_IN_BYTES.search(content)


def _is_on(name: str, path: str) -> bool:
    """Whether ``name`` stands for a step of ``path``, or for something below it."""
    return not name or f"{path}.".startswith(f"{name}.") or (name + ".").startswith(f"{path}.")


def _refused(error: Exception) -> str:
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return f"the answer is not whole JSON ({reason}): it may be cut short"


def main(order: Order, descriptor: int) -> Summary:
    """Does what ``order`` says; whatever goes wrong is in the summary."""
    try:
        with os.fdopen(descriptor, "wb") as target:
            return take_apart(sys.stdin.buffer, target, order)
    except (ijson.JSONError, UnicodeDecodeError) as error:
        return Summary(error=_refused(error))
    except ResponseError as error:
        return Summary(error=str(error))
    except (MemoryError, RecursionError):
        return Summary(error="the answer needs too much memory: lower pageSize")
    except OSError as error:
        return Summary(error=f"there is no room for the answer in the temporary folder ({error})")


if __name__ == "__main__":
    limit_memory()
    order = msgspec.json.decode(sys.argv[1], type=Order)
    limit_processor(longest(order.seconds, os.fstat(sys.stdin.fileno()).st_size))
    found = main(order, int(sys.argv[2]))
    sys.stdout.buffer.write(_ENCODER.encode(found))
