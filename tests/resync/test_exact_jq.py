"""What jq answers for values, whole numbers kept exactly."""

from __future__ import annotations

from typing import Any

import pytest

from resync.exact_jq import EXACT, evaluate

HUGE = 123456789012345678901234567890


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        "text",
        True,
        [],
        {},
        HUGE,
        -HUGE,
        EXACT + 1,
        -EXACT - 1,
        [HUGE, None, 0.5, "x", False],
        {"a": [{"b": [1, HUGE]}], "c": {"d": -HUGE, "e": None}},
        {"small": [1, {"deep": EXACT}], "text": "no number"},
    ],
)
def test_values_come_back_as_they_were(value: Any) -> None:
    (found,) = evaluate(".", value, 5)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("beside", [0, HUGE])
@pytest.mark.parametrize("number", [0, -7, 0.5, EXACT, -EXACT])
def test_numbers_that_jq_can_hold_stay_numbers_for_it(number: float, beside: int) -> None:
    assert evaluate(".n | type", {"n": number, "beside": beside}, 5) == ["number"]


def test_arithmetic_on_numbers_that_jq_can_hold() -> None:
    assert evaluate(".[] + 1", [1, 2], 5) == [2, 3]
    assert evaluate("[.[0] + 1, .[1]]", [1, HUGE], 5) == [[2, HUGE]]


def test_a_large_number_inside_a_text_keeps_its_digits_too() -> None:
    assert evaluate('"id-\\(.id)", .id', {"id": -HUGE}, 5) == [f"id-{-HUGE}", -HUGE]


def test_all_outputs_come_and_an_error_is_jq_s() -> None:
    assert evaluate("empty", 1, 5) == []
    assert evaluate(".[]", [1, None, [2]], 5) == [1, None, [2]]
    with pytest.raises(ValueError, match="Cannot iterate over number"):
        evaluate(".[]", 1, 5)


def test_outputs_without_end_are_ended() -> None:
    with pytest.raises(ValueError, match=r"it still gave outputs after 0 s, [\d,]+ of them$"):
        evaluate("repeat(.)", 1, 0.05)
