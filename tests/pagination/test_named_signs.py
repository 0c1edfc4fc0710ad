"""Signs that a setting names: what they may lead to, what holds on, how a log writes them."""

from __future__ import annotations

from typing import Any

import pytest

from errors import PaginationError
from pagination.paths import MISSING
from pagination.sign import Says, Sign, SignKind
from tests.support.strategy_pages import LINK, NEXT, Response, full, said, settings, signs

MORE, END = Says.MORE, Says.END
FLAG, TOTAL = SignKind.FLAG, SignKind.TOTAL

NO = ["", " ", "false", "False", "NO", "n", "0", "null", "None", 0, False, None, [], {}]
YES = ["true", "yes", "Y", "1", "next", NEXT, 1, True, {"href": "x"}, [0]]


@pytest.mark.parametrize(("words", "more"), [(NO, False), (YES, True)])
def test_words_of_a_named_flag(words: list[Any], more: bool) -> None:
    has_more = settings("offset", has_more_path="x")
    for word in words:
        found = said(full(x=word), config=has_more)
        assert found == {"x": (FLAG, MORE if more else END)}, word


def test_a_named_last_page() -> None:
    config = settings("offset", last_page_path="x")
    for word in ("", "false", "0", 0, False):
        assert said(full(x=word), config=config) == {"x": (FLAG, MORE)}, word
    for word in ("true", "yes", 1, True):
        assert said(full(x=word), config=config) == {"x": (FLAG, END)}, word
    assert said(full(x=None), config=config) == {}
    assert said(full(), config=config) == {}


def test_a_named_path_is_read_by_nothing_else() -> None:
    """``last`` would be recognised as the flag of a last page, ``total`` as a total."""
    config = settings("offset", has_more_path="last", total_path="meta.count")
    (flag, total) = signs(full(last=True, meta={"count": 30}), config=config)
    assert (flag.says, flag.setting) == (MORE, "hasMorePath")
    assert (total.says, total.setting) == (MORE, "totalPath")
    same = settings("offset", has_more_path="Has-More")
    assert said(full({"has-more": "1"}, has_more=False), config=same) == {"Has-More": (FLAG, MORE)}


def test_a_named_path_that_leads_nowhere_hides_no_other_spelling() -> None:
    config = settings("offset", has_more_path="has_more")
    assert said(full(hasMore=True), config=config) == {"hasMore": (FLAG, MORE)}
    # Once it led somewhere, what it said holds.
    found = said(full(has_more=True), full(hasMore=False), config=config)
    assert found == {"has_more": (FLAG, MORE)}


def test_the_path_of_another_type_hides_nothing() -> None:
    config = settings("offset", cursor_path="Next-Cursor")
    assert set(said(full(next_cursor="c"), config=config)) == {"next_cursor"}


@pytest.mark.parametrize("path", ["hits.total", "hits.total.value"])
@pytest.mark.parametrize(("relation", "says"), [("eq", END), ("gte", MORE)])
def test_a_named_total_may_be_the_least_that_there_is(path: str, relation: str, says: Says) -> None:
    """Elasticsearch counts up to 10,000 records exactly."""
    config = settings("offset", total_path=path)
    response = full(hits={"total": {"value": 10, "relation": relation}})
    assert said(response, config=config)[path] == (TOTAL, says)
    assert said(full(hits={"total": {"value": 11, "relation": relation}}), config=config)[path] == (
        TOTAL,
        MORE,
    )


@pytest.mark.parametrize("setting", ["total_path", "total_pages_path"])
@pytest.mark.parametrize("value", ["lots", True, -1, 2.5, [20], {"a": 1}])
def test_a_named_count_must_be_a_number(setting: str, value: Any) -> None:
    config = settings("offset", **{setting: "meta.n"})
    name = {"total_path": "totalPath", "total_pages_path": "totalPagesPath"}[setting]
    with pytest.raises(PaginationError, match=rf"{name} 'meta\.n' leads to .*, which is no number"):
        signs(full(meta={"n": value}), config=config)
    assert said(full(meta={"n": None}), config=config) == {}
    assert said(full(meta={}), config=config) == {}


def test_a_named_count_may_be_a_text_or_in_a_header() -> None:
    config = settings("offset", total_path="X-Rows")
    assert said(full({"x-rows": "30"}), config=config) == {"X-Rows": (TOTAL, MORE)}
    assert said(full(**{"X-Rows": " 10 "}), config=config) == {"X-Rows": (TOTAL, END)}


@pytest.mark.parametrize("cursor", [{"a": 1}, ["x"], 1.5, True])
def test_a_named_cursor_must_be_text_or_a_whole_number(cursor: Any) -> None:
    config = settings("cursor", cursor_path="c")
    with pytest.raises(PaginationError, match="the cursor at 'c' is neither text nor"):
        signs(full(c=cursor), config=config)


