"""``preview``: what the API answers and what the mapping makes of it, without Port."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from typing import Any

from errors import SettingsError

WRONG = 2
EPILOG = """\
Settings come from where `ocean sail` takes them: the environment (OCEAN__INTEGRATION__CONFIG__*),
then --env-file, .env and config.yaml. Port's credentials are not needed: nothing is sent to Port.

exit status:
  0  every listing could be read, as far as --pages goes, and nothing would be lost
  1  a listing failed, or items would be dropped that the selector's query lets pass
  2  wrong settings, mapping or arguments; nothing was sent
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command and its options."""
    parser = subparsers.add_parser(
        "preview",
        help="show what the API answers and what the mapping makes of it, without Port",
        description="Fetches the first pages of each kind and shows the requests, the items, the "
        "entities that the mapping makes of them, and what would be dropped and why.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--mapping", metavar="FILE", help="the mapping; by default the one in OCEAN__RESOURCES_PATH"
    )
    parser.add_argument(
        "--env-file", metavar="FILE", help="settings, one NAME=value in a line; instead of .env"
    )
    parser.add_argument(
        "--kind", action="append", metavar="KIND", help="only this kind; may be repeated"
    )
    parser.add_argument(
        "--pages", type=_count(1), default=1, metavar="N", help="pages of each listing (1)"
    )
    parser.add_argument(
        "--limit", type=_count(0), default=3, metavar="N", help="items and entities to show (3)"
    )
    parser.add_argument(
        "--output", choices=("text", "json"), default="text", help="json: one document, for scripts"
    )
    parser.set_defaults(func=run)


def run(options: argparse.Namespace) -> int:
    """Previews, prints, and returns the exit status."""
    # Not before: they load the framework, which takes a second that `--help` need not.
    from cli.preview.document import document
    from cli.preview.inputs import read_inputs
    from cli.preview.masking import Mask
    from cli.preview.preview import preview
    from cli.preview.text import Printer, working
    from resync.clients import build_redactor

    try:
        inputs = read_inputs(options.mapping, options.env_file, options.kind)
        with working() as progress:
            echo = options.output == "json"
            found = asyncio.run(preview(inputs, options.pages, echo=echo, progress=progress))
    except SettingsError as error:
        sys.stderr.write(f"ocean-custom preview: {_visible(str(error))}\n")
        return WRONG
    mask = Mask(found.redactor or build_redactor(inputs.settings))
    told = document(found, options.limit, mask)
    if options.output == "json":
        # Escaped as ASCII, so that nothing of an API's can steer a terminal.
        text = json.dumps(told, indent=2, ensure_ascii=True).replace("\x7f", "\\u007f")
        sys.stdout.write(text + "\n")
    else:
        Printer().show(told)
    sys.stdout.flush()
    return 0 if told["ok"] else 1


def _visible(text: str) -> str:
    from cli.preview.masking import visible

    return "\n".join(visible(line) for line in text.split("\n"))


def _count(least: int) -> Any:
    def parse(text: str) -> int:
        number = int(text)
        if number < least:
            raise argparse.ArgumentTypeError(f"found {number}; allowed: {least} or more")
        return number

    parse.__name__ = "whole number"
    return parse
