"""An API in memory for all tests of pagination."""

from __future__ import annotations

import pytest

from tests.support.memory_api import MemoryApi


@pytest.fixture
def memory_api() -> type[MemoryApi]:
    """The class, to make APIs of."""
    return MemoryApi
