"""What is told of a kind while it is read and at its end, to the letter."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from client import HttpClient, Redactor, Traffic
from pagination import End, Page, PageRequest
from pagination.paginator import Progress
from pagination.sign import Says, Sign, SignKind
from resync.listing import Listing
from resync.plan import ListingPlan
from resync.progress import REASONS_KEPT, KindProgress, ResyncProgress
from resync.summary import Outcome, Summary
from tests.resync.test_plan import plan
from tests.support.clock import Clock
from tests.support.json_log import JsonLog, json_log


def users() -> ListingPlan:
    return plan("/users", pagination={"type": "offset"})


def members() -> ListingPlan:
    values = {"a": {"values": [1]}, "b": {"values": [2]}}
    return plan("/t/{a}/{b}", path_parameters=values, pagination={"type": "page"})


def listing() -> Listing:
    return Listing("/users", users().endpoint)


@dataclass
class Client:
    """What progress asks of a client."""

    traffic: Traffic = field(default_factory=Traffic)
    held_for: float = 0.0
    redactor: Redactor = field(default_factory=lambda: Redactor(["sesame"]))


@dataclass
class Kind:
    """A kind that is read as a test says, ten seconds a page."""

    clock: Clock
    told: JsonLog
    client: Client = field(default_factory=Client)
    summaries: list[Summary] = field(default_factory=list)

    def progress(self, of: ListingPlan) -> KindProgress:
        return KindProgress(of, cast(HttpClient, self.client), self.summaries.append)

    async def page(self, progress: KindProgress, *pages: Page, end: str = "all is read") -> None:
        """Reads one listing of ``pages``."""

        async def read(source: Listing) -> AsyncGenerator[Page]:
            for page in pages:
                self.clock.now += 10
                yield page
            assert source.on_end
            source.on_end(End(end))

        async for _ in progress.reading(read)(listing()):
            pass

    async def running(self) -> tuple[str, dict[str, Any]]:
        """The next line while it is read, and its fields."""
        before = len(self.told.fields("kind running"))
        async with asyncio.timeout(2):
            while len(self.told.fields("kind running")) == before:
                await asyncio.sleep(0.001)
        return self.told.messages("kind running")[-1], _own(self.told.fields("kind running")[-1])


def _own(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "progress"}


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kind]:
    clock = Clock()
    monkeypatch.setattr("resync.progress.time", clock)
    monkeypatch.setattr("resync.progress.TICK_SECONDS", 0.001)
    with json_log() as told:
        yield Kind(clock, told)


def page(items: int, so_far: int, total: int | None = None, number: int = 1) -> Page:
    told = Says.MORE if total is not None and total > so_far else Says.END
    signs = () if total is None else (Sign("total", SignKind.TOTAL, told, total),)
    progress = Progress(pages=number, records=so_far)
    return Page(PageRequest("https://a"), items=[{}] * items, progress=progress, signs=signs)


async def test_the_beginning(kind: Kind) -> None:
    with kind.progress(users()):
        pass
    with kind.progress(members()):
        pass
    assert kind.told.messages("kind started") == [
        "kind /users: reading, pagination offset",
        "kind /t/{a}/{b}: reading, pagination page, one listing for each {a} and {b}",
    ]
    first, second = map(_own, kind.told.fields("kind started"))
    assert first == {
        "kind": "/users",
        "resource_kind": "/users",
        "pagination": "offset",
        "path_parameters": [],
    }
    assert second["path_parameters"] == ["a", "b"]


async def test_how_far_a_listing_is(kind: Kind) -> None:
    at = {"kind": "/users", "resource_kind": "/users"}
    with kind.progress(users()) as progress:
        message, fields = await kind.running()
        assert message == "kind /users: 0 items in 0 pages, 0.0 items/s"
        assert fields == {**at, "pages": 0, "items": 0, "items_per_second": 0.0, "seconds": 0.0}
        await kind.page(progress, page(1050, 1050, 4200))
        message, fields = await kind.running()
        assert message == (
            "kind /users: 1,050 of 4,200 items in 1 pages, 105.0 items/s, about 30 s left"
        )
        assert fields == {
            **at,
            "pages": 1,
            "items": 1050,
            "items_per_second": 105.0,
            "seconds": 10.0,
            "total": 4200,
            "eta_seconds": 30.0,
        }
    # Nothing more is told.
    count = len(kind.told.records)
    await asyncio.sleep(0.02)
    assert len(kind.told.records) == count


async def test_a_total_that_was_passed_is_none(kind: Kind) -> None:
    with kind.progress(users()) as progress:
        await kind.page(progress, page(7, 7, 5))
        message, fields = await kind.running()
    assert message == "kind /users: 7 items in 1 pages, 0.7 items/s"
    assert "total" not in fields


async def test_a_wait_for_the_rate_limit(kind: Kind) -> None:
    kind.client.held_for = 2.26
    with kind.progress(users()):
        message, fields = await kind.running()
    assert message.endswith(" items/s; waiting 2 s for the API's rate limit")
    assert message.startswith("kind /users: 0 items")
    assert fields["rate_limit_wait_left_seconds"] == 2.3


async def broken(_: Listing) -> AsyncGenerator[Page]:
    raise ValueError("no")
    yield  # a generator


async def test_how_far_many_listings_are(kind: Kind) -> None:
    with kind.progress(members()) as progress:
        await kind.page(progress, page(2, 2, 9))
        message, fields = await kind.running()
        told = "kind /t/{a}/{b}: 2 items in 1 pages, 0.2 items/s; 1 listings started, 1 ended"
        assert message == told
        assert (fields["pages"], fields["items"]) == (1, 2)
        assert "total" not in fields
        with pytest.raises(ValueError, match="no"):
            async for _ in progress.reading(broken)(listing()):
                pass
        message, fields = await kind.running()
        assert message.endswith("; 2 listings started, 2 ended, 1 of them failed")
        counts = ("listings_started", "listings_ended", "listings_failed")
        assert [fields[name] for name in counts] == [2, 2, 1]


async def test_the_end(kind: Kind) -> None:
    kind.client.traffic = Traffic(5, 1, 0.5)
    with kind.progress(users()) as progress:
        await kind.page(progress, page(3, 3), page(2, 5, number=2))
        kind.client.traffic = Traffic(12, 3, 2.34)
    (summary,) = kind.summaries
    assert summary == Summary(
        kind="/users",
        outcome=Outcome.DONE,
        items=5,
        pages=2,
        listings=1,
        listings_failed=0,
        requests=7,
        retries=2,
        rate_limit_wait_seconds=1.8,
        seconds=20.0,
        items_per_second=0.2,
        ended_by="all is read",
    )
    (message,) = kind.told.messages("kind ended")
    first, names, row = message.splitlines()
    assert first == "kind /users: done, 5 items after 20 s"
    assert names.split()[0] == "kind" and row.split()[:4] == ["/users", "done", "5", "2"]
    (fields,) = kind.told.fields("kind ended")
    assert _own(fields) == {**summary.fields(), "resource_kind": "/users"}
    assert kind.told.records[-1]["level"] == "INFO"


async def test_pieces_of_a_page_and_a_second_reading_count_once(kind: Kind) -> None:
    whole = page(3, 5)
    piece = replace(whole, items=[{}] * 2)
    again = page(4, 4)
    with kind.progress(users()) as progress:
        await kind.page(progress, whole, piece, again)
    (summary,) = kind.summaries
    assert (summary.items, summary.pages) == (4, 2)


async def test_why_many_listings_ended(kind: Kind) -> None:
    with kind.progress(members()) as progress:
        for number in range(1500):
            await kind.page(progress, end=f"the total of {number} is reached")
        await kind.page(progress, end="an empty page")
    (summary,) = kind.summaries
    assert summary.ended_by == "the total of n is reached (1,500 times); an empty page (1 times)"
    assert "done, 0 items in 1,501 listings after" in kind.told.messages("kind ended")[0]


async def test_of_reasons_the_most_frequent_are_told_and_few_are_kept(kind: Kind) -> None:
    letters = [chr(ord("a") + number) for number in range(REASONS_KEPT)]
    with kind.progress(members()) as progress:
        for letter in (*letters, "z", "z", "z", "b", "b", "c"):
            await kind.page(progress, end=letter)
    assert kind.summaries[0].ended_by == "b (3 times); c (2 times); a (1 times)"


async def test_a_listing_s_reason_keeps_its_numbers(kind: Kind) -> None:
    with kind.progress(users()) as progress:
        await kind.page(progress, end="the total of 7 is reached")
    with kind.progress(users()):
        pass
    ends = [summary.ended_by for summary in kind.summaries]
    assert ends == ["the total of 7 is reached", "nothing to read"]


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (
            ValueError("x sesame " + "y" * 200),
            "failed",
            "ValueError: x [hidden] " + "y" * 94 + "...",
        ),
        (asyncio.CancelledError(), "stopped", "the resync was stopped"),
    ],
)
async def test_an_end_by_an_error(
    kind: Kind, error: BaseException, outcome: str, reason: str
) -> None:
    with pytest.raises(type(error)), kind.progress(members()) as progress:
        await kind.page(progress, page(2, 2))
        with pytest.raises(ValueError, match="no"):
            async for _ in progress.reading(broken)(listing()):
                pass
        raise error
    (summary,) = kind.summaries
    assert (summary.outcome, summary.ended_by) == (outcome, reason)
    first = kind.told.messages("kind ended")[0].splitlines()[0]
    told = f"kind /t/{{a}}/{{b}}: {outcome}, 2 items in 2 listings, 1 of them failed after 10 s"
    assert first == told
    assert kind.told.records[-1]["level"] == "WARNING"


def summary_of(name: str, outcome: Outcome) -> Summary:
    return Summary(name, outcome, 1, 1, 1, 0, 1, 0, 0.0, 1.0, 1.0, "x")


@pytest.mark.parametrize("outcome", Outcome)
async def test_the_end_of_a_resync(kind: Kind, outcome: Outcome) -> None:
    progress = ResyncProgress(1200)
    summaries = [summary_of("/a", Outcome.DONE), summary_of("/b", Outcome.FAILED)]
    for summary in summaries:
        progress.add(summary)
    kind.clock.now += 61.25
    progress.report(outcome)
    (message,) = kind.told.messages("resync ended")
    first, _, *rows = message.splitlines()
    assert first == f"resync {outcome} after 1 min 1 s: 2 of 1200 kinds read, 1 of them failed"
    assert [row.split()[0] for row in rows] == ["/a", "/b"]
    (fields,) = kind.told.fields("resync ended")
    assert _own(fields) == {
        "outcome": outcome,
        "seconds": 61.25,
        "kinds_in_mapping": 1200,
        "kinds_failed": 1,
        "kinds": [summary.fields() for summary in summaries],
    }
    assert kind.told.records[-1]["level"] == ("INFO" if outcome is Outcome.DONE else "WARNING")


async def test_a_resync_of_which_no_kind_was_read(kind: Kind) -> None:
    ResyncProgress(2).report(Outcome.DONE)
    assert kind.told.messages("resync ended") == ["resync done after 0 s: 0 of 2 kinds read"]
