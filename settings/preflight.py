"""The check of the settings before Ocean's own."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from port_ocean.config.settings import IntegrationConfiguration
from pydantic import ValidationError

from errors import SettingsError
from settings.parsing import parse_settings


def stop_on_wrong_settings() -> None:
    """Ends the process with status 1 and one message if the integration's settings are wrong.

    Ocean checks types while it starts and stops at what it finds, with a message that can quote
    the other settings, secrets included. So the settings are read here first, by Ocean's own
    loader (environment, ``.env``, ``config.yaml``) but before Ocean's check. Where Port's own
    settings are not there (tools that only look at the mapping schema), nothing is checked.
    """
    try:
        raw = IntegrationConfiguration().integration.config  # type: ignore[call-arg]
    except ValueError:
        return
    try:
        parse_settings(as_mapping(raw))
    except SettingsError as error:
        sys.exit(f"Ocean Custom cannot start: {error}")


def read_configuration(**given: Any) -> IntegrationConfiguration:
    """Ocean's whole configuration, by its own loader; ``given`` comes before all else.

    Raises ``SettingsError`` with every problem, and without what was found: it may be secret.
    """
    subject = "Ocean's own settings"
    try:
        return IntegrationConfiguration(**given)
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
            for one in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsError(problems, subject=subject) from None
    except ValueError as error:
        raise SettingsError([str(error)], subject=subject) from None


def as_mapping(raw: Any) -> Mapping[str, Any]:
    """``OCEAN__INTEGRATION__CONFIG`` may hold all settings as one JSON text."""
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError:
            raise SettingsError(["OCEAN__INTEGRATION__CONFIG: is not JSON"]) from None
    if not isinstance(raw, Mapping):
        raise SettingsError(["OCEAN__INTEGRATION__CONFIG: must be a JSON object of settings"])
    return raw
