"""Peak memory of one amount of work against that of ten times as much."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

ALLOWED_MB = 15.0


@dataclass(frozen=True, slots=True)
class Case:
    """A benchmark: the module that runs it, what is counted, and the two amounts."""

    module: str
    unit: str
    amounts: tuple[int, int]


def compare(case: Case, run_here: Callable[[int], None]) -> int:
    """Runs ``case`` in a process for each amount and prints a table; returns the exit status.

    With ``--amount`` in the command line this is such a process: it runs ``run_here``.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--amount", type=int)
    amount = parser.parse_args().amount
    if amount:
        _measure(run_here, amount)
        return 0
    print(f"{case.unit:>24}{'peak MB':>10}{'seconds':>10}{'per second':>14}")
    peaks = []
    for amount in case.amounts:
        peak, seconds = _apart(case.module, amount)
        peaks.append(peak)
        print(f"{amount:24,}{peak:10.1f}{seconds:10.1f}{amount / seconds:14,.0f}")
    growth = peaks[1] - peaks[0]
    print(f"growth {growth:.1f} MB, allowed {ALLOWED_MB:.0f} MB\n")
    return 0 if growth <= ALLOWED_MB else 1


def _measure(run_here: Callable[[int], None], amount: int) -> None:
    began = time.perf_counter()
    run_here(amount)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{peak:.1f} {seconds:.2f}")


def _apart(module: str, amount: int) -> tuple[float, float]:
    command = [sys.executable, "-m", module, "--amount", str(amount)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    peak, seconds = map(float, done.stdout.split())
    return peak, seconds
