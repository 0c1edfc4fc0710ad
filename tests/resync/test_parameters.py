"""The order in which path parameters are read, and what is wrong with a set of them."""

from __future__ import annotations

from typing import Any

import pytest

from mapping import PathParameter
from resync.parameters import in_order, needs_of, parameter_problems, placeholders

LISTED = {"endpoint": "/t", "field": ".id"}


def entries(**raw: dict[str, Any]) -> dict[str, PathParameter]:
    return {name: PathParameter.parse_obj(entry) for name, entry in raw.items()}


def problems(wanted: set[str], **raw: dict[str, Any]) -> list[str]:
    return list(parameter_problems("p", "/x", wanted, entries(**raw)))


def test_placeholders_are_names_in_braces() -> None:
    assert placeholders("/a/{b}/{c_1}x{b}", "{_d}", "{1} {e-f} {}") == {"b", "c_1", "_d"}


def test_a_parameter_needs_those_in_its_endpoint_and_its_query() -> None:
    (entry,) = entries(
        a={**LISTED, "endpoint": "/{b}/t", "query_params": {"x": "{c}", "y": 1}}
    ).values()
    assert needs_of(entry) == {"b", "c"}


def test_each_comes_after_those_it_needs_and_else_as_they_were_written() -> None:
    assert in_order(entries(x=LISTED, a=LISTED, m=LISTED)) == ["x", "a", "m"]
    chain = entries(
        a={**LISTED, "endpoint": "/{b}"}, b={**LISTED, "query_params": {"of": "{c}"}}, c=LISTED
    )
    assert in_order(chain) == ["c", "b", "a"]


def test_a_whole_set_has_no_problem() -> None:
    assert problems({"a"}, a={**LISTED, "endpoint": "/{b}"}, b={"values": [1]}) == []
    assert problems(set()) == []


@pytest.mark.parametrize(
    ("wanted", "raw", "told"),
    [
        ({"a", "b"}, {}, ["p: has no entry for {a}, which /x", "p: has no entry for {b}, which"]),
        (set(), {"a": LISTED}, ["p.a: /x holds no {a}"]),
        ({"a"}, {"a": {**LISTED, "endpoint": "/{b}"}}, ["p.a.endpoint: has no entry for {b}"]),
        (
            {"a"},
            {"a": {}},
            [
                "p.a.endpoint: is missing; allowed: endpoint and field, or values",
                "p.a.field: is missing; allowed: endpoint and field, or values",
            ],
        ),
        ({"a"}, {"a": {"endpoint": "/t"}}, ["p.a.field: is missing"]),
        ({"a"}, {"a": {"values": [1], **LISTED}}, ["p.a.values: excludes endpoint, field"]),
        (
            {"a"},
            {"a": {"values": [], "field": ".x"}},
            ["p.a.values: excludes field", "p.a.values: found an empty list; allowed: at least"],
        ),
        (
            {"a"},
            {"a": {**LISTED, "endpoint": "/{b}"}, "b": {**LISTED, "endpoint": "/{a}"}},
            ["p: a and b need each other"],
        ),
    ],
)
def test_each_problem_is_told_at_its_place(
    wanted: set[str], raw: dict[str, Any], told: list[str]
) -> None:
    found = problems(wanted, **raw)
    assert len(found) == len(told)
    for problem, begin in zip(found, told, strict=True):
        assert problem.startswith(begin)
