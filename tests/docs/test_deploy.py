"""The Helm values, the Kubernetes manifest and every variable that a page names."""

from __future__ import annotations

import importlib
import json
import os
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from port_ocean.config.settings import ApplicationSettings, IntegrationConfiguration
from pydantic import BaseModel
from pydantic.alias_generators import to_snake

from settings import Settings, parse_settings
from settings.model import is_secret
from settings.preflight import as_mapping
from tests.docs.pages import PAGES, read
from tests.support.core import Core

VALUES = Path("deploy/helm/values.yaml")
MANIFEST = Path("deploy/kubernetes/ocean-custom.yaml")
PREFIX = "OCEAN__INTEGRATION__CONFIG__"

CHART: dict[str, set[str]] = {
    "port": {"clientId", "clientSecret", "baseUrl"},
    "secret": {"create", "name"},
    "integration": {"identifier", "type", "version", "config", "secrets", "eventListener"},
    "resources": {"requests", "limits"},
    "podSecurityContext": set(),
    "containerSecurityContext": set(),
    "extraVolumes": set(),
    "extraVolumeMounts": set(),
    "imageRegistry": set(),
    "initializePortResources": set(),
    "scheduledResyncInterval": set(),
    "sendRawDataExamples": set(),
}
"""The values of the chart port-labs/port-ocean that are used here; an empty set is free."""


def chart_environment(values: Mapping[str, Any]) -> dict[str, str]:
    """The environment that the chart makes of its values, by its config map and its secret."""
    integration = values["integration"]
    settings = {**integration["config"], **integration["secrets"]}
    return {
        "OCEAN__PORT__CLIENT_ID": values["port"]["clientId"],
        "OCEAN__PORT__CLIENT_SECRET": values["port"]["clientSecret"],
        "OCEAN__PORT__BASE_URL": values["port"]["baseUrl"],
        "OCEAN__INTEGRATION__IDENTIFIER": integration["identifier"],
        "OCEAN__INTEGRATION__TYPE": integration["type"],
        "OCEAN__EVENT_LISTENER": json.dumps(integration["eventListener"]),
        "OCEAN__INITIALIZE_PORT_RESOURCES": json.dumps(values["initializePortResources"]),
        "OCEAN__SCHEDULED_RESYNC_INTERVAL": json.dumps(values["scheduledResyncInterval"]),
        "OCEAN__SEND_RAW_DATA_EXAMPLES": json.dumps(values["sendRawDataExamples"]),
        **{PREFIX + to_snake(name).upper(): value for name, value in settings.items()},
    }


def helm_values() -> dict[str, Any]:
    """The values, with what is given on the command line."""
    values: dict[str, Any] = yaml.safe_load(read(VALUES))
    values["port"] |= {"clientId": "given", "clientSecret": "given"}
    values["integration"]["secrets"]["apiToken"] = "given"
    return values


def documents() -> dict[str, dict[str, Any]]:
    """By kind."""
    return {one["kind"]: one for one in yaml.safe_load_all(read(MANIFEST))}


def container() -> tuple[dict[str, Any], dict[str, Any]]:
    """The pod of the deployment and its one container."""
    pod: dict[str, Any] = documents()["Deployment"]["spec"]["template"]["spec"]
    (only,) = pod["containers"]
    return pod, only


def environments() -> dict[str, dict[str, str]]:
    found = documents()
    return {
        "helm": chart_environment(helm_values()),
        "kubernetes": {**found["Secret"]["stringData"], **found["ConfigMap"]["data"]},
    }


