"""Settings that do not fit an API read everything, or fail: they never read less."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from settings.model import PARAM_DEFAULTS, PaginationSettings, PaginationType
from tests.support.model_api import ModelApi, read
from tests.support.model_api_draw import apis, spelled_otherwise
from tests.support.model_api_signs import COUNTS, LEADS_ON, What

PATHS = ("nothing.here", "next_cursor", "nextCursor", "links.next", "X-Nothing", "meta.next_page")


@st.composite
def unfitting(draw: st.DrawFn, api: ModelApi, page_size: int, sends: bool) -> PaginationSettings:
    """Settings of any type, with a path, a relation or a parameter that may be wrong."""
    kind = draw(st.sampled_from(PaginationType))
    told = [".".join(one.path) for one in api.signs]
    paths = st.sampled_from([*PATHS, *told, *map(spelled_otherwise, told)])
    settings = PaginationSettings(
        type=kind,
        page_size=page_size,
        param=draw(st.sampled_from([PARAM_DEFAULTS[kind][0], "ignored"])),
        size_param=draw(st.sampled_from(["limit" if sends else "", "ignored"])),
        start_page=api.base,
        start_offset=api.base,
        header_link_rel=draw(st.sampled_from(["next", "following"])),
    )
    named = st.none() | paths
    match kind:
        case PaginationType.CURSOR:
            settings = replace(settings, cursor_path=draw(named))
        case PaginationType.NEXT_LINK:
            settings = replace(settings, next_link_path=draw(named))
    if draw(st.booleans()):
        wrong = st.none() | st.sampled_from([*PATHS, *map(spelled_otherwise, told)])
        settings = replace(settings, has_more_path=draw(wrong), total_path=draw(wrong))
    return settings


def shows_more(api: ModelApi, settings: PaginationSettings) -> bool:
    """Whether the first page holds something, and says that there is more or is as full as it was
    asked to be. Of one that does neither, nobody can tell."""
    size = settings.page_size if settings.size_param == "limit" else api.window
    first = sum(api.rows[: api.end_of(0, api.size_for(size))])
    full = first == settings.page_size and settings.type is not PaginationType.NONE
    return first > 0 and (full or bool(api.tells(*LEADS_ON, *COUNTS, What.FLAG, What.LAST)))


@given(data=st.data(), drawn=apis(), permits=st.integers(1, 6))
async def test_wrong_settings_read_everything_or_fail(
    data: st.DataObject, drawn: tuple[ModelApi, int, bool], permits: int
) -> None:
    api, page_size, sends = drawn
    settings = data.draw(unfitting(api, page_size, sends))
    assume(shows_more(api, settings))
    outcome = await read(api, settings, permits)
    assert not outcome.lost(api), (outcome.end, settings)
