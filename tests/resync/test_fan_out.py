"""Discoveries side by side: in flat memory, and with nothing left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from errors import ResponseError
from resync.fan_out import Failures, describe, fan_out


async def numbers(count: int) -> AsyncGenerator[int]:
    for number in range(count):
        yield number


class Children:
    """Three children for each number; odd ones fail after the first where ``failing``."""

    def __init__(self, failing: bool = False) -> None:
        self.failing = failing
        self.begun = self.open = self.most_open = 0

    async def __call__(self, parent: int) -> AsyncGenerator[str]:
        self.begun += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            for child in range(3):
                await asyncio.sleep(0)
                if self.failing and parent % 2 and child:
                    raise ValueError(f"parent {parent}")
                yield f"{parent}.{child}"
        finally:
            self.open -= 1


@pytest.mark.parametrize("workers", [1, 4])
async def test_every_child_comes_once(workers: int) -> None:
    children, failures = Children(), Failures("/k")
    found = [c async for c in fan_out(numbers(20), children, workers, failures)]
    assert sorted(found) == sorted(f"{p}.{c}" for p in range(20) for c in range(3))
    assert children.most_open <= workers
    failures.raise_any()


async def test_failures_are_kept_while_the_others_go_on() -> None:
    failures = Failures("/k")
    found = [c async for c in fan_out(numbers(6), Children(failing=True), 2, failures)]
    assert len(found) == 3 * 3 + 3
    with pytest.raises(ExceptionGroup, match="3 listings of kind /k failed; the first: ValueError"):
        failures.raise_any()


async def test_a_failure_that_many_wait_for_is_one() -> None:
    failures, error = Failures("/k"), ValueError("shared")
    for _ in range(5):
        failures.add(error)
    with pytest.raises(ValueError, match="shared"):
        failures.raise_any()


def test_an_error_of_ours_needs_no_name_and_any_other_has_one() -> None:
    assert describe(ResponseError("no items")) == "no items"
    assert describe(KeyError("id")) == "KeyError: 'id'"


async def test_a_hundred_thousand_parents_are_never_all_there() -> None:
    children = Children()
    async with aclosing(fan_out(numbers(100_000), children, 4, Failures("/k"))) as found:
        async for _ in found:
            await asyncio.sleep(0.01)
            break
        assert children.begun <= 20
    assert children.open == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}
