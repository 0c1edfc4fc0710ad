"""What comes from users and servers never crashes what reads it, and comes back as it was."""

from __future__ import annotations

import contextlib
import json
import math
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from client import Origin, Redactor
from client.throttling import exhausted_for, requested_wait
from errors import OceanCustomError, PaginationError, ResponseError, SettingsError
from pagination.link_header import parse_link_header
from pagination.links import linked
from pagination.paginator import Page, PageRequest
from pagination.paths import MISSING, dig
from pagination.signs import truthy
from pagination.values import as_count
from resync.extraction import as_items, simple_outputs
from resync.formats import read_body
from resync.incremental import newer
from resync.placeholders import path_segment, several_segments
from settings import PaginationSettings, Settings, parse_settings

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
KEYS = st.text("abcXYZ_-@ é", min_size=1, max_size=6)
BASE = {"baseUrl": "https://api.example.com/v1"}


@given(keys=st.lists(KEYS, min_size=1, max_size=5), leaf=JSON, beside=JSON)
def test_a_dot_path_leads_to_what_was_put_there(keys: list[str], leaf: Any, beside: Any) -> None:
    body = leaf
    for key in reversed(keys):
        body = {"beside": beside, key: body}
    assert dig(body, ".".join(keys)) == leaf


@given(body=JSON, path=TEXTS)
def test_no_body_and_no_path_break_a_reading(body: Any, path: str) -> None:
    found = dig(body, path)
    assert found is MISSING or isinstance(found, type(found))
    assert isinstance(truthy(found), bool)
    count = as_count(None if found is MISSING else found)
    assert count is None or count >= 0
    with contextlib.suppress(ResponseError):
        assert isinstance(as_items(simple_outputs(body, ".items.list") or []), list)


@given(content=st.binary(max_size=80), content_type=TEXTS)
@pytest.mark.parametrize("wanted", ["json", "jsonl", "csv", None])
def test_any_bytes_are_a_value_or_an_error_that_says_so(
    content: bytes, content_type: str, wanted: Any
) -> None:
    with contextlib.suppress(ResponseError):
        read_body(content, content_type, wanted, "", frozenset({"items"}))


@given(value=JSON)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "latin-1"])
def test_json_comes_back_as_it_was_sent(value: Any, charset: str) -> None:
    text = json.dumps(value, ensure_ascii=charset == "latin-1")
    content_type = f"application/json; charset={charset}"
    assert read_body(text.encode(charset), content_type, None, "") == value


@given(value=TEXTS.filter(bool))
def test_a_value_stays_one_segment_of_the_path(value: str) -> None:
    segment = path_segment(value)
    url = httpx.URL(f"https://api.example.com/teams/{segment}/members")
    assert url.host == "api.example.com"
    assert url.raw_path.count(b"/") == 3
    assert not url.query
    assert not url.fragment
    assert unquote(segment) == value
    joined = httpx.URL("https://api.example.com/").join(url)
    assert joined.raw_path == url.raw_path


@given(value=TEXTS.filter(bool))
def test_a_value_that_keeps_its_slashes_stays_where_it_is(value: str) -> None:
    try:
        segments = several_segments("repo", value)
    except ResponseError:
        return
    url = httpx.URL(f"https://api.example.com/repos/{segments}/tags")
    assert url.host == "api.example.com"
    assert url.raw_path.count(b"/") == 3 + value.count("/")
    assert not url.query
    assert not url.fragment
    assert unquote(segments) == value
    joined = httpx.URL("https://api.example.com/").join(url)
    assert joined.raw_path == url.raw_path


@given(link=TEXTS, keeps=st.booleans())
def test_a_link_stays_on_the_origin_or_is_refused(link: str, keeps: bool) -> None:
    page = Page(PageRequest(f"{BASE['baseUrl']}/users"), items=[], url=f"{BASE['baseUrl']}/users")
    try:
        target = linked(page, link, PaginationSettings(link_keeps_params=keeps)).url
        admitted = Origin.of(BASE["baseUrl"]).admit(target)
    except (PaginationError, ValueError):
        return
    assert httpx.URL(admitted).host == "api.example.com"
    assert httpx.URL(admitted).scheme == "https"


