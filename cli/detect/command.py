"""The command: options in, a report and files out."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from loguru import logger

from cli.detect import files
from cli.detect.context import connected
from cli.detect.detection import detect
from cli.detect.findings import unsure
from cli.detect.modelling import Model, model_of
from cli.detect.options import Endpoint, Task, read_task
from cli.detect.relations import relate
from cli.detect.report import Report, as_json, console_for_people, findings_of
from cli.detect.texts import shown
from client import Redactor
from errors import OceanCustomError, SettingsError
from resync.clients import Clients

REQUESTS = 25
PAGES_ALONE, PAGES_TOGETHER = 5, 12
"""Pages that are read in the end: more where their items are matched with other endpoints'."""

DETECTED, NOT_SURE, WRONG_USAGE, FAILED, INTERRUPTED = 0, 1, 2, 3, 130
DEFAULT_FOLDER = Path("detected")

EPILOG = """\
Secrets need not stand on the command line: what the integration reads from its own variables is
read here too, such as OCEAN__INTEGRATION__CONFIG__API_TOKEN, __API_KEY, __USERNAME and __PASSWORD,
__CUSTOM_HEADERS, __CLIENT_ID and __CLIENT_SECRET. No secret is printed, nor written to a file
unless --with-secrets asks for it.

exit codes:
  0  everything was found out (sure or likely)
  1  something is not sure: it is named, with what was tried
  2  wrong usage or settings; nothing was requested
  3  a request failed, its answer cannot be used, or the files cannot be written
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command ``detect``."""
    parser = subparsers.add_parser(
        "detect",
        help="say how an endpoint pages, and write a first configuration",
        description="Looks at an endpoint of an API, says how it pages and why that is so, and "
        "writes environment, mapping and blueprints for it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "urls", nargs="+", metavar="URL", help="an endpoint; relations are found between several"
    )
    parser.add_argument(
        "--base-url", metavar="URL", help="what all endpoints have in common (their origin)"
    )
    parser.add_argument(
        "--prefix",
        metavar="NAME",
        help="begins the names of blueprints and installation: for several APIs in one Port",
    )
    _add_authentication(parser)
    _add_output(parser)
    parser.set_defaults(func=run)


def _add_authentication(parser: argparse.ArgumentParser) -> None:
    auth = parser.add_argument_group("authentication")
    auth.add_argument("--bearer-token", metavar="TOKEN")
    auth.add_argument("--basic", metavar="USER:PASSWORD")
    auth.add_argument("--api-key", metavar="KEY")
    auth.add_argument("--api-key-header", metavar="NAME", help="header of the key (X-API-Key)")
    auth.add_argument("--api-key-query-param", metavar="NAME", help="sends the key in the query")
    auth.add_argument(
        "--header", action="append", metavar="'NAME: VALUE'", help="for every request; a secret"
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    output = parser.add_argument_group("output")
    output.add_argument(
        "--write", type=Path, default=DEFAULT_FOLDER, metavar="DIR", help="folder (detected)"
    )
    output.add_argument("--no-write", action="store_true", help="only look, write no files")
    output.add_argument("--force", action="store_true", help="overwrite files that are there")
    output.add_argument(
        "--with-secrets", action="store_true", help="write secrets too, for the owner's eyes"
    )
    output.add_argument("--output", choices=("text", "json"), default="text")
    asking = parser.add_argument_group("requests")
    asking.add_argument(
        "--max-requests", type=_several, default=REQUESTS, metavar="N", help="an endpoint (25)"
    )
    asking.add_argument("--timeout", metavar="SECONDS")
    asking.add_argument("--no-verify-ssl", action="store_true")


def run(options: argparse.Namespace) -> int:
    """Runs the command; returns its exit code."""
    try:
        task = read_task(options)
    except SettingsError as error:
        return _failed(str(error), WRONG_USAGE)
    there = [] if options.no_write or options.force else files.existing(options.write)
    if there:
        text = f"{there[0]} is there already: use --force, another folder (--write), or --no-write"
        return _failed(text, WRONG_USAGE)
    with _warnings_to_stderr():
        try:
            return asyncio.run(_run(task, options))
        except OceanCustomError as error:
            return _failed(str(error), FAILED)
        except OSError as error:
            return _failed(f"the files cannot be written: {error}", FAILED)
        except KeyboardInterrupt:
            return _failed("interrupted; nothing was written", INTERRUPTED)


async def _run(task: Task, options: argparse.Namespace) -> int:
    async with connected(task.settings) as clients:
        models = await _models(clients, task, options.max_requests)
        redactor = clients.api.redactor
    paths: list[Path] = []
    if not options.no_write:
        texts = files.contents(task, models, options.with_secrets)
        paths = files.write(options.write, texts, force=options.force, secret=options.with_secrets)
    open_ = sum(len(unsure(findings_of(model))) for model in models)
    if options.output == "json":
        print(as_json(task.settings.base_url, models, paths, redactor))
    else:
        _print(Report(redactor), task, models, paths, open_)
    return NOT_SURE if open_ else DETECTED


async def _models(clients: Clients, task: Task, most: int) -> list[Model]:
    pages = PAGES_ALONE if len(task.endpoints) == 1 else PAGES_TOGETHER
    taken: set[str] = set()
    models: list[Model] = []
    for endpoint in task.endpoints:
        with _busy(clients.api.redactor, endpoint):
            detection = await detect(clients, endpoint, most, pages)
        secret = _holds_secret(clients.api.redactor)
        models.append(model_of(detection, taken, secret, task.prefix))
    relate(models)
    return models


def _holds_secret(redactor: Redactor) -> Callable[[str], bool]:
    """Whether a text holds a secret, as an API may that answers with what it was sent."""
    return lambda text: redactor.values(text) != text


def _print(report: Report, task: Task, models: list[Model], paths: list[Path], open_: int) -> None:
    report.notes(task.notes)
    for model in models:
        report.endpoint(model)
    if paths:
        report.files(paths, open_, [] if task.prefix else [one.blueprint for one in models])


@contextlib.contextmanager
def _busy(redactor: Redactor, endpoint: Endpoint) -> Iterator[None]:
    """Shows a terminal that something is going on."""
    console = console_for_people(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(shown(f"asking {redactor.url(endpoint.url)}")):
        yield


@contextlib.contextmanager
def _warnings_to_stderr() -> Iterator[None]:
    """Tells of retries and waits; all else that is logged is for a running integration."""
    with contextlib.suppress(ValueError):
        logger.remove(0)
    sink = logger.add(
        lambda line: print(shown(str(line).rstrip()), file=sys.stderr),
        level="WARNING",
        format="{message}",
        filter=lambda record: (record["name"] or "").startswith("client"),
        diagnose=False,
    )
    try:
        yield
    finally:
        logger.remove(sink)


def _failed(text: str, code: int) -> int:
    for line in text.splitlines():
        print(shown(line, 2_000), file=sys.stderr)
    return code


def _several(text: str) -> int:
    number = int(text)
    if not 5 <= number <= 1000:
        raise argparse.ArgumentTypeError("must be a number from 5 to 1,000")
    return number
