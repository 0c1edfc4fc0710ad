"""Which URLs belong to the configured origin."""

from __future__ import annotations

import pytest

from client import Origin

BASE = Origin.of("https://api.example.com/v2")


@pytest.mark.parametrize(
    ("url", "admitted"),
    [
        ("https://api.example.com/x?y=1", "https://api.example.com/x?y=1"),
        ("https://API.example.com:443/x", "https://API.example.com:443/x"),
        ("http://api.example.com/x?y=1", "https://api.example.com/x?y=1"),
    ],
)
def test_the_same_origin_is_admitted_and_plain_http_upgraded(url: str, admitted: str) -> None:
    assert BASE.admit(url) == admitted


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com/x",
        "https://api.example.com.evil.com/x",
        "https://api.example.com:8443/x",
        "http://api.example.com:8080/x",
        "https://api.example.com@evil.com/x",
        "https://user:pass@api.example.com/x",
        "ftp://api.example.com/x",
        "//evil.com/x",
        "javascript:alert(1)",
        "/just/a/path",
        "https://",
        "",
    ],
)
def test_everything_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        BASE.admit(url)


def test_plain_http_may_move_to_its_secure_twin_but_not_back() -> None:
    plain = Origin.of("http://api.example.com")
    assert plain.admit("https://api.example.com/x") == "https://api.example.com/x"
    assert plain.covers("https://api.example.com/x")
    assert not BASE.covers("http://api.example.com/x")


def test_another_port_is_another_origin_even_on_this_machine() -> None:
    local = Origin.of("http://127.0.0.1:8000")
    assert local.covers("http://127.0.0.1:8000/a")
    assert not local.covers("http://127.0.0.1:8001/a")
    assert not local.covers("https://127.0.0.1:443/a")
