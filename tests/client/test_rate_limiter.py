"""Holds and the rate limiter by a clock that goes on only where it sleeps."""

from __future__ import annotations

import asyncio

import pytest

from client import rate
from client.origin import Origin
from client.rate import Hold, RateLimiter
from tests.support.clock import Clock

START = Clock().now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(rate, "time", clock)
    monkeypatch.setattr(rate, "asyncio", clock)
    return clock


async def test_nothing_is_held_at_first(clock: Clock) -> None:
    hold = Hold()
    assert not hold.held
    await hold.released()
    await RateLimiter().turn(hold)
    assert clock.slept == []


async def test_a_hold_ends_when_its_time_has_come(clock: Clock) -> None:
    for seconds in (5, 0.25):
        hold, began = Hold(), clock.now
        hold.hold(seconds)
        assert hold.held
        await hold.released()
        assert clock.now == began + seconds
        assert not hold.held


async def test_a_shorter_hold_does_not_shorten_a_longer_one(clock: Clock) -> None:
    hold = Hold()
    hold.hold(5)
    hold.hold(2)
    await hold.released()
    assert clock.now == START + 5


async def test_a_hold_that_is_prolonged_meanwhile_holds_on(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = Hold()
    hold.hold(5)
    sleep = clock.sleep

    async def sleep_while_another_is_throttled(seconds: float) -> None:
        if not clock.slept:
            hold.hold(8)
        await sleep(seconds)

    monkeypatch.setattr(clock, "sleep", sleep_while_another_is_throttled)
    await hold.released()
    assert clock.now == START + 8


async def test_turns_are_spaced_evenly_and_an_idle_time_saves_up_none(clock: Clock) -> None:
    limiter = RateLimiter(per_second=4)
    turns = []
    for idle in (0, 0, 0, 10, 0):
        clock.now += idle
        await limiter.turn(Hold())
        turns.append(clock.now - START)
    assert turns == [0, 0.25, 0.5, 10.5, 10.75]


async def test_the_time_that_was_held_counts_once(clock: Clock) -> None:
    hold = Hold()
    assert (hold.held_seconds, hold.held_for) == (0, 0)
    hold.hold(5)
    clock.now += 2
    assert (hold.held_seconds, hold.held_for) == (2, 3)
    hold.hold(1)
    hold.hold(4)
    assert (hold.held_seconds, hold.held_for) == (2, 4)
    await hold.released()
    assert (hold.held_seconds, hold.held_for) == (6, 0)
    clock.now += 100
    hold.hold(1)
    await hold.released()
    assert hold.held_seconds == 7


async def test_a_turn_comes_after_a_hold_however_late_it_begins(clock: Clock) -> None:
    limiter, hold = RateLimiter(per_second=0.5), Hold()
    await limiter.turn(hold)
    held = asyncio.create_task(limiter.turn(hold))
    await asyncio.sleep(0)
    hold.hold(9)
    await held
    assert clock.now - START >= 9


async def test_a_hold_is_about_one_origin_and_the_rate_about_all(clock: Clock) -> None:
    limiter = RateLimiter(per_second=4)
    one, other = (limiter.hold_of(Origin.of(f"https://{host}.example")) for host in "ab")
    assert limiter.hold_of(Origin.of("https://a.example:443/x")) is one
    one.hold(5)
    await limiter.turn(other)
    await limiter.turn(other)
    assert clock.now - START == 0.25
    await limiter.turn(one)
    assert clock.now - START == 5
