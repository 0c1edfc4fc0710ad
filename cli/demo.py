"""``make demo``: a real resync through real Ocean core, against local servers.

Four acts: everything is imported; what was removed from the API is removed from the catalog; the
API fails half-way and nothing is removed; a search by POST and path parameters behind OAuth2.
Exits with 1 if an act did not go as it should. With ``--serve`` the servers are kept running
afterwards, until Ctrl-C or SIGTERM: ``make demo-serve``.
"""

from __future__ import annotations

import argparse
import sys
import time

from rich.console import Console
from rich.table import Table

from cli.installations import CLIENT_SECRET, DIRECTORY, INSTALLATIONS, Installation
from cli.sail import Voyage, sail
from cli.stage import serving, stopping_on_signals, wait_for_the_end
from sandbox.port_api import PortApi
from sandbox.port_api.store import now
from sandbox.sample_api import SampleApi
from sandbox.serving import serve

LATENCY_MS = 20
REMOVED = 400
WIDTH = 100
"""Columns, where the output is no terminal."""

GOOD_PAGES = 15
SERVED_AT = 8010
"""The port of the catalog's page, where it is kept running."""


class Demo:
    """The acts, over one catalog and one API."""

    def __init__(self, catalog: PortApi, port_url: str, api: SampleApi, api_url: str) -> None:
        self.catalog, self.port_url = catalog, port_url
        self.api, self.api_url = api, api_url
        self.console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
        self.failures: list[str] = []

    def play(self, count: int = 4) -> bool:
        """Plays the first ``count`` acts; returns whether all went as they should."""
        began = time.monotonic()
        self.api.behave(latency_ms=LATENCY_MS)
        acts = (self.act_one, self.act_two, self.act_three, self.act_four)
        for act in acts[:count]:
            act()
        seconds = time.monotonic() - began
        for failure in self.failures:
            self.console.print(f"[bold red]NOT AS IT SHOULD BE:[/] {failure}")
        if not self.failures and count:
            played = "All four acts" if count >= len(acts) else f"Acts 1 to {count}"
            self.console.print(f"[bold green]{played} went as they should[/] ({seconds:.0f} s).")
        return not self.failures

    def act_one(self) -> None:
        self.title("Act 1: everything is imported", "three installations, three ways to page")
        table = Table("kind", "auth", "pagination", "requests", "items", "entities", "seconds")
        for installation in INSTALLATIONS:
            before = len(self.api.requests())
            voyage = self.sail(installation)
            requests = self.requests(installation, before)
            for kind, resource, blueprint in installation.kinds:
                served = self.served(resource)
                entities = self.catalog.identifiers(blueprint)
                row = (kind, installation.auth, installation.pagination, str(requests[kind]))
                table.add_row(
                    *row, f"{len(served):,}", f"{len(entities):,}", self.seconds(installation, kind)
                )
                self.expect(
                    sorted(served) == entities,
                    f"{kind}: {len(served)} items, {len(entities)} entities",
                )
            self.expect_no_errors(voyage)
        self.console.print(table)

    def act_two(self) -> None:
        self.title("Act 2: what the API no longer has leaves the catalog", f"{REMOVED} removed")
        gone = sorted(self.served("deployments"))[:REMOVED]
        before = len(self.catalog.identifiers("deployment"))
        self.api.remove("deployments", gone)
        voyage = self.sail(INSTALLATIONS[0])
        left = self.catalog.identifiers("deployment")
        self.console.print(f"  deployments in the catalog: {before:,} before, {len(left):,} after")
        self.expect(
            left == sorted(self.served("deployments")), "the catalog is not what the API has"
        )
        self.expect_no_errors(voyage)

    def act_three(self) -> None:
        self.title("Act 3: the API fails half-way", f"500 after {GOOD_PAGES} pages of deployments")
        gone = sorted(self.served("deployments"))[:REMOVED]
        self.api.remove("deployments", gone)
        before = self.catalog.identifiers("deployment")
        bad = len(self.api.requests("deployments")) + GOOD_PAGES + 1
        self.api.behave(
            latency_ms=LATENCY_MS, only="deployments", fault="500", fault_at=bad, fault_times=0
        )
        voyage = self.sail(INSTALLATIONS[0])
        kept = self.catalog.identifiers("deployment")
        self.console.print(
            f"  deployments in the catalog: {len(before):,} before, {len(kept):,} after"
        )
        self.expect(kept == before, "entities were removed although the API failed")
        told = [line for line in voyage.lines("ERROR") if "/deployments" in line and "500" in line]
        self.expect(bool(told), "the failure is not shown in the log")
        for line in told[:1]:
            self.console.print("  Ocean's log says:", style="dim")
            self.console.print(f"  {line}", style="yellow", markup=False)

    def act_four(self) -> None:
        self.title("Act 4: OAuth2, a search by POST, path parameters", "pages inside a JSON body")
        self.api.behave(latency_ms=LATENCY_MS)
        voyage = self.sail(DIRECTORY)
        active = [user["id"] for user in self.api.records("users") if user["status"] == "active"]
        teams = [team["id"] for team in self.api.records("teams") if team["status"] == "active"]
        seats = [
            f"{team}/{member['id']}"
            for team in teams
            for member in self.api.records(f"teams/{team}/members")
        ]
        people, taken = (self.catalog.identifiers(name) for name in ("colleague", "seat"))
        self.console.print(
            f"  {len(people):,} active users, {len(taken):,} seats in {len(teams)} active teams"
        )
        # A seat's relation brings in a colleague who is not active, as createMissing... says.
        self.expect(set(active) <= set(people), "the search did not find every active user")
        self.expect(sorted(seats) == taken, "the seats are not those of the active teams")
        self.expect_no_errors(voyage)

    def sail(self, installation: Installation) -> Voyage:
        """One resync of an installation, with its progress."""
        self.console.print(
            f"  ocean sail -O  [dim]{installation.name}: {installation.auth}, "
            f"{installation.pagination}[/]"
        )
        blueprints = [blueprint for _, _, blueprint in installation.kinds]
        began, moment, before = time.monotonic(), now(), len(self.api.requests())
        shown = [""]

        def tell_requests() -> None:
            counts = self.requests(installation, before)
            self.catalog.tell_requests(installation.identifier, moment, counts)

        def progress() -> None:
            counts = ", ".join(f"{n} {len(self.catalog.identifiers(n)):,}" for n in blueprints)
            if counts != shown[0]:
                self.console.print(f"  {time.monotonic() - began:4.0f} s  {counts}", style="dim")
                shown[0] = counts
            tell_requests()

        environment = installation.environment(self.port_url, self.api, self.api_url)
        voyage = sail(environment, tick=progress)
        tell_requests()
        return voyage

    def requests(self, installation: Installation, before: int) -> dict[str, int]:
        """How many requests the API has had for each kind, after the first ``before``."""
        return installation.requests(seen.path for seen in self.api.requests()[before:])

    def served(self, resource: str) -> list[str]:
        """The identifiers that the API's records should have in the catalog."""
        if resource != "members":
            return [record["id"] for record in self.api.records(resource)]
        return [
            f"{team['id']}/{member['id']}"
            for team in self.api.records("teams")
            for member in self.api.records(f"teams/{team['id']}/members")
        ]

    def seconds(self, installation: Installation, kind: str) -> str:
        """How long Ocean says that a kind took."""
        for metric in reversed(self.catalog.metrics()):
            mine = metric.get("integrationIdentifier") == installation.identifier
            if mine and metric.get("kind") == kind:
                durations = metric.get("metrics", {}).get("phase", {}).get("resync", {})
                return f"{durations.get('duration_seconds', 0):.1f}"
        return "-"

    def title(self, text: str, detail: str) -> None:
        self.console.print(f"\n[bold]{text}[/]  [dim]{detail}[/]")

    def expect(self, right: bool, failure: str) -> None:
        if not right:
            self.failures.append(failure)

    def expect_no_errors(self, voyage: Voyage) -> None:
        errors = voyage.lines("ERROR")
        self.expect(not errors, f"Ocean logged an error: {errors[0] if errors else ''}")
        self.expect("Resync finished successfully" in voyage.output, _last_lines(voyage.output))


def _last_lines(output: str, count: int = 15) -> str:
    return "the resync did not end well; the log ends:\n" + "\n".join(output.splitlines()[-count:])


def main() -> int:
    """Plays the demo; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m cli.demo", description=__doc__)
    parser.add_argument("--serve", action="store_true", help="keep the servers running afterwards")
    parser.add_argument("--port", type=int, help=f"of the page; {SERVED_AT} with --serve")
    parser.add_argument("--acts", type=int, choices=range(5), default=4, help="how many to play")
    options = parser.parse_args()
    port = options.port if options.port is not None else SERVED_AT if options.serve else 0
    api, catalog = SampleApi(), PortApi(client_secret=CLIENT_SECRET)
    with stopping_on_signals(), serving(catalog.app, port) as port_url, serve(api.app) as api_url:
        print(f"A local Port API is at {port_url}, a sample REST API at {api_url}.")
        print(f"What the catalog holds can be watched at {port_url}/", flush=True)
        status = 0 if Demo(catalog, port_url, api, api_url).play(options.acts) else 1
        if options.serve:
            print(f"\nThe catalog is kept at {port_url}/ until Ctrl-C.", flush=True)
            wait_for_the_end()
        return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
