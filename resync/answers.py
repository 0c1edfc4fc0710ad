"""From an answer to a page: its body read, its items found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import IO, Any, NoReturn

from client import Redactor, Response
from client.body import LARGE_BYTES
from errors import ResponseError
from pagination import Page, PageRequest, Records, Shape
from pagination.paths import MISSING, as_jq, dig, is_jq, looks_back
from resync.envelope import refuse_envelope, refuse_whole
from resync.extraction import (
    SIMPLE_PATH,
    as_items,
    keys_in,
    refuse_error,
    refuse_half,
    shape_of,
    simple_outputs,
)
from resync.formats import is_utf8_json, read_body
from resync.jq import WORKERS, Jq, JqError
from resync.large_body import LargeError, spooled, take_apart
from resync.plan import EndpointPlan
from resync.record_path import records_in, refuse_absent, refuse_value
from settings import PaginationType

NO_CONTENT = 204
PROBLEM = "application/problem+json"
THREAD_BYTES = 1024 * 1024
"""What is larger is read in a thread: CSV, JSON Lines, keys that recur and half characters take
several times as long as plain JSON, and let others run meanwhile there."""


class AnswerReader:
    """Reads answers. ``warn_once`` takes a subject and what to say of it once in a resync."""

    def __init__(self, redactor: Redactor, jq: Jq, warn_once: Callable[[str, str], None]) -> None:
        self._redactor = redactor
        self._jq = jq
        self._warn_once = warn_once
        # As many as come would share the processor, until none of them ends in time.
        self._workers = asyncio.Semaphore(WORKERS)

    async def page(
        self,
        kind: str,
        endpoint: EndpointPlan,
        request: PageRequest,
        response: Response,
        known: Callable[[Page], None],
    ) -> Page:
        """The page that ``response`` holds. Where jq must find its items, ``known`` is told before
        of what surrounds them.

        Raises ``ResponseError`` for a body that is not what the endpoint says, or has no items
        where it says they are.
        """
        page = Page(
            request=request,
            items=[],
            headers=response.headers,
            url=response.url,
            throttled=response.throttled,
            size_bytes=len(response.content),
        )
        if response.status == NO_CONTENT:
            return replace(page, records=Records(0))
        if _content_type(response).lower().startswith(PROBLEM):
            excerpt = self._redactor.excerpt(response.content)
            raise ResponseError(
                f"the answer is {PROBLEM}: an error with a status of success. It begins: "
                f"{excerpt!r}"
            )
        large = response.file is not None or len(response.content) > LARGE_BYTES
        utf8_json = is_utf8_json(_content_type(response), endpoint.format)
        if large and utf8_json and not endpoint.items_to_parse:
            return await self._taken_apart(kind, endpoint, response, page)
        body = await self._body(endpoint, response)
        records = records_in(body, endpoint.data_path, endpoint.items_to_parse)
        page = replace(page, body=body, evaluated=await self._evaluated(endpoint, body, page))
        if SIMPLE_PATH.fullmatch(endpoint.data_path) is None:
            known(replace(page, records=Records(level=records.level, whole=records.whole)))
        items = await self._items(kind, endpoint, body, records, response.content)
        return replace(page, items=items, records=records)

    async def _evaluated(self, endpoint: EndpointPlan, body: Any, page: Page) -> dict[str, Any]:
        """What the paths of pagination lead to that are jq expressions."""
        found: dict[str, Any] = {}
        for path in endpoint.pagination.paths:
            if is_jq(path) and dig(body, path) is MISSING and path.lower() not in page.headers:
                try:
                    outputs = (await self._jq.evaluate([path], [body]))[0][0]
                except JqError as error:
                    raise ResponseError(
                        f"the pagination path {path!r} failed: {error}; the answer is "
                        f"{shape_of(body)}"
                    ) from None
                found[path] = next(
                    (one for one in outputs if one is not None), None if outputs else MISSING
                )
        return found

    async def _body(self, endpoint: EndpointPlan, response: Response) -> Any:
        content = response.content
        if response.file is not None:
            content = await asyncio.to_thread(_whole, response.file)
        read = partial(
            read_body,
            content,
            _content_type(response),
            endpoint.format,
            self._redactor.excerpt(content),
            keys_in(endpoint.data_path),
        )
        return await asyncio.to_thread(read) if len(content) > THREAD_BYTES else read()

    async def _items(
        self, kind: str, endpoint: EndpointPlan, body: Any, records: Records, content: bytes
    ) -> list[Any]:
        try:
            outputs = await self._outputs(endpoint.data_path, body)
            if outputs == [None]:
                refuse_absent(body, endpoint.data_path)
            refuse_value(records, endpoint.data_path)
            items = as_items(outputs)
        except ResponseError as error:
            self._refuse(body, content, error)
        # Records that a filter has left out are there all the same; the mere texts and numbers of
        # an object that ``[]`` takes apart are none.
        some = bool(items) or bool(records.count)
        some = some and (records.shape is not Shape.OBJECT or any(map(_is_object, items)))
        self._check(kind, endpoint, body, some, content)
        discovered = endpoint.discovery and endpoint.data_path != "[.]"
        if discovered and isinstance(body, dict) and items == [body]:
            refuse_whole(body)
        return items

    def _refuse(self, body: Any, content: bytes, error: ResponseError) -> NoReturn:
        """Raises for items that were not found; an error in disguise is told first."""
        try:
            refuse_error(body, self._redactor.excerpt(content))
        except ResponseError as disguised:
            raise ResponseError(f"{disguised} ({error})") from None
        raise error

    async def _outputs(self, data_path: str, body: Any) -> list[Any]:
        outputs = simple_outputs(body, data_path)
        if outputs is not None:
            return outputs
        try:
            return (await self._jq.evaluate([data_path], [body]))[0][0]
        except JqError as error:
            raise ResponseError(
                f"data_path {data_path!r} failed: {error}; the answer is {shape_of(body)}"
            ) from None

    async def _taken_apart(
        self, kind: str, endpoint: EndpointPlan, response: Response, page: Page
    ) -> Page:
        begin, excerpt = response.content, self._redactor.excerpt
        file = response.file
        if file is None:
            file = await asyncio.to_thread(spooled, response.content)
        paths = endpoint.pagination.paths
        programs = {path: as_jq(path) for path in paths if is_jq(path) or looks_back(path)}
        try:
            with file:
                async with self._workers:
                    found = await take_apart(
                        file,
                        endpoint.data_path,
                        begin,
                        excerpt,
                        _looked_at(endpoint),
                        programs,
                        [path for path in paths if path not in programs],
                    )
        except LargeError as error:
            self._refuse(error.envelope, response.content, error)
        any_items = bool(found.items or found.records.count)
        self._check(kind, endpoint, found.envelope, any_items, response.content)
        return replace(
            page,
            body=found.envelope,
            records=found.records,
            evaluated={path: found.evaluated.get(path, MISSING) for path in programs},
            rest=found.pieces(),
        )

    def _check(
        self, kind: str, endpoint: EndpointPlan, body: Any, any_items: bool, content: bytes
    ) -> None:
        refuse_half(body, endpoint.data_path, self._redactor.excerpt)
        whole = endpoint.data_path == "." and not endpoint.items_to_parse
        if not any_items:
            refuse_error(body, self._redactor.excerpt(content))
        if whole and isinstance(body, dict):
            refuse_error(body, self._redactor.excerpt(content), item=True)
            if endpoint.discovery:
                refuse_whole(body)
            refuse_envelope(body, endpoint.pagination.type is not PaginationType.NONE)
            self._warn_once(
                f"object {endpoint.template}",
                f"kind {kind}: the answer is {shape_of(body)}, taken as one item. If the items "
                "are inside it, set data_path to where they are, such as '.items'.",
            )


def _is_object(item: Any) -> bool:
    return isinstance(item, dict)


def _content_type(response: Response) -> str:
    return str(response.headers.get("content-type", ""))


def _looked_at(endpoint: EndpointPlan) -> int:
    """How many elements of an array the paths of pagination may lead to, as ``99.id`` to 100."""
    parts = [part for path in endpoint.pagination.paths for part in path.split(".")]
    return max((int(part) + 1 for part in parts if part.isdecimal()), default=0)


def _whole(file: IO[bytes]) -> bytes:
    with file:
        file.seek(0)
        return file.read()
