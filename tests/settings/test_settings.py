"""Settings as the form and the environment send them; wrong ones named, all in one message."""

from __future__ import annotations

from typing import Any

import pytest

from errors import SettingsError
from settings import AuthType, PaginationType, Settings, parse_settings
from settings.parsing import advice

BASE = {"baseUrl": "https://api.example.com/v2"}


def problems(**raw: Any) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        parse_settings({**BASE, **raw})
    return caught.value.problems


def test_defaults() -> None:
    settings = parse_settings(BASE)
    assert settings.auth_type is AuthType.NONE
    assert settings.pagination_type is PaginationType.NONE
    assert (settings.page_size, settings.start_page, settings.timeout) == (100, 1, 30)
    assert (settings.verify_ssl, settings.max_concurrent_requests) == (True, 10)
    assert (settings.start_offset, settings.short_page_ends) == (0, False)
    assert (settings.total_pages_path, settings.ignored_signs) == (None, ())
    assert (settings.max_attempts, settings.retry_statuses) == (6, ())
    assert settings.api_key_header == "X-API-Key"
    assert (settings.max_response_bytes, settings.max_pages) == (268_435_456, 100_000)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("pageSize", "250", 250),
        ("pageSize", " 250 ", 250),
        ("startPage", "0", 0),
        ("startOffset", "1", 1),
        ("totalPagesPath", ".meta.pages", "meta.pages"),
        ("shortPageEnds", "true", True),
        ("ignoredSigns", '["total"]', ("total",)),
        ("maxAttempts", "20", 20),
        ("retryStatuses", "[400, 403]", (400, 403)),
        ("retryStatuses", "400, 501", (400, 501)),
        ("retryStatuses", "403", (403,)),
        ("retryStatuses", [599], (599,)),
        ("timeout", "2.5", 2.5),
        ("verifySsl", "false", False),
        ("verifySsl", "True", True),
        ("maxConcurrentRequests", "1", 1),
        ("maxConcurrentRequests", "1000", 1000),
        ("maxResponseBytes", "1048576", 1_048_576),
        ("paginationType", "cursor", PaginationType.CURSOR),
        ("cursorPath", ".meta.next", "meta.next"),
        ("cursorPath", "$.meta.next", "meta.next"),
        ("sizeParam", "", ""),
        ("sizeParam", "page[size]", "page[size]"),
    ],
)
def test_values_arrive_as_text(name: str, text: Any, value: Any) -> None:
    settings = parse_settings({**BASE, name: text}).model_dump(by_alias=True)
    assert settings[name] == value


def test_names_in_snake_case_are_the_same_settings() -> None:
    assert parse_settings({"base_url": "http://h", "page_size": "5"}).page_size == 5