@pytest.mark.parametrize("where", ["helm", "kubernetes"])
def test_ocean_starts_with_that_environment(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = environments()[where]
    for name in [name for name in os.environ if name.startswith("OCEAN__")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        assert isinstance(value, str), name
        monkeypatch.setenv(name, value)
    configuration = IntegrationConfiguration()  # type: ignore[call-arg]
    settings = parse_settings(as_mapping(configuration.integration.config))
    assert settings.base_url == "https://api.example.com"
    assert settings.api_token is not None
    assert settings.page_size == 100
    assert configuration.scheduled_resync_interval == 60
    assert configuration.event_listener.type == "POLLING"
    assert [name for name in environment if not known(name)] == []


def test_secrets_are_where_secrets_belong() -> None:
    integration = helm_values()["integration"]
    assert [name for name in integration["config"] if is_secret(to_snake(name))] == []
    assert [name for name in integration["secrets"] if not is_secret(to_snake(name))] == []
    visible = [name.removeprefix(PREFIX).lower() for name in documents()["ConfigMap"]["data"]]
    assert [name for name in visible if name in Settings.model_fields and is_secret(name)] == []
    assert {"client_id", "client_secret", "api_token"} == {
        name.split("__")[-1].lower() for name in documents()["Secret"]["stringData"]
    }


def test_no_values_but_the_chart_s() -> None:
    for name, value in helm_values().items():
        assert name in CHART
        if CHART[name]:
            assert set(value) <= CHART[name]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_value_that_a_page_sets_is_the_chart_s(page: Path) -> None:
    for path in re.findall(r"--set(?:-string)? ([\w.]+)=", read(page)):
        top, *rest = path.split(".")
        assert top in CHART, path
        if rest:
            assert rest[0] in CHART[top], path
        if rest[:1] in (["config"], ["secrets"]):
            name = to_snake(rest[1])
            assert name in Settings.model_fields, path
            assert is_secret(name) is (rest[0] == "secrets"), path


@pytest.mark.parametrize(
    "file", [*PAGES, VALUES, *sorted(Path("examples").glob("*/settings.env"))], ids=str
)
def test_every_environment_variable_that_is_named_exists(file: Path) -> None:
    named = re.findall(r"\b(?:OCEAN|APPLICATION)__\w*[A-Z]\b", read(file))
    assert [name for name in named if not known(name)] == []


def known(variable: str) -> bool:
    """Whether Ocean or the integration reads that environment variable."""
    if variable.startswith(PREFIX):
        return variable.removeprefix(PREFIX).lower() in Settings.model_fields
    prefix, *names = variable.lower().split("__")
    model: Any = ApplicationSettings if prefix == "application" else IntegrationConfiguration
    if names == ["event_listener", "type"]:
        return True
    for name in names:
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return False
        if name not in model.model_fields:
            return False
        model = model.model_fields[name].annotation
    return True


def test_the_pod_cannot_do_what_it_need_not() -> None:
    pod, only = container()
    dockerfile = read(Path("Dockerfile"))
    assert f"--uid {pod['securityContext']['runAsUser']} ocean" in dockerfile
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert only["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    mounts = {mount["name"]: mount["mountPath"] for mount in only["volumeMounts"]}
    assert mounts == {volume["name"]: "/tmp" for volume in pod["volumes"]}
    helm = helm_values()
    user = {"runAsUser": pod["securityContext"]["runAsUser"]}
    assert helm["containerSecurityContext"] == {**user, **only["securityContext"]}
    assert helm["extraVolumes"] == pod["volumes"]
    assert helm["extraVolumeMounts"] == only["volumeMounts"]


def test_two_of_one_identifier_never_run_side_by_side() -> None:
    deployment = documents()["Deployment"]["spec"]
    assert deployment["replicas"] == 1
    assert deployment["strategy"] == {"type": "Recreate"}
    labels = deployment["template"]["metadata"]["labels"]
    assert deployment["selector"]["matchLabels"].items() <= labels.items()
    _, only = container()
    sources = [next(iter(source.items())) for source in only["envFrom"]]
    kinds = {"configMapRef": "ConfigMap", "secretRef": "Secret"}
    for kind, source in sources:
        assert documents()[kinds[kind]]["metadata"]["name"] == source["name"]


async def test_ocean_answers_at_the_probes(core: Core) -> None:
    app = await core.start({"baseUrl": "https://api.example.com"})
    app.initialize_app()
    _, only = container()
    (port,) = only["ports"]
    assert port["containerPort"] == ApplicationSettings().port
    transport = httpx.ASGITransport(app=app.fast_api_app)
    async with httpx.AsyncClient(transport=transport, base_url="http://pod") as client:
        for probe in ("startupProbe", "livenessProbe"):
            request = only[probe]["httpGet"]
            assert request["port"] == port["name"]
            answer = await client.get(request["path"])
            assert answer.json()["check"] == request["path"].rpartition("/")[2]


def test_the_manifest_fits_kubernetes_own_schemas() -> None:
    try:
        validator: Any = importlib.import_module("kubernetes_validate")
    except ImportError:
        missing = (
            "kubernetes-validate is not installed: `make manifests` checks what is SKIPPED here"
        )
        warnings.warn(missing, stacklevel=1)
        pytest.skip(missing)
    for document in documents().values():
        validator.validate(document, validator.latest_version(), strict=True)
