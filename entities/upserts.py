"""What Port says of the entities that it is sent.

Ocean's client logs a sample of what Port refused and goes on. How many there were, of which kind
and why, only Port's responses say. A response hook of httpx reads them here, for every upsert of
one event: a resync, an incremental resync, a live event.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from port_ocean.context.event import EventType, event
from port_ocean.context.resource import resource
from port_ocean.core.models import Entity
from port_ocean.core.utils.entity_identifier import normalize_identifier
from port_ocean.exceptions.context import (
    EventContextNotFoundError,
    ResourceContextNotFoundError,
)

NO_RESPONSE = "there was no response from Port"
NOT_MENTIONED = "Port's response does not mention it"

REASON_CHARACTERS = 2000
"""Of what is kept for each refused entity: a proxy may send whole pages in place of Port's
reasons."""

_ATTRIBUTE = "upserts"
_NO_RESOURCE = -1

Key = tuple[str, str]
"""An entity: its identifier, normalized as Ocean does it, and its blueprint."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What Port refused of one resource: how many entities, the first of them, and the reason."""

    count: int
    identifier: str
    blueprint: str
    reason: str


class Upserts:
    """The entities sent in one event that Port has not accepted so far, by resource.

    An entity is waiting from the moment that it is handed to Port's client until a response says
    that it was accepted, so one that got no response counts as refused.
    """

    def __init__(self, final: bool = False) -> None:
        """``final`` says that Ocean does not try again, at the end, what was refused."""
        self.final = final
        self._waiting: dict[Key, dict[int, str]] = {}
        self._created: Counter[str] = Counter()
        self._searched: set[str] = set()
        self._mask: Callable[[str], str] = str

    def mask_by(self, mask: Callable[[str], str]) -> None:
        """From now on identifiers and reasons are handed out as ``mask`` returns them."""
        self._mask = mask

    def sent(self, entities: Iterable[Entity]) -> None:
        """Notes entities of the present resource that are about to be sent."""
        index = resource_index()
        for entity in entities:
            self._waiting.setdefault(key_of(entity), {})[index] = NO_RESPONSE
            if entity.is_using_search_identifier:
                self._searched.add(str(entity.blueprint))

    def accepted(self, key: Key, created: bool) -> None:
        """Notes that Port has an entity, and whether it is new there.

        Outside of a resource, where Ocean tries the refused ones again, it counts for all.
        """
        if created:
            self._created[key[1]] += 1
        waiting = self._waiting.get(key)
        if waiting is None:
            return
        index = resource_index()
        if index == _NO_RESOURCE:
            waiting.clear()
        waiting.pop(index, None)
        if not waiting:
            del self._waiting[key]

    def refused(self, key: Key, reason: str) -> None:
        """Notes why Port refused an entity. A later attempt may give another reason."""
        waiting = self._waiting.get(key, {})
        present = resource_index()
        for index in waiting if present == _NO_RESOURCE else waiting.keys() & {present}:
            waiting[index] = reason

    def created(self, blueprint: str) -> int:
        """How many entities of a blueprint are new in this event."""
        return self._created[blueprint]

    @property
    def refused_keys(self) -> frozenset[Key]:
        """The entities that Port has not accepted."""
        return frozenset(self._waiting)

    @property
    def unknown_blueprints(self) -> frozenset[str]:
        """The blueprints of which Port refused an entity that the mapping names by a search:
        which one of the catalog it is cannot be known."""
        return frozenset(blueprint for _, blueprint in self._waiting if blueprint in self._searched)

    def by_resource(self) -> dict[int, Refused]:
        """What Port refused, by the place of the resource in the mapping (from 0)."""
        counts: Counter[int] = Counter()
        first: dict[int, tuple[Key, str]] = {}
        for key, reasons in self._waiting.items():
            counts.update(reasons.keys())
            for index, reason in reasons.items():
                first.setdefault(index, (key, reason))
        return {
            index: Refused(counts[index], *map(self._mask, (*key, reason)))
            for index, (key, reason) in first.items()
        }


def current_upserts() -> Upserts:
    """The upserts of the present event and of the events around it; new ones outside of any."""
    try:
        attributes: dict[str, Any] = event.attributes
    except EventContextNotFoundError:
        return Upserts()
    if _ATTRIBUTE not in attributes:
        attributes[_ATTRIBUTE] = Upserts(final=event.event_type == EventType.INCREMENTAL_RESYNC)
    upserts: Upserts = attributes[_ATTRIBUTE]
    return upserts


def key_of(entity: Entity) -> Key:
    """What tells an entity from all others."""
    return normalize_identifier(entity.identifier), str(entity.blueprint)


def watch(client: httpx.AsyncClient) -> None:
    """Has the responses of ``client`` read from now on, once however often it is called."""
    hooks = client.event_hooks["response"]
    if note_response not in hooks:
        hooks.append(note_response)


async def note_response(response: httpx.Response) -> None:
    """Notes what a response of Port says of the entities in its request.

    The requests are ``POST /blueprints/<blueprint>/entities`` for one entity, and the same with
    ``/bulk`` for several, whose response holds ``entities`` and ``errors`` with their ``index``.
    """
    path = response.request.url.path
    if response.request.method != "POST" or "/blueprints/" not in path:
        return
    if path.endswith("/entities/bulk"):
        sent = json.loads(response.request.content)["entities"]
        body = await _body(response)
        results = _of_bulk(body, response.is_success)
        otherwise = NOT_MENTIONED if response.is_success else _reason(response.status_code, body)
    elif path.endswith("/entities"):
        sent = [json.loads(response.request.content)]
        body = await _body(response)
        otherwise = _reason(response.status_code, body)
        results = {0: body} if response.is_success else {}
    else:
        return
    upserts = current_upserts()
    for index, entity in enumerate(sent):
        key = normalize_identifier(entity.get("identifier")), str(entity.get("blueprint"))
        result = results.get(index, otherwise)
        if isinstance(result, str):
            upserts.refused(key, result)
        else:
            upserts.accepted(key, result.get("created") is True)


def _of_bulk(body: Mapping[str, Any], success: bool) -> dict[int, Mapping[str, Any] | str]:
    """By index: what was accepted, as Port says it, and the reasons of what was not.

    Ocean takes all of them for failed where the status is no ``success``.
    """
    results: dict[int, Mapping[str, Any] | str] = {
        error.get("index", _NO_RESOURCE): _reason(error.get("statusCode"), error)
        for error in body.get("errors") or ()
    }
    if success:
        # Ocean's client believes these first, too.
        results.update({one.get("index", _NO_RESOURCE): one for one in body.get("entities") or ()})
    return results


async def _body(response: httpx.Response) -> Mapping[str, Any]:
    await response.aread()
    try:
        body = response.json()
    except ValueError:
        return {"message": response.text}
    return body if isinstance(body, dict) else {}


def _reason(status: object, body: Mapping[str, Any]) -> str:
    said = str(body.get("message") or body.get("error") or "no reason is given")
    said = said[:REASON_CHARACTERS]
    return f"{said} (status {status})" if status else said


def resource_index() -> int:
    """The place of the present resource in the mapping, from 0; -1 outside of any."""
    try:
        return int(resource.index)
    except ResourceContextNotFoundError:
        return _NO_RESOURCE
