"""What jq answers for values, whole numbers kept exactly."""

from __future__ import annotations

from typing import Any

import pytest

from resync.exact_jq import evaluate

HUGE = 123456789012345678901234567890
EXACT = 2**53
"""Beyond this a double takes whole numbers for each other."""


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
@pytest.mark.parametrize("number", [0, -7, 0.5, EXACT, -EXACT, HUGE])
def test_numbers_are_numbers_for_jq(number: float, beside: int) -> None:
    assert evaluate(".n | type", {"n": number, "beside": beside}, 5) == ["number"]


def test_arithmetic_on_numbers_that_jq_can_hold() -> None:
    assert evaluate(".[] + 1", [1, 2], 5) == [2, 3]
    assert evaluate("[.[0] + 1, .[1]]", [1, HUGE], 5) == [[2, HUGE]]


@pytest.mark.parametrize("number", [HUGE, -HUGE, EXACT + 1])
def test_a_large_number_as_a_text_keeps_its_digits_and_is_a_text(number: int) -> None:
    program = '"id-\\(.id)", (.id | tostring), ([.id] | tojson), .id'
    assert evaluate(program, {"id": number}, 5) == [
        f"id-{number}",
        str(number),
        f"[{number}]",
        number,
    ]


def test_large_numbers_that_differ_are_not_taken_for_each_other() -> None:
    numbers = [HUGE + 1, HUGE, HUGE, EXACT + 1, EXACT]
    assert evaluate("unique", numbers, 5) == [sorted(set(numbers))]
    assert evaluate("map(select(. == $n))".replace("$n", str(HUGE)), numbers, 5) == [[HUGE, HUGE]]


@pytest.mark.parametrize(
    ("program", "outputs"),
    [
        (". # a comment", [5]),
        (". # one that goes on \\", [5]),
        ("def twice: . * 2; twice, 1", [10, 1]),
        (". as $five | $five, 0.1 + 0.2", [5, 0.1 + 0.2]),
        ("nan, [nan]", [None, [None]]),
        ("1, 2 | tojson", ["1", "2"]),
    ],
)
def test_programs_of_any_form(program: str, outputs: list[Any]) -> None:
    assert evaluate(program, 5, 5) == outputs


def test_all_outputs_come_and_an_error_is_jq_s() -> None:
    assert evaluate("empty", 1, 5) == []
    assert evaluate(".[]", [1, None, [2]], 5) == [1, None, [2]]
    with pytest.raises(ValueError, match="Cannot iterate over number"):
        evaluate(".[]", 1, 5)


def test_outputs_without_end_are_ended() -> None:
    with pytest.raises(ValueError, match=r"it still gave outputs after 0 s, [\d,]+ of them$"):
        evaluate("repeat(.)", 1, 0.05)


@pytest.mark.parametrize(
    "program",
    [
        "halt",
        "halt_error",
        '.[] | if . == 2 then ("broken" | halt_error) else . end',
        "[.[] | if . == 2 then halt_error(3) else . end]",
        "if .[0] == 1 then halt else . end # a comment \\",
    ],
)
def test_a_program_that_halts_has_not_given_all_its_outputs(program: str) -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="it halted: outputs may be missing"):
            evaluate(program, [1, 2, 3], 5)
    assert evaluate("first(.[]), (label $out | 7, break $out), null", [1, 2], 5) == [1, 7, None]


def test_one_output_may_take_its_time() -> None:
    assert evaluate("[range(300000)] | length", None, 0.001) == [300000]
    assert evaluate("empty", None, 0) == []
