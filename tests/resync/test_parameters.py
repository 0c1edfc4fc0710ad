"""The order in which path parameters are read, and what is wrong with a set of them."""

from __future__ import annotations

from typing import Any

import pytest

from mapping import CustomSelector, PathParameter
from resync.parameters import (
    in_order,
    needs_of,
    parameter_problems,
    unused_notes,
    used_entries,
)
from resync.placeholders import placeholders

LISTED = {"endpoint": "/t", "field": ".id"}


def entries(**raw: dict[str, Any]) -> dict[str, PathParameter]:
    return {name: PathParameter.parse_obj(entry) for name, entry in raw.items()}


def problems(path: str, raw: dict[str, Any], **selector: Any) -> list[str]:
    source = CustomSelector.parse_obj({"query": "true", **selector})
    return list(parameter_problems("p", path, source, entries(**raw)))


def test_placeholders_are_names_in_braces_perhaps_with_a_key() -> None:
    found = placeholders(
        "/a/{b}/{c_1}x{b}", ["{_d}", {"{not}": "{e-f} {g.h-i}"}], "{1} {} { j } {k.}"
    )
    assert found == {"b", "c_1", "_d", "e-f", "g.h-i"}


def test_a_parameter_needs_those_that_its_request_holds_wherever_they_stand() -> None:
    (entry,) = entries(
        a={
            **LISTED,
            "endpoint": "/{b}/t",
            "query_params": {"x": "{c}", "y": 1, "z": {"in": ["{d.key}"]}},
            "headers": {"X-Of": "{e}"},
            "body": {"of": [{"it": "{f}"}], "{g}": 1},
        }
    ).values()
    assert needs_of(entry) == {"b", "c", "d", "e", "f"}


def test_each_comes_after_those_it_needs_and_else_as_they_were_written() -> None:
    assert in_order(entries(x=LISTED, a=LISTED, m=LISTED)) == ["x", "a", "m"]
    chain = entries(
        a={**LISTED, "endpoint": "/{b}"}, b={**LISTED, "query_params": {"of": "{c}"}}, c=LISTED
    )
    assert in_order(chain) == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("path", "raw", "selector"),
    [
        ("/{a}", {"a": {**LISTED, "endpoint": "/{b}"}, "b": {"values": [1]}}, {}),
        ("/x", {}, {}),
        ("/x", {"a": LISTED}, {}),
        ("/x", {"a-b": LISTED}, {"body": {"of": "{a-b}"}}),
        ("/{a}", {"a": {**LISTED, "include": {"k": ".k"}}}, {"headers": {"X": "{a.k}"}}),
        # Braces of other languages, in texts that are no path.
        ("/{a}", {"a": LISTED}, {"body": {"query": "{ viewer { login } } {word} { A }"}}),
        ("/x?filter={a:1}", {}, {"query_params": {"q": "{word}"}}),
        ("/{now-x}", {"now-x": LISTED}, {}),
        ("/x", {"now": LISTED}, {}),
        ("/{a}", {"a": {"values": [1], "encode": "path"}}, {}),
    ],
)
def test_what_is_no_problem(path: str, raw: dict[str, Any], selector: dict[str, Any]) -> None:
    assert problems(path, raw, **selector) == []


