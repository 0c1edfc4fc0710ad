"""What a resync tells of itself: a few lines for a kind, however much there is to read. Each is a
message for people and, as its extra fields, the same for machines."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from types import TracebackType
from typing import Any

from loguru import logger
from port_ocean.context.ocean import ocean
from port_ocean.helpers.metric.metric import MetricPhase, MetricType

from client import HttpClient
from entities import Upserts, current_upserts, resource_index
from entities.mapped import Mapped
from pagination import End, Page
from pagination.sign import SignKind
from resync.fan_out import describe
from resync.listing import Listing
from resync.plan import ListingPlan
from resync.summary import REASON_CHARACTERS, Outcome, Summary, duration, shortened, table

TICK_SECONDS = 5.0
"""Between two lines while a kind is read."""

REASONS_KEPT = 20
NAME_CHARACTERS = 100
REFUSAL_CHARACTERS = 300
"""Of what Port says of the first entity that it refused, its name included."""

Read = Callable[[Listing], AsyncGenerator[Page]]


class KindProgress:
    """How far the reading of one kind has come. It tells so inside its block: at the beginning,
    every few seconds and at the end, where ``on_end`` gets the summary."""

    def __init__(
        self, plan: ListingPlan, client: HttpClient, on_end: Callable[[Summary], None]
    ) -> None:
        self._plan = plan
        self._client = client
        self._on_end = on_end
        self._began = time.monotonic()
        self._before = client.traffic
        self._timer: asyncio.TimerHandle | None = None
        self._metric_kind = ""
        self._index = 0
        self._upserts = Upserts()
        self._pages = self._items = 0
        self._started = self._ended = self._failed = 0
        self._total: int | None = None
        self._mapped = Mapped()
        self._reasons: Counter[str] = Counter()

    def __enter__(self) -> KindProgress:
        self._metric_kind = ocean.metrics.current_resource_kind() if ocean.initialized else ""
        self._index = resource_index()
        self._upserts = current_upserts()
        self._upserts.mask_by(self._client.redactor.text)
        pagination = self._plan.endpoint.pagination
        told = f"kind {self._plan.kind}: reading, pagination {pagination.type}"
        names = [parameter.name for parameter in self._plan.parameters]
        if names:
            told += f", one listing for each {' and '.join(f'{{{name}}}' for name in names)}"
        fields = {"pagination": str(pagination.type), "path_parameters": names}
        self._bound("kind started", fields).info(told)
        self._arm()
        return self

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        summary = self._summary(error)
        self._set_metric(summary.rate_limit_wait_seconds)
        done = summary.outcome is Outcome.DONE
        told = f"kind {summary.kind}: {summary.outcome}, {summary.items:,} items"
        if self._plan.parameters:
            told += f" in {summary.listings:,} listings"
            told += f", {summary.listings_failed:,} of them failed" if self._failed else ""
        told += f" after {duration(summary.seconds)}\n{table([summary])}"
        self._bound("kind ended", summary.fields()).log("INFO" if done else "WARNING", told)
        if self._upserts.final:
            _log_refused(_with_refused(summary, self._upserts))
        self._on_end(summary)

    def reading(self, read: Read) -> Read:
        """``read``, whose pages are counted."""

        async def counted(listing: Listing) -> AsyncGenerator[Page]:
            self._started += 1
            items = 0
            seen: object = None
            try:
                async with aclosing(read(replace(listing, on_end=self._note_end))) as pages:
                    async for page in pages:
                        # The pieces of a large page have its progress. A listing that is read
                        # again begins at none.
                        if page.progress is not seen:
                            seen = page.progress
                            self._pages += 1
                            self._note_total(page)
                            if page.progress.pages == 1:
                                self._items -= items
                                items = 0
                        self._items += len(page.items)
                        items += len(page.items)
                        yield page
                        del page  # Not to be held while the next one is fetched.
            except Exception:
                self._failed += 1
                raise
            finally:
                self._ended += 1

        return counted

    def note_mapped(self, mapped: Mapped) -> None:
        """Takes note of items that no entity has come of."""
        self._mapped = mapped
        apart = mapped.apart
        if apart is not None and apart.empty:
            logger.warning(
                f"kind {self._plan.kind}: itemsToParse {apart.expression!r} is null in "
                f"{apart.empty:,} of {apart.items:,} items, which become no entities"
            )
        if mapped.nameless:
            identifier, blueprint = mapped.expressions
            logger.warning(
                f"kind {self._plan.kind}: {mapped.nameless:,} of {mapped.passed:,} items have no "
                f"identifier or no blueprint ({identifier!r}, {blueprint!r}) and become no entities"
            )

    def _note_end(self, end: End) -> None:
        reason = re.sub(r"\d+", "n", end.evidence) if self._plan.parameters else end.evidence
        if reason in self._reasons or len(self._reasons) < REASONS_KEPT:
            self._reasons[reason] += 1

    def _note_total(self, page: Page) -> None:
        """The total of a kind is that of its listing, where there can be only one."""
        totals = [one for one in page.signs if one.kind is SignKind.TOTAL]
        if totals and not self._plan.parameters:
            self._total = int(totals[0].value) or self._total

    def _arm(self) -> None:
        # A timer and no task: it needs nobody who waits for its end.
        self._timer = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        seconds, rate = self._pace()
        fields: dict[str, Any] = {
            "pages": self._pages,
            "items": self._items,
            "items_per_second": rate,
            "seconds": seconds,
        }
        known = self._total is not None and self._total >= self._items
        of_total = f" of {self._total:,}" if known else ""
        told = f"kind {self._plan.kind}: {self._items:,}{of_total} items in {self._pages:,} pages"
        told += f", {rate:,.1f} items/s"
        if self._total is not None and known:
            fields["total"] = self._total
            if rate:
                fields["eta_seconds"] = round((self._total - self._items) / rate, 1)
                told += f", about {duration(fields['eta_seconds'])} left"
        if self._plan.parameters:
            fields |= {"listings_started": self._started, "listings_ended": self._ended}
            fields["listings_failed"] = self._failed
            told += f"; {self._started:,} listings started, {self._ended:,} ended"
            told += f", {self._failed:,} of them failed" if self._failed else ""
        if self._client.held_for:
            fields["rate_limit_wait_left_seconds"] = round(self._client.held_for, 1)
            told += f"; waiting {duration(self._client.held_for)} for the API's rate limit"
        self._bound("kind running", fields).info(told)
        self._arm()

    def _pace(self) -> tuple[float, float]:
        """Seconds since the beginning, and items in each of them."""
        seconds = time.monotonic() - self._began
        return round(seconds, 3), round(self._items / seconds, 1) if seconds else 0.0

    def _summary(self, error: BaseException | None) -> Summary:
        seconds, rate = self._pace()
        traffic = self._client.traffic.since(self._before)
        outcome = Outcome.DONE
        reasons = [
            reason if len(self._reasons) == 1 else f"{reason} ({count:,} times)"
            for reason, count in self._reasons.most_common(3)
        ]
        ended_by = "; ".join(reasons) or "nothing to read"
        if isinstance(error, Exception):
            outcome, ended_by = Outcome.FAILED, describe(error)
        elif error is not None:
            outcome, ended_by = Outcome.STOPPED, "the resync was stopped"
        return Summary(
            kind=self._plan.kind,
            outcome=outcome,
            items=self._items,
            pages=self._pages,
            listings=self._ended,
            listings_failed=self._failed,
            requests=traffic.requests,
            retries=traffic.retries,
            rate_limit_wait_seconds=round(traffic.held_seconds, 1),
            seconds=seconds,
            items_per_second=rate,
            ended_by=shortened(self._client.redactor.text(ended_by), REASON_CHARACTERS),
            nameless=self._mapped.nameless,
            index=self._index,
        )

    def _set_metric(self, waited: float) -> None:
        """Ocean has a metric for this, and leaves it to integrations; all else it counts."""
        if self._metric_kind:
            endpoint = self._client.redactor.text(self._plan.endpoint.template)
            labels = [self._metric_kind, MetricPhase.EXTRACT, endpoint]
            ocean.metrics.set_metric(MetricType.RATE_LIMIT_WAIT_NAME, labels, waited)

    def _bound(self, stage: str, fields: dict[str, Any]) -> Any:
        # Ocean's own field has the kind as it was written, with what may be secret in its query.
        kind = self._plan.kind
        return logger.bind(**{"progress": stage, "kind": kind, "resource_kind": kind, **fields})


class ResyncProgress:
    """The summaries of the kinds of one resync, out of ``kinds``."""

    def __init__(self, kinds: int) -> None:
        self._kinds = kinds
        self._began = time.monotonic()
        self._summaries: list[Summary] = []
        self._upserts = Upserts()

    def add(self, summary: Summary) -> None:
        """Takes note of a kind that has ended, in the event that it was read in."""
        self._summaries.append(summary)
        self._upserts = current_upserts()

    def report(self, outcome: Outcome) -> None:
        """Logs how a whole resync has ended, in one table; nothing where it had no kinds."""
        if not self._kinds:
            return
        seconds = time.monotonic() - self._began
        told = f"resync {outcome} after {duration(seconds)}: "
        told += f"{len(self._summaries)} of {self._kinds} kinds read"
        failed = sum(summary.outcome is Outcome.FAILED for summary in self._summaries)
        told += f", {failed} of them failed" if failed else ""
        summaries = [_with_refused(summary, self._upserts) for summary in self._summaries]
        refused = sum(summary.refused for summary in summaries)
        told += f", {refused:,} entities refused by Port" if refused else ""
        if summaries:
            told += f"\n{table(summaries)}"
        fields: dict[str, Any] = {
            "outcome": str(outcome),
            "seconds": round(seconds, 3),
            "kinds_in_mapping": self._kinds,
            "kinds_failed": failed,
            "kinds": [summary.fields() for summary in summaries],
        }
        fields |= {"refused": refused} if refused else {}
        done = outcome is Outcome.DONE and not refused
        for summary in summaries:
            _log_refused(summary)
        logger.bind(progress="resync ended", **fields).log("INFO" if done else "WARNING", told)


def _with_refused(summary: Summary, upserts: Upserts) -> Summary:
    """A summary with what Port refused of its resource, the reason on one line and shortened."""
    refused = upserts.by_resource().get(summary.index)
    if refused is None:
        return summary
    name = f"{refused.identifier} of blueprint {refused.blueprint}"
    first = shortened(f"{shortened(name, NAME_CHARACTERS)}: {refused.reason}", REFUSAL_CHARACTERS)
    return replace(summary, refused=refused.count, first_refusal=first)


def _log_refused(summary: Summary) -> None:
    if summary.refused:
        logger.bind(resource_kind=summary.kind).error(
            f"kind {summary.kind}: Port refused {summary.refused:,} entities, the first "
            f"{summary.first_refusal}. Correct the mapping, or the blueprint in Port"
        )
