"""What is left of a text once its secrets are masked: enough to find the fault by."""

from __future__ import annotations

import base64

import pytest

from client import Redactor
from client.redaction import MASK

TOKEN = "tok-8c1d2e3f4a"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ('{"password": "abc123", "user": "me"}', f'{{"password": {MASK}, "user": "me"}}'),
        ("api_key=abc123&page=2", f"api_key={MASK}&page=2"),
        ("X-Api-Key: abc123; x=1", f"X-Api-Key: {MASK}; x=1"),
        ("page=2, author: someone", "page=2, author: someone"),
        ("Authorization: Basic c29t and x", f"Authorization: {MASK} and x"),
        ('{"Authorization": "Bearer a b", "id": 7}', f'{{"Authorization": {MASK}, "id": 7}}'),
        ("proxy-authorization=bearer abc; x", f"proxy-authorization={MASK}; x"),
        ("x-auth=token\nnext line", f"x-auth={MASK}\nnext line"),
        ("{'Session': 'abc', 'id': 7}", f"{{'Session': {MASK}, 'id': 7}}"),
    ],
)
def test_a_value_is_masked_by_its_name_and_the_rest_stays(text: str, masked: str) -> None:
    assert Redactor().text(text) == masked


def test_names_of_its_own_are_masked_however_they_are_written() -> None:
    redactor = Redactor(names=["Kx"])
    assert redactor.url("https://h/x?kX=1&ky=2") == f"https://h/x?kX={MASK}&ky=2"
    assert redactor.text("KX=1, ky=2") == f"KX={MASK}, ky=2"


@pytest.mark.parametrize(("secret", "shown"), [("qz", "a qz b"), ("qzj", f"a {MASK} b")])
def test_a_value_of_two_characters_would_mask_half_of_all_words(secret: str, shown: str) -> None:
    assert Redactor([secret]).values(f"a {secret} b") == shown


def test_the_longest_of_secrets_that_begin_alike_is_masked_whole() -> None:
    assert Redactor(["tok-1", "tok-1-and-more"]).values("x tok-1-and-more y") == f"x {MASK} y"


def test_what_is_learned_is_masked_beside_what_was_known() -> None:
    redactor = Redactor(["first-secret"])
    redactor.learn("second-secret")
    assert redactor.values("first-secret second-secret") == f"{MASK} {MASK}"
    assert redactor.text("a first-secret b") == f"a {MASK} b"


def test_without_secrets_a_text_stays_as_it_is() -> None:
    redactor = Redactor()
    assert redactor.values("a b") == redactor.text("a b") == "a b"
    assert redactor.url("https://h/x") == "https://h/x"
    assert redactor.excerpt(b"a b") == "a b"


@pytest.mark.parametrize("secret", ["pass-word", "pass-words", "pass-words1"])
def test_base64_is_masked_with_its_padding_and_without(secret: str) -> None:
    encoded = base64.b64encode(secret.encode()).decode()
    for text in (encoded, encoded.rstrip("=")):
        shown = Redactor([secret]).values(f"Basic {text}, x")
        assert shown.replace("=", "") == f"Basic {MASK}, x"


def test_a_url_keeps_what_a_person_wrote_in_its_query() -> None:
    url = "https://h:8443/a%2Fb?filter[state]=a,b&at=2026-01-01T10:00&q=x%20y"
    assert Redactor().url(url) == url


def test_a_url_loses_secrets_in_names_and_path_and_what_is_behind_the_hash() -> None:
    redactor = Redactor([TOKEN])
    assert (
        redactor.url(f"https://h/{TOKEN}/x?{TOKEN}=1#{TOKEN}") == f"https://h/{MASK}/x?[hidden]=1"
    )


def test_what_is_no_url_is_masked_as_a_text() -> None:
    shown = Redactor([TOKEN]).url(f"https://h:port/?a={TOKEN}&password=abc")
    assert shown == f"https://h:port/?a={MASK}&password={MASK}"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"x" * 200, "x" * 200),
        (b"x" * 201, "x" * 200 + "..."),
        ("\U0001f600".encode() * 200, "\U0001f600" * 200),
        ("\U0001f600".encode() * 201, "\U0001f600" * 200 + "..."),
        (b" a \r\n\t b ", "a b"),
        (b"a\xff", "a�"),
        (b"", ""),
    ],
)
def test_an_excerpt_is_two_hundred_characters_on_one_line(body: bytes, shown: str) -> None:
    assert Redactor().excerpt(body) == shown


@pytest.mark.parametrize("before", [180, 186, 187, 199, 200, 201])
@pytest.mark.parametrize("filler", ["x", " ", "ä"])
def test_no_part_of_a_secret_is_left_where_an_excerpt_ends(before: int, filler: str) -> None:
    body = "a" + filler * (before - 1) + TOKEN + "y" * 500
    shown = Redactor([TOKEN]).excerpt(body.encode())
    assert TOKEN[:3] not in shown
    assert shown.endswith("...")


def test_a_long_secret_that_is_masked_moves_no_part_of_the_next_into_the_excerpt() -> None:
    token = "jwt-" + "ab12" * 120
    shown = Redactor([token]).excerpt(f"{token}{'x' * 150}{token}".encode())
    assert shown == f"{MASK}..."


def test_a_long_secret_is_masked_whole_also_beside_a_short_one() -> None:
    token = "jwt-" + "ab12" * 500
    redactor = Redactor([token, "zz-short"])
    assert redactor.excerpt(f"{'x' * 190}{token}".encode()) == "x" * 190 + MASK


def test_an_excerpt_may_be_shorter() -> None:
    assert Redactor([TOKEN]).excerpt(b"abcdef", characters=3) == "abc..."


@pytest.mark.parametrize("path", ["p@ss%20w%C3%B6rd:1", "p%40ss%20w%C3%B6rd%3A1"])
def test_a_secret_in_a_path_is_masked_as_browsers_and_as_libraries_write_it(path: str) -> None:
    assert Redactor(["p@ss wörd:1"]).text(f"at /{path}/x") == f"at /{MASK}/x"
