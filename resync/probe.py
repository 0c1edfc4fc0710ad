"""``ocean probe``: is the API there, does it take the credentials, can each kind be read?

Each verdict is one of Ocean's probe checks, in its report and as a line of the log.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit

from loguru import logger
from port_ocean.core.probe import ProbeCheck, ProbeCheckStatus, ProbeContext
from port_ocean.exceptions.probe import InvalidProbeKindsError

from auth.exchange import AuthenticationError
from client import Exchange, Request
from client.failures import tls_cure
from errors import OceanCustomError, PaginationError, RequestError, ResponseError, SettingsError
from mapping import CustomResourceConfig
from pagination import Page
from resync.clients import Clients
from resync.fan_out import describe
from resync.first_pages import IMPATIENT, FirstPages, first_listings
from resync.plan import build_plan
from resync.probed_mapping import ProbedMapping, probed_mapping
from settings import Settings, parse_settings
from settings.model import AuthType
from settings.parsing import advice

CONNECTION = "connection"
"""What stands for a kind in the checks that are about the whole API."""

REFUSED = frozenset({401, 407})
ANY_STATUS = frozenset(range(400, 600))
OK, FAILED, UNKNOWN = (
    ProbeCheckStatus.SUCCESS,
    ProbeCheckStatus.FAILURE,
    ProbeCheckStatus.UNKNOWN,
)
LEVELS = {OK: "INFO", FAILED: "ERROR", UNKNOWN: "WARNING"}


async def probe(
    context: ProbeContext, raw_settings: Mapping[str, Any], kinds: Sequence[str] | None
) -> ProbeContext:
    """Runs every check, reports after each, and returns ``context``.

    ``kinds`` limits it to some of the mapping's. Raises ``InvalidProbeKindsError`` for others.
    """
    report = _Report(context)
    try:
        settings = parse_settings(raw_settings)
    except SettingsError as error:
        await report.add("settings", FAILED, str(error))
        await context.fail(str(error))
        return context
    lines = advice(settings)
    await report.add("settings", OK, "; ".join(lines) or "all are well")
    try:
        found = await probed_mapping()
    except SettingsError as error:
        await report.add("mapping", FAILED, str(error))
        await context.fail(str(error))
        return context
    await report.add("mapping", UNKNOWN if found.warning else OK, found.told)
    resources = _chosen(found, kinds)
    api = _Api(settings)
    try:
        await _Checks(api, report, found).run(resources)
    finally:
        await api.clients.aclose()
    return context


def _chosen(found: ProbedMapping, kinds: Sequence[str] | None) -> list[CustomResourceConfig]:
    mapped = found.config.resources
    unknown = sorted(set(kinds or ()) - {resource.kind for resource in mapped})
    if unknown:
        raise InvalidProbeKindsError(unknown, [resource.kind for resource in mapped])
    return [resource for resource in mapped if kinds is None or resource.kind in kinds]


class _Report:
    """The checks as they come to their verdicts."""

    def __init__(self, context: ProbeContext) -> None:
        self._context = context

    async def add(
        self, check: str, status: ProbeCheckStatus, message: str, kind: str = CONNECTION, **at: int
    ) -> None:
        """A verdict on ``check``, with what was found and, where it failed, the cure."""
        done = ProbeCheck(kind, {"check": check, **at}, status, message)
        self._context.checks.append(done)
        # Ocean shows its report at level DEBUG only.
        logger.log(LEVELS[status], f"{kind}: {check}: {status}: {message}")
        await self._context.update_progress()

    async def fail(self, message: str) -> None:
        """Ends the probe: the whole API cannot be read."""
        await self._context.fail(message)


class _Api:
    """The API, asked one request at a time, and every exchange with it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.exchanges: list[Exchange] = []
        one_at_a_time = settings.model_copy(update={"max_concurrent_requests": 1})
        self.clients = Clients(one_at_a_time, IMPATIENT, self.exchanges.append)

    def answered(self) -> Exchange | None:
        """The first exchange in which the API itself, not a token endpoint, gave an answer."""
        mine = (one for one in self.exchanges if not one.credentials)
        return next((one for one in mine if one.status is not None), None)

    def tls_cure(self) -> str | None:
        """What to look at where TLS failed."""
        cures = (tls_cure(one.error or "") for one in self.exchanges)
        return next(filter(None, cures), None)


