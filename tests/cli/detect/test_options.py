"""The command line, the environment, and the files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.__main__ import main
from cli.detect.options import split_urls
from errors import SettingsError
from sandbox.sample_api import SampleApi
from tests.cli.detect.conftest import Detect
from tests.support.canned import CannedApi

PREFIX = "OCEAN__INTEGRATION__CONFIG__"
SECRET = "tok-8d7c6b5a4f"


@pytest.mark.parametrize(
    ("urls", "base", "expected"),
    [
        (["https://a.example/v1/x?y=1"], None, ("https://a.example", ["/v1/x"])),
        (["https://a.example:8443/x"], None, ("https://a.example:8443", ["/x"])),
        (["https://a.example"], None, ("https://a.example", ["/"])),
        (
            ["https://a.example/v1/x", "https://a.example/v1/y/"],
            "https://a.example/v1/",
            ("https://a.example/v1", ["/x", "/y/"]),
        ),
        (["https://a.example/v1"], "https://a.example/v1", ("https://a.example/v1", ["/"])),
    ],
)
def test_a_url_becomes_base_url_and_kind(
    urls: list[str], base: str | None, expected: tuple[str, list[str]]
) -> None:
    found, endpoints = split_urls(urls, base)
    assert (found, [one.path for one in endpoints]) == expected


@pytest.mark.parametrize(
    ("urls", "base", "told"),
    [
        (["a.example/x"], None, "must begin with http:// or https://"),
        (["ftp://a.example/x"], None, "http:// or https://"),
        (["https://user:pass-word@a.example/x"], None, "--basic"),
        (["https://a.example/x/{id}"], None, "real value in place of {id}"),
        (["https://a.example/x", "https://b.example/x"], None, "one installation reads one API"),
        (["https://a.example/v10/x"], "https://a.example/v1", "not below --base-url"),
    ],
)
def test_a_wrong_url_is_named(urls: list[str], base: str | None, told: str) -> None:
    with pytest.raises(SettingsError) as raised:
        split_urls(urls, base)
    assert told in str(raised.value)
    assert "pass-word" not in str(raised.value)


def test_wrong_settings_end_before_any_request(
    detect: Detect, canned: CannedApi, url: str, folder: Path
) -> None:
    outcome = detect(f"{url}/things", "--bearer-token", f"Bearer {SECRET}", "--timeout", "-1")
    assert outcome.code == 2
    assert "apiToken" in outcome.err and "timeout" in outcome.err
    assert SECRET not in outcome.err
    assert (canned.asked, folder.exists()) == ([], False)


@pytest.mark.parametrize("arguments", [[], ["--max-requests", "1"], ["--max-requests", "x"]])
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["detect", *(["http://127.0.0.1:9/x"] if arguments else []), *arguments])
    assert ended.value.code == 2


def test_files_that_are_there_are_kept(
    detect: Detect, canned: CannedApi, url: str, folder: Path
) -> None:
    canned.json("/things", json.dumps([{"id": n} for n in range(3)]))
    folder.mkdir()
    (folder / "blueprints.json").write_text("mine", encoding="utf-8")
    outcome = detect(f"{url}/things")
    assert outcome.code == 2
    assert "--force" in outcome.err
    assert canned.asked == []
    assert [path.name for path in folder.iterdir()] == ["blueprints.json"]
    assert detect(f"{url}/things", "--no-write").code == 0
    assert (folder / "blueprints.json").read_text(encoding="utf-8") == "mine"
    assert detect(f"{url}/things", "--force").code == 0
    assert json.loads((folder / "blueprints.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("auth", ["bearer_token", "basic", "api_key"])
def test_secrets_come_from_the_integrations_own_variables(
    detect: Detect, api: SampleApi, api_url: str, auth: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {
        "bearer_token": {"API_TOKEN": api.token},
        "basic": {"USERNAME": api.username, "PASSWORD": api.password},
        "api_key": {"API_KEY": api.api_key},
    }
    for name, value in values[auth].items():
        monkeypatch.setenv(PREFIX + name, value)
    # What concerns another endpoint's pages is none of this one's.
    monkeypatch.setenv(f"{PREFIX}PAGINATION_TYPE", "cursor")
    outcome = detect(f"{api_url}/{auth}/page/users")
    assert outcome.code == 0, outcome.err
    assert outcome.endpoints[0]["pagination"]["pagination_type"] == "page"


@pytest.mark.parametrize("auth", ["oauth2_client_credentials", "custom"])
def test_credentials_that_are_fetched_come_from_the_environment(
    detect: Detect,
    api_url: str,
    folder: Path,
    auth: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = "grant_type=client_credentials&client_id=demo-client&client_secret=demo-client-secret"
    request = {"endpoint": "/oauth/token", "bodyForm": form}
    template = {"headers": {"Authorization": "Bearer {{.access_token}}"}}
    values = {
        "oauth2_client_credentials": {
            "TOKEN_URL": f"{api_url}/oauth/token",
            "CLIENT_ID": "demo-client",
            "CLIENT_SECRET": "demo-client-secret",
        },
        "custom": {
            "AUTH_TYPE": "custom",
            "CUSTOM_AUTH_REQUEST": json.dumps(request),
            "CUSTOM_AUTH_REQUEST_TEMPLATE": json.dumps(template),
        },
    }
    for name, value in values[auth].items():
        monkeypatch.setenv(PREFIX + name, value)
    outcome = detect(f"{api_url}/oauth2/page/users")
    assert outcome.code == 0, outcome.err
    written = (folder / "settings.env").read_text(encoding="utf-8")
    assert f"{PREFIX}AUTH_TYPE={auth}" in written
    assert "demo-client-secret" not in written + outcome.out + outcome.err


def test_a_key_in_the_url_becomes_a_setting(
    detect: Detect, canned: CannedApi, url: str, folder: Path
) -> None:
    canned.json("/things", json.dumps([{"id": n} for n in range(3)]))
    outcome = detect(f"{url}/things?api_key={SECRET}&kind=x")
    assert outcome.code == 0, outcome.err
    assert all(query["api_key"] == SECRET for query in canned.queries)
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert SECRET not in "".join([outcome.out, outcome.err, *texts.values()])
    assert f"{PREFIX}API_KEY_QUERY_PARAM=api_key" in texts["settings.env"]
    assert "kind: /things?kind=x" in texts["port-app-config.yaml"]


def test_a_key_in_the_url_beside_other_credentials_is_refused(
    detect: Detect, canned: CannedApi, url: str
) -> None:
    outcome = detect(f"{url}/things?api_key={SECRET}", "--bearer-token", "tok-other")
    assert outcome.code == 2
    assert "--api-key-query-param api_key" in outcome.err
    assert SECRET not in outcome.err
    assert canned.asked == []


def test_headers_are_sent_and_only_written_when_asked_for(
    detect: Detect, canned: CannedApi, url: str, folder: Path
) -> None:
    canned.json("/things", json.dumps([{"id": n} for n in range(3)]))
    arguments = (f"{url}/things", "--header", f"X-Tenant: {SECRET}")
    assert detect(*arguments).code == 0
    path = folder / "settings.env"
    assert f"# {PREFIX}CUSTOM_HEADERS=\n" in path.read_text(encoding="utf-8")
    assert detect(*arguments, "--force", "--with-secrets").code == 0
    expected = f'{PREFIX}CUSTOM_HEADERS={{"X-Tenant": "{SECRET}"}}'
    assert expected in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_colours_where_there_is_no_terminal(detect: Detect, canned: CannedApi, url: str) -> None:
    canned.json("/things", json.dumps([{"id": n} for n in range(3)]))
    outcome = detect(f"{url}/things", output="text")
    assert outcome.out.strip()
    assert "\x1b" not in outcome.out + outcome.err
