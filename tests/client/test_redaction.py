"""No secret in a text, in whatever shape it turns up."""

from __future__ import annotations

import base64

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
        'in json "s3cr3t/+\\xe4 &value"',
    ],
)
def test_a_known_value_is_masked_in_every_shape(text: str) -> None:
    masked = Redactor([SECRET]).text(text)
    assert "s3cr3t" not in masked
    assert MASK in masked


@pytest.mark.parametrize(
    "text",
    [
        '{"access_token": "abc123"}',
        "{'password': 'abc123'}",
        "api_key=abc123&x=1",
        "X-Api-Key: abc123",
        '{"client_secret":"abc123","x":1}',
    ],
)
def test_what_looks_like_a_secret_by_its_name_is_masked(text: str) -> None:
    assert "abc123" not in Redactor().text(text)


@pytest.mark.parametrize(
    "name", ["author", "authority", "next_page_token", "pageToken", "monkey", "keyboard"]
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
