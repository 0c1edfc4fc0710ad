"""The documentation is tested with what Ocean core is tested with."""

from tests.core.conftest import (  # noqa: F401 - fixtures
    _one_set_of_certificates,
    core,
    port_server,
)
