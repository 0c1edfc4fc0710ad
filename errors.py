"""The errors of Ocean Custom. Each message is written for the person who configures it."""

from __future__ import annotations


class OceanCustomError(Exception):
    """Base of every error that this integration raises on purpose."""


class SettingsError(OceanCustomError):
    """Integration settings or a resource's selector are wrong, missing or contradictory.

    ``problems`` holds one line for each: the setting's name, what was found, what is allowed.
    """

    def __init__(self, problems: list[str], *, subject: str = "the integration's settings") -> None:
        self.problems = list(problems)
        noun = "problem" if len(problems) == 1 else "problems"
        lines = "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"{len(problems)} {noun} in {subject}; nothing was fetched:{lines}")


class RequestError(OceanCustomError):
    """A request got no usable answer, or must not be sent.

    ``status`` is the HTTP status where there was one; ``method`` and ``url`` tell which request
    it was (secrets in the URL are masked). ``temporary`` says that the response meant "later", as
    throttling does, and so never "nothing here"; ``unreachable`` that no connection was made.
    """

    def __init__(
        self,
        message: str,
        *,
        method: str,
        url: str,
        status: int | None = None,
        temporary: bool = False,
        unreachable: bool = False,
    ) -> None:
        self.method = method
        self.url = url
        self.status = status
        self.temporary = temporary
        self.unreachable = unreachable
        super().__init__(message)

    def about(self, what: str) -> RequestError:
        """The same error, whose text begins with ``what`` it is about."""
        return self._worded(f"{what}: {self}")

    def hinted(self, hint: str) -> RequestError:
        """The same error, whose text ends with a ``hint``."""
        return self._worded(f"{self} {hint}")

    def _worded(self, message: str) -> RequestError:
        return RequestError(
            message,
            method=self.method,
            url=self.url,
            status=self.status,
            temporary=self.temporary,
            unreachable=self.unreachable,
        )


class ResponseError(OceanCustomError):
    """An answer came but is not what the settings say: not JSON, too large, no items there."""


class PaginationError(OceanCustomError):
    """A listing cannot be read to its end with certainty: it loops, lies or is misconfigured."""


class MappingError(OceanCustomError):
    """Items were read, and no entity can come of them: the mapping does not fit them."""


class ReadingStopped(OceanCustomError):
    """A kind was not read to its end, because the resync that read it has ended."""