class _Checks:
    """The checks that ask the API."""

    def __init__(self, api: _Api, report: _Report, found: ProbedMapping) -> None:
        self._api = api
        self._report = report
        self._found = found
        self._of_base_url: list[int] = []
        self._of_kinds: list[int] = []

    async def run(self, resources: list[CustomResourceConfig]) -> None:
        error = await self._base_url()
        reached = self._api.answered() is not None
        refused_credentials = isinstance(error, AuthenticationError)
        await self._tell_connection(error, reached, refused_credentials)
        if error is not None and (refused_credentials or not reached):
            for index, resource in enumerate(resources):
                for check in ("first page", "data_path"):
                    why = "not tried, for what the connection shows"
                    await self._report.add(check, UNKNOWN, why, resource.kind, resource=index)
            await self._report.fail(str(error))
            return
        for index, resource in enumerate(resources):
            await self._kind(index, resource)
        await self._tell_authentication()

    async def _base_url(self) -> OceanCustomError | None:
        """What goes wrong where the base URL itself is asked; any status is an answer."""
        settings = self._api.settings
        try:
            request = Request("GET", settings.base_url, accepted=ANY_STATUS)
            answer = await self._api.clients.api.send(request)
            self._of_base_url.append(answer.status)
        except OceanCustomError as error:
            return error
        return None

    async def _tell_connection(
        self, error: OceanCustomError | None, reached: bool, refused_credentials: bool
    ) -> None:
        add, settings = self._report.add, self._api.settings
        answer = self._api.answered()
        if answer is not None:
            told = f"{settings.base_url} answered {answer.status} in {answer.seconds:.1f} s"
            await add("base URL", OK, told)
        elif refused_credentials:
            await add("base URL", UNKNOWN, "not tried: credentials are fetched first")
        else:
            await add("base URL", FAILED, str(error))
        await add("TLS", *self._tls(reached))
        if refused_credentials:
            await add("authentication", FAILED, f"the credentials cannot be fetched: {error}")

    def _tls(self, reached: bool) -> tuple[ProbeCheckStatus, str]:
        settings = self._api.settings
        if urlsplit(settings.base_url).scheme != "https":
            plain = "baseUrl begins with http: nothing is encrypted"
            secret = settings.auth_type is not AuthType.NONE or settings.headers
            return UNKNOWN, plain + (", credentials neither" if secret else "")
        if cure := self._api.tls_cure():
            return FAILED, cure
        if not settings.verify_ssl:
            return UNKNOWN, "verifySsl is false: the certificate is not checked"
        if not reached:
            return UNKNOWN, "not tried: there is no connection"
        return OK, "the certificate is accepted"

    async def _kind(self, index: int, resource: CustomResourceConfig) -> None:
        reader = FirstPages(self._api.clients.api, self._api.clients.jq, 1)
        page, items = await self._first_page(resource, reader)
        await self._report.add("first page", *page, resource.kind, resource=index)
        await self._report.add("data_path", *items, resource.kind, resource=index)

    async def _first_page(
        self, resource: CustomResourceConfig, reader: FirstPages
    ) -> tuple[tuple[ProbeCheckStatus, str], tuple[ProbeCheckStatus, str]]:
        """The verdicts on the first page of a kind, and on the items in it."""
        not_tried = (UNKNOWN, "not tried: there is no page")
        page: Page | None = None
        before = len(self._api.exchanges)
        try:
            plan = build_plan(self._api.settings, resource)
            found = await first_listings(plan, reader, 1)
            if found.error:
                raise found.error
            if not found.listings:
                return (UNKNOWN, "no value of the path parameters was found"), not_tried
            async with aclosing(reader.pages(found.listings[0])) as pages:
                async for page in pages:
                    if page.rest is not None:
                        break
        except PaginationError as error:
            # A page that a resync reads, and that does not lead to the next.
            return (FAILED, str(error)), self._items(resource, page) if page else not_tried
        except ResponseError as error:
            return (OK, self._last(before)), (FAILED, str(error))
        except Exception as error:
            return (self._verdict(error), describe(error)), not_tried
        finally:
            mine = self._api.exchanges[before:]
            self._of_kinds += [one.status for one in mine if one.status and not one.credentials]
        return (OK, self._last(before)), self._items(resource, page)

    def _items(
        self, resource: CustomResourceConfig, page: Page | None
    ) -> tuple[ProbeCheckStatus, str]:
        """The verdict on ``data_path`` where it leads to something."""
        # Of a large page, the items come later.
        items = 0 if page is None else page.count if page.rest is not None else len(page.items)
        where = json.dumps(resource.selector.data_path, ensure_ascii=False)
        return OK, f"{items} items at {where}" if items else f"{where} is there, without items"

    def _verdict(self, error: Exception) -> ProbeCheckStatus:
        """A kind that is not there says nothing where it is only an example."""
        missing = isinstance(error, RequestError) and error.status == 404
        return UNKNOWN if missing and self._found.is_default else FAILED

    def _last(self, before: int) -> str:
        mine = [one for one in self._api.exchanges[before:] if not one.credentials]
        if not mine:
            return "read"
        last = mine[-1]
        return f"{last.method} {last.url} answered {last.status} in {last.seconds:.1f} s"

    async def _tell_authentication(self) -> None:
        settings = self._api.settings
        refused = not REFUSED.isdisjoint((*self._of_base_url, *self._of_kinds))
        # A page at the base URL is often there for everybody.
        decisive = self._of_kinds if refused else (*self._of_base_url, *self._of_kinds)
        if settings.auth_type is AuthType.NONE and not settings.headers:
            status, told = OK, "authType is none"
            if refused:
                status, told = FAILED, "the API asks for credentials: set authType"
        elif any(200 <= status < 300 for status in decisive):
            status, told = OK, "the API answers to these credentials"
        elif refused:
            status = FAILED
            told = "the API refuses them: check authType and the credentials that go with it"
        else:
            status, told = UNKNOWN, "no answer says whether the credentials are accepted"
        await self._report.add("authentication", status, told)
        if status is FAILED:
            await self._report.fail(f"authentication: {told}")
