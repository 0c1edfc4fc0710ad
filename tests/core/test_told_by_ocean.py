"""What Ocean says of a resync is what ``docs/troubleshooting.md`` says that it says."""

from __future__ import annotations

import pytest

from tests.docs.case_ocean import CASES
from tests.docs.document import messages_with, pattern
from tests.support.core import Core


@pytest.mark.parametrize("words", CASES)
async def test_a_message_is_the_documented_one(core: Core, log: list[str], words: str) -> None:
    (message,) = messages_with(words)
    await CASES[words](core)
    told = "".join(log)
    assert pattern(message).search(told), f"documented: {message}\ntold: {told[-3000:]}"
