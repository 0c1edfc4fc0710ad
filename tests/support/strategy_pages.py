"""Pages as pagination judges them: real progress and real signs, without a walk around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

from errors import PaginationError
from pagination import End, Page, PageRequest, Records, build_paginator, records_of
from pagination.evidence import Continue, Decision, Halve, decide
from pagination.paginator import Paginator
from pagination.progress import placed, with_signs
from pagination.sign import Says, Sign, SignKind
from records import Keys, Shape
from settings.model import PARAM_DEFAULTS, PaginationSettings, PaginationType

URL = "https://api.example.com/items"
NEXT = f"{URL}?page=2"
LINK = {"link": f'<{NEXT}>; rel="next"'}
Said = dict[str, tuple[SignKind, Says]]


def settings(type_: str, **more: Any) -> PaginationSettings:
    """The settings of a type with its default parameters, and pages of 10 records."""
    kind = PaginationType(type_)
    param, size = PARAM_DEFAULTS[kind]
    given = {"page_size": 10, "param": param, "size_param": size, **more}
    return PaginationSettings(type=kind, **given)


OFFSET = settings("offset")


@dataclass(frozen=True)
class Response:
    """What an API returns for one page; ``records`` is how many are in it, or they themselves.
    ``refused``, ``ignored`` and ``asked_twice`` are as those of a ``Page``."""

    records: int | Sequence[Any] = 10
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    evaluated: Mapping[str, Any] = field(default_factory=dict)
    level: Keys | None = ()
    whole: bool = False
    counted: bool = True
    shape: Shape = Shape.ARRAY
    refused: Exception | None = None
    ignored: int | None = None
    asked_twice: bool = False

    def page(self, request: PageRequest, before: int = 0) -> Page:
        """The page for ``request``, whose records are numbered from ``before``."""
        if self.refused is not None:
            return Page(request, [], refused=self.refused)
        if self.ignored is not None:
            return Page(request, [], Records(0), ignored=self.ignored)
        records = self.records
        if isinstance(records, int):
            records = [{"id": before + number} for number in range(records)]
        shape = Shape.OBJECT if self.whole else self.shape
        found = records_of(records, shape, self.level, whole=self.whole, counted=self.counted)
        return Page(
            request,
            list(records),
            found,
            self.body,
            self.headers,
            URL,
            evaluated=self.evaluated,
            asked_twice=self.asked_twice,
        )


def full(headers: Mapping[str, str] | None = None, /, **body: Any) -> Response:
    """A page of 10 records, as many as ``settings`` ask for."""
    return Response(10, body, headers or {})


def short(headers: Mapping[str, str] | None = None, /, **body: Any) -> Response:
    """A page of 7 records."""
    return Response(7, body, headers or {})


def empty(headers: Mapping[str, str] | None = None, /, **body: Any) -> Response:
    """A page without records."""
    return Response(0, body, headers or {})


def listed(
    config: PaginationSettings, *responses: Response, request: PageRequest | None = None
) -> Page:
    """The last page of a listing that returned ``responses``, with its progress and signs."""
    paginator = build_paginator(config)
    asked = paginator.first(request or PageRequest(URL))
    return _after(paginator, asked, None, responses)


def following(config: PaginationSettings, *responses: Response) -> PageRequest | None:
    """The request after ``responses``."""
    return build_paginator(config).following(listed(config, *responses))


def _after(
    paginator: Paginator, asked: PageRequest, previous: Page | None, responses: Sequence[Response]
) -> Page:
    before = 0 if previous is None else previous.progress.records or 0
    for response in responses:
        if previous is not None:
            asked = paginator.following(previous) or previous.request
        page = with_signs(placed(response.page(asked, before), previous), paginator)
        before += len(page.items)
        previous = page
    assert previous is not None
    return previous


def signs(*responses: Response, config: PaginationSettings = OFFSET) -> tuple[Sign, ...]:
    """The signs of the last of ``responses``."""
    return listed(config, *responses).signs


def said(*responses: Response, config: PaginationSettings = OFFSET) -> Said:
    """By name, what the last of ``responses`` says, and by which kind of sign."""
    return {one.name: (one.kind, one.says) for one in signs(*responses, config=config)}


def at(path: str, value: Any) -> dict[str, Any]:
    """An object that has ``value`` at a dot path; ``@odata.nextLink`` is one key."""
    keys = [path] if path.startswith("@") else path.split(".")
    for key in reversed(keys):
        value = {key: value}
    found: dict[str, Any] = value
    return found


@dataclass(frozen=True)
class Ends:
    """The listing ends; its evidence holds this text, and so does its warning, if there is one."""

    evidence: str
    warning: str | None = None


@dataclass(frozen=True)
class Raises:
    """The listing raises, with all of these parts in the message."""

    parts: tuple[str, ...]


CONTINUES = Continue()
BLANK = Continue(blank=True)
HALVES = "the first page is asked for once more, with half its size"

Outcome = Continue | Ends | Raises | str


def raises(*parts: str) -> Raises:
    """The listing raises, with ``parts`` in the message."""
    return Raises(parts)


def row(
    name: str, config: PaginationSettings, *responses: Response, outcome: Outcome
) -> ParameterSet:
    """A row of a table of decisions: what is decided on the last of ``responses``."""
    return pytest.param(config, responses, outcome, id=name)


def rows(
    name: str, types: str, *responses: Response, outcome: Outcome, **more: Any
) -> list[ParameterSet]:
    """A row for each of ``types``, with further settings."""
    return [
        row(f"{name}, by {one}", settings(one, **more), *responses, outcome=outcome)
        for one in types.split()
    ]


def assert_decided(
    config: PaginationSettings, responses: Sequence[Response], outcome: Outcome
) -> None:
    """Asserts what is decided on the last of ``responses``."""
    paginator = build_paginator(config)
    *before, last = responses
    previous = listed(config, *before) if before else None
    asked = paginator.first(PageRequest(URL))

    def decision() -> Decision:
        return decide(_after(paginator, asked, previous, [last]), paginator)

    if isinstance(outcome, Raises):
        with pytest.raises(PaginationError) as caught:
            decision()
        missing = [part for part in outcome.parts if part not in str(caught.value)]
        assert not missing, f"{missing} not in: {caught.value}"
        return
    decided = decision()
    if isinstance(outcome, Ends):
        assert isinstance(decided, End), decided
        assert_end(decided, outcome)
    elif outcome == HALVES:
        assert isinstance(decided, Halve), decided
    else:
        assert decided == outcome, decided


def assert_end(end: End, outcome: Ends) -> None:
    """Asserts that ``end`` is what ``outcome`` says."""
    assert outcome.evidence in end.evidence, end
    if outcome.warning is None:
        assert end.warning is None, end
    else:
        assert outcome.warning in (end.warning or ""), end
