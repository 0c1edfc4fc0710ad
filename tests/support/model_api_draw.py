"""Draws models of APIs, and the settings that fit them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from settings.model import PARAM_DEFAULTS, PaginationSettings, PaginationType
from tests.support.model_api import ModelApi
from tests.support.model_api_signs import COUNTS, LEADS_ON, LISTED, Told, What

PREFIXES = (
    *("", "", "", "meta", "pagination", "paging", "page", "page info", "_pagination"),
    *("meta.pagination", "meta.page", "response metadata"),
)
NAMES: dict[What, tuple[str, ...]] = {
    What.FLAG: ("has more", "has next", "has next page", "more", "more results available"),
    What.LAST: ("last", "is last", "is last page", "last page"),
    What.LINK: ("next", "next url", "next link", "links.next", "_links.next", "@odata.nextLink",
                "__next"),
    What.LINK_LIST: ("links", "link"),
    What.CURSOR: ("next cursor", "cursor", "after cursor", "next page token", "end cursor",
                  "continuation", "scroll id", "next", "next.after"),
    What.NEXT_PAGE: ("next page",),
    What.NUMBER: ("page", "current page", "number"),
    What.PAGES: ("total pages", "pages", "page count", "last page"),
    What.TOTAL: ("total", "total count", "total entries", "total rows", "total size",
                 "total items", "total elements", "total results", "count total", "record count",
                 "records"),
}  # fmt: skip
HEADERS: dict[What, tuple[str, ...]] = {
    What.FLAG: ("x-has-next-page", "X-Has-Next-Page"),
    What.LINK_HEADER: ("Link",),
    What.CURSOR: ("X-Next-Cursor", "x-ms-continuationtoken", "Next-Page-Token", "X-Cursor"),
    What.NEXT_PAGE: ("X-Next-Page",),
    What.PAGES: ("X-Total-Pages", "X-WP-TotalPages"),
    What.TOTAL: ("X-Total-Count", "X-Total", "X-WP-Total"),
    What.RANGE: ("Content-Range",),
}
SINGLE = frozenset({What.NUMBER, What.LINK_LIST, What.LINK_HEADER, What.RANGE})
NOISE = ("count", "limit", "perpage", "status", "offset")


def _spelled(words: str, style: int) -> str:
    """``has more`` as an API would write it."""
    parts = words.split(" ")
    if "@" in words:
        return words
    match style:
        case 0:
            return "_".join(parts)
        case 1:
            return parts[0] + "".join(map(str.title, parts[1:]))
        case 2:
            return "".join(map(str.title, parts)) if words[0] != "_" else words
        case 3:
            return "-".join(parts)
        case _:
            return "_".join(parts).upper()


def plain(key: str) -> str:
    return key.replace("_", "").replace("-", "").lower()


@st.composite
def signs(draw: st.DrawFn, what: What, level: tuple[str, ...], in_body: bool) -> Told:
    """One sign of a kind, at any of its places."""
    told = Told(
        what,
        (),
        first_only=what in COUNTS - {What.RANGE} and draw(st.integers(0, 3)) == 3,
        ends=draw(st.sampled_from(["null", "null", "empty", "gone"])),
        form=draw(st.integers(0, 11)),
    )
    is_header = what not in NAMES or (
        what in HEADERS and (not in_body or draw(st.integers(0, 2)) == 2)
    )
    if is_header:
        return replace(told, header=True, path=(draw(st.sampled_from(HEADERS[what])),))
    name = draw(st.sampled_from(NAMES[what]))
    prefix = "paging" if name == "next.after" else draw(st.sampled_from(PREFIXES))
    style = draw(st.integers(0, 4))
    base = draw(st.sampled_from([(), level]))
    words = [*filter(None, prefix.split(".")), *([name] if "@" in name else name.split("."))]
    if name in ("next", "next.after") and what is What.CURSOR:
        # A number there is a page, and what begins with a slash is a link.
        told = replace(told, form=0)
    return replace(told, path=(*base, *(_spelled(word, style) for word in words)))


def fits(told: Told, others: list[Told], records: tuple[str, ...]) -> bool:
    """Whether a sign has a place of its own, beside the others."""
    path = tuple(map(plain, told.path))
    taken = [(*records[:-1], name) for name in NOISE] + [records]
    taken += [tuple(map(plain, other.path)) for other in others if not other.header]
    for other in others:
        if other.what is told.what and told.what in SINGLE:
            return False
        if other.header and told.header and plain(other.path[0]) == path[0]:
            return False
        for mine, its in zip(told.path, other.path, strict=False):
            if plain(mine) != plain(its):
                break
            if mine != its:
                return False
    if told.header:
        return True
    return not any(path[: len(one)] == one or one[: len(path)] == path for one in taken)


@st.composite
def apis(
    draw: st.DrawFn, navigations: tuple[str, ...] = ("page", "offset", "told")
) -> tuple[ModelApi, int, bool]:
    """A truthful API, the page size to ask for, and whether to send it."""
    navigation = draw(st.sampled_from(navigations))
    records = draw(st.sampled_from([("items",), ("data", "items"), (), ("data",)]))
    short = 0 if navigation == "page" else draw(st.sampled_from([0, 0, 1, 2, 3]))
    api = ModelApi(
        rows=(),
        navigation=navigation,
        sizing=draw(st.sampled_from(["honoured", "capped", "fixed"])),
        window=draw(st.integers(1, 12)),
        behind=draw(st.sampled_from(["empty", "refused", "repeated"])),
        base=draw(st.sampled_from([0, 1])),
        short=short,
        counts_hidden=draw(st.booleans()),
        leads_to_hidden=draw(st.booleans()),
        records=records,
        noise=draw(st.booleans()),
        delays=draw(st.sampled_from([0, 0, 5])),
    )
    found: list[Told] = []
    kinds = st.sampled_from([one for one in What if _is_known(one, api)])
    for what in draw(st.lists(kinds, max_size=5)):
        told = draw(signs(what, records[:-1], bool(records)))
        if fits(told, found, records):
            found.append(told)
    if navigation == "told" and not any(one.what in LEADS_ON for one in found):
        lead = draw(st.sampled_from([What.CURSOR, What.LINK, What.LINK_HEADER]))
        told = draw(signs(lead if records else What.LINK_HEADER, records[:-1], bool(records)))
        found = [one for one in found if fits(told, [one], records)] + [told]
    api.signs = tuple(_with_kept_cursor(draw, found))
    page_size, sends = draw(st.integers(1, 12)), draw(st.integers(0, 4)) != 4
    api.rows = draw(rows(api, api.size_for(page_size if sends else api.window)))
    return api, page_size, sends


def _is_known(what: What, api: ModelApi) -> bool:
    """Whether this API can tell such a sign."""
    if not api.records and what not in HEADERS:
        return False
    if what is What.NEXT_PAGE:
        return api.navigation == "page"
    # Pages that are short by themselves have no numbers.
    return not (api.short and what in (What.PAGES, What.NUMBER))


def _with_kept_cursor(draw: st.DrawFn, found: list[Told]) -> list[Told]:
    """Some APIs have a cursor on their last page, too: it leads to an empty one."""
    alone = sum(one.what in LEADS_ON for one in found) == 1
    flagged = any(one.what in (What.FLAG, What.LAST) for one in found)
    if not (alone or flagged) or not draw(st.booleans()):
        return found
    return [replace(one, ends="kept") if one.what is What.CURSOR else one for one in found]


@st.composite
def rows(draw: st.DrawFn, api: ModelApi, size: int) -> tuple[bool, ...]:
    """Rows with hidden ones among them: as many in a row as the API's signs lead over."""
    tells_more = api.tells(*LEADS_ON, What.FLAG, What.LAST)
    # By offset nothing says how many pages were read: hidden rows make them overlap.
    by_offset = api.navigation == "offset"
    tells_more += [] if by_offset else api.tells(What.PAGES)
    counts = api.tells(What.TOTAL, What.RANGE) if by_offset else api.tells(*COUNTS)
    blanks = 5 if tells_more else 2 if counts else 0
    most = size * (blanks + 1) - 1
    if by_offset and not tells_more:
        # An offset may move by one record at a time: below a total three empty pages are the end.
        most = size + blanks - 1
    most = 0 if by_offset and api.short else most
    if draw(st.integers(0, 2)) == 0:
        most = 0
    runs = st.tuples(st.integers(0, 14), st.integers(0, min(most, 40)))
    found: list[bool] = []
    hidden = 0
    fewest = draw(st.sampled_from([0, 2, 5]))
    for seen, unseen in draw(st.lists(runs, min_size=fewest, max_size=8)):
        hidden = min(most, unseen + (0 if seen else hidden))
        if not seen and found and not found[-1]:
            continue
        found += [True] * seen + [False] * hidden
    return tuple(found)


