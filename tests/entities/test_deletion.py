"""Which blueprints keep their stale entities."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from port_ocean.core.models import Entity

from entities.deletion import FEW, Share, judge, without_targets_of


@pytest.mark.parametrize(
    ("stale", "total", "threshold", "kept"),
    [
        (30, 30, 0.9, True),
        (30, 30, 1.0, False),
        (21, 21, 0.9, True),
        (20, 20, 0.9, False),
        (90, 100, 0.9, False),
        (91, 100, 0.9, True),
        (29, 100, 0.29, False),  # 0.29 * 100 is less than 29 in floating point
        (30, 100, 0.29, True),
        (1000, 100_000, 0.001, True),
        (0, 0, 0.9, False),
        (0, 50, 0.0, False),
    ],
)
def test_one_blueprint(stale: int, total: int, threshold: float, kept: bool) -> None:
    verdict = judge([Share("team", stale, total)], threshold)
    assert (verdict.kept == {"team"}) is kept
    assert verdict.together == ()


def test_each_is_judged_alone() -> None:
    gone, fine, few = Share("gone", 30, 30), Share("fine", 30, 3000), Share("few", 5, 5)
    verdict = judge([gone, fine, few], 0.9)
    assert verdict.over == (gone,)
    assert verdict.kept == {"gone"}


@pytest.mark.parametrize(
    ("others", "kept"),
    [(0, True), (5, False), (1000, False)],
)
def test_many_small_ones_are_judged_together(others: int, kept: bool) -> None:
    small = [Share(name, 15, 15) for name in ("a", "b", "c")]
    verdict = judge([*small, Share("others", 0, others)], 0.9)
    assert verdict.over == ()
    assert verdict.together == (tuple(small) if kept else ())


def test_few_in_all_may_go_whatever_the_whole_is() -> None:
    assert judge([Share("a", 10, 10), Share("b", 10, 10)], 0.9).kept == set()
    assert judge([Share("a", 10, 10), Share("b", 11, 11)], 0.9).kept == {"a", "b"}


def test_what_is_kept_for_itself_counts_for_the_whole() -> None:
    """Everything seems to be gone: the small ones are no reason to believe it."""
    shares = [Share("large", 1000, 1000), Share("a", 15, 15), Share("b", 15, 15)]
    assert judge(shares, 0.9).kept == {"large", "a", "b"}


def related(identifier: str, **relations: Any) -> Entity:
    return Entity.parse_obj({"identifier": identifier, "blueprint": "any", "relations": relations})


def test_what_a_staying_entity_relates_to_stays_also_through_others() -> None:
    going = [
        related("team", part_of="area"),
        related("area", of=[None, "company"]),
        related("company"),
        related("loop", next="loop"),
        related("other", of="team"),
    ]
    staying = [related("service", owner="team", old=None)]
    assert [one.identifier for one in without_targets_of(staying, going)] == ["loop", "other"]
    assert without_targets_of([], going) == going


SHARES = st.lists(
    st.integers(0, 60).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))),
    max_size=8,
)


@given(SHARES, st.floats(0, 1))
def test_never_more_than_few_go_beyond_the_threshold(
    counts: list[tuple[int, int]], threshold: float
) -> None:
    shares = [Share(str(n), stale, total) for n, (stale, total) in enumerate(counts)]
    kept = judge(shares, threshold).kept
    whole = Share("", sum(one.stale for one in shares), sum(one.total for one in shares))
    beyond = [one for one in shares if one.over(threshold) and one.blueprint not in kept]
    assert all(one.stale <= FEW for one in beyond)
    assert sum(one.stale for one in beyond) <= FEW or not whole.over(threshold)
    assert all(one.over(threshold) for one in shares if one.blueprint in kept)
