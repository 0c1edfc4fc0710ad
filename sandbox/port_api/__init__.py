"""A local Port API: what Ocean core needs of Port, over HTTP, with its state in SQLite."""

from sandbox.port_api.app import PortApi

__all__ = ["PortApi"]
