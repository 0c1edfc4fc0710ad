"""Of an API that says the truth, in whatever way it says it, every record is read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from settings.model import PaginationSettings, PaginationType
from tests.support.model_api import ModelApi, read
from tests.support.model_api_draw import apis, fitting
from tests.support.model_api_signs import What

COUNTED = (PaginationType.PAGE, PaginationType.OFFSET)


def excuses(api: ModelApi, settings: PaginationSettings) -> list[str]:
    """Why even settings that fit may end in an error, by the rules of the contract."""
    return [*excuses_of_totals(api, settings), *excuses_of_ends(api, settings)]


def excuses_of_totals(api: ModelApi, settings: PaginationSettings) -> list[str]:
    """What a total that counts hidden records may cost."""
    found = []
    hidden_total = bool(api.tells(What.TOTAL, What.RANGE)) and api.counts_hidden and api.hides
    if hidden_total and not any(api.rows):
        found.append("a total counts records, and not one of them is seen")
    if hidden_total and settings.page_size < 5:
        found.append("more than 20 small pages in a row are empty, below a total")
    if hidden_total and (settings.type not in COUNTED or settings.total_path):
        found.append("a total counts hidden records")
    return found


def excuses_of_ends(api: ModelApi, settings: PaginationSettings) -> list[str]:
    """What its last pages may cost."""
    found = []
    by_position = settings.type in COUNTED
    totals = api.tells(What.TOTAL, What.RANGE)
    hidden_total = bool(totals) and api.counts_hidden and api.hides
    told = api.tells(What.FLAG, What.LAST, What.PAGES) or (totals and not hidden_total)
    full = any(end == len(api.rows) and count >= settings.page_size for _, end, count in api.served)
    if by_position and api.behind == "refused" and full and not told:
        found.append("a full page is followed by a refusal, and nothing says that it is the last")
    if by_position and api.behind != "empty" and (hidden_total or api.tells(What.CURSOR)):
        found.append("a sign still says more where the API refuses, or repeats its last page")
    if by_position and api.behind == "repeated" and len({one[0] for one in api.served}) <= 2:
        found.append("the only page comes again, as if the API ignored the position")
    if settings.type is PaginationType.OFFSET and api.hides:
        found.append("hidden rows make two pages in a row alike")
    if settings.type is PaginationType.OFFSET and api.short and api.behind == "repeated":
        found.append("the last page that comes again begins elsewhere than the last that was read")
    ambiguous = any("last" in one.path[-1].lower() for one in api.tells(What.PAGES))
    if (api.behind != "empty" or not by_position) and api.base == 0 and ambiguous:
        found.append("last_page may be the number of the last page, or how many there are")
    named = (settings.total_path, settings.total_pages_path, settings.has_more_path)
    if api.hides and len([*filter(None, (*named, settings.last_page_path))]) > 1:
        found.append("one named sign counts hidden records, the other does not")
    if any(one.ends == "kept" for one in api.signs) and settings.type is not PaginationType.CURSOR:
        found.append("a cursor that is never null says more, and this type does not follow it")
    if not by_position and len({one[0] for one in api.served}) <= 1:
        found.append("the first page is full and leads nowhere")
    return found


@given(data=st.data(), drawn=apis(), permits=st.integers(1, 6))
async def test_every_record_is_read(
    data: st.DataObject, drawn: tuple[ModelApi, int, bool], permits: int
) -> None:
    api, page_size, sends = drawn
    settings = data.draw(fitting(api, page_size, sends))
    outcome = await read(api, settings, permits)
    assert not outcome.lost(api), (outcome.end, settings)
    if outcome.error:
        assert excuses(api, settings), (outcome.error, settings)
