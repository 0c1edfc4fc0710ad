"""Where one sign of an API lies, a listing is whole or an error, or the lie is one of few that
nobody could tell from the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import assume, given
from hypothesis import strategies as st

from settings.model import PaginationSettings, PaginationType
from tests.support.model_api import ModelApi, Outcome, read
from tests.support.model_api_draw import apis, fitting
from tests.support.model_api_signs import COUNTS, LEADS_ON, LINKS, Lie, Told, What

FLAGS = frozenset({What.FLAG, What.LAST})
NOT_THERE = frozenset({Lie.NULL, Lie.MISSING})
FOLLOWED = {
    PaginationType.CURSOR: frozenset({What.CURSOR}),
    PaginationType.NEXT_LINK: frozenset({What.LINK, What.LINK_LIST}),
    PaginationType.HEADER_LINK: frozenset({What.LINK_HEADER}),
}


@dataclass(frozen=True)
class Case:
    """A listing of an API of which ``liar`` is the sign that lies."""

    api: ModelApi
    liar: Told
    settings: PaginationSettings
    outcome: Outcome

    @property
    def named(self) -> bool:
        paths = (*self.settings.paths, "")
        return ".".join(self.liar.path) in paths and self.liar.what not in LEADS_ON

    @property
    def alone(self) -> bool:
        """Whether no other sign says that there is more."""
        others = LINKS | FLAGS | COUNTS | {What.NEXT_PAGE}
        if self.liar.what not in FLAGS:
            # A cursor is outweighed by a flag.
            others |= {What.CURSOR}
        if self.settings.type is PaginationType.OFFSET:
            # By offset, nothing says how many pages were read.
            others -= {What.PAGES}
        return not any(one.what in others and not one.lie for one in self.api.signs)

    def ended_by(self, *evidence: str) -> bool:
        end = self.outcome.end
        return end is not None and any(one in end.evidence for one in evidence)


DOCUMENTED: dict[str, Callable[[Case], bool]] = {
    "what a setting names is believed: the user has said what it means (rule 1)": lambda case: (
        case.named and case.liar.what in FLAGS | COUNTS
    ),
    "a recognised flag that says end is believed, where only a cursor says more (rule 3)": (
        lambda case: case.liar.what in FLAGS and case.alone
    ),
    "a recognised total or number of pages that is reached on a short page is believed, as the "
    "last page of most APIs is just that (rule 4)": lambda case: (
        case.liar.what in COUNTS and case.alone and case.ended_by("is reached")
    ),
    "a link or cursor that is never there ends what follows it, where the first page is not full: "
    "most listings have one page (rule 2)": lambda case: (
        case.liar.what in FOLLOWED.get(case.settings.type, ())
        and case.liar.lie in NOT_THERE
        and case.alone
        and case.ended_by("no link to a next page", "no next cursor")
    ),
    "a link or next page number that is null on a short page ends it: many APIs say the end so": (
        lambda case: (
            case.liar.what in LINKS | {What.NEXT_PAGE}
            and case.liar.lie is Lie.NULL
            and case.alone
            and case.ended_by("was the last page")
        )
    ),
}
"""Lies under which records may be lost, by the reason why nobody could tell."""

LIES = {
    **{what: [Lie.STUCK_TRUE, Lie.STUCK_FALSE] for what in FLAGS},
    **{what: [Lie.NULL, Lie.SAME, Lie.MISSING] for what in LEADS_ON},
    What.TOTAL: [Lie.TOO_LOW, Lie.TOO_HIGH, Lie.PAGE_SIZE, Lie.ASKED],
    What.RANGE: [Lie.TOO_LOW, Lie.TOO_HIGH, Lie.PAGE_SIZE, Lie.ASKED],
    What.PAGES: [Lie.TOO_LOW, Lie.TOO_HIGH],
}


@st.composite
def lying(draw: st.DrawFn) -> tuple[ModelApi, Told, int, bool]:
    """An API of which one sign lies."""
    api, page_size, sends = draw(apis())
    able = [index for index, one in enumerate(api.signs) if one.what in LIES]
    assume(able)
    index = draw(st.sampled_from(able))
    told = api.signs[index]
    liar = replace(told, lie=draw(st.sampled_from(LIES[told.what])), by=draw(st.integers(1, 20)))
    others = [one for one in api.signs if one is not told]
    # Empty pages in the middle are read over only where a sign that is true says more.
    assume(not api.hides or any(one.what in LEADS_ON | FLAGS for one in others))
    api.signs = tuple(liar if one is told else one for one in api.signs)
    return api, liar, page_size, sends


@given(data=st.data(), drawn=lying(), permits=st.integers(1, 6))
async def test_one_lie_loses_nothing_in_silence(
    data: st.DataObject, drawn: tuple[ModelApi, Told, int, bool], permits: int
) -> None:
    api, liar, page_size, sends = drawn
    settings = data.draw(fitting(api, page_size, sends))
    outcome = await read(api, settings, permits)
    if outcome.lost(api):
        case = Case(api, liar, settings, outcome)
        assert any(tells(case) for tells in DOCUMENTED.values()), (outcome.end, settings)
