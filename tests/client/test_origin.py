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


@pytest.mark.parametrize(
    ("base", "url", "admitted"),
    [
        ("https://h:8443", "https://h:8443/x", "https://h:8443/x"),
        ("https://h:8443", "http://h:8443/x?y=1", "https://h:8443/x?y=1"),
        ("https://h:8443", "http://h/x", "https://h:8443/x"),
        ("https://h", "http://h:443/x", "https://h/x"),
        ("https://h", "http://h:80/x", "https://h/x"),
        ("http://h", "https://h:443/x", "https://h/x"),
        ("http://h", "http://h:80/x", "http://h:80/x"),
        ("https://bücher.example", "https://xn--bcher-kva.example/x", None),
        ("https://[::1]:8443", "https://[::1]:8443/x", None),
    ],
)
def test_an_upgrade_leads_to_the_configured_port(base: str, url: str, admitted: str | None) -> None:
    assert Origin.of(base).admit(url) == (admitted or url)


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://h:8443", "http://h:9000/x"),
        ("https://h:8443", "https://h/x"),
        ("http://h:8080", "https://h:8080/x"),
        ("http://h:8080", "https://h/x"),
        ("http://h", "https://h:8443/x"),
        ("http://h", "https://other/x"),
        ("https://h", "http://other/x"),
    ],
)
def test_no_other_port_or_host_is_upgraded_or_given_credentials(base: str, url: str) -> None:
    with pytest.raises(ValueError, match="requests stay on"):
        Origin.of(base).admit(url)
    assert not Origin.of(base).covers(url)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://evil.example:8443/x", "leads to https://evil.example:8443, and requests stay on"),
        ("https://evil.example/x", "leads to https://evil.example, and requests stay on"),
        (
            "http://api.example.com:81/",
            "http://api.example.com:81, and .* https://api.example.com$",
        ),
        ("https://u@api.example.com/", "carries a user name or password"),
        ("https://h:port/", "not a URL"),
        ("/path", "not an absolute http or https URL"),
        ("ws://api.example.com/", "not an absolute http or https URL"),
    ],
)
def test_a_refusal_says_why(url: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        BASE.admit(url)


@pytest.mark.parametrize("url", ["", "/path", "https://h:port/", "ftp://api.example.com/"])
def test_what_is_no_http_url_gets_no_credentials(url: str) -> None:
    assert not BASE.covers(url)


def test_plain_http_on_the_secure_port_gets_no_credentials() -> None:
    assert not Origin.of("https://h").covers("http://h:443/x")
    assert Origin.of("https://h").covers("https://h:443/x")
