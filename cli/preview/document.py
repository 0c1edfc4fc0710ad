"""A preview as one document of plain values, with every secret masked."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cli.preview.entities import FILTERED, Mapped
from cli.preview.masking import Mask
from cli.preview.preview import MAPPED_ITEMS, PARENTS, Kind, Preview
from client import Exchange
from pagination.sign import Sign, SignKind
from resync.first_pages import Reading

Document = dict[str, Any]
NULL = "null"


def document(found: Preview, limit: int, mask: Mask) -> Document:
    """The document: at most ``limit`` items, entities and numbers of items each."""
    return {
        "ok": found.ok,
        "whole": found.whole,
        "base_url": mask.told(found.inputs.settings.base_url),
        "mapping": mask.told(str(found.inputs.path)),
        "blueprints": found.inputs.blueprints is not None,
        "pages": found.pages,
        "notes": [mask.told(note) for note in found.notes],
        "kinds": [_kind(kind, limit, mask, found) for kind in found.kinds],
    }


def _kind(kind: Kind, limit: int, mask: Mask, found: Preview) -> Document:
    mapped = kind.mapped
    creates = found.inputs.config.create_missing_related_entities
    return {
        "kind": mask.value(kind.resource.kind),
        "resource": kind.index,
        "whole": kind.whole,
        "requests": [_request(exchange) for exchange in kind.exchanges],
        "discoveries": [_listing(reading, mask) for reading in kind.discoveries],
        "listings": [_listing(reading, mask) for reading in kind.listings],
        "more_listings": kind.more_listings,
        "unmapped": kind.unmapped,
        "items": {"count": len(kind.items), "sample": mask.value(kind.items[:limit])},
        "entities": {
            "count": len(mapped.entities),
            "sample": [mask.value(entity) for _, entity in mapped.entities[:limit]],
        },
        "dropped": [
            {
                "reason": mask.told(reason),
                "expected": reason == FILTERED,
                "count": len(numbers),
                "items": numbers[:limit],
            }
            for reason, numbers in mapped.dropped.items()
        ],
        "overwritten": sum(_repeated(kind).values()),
        "empty_fields": _empty(mapped, mask),
        "relations": [
            {
                "relation": one.name,
                "target": one.target,
                "count": one.count,
                "missing": len(one.missing),
                "sample": mask.value(one.missing[:limit]),
                "unchecked": one.unchecked,
                "created": creates,
            }
            for one in kind.relations
        ],
        "notes": [mask.told(note) for note in _notes(kind)],
        "errors": [mask.told(error) for error in kind.errors],
    }


def _notes(kind: Kind) -> list[str]:
    notes = list(kind.notes)
    if kind.more_listings:
        only = f"only the first {PARENTS} that were found" if kind.listings else "none was found"
        notes.append(f"path parameters: there may be more values, and {only} are read here")
    if kind.unmapped:
        notes.append(f"only the first {MAPPED_ITEMS:,} items are mapped here")
    if kind.mapped.items and kind.mapped.items == len(kind.mapped.dropped.get(FILTERED, ())):
        notes.append("selector.query lets none of these items pass")
    if repeated := _repeated(kind):
        blueprint, identifier = next(iter(repeated))
        notes.append(f"several items become the same entity, such as {identifier!r} of {blueprint}")
    nulls = [one for one in kind.made if one["identifier"] == NULL]
    if nulls:
        notes.append(
            f"{len(nulls):,} of these entities have the identifier {NULL!r}, which is what "
            "tostring makes of a value that is not there: all such items become one"
        )
    return notes


def _repeated(kind: Kind) -> Counter[tuple[str, str]]:
    """By blueprint and identifier: how many entities are overwritten by a later one."""
    made = Counter((str(one["blueprint"]), str(one["identifier"])) for one in kind.made)
    return Counter({key: count - 1 for key, count in made.items() if count > 1})


def _empty(mapped: Mapped, mask: Mask) -> list[Document]:
    made = sum(len(numbers) for reason, numbers in mapped.dropped.items() if reason != FILTERED)
    return [
        {
            "field": name,
            "count": count,
            "of": len(mapped.entities) + made,
            "reason": mask.told(mapped.reasons[name]),
        }
        for name, count in mapped.empty.items()
    ]


def _request(exchange: Exchange) -> Document:
    """Exchanges are masked where they are made."""
    return {
        "method": exchange.method,
        "url": exchange.url,
        "headers": dict(exchange.headers),
        "body": exchange.body,
        "status": exchange.status,
        "error": exchange.error,
        "seconds": round(exchange.seconds, 3),
        "bytes": exchange.size,
        "for_credentials": exchange.credentials,
    }


def _listing(reading: Reading, mask: Mask) -> Document:
    endpoint, end, followed = reading.listing.endpoint, reading.end, reading.followed
    counts = [page.count for page in reading.pages]
    return {
        "endpoint": mask.value(endpoint.template),
        "values": mask.value(dict(reading.listing.values)),
        "pagination": str(endpoint.pagination.type),
        "pages": len(reading.pages),
        "items": sum(len(page.items) for page in reading.pages),
        "records": None if None in counts else sum(filter(None, counts)),
        "signs": [_sign(sign, mask) for sign in reading.signs],
        "followed": None if followed is None else mask.told(followed.name),
        "ended": reading.complete,
        "evidence": mask.value(end.evidence) if end else None,
        "warning": mask.value(end.warning) if end else None,
        "cut": reading.cut,
        "will_end": mask.value(reading.will_end) if reading.cut else None,
        "next": _next(reading, mask) if reading.following and not reading.error else None,
        "error": mask.told(str(reading.error)) if reading.error else None,
    }


def _sign(sign: Sign, mask: Mask) -> Document:
    """``value`` is what stands at ``name``; what is ``gone`` was there on an earlier page."""
    link = sign.kind is SignKind.LINK and isinstance(sign.value, str)
    return {
        "name": mask.told(sign.name),
        "kind": str(sign.kind),
        "value": mask.url(sign.value) if link else mask.value(sign.value, _leaf(sign.name)),
        "says": str(sign.says),
        "setting": sign.setting or None,
        "gone": sign.gone,
    }


def _leaf(name: str) -> str:
    return name.rpartition(".")[2]


def _next(reading: Reading, mask: Mask) -> str:
    """What is different in the next request."""
    following, last = reading.following, reading.pages[-1].request
    assert following is not None
    if following.url != last.url:
        return mask.url(following.url)
    if following.params != last.params:
        changed = [pair for pair in following.params if pair not in last.params]
        return " ".join(f"{name}={mask.value(value, name)}" for name, value in changed)
    return "the same with another position in its body"