@pytest.mark.parametrize(
    ("path", "raw", "told"),
    [
        (
            "/{a}/{b}",
            {},
            ["p: has no entry for {a}, which /{a}/{b}", "p: has no entry for {b}, which"],
        ),
        ("/{a-b}", {}, ["p: has no entry for {a-b}, which"]),
        ("/{a.key}", {}, ["p: has no entry for {a}, which"]),
        ("/x?of={a}", {}, ["p: has no entry for {a}, which"]),
        ("/{a}", {"a": {**LISTED, "endpoint": "/{b}"}}, ["p.a.endpoint: has no entry for {b}"]),
        (
            "/{a}",
            {"a": {}},
            [
                "p.a.endpoint: is missing; allowed: endpoint and field, or values",
                "p.a.field: is missing; allowed: endpoint and field, or values",
            ],
        ),
        ("/{a}", {"a": {"endpoint": "/t"}}, ["p.a.field: is missing"]),
        ("/{a}", {"a": {"values": [1], **LISTED}}, ["p.a.values: excludes endpoint, field"]),
        (
            "/{a}",
            {"a": {"values": [], "field": ".x"}},
            ["p.a.values: excludes field", "p.a.values: found an empty list; allowed: at least"],
        ),
        ("/{a}", {"a": {"values": [None, ""]}}, ["p.a.values: found nothing but null and empty"]),
        ("/{a}", {"a": {"values": ["x", True]}}, ["p.a.values: found True; allowed: texts and"]),
        ("/{a}", {"a": {"values": [{"b": 1}]}}, ["p.a.values: found {'b': 1}; allowed: texts"]),
        (
            "/{a}",
            {"a": {**LISTED, "endpoint": "/{b}"}, "b": {**LISTED, "endpoint": "/{a}"}},
            ["p: a and b need each other"],
        ),
        (
            "/{a}",
            {"a": {**LISTED, "body": "{b}"}, "b": {**LISTED, "headers": {"X": "{a}"}}},
            ["p: a and b need each other"],
        ),
        ("/{now}", {"now": LISTED}, ["p.now: {now} is a moment; give the parameter another name"]),
        ("/{today-7d}", {"today-7d": LISTED}, ["p.today-7d: {today-7d} is a moment; give"]),
        ("/{ a }/{a}", {"a": LISTED}, ["selector: { a } is not filled; did you mean {a}?"]),
    ],
)
def test_each_problem_is_told_at_its_place(path: str, raw: dict[str, Any], told: list[str]) -> None:
    found = problems(path, raw)
    assert len(found) == len(told), found
    for problem, begin in zip(found, told, strict=True):
        assert problem.startswith(begin)


@pytest.mark.parametrize("key", ["query_params", "headers", "body"])
@pytest.mark.parametrize(
    ("held", "told"),
    [
        ("{ user_id }", "selector: { user_id } is not filled; did you mean {user_id}?"),
        ("x {User_Id}", "selector: {User_Id} is not filled; did you mean {user_id}?"),
        ("{user-id}", "selector: {user-id} is not filled; did you mean {user_id}?"),
        ("{user_id.grp}", "selector: {user_id.grp} needs the key grp in include of user_id; did you"
                          " mean group?"),
        ("{user_id.x}", "selector: {user_id.x} needs the key x in include of user_id"),
    ],
)  # fmt: skip
def test_braces_that_an_entry_cannot_fill(key: str, held: str, told: str) -> None:
    raw = {"user_id": {**LISTED, "include": {"group": ".g"}}}
    assert problems("/x", raw, **{key: {"A": held}}) == [told]


@pytest.mark.parametrize("key", ["query_params", "headers", "body"])
def test_a_key_is_not_filled(key: str) -> None:
    told = "selector: {a} is not filled in the name of a key, only in its value"
    assert problems("/x", {"a": LISTED}, **{key: {"{a}": "1"}}) == [told]
    assert problems("/{a}", {"a": LISTED}, **{key: {"{a}": "1"}}) == []


def test_braces_in_a_discovery_that_an_entry_cannot_fill() -> None:
    raw = {"a": {**LISTED, "body": "{ b }"}, "b": LISTED}
    assert problems("/{a}", raw) == ["p.a: { b } is not filled; did you mean {b}?"]


def test_what_nothing_uses_is_noted() -> None:
    raw = entries(a={**LISTED, "endpoint": "/{b}"}, b=LISTED, c={**LISTED, "body": "{d}"}, d=LISTED)
    source = CustomSelector.parse_obj({"query": "true", "body": {"of": "{a}"}})
    assert used_entries(source, "/x", raw) == {"a", "b"}
    assert list(unused_notes("p", source, "/x", raw)) == [
        "p.c: nothing holds {c}, so it is not read",
        "p.d: nothing holds {d}, so it is not read",
    ]