def types_of(api: ModelApi) -> list[PaginationType]:
    """The pagination types that fit."""
    found = []
    if api.navigation != "told":
        found.append(PaginationType(api.navigation))
    if api.tells(What.CURSOR):
        found.append(PaginationType.CURSOR)
    if api.tells(What.LINK, What.LINK_LIST):
        found.append(PaginationType.NEXT_LINK)
    if api.tells(What.LINK_HEADER):
        found.append(PaginationType.HEADER_LINK)
    return found


@st.composite
def fitting(draw: st.DrawFn, api: ModelApi, page_size: int, sends: bool) -> PaginationSettings:
    """Settings under which this API can be read."""
    kind = draw(st.sampled_from(types_of(api)))
    settings = PaginationSettings(
        type=kind,
        page_size=page_size,
        param=PARAM_DEFAULTS[kind][0],
        size_param="limit" if sends else "",
        start_page=api.base,
        start_offset=api.base,
    )
    named: dict[str, Any] = {}
    if kind is PaginationType.NEXT_LINK:
        link = draw(st.sampled_from(api.tells(What.LINK, What.LINK_LIST)))
        named["next_link_path"] = LISTED if link.what is What.LINK_LIST else _path(link)
    if kind is PaginationType.CURSOR and draw(st.booleans()):
        named["cursor_path"] = _path(draw(st.sampled_from(api.tells(What.CURSOR))))
    for what, setting in (
        (What.FLAG, "has_more_path"),
        (What.LAST, "last_page_path"),
        (What.TOTAL, "total_path"),
        (What.PAGES, "total_pages_path"),
    ):
        told = api.tells(what)
        if told and draw(st.integers(0, 3)) == 3:
            named[setting] = _path(draw(st.sampled_from(told)))
    return replace(settings, **named)


def _path(told: Told) -> str:
    return ".".join(told.path)


def spelled_otherwise(path: str) -> str:
    """``path`` as another API would spell it: ``meta.hasMore`` for ``meta.has_more``."""
    words = path.replace("-", "_").split("_")
    if len(words) == 1:
        return path.swapcase()
    return words[0] + "".join(word[:1].upper() + word[1:] for word in words[1:])