@pytest.mark.parametrize("cursor", [None, "", False])
def test_a_named_cursor_of_nothing_is_the_end(cursor: Any) -> None:
    config = settings("cursor", cursor_path="c")
    assert said(full(c=cursor), config=config) == {"c": (SignKind.CURSOR, END)}


def test_a_named_cursor_of_0_is_the_end_only_after_others() -> None:
    config = settings("cursor", cursor_path="c")
    for zero in (0, "0"):
        assert said(full(c=zero), config=config) == {"c": (SignKind.CURSOR, MORE)}
        assert said(full(c=4), full(c=zero), config=config) == {"c": (SignKind.CURSOR, END)}


def test_a_named_link_may_be_an_object_and_must_be_text() -> None:
    config = settings("next_link", next_link_path="n")
    link: Any
    for link in (NEXT, {"href": NEXT}, {"url": NEXT}):
        (sign,) = signs(full(n=link), config=config)
        assert (sign.kind, sign.says, sign.value) == (SignKind.LINK, MORE, NEXT), link
    for nothing in (None, "", False, {"href": None}):
        assert said(full(n=nothing), config=config) == {"n": (SignKind.LINK, END)}, nothing
    for link in (7, ["x"], {"rel": "next"}, True):
        with pytest.raises(PaginationError, match="nextLinkPath 'n' is no link"):
            signs(full(n=link), config=config)


def test_a_link_of_the_named_relation() -> None:
    config = settings("header_link", header_link_rel="Following")
    there = full({"link": f"<{NEXT}>; rel=following"})
    (sign,) = signs(there, config=config)
    assert (sign.name, sign.says, sign.setting) == ("Link rel=Following", MORE, "headerLinkRel")
    assert said(full(LINK), config=config) == {"Link rel=next": (SignKind.LINK, MORE)}


def test_paths_that_need_jq_are_read_from_what_was_evaluated() -> None:
    path = '.link[] | select(.relation == "next") | .url'
    config = settings("next_link", next_link_path=path)
    there = Response(10, {}, evaluated={path: NEXT})
    assert signs(there, config=config)[0].value == NEXT
    assert said(Response(10, {}, evaluated={path: MISSING}), config=config) == {}
    gone = signs(there, Response(10, {}, evaluated={path: MISSING}), config=config)
    assert [(one.says, one.gone) for one in gone] == [(END, True)]


def test_a_named_flag_of_an_earlier_page_still_holds() -> None:
    config = settings("offset", has_more_path="flag")
    for value, says in ((True, MORE), ("yes", MORE), (False, END)):
        held = signs(full(flag=value), full(), full(), config=config)
        assert [(one.says, one.gone) for one in held] == [(says, True)], value
    assert said(full(flag=False), full(flag=True), full(), config=config)["flag"] == (FLAG, MORE)


def test_a_recognised_flag_of_an_earlier_page_is_forgotten() -> None:
    for value in (True, False):
        assert said(full(has_more=value), full()) == {}


@pytest.mark.parametrize("setting", ["total_path", ""])
def test_a_total_of_an_earlier_page_is_compared_with_what_was_read_since(setting: str) -> None:
    config = settings("offset", **({setting: "total"} if setting else {}))
    pages = [full(total=30), full(), full(), full()]
    found = [signs(*pages[: number + 1], config=config)[0] for number in range(4)]
    assert [one.says for one in found] == [MORE, MORE, END, END]
    assert [one.gone for one in found] == [False, True, True, True]


def test_beside_a_null_cursor_the_one_that_was_sent_is_no_sign() -> None:
    config = settings("cursor")
    first = full(next_cursor="c9", cursor="")
    last = full(next_cursor=None, cursor="c9")
    assert said(first, last, config=config) == {"next_cursor": (SignKind.CURSOR, END)}
    # One that a setting names is: that its position was sent already is an error.
    named = settings("cursor", cursor_path="cursor")
    found = said(full(cursor="c9"), last, config=named)
    assert found["cursor"] == (SignKind.CURSOR, MORE)
    # Without a null cursor beside it, it may lead on.
    assert said(full(cursor="c9"), full(cursor="c9"), config=config)["cursor"][1] is MORE


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        (Sign("meta.has_more", FLAG, MORE, True), "meta.has_more (true)"),
        (Sign("n", TOTAL, MORE, 30, "totalPath"), "totalPath 'n' (30)"),
        (Sign("n", TOTAL, MORE, 30, "totalPath", gone=True), "(30, on an earlier page)"),
        (Sign("next", SignKind.LINK, END), "next (null)"),
        (Sign("next", SignKind.LINK, END, gone=True), "next, which is gone"),
        (Sign("c", SignKind.CURSOR, MORE, "x" * 99), f"c ({'x' * 57}...)"),
    ],
)
def test_how_a_message_writes_a_sign(sign: Sign, text: str) -> None:
    assert text in str(sign)
    assert len(str(sign)) < 80
