"""The brake by a clock that goes on only where it sleeps."""

from __future__ import annotations

import pytest

from client import rate
from client.rate import Brake
from tests.support.clock import Clock

START = Clock().now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(rate, "time", clock)
    monkeypatch.setattr(rate, "asyncio", clock)
    return clock


async def test_nothing_is_held_at_first(clock: Clock) -> None:
    brake = Brake()
    assert not brake.held
    await brake.released()
    await brake.turn()
    assert clock.slept == []


async def test_a_hold_ends_when_its_time_has_come(clock: Clock) -> None:
    for seconds in (5, 0.25):
        brake, began = Brake(), clock.now
        brake.hold(seconds)
        assert brake.held
        await brake.released()
        assert clock.now == began + seconds
        assert not brake.held


async def test_a_shorter_hold_does_not_shorten_a_longer_one(clock: Clock) -> None:
    brake = Brake()
    brake.hold(5)
    brake.hold(2)
    await brake.released()
    assert clock.now == START + 5


async def test_a_hold_that_is_prolonged_meanwhile_holds_on(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    brake = Brake()
    brake.hold(5)
    sleep = clock.sleep

    async def sleep_while_another_is_throttled(seconds: float) -> None:
        if not clock.slept:
            brake.hold(8)
        await sleep(seconds)

    monkeypatch.setattr(clock, "sleep", sleep_while_another_is_throttled)
    await brake.released()
    assert clock.now == START + 8


async def test_turns_are_spaced_evenly_and_an_idle_time_saves_up_none(clock: Clock) -> None:
    brake = Brake(per_second=4)
    turns = []
    for idle in (0, 0, 0, 10, 0):
        clock.now += idle
        await brake.turn()
        turns.append(clock.now - START)
    assert turns == [0, 0.25, 0.5, 10.5, 10.75]
