"""``python -m benchmarks``: every case against its bar, in one run.

Prints a table, and writes it as JSON and as a chart into ``benchmarks/results/``. With ``--check``
it ends with 1 if a bar was passed; ``--only`` runs the cases of one group.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import sys
from collections.abc import AsyncGenerator, Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks import memory
from benchmarks.api import bench_api
from benchmarks.cases import core_cases, handler_cases
from benchmarks.chart import chart
from benchmarks.handler import prepare_ocean
from benchmarks.result import Result

RESULTS = Path(__file__).parent / "results"
GROUPS = ("handler", "memory", "core")


def show(result: Result) -> Result:
    """Prints a row of the table."""
    sign = "≥" if result.at_least else "≤"
    verdict = "" if result.passed else "  NOT MET"
    figures = f"{result.value:9.2f}  {sign} {result.bar:<6g}"
    print(f"{result.name:50} {result.measure:36}{figures}{result.detail}{verdict}", flush=True)
    return result


async def _shown(
    cases: Callable[[str], AsyncGenerator[Result]], url: str, found: list[Result]
) -> None:
    async for result in cases(url):
        found.append(show(result))


def run(groups: list[str]) -> list[Result]:
    """The results of the groups."""
    found: list[Result] = []
    prepare_ocean()
    with bench_api() as url:
        if "handler" in groups:
            asyncio.run(_shown(handler_cases, url, found))
    if "memory" in groups:
        found += [show(result) for result in memory.all_cases()]
    with bench_api() as url:
        if "core" in groups:
            asyncio.run(_shown(core_cases, url, found))
    return found


def write(results: list[Result]) -> None:
    """Writes what was found, and on what."""
    RESULTS.mkdir(exist_ok=True)
    rows = [{**asdict(result), "passed": result.passed} for result in results]
    about = {"python": platform.python_version(), "machine": platform.machine(), "results": rows}
    text = json.dumps(about, indent=2, ensure_ascii=False)
    (RESULTS / "results.json").write_text(text + "\n", encoding="utf-8")
    (RESULTS / "results.svg").write_text(chart(results), encoding="utf-8")


def main() -> int:
    """Runs the benchmarks; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--check", action="store_true", help="end with 1 if a bar was passed")
    parser.add_argument("--only", choices=GROUPS, help="one group of cases; writes no results")
    options = parser.parse_args()
    results = run([options.only] if options.only else list(GROUPS))
    if not options.only:
        write(results)
    missed = [result.name for result in results if not result.passed]
    print(f"{len(results) - len(missed)} of {len(results)} bars met")
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
