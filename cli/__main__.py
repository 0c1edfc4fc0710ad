"""``python -m cli COMMAND`` and ``ocean-custom COMMAND``: tools that need no Port account."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from cli import detect, preview

COMMANDS = (detect, preview)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit status."""
    parser = argparse.ArgumentParser(
        prog="ocean-custom", description="Tools for Ocean Custom that need no Port account."
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_parser(subparsers)
    options = parser.parse_args(arguments)
    try:
        return int(options.func(options))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever reads has seen enough; Python would complain of it once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
