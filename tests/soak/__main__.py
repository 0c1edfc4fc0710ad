"""``python -m tests.soak --seconds 1800 --seed 7``: ends with 1 if anything was lost or leaked.

The first resync in which that happened is printed, with its requests in order and what each of them
met; ``--resync N`` runs that one alone.
"""

from __future__ import annotations

import argparse
import asyncio
import resource as system
import sys
import time

from loguru import logger

import client.http_client
from client.retry import RetryPolicy
from sandbox.port_api import PortApi
from sandbox.sample_api import SampleApi
from sandbox.serving import serve
from tests.soak.server import SoakServer
from tests.soak.soak import Report, Soak
from tests.soak.world import World
from tests.support.core import Core


def _show(report: Report, server: SoakServer, seed: int, seconds: float) -> None:
    peak = system.getrusage(system.RUSAGE_SELF).ru_maxrss / 1024
    rows = {
        "seed": seed,
        "seconds": f"{seconds:,.0f}",
        "resyncs": f"{report.resyncs.total():,}, {report.resyncs['failed']:,} of them failed",
        "requests": f"{server.requests:,}, up to {report.most_in_flight} at a time",
        "faults": f"{server.met.total():,} of {len(server.met)} kinds",
        "records": f"{server.world.born:,} made",
        "peak memory": f"{peak:,.0f} MB, the servers included",
        "lost": f"{len(report.lost):,}",
        "leaked": f"{len(report.leaked):,}",
    }
    for name, value in rows.items():
        print(f"{name:12} {value}")
    for what in (*report.lost[:10], *report.leaked[:10], *report.journal):
        print(f"  {what}")


def main() -> int:
    """Runs the soak; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--resync", type=int, help="run this resync alone")
    options = parser.parse_args()
    logger.remove()
    client.http_client.DEFAULT_RETRY = RetryPolicy(3, 0.005, 0.005, longest_wait_seconds=0.01)
    catalog, api = PortApi(), SampleApi()
    with (
        SoakServer(World(), options.seed) as server,
        serve(catalog.app) as port_url,
    ):
        soak = Soak(options.seed, Core(catalog, port_url, api, server.url), server)
        began = time.monotonic()
        asyncio.run(soak.replay(options.resync) if options.resync else soak.run(options.seconds))
        _show(soak.report, server, options.seed, time.monotonic() - began)
    catalog.close()
    if not options.resync and not (soak.report.resyncs["whole"] and server.met):
        print("nothing was shown: no whole resync, or no fault")
        return 1
    return 1 if soak.report.lost or soak.report.leaked else 0


if __name__ == "__main__":
    sys.exit(main())
