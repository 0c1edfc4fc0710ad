"""What it takes to make an error as a user makes it: settings, a mapping, an API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from errors import SettingsError
from mapping import CustomPortAppConfig, CustomResourceConfig, mapping_problems
from resync.plan import build_plan
from resync.run import Run
from settings import parse_settings
from tests.support.core import resource, texts
from tests.support.scripted import Answer, ScriptedApi

BASE = {"baseUrl": "https://api.example.com"}


class World:
    """An API at ``url``, and the log."""

    def __init__(
        self, api: ScriptedApi, url: str, log: list[str], patch: pytest.MonkeyPatch
    ) -> None:
        self.api, self.url, self.log, self.patch = api, url, log, patch
        api.answers, api.paths, api.asked = [], {}, 0

    async def read(
        self, *answers: Answer, settings: dict[str, Any] | None = None, **more: Any
    ) -> str:
        """Reads one kind of an API that gives these answers; returns all that was told."""
        self.api.answers = list(answers)
        one = CustomResourceConfig.parse_obj(resource(more.pop("kind", "/users"), **more))
        seen: list[str] = []
        run = Run(parse_settings({"baseUrl": self.url, **(settings or {})}))
        try:
            run.begin([one])
            async for _ in run.current.batches(one):
                pass
        except Exception as error:
            seen = texts(error)
        finally:
            await run.aclose()
        return "\n".join([*seen, *self.log])


Case = Callable[[World], Awaitable[str]]


def settings(**raw: Any) -> Case:
    """A case of wrong settings."""

    async def make(_: World) -> str:
        with pytest.raises(SettingsError) as caught:
            parse_settings({**BASE, **raw})
        return str(caught.value)

    return make


def selector(kind: str = "/users", **keys: Any) -> Case:
    """A case of a wrong selector."""

    async def make(_: World) -> str:
        with pytest.raises(SettingsError) as caught:
            one = CustomResourceConfig.parse_obj(resource(kind, **keys))
            build_plan(parse_settings(BASE), one)
        return str(caught.value)

    return make


def mapping(**keys: Any) -> Case:
    """A case of a mapping that Ocean's models refuse."""

    async def make(_: World) -> str:
        try:
            CustomPortAppConfig.parse_obj({"resources": [resource("/users", **keys)]})
        except ValueError as error:
            return "\n".join(mapping_problems(error))  # type: ignore[arg-type]
        raise AssertionError("it was accepted")

    return make


def reads(*answers: Answer, settings: dict[str, Any] | None = None, **more: Any) -> Case:
    """A case of an API that gives these answers."""

    async def make(world: World) -> str:
        return await world.read(*answers, settings=settings, **more)

    return make


def raises(error: Exception) -> Case:
    """A case of an exchange that fails below HTTP, where no local server can make it fail."""

    async def make(world: World) -> str:
        async def fail(*_: Any, **__: Any) -> Any:
            raise error

        world.patch.setattr("client.lanes.Lanes.handle_async_request", fail)
        return await world.read(Answer({}))

    return make
