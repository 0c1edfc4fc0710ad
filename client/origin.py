"""The one origin (scheme, host, port: RFC 6454) that credentials may go to."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """An origin, and the judgement of which URLs belong to it."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str | httpx.URL) -> Origin:
        """The origin of an absolute http(s) URL. Raises ``ValueError`` for any other text."""
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise ValueError(f"not a URL: {error}") from None
        if parsed.scheme not in DEFAULT_PORTS or not parsed.host:
            raise ValueError("not an absolute http or https URL")
        port = parsed.port or DEFAULT_PORTS[parsed.scheme]
        return cls(parsed.scheme, parsed.raw_host.decode("ascii").lower(), port)

    def __str__(self) -> str:
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"

    def admit(self, url: str | httpx.URL) -> httpx.URL:
        """Returns ``url``, upgraded from http to https where only that differs.

        Raises ``ValueError`` if the URL leaves this origin or carries user-info.
        """
        found = Origin.of(url)
        parsed = httpx.URL(url)
        if parsed.userinfo:
            raise ValueError("it carries a user name or password")
        if found == self:
            return parsed
        if found.host == self.host and self._upgrades(found):
            port = self.port if self.scheme == "https" else None
            return parsed.copy_with(scheme="https", port=port)
        raise ValueError(f"it leads to {found}, and requests stay on {self}")

    def covers(self, url: str | httpx.URL) -> bool:
        """Whether credentials may be sent to ``url``."""
        try:
            found = Origin.of(url)
        except ValueError:
            return False
        return found == self or (found.host == self.host and self._is_secure_twin(found))

    def _upgrades(self, found: Origin) -> bool:
        """http where https is configured (a proxy ended TLS), or the https twin of plain http."""
        if self.scheme == "https" and found.scheme == "http":
            return found.port in (DEFAULT_PORTS["http"], self.port)
        return self._is_secure_twin(found)

    def _is_secure_twin(self, found: Origin) -> bool:
        return (self.scheme, found.scheme) == ("http", "https") and (self.port, found.port) == (
            DEFAULT_PORTS["http"],
            DEFAULT_PORTS["https"],
        )
