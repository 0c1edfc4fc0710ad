"""Pages as a strategy gets them, without a walk around them."""

from __future__ import annotations

from typing import Any

from pagination import End, Page, PageRequest, Progress, build_paginator
from settings.model import PARAM_DEFAULTS, PaginationSettings, PaginationType

URL = "https://api.example.com/items"


def settings(type_: str, **more: Any) -> PaginationSettings:
    kind = PaginationType(type_)
    param, size = PARAM_DEFAULTS[kind]
    return PaginationSettings(type=kind, page_size=10, param=param, size_param=size, **more)


def page(
    config: PaginationSettings,
    count: int,
    body: Any = None,
    *,
    before: int = 0,
    first: int | None = None,
    largest: int | None = None,
    seen: tuple[str, ...] = (),
    headers: dict[str, str] | None = None,
    **params: str,
) -> Page:
    """A page of ``count`` items after ``before`` items on earlier pages."""
    request = build_paginator(config).first(PageRequest(URL))
    for name, value in params.items():
        request = request.with_param(name, value)
    first_count = count if first is None else first
    progress = Progress(
        pages=2 if before else 1,
        items=before + count,
        first_page_items=first_count,
        largest_page=max(count, first_count) if largest is None else largest,
        seen=frozenset(seen),
    )
    return Page(
        request,
        items=[{"id": before + n} for n in range(count)],
        body=body,
        headers=headers or {},
        url=URL,
        progress=progress,
    )


def following(config: PaginationSettings, the_page: Page) -> PageRequest | End:
    return build_paginator(config).following(the_page)


def ends(config: PaginationSettings, the_page: Page) -> bool:
    return isinstance(following(config, the_page), End)
