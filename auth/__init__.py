"""How requests prove who they are: ``httpx.Auth`` classes, bound to the configured origin."""

from auth.factory import build_auth

__all__ = ["build_auth"]