@pytest.mark.parametrize(
    "name", [n for n in Settings.model_fields if n not in ("base_url", "size_param")]
)
@pytest.mark.parametrize("empty", ["", "  ", None])
def test_an_empty_field_of_the_form_is_one_that_was_not_filled_in(name: str, empty: Any) -> None:
    if (name, empty) == ("password", "  "):
        empty = ""  # A password of blanks is one, now that none is allowed too.
    assert parse_settings({**BASE, name: empty}) == parse_settings(BASE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pageSize", "0"),
        ("pageSize", "10001"),
        ("pageSize", "abc"),
        ("pageSize", "1.5"),
        ("pageSize", True),
        ("startPage", "-1"),
        ("startOffset", "-1"),
        ("startOffset", "first"),
        ("shortPageEnds", "perhaps"),
        ("totalPagesPath", "a..b"),
        ("cursorPath", ".data[-1"),
        ("maxAttempts", "0"),
        ("maxAttempts", "21"),
        ("maxAttempts", "2.5"),
        ("maxAttempts", True),
        ("retryStatuses", "often"),
        ("retryStatuses", "[401]"),
        ("retryStatuses", [200]),
        ("retryStatuses", [302]),
        ("retryStatuses", 600),
        ("retryStatuses", [True]),
        ("retryStatuses", ["400"]),
        ("retryStatuses", {"400": True}),
        ("timeout", "0"),
        ("timeout", "nan"),
        ("timeout", "inf"),
        ("timeout", "-3"),
        ("verifySsl", "perhaps"),
        ("maxConcurrentRequests", "0"),
        ("maxConcurrentRequests", "1001"),
        ("maxResponseBytes", "10"),
        ("maxPages", "0"),
        ("apiKeyHeader", "X Key"),
        ("apiKeyHeader", "X-Key:\r\nEvil"),
        ("apiKeyHeader", "Content-Length"),
        ("cursorPath", "a..b"),
        ("cursorPath", "."),
        ("paginationParam", "a&b"),
        ("baseUrl", "ftp://h"),
        ("baseUrl", "api.example.com"),
        ("baseUrl", "https://"),
        ("baseUrl", "https://h/#x"),
        ("baseUrl", "https://h/?a=b"),
        ("username", "a:b"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_found_and_what_is_allowed(
    name: str, value: Any
) -> None:
    (problem,) = problems(**{name: value})
    assert problem.startswith(f"{name}: ")
    assert "; allowed: " in problem
    shown = str(value).split("?")[0].split("\r")[0]
    assert shown in problem


def test_all_problems_stand_in_one_message() -> None:
    found = problems(pageSize="x", timeout="y", authType="basic", paginationType="pages")
    assert sorted(line.split(":")[0] for line in found) == [
        "pageSize",
        "paginationType",
        "timeout",
        "username",
    ]


@pytest.mark.parametrize(
    ("auth", "missing"),
    [
        ("bearer_token", ["apiToken"]),
        ("basic", ["username"]),
        ("api_key", ["apiKey"]),
    ],
)
def test_what_an_authentication_needs_must_be_there(auth: str, missing: list[str]) -> None:
    found = problems(authType=auth)
    assert [line.split(":")[0] for line in found] == missing
    assert all(f"required because authType is {auth}" in line for line in found)


@pytest.mark.parametrize(
    ("name", "value", "guess"),
    [
        ("authType", "bearer", "bearer_token"),
        ("authType", "apikey", "api_key"),
        ("authType", "Basic", "basic"),
        ("paginationType", "offsets", "offset"),
        ("pagination_typ", "page", "paginationType"),
        ("pagesize", "5", "pageSize"),
        ("curserPath", "a", "cursorPath"),
        ("totalPagePath", "a", "totalPagesPath"),
        ("ignoreSigns", "a", "ignoredSigns"),
        ("startOfset", "1", "startOffset"),
    ],
)
def test_near_misses_get_a_guess(name: str, value: str, guess: str) -> None:
    (problem,) = problems(**{name: value})
    assert f"did you mean {guess}?" in problem


def test_settings_of_another_version_do_no_harm() -> None:
    assert parse_settings({**BASE, "multipleHosts": "false", "app_host": "x"}).page_size == 100


@pytest.mark.parametrize("type_", ["offset", "cursor"])
def test_one_parameter_cannot_be_position_and_size(type_: str) -> None:
    (problem,) = problems(paginationType=type_, paginationParam="limit")
    assert problem.startswith("sizeParam: found 'limit'")


@pytest.mark.parametrize(
    ("type_", "param", "size"),
    [("offset", "offset", "limit"), ("page", "page", "size"), ("cursor", "cursor", "limit")],
)
def test_parameter_names_follow_the_type(type_: str, param: str, size: str) -> None:
    pagination = parse_settings({**BASE, "paginationType": type_}).pagination
    assert (pagination.param, pagination.size_param) == (param, size)


@pytest.mark.parametrize(
    "raw",
    [
        {"apiToken": "Bearer sesame-1"},
        {"apiToken": "sesame\n-1"},
        {"apiKey": "sesame-ä"},
        {"password": ["sesame"]},
        {"baseUrl": "https://user:sesame@h"},
        {"baseUrl": "https://h/?token=sesame"},
    ],
)
def test_no_message_holds_a_secret(raw: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_settings({**BASE, **raw})
    assert "sesame" not in str(caught.value) + repr(caught.value)


def test_no_repr_holds_a_secret() -> None:
    settings = parse_settings(
        {**BASE, "authType": "basic", "username": "u", "password": "sesame", "apiKey": "sesame"}
    )
    assert "sesame" not in repr(settings) + str(settings) + str(settings.model_dump())
    assert settings.secrets == ("sesame", "sesame")


def test_blanks_around_a_token_are_not_part_of_it() -> None:
    settings = parse_settings({**BASE, "authType": "bearer_token", "apiToken": " abc\n"})
    assert settings.secrets == ("abc",)


def test_a_path_prefix_is_kept_without_its_slash() -> None:
    assert parse_settings({"baseUrl": " https://h/api/v2/ "}).base_url == "https://h/api/v2"


def test_credentials_that_nothing_uses_get_a_line_of_advice() -> None:
    lines = advice(parse_settings({**BASE, "apiToken": "abc", "cursorPath": "next"}))
    assert any("apiToken is set but authType none" in line for line in lines)
    assert any("cursorPath is set but paginationType is none" in line for line in lines)


@pytest.mark.parametrize(
    ("given", "kept"), [({}, None), ({"password": ""}, None), ({"password": "  "}, "  ")]
)
def test_the_password_of_basic_authentication_may_be_empty_or_blanks(
    given: dict[str, str], kept: str | None
) -> None:
    settings = parse_settings({**BASE, "authType": "basic", "username": "key-1", **given})
    assert (settings.password and settings.password.get_secret_value()) == kept
    assert advice(settings) == []


def test_a_password_that_nothing_uses_gets_a_line_of_advice() -> None:
    assert advice(parse_settings({**BASE, "password": "abc"})) == [
        "password is set but authType none does not use it"
    ]
