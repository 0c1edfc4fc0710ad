"""A REST API that fails in every way that a socket allows, at the page that its path names."""

from sandbox.fault_server.faults import FAULTS
from sandbox.fault_server.listing import PAGE_SIZE, PAGES, PAGINATIONS, Cell
from sandbox.fault_server.server import FaultServer

__all__ = ["FAULTS", "PAGES", "PAGE_SIZE", "PAGINATIONS", "Cell", "FaultServer"]
