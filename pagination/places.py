"""The places at which signs are recognised. Names are compared as ``plain`` writes them."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from records import Keys

PREFIXES = (
    (),
    ("meta",),
    ("pagination",),
    ("paging",),
    ("page",),
    ("pageinfo",),
    ("meta", "pagination"),
    ("meta", "page"),
    ("responsemetadata",),
    # Not named by the contract, and as usual: Kubernetes, Cloudflare, Zoho, Intercom, Artifactory.
    ("metadata",),
    ("metadata", "pagination"),
    ("resultinfo",),
    ("info",),
    ("pages",),
    ("range",),
    ("pager",),
    ("paginator",),
    ("paginginfo",),
    ("pagecontext",),
)
"""Objects in which signs usually stand, below the root and beside the records."""

MORE_FLAGS = frozenset(("hasmore", "hasnext", "hasnextpage", "more", "moreresultsavailable"))
LAST_FLAGS = frozenset(("last", "islast", "islastpage", "lastpage"))

NEXT = frozenset(("next", "nexturl", "nextlink", "@odata.nextlink", "nextpage"))
"""What leads to the next page; whether that is a link, a cursor or a number, its value says."""

CURSORS = (
    "nextcursor", "nextpagetoken", "aftercursor", "endcursor", "continuation", "cursor", "scrollid",
)  # fmt: skip
"""The likeliest first: a bare ``cursor`` may also be the page's own."""

PAGES = frozenset(("totalpages", "pages", "pagecount", "lastpage"))
NUMBERS = ("currentpage", "page", "number", "pagenumber")
TOTALS = frozenset((
    "total", "totalcount", "totalentries", "totalrows", "totalsize", "totalitems", "totalelements",
    "totalresults", "counttotal", "recordcount", "records",
))  # fmt: skip

ONLY_MORE = {
    "flags": frozenset((
        "hasmoreitems", "hasmoreresults", "hasmoredata", "hasmorepages", "hasnextpages",
        "moreitems", "moreresults", "moredata", "morepages", "morerecords", "hasmorerecords",
        "hasmorepage", "hasadditional", "moreavailable", "istruncated", "exceededtransferlimit",
        "truncated", "incompleteresults", "isincomplete", "partial", "partialresults",
        "limitreached", "timedout",
    )),
    "last": frozenset(("done", "isdone", "islastbatch", "finished", "complete", "iscomplete")),
    "links": frozenset((
        "nexthref", "nexturi", "nextpageurl", "nextpagelink", "nextpageuri", "nextrecordsurl",
        "odata.nextlink",
    )),
    "cursors": frozenset((
        "nexttoken", "nextpagekey", "nextkey", "nextmarker", "nextoffset", "nextstart", "nextid",
        "nextcursormark", "nextbatch", "continuationtoken", "nextcontinuationtoken",
        "paginationtoken", "nextpagestart", "lastevaluatedkey", "continue", "after",
    )),
    "pages": frozenset(("numpages", "numberofpages", "nbpages", "pagetotal", "maxpage")),
    "totals": frozenset((
        "count", "numfound", "totalrecords", "totalhits", "totalobjects", "nbhits", "found",
        "resultcount", "@odata.count",
    )),
}  # fmt: skip
"""Further names that some APIs use. They are less sure, so that they never end a listing: one that
says more keeps it going, or is an error."""

FIRST_FLAGS = frozenset(("first", "isfirst", "isfirstpage"))
PREVIOUS_FLAGS = frozenset(("hasprevious", "hasprev", "haspreviouspage", "hasprevpage"))
PREVIOUS = frozenset(("previous", "prev", "previousurl", "prevurl", "previouspage", "prevpage"))
LINK_OBJECTS = ("links", "link")
HEADER_WORDS = frozenset(("x", "wp", "pagination", "paging"))
"""Words in the names of headers that say nothing of what the header holds."""


@functools.lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name without regard to case, ``-`` and ``_``."""
    return name.replace("-", "").replace("_", "").lower()


class Level(dict[str, tuple[str, Any]]):
    """An object of a response, or its headers: by plain name, the path to a value and the value."""

    @classmethod
    def of(cls, path: str, values: Mapping[Any, Any]) -> Level:
        """The level of an object at ``path``. Of names that are alike, one with a value counts."""
        level = cls()
        for key, value in values.items():
            name = plain(str(key))
            if name not in level or level[name][1] in (None, "", False):
                level[name] = (f"{path}.{key}" if path else str(key), value)
        return level

    def below(self, *names: str) -> Level | None:
        """The object at ``names``, or None where there is none."""
        level: Level = self
        for name in names:
            path, value = level.get(name, ("", None))
            if not isinstance(value, dict):
                return None
            level = Level.of(path, value)
        return level


def levels(body: Any, keys: Keys | None) -> Iterator[Level]:
    """The objects of ``body`` in which signs are recognised: the root, what ``keys`` lead to, and
    below each of them what ``PREFIXES`` name. Beside an array in a list, all objects of that."""
    for base in _bases(body, keys):
        for prefix in PREFIXES:
            level = base.below(*prefix)
            if level is not None:
                yield level


def _bases(body: Any, keys: Keys | None) -> Iterator[Level]:
    if isinstance(body, dict):
        yield Level.of("", body)
    elif isinstance(body, list) and keys is not None:
        for index, value in enumerate(body[:5]):
            if isinstance(value, dict):
                yield Level.of(str(index), value)
    value = body
    for key in keys or ():
        fits = isinstance(value, dict) if isinstance(key, str) else isinstance(value, list)
        if not fits or (isinstance(value, dict) and key not in value):
            return
        try:
            value = value[key]
        except IndexError:
            return
    if keys and isinstance(value, dict):
        yield Level.of(".".join(map(str, keys)), value)
