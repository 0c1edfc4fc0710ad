"""``python -m cli detect URL``: says how an API pages and writes a first configuration for it."""

from cli.detect.command import add_parser

__all__ = ["add_parser"]
