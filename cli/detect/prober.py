"""Asks an endpoint, one request after another, and only so often."""

from __future__ import annotations

import json
from collections.abc import Mapping

import httpx

from cli.detect.answers import Answer
from cli.detect.options import Endpoint, Params
from client import HttpClient, Request, Response
from errors import RequestError, ResponseError
from resync.formats import Format, read_body
from resync.jq import Jq

NO_CONTENT = 204
CANNOT_FOLLOW = "cannot be followed"


class OutOfRequests(Exception):
    """All requests that an endpoint may cost have been sent."""


class Prober:
    """Sends at most ``most`` requests for ``endpoint``; those that are tried again count once."""

    def __init__(self, client: HttpClient, jq: Jq, endpoint: Endpoint, most: int) -> None:
        self.client = client
        self.jq = jq
        self.endpoint = endpoint
        self.most = most
        self.sent = 0
        self.kept_back = 0
        self._format: Format | None = None
        self._remembered: dict[str, Response | RequestError] = {}

    @property
    def base_url(self) -> str:
        """What the endpoint's path is below."""
        return self.endpoint.url.removesuffix(self.endpoint.path)

    @property
    def left(self) -> int:
        """How many requests may still be sent."""
        return self.most - self.kept_back - self.sent

    async def first(self) -> Answer:
        """The endpoint's answer as it is. Raises ``OceanCustomError`` for one of no use."""
        request = Request("GET", self.endpoint.url, params=self.endpoint.params)
        return self._read(await self.remembered(request))

    async def ask(self, changes: Mapping[str, str]) -> Answer:
        """The answer with the parameters ``changes`` set; one that was refused says so.

        Raises ``OutOfRequests``, and ``RequestError`` where there was no answer at all.
        """
        kept = tuple(pair for pair in self.endpoint.params if pair[0] not in changes)
        return await self.fetch(self.endpoint.url, (*kept, *changes.items()))

    async def follow(self, link: str, page: Answer) -> Answer:
        """The answer behind ``link``, which ``page`` holds. Nothing is sent to another origin."""
        try:
            url = str(httpx.URL(page.url).join(link))
            self.client.origin.admit(url)
        except (httpx.InvalidURL, ValueError) as error:
            return Answer(refused=f"{CANNOT_FOLLOW}: {error}")
        return await self.fetch(url, ())

    async def fetch(self, url: str, params: Params) -> Answer:
        """The answer to one request; raises as ``ask`` does."""
        try:
            return self._read(await self._send(Request("GET", url, params=params)))
        except RequestError as error:
            if error.status is None:
                raise
            return Answer(refused=f"answered {error.status}")
        except ResponseError:
            return Answer(refused="answered with what is not JSON")

    async def remembered(self, request: Request, *, anew: bool = False) -> Response:
        """The response to ``request``; unless ``anew``, the one that this returned before. Raises
        as ``ask`` does, and ``RequestError`` for a status that is refused."""
        key = str(request.target)
        found = None if anew else self._remembered.get(key)
        if found is None:
            try:
                found = await self._send(request)
            except RequestError as error:
                found = error
            self._remembered[key] = found
        if isinstance(found, RequestError):
            raise found
        return found

    async def _send(self, request: Request) -> Response:
        if self.left <= 0:
            raise OutOfRequests
        self.sent += 1
        return await self.client.send(request)

    def _read(self, response: Response) -> Answer:
        url = response.url
        if response.status == NO_CONTENT:
            return Answer(headers=response.headers, url=url)
        excerpt = self.client.redactor.excerpt(response.content)
        content_type = response.headers.get("content-type", "")
        if self._format is None and _is_lines(response.content):
            self._format = "jsonl"
        try:
            body = read_body(response.content, content_type, self._format, excerpt)
        except ResponseError as error:
            told = self.client.redactor.url(url)
            raise ResponseError(f"GET {told}: {error}") from None
        return Answer(body, response.headers, url, format=self._format)


def _is_lines(content: bytes) -> bool:
    """Whether a body is JSON Lines, whatever its content type says: two objects, a line each."""
    first, newline, rest = content[:100_000].partition(b"\n")
    second = rest.partition(b"\n")[0]
    if not newline or not first.startswith(b"{") or not second.startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(first), dict) and isinstance(json.loads(second), dict)
    except (ValueError, RecursionError):
        return False
