"""No secret in a text, in whatever shape it turns up."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest

from client import Redactor
from client.redaction import MASK, is_secret_name

SECRET = "s3cr3t/+ä &value"


@pytest.mark.parametrize(
    "text",
    [
        f"plain {SECRET} here",
        "in a url s3cr3t%2F%2B%C3%A4%20%26value",
        "in a form s3cr3t%2F%2B%C3%A4+%26value",
        "in base64 " + base64.b64encode(SECRET.encode()).decode(),
        'in a repr "s3cr3t/+\\xe4 &value"',
        "in json " + json.dumps(SECRET),
        "in json by PHP s3cr3t\\/+\\u00e4 &value",
        "in json by .NET s3cr3t/\\u002B\\u00E4 \\u0026value",
        "in json in json " + json.dumps(json.dumps(SECRET)),
        "in html s3cr3t/+ä &amp;value or s3cr3t&#x2F;&#43;&#228; &#38;value",
        "percent in lower case s3cr3t%2f%2b%c3%a4%20%26value",
    ],
)
def test_a_known_value_is_masked_in_every_shape(text: str) -> None:
    masked = Redactor([SECRET]).text(text)
    assert "s3cr3t" not in masked
    assert "value" not in masked
    assert MASK in masked


@pytest.mark.parametrize(
    "secret", ["a\"b<c>'d", "tab\there\nline", "emoji-\U0001f600!", "back\\sl"]
)
def test_characters_that_are_escaped_are_known_in_each_way(secret: str) -> None:
    shapes = [
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret))[3:-3],
        html.escape(secret),
        html.escape(secret, quote=False),
        quote(secret, safe=""),
        quote_plus(secret),
        repr(secret)[1:-1],
        ascii(secret)[1:-1],
        base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
    ]
    redactor = Redactor([secret])
    assert [redactor.values(f"<{shape}>") for shape in shapes] == [f"<{MASK}>"] * len(shapes)
    longest = max(map(len, shapes))
    assert redactor.excerpt(b"x" * 199 + secret.encode() + b"y" * longest) == "x" * 199 + "[..."


def test_a_known_value_is_masked_in_any_case_of_letters() -> None:
    redactor = Redactor(["AbC-123-tokEn"])
    told = redactor.url("https://AbC-123-tokEn.example.com/list")
    assert told == f"https://{MASK}.example.com/list"
    for text in ("ABC-123-TOKEN", "abc-123-token", "abc%2D123%2dtoken"):
        assert redactor.text(f"İ: {text}!") == f"İ: {MASK}!"
        assert redactor.excerpt(f"İ: {text}!".encode()) == f"İ: {MASK}!"


def test_a_known_value_is_no_other() -> None:
    redactor = Redactor(["to+ken.1"])
    text = "to-ken.1 toXken.1 to+kenX1 to+ken.2"
    assert redactor.values(text) == text


@pytest.mark.parametrize(
    "text",
    [
        '{"access_token": "abc123"}',
        "{'password': 'abc123'}",
        "api_key=abc123&x=1",
        "X-Api-Key: abc123",
        '{"client_secret":"abc123","x":1}',
        'Authorization: Token token="abc123"',
        'Authorization: Bearer "abc123"',
        "Authorization: GenieKey abc123",
        'Authorization: Digest username="u", response="abc123"',
        '{"tokens":["x","abc123"]}',
        '{"body":"{\\"access_token\\":\\"abc123\\"}"}',
        '{"list": ["token=abc123"]}',
        "async_token=abc123",
        "author_token=abc123",
    ],
)
def test_what_looks_like_a_secret_by_its_name_is_masked(text: str) -> None:
    assert "abc123" not in Redactor().text(text)


def test_what_was_masked_by_value_is_not_masked_again() -> None:
    assert Redactor(["abc123"]).text("token: abc123, x") == f"token: {MASK}, x"


@pytest.mark.parametrize(
    "name",
    [
        "nextPageToken",
        "next_token",
        "prev-page-token",
        "syncToken",
        "author",
        "authority",
        "next_page_token",
        "pageToken",
        "monkey",
        "keyboard",
    ],
)
def test_names_that_only_resemble_a_secret_stay(name: str) -> None:
    assert not is_secret_name(name)
    assert Redactor().url(f"https://h/x?{name}=seen") == f"https://h/x?{name}=seen"


def test_urls_lose_secrets_and_user_info_and_keep_the_rest() -> None:
    shown = Redactor(["tok-123"]).url("https://u:p@h/a/tok-123?limit=5&api_key=k1&q=tok-123#f")
    assert shown == f"https://h/a/{MASK}?limit=5&api_key={MASK}&q={MASK}"


def test_an_excerpt_is_masked_before_it_is_cut() -> None:
    body = b"x" * 195 + b"tok-1234567890"
    shown = Redactor(["tok-1234567890"]).excerpt(body)
    assert "tok" not in shown
    assert len(shown) <= 203


def test_its_repr_tells_nothing() -> None:
    assert SECRET not in repr(Redactor([SECRET]))


def test_an_escaped_secret_that_begins_in_an_excerpt_is_known_whole() -> None:
    body = b"x" * 199 + rb"\u00e4" * 600 + b"seen"
    assert Redactor(["ä" * 600]).excerpt(body) == "x" * 199 + "[..."


def test_what_goes_on_behind_a_secret_stays() -> None:
    assert Redactor(["abc"]).text("abc, abcd, ab") == f"{MASK}, {MASK}d, ab"
    assert Redactor().text("token: abc123 is wrong") == f"token: {MASK} is wrong"