@given(host=st.text("abc.@:/\\?#[]%1", min_size=1, max_size=20))
def test_no_spelling_of_another_host_is_admitted(host: str) -> None:
    for url in (f"https://{host}", f"https://api.example.com{host}", f"//{host}"):
        try:
            admitted = Origin.of(BASE["baseUrl"]).admit(url)
        except ValueError:
            continue
        assert httpx.URL(admitted).host == "api.example.com"


@given(header=TEXTS)
def test_no_link_header_breaks_a_reading(header: str) -> None:
    for link in parse_link_header(header):
        assert f"<{link.target}" in header or link.target.strip() in header


TARGETS = st.text("abc/?&=,;:.%20-", min_size=1, max_size=20).filter(lambda t: t == t.strip())
RELS = st.lists(st.sampled_from(["next", "prev", "last", "x-other"]), min_size=1, max_size=3)


@given(links=st.lists(st.tuples(TARGETS, RELS, TEXTS), max_size=4))
def test_links_come_back_as_they_were_written(links: list[tuple[str, list[str], str]]) -> None:
    def quoted(title: str) -> str:
        return title.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")

    header = ", ".join(
        f'<{target}>; title="{quoted(title)}"; rel="{" ".join(rels)}"'
        for target, rels, title in links
    )
    found = [(link.target, list(link.rels)) for link in parse_link_header(header)]
    assert found == [(target, rels) for target, rels, _ in links]


@given(value=TEXTS, name=st.sampled_from(["retry-after", "ratelimit-reset", "x-ratelimit-reset"]))
def test_no_header_makes_a_wait_endless(value: str, name: str) -> None:
    headers = {name: value, "x-ratelimit-remaining": "0", "ratelimit-remaining": "0"}
    for seconds in (requested_wait(headers, about_limits=True), exhausted_for(headers)):
        assert seconds is None or (seconds >= 0 and math.isfinite(seconds))


@given(
    raw=st.dictionaries(
        st.sampled_from([*Settings.model_fields, "baseUrl", "pageSize", "nothing"]), JSON
    )
)
def test_any_settings_are_right_or_told_wrong(raw: dict[str, Any]) -> None:
    with contextlib.suppress(SettingsError):
        parse_settings({**BASE, **raw})


@given(
    size=st.integers(1, 10_000),
    permits=st.integers(1, 1000),
    timeout=st.integers(1, 3600),
    verify=st.booleans(),
)
def test_settings_come_back_as_they_were_given(
    size: int, permits: int, timeout: int, verify: bool
) -> None:
    given_as = {
        "pageSize": size,
        "maxConcurrentRequests": permits,
        "timeout": timeout,
        "verifySsl": verify,
    }
    for raw in (given_as, {name: str(value).lower() for name, value in given_as.items()}):
        settings = parse_settings({**BASE, **raw})
        again = parse_settings(
            {k: v for k, v in settings.model_dump(mode="json").items() if v is not None}
        )
        assert again == settings
        assert (settings.page_size, settings.timeout) == (size, timeout)


SECRETS = st.text('QZ#%/+=&?;:,[]{}|~^`<>@!$*()é\\"\n ', min_size=8, max_size=30)
"""Of what has to be written in another way somewhere, and no part of a word."""


@given(secret=SECRETS, before=TEXTS, after=TEXTS)
def test_a_secret_is_in_no_text_and_no_url(secret: str, before: str, after: str) -> None:
    redactor = Redactor([secret])
    for text in (f"{before}{secret}{after}", json.dumps({"a": secret}), f"x={secret}"):
        assert secret not in redactor.text(text)
        assert secret not in redactor.excerpt(text.encode())
    url = httpx.URL("https://api.example.com/x", params={"q": secret})
    assert secret not in redactor.url(url)
    assert secret not in unquote(redactor.url(url))


@given(secret=SECRETS, name=st.sampled_from(["authType", "timeout", "pageSize", "baseUrl"]))
def test_a_settings_error_never_quotes_a_secret(secret: str, name: str) -> None:
    raw = {**BASE, name: "not right", "apiToken": secret, "password": secret}
    try:
        settings = parse_settings(raw)
    except OceanCustomError as error:
        assert secret not in str(error)
    else:
        assert secret not in repr(settings)


@given(items=st.lists(st.dictionaries(st.sampled_from(["at", "id"]), JSON), max_size=5))
def test_no_item_s_time_breaks_an_incremental_reading(items: list[dict[str, Any]]) -> None:
    kept = newer(items, "at", datetime.now(UTC))
    assert all(item in items for item in kept)
