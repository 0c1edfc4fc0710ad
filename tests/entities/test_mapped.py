"""What the error about items without identifiers says."""

from __future__ import annotations

import pytest

from client import Redactor
from entities.mapped import Mapped
from errors import MappingError

SECRET = "s3cr3t-of-the-api"


@pytest.mark.parametrize("before", range(170, 205))
def test_no_part_of_a_secret_is_left_where_jq_s_words_are_cut(before: int) -> None:
    """``error`` may quote a whole item, and an API may repeat what it was sent."""
    words = f"{'.' * before}{SECRET}{'.' * 300}"
    mapped = Mapped((".id | error", '"team"'), passed=1, nameless=1, error=words)
    with pytest.raises(MappingError) as raised:
        mapped.refuse("/items", Redactor([SECRET]).excerpt)
    assert "s3c" not in str(raised.value)
    assert len(str(raised.value)) < 450
