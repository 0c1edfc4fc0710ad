"""Serves a local Port API in the foreground: ``python -m sandbox.port_api``."""

from __future__ import annotations

import argparse
import threading

from sandbox.port_api import PortApi
from sandbox.serving import serve


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--database", default=":memory:", help="an SQLite file")
    options = parser.parse_args()
    with serve(PortApi(options.database).app, port=options.port) as url:
        print(f"Port API at {url}; its catalog page is {url}/ (Ctrl-C ends it)")
        threading.Event().wait()


if __name__ == "__main__":
    main()
