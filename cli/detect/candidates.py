"""Parameters that APIs use, and which of them to try first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cli.detect.signals import Signals
from cli.detect.texts import plain

SIZES = (
    "limit", "per_page", "size", "pageSize", "page_size", "perPage", "$top", "maxResults",
    "max_results", "count", "page[size]", "page[limit]", "top", "rows", "take", "pagelen",
    "itemsPerPage", "items_per_page", "results_per_page", "sysparm_limit", "per-page", "first",
    "num",
)  # fmt: skip
OFFSETS = (
    "offset", "skip", "start", "$skip", "startAt", "startIndex", "start_index", "from",
    "page[offset]", "sysparm_offset", "firstResult",
)  # fmt: skip
PAGES = (
    "page", "pageNumber", "page_number", "pageIndex", "page[number]", "page_index", "pageNum",
    "currentPage", "page_num", "p", "pageNo",
)  # fmt: skip
CURSORS = (
    "cursor", "after", "page_token", "pageToken", "next_token", "nextToken", "next_cursor",
    "nextCursor", "continuation_token", "continuationToken", "continuation", "marker", "token",
    "page[cursor]", "page[after]", "$skiptoken", "bookmark", "starting_after", "next", "page",
    "offset", "start",
)  # fmt: skip
LAST_ITEMS = (
    "starting_after", "after", "after_id", "since_id", "last_id", "start_after", "from_id",
    "min_id", "lastId",
)  # fmt: skip

RESERVED_SIZES = ("_limit", "_per_page", "_size")
RESERVED_OFFSETS = ("_start", "_offset")
RESERVED_PAGES = ("_page",)
"""Names of APIs that take any other parameter for a filter. They are tried where something hints at
them, and where parameters turn out to be filters."""

PARTNERS = {
    "limit": ("offset", "page", "skip"),
    "per_page": ("page",),
    "perPage": ("page",),
    "size": ("page", "from", "offset"),
    "pageSize": ("page", "pageNumber", "pageIndex"),
    "page_size": ("page", "page_number"),
    "$top": ("$skip",),
    "maxResults": ("startAt", "page"),
    "count": ("offset", "startIndex", "start", "page"),
    "rows": ("start",),
    "take": ("skip",),
    "pagelen": ("page",),
    "page[size]": ("page[number]",),
    "page[limit]": ("page[offset]",),
    "sysparm_limit": ("sysparm_offset",),
    "_limit": ("_page", "_start", "_offset"),
    "_per_page": ("_page",),
    "_size": ("_page", "_offset"),
}
"""By size parameter: the position parameters that usually go with it."""

POSITIONS = frozenset((*OFFSETS, *PAGES)) - {"start", "from", "p"}
"""What a URL may hold to name a page: it is taken out, so that the listing is seen from its
start."""

STARTS = {"_page": "1", "_start": "0", "_offset": "0"}
"""Parameters that stay in a URL, with the value that names the start: without one of them the
answer may have another shape."""


def sizes_first(signals: Signals, params: Sequence[str]) -> list[str]:
    """The size parameters that the answer or the URL hint at."""
    hints = [*params, *signals.link_params, *signals.echoes]
    positions = any(hint in STARTS for hint in (*params, *signals.link_params))
    reserved = RESERVED_SIZES if positions else _reserved(hints, RESERVED_SIZES)
    return [*reserved, *_known(hints, SIZES)]


def positions_first(signals: Signals, params: Iterable[str], size: str | None) -> list[str]:
    """The position parameters that the URL, the answer or the size parameter hint at."""
    partners = PARTNERS.get(size or "", ())
    links = list(signals.link_params)
    reserved = _reserved([*params, *links], (*RESERVED_PAGES, *RESERVED_OFFSETS))
    hinted = _known([*links, *signals.echoes], (*OFFSETS, *PAGES))
    return list(dict.fromkeys([*reserved, *hinted, *partners]))


def is_page(name: str) -> bool:
    """Whether a position parameter probably counts pages."""
    return name in PAGES or name in RESERVED_PAGES


def is_offset(name: str) -> bool:
    """Whether a position parameter probably counts items."""
    return name in OFFSETS or name in RESERVED_OFFSETS


def cursors_first(path: str, value: str, signals: Signals) -> list[str]:
    """The parameters that probably take the cursor at ``path``, the most probable first."""
    in_links = [name for name, found in signals.link_params.items() if found == value]
    leaf = path.rpartition(".")[2]
    if "-" in leaf:
        # A header: its name ends with the parameter's, as in x-ms-continuationtoken.
        ends = [name for name in CURSORS if plain(leaf).endswith(plain(name))]
        likely = sorted(ends, key=lambda name: -len(plain(name)))
    else:
        bare = re.sub(r"^next[_-]?", "", leaf, flags=re.IGNORECASE)
        named = bare[:1].lower() + bare[1:]
        likely = [named, leaf] if named else [leaf]
    return list(dict.fromkeys([*in_links, *likely]))


def _reserved(hints: Iterable[str], names: tuple[str, ...]) -> list[str]:
    return [hint for hint in dict.fromkeys(hints) if hint in names]


def _known(hints: Iterable[str], names: tuple[str, ...]) -> list[str]:
    """Of ``hints`` those that are among ``names``, spelt as the request would spell them."""
    exact = [hint for hint in hints if hint in names]
    return list(dict.fromkeys(exact)) + [
        name
        for name in names
        if name not in exact and any(plain(hint) == plain(name) for hint in hints)
    ]
