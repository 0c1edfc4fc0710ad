"""Each message of ``docs/troubleshooting.md`` is made as a user makes it, and compared."""

from __future__ import annotations

import pytest

from tests.docs.case_answers import CASES as ANSWERS
from tests.docs.case_listings import CASES as LISTINGS
from tests.docs.case_ocean import CASES as OCEAN
from tests.docs.case_settings import CASES as SETTINGS
from tests.docs.document import ROW, documented, messages_with, pattern, rows
from tests.docs.world import Case, World

CASES: dict[str, Case] = SETTINGS | ANSWERS | LISTINGS


@pytest.mark.parametrize("words", CASES)
async def test_a_message_is_the_documented_one(world: World, words: str) -> None:
    (message,) = messages_with(words)
    told = await CASES[words](world)
    assert pattern(message).search(told), f"documented: {message}\ntold: {told}"


def test_every_row_has_a_message_a_cause_and_a_cure() -> None:
    assert [row for row in rows() if not ROW.match(row)] == []
    assert len(documented()) == len(set(documented()))


def test_every_documented_message_has_a_case() -> None:
    made = {message for words in (*CASES, *OCEAN) for message in messages_with(words)}
    assert set(documented()) - made == set()


def test_no_two_cases_are_named_alike() -> None:
    assert len(CASES) == len(SETTINGS) + len(ANSWERS) + len(LISTINGS)


def test_a_message_with_other_words_is_not_the_documented_one() -> None:
    found = pattern("data_path <path> leads to <what>, where an array was expected.")
    assert found.search("kind /a: data_path '.b' leads to null, where an array was expected. Ok")
    assert not found.search("kind /a: data_path '.b' leads to null, where a list was expected.")
    assert not found.search("data_path '.b' leads to null,\nwhere an array was expected.")
