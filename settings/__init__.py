"""The integration's settings: parsed once, checked wholly, typed and frozen."""

from settings.model import AuthType, PaginationSettings, PaginationType, Settings
from settings.parsing import parse_settings

__all__ = ["AuthType", "PaginationSettings", "PaginationType", "Settings", "parse_settings"]
