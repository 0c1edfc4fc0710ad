"""An object that surrounds a listing, where ``data_path`` '.' would take it for one item."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from errors import ResponseError
from pagination import Page, PageRequest, Progress, Records
from pagination.signs import signs_of
from resync.extraction import shape_of
from settings import PaginationSettings

PLAIN_KEY = re.compile(r"[A-Za-z_]\w*")


def refuse_envelope(body: dict[str, Any], paginates: bool) -> None:
    """Raises ``ResponseError`` if an object, which ``data_path`` '.' would take for one item,
    seems to be what surrounds a listing: pagination is set, or an array of objects is in it, alone
    or with a sign of further pages beside."""
    arrays = list(_arrays_of_objects(body))
    alone = len(body) == 1 and len(arrays) == 1 and arrays[0][1] is body
    if not (paginates or alone or any(_holds_sign(holder) for _, holder in arrays)):
        return
    why = "it is nothing but an array" if alone else "it tells of pages"
    why = "paginationType is set" if paginates else why
    names = ", ".join(path for path, _ in arrays) or "none"
    example = arrays[0][0] if arrays else ".items"
    raise ResponseError(
        f"the answer is {shape_of(body)}, and {why}, so that it is not one item. Set data_path to "
        f"where the items are, such as {example!r} (arrays of objects in it: {names}), or to '[.]' "
        "if the object is meant."
    )


def refuse_whole(body: dict[str, Any]) -> None:
    """Raises ``ResponseError`` for an object that a discovery would take for its only record."""
    names = [path for path, _ in _arrays_of_objects(body)]
    example = names[0] if names else ".items"
    raise ResponseError(
        f"the response is {shape_of(body)}, where a list of records was expected. Set "
        f"data_path to where they are, such as {example!r} (arrays of objects in it: "
        f"{', '.join(names) or 'none'}), or to '[.]' if the object is meant."
    )


def _arrays_of_objects(body: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """The paths of the arrays of objects, two levels deep, and what holds each."""
    for key, value in body.items():
        name = f"{path}.{key}" if PLAIN_KEY.fullmatch(key) else f'{path}."{key}"'
        if isinstance(value, list) and any(isinstance(one, dict) for one in value):
            yield name, body
        elif isinstance(value, dict) and not path:
            yield from _arrays_of_objects(value, name)


def _holds_sign(body: dict[str, Any]) -> bool:
    page = Page(PageRequest(""), [], Records(0, level=()), body, progress=Progress(records=0))
    return bool(signs_of(page, PaginationSettings()))
