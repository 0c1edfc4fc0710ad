"""Which mapping a probe checks, and what it says of where it is from."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from port_ocean.context.ocean import ocean

from errors import SettingsError
from mapping import CustomPortAppConfig
from resync.probed_mapping import ProbedMapping, probed_mapping
from tests.support.core import resource

DEFAULTS = "the defaults (.port/resources)"


class Port:
    """Answers with a mapping, or fails."""

    def __init__(self, *resources: dict[str, Any], error: Exception | None = None) -> None:
        self._config = CustomPortAppConfig.parse_obj({"resources": resources})
        self._error = error
        self.seconds = 0.0

    async def get_port_app_config(self, *, use_cache: bool) -> CustomPortAppConfig:
        assert not use_cache, "what was read earlier may be out of date"
        await asyncio.sleep(self.seconds)
        if self._error:
            raise self._error
        return self._config


def refused(status: int) -> httpx.HTTPStatusError:
    request = httpx.Request("GET", "https://api.port.example")
    return httpx.HTTPStatusError("no", request=request, response=httpx.Response(status))


async def found(
    port: Port, monkeypatch: pytest.MonkeyPatch, defaults: str = ".port/resources"
) -> ProbedMapping:
    monkeypatch.setattr(ocean.integration, "_port_app_config_handler", port)
    monkeypatch.setattr(ocean.config, "resources_path", defaults)
    return await probed_mapping()


async def test_the_mapping_in_port_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    one = await found(Port(resource("/a")), monkeypatch)
    assert (one.told, one.is_default) == ("1 kind, from Port", False)
    two = await found(Port(resource("/a"), resource("/b")), monkeypatch)
    assert [each.kind for each in two.config.resources] == ["/a", "/b"]
    assert (two.told, two.warning) == ("2 kinds, from Port", None)


@pytest.mark.parametrize(
    ("port", "told"),
    [
        (Port(), "the mapping in Port is empty"),
        (Port(error=refused(404)), "Port does not know this installation yet"),
        (Port(error=refused(403)), "Port answered 403 when asked for its own"),
        (
            Port(error=httpx.ConnectError("no")),
            "Port could not be asked for its own (ConnectError)",
        ),
    ],
)
async def test_without_one_the_defaults_are_taken_and_the_reason_told(
    monkeypatch: pytest.MonkeyPatch, port: Port, told: str
) -> None:
    mapping = await found(port, monkeypatch)
    assert mapping.is_default
    assert [each.kind for each in mapping.config.resources] == ["/api/v1/users"]
    assert mapping.told == f"1 kind, from {DEFAULTS}: {told}"


async def test_a_port_that_does_not_answer_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("resync.probed_mapping.PORT_SECONDS", 0.02)
    port = Port()
    port.seconds = 60.0
    async with asyncio.timeout(10):
        mapping = await found(port, monkeypatch)
    assert mapping.warning == "Port could not be asked for its own (TimeoutError)"


def write_mapping(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "port-app-config.yaml").write_text(text)


async def test_the_defaults_are_those_of_this_installation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    write_mapping(tmp_path / "mine", "resources: []\n")
    mapping = await found(Port(), monkeypatch, "mine")
    assert (mapping.config.resources, mapping.source) == ([], "the defaults (mine)")


async def test_no_defaults_are_no_kinds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    mapping = await found(Port(), monkeypatch, "nothing")
    assert (mapping.config.resources, mapping.is_default) == ([], True)


async def test_wrong_defaults_are_told_with_their_places(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    selector = "selector: {query: 'true', methd: POST}"
    entity = "port: {entity: {mappings: {identifier: .id, blueprint: '\"x\"'}}}"
    write_mapping(tmp_path / "mine", f"resources: [{{kind: /a, {selector}, {entity}}}]\n")
    with pytest.raises(SettingsError) as caught:
        await found(Port(), monkeypatch, "mine")
    assert "in the default mapping" in str(caught.value)
    assert "resources[0].selector" in str(caught.value)
    assert "did you mean method?" in str(caught.value)
