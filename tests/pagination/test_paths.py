"""Where a path of a setting leads: a literal key, a dot path, a header, or what jq found."""

from __future__ import annotations

from typing import Any

import jq
import pytest

from pagination.paths import MISSING, as_jq, dig, find, is_jq, looks_back

BODY: dict[str, Any] = {
    "a": {"b": [{"c": 1}, None, {"c": 3}]},
    "x": None,
    "0": "zero",
    "@odata.count": 5,
    "@odata": {"count": 6},
    "x-next": "in the body",
}
HEADERS = {"x-next": "in a header", "x-count": "7"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b.0.c", 1),
        ("a.b.2.c", 3),
        ("a.b.-1.c", 3),
        ("a.b.-3.c", 1),
        ("a.b.1", None),
        ("x", None),
        ("0", "zero"),
        ("@odata.count", 5),
        ("y", MISSING),
        ("x.y", MISSING),
        ("a.b.3", MISSING),
        ("a.b.-4", MISSING),
        ("a.b.c", MISSING),
        ("a.-1", MISSING),
        ("a.b.--1", MISSING),
        ("", MISSING),
    ],
)
def test_dot_paths(path: str, value: Any) -> None:
    assert dig(BODY, path) == value


def test_a_literal_key_comes_before_a_dot_path() -> None:
    assert dig({"a.b": 1, "a": {"b": 2}}, "a.b") == 1
    assert dig({"a": {"b": 2}}, "a.b") == 2
    assert dig({"a.b": None, "a": {"b": 2}}, "a.b") is None


def test_paths_into_a_list() -> None:
    assert dig([{"id": 1}, {"id": 2}], "-1.id") == 2
    assert dig([{"id": 1}, {"id": 2}], "0.id") == 1
    assert dig([], "-1.id") is MISSING
    assert dig("text", "0") is MISSING
    assert dig(None, "a") is MISSING


def test_a_header_is_looked_up_after_the_body_and_without_regard_to_case() -> None:
    assert find("X-Count", {}, HEADERS, {}) == "7"
    assert find("x-next", BODY, HEADERS, {}) == "in the body"
    assert find("X-Next", [], HEADERS, {}) == "in a header"
    assert find("X-None", BODY, HEADERS, {}) is MISSING


def test_what_was_evaluated_comes_first() -> None:
    evaluated = {".a | .b": 4, "data.-1.id": "last", "x": MISSING}
    assert find(".a | .b", BODY, HEADERS, evaluated) == 4
    assert find("data.-1.id", {"data": [{"id": "cut"}]}, {}, evaluated) == "last"
    assert find("x", BODY, HEADERS, evaluated) is MISSING


@pytest.mark.parametrize(
    ("path", "jq_", "back"),
    [
        ("a.b", False, False),
        ("data.-1.id", False, True),
        ("x-next-cursor", False, False),
        ("a.0.b", False, False),
        (".a | .b", True, False),
        ('.link[] | select(.relation == "next") | .url', True, False),
        ('.a."-1"', True, False),
        ("first(.a)", True, False),
        (".a[-1]", True, False),
    ],
)
def test_what_a_path_is(path: str, jq_: bool, back: bool) -> None:
    assert (is_jq(path), looks_back(path)) == (jq_, back)


@pytest.mark.parametrize("path", ["a.b.-1.c", "a.b.0.c", "x", "x-next", ".a.b[2] | .c"])
def test_a_dot_path_as_jq_leads_to_the_same(path: str) -> None:
    found = jq.compile(as_jq(path)).input_value(BODY).first()
    assert found == (3 if is_jq(path) else dig(BODY, path))
