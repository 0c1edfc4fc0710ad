"""``python -m cli <command>``: the commands for people who configure the integration."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from cli import detect

COMMANDS = (detect,)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the process's exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m cli", description="Ocean Custom: from an API to a catalog."
    )
    subparsers = parser.add_subparsers(required=True, metavar="command")
    for command in COMMANDS:
        command.add_parser(subparsers)
    options = parser.parse_args(arguments)
    return int(options.func(options))


if __name__ == "__main__":
    sys.exit(main())
