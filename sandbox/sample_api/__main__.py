"""Serves the sample API in the foreground: ``python -m sandbox.sample_api --port 8080``."""

from __future__ import annotations

import argparse
import contextlib
import signal
import threading
from collections.abc import Sequence

from sandbox.sample_api.app import SampleApi
from sandbox.sample_api.data import scaled_sizes
from sandbox.serving import serve


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs until interrupted or terminated."""
    parser = _parser()
    options = parser.parse_args(arguments)
    api = SampleApi(
        seed=options.seed,
        sizes=scaled_sizes(options.scale),
        max_page_size=options.max_page_size,
        first_page=options.first_page,
    )
    try:
        switches: dict[str, str | int] = dict(one.split("=", 1) for one in options.switch)
        api.behave(**{"latency_ms": options.latency_ms, **switches})
    except ValueError as error:
        parser.error(str(error))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with serve(api.app, port=options.port) as base_url, contextlib.suppress(KeyboardInterrupt):
        print(_greeting(base_url, api), flush=True)
        stop.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.sample_api", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--latency-ms", type=int, default=0, help="wait before each answer")
    parser.add_argument("--scale", type=float, default=1.0, help="times as many records")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--max-page-size", type=int, default=1000)
    parser.add_argument("--first-page", type=int, default=1, choices=(0, 1))
    parser.add_argument(
        "--switch",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a behaviour switch for all requests, such as total=header; may be repeated",
    )
    return parser


def _greeting(base_url: str, api: SampleApi) -> str:
    return f"""\
Sample API on {base_url}

  curl '{base_url}/none/none/teams'
  curl -H 'Authorization: Bearer {api.token}' '{base_url}/bearer_token/offset/services?limit=5'
  curl -u {api.username}:{api.password} '{base_url}/basic/page/deployments?page=2&size=5'
  curl -H 'X-API-Key: {api.api_key}' '{base_url}/api_key/cursor/incidents?limit=5'
  curl '{base_url}/none/page/teams/team-0001/members'
  curl '{base_url}/none/offset/users?fault=500'

Stop with Ctrl-C."""


if __name__ == "__main__":
    main()
